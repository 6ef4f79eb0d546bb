"""The body of a Word document to blocks, in reading order."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from knowledge_base.documents import Block, BlockKind
from knowledge_base.readers.docx_lists import Mark, Numbering
from knowledge_base.readers.docx_styles import Styles, W, switched, value
from knowledge_base.readers.docx_text import Words, text_boxes
from knowledge_base.readers.rows import readable_rows

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Parts that only hold others.
_AROUND = frozenset(
    {
        f"{W}sdtContent",
        f"{W}customXml",
        f"{W}ins",
        f"{W}moveTo",
        f"{W}smartTag",
        f"{_MC}Choice",
        f"{_MC}AlternateContent",
    }
)
_CONTENTS_STYLES = ("toc ", "tm ", "table of figures", "table des illustrations", "index ")
_WORDS_IN_LABEL = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class _Part:
    """A block, or an item on its way into a list."""

    block: Block
    mark: Mark | None = None
    bold: bool = False


class Body:
    """Reads the body; `title` is the text in the style of a title, found on the way."""

    def __init__(self, words: Words, styles: Styles, numbering: Numbering) -> None:
        self.title = ""
        self._words = words
        self._styles = styles
        self._numbering = numbering

    def blocks(self, body: Any) -> list[Block]:
        """Return the blocks of the body."""
        parts = list(self._parts(body))
        if not any(part.block.kind is BlockKind.HEADING for part in parts):
            parts = [
                _as_heading(part, following)
                for part, following in zip(parts, [*parts[1:], None], strict=False)
            ]
        return list(_listed(parts))

    def _parts(self, container: Any) -> Iterator[_Part]:
        for child in container:
            tag = child.tag
            if tag == f"{W}p":
                yield from self._paragraph(child)
            elif tag == f"{W}tbl":
                yield from self._table(child)
            elif tag == f"{W}sdt":
                if not _is_contents(child):
                    yield from self._parts(child.findall(f"{W}sdtContent"))
            elif tag in _AROUND:
                yield from self._parts(child)

    def _paragraph(self, paragraph: Any) -> Iterator[_Part]:
        properties = paragraph.find(f"{W}pPr")
        mark = self._numbering.mark(properties)
        text = self._words.of(paragraph)
        if text and not self._styles.named(properties, *_CONTENTS_STYLES):
            level = self._styles.heading_level(properties)
            if not self.title and not level and self._styles.named(properties, "title"):
                self.title = " ".join(text.split())
            elif level:
                label = f"{mark.label} " if mark and mark.label else ""
                yield _Part(Block(BlockKind.HEADING, label + " ".join(text.split()), level=level))
            elif mark and _WORDS_IN_LABEL.search(mark.label):
                # "Recommendation 4:" that the list itself prints.
                yield _Part(Block(BlockKind.PARAGRAPH, f"{mark.label} {text}"))
            else:
                yield _Part(Block(BlockKind.PARAGRAPH, text), mark, self._words.bold(paragraph))
        for box in text_boxes(paragraph):
            yield from self._parts(box)

    def _table(self, table: Any) -> Iterator[_Part]:
        rows = list(_inner(table, f"{W}tr"))
        cells = [list(_inner(row, f"{W}tc")) for row in rows]
        if max(map(len, cells), default=0) < 2:
            # A frame around text.
            for row in cells:
                for cell in row:
                    yield from self._parts(cell)
            return
        grid = self._grid(cells)
        items = readable_rows(grid, headed=self._is_headed(rows, cells))
        yield _Part(Block(BlockKind.TABLE, items=items))

    def _grid(self, cells: Sequence[Sequence[Any]]) -> list[list[str]]:
        """Return the texts of a table, merged cells repeated in each place that they take."""
        grid: list[list[str]] = []
        for row in cells:
            texts: list[str] = []
            for cell in row:
                properties = cell.find(f"{W}tcPr")
                merged = None if properties is None else properties.find(f"{W}vMerge")
                goes_on = merged is not None and merged.get(f"{W}val") != "restart"
                above = grid[-1][len(texts)] if goes_on and grid and len(grid[-1]) > len(texts) else ""
                text = above if goes_on else " ".join(_flat(_listed(list(self._parts(cell)))))
                span = value(properties, "gridSpan")
                texts += [text] * (min(int(span), 100) if span.isdecimal() and int(span) > 0 else 1)
            grid.append(texts)
        return grid

    def _is_headed(self, rows: Sequence[Any], cells: Sequence[Sequence[Any]]) -> bool:
        """Say whether the first row names the columns: it is repeated on pages, or alone is bold or shaded."""
        if switched(rows[0].find(f"{W}trPr"), "tblHeader"):
            return True
        if len(rows) < 2:
            return False
        return any(
            all(map(told, cells[0])) and not all(map(told, cells[1])) for told in (self._bold_cell, _shaded)
        )

    def _bold_cell(self, cell: Any) -> bool:
        return all(self._words.bold(one) for one in cell.iter(f"{W}p") if "".join(one.itertext()).strip())


def _listed(parts: Sequence[_Part]) -> Iterator[Block]:
    """Yield the blocks, neighbouring items of one list as one block."""
    place = 0
    while place < len(parts):
        part = parts[place]
        if part.mark is None:
            yield part.block
            place += 1
            continue
        end = place + 1
        while end < len(parts) and (mark := parts[end].mark) is not None and mark.goes_on(part.mark):
            end += 1
        yield _list(parts[place:end])
        place = end


def _list(parts: Sequence[_Part]) -> Block:
    first = parts[0].mark
    items: list[str] = []
    for part in parts:
        mark = part.mark
        if first is None or mark is None or not items or not mark.is_inside(first):
            items.append(part.block.text)
        else:
            depth = "  " * max(0, mark.level - first.level - 1)
            sign = "-" if mark.number is None else f"{mark.number}."
            items[-1] += f"\n{depth}{sign} {' '.join(part.block.text.split())}"
    if first is None or first.number is None:
        return Block(BlockKind.BULLETS, items=tuple(items))
    return Block(BlockKind.STEPS, items=tuple(items), start=first.number)


def _as_heading(part: _Part, following: _Part | None) -> _Part:
    """Make a heading of a short bold line before other text: where no style was used, that is one."""
    text = part.block.text
    short = 0 < len(text.split()) <= 12 and "\n" not in text and not text.endswith((".", ",", ";"))
    under = following is not None and not (following.bold and following.mark is None)
    if part.block.kind is not BlockKind.PARAGRAPH or part.mark or not (part.bold and short and under):
        return part
    return replace(part, block=Block(BlockKind.HEADING, text.rstrip(" :"), level=2))


def _is_contents(element: Any) -> bool:
    """Say whether a block that Word made is the table of contents."""
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and "contents" in (gallery.get(f"{W}val") or "").lower()


def _inner(element: Any, tag: str) -> Iterator[Any]:
    """Yield the rows or cells of an element, also those that content controls or changes wrap."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag in _AROUND or child.tag == f"{W}sdt":
            yield from _inner(child, tag)


def _shaded(cell: Any) -> bool:
    shade = cell.find(f"{W}tcPr/{W}shd")
    return shade is not None and (shade.get(f"{W}fill") or "auto").upper() not in ("AUTO", "FFFFFF")


def _flat(blocks: Iterator[Block]) -> Iterator[str]:
    for block in blocks:
        yield from (block.text,) if block.text else block.items
