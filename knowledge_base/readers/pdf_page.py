"""What a page of a PDF is made of, and what on it is not its text: headers, footers, numbers. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

_EDGE_LINES = 2
_LEAST_KEPT = 0.2
_BARE_PAGE_NUMBER = re.compile(
    r"\A[\s\-\u2013\u2014|]*(?:page\s*)?(?:\d{1,4}|[ivxlcdm]{1,8}|[A-Z]-\d{1,4})"
    r"(?:\s*(?:of|/|de|sur)\s*\d{1,4})?[\s\-\u2013\u2014|.]*\Z",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+|\b[ivxlc]+\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a line that stands apart; `x` is where it begins, None where the pen jumped untold."""

    x: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: position of its start in points from the bottom left, size of its type.

    `cells` are its parts where wide blanks part it, as in the row of a table; none in running text.
    """

    text: str
    x: float
    y: float
    size: float
    bold: bool
    page: int
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    index: int
    label: str
    lines: tuple[Line, ...]


def without_running_lines(pages: Sequence[Page]) -> list[Page]:
    """Drop page numbers, and what stands at the same edge of many pages."""
    seen: Counter[tuple[str, str]] = Counter()
    heights: defaultdict[str, Counter[float]] = defaultdict(Counter)
    for page in pages:
        for edge, line in _edges(page):
            seen[edge, _running_key(line.text)] += 1
    needed = max(3, min(len(pages) * 0.2, 8))
    repeated = {key for key, count in seen.items() if count >= needed}
    for page in pages:
        for edge, line in _edges(page):
            if (edge, _running_key(line.text)) in repeated:
                heights[edge][line.y] += 1
    # A header that names its chapter may be on one page only; it stands where the others do.
    bands = {edge: {y for y, count in found.items() if count >= needed} for edge, found in heights.items()}
    kept = []
    apart = _standing_apart(pages)
    for page in pages:
        dropped: set[int] = {id(line) for line in page.lines if id(line) in apart}
        edges = _edges(page)
        for edge, line in edges:
            running = (edge, _running_key(line.text)) in repeated
            outermost = line is edges[0][1] or line is edges[-1][1]
            in_band = outermost and any(abs(line.y - y) < 1 for y in bands.get(edge, ()))
            if running or in_band or _BARE_PAGE_NUMBER.match(line.text):
                dropped.add(id(line))
        kept.append(replace(page, lines=tuple(line for line in page.lines if id(line) not in dropped)))
    if _count(kept) < _LEAST_KEPT * _count(pages):
        # Pages that are all alike, forms or cards: what repeats there is the text itself.
        return [
            replace(page, lines=tuple(line for line in page.lines if not _BARE_PAGE_NUMBER.match(line.text)))
            for page in pages
        ]
    return kept


def _count(pages: Sequence[Page]) -> int:
    return sum(len(page.lines) for page in pages)


def _standing_apart(pages: Sequence[Page]) -> set[int]:
    """Return the first and last lines that stand at one height of many pages, well apart from the text.

    They say something else on each page, the section, but are set no larger than the text: titles are.
    """
    body = body_size(pages)
    found: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for page in pages:
        by_height = sorted(page.lines, key=lambda line: -line.y)
        if len(by_height) < 4:
            continue
        for edge, line, inner in (
            ("top", by_height[0], by_height[1]),
            ("bottom", by_height[-1], by_height[-2]),
        ):
            small = line.size <= body * 1.05 and not line.bold
            if small and abs(line.y - inner.y) > 1.8 * max(line.size, inner.size):
                # Heights differ by a point; two rulings of four points, one between the other, hold them.
                found[edge, round(line.y / 2) // 2 * 2].append(id(line))
                found[edge, (round(line.y / 2) + 1) // 2 * 2 - 1].append(id(line))
    needed = max(4, sum(len(page.lines) >= 4 for page in pages) * 0.4)
    return {line for lines in found.values() if len(lines) >= needed for line in lines}


def _edges(page: Page) -> list[tuple[str, Line]]:
    """Return the top and bottom lines of a page, from the top down."""
    by_height = sorted(page.lines, key=lambda line: -line.y)
    if len(by_height) <= 2 * _EDGE_LINES:
        middle = (len(by_height) + 1) // 2
        return [("top", line) for line in by_height[:middle]] + [
            ("bottom", line) for line in by_height[middle:]
        ]
    return [("top", line) for line in by_height[:_EDGE_LINES]] + [
        ("bottom", line) for line in by_height[-_EDGE_LINES:]
    ]


def _running_key(text: str) -> str:
    return _DIGITS.sub("#", text).casefold().strip()


def body_size(pages: Sequence[Page]) -> float:
    """Return the size of type that most of the text has."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0
