"""Which lines of a PDF are headings: by its outline first, then by how they are set. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.readers.pdf_page import Line, Page

BULLET = re.compile(
    r"\A(?:[\u2022\u2023\u25aa\u25ab\u25cf\u25cb\u25e6\u2043\u2219\u00b7\uf0b7\uf0a7\u2713\u2714\u25a0\u25a1\u27a2\u2756]\s*"
    r"|[-*\u2013\u2014](?:\s+|\Z)|o\s+(?=[A-Z]))"
)
_KEY = re.compile(r"[\W_]+")
_NUMBERING = re.compile(
    r"\A(?:chapter|section|annex|appendix|part|chapitre|annexe|partie)?\s*(?:\d+|[A-Z])(?:\.\d+)*[.:)]?\s+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    title: str
    page: int
    level: int


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int
    page: int


def find_headings(pages: Sequence[Page], outline: Sequence[OutlineEntry], body: float) -> dict[int, Heading]:
    """Return the lines that are headings, by the id of the line.

    The second and third line of a heading have one with an empty text. An outline with few
    entries, chapters only, is completed by what is set like a heading.
    """
    headings = _outline_headings(pages, outline)
    if len(outline) * 4 < len(pages):
        deepest = max((entry.level for entry in outline), default=0)
        headings = _type_headings(pages, body, deepest) | headings
    return headings


def _outline_headings(pages: Sequence[Page], outline: Sequence[OutlineEntry]) -> dict[int, Heading]:
    """Return the lines that the outline names, by id; the later lines of a heading have an empty one."""
    by_index = {page.index: page for page in pages}
    found: dict[int, Heading] = {}
    for entry in outline:
        page = by_index.get(entry.page)
        wanted = _key(entry.title)
        if page is None or not wanted:
            continue
        for place, line in enumerate(page.lines):
            if id(line) in found:
                continue
            count = _matching_lines(page.lines[place : place + 3], wanted)
            if count:
                found[id(line)] = Heading(entry.title, entry.level, entry.page)
                for later in page.lines[place + 1 : place + count]:
                    found[id(later)] = Heading("", entry.level, entry.page)
                break
    return found


def _matching_lines(lines: Sequence[Line], wanted: str) -> int:
    """Return how many of the first lines together are the wanted title, 0 for none."""
    text = ""
    for count, line in enumerate(lines, start=1):
        text += " " + line.text
        bare = text.strip()
        if wanted in (_key(bare), _key(_NUMBERING.sub("", bare))):
            return count
        if len(_key(bare)) > len(wanted) + 12:
            return 0
    return 0


def _key(text: str) -> str:
    return _KEY.sub("", text).casefold()


def _type_headings(pages: Sequence[Page], body: float, deepest: int) -> dict[int, Heading]:
    """Return the lines that are set like headings: larger, or short and bold."""
    candidates: list[list[Line]] = []
    for page in pages:
        previous: Line | None = None
        for place, line in enumerate(page.lines):
            if not _looks_like_heading(line, body):
                previous = None
                continue
            joined = (
                previous is not None
                and line.size == previous.size
                and line.bold == previous.bold
                and 0 < previous.y - line.y < line.size * 1.7
                and line.size > body
            )
            if joined:
                candidates[-1].append(line)
            elif place + 1 < len(page.lines) or line.size > body:
                candidates.append([line])
            previous = line
    sizes = sorted({(lines[0].size, lines[0].bold) for lines in candidates}, reverse=True)
    headings: dict[int, Heading] = {}
    for lines in candidates:
        if len(lines) > 3:
            continue
        level = min(deepest + 1 + sizes.index((lines[0].size, lines[0].bold)), 6)
        headings[id(lines[0])] = Heading(" ".join(line.text for line in lines), level, lines[0].page)
        for line in lines[1:]:
            headings[id(line)] = Heading("", level, line.page)
    return headings


def _looks_like_heading(line: Line, body: float) -> bool:
    words = line.text.split()
    if len(words) > 16 or not any(character.isalpha() for character in line.text) or BULLET.match(line.text):
        return False
    if line.size >= body * 1.12:
        return True
    return (
        line.bold
        and line.size >= body * 0.98
        and len(words) <= 10
        and not line.text.endswith((".", ",", ";", ":"))
        and line.text[:1].isupper()
    )


def largest_words(pages: Sequence[Page]) -> str:
    """Return the words in the largest type among the first pages, when they are a title's length."""
    lines = [line for page in pages[:2] for line in page.lines]
    if not lines:
        return ""
    largest = max(line.size for line in lines)
    title = " ".join(
        line.text
        for line in lines
        if line.size >= largest - 0.5
        and line.page == next(line.page for line in lines if line.size >= largest - 0.5)
    )
    return title if len(title.split()) <= 20 else ""
