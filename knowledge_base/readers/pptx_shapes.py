"""The shapes of a slide to blocks, from the top down."""

from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree
from pptx.enum.shapes import PP_PLACEHOLDER

from knowledge_base.documents import Block, BlockKind
from knowledge_base.readers.cleaning import Hidden
from knowledge_base.readers.rows import readable_rows

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TITLES = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE})
_RUNNING = frozenset(
    {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER}
)
_LISTS = frozenset({PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY})


class SlideText:
    """The text of one slide; `title` and `hidden` are there once `blocks` has been read."""

    def __init__(self, slide: Any, place: int, width: int, height: int) -> None:
        self.title = ""
        self.hidden: list[Hidden] = []
        self._slide = slide
        self._place = place
        self._size = (width, height)

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks of the slide, its title left to `title`."""
        shapes = sorted(enumerate(self._slide.shapes), key=lambda pair: _order(pair[1], pair[0]))
        for _, shape in shapes:
            yield from self._shape(shape)

    def _shape(self, shape: Any, *, grouped: bool = False) -> Iterator[Block]:
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind in _RUNNING:
            return
        if self._unseen(shape, grouped=grouped):
            text = " ".join(node.text or "" for node in shape.element.iter(f"{_A}t"))
            self.hidden.append(Hidden(text, f"slide {self._place + 1}"))
        elif hasattr(shape, "shapes"):
            for inner in shape.shapes:
                yield from self._shape(inner, grouped=True)
        elif getattr(shape, "has_table", False):
            table = shape.table
            grid = [[_cell(row.cells, place) for place in range(len(row.cells))] for row in table.rows]
            yield self._block(BlockKind.TABLE, items=readable_rows(grid, headed=bool(table.first_row)))
        elif getattr(shape, "has_text_frame", False):
            if kind in _TITLES and not self.title:
                self.title = " ".join(shape.text_frame.text.split())
            else:
                yield from self._paragraphs(shape.text_frame.paragraphs, listed=kind in _LISTS)
        else:
            yield from self._diagram(shape)

    def _unseen(self, shape: Any, *, grouped: bool) -> bool:
        described = next(shape.element.iter("{*}cNvPr"), None)
        if described is not None and described.get("hidden") in ("1", "true"):
            return True
        if grouped or shape.left is None or shape.width is None:
            # Inside a group places are counted from the group.
            return False
        right, bottom = shape.left + shape.width, shape.top + shape.height
        return bool(right <= 0 or bottom <= 0 or shape.left >= self._size[0] or shape.top >= self._size[1])

    def _paragraphs(self, paragraphs: Sequence[Any], *, listed: bool) -> Iterator[Block]:
        """Yield paragraphs and lists; in the body of a slide every paragraph is an item unless it says no."""
        items: list[str] = []
        current: BlockKind | None = None
        start = 1
        for paragraph in paragraphs:
            text = _text(paragraph)
            if not text:
                continue
            kind, number = _kind(paragraph, listed=listed and len(paragraphs) > 1)
            if items and kind is not None and paragraph.level > 0:
                items[-1] += f"\n{'  ' * (paragraph.level - 1)}- {' '.join(text.split())}"
                continue
            if kind is not current and items:
                yield self._listed(current, items, start)
                items = []
            if kind is None:
                yield self._block(BlockKind.PARAGRAPH, text)
            else:
                start = number if not items else start
                items.append(text)
            current = kind
        if items:
            yield self._listed(current, items, start)

    def _listed(self, kind: BlockKind | None, items: Sequence[str], start: int) -> Block:
        return self._block(kind or BlockKind.BULLETS, items=tuple(items), start=start)

    def _diagram(self, shape: Any) -> Iterator[Block]:
        """Yield the words of a diagram (SmartArt), which stand in a part of their own."""
        pointer = next(shape.element.iter(f"{_DIAGRAM}relIds"), None)
        identity = None if pointer is None else pointer.get(f"{_R}dm")
        if identity is None or identity not in self._slide.part.rels:
            return
        blob = self._slide.part.related_part(identity).blob
        root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
        texts = (
            " ".join("".join(part.text or "" for part in paragraph.iter(f"{_A}t")).split())
            for paragraph in root.iter(f"{_A}p")
        )
        items = tuple(text for text in texts if text)
        if items:
            yield self._block(BlockKind.BULLETS, items=items)

    def _block(
        self, kind: BlockKind, text: str = "", *, items: tuple[str, ...] = (), start: int = 1
    ) -> Block:
        label = str(self._place + 1)
        return Block(kind, text, items, start=start, page_index=self._place, page_label=label)


def _order(shape: Any, place: int) -> tuple[int, int, int]:
    """Read from the top down in bands of about two lines, and from the left; a title comes first."""
    if shape.is_placeholder and shape.placeholder_format.type in _TITLES:
        return (-1, 0, place)
    band = 500_000
    return (max(0, int(shape.top or 0)) // band, int(shape.left or 0), place)


def _text(paragraph: Any) -> str:
    return "\n".join(" ".join(line.split()) for line in paragraph.text.split("\v") if line.strip())


def _kind(paragraph: Any, *, listed: bool) -> tuple[BlockKind | None, int]:
    """Return what list a paragraph is an item of, and the number it starts at."""
    properties = paragraph._p.find(f"{_A}pPr")
    if properties is not None:
        numbered = properties.find(f"{_A}buAutoNum")
        if numbered is not None:
            start = numbered.get("startAt") or "1"
            return BlockKind.STEPS, int(start) if start.isdecimal() else 1
        if properties.find(f"{_A}buChar") is not None:
            return BlockKind.BULLETS, 1
        if properties.find(f"{_A}buNone") is not None:
            return None, 1
    return (BlockKind.BULLETS if listed else None), 1


def _cell(cells: Any, place: int) -> str:
    cell = cells[place]
    if cell.is_spanned and place:
        return _cell(cells, place - 1)
    return " ".join(cell.text.split())
