"""Elements of an HTML page to blocks, in the order in which they are read."""

import re
from collections.abc import Iterator, Sequence

from lxml.html import HtmlElement

from knowledge_base.documents import Block, BlockKind
from knowledge_base.readers.footnotes import footnote_blocks
from knowledge_base.readers.html_hiding import Hiding
from knowledge_base.readers.html_matter import SILENT, is_around
from knowledge_base.readers.rows import readable_rows

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li",
        "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "ul", *_HEADINGS,
    }
)  # fmt: skip
_NOTES = re.compile(r"\b(?:foot-?notes?|end-?notes?)\b", re.IGNORECASE)
_MARK = re.compile(r"\A[\[(]?(?:\d{1,3}|[a-z*\u2020\u2021])[\])]?\Z")
_PERMALINK = re.compile(r"\A[\u00b6#\u00a7\U0001f517]?\Z")
_BACK = re.compile(r"\s*(?:\u21a9\ufe0e?|\u2191|\^)\s*")
_LONGEST_ADDRESS = 120
_BREAK = "\v"


class Walk:
    """Collects blocks from elements, one after the other; `finish` gives them."""

    def __init__(self, hiding: Hiding) -> None:
        self._hiding = hiding
        self._blocks: list[Block] = []
        self._notes: list[str] = []
        self._words: list[str] = []
        self._level = 1

    def take(self, element: HtmlElement) -> None:
        """Take an element with all that is in it."""
        self._inside(element)
        self._flush()

    def finish(self) -> list[Block]:
        """Return the blocks, footnotes last."""
        self._flush()
        return self._blocks + footnote_blocks(self._notes, [block.text for block in self._blocks])

    def _inside(self, element: HtmlElement) -> None:
        self._words.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                self._element(child)
            self._words.append(child.tail or "")

    def _element(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in SILENT or is_around(element):
            return
        if self._hiding.hides(element):
            self._hiding.note(element)
            return
        if tag not in _BLOCKS and not _holds_blocks(element):
            self._words.append(self._inline(element))
            return
        self._flush()
        if _is_notes(element):
            self._notes += [text for text in map(self._note, _entries(element)) if text]
        elif tag in _HEADINGS:
            self._heading(self._inline(element), _HEADINGS[tag])
        elif tag in ("ul", "ol", "menu", "dir"):
            self._list(element)
        elif tag == "dl":
            self._emit(Block(BlockKind.BULLETS, items=tuple(self._definitions(element))))
        elif tag == "table":
            self._table(element)
        elif tag == "pre":
            self._emit(Block(BlockKind.CODE, element.text_content().strip("\n")))
        elif tag == "summary":
            # The question of a fold-away answer.
            self._heading(self._inline(element), min(self._level + 1, 6), keeps=True)
        else:
            self._inside(element)
            self._flush()

    def _heading(self, text: str, level: int, *, keeps: bool = False) -> None:
        text = " ".join(text.split())
        if text:
            self._emit(Block(BlockKind.HEADING, text, level=level))
            self._level = self._level if keeps else level

    def _list(self, element: HtmlElement) -> None:
        if _is_contents(element):
            return
        items = tuple(text for text in self._items(element) if text)
        if element.tag != "ol":
            self._emit(Block(BlockKind.BULLETS, items=items))
            return
        start = element.get("start") or "1"
        self._emit(Block(BlockKind.STEPS, items=items, start=int(start) if start.isdecimal() else 1))

    def _items(self, element: HtmlElement, indent: str = "") -> Iterator[str]:
        """Yield one text an item: its own words, then the items of its lists, each on a line."""
        for child in element:
            if not isinstance(child.tag, str) or child.tag in SILENT:
                continue
            if self._hiding.hides(child):
                self._hiding.note(child)
            elif child.tag in ("ul", "ol"):
                # Wrong HTML that is common: a list directly inside a list.
                yield from self._items(child, indent)
            else:
                yield self._item(child, indent)
            if child.tail and child.tail.strip():
                yield " ".join(child.tail.split())

    def _item(self, item: HtmlElement, indent: str) -> str:
        lines: list[str] = []
        inner = Walk(self._hiding)
        inner._words.append(item.text or "")
        for child in item:
            if isinstance(child.tag, str) and child.tag in ("ul", "ol") and not self._hiding.hides(child):
                inner._flush()
                lines += _lines(inner._blocks)
                inner._blocks = []
                first = int(child.get("start") or 1) if (child.get("start") or "1").isdecimal() else 1
                for number, text in enumerate(self._items(child, indent + "  "), start=first):
                    mark = f"{number}." if child.tag == "ol" else "-"
                    lines.append(f"{indent}{mark} {text}")
            elif isinstance(child.tag, str):
                inner._element(child)
            inner._words.append(child.tail or "")
        inner._flush()
        self._notes += inner._notes
        return "\n".join(lines + _lines(inner._blocks))

    def _definitions(self, element: HtmlElement) -> Iterator[str]:
        """Yield "term: definition" for each term of a list of definitions."""
        terms: list[str] = []
        meanings: list[str] = []
        for child in element.iter("dt", "dd"):
            if next(child.iterancestors("dl")) is not element:
                continue
            if self._hiding.hides(child):
                self._hiding.note(child)
                continue
            if child.tag == "dt" and meanings:
                yield _defined(terms, meanings)
                terms, meanings = [], []
            (terms if child.tag == "dt" else meanings).append(self._item(child, ""))
        if terms or meanings:
            yield _defined(terms, meanings)

    def _table(self, table: HtmlElement) -> None:
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
        for caption in table.findall("caption"):
            self._inside(caption)
            self._flush()
        nested = table.find(".//table") is not None
        if nested or table.get("role") in ("presentation", "none") or max(map(_width, rows), default=0) < 2:
            # A table that only places things on the page.
            for row in rows:
                for cell in row:
                    if isinstance(cell.tag, str):
                        self._element(cell)
            return
        grid: list[list[str]] = []
        shown = []
        for row in rows:
            if self._hiding.hides(row):
                self._hiding.note(row)
            else:
                shown.append(row)
        spans: dict[int, tuple[int, str]] = {}
        for row in shown:
            grid.append(self._cells(row, spans))
        headed = bool(shown) and (
            shown[0].getparent().tag == "thead" or all(cell.tag == "th" for cell in _cells(shown[0]))
        )
        self._emit(Block(BlockKind.TABLE, items=readable_rows(grid, headed=headed)))

    def _cells(self, row: HtmlElement, spans: dict[int, tuple[int, str]]) -> list[str]:
        """Return the cells of a row, those that reach into it from above included."""
        cells: list[str] = []

        def from_above() -> None:
            while spans.get(len(cells), (0, ""))[0]:
                left, text = spans[len(cells)]
                spans[len(cells)] = (left - 1, text)
                cells.append(text)

        for cell in _cells(row):
            from_above()
            text = "" if self._hiding.hides(cell) else self._item(cell, "")
            if self._hiding.hides(cell):
                self._hiding.note(cell)
            for _ in range(_span(cell, "colspan")):
                spans[len(cells)] = (_span(cell, "rowspan") - 1, text)
                cells.append(text)
        from_above()
        return cells

    def _inline(self, element: HtmlElement) -> str:
        """Return the words of an element that breaks no line; a link keeps the address that it adds."""
        tag = element.tag
        if tag in SILENT:
            return ""
        if self._hiding.hides(element):
            self._hiding.note(element)
            return ""
        if tag == "br":
            return _BREAK
        if tag == "img":
            return _alternative(element)
        parts = [element.text or ""]
        for child in element:
            if isinstance(child.tag, str):
                parts.append(self._inline(child))
            parts.append(child.tail or "")
        words = "".join(parts)
        if tag == "a":
            return _link(element, words)
        if tag == "sup" and _is_note_mark(element, words):
            return ""
        return f"\u201c{words}\u201d" if tag == "q" else words

    def _note(self, element: HtmlElement) -> str:
        return _BACK.sub(" ", " ".join(self._item(element, "").split())).strip()

    def _flush(self) -> None:
        text = _flowing(self._words)
        self._words = []
        if text:
            self._emit(Block(BlockKind.PARAGRAPH, text))

    def _emit(self, block: Block) -> None:
        if block.text or block.items:
            self._blocks.append(block)


def _flowing(parts: Sequence[str]) -> str:
    # Line ends of the source are blanks; a <br> is the only end of a line.
    lines = [" ".join(line.split()) for line in "".join(parts).split(_BREAK)]
    return "\n".join(line for line in lines if line)


def _lines(blocks: Sequence[Block]) -> list[str]:
    return [line for block in blocks for line in ((block.text,) if block.text else block.items)]


def _defined(terms: Sequence[str], meanings: Sequence[str]) -> str:
    named = ", ".join(term for term in terms if term)
    meant = "\n".join(meaning for meaning in meanings if meaning)
    return f"{named.rstrip(' :')}: {meant}" if named and meant else named or meant


def _cells(row: HtmlElement) -> list[HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _width(row: HtmlElement) -> int:
    return sum(1 for cell in row if cell.tag in ("td", "th"))


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name) or "1"
    return min(int(value), 100) if value.isdecimal() and int(value) > 0 else 1


def _holds_blocks(element: HtmlElement) -> bool:
    return any(child.tag in _BLOCKS for child in element.iterdescendants())


def _is_contents(element: HtmlElement) -> bool:
    """Say whether a list only leads to places on this very page."""
    links = element.findall(".//a")
    if len(links) < 3 or not all((link.get("href") or "").startswith("#") for link in links):
        return False
    linked = sum(len("".join(link.text_content().split())) for link in links)
    return linked >= 0.9 * len("".join(element.text_content().split()))


def _is_notes(element: HtmlElement) -> bool:
    role = element.get("role") or ""
    if role in ("doc-endnotes", "doc-footnote"):
        return True
    named = f"{element.get('class') or ''} {element.get('id') or ''}"
    return element.tag in ("div", "section", "aside", "ol", "ul", "dl", "table") and bool(
        _NOTES.search(named)
    )


def _entries(element: HtmlElement) -> list[HtmlElement]:
    entries = [one for one in element.iter("li", "dd", "tr") if one is not element]
    return entries or [one for one in element.iter("p") if one is not element] or [element]


def _is_note_mark(element: HtmlElement, words: str) -> bool:
    link = element.find(".//a")
    inside = link if link is not None else next(element.iterancestors("a"), None)
    return (
        inside is not None and (inside.get("href") or "").startswith("#") and bool(_MARK.match(words.strip()))
    )


def _alternative(element: HtmlElement) -> str:
    """Return what a picture says where there is no picture, when it stands alone in a link or line."""
    parent = element.getparent()
    alone = parent is not None and parent.tag == "a" and not "".join(parent.text_content().split())
    return element.get("alt") or "" if alone else ""


def _link(element: HtmlElement, words: str) -> str:
    address = (element.get("href") or "").strip()
    if address.startswith("#"):
        noted = element.get("role") == "doc-noteref" or "footnote-ref" in (element.get("class") or "")
        return "" if noted or _PERMALINK.match(words.strip()) else words
    bare = re.sub(r"\A(?:mailto|tel):", "", address, flags=re.IGNORECASE).split("?subject=")[0]
    leads_out = re.match(r"(?:https?://|mailto:|tel:)", address, re.IGNORECASE)
    if not leads_out or len(bare) > _LONGEST_ADDRESS or _plain(bare) in _plain(words):
        return words
    return f"{words} ({bare})" if words.strip() else bare


def _plain(text: str) -> str:
    """Strip what an address may carry without pointing elsewhere."""
    return re.sub(r"^https?://(www\.)?|[\s()+.-]|/$", "", text.lower())
