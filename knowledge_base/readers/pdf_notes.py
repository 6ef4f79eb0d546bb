"""Footnotes of PDF pages: the small print at the foot, and the raised numbers that point to it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge_base.readers.pdf_page import Line, Page

_SMALLER = 0.93
_MARK = re.compile(r"\A\[?(\d{1,3}|[*\u2020\u2021\u00a7])[\].)]?\s*(?=[^\W\d]|[\"\u201c\u00ab(]|\d{4})")
_OPEN, _CLOSE = "\ue000", "\ue001"
_RAISED = re.compile(f"{_OPEN}(.*?){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Note:
    """The lines of one footnote, without its mark."""

    page: int
    lines: tuple[Line, ...]


def raised(text: str) -> str:
    """Mark a small number inside a line: whether it points to a note or belongs to the words is told later."""
    bare = text.strip()
    return text.replace(bare, f"{_OPEN}{bare}{_CLOSE}") if bare.isdecimal() and len(bare) <= 3 else text


def without_notes(pages: Sequence[Page], body: float) -> tuple[list[Page], list[Note]]:
    """Take the footnotes off the pages, and the numbers that point to them out of the lines."""
    kept: list[Page] = []
    notes: list[Note] = []
    for page in pages:
        start = _start(page, body)
        marks: set[str] = set()
        for line in page.lines[start:]:
            mark = _MARK.match(line.text)
            if mark:
                marks.add(mark[1])
                notes.append(Note(page.index, (replace(line, text=line.text[mark.end() :]),)))
            else:
                notes[-1] = replace(notes[-1], lines=(*notes[-1].lines, line))
        lines = tuple(_settled_line(line, marks) for line in page.lines[:start])
        kept.append(replace(page, lines=lines))
    settled = [
        replace(note, lines=tuple(_settled_line(line, set()) for line in note.lines)) for note in notes
    ]
    return kept, settled


def _start(page: Page, body: float) -> int:
    """Return from which line on a page holds notes: small type to the end, beginning with a mark."""
    start = len(page.lines)
    for place in range(len(page.lines) - 1, 0, -1):
        line, above = page.lines[place], page.lines[place - 1]
        if line.size > body * _SMALLER or line.y > above.y + body:
            # Larger type, or the top of another column.
            if line.size > body * _SMALLER:
                break
            start = place if _MARK.match(line.text) else start
            break
        if _MARK.match(line.text):
            start = place
    # A page all in small type is an appendix, not a note.
    return start if start > 1 else len(page.lines)


def _settled_line(line: Line, marks: set[str]) -> Line:
    cells = tuple(replace(cell, text=_settled(cell.text, marks)) for cell in line.cells)
    return replace(line, text=_settled(line.text, marks), cells=cells)


def _settled(text: str, marks: set[str]) -> str:
    return _RAISED.sub(lambda found: "" if found[1] in marks else found[1], text)
