"""Undo tricks before matching, and find the way back to the original offsets.

Zero-width characters are dropped, compatibility forms (full-width digits, styled letters) and look-alike
letters become plain ones, every kind of dash, quote and blank becomes one. Case stays: capitals carry
information in addresses.
"""

import functools
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_LOOKALIKES = dict(
    zip(
        "аеорсухіјѕһԁԛԝкАВЕКМНОРСТХІЈЅοακνρΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡⅼ",
        "aeopcyxijshdqwkABEKMHOPCTXIJSoaknpABEZHIKMNOPTYXagl",
        strict=True,
    )
)
_QUOTES = dict.fromkeys("’‘ʼ´`′", "'") | dict.fromkeys("“”„″«»", '"')
_KEPT = frozenset("½¼¾")
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")


@dataclass(frozen=True, slots=True)
class Plain:
    """The text to match on; `original(i)` says where its character `i` stood."""

    text: str
    # Offsets of `text` where the distance to the original changes, and the original offsets there.
    turns: tuple[int, ...]
    origins: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Translate a stretch of `text` (end exclusive) to the original."""
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, place: int) -> int:
        turn = bisect_right(self.turns, place) - 1
        return self.origins[turn] + (place - self.turns[turn])


def plain(text: str) -> Plain:
    """Return `text` ready for matching."""
    if text.isascii():
        return Plain(text, (0,), (0,))
    pieces: list[str] = []
    turns, origins = [0], [0]
    length = 0
    for place, character in enumerate(text):
        piece = character if character.isascii() else _fold(character)
        expected = origins[-1] + (length - turns[-1])
        if piece and place != expected:
            if turns[-1] == length:
                origins[-1] = place
            else:
                turns.append(length)
                origins.append(place)
        pieces.append(piece)
        length += len(piece)
        if len(piece) > 1:
            # Every letter of an expanded character comes from the same place.
            for extra in range(1, len(piece)):
                turns.append(length - len(piece) + extra)
                origins.append(place)
            turns.append(length)
            origins.append(place + 1)
    return Plain("".join(pieces), tuple(turns), tuple(origins))


@functools.lru_cache(maxsize=4096)
def _fold(character: str) -> str:
    if character in _QUOTES:
        return _QUOTES[character]
    if character in _DASHES:
        return _DASHES[character]
    if character in _KEPT:
        return character
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me", "Cc"):
        return ""
    if category in ("Zs", "Zl", "Zp"):
        return " " if category == "Zs" else "\n"
    folded = unicodedata.normalize("NFKC", character)
    if folded.isascii() and folded:
        return folded
    if category == "Nd":
        return str(unicodedata.digit(character))
    return "".join(_LOOKALIKES.get(c, c) for c in folded)
