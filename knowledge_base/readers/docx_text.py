"""The words of a Word paragraph: insertions in, deletions out, hidden text noted and left out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from knowledge_base.readers.cleaning import Hidden
from knowledge_base.readers.docx_styles import Styles, W, switched, value

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_DELETED = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}pPr", f"{W}rPr", f"{W}sdtPr", f"{W}txbxContent", f"{_MC}Fallback"}
)
_PLAIN_TABLES = frozenset({"", "TableNormal", "TableGrid", "TableauNormal", "Grilledutableau"})


class Words:
    """Reads paragraphs; `hidden` gathers what nobody would see. `links` are addresses by relationship."""

    def __init__(self, styles: Styles, links: Mapping[str, str]) -> None:
        self.hidden: list[Hidden] = []
        self._styles = styles
        self._links = links

    def of(self, paragraph: Any) -> str:
        """Return the words of a paragraph, text boxes not included."""
        style = self._styles.style_of(paragraph.find(f"{W}pPr"))
        return "".join(self._parts(paragraph, style)).strip()

    def bold(self, paragraph: Any) -> bool:
        """Say whether all that a paragraph says is bold."""
        style = self._styles.style_of(paragraph.find(f"{W}pPr"))
        runs = [run for run in paragraph.iter(f"{W}r") if "".join(run.itertext()).strip()]
        return bool(runs) and all(self._is(run, style, "b") for run in runs)

    def _parts(self, element: Any, style: str) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag in _DELETED or not isinstance(tag, str):
                continue
            if tag == f"{W}r":
                text = "".join(_run_text(child))
                if text.strip() and self._unseen(child, style):
                    self.hidden.append(Hidden(text))
                else:
                    yield text
            elif tag == f"{W}hyperlink":
                yield self._link(child, "".join(self._parts(child, style)))
            elif tag == _MATH_TEXT:
                yield child.text or ""
            elif tag != f"{W}p":
                yield from self._parts(child, style)

    def _link(self, element: Any, words: str) -> str:
        address = self._links.get(element.get(f"{_R}id") or "", "")
        bare = re.sub(r"\A(?:mailto|tel):", "", address, flags=re.IGNORECASE).split("?subject=")[0]
        if not re.match(r"(?:https?://|mailto:|tel:)", address, re.IGNORECASE) or _plain(bare) in _plain(
            words
        ):
            return words
        return f"{words} ({bare})" if words.strip() else words

    def _is(self, run: Any, style: str, name: str) -> bool:
        properties = run.find(f"{W}rPr")
        for told in (
            switched(properties, name),
            self._styles.says(value(properties, "rStyle"), name),
            self._styles.says(style, name),
        ):
            if told is not None:
                return told
        return False

    def _worth(self, run: Any, style: str, name: str) -> str:
        properties = run.find(f"{W}rPr")
        return (
            value(properties, name)
            or self._styles.worth(value(properties, "rStyle"), name)
            or self._styles.worth(style, name)
        )

    def _unseen(self, run: Any, style: str) -> bool:
        if self._is(run, style, "vanish"):
            return True
        size = self._worth(run, style, "sz")
        if size.isdecimal() and int(size) <= 4:
            return True
        return self._worth(run, style, "color").upper() in ("FFFFFF", "FEFEFE") and not _on_colour(run)


def text_boxes(paragraph: Any) -> Iterator[Any]:
    """Yield the contents of the text boxes that hang on a paragraph, each once, and diagrams' words not."""
    for box in paragraph.iter(f"{W}txbxContent"):
        above = list(box.iterancestors())
        inside = above[: above.index(paragraph)]
        # An older form of the same box stands beside it for older programs.
        if not any(one.tag in (f"{_MC}Fallback", f"{W}txbxContent", f"{W}del") for one in inside):
            yield box


def _run_text(run: Any) -> Iterator[str]:
    for child in run:
        tag = child.tag
        if tag == f"{W}t":
            yield child.text or ""
        elif tag in (f"{W}tab", f"{W}ptab"):
            yield "\t"
        elif tag in (f"{W}br", f"{W}cr"):
            yield " " if child.get(f"{W}type") in ("page", "column") else "\n"
        elif tag == f"{W}noBreakHyphen":
            yield "-"
        elif tag == f"{W}ruby":
            yield "".join(text.text or "" for text in child.iterfind(f"{W}rubyBase//{W}t"))


def _on_colour(run: Any) -> bool:
    """Say whether something dark may stand behind a run. In doubt it is seen."""
    for one in (run, *run.iterancestors()):
        tag = one.tag
        if tag == f"{W}txbxContent":
            return True
        properties = one.find(f"{tag}Pr") if tag in (f"{W}r", f"{W}p", f"{W}tc", f"{W}tbl") else None
        if properties is None:
            continue
        shade = properties.find(f"{W}shd")
        if shade is not None and (shade.get(f"{W}fill") or "auto").upper() not in ("AUTO", "FFFFFF"):
            return True
        if properties.find(f"{W}highlight") is not None:
            return True
        if tag == f"{W}tbl" and value(properties, "tblStyle") not in _PLAIN_TABLES:
            return True
        if tag == f"{W}p" and value(properties, "pStyle"):
            # A style of its own may paint its ground.
            return properties.find(f"{W}shd") is not None
    return False


def _plain(text: str) -> str:
    return re.sub(r"^https?://(www\.)?|[\s()+.-]|/$", "", text.lower())
