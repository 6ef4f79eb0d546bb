"""The content of a PDF page so that every move of the pen along a line begins a piece of its own.

pypdf tells where a text begins, but joins what one text object draws along a line: columns and the cells
of a table run together. An empty end of text before each such move makes it tell them one by one. What
follows a jump inside one text is told at the place of that text: how far the pen went is not known.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pypdf import PageObject
from pypdf.generic import ArrayObject, ContentStream, FloatObject, NameObject

from knowledge_base.readers.pdf_gaps import a_blank, with_blanks
from knowledge_base.readers.pdf_pen import Pen

# Thousandths of the type's size: the widest blank of a justified line is narrower.
_WIDEST_BLANK = 1_500
_SAME_LINE = 1.5
_CONTENTS = "/Contents"
_SHOWING = frozenset({b"Tj", b"TJ"})

Operation = tuple[Any, bytes]


@contextmanager
def in_pieces(page: PageObject, content: ContentStream, *, blanks: bool) -> Iterator[None]:
    """Let a page be read in pieces; it keeps its own content afterwards.

    `blanks`: write those that the page leaves to the pen.
    """
    whole = page.raw_get(_CONTENTS)
    pen = Pen(page) if blanks else None
    content.operations = list(_parted(content.operations, pen))
    page[NameObject(_CONTENTS)] = content
    try:
        yield
    finally:
        # The parsed content of a thousand pages would else stay in memory.
        page[NameObject(_CONTENTS)] = whole


def _parted(operations: Iterable[Operation], pen: Pen | None) -> Iterator[Operation]:
    height: float | None = None
    blank = False
    for operands, operator in operations:
        if blank and operator in _SHOWING:
            blank = False
            yield [ArrayObject(map(FloatObject, a_blank()))], b"TJ"
        blank = (pen is not None and pen.leaves_blank(operands, operator)) or blank
        if operator == b"BT":
            height = None
        elif operator == b"Tm" and len(operands) >= 6:
            line = _number(operands[5])
            if height is not None and line is not None and abs(line - height) < _SAME_LINE:
                yield [], b"ET"
            height = line
        elif operator in (b"Td", b"TD") and len(operands) >= 2 and _number(operands[1]) == 0:
            yield [], b"ET"
        elif operator == b"TJ" and operands and isinstance(operands[0], list):
            first, *others = _pieces(operands[0], blanks=pen is not None)
            yield [first], operator
            for other in others:
                yield [], b"ET"
                yield [other], operator
            continue
        yield operands, operator


def _pieces(shown: Iterable[Any], *, blanks: bool) -> list[ArrayObject]:
    """Return what a text shows, a new list after each jump of the pen."""
    pieces: list[list[Any]] = [[]]
    for one in shown:
        pieces[-1].append(one)
        if isinstance(one, int | float) and one <= -_WIDEST_BLANK:
            pieces.append([])
    return [ArrayObject(with_blanks(piece) if blanks else piece) for piece in pieces]


def _number(operand: Any) -> float | None:
    return float(operand) if isinstance(operand, int | float) else None
