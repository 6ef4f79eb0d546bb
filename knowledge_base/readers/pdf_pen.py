"""How far along a line a PDF page has drawn: a blank between two fonts is often nothing but a step of the pen."""

from collections.abc import Mapping, Sequence
from typing import Any

from pypdf import PageObject
from pypdf.generic import DictionaryObject, PdfObject

from knowledge_base.readers.pdf_gaps import NARROWEST_BLANK

_SPACINGS = frozenset({b"Tc", b"Tw"})
_NEW_PLACE = frozenset({b"BT", b"Tm", b"T*", b"'", b'"'})


class Pen:
    """Follows the operations of one page, as far as its fonts say how wide their letters are."""

    def __init__(self, page: PageObject) -> None:
        self._fonts = _widths_of(page)
        self._widths: Mapping[int, float] | None = None
        self._size = 0.0
        # What was drawn since the pen was last put to a place; None where nobody knows how wide that is.
        self._drawn: float | None = 0.0
        self._drawn_in = 0.0
        self._spaced = False

    def leaves_blank(self, operands: Sequence[Any], operator: bytes) -> bool:
        """Take notice of an operation; say whether it steps along the line from what was drawn as far as a blank."""
        if operator == b"Tf" and len(operands) == 2:
            self._widths, self._size = self._fonts.get(str(operands[0])), _number(operands[1])
        elif operator in _SPACINGS and operands:
            self._spaced = self._spaced or _number(operands[0]) != 0
        elif operator == b"Tz" and operands:
            self._spaced = self._spaced or _number(operands[0]) != 100
        elif operator in (b"Tj", b"TJ") and operands:
            self._draw(operands[0] if isinstance(operands[0], list) else [operands[0]])
        elif operator in (b"Td", b"TD") and len(operands) >= 2:
            drawn, self._drawn = self._drawn, 0.0
            along = _number(operands[1]) == 0 and not self._spaced
            return bool(
                along and drawn and _number(operands[0]) - drawn >= self._drawn_in * NARROWEST_BLANK / 1000
            )
        elif operator in _NEW_PLACE:
            self._drawn = 0.0
        return False

    def _draw(self, shown: Sequence[Any]) -> None:
        self._drawn_in = self._size
        if self._widths is None or self._drawn is None:
            self._drawn = None
            return
        thousandths = 0.0
        for one in shown:
            if isinstance(one, bytes):
                thousandths += sum(self._widths.get(code, 0.0) for code in one)
            else:
                thousandths -= _number(one)
        self._drawn += thousandths * self._size / 1000


def _widths_of(page: PageObject) -> dict[str, Mapping[int, float]]:
    """Return how wide each letter of a page's fonts is, by the font's name there; only of fonts of one byte a letter."""
    resources = _resolved(page.get("/Resources"))
    fonts = _resolved(resources.get("/Font")) if isinstance(resources, DictionaryObject) else None
    found: dict[str, Mapping[int, float]] = {}
    for name, held in fonts.items() if isinstance(fonts, DictionaryObject) else ():
        font = _resolved(held)
        if not isinstance(font, DictionaryObject) or font.get("/Subtype") in ("/Type0", "/Type3"):
            continue
        widths = _resolved(font.get("/Widths"))
        if isinstance(widths, list):
            first = int(_number(_resolved(font.get("/FirstChar"))))
            found[str(name)] = dict(enumerate((_number(_resolved(one)) for one in widths[:256]), first))
    return found


def _resolved(held: PdfObject | None) -> Any:
    return held.get_object() if held is not None else None


def _number(operand: Any) -> float:
    return float(operand) if isinstance(operand, int | float) else 0.0
