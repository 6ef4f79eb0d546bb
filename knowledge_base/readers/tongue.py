"""Whether a document is French, told by its small words: enough to name its notes in its own language."""

from collections.abc import Iterable
from itertools import islice

_FRENCH = frozenset(
    [
        "le",
        "la",
        "les",
        "des",
        "du",
        "une",
        "et",
        "est",
        "dans",
        "pour",
        "sur",
        "avec",
        "qui",
        "que",
        "aux",
        "au",
        "par",
        "ce",
        "cette",
        "vous",
        "nous",
    ]
)
_ENGLISH = frozenset("the of and to in is for on with that this are be by at from your you we it as".split())  # noqa: SIM905 - words


def is_french(texts: Iterable[str]) -> bool:
    """Say whether texts have more of the small words of French than of English."""
    french = english = 0
    for text in islice(texts, 400):
        for word in text.lower().split()[:200]:
            french += word in _FRENCH
            english += word in _ENGLISH
    return french > english
