"""Raw HTML inside Markdown: what a reader of the page sees of it becomes text, what nobody sees is told."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from lxml import etree
from lxml import html as lxml_html

from knowledge_base.documents import Block, BlockKind
from knowledge_base.errors import ReadError
from knowledge_base.readers.cleaning import Hidden
from knowledge_base.readers.html import parse
from knowledge_base.readers.html_blocks import Walk
from knowledge_base.readers.html_hiding import Hiding
from knowledge_base.readers.html_matter import SILENT

_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.IGNORECASE | re.DOTALL)
_TELLING = ("style", "class", "id", "hidden", "bgcolor", "background", "color")
_EMPTY = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_MOST_OPEN = 200

Event = tuple[str, str, dict[str, str]]


class RawHtml:
    """Follows the tags of a document from its beginning: one may hide what comes paragraphs later."""

    def __init__(self, body: str) -> None:
        self.found: list[Hidden] = []
        sheets = "".join(_SHEET.findall(body))
        self._head = f"<style>{sheets}</style>" if sheets else ""
        self._rules: Hiding | None = None
        self._open: list[tuple[str, bool, bool]] = []

    @property
    def depth(self) -> int:
        """Return how many tags are open."""
        return len(self._open)

    def close_to(self, depth: int) -> None:
        """Close what was opened since: a paragraph ends what began in it."""
        del self._open[depth:]

    def seen(self, text: str) -> str:
        """Return a text that stands here, or nothing where an open tag hides it; that is remembered."""
        if any(silent for _, _, silent in self._open):
            return ""
        if any(hidden for _, hidden, _ in self._open):
            self.found.append(Hidden(text))
            return ""
        return text

    def words(self, html: str) -> str:
        """Take tags and comments in the order of the text; return the words among them that are seen."""
        words = []
        for kind, told, attributes in _events(html):
            if kind == "text":
                words.append(self.seen(told))
            elif kind == "comment":
                self.found.append(Hidden(told))
            elif kind == "open" and told == "br":
                words.append(" ")
            elif kind == "open" and told not in _EMPTY and len(self._open) < _MOST_OPEN:
                self._open.append((told, self._hides(told, attributes), told in SILENT))
            elif kind == "close":
                self._close(told)
        return "".join(words)

    def blocks(self, html: str) -> list[Block]:
        """Return what a piece of HTML between paragraphs shows."""
        if self._open or not _whole(html):
            text = self.words(html).strip()
            return [Block(BlockKind.PARAGRAPH, text)] if text else []
        self.found += [Hidden(told) for kind, told, _ in _events(html) if kind == "comment"]
        if not any(kind == "text" and told.strip() for kind, told, _ in _events(html)):
            return []
        try:
            tree = parse("", self._head + html)
        except ReadError:
            return []
        hiding = Hiding(tree)
        walk = Walk(hiding)
        walk.take(tree)
        self.found += hiding.found
        return walk.finish()

    def _close(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def _hides(self, tag: str, attributes: dict[str, str]) -> bool:
        if self._rules is None:
            self._rules = Hiding(lxml_html.document_fromstring(f"<html>{self._head}<body></body></html>"))
        try:
            element = lxml_html.Element(tag)
            for name in _TELLING:
                if name in attributes:
                    element.set(name, attributes[name])
        except (ValueError, etree.LxmlError):
            return False
        return self._rules.hides(element)


class _Events(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.told: list[Event] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.told.append(("open", tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        self.told.append(("close", tag, {}))

    def handle_data(self, data: str) -> None:
        self.told.append(("text", data, {}))

    def handle_comment(self, data: str) -> None:
        self.told.append(("comment", data, {}))


def _events(html: str) -> Iterator[Event]:
    parser = _Events()
    parser.feed(html)
    parser.close()
    yield from parser.told


def _whole(html: str) -> bool:
    """Say whether every tag of a piece is closed in it."""
    counts: dict[str, int] = {}
    for kind, tag, _ in _events(html):
        if kind in ("open", "close") and tag not in _EMPTY:
            counts[tag] = counts.get(tag, 0) + (1 if kind == "open" else -1)
    return not any(counts.values())
