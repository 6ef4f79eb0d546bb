"""Which text of a PDF page nobody sees: drawn invisibly, white on nothing, too small, or off the page.

A scan often carries its recognised words invisibly behind the picture: those are what is seen, and stay.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject

_SUSPICIOUS = re.compile(
    rb"(?<![\d.])[37]\s+Tr\b|(?<![\d.])1(?:\.0*)?\s+(?:g|sc|scn)\b|(?<![\d.])1(?:\.0*)?\s+1(?:\.0*)?\s+1(?:\.0*)?\s+(?:rg|sc|scn)\b"
    rb"|(?<![\d.])0(?:\.0*)?\s+0(?:\.0*)?\s+0(?:\.0*)?\s+0(?:\.0*)?\s+(?:k|sc|scn)\b"
)
_SMALLEST_TYPE = 1.5
# A line too long for its page is a slip of whoever set it; what begins far outside is hidden.
_MARGIN = 36.0
# A picture of this share of the page is the scan of it.
_SCAN_SHARE = 0.3
_PAINTS = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_ENDS_PATH = frozenset({b"n", b"S", b"s"}) | _PAINTS
_SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
_FOLLOWED = _SHOWS | _ENDS_PATH | {b"q", b"Q", b"Tr", b"g", b"rg", b"k", b"sc", b"scn", b"cs", b"re", b"m", b"l", b"c",
                                   b"Do", b"sh", b"INLINE IMAGE"}  # fmt: skip
_WHITE = {b"g": (1,), b"rg": (1, 1, 1), b"k": (0, 0, 0, 0)}

Box = tuple[float, float, float, float]


def needs_watching(content: bytes) -> bool:
    """Say whether a page does anything that could hide text; most don't, and are read faster."""
    return bool(_SUSPICIOUS.search(content))


def sight_of(page: PageObject) -> Box:
    """Return the part of a page where text is seen, with a margin."""
    box = page.mediabox
    left, bottom, right, top = (float(one) for one in (box.left, box.bottom, box.right, box.top))
    return left - _MARGIN, bottom - _MARGIN, right + _MARGIN, top + _MARGIN


def is_out_of_sight(sight: Box, x: float, y: float, size: float) -> bool:
    """Say whether text is too small to be read or stands off the page."""
    return size < _SMALLEST_TYPE or not (sight[0] <= x <= sight[2] and sight[1] <= y <= sight[3])


@dataclass(slots=True)
class _State:
    mode: int = 0
    white: bool = False


@dataclass(slots=True)
class Watch:
    """Follows the drawing of a page; `hidden` then tells which of its texts are not seen."""

    area: float
    _state: _State = field(default_factory=_State)
    _kept: list[_State] = field(default_factory=list)
    _path: list[Box] = field(default_factory=list)
    _painted: list[Box] = field(default_factory=list)
    _scans: list[Box] = field(default_factory=list)
    _shown: list[tuple[float, float, str]] = field(default_factory=list)

    def operand(self, operator: bytes, operands: Any, cm: Any, tm: Any) -> None:
        """Take one operation of the page, before it is carried out."""
        if operator not in _FOLLOWED:
            return
        if operator in _SHOWS:
            self._show(cm, tm)
        elif operator == b"q":
            self._kept.append(_State(self._state.mode, self._state.white))
        elif operator == b"Q" and self._kept:
            self._state = self._kept.pop()
        elif operator == b"Tr" and operands:
            self._state.mode = int(operands[0])
        elif operator in (b"g", b"rg", b"k", b"sc", b"scn"):
            self._state.white = _is_white(operator, operands)
        elif operator == b"cs":
            self._state.white = False
        else:
            self._trace(operator, operands, cm)

    def _trace(self, operator: bytes, operands: Any, cm: Any) -> None:
        """Take an operation that draws something other than text."""
        if operator == b"re" and len(operands) >= 4:
            x, y, width, height = (float(one) for one in operands[:4])
            self._path.append(_box(cm, x, y, x + width, y + height))
        elif operator in (b"m", b"l", b"c") and len(operands) >= 2:
            x, y = float(operands[-2]), float(operands[-1])
            self._path.append(_box(cm, x, y, x, y))
        elif operator in _ENDS_PATH:
            if operator in _PAINTS and not self._state.white and self._path:
                self._painted.append(_around(self._path))
            self._path.clear()
        elif operator in (b"Do", b"sh", b"INLINE IMAGE"):
            box = _box(cm, 0, 0, 1, 1)
            self._painted.append(box)
            if (box[2] - box[0]) * (box[3] - box[1]) >= _SCAN_SHARE * self.area:
                self._scans.append(box)

    def hidden(self) -> frozenset[int]:
        """Return which of the page's texts, counted from 0, are not seen."""
        return frozenset(
            number
            for number, (x, y, how) in enumerate(self._shown)
            if (how == "invisible" and not any(_holds(box, x, y) for box in self._scans))
            or (how == "white" and not any(_holds(box, x, y) for box in self._painted))
        )

    def _show(self, cm: Any, tm: Any) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        invisible = self._state.mode in (3, 7)
        self._shown.append((x, y, "invisible" if invisible else "white" if self._state.white else ""))


class Blanking:
    """Empties some of the texts of a page before they are read."""

    def __init__(self, which: Callable[[int], bool]) -> None:
        self._which = which
        self._number = -1

    def operand(self, operator: bytes, operands: Any, cm: Any, tm: Any) -> None:
        """Take one operation of the page, before it is carried out."""
        del cm, tm
        if operator not in _SHOWS:
            return
        self._number += 1
        if operands and self._which(self._number):
            held = operands[-1]
            if isinstance(held, list):
                held[:] = [type(one)() if isinstance(one, str | bytes) else one for one in held]
            else:
                operands[-1] = type(held)()


def _is_white(operator: bytes, operands: Any) -> bool:
    try:
        told = tuple(float(one) for one in operands)
    except (TypeError, ValueError):
        # A pattern: whatever it is, it is no plain white.
        return False
    if operator in _WHITE:
        return told == _WHITE[operator]
    return told in ((1,), (1, 1, 1), (0, 0, 0, 0))


def _box(cm: Any, left: float, bottom: float, right: float, top: float) -> Box:
    corners = [
        (x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5])
        for x, y in ((left, bottom), (left, top), (right, bottom), (right, top))
    ]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)


def _around(boxes: list[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _holds(box: Box, x: float, y: float) -> bool:
    return box[0] - 1 <= x <= box[2] + 1 and box[1] - 1 <= y <= box[3] + 1
