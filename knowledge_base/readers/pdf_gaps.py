"""Blanks between words that a PDF leaves to the pen: pypdf misses narrow ones in fonts without a blank of their own."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from knowledge_base.readers.pdf_page import Line

# Thousandths of the type's size: kerning moves the pen less, even a squeezed blank more.
NARROWEST_BLANK = 165
_NOT_MISSED = 100_000.0
_LONGEST_WORD = 25
_FEW_WORDS = 0.03


def looks_glued(lines: Sequence[Line]) -> bool:
    """Say whether so many words are longer than words are that blanks between them must be missing."""
    words = [word for line in lines for word in line.text.split()]
    glued = [word for word in words if len(word) > _LONGEST_WORD and not _is_address(word)]
    return len(glued) > 1 and len(glued) >= _FEW_WORDS * len(words)


def a_blank() -> tuple[float, float]:
    """Return moves of the pen that come to nothing, and that nobody takes for anything but a blank."""
    return -_NOT_MISSED, _NOT_MISSED


def with_blanks(shown: Iterable[Any]) -> Iterator[Any]:
    """Yield what a page shows at once, with a move too wide to be missed and one back where the pen moves as far as a blank.

    A blank written there would count as width, and hide the next one.
    """
    for one in shown:
        if isinstance(one, int | float) and one <= -NARROWEST_BLANK:
            yield -_NOT_MISSED
            yield _NOT_MISSED + float(one)
        else:
            yield one


def _is_address(word: str) -> bool:
    return "/" in word or "@" in word or "_" in word or word.count(".") > 2 or not any(map(str.isalpha, word))
