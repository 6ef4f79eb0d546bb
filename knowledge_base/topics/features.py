"""What the topic model reads in a text: stems, pairs of stems, and pieces of words.

Pieces of words let a misspelt or unseen form ("harrassement", "doxeur") still say something.
"""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from math import log1p, sqrt

from knowledge_base.stopwords import ENGLISH, FRENCH
from knowledge_base.tokens import stem, words

_FUNCTION_WORDS = {"en": ENGLISH, "fr": FRENCH}

# What a mask leaves ("[address]", "[phone]") was not written by the person.
_MASK = re.compile(r"\[[^\[\]\n]{1,30}\]")

_PIECES = (4, 5)
_SHORTEST_CUT = 4
_LONGEST_CUT = 24

_WORD_SHARE = 1.0
_PAIR_SHARE = 0.6
_PIECE_SHARE = 0.7


def features(text: str, language: str) -> Mapping[str, float]:
    """Return the features of a text with their weights; each family has its own fixed length."""
    written = words(_MASK.sub(" ", text))
    kept = [word for word in written if word not in _FUNCTION_WORDS.get(language, frozenset())]
    stems = [stem(word, language) for word in kept]
    pieces: Counter[str] = Counter()
    for word in kept:
        if _SHORTEST_CUT <= len(word) <= _LONGEST_CUT and word.isalpha():
            framed = f"<{word}>"
            for size in _PIECES:
                pieces.update(framed[at : at + size] for at in range(len(framed) - size + 1))
    every = [stem(word, language) for word in written]
    found: dict[str, float] = {}
    found.update(_scaled("w", Counter(stems), _WORD_SHARE))
    found.update(_scaled("p", Counter(f"{one}_{two}" for one, two in pairwise(every)), _PAIR_SHARE))
    found.update(_scaled("c", pieces, _PIECE_SHARE))
    return found


def _scaled(family: str, counts: Mapping[str, int], share: float) -> dict[str, float]:
    damped = {f"{family}:{name}": log1p(count) for name, count in counts.items()}
    length = sqrt(sum(value * value for value in damped.values()))
    return {name: share * value / length for name, value in damped.items()} if length else {}
