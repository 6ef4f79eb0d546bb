"""Text that was pasted in base64: what it says, so that neither danger nor an address hides in it. Pure."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

_RUN = re.compile(r"(?<![\w+/=-])(?:[A-Za-z0-9+/_-]{4}(?:\r?\n)?){5,}[A-Za-z0-9+/_-]{0,4}={0,2}(?![\w+/=-])")
_READABLE = 0.85
_WORD = re.compile(r"[^\W\d_]{2,}")
_MOST = 200
NAMES = {"en": "encoded text", "fr": "texte encodé"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """One run: where it stands, and what it says."""

    start: int
    end: int
    says: str


def encoded(text: str) -> tuple[Encoded, ...]:
    """Return the runs of base64 that hold readable text, in order."""
    return tuple(_runs(text))


def concealed(text: str, language: str) -> str:
    """Return the text with every such run replaced by "[encoded text 1]"."""
    pieces, done = [], 0
    for number, run in enumerate(encoded(text), 1):
        pieces += [text[done : run.start], f"[{NAMES['fr' if language == 'fr' else 'en']} {number}]"]
        done = run.end
    return "".join((*pieces, text[done:]))


def revealed(text: str) -> str:
    """Return the text followed by what its encoded runs say, for a check that must miss nothing."""
    return "\n".join((text, *(run.says for run in encoded(text))))


def _runs(text: str) -> Iterator[Encoded]:
    for count, match in enumerate(_RUN.finditer(text)):
        if count >= _MOST:
            return
        says = _decoded(match[0])
        if says is not None:
            yield Encoded(match.start(), match.end(), says)


def _decoded(run: str) -> str | None:
    """Return what a run says if it is text: words, and nearly nothing else."""
    bare = re.sub(r"\s", "", run).rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        words = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    plain = sum(character.isalnum() or character in " .,;:!?'’()@#+-/\n\r\t\"" for character in words)
    readable = plain >= _READABLE * len(words) and words.count(" ") >= 2 and len(_WORD.findall(words)) >= 2
    return words if readable else None
