"""Tables of PDF pages: lines of cells that stand under each other become rows. Pure.

A PDF holds no tables, only words at places. Where cells can't be told apart for sure, a row is its cells in
order, without the names of columns: a wrong name would be a wrong statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from knowledge_base.readers.pdf_columns import width
from knowledge_base.readers.pdf_page import Cell, Line
from knowledge_base.readers.rows import readable_rows

_ALIGNED = 4.0
_FEWEST_ROWS = 3
_ALIGNED_SHARE = 0.6
# Lines of one cell, in units of the type's size.
_NEXT_LINE = 1.6
_NEXT_ROW = 4.0
# The further lines of a cell follow closer than rows do.
_CLOSE = 0.75
_LEADING = 1.35
_HEADER_WORDS = 6


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a table, and its rows as they are quoted."""

    lines: tuple[Line, ...]
    rows: tuple[str, ...]


def find_tables(lines: Sequence[Line]) -> dict[int, Table]:
    """Return the tables of a page, by the id of their first line."""
    found: dict[int, Table] = {}
    place = 0
    while place < len(lines):
        held = _together(lines[place:]) if lines[place].cells else ()
        grid = _grid(held)
        if grid is None:
            place += 1
            continue
        found[id(held[0])] = Table(held, readable_rows(grid, headed=_headed(held, grid)))
        place += len(held)
    return found


def _together(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return the first lines that may be of one table: rows, and the further lines of their cells."""
    held = [lines[0]]
    for line in lines[1:]:
        down = held[-1].y - line.y
        if not 0 < down <= _NEXT_ROW * held[-1].size:
            break
        if not line.cells and not (down <= _NEXT_LINE * line.size and _fits_a_cell(line, lines[0])):
            break
        held.append(line)
    while held and not held[-1].cells and held[-1].x <= lines[0].x + _ALIGNED:
        held.pop()
    return tuple(held)


def _fits_a_cell(line: Line, row: Line) -> bool:
    """Say whether a line without cells may be the further line of one: it stands in a column."""
    second = row.cells[1].x
    inside = second is not None and line.x + width(line.text, line.size) < second
    return line.x > row.x + _ALIGNED or (inside and line.x >= row.x - _ALIGNED)


def _grid(lines: Sequence[Line]) -> list[list[str]] | None:
    """Return the cells of each row, or None for lines that are no table."""
    rows = [line for line in lines if line.cells]
    if len(rows) < _FEWEST_ROWS:
        return None
    if any(cell.x is None for line in rows for cell in line.cells):
        # Jumps that nobody measured: cells can only be counted.
        told = [[cell.text for cell in line.cells] for line in lines]
        return told if all(len(row) == len(told[0]) > 1 for row in told) else None
    stops = _stops(rows)
    if not stops:
        return None
    grid: list[list[str]] = []
    apart = min((above.y - below.y for above, below in pairwise(rows) if _full(below, stops)), default=0.0)
    for above, line in zip((lines[0], *lines), lines, strict=False):
        row = [""] * len(stops)
        for cell in line.cells or (Cell(line.x, line.text),):
            column = _column(cell, stops, line.size)
            if column is None or row[column]:
                return None
            row[column] = cell.text
        wrapped = not line.cells or (
            not _full(line, stops) and above.y - line.y < min(_CLOSE * apart, _LEADING * line.size)
        )
        if grid and (wrapped or not row[0]):
            # The first column says what a row is about: without it, the row above goes on.
            grid[-1] = [f"{above} {more}".strip() for above, more in zip(grid[-1], row, strict=True)]
        else:
            grid.append(row)
    return grid if len(grid) > 1 else None


def _full(line: Line, stops: Sequence[object]) -> bool:
    return len(line.cells) == len(stops)


def _stops(rows: Sequence[Line]) -> list[tuple[float, float]]:
    """Return where each column begins and ends; none when the cells of rows don't stand under each other."""
    widest = max(len(line.cells) for line in rows)
    full = [line for line in rows if len(line.cells) == widest]
    stops = []
    for column in range(widest):
        begins = [line.cells[column].x or 0.0 for line in full]
        ends = [
            begin + width(line.cells[column].text, line.size)
            for begin, line in zip(begins, full, strict=True)
        ]
        middles = [(begin + end) / 2 for begin, end in zip(begins, ends, strict=True)]
        if max(map(_aligned, (begins, ends, middles))) < _ALIGNED_SHARE:
            return []
        stops.append((min(begins), max(ends)))
    return stops


def _aligned(places: Sequence[float]) -> float:
    """Return which share of places are one place."""
    return max(sum(abs(one - other) <= _ALIGNED for other in places) for one in places) / len(places)


def _column(cell: Cell, stops: Sequence[tuple[float, float]], size: float) -> int | None:
    """Return in which column a cell stands, None when it might be in two."""
    if cell.x is None:
        return None
    end = cell.x + width(cell.text, size)
    shares = [min(end, stop[1]) - max(cell.x, stop[0]) for stop in stops]
    starting = [place for place, stop in enumerate(stops) if abs(cell.x - stop[0]) <= _ALIGNED]
    if starting:
        return starting[0]
    best = max(range(len(stops)), key=lambda place: shares[place])
    others = [share for place, share in enumerate(shares) if place != best]
    return best if shares[best] > 0 and all(share <= 0 for share in others) else None


def _headed(lines: Sequence[Line], grid: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row surely names the columns."""
    first = grid[0]
    if not all(first) or any(len(cell.split()) > _HEADER_WORDS for cell in first):
        return False
    if lines[0].bold and not all(line.bold for line in lines):
        return True
    if any(_has_digit(cell) for cell in first):
        return False
    # Words over a column of numbers.
    return any(all(_has_digit(row[column]) for row in grid[1:]) for column in range(1, len(first)))


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))
