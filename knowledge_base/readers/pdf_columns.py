"""Columns of a PDF page that are drawn across, line by line, put one after the other; cells told apart. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import median

from knowledge_base.readers.pdf_page import Cell, Line

# How wide a letter is on average, in units of the type's size; capitals are wider.
_LETTER = 0.5
_CAPITAL = 0.7
_NARROW_LETTER = 0.42
# A blank this wide, in units of the type's size, parts cells.
_WIDE_BLANK = 1.4
_ALIGNED = 2.0
_FEWEST_LINES = 4
_FEWEST_WORDS = 4
_FEWEST_SHARE = 0.25
_MOST_TRIED = 4
_SHARE = 0.6
_MOST_CROSSING = 0.3
_MOST_COLUMNS = 4
# The number or mark of an item or heading stands apart from its words, and is no cell.
_MARK = re.compile(
    r"\A(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]|\d{1,2}(?:\.\d{1,3})+\.?|\d{1,3}|[^\w\s]{1,2}|o)\Z"
)


def unfolded(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a page with every column read to its end, and in each line only cells as cells.

    The lines come with each piece of theirs, where it begins.
    """
    return [_with_cells(line) if line.cells else line for line in _in_columns(lines, _MOST_COLUMNS)]


def _in_columns(lines: Sequence[Line], deepest: int) -> list[Line]:
    start = _column_start(lines) if deepest else None
    if start is None:
        return list(lines)
    done: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        first, second = _split(line, start)
        if second is None and first is not None and _reaches(first, start + _ALIGNED * 5):
            # A line across both columns: what stands above it is read first.
            done += [*_in_columns(left, 0), *_in_columns(right, deepest - 1), line]
            left, right = [], []
            continue
        left += [first] if first else []
        right += [second] if second else []
    return [*done, *_in_columns(left, 0), *_in_columns(right, deepest - 1)]


def _column_start(lines: Sequence[Line]) -> float | None:
    """Return where a second column of running text begins, in lines that hold text of both."""
    starts: Counter[float] = Counter()
    for line in lines:
        starts.update({round(piece.x) for piece in line.cells[1:] if piece.x is not None})
    # Words of justified lines begin anywhere; few places are the beginning of many.
    needed = max(_FEWEST_LINES, len(lines) * _FEWEST_SHARE)
    for start in sorted(start for start, count in starts.most_common(_MOST_TRIED) if count >= needed):
        if _parts_columns(lines, start):
            return start
    return None


def _parts_columns(lines: Sequence[Line], start: float) -> bool:
    parted = [place for place, line in enumerate(lines) if _begins_at(line, start) is not None]
    if len(parted) < _FEWEST_LINES:
        return False
    between = [_split(line, start) for line in lines[parted[0] : parted[-1] + 1]]
    both = [(first, second) for first, second in between if first and second]
    crossing = sum(1 for first, second in between if first and not second and _reaches(first, start))
    if len(both) < _SHARE * len(between) or crossing > _MOST_CROSSING * len(between):
        return False
    words = [[len(side.text.split()) for side in pair] for pair in both]
    # Cells have fewer words than the lines of a column.
    return all(median(counts) >= _FEWEST_WORDS for counts in zip(*words, strict=True))


def _split(line: Line, start: float) -> tuple[Line | None, Line | None]:
    """Return what of a line stands left of a column's start, and what from there on."""
    if line.x >= start - _ALIGNED:
        return None, line
    place = _begins_at(line, start)
    if place is None:
        return line, None
    return _of(line, line.cells[:place]), _of(line, line.cells[place:])


def _begins_at(line: Line, start: float) -> int | None:
    return next(
        (
            place
            for place, piece in enumerate(line.cells)
            if place and piece.x is not None and abs(piece.x - start) <= _ALIGNED
        ),
        None,
    )


def _of(line: Line, cells: tuple[Cell, ...]) -> Line | None:
    text = joined(cells)
    return replace(line, text=text, x=cells[0].x or line.x, cells=cells) if text else None


def joined(cells: Iterable[Cell]) -> str:
    """Return the words of pieces as one text."""
    return " ".join("".join(cell.text for cell in cells).split())


def _reaches(line: Line, x: float) -> bool:
    """Say whether a line surely goes on beyond a place."""
    return line.x + len(line.text) * _NARROW_LETTER * line.size > x


def _with_cells(line: Line) -> Line:
    """Keep as cells what wide blanks part; no cells in a line of running text."""
    begins = [0, *_breaks(line)]
    ends = [*begins[1:], len(line.cells)]
    cells: list[Cell] = []
    for begin, end in zip(begins, ends, strict=True):
        text = joined(line.cells[begin:end])
        if text and cells and _MARK.match(cells[-1].text):
            cells[-1] = Cell(cells[-1].x, f"{cells[-1].text} {text}")
        elif text:
            cells.append(Cell(line.cells[begin].x, text))
    return replace(line, cells=tuple(cells) if len(cells) > 1 else ())


def _breaks(line: Line) -> Iterator[int]:
    """Yield which pieces of a line begin after a wide blank."""
    end: float | None = None
    for place, piece in enumerate(line.cells):
        text = piece.text.strip()
        if not text:
            continue
        if place and (piece.x is None or (end is not None and piece.x - end > _WIDE_BLANK * line.size)):
            yield place
        # Behind an untold jump nobody knows how far the text reaches.
        end = None if piece.x is None else piece.x + width(text, line.size)


def width(text: str, size: float) -> float:
    """Return how wide a text is set, about: fonts differ."""
    capitals = sum(map(str.isupper, text))
    return size * (_CAPITAL * capitals + _LETTER * (len(text) - capitals))
