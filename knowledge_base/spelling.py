"""The library's own words that are an edit or two from a word it does not know."""

from collections.abc import Sequence

import numpy as np

from knowledge_base.arrays import Array

# Shorter words have too many neighbours, and another first letter mostly makes another word.
SHORTEST = 5
_TWO_EDITS = 8
_MOST = 2


def mask_of(term: str) -> int:
    """Return the letters of a term as bits: an edit changes two of them at most."""
    mask = 0
    for letter in term:
        mask |= 1 << (ord(letter) % 61)
    return mask


def edits_allowed(term: str) -> int:
    """Return how many edits a term may be away; 0 for short ones and for numbers."""
    if len(term) < SHORTEST or not term.isalpha():
        return 0
    return 2 if len(term) >= _TWO_EDITS else 1


def closest(term: str, terms: Sequence[str], masks: Array) -> tuple[str, ...]:
    """Return at most two of the terms that are the fewest edits away, within what is allowed."""
    most = edits_allowed(term)
    if not most:
        return ()
    differing = np.bitwise_count(masks ^ np.uint64(mask_of(term)))
    found: list[tuple[int, str]] = []
    for place in np.flatnonzero(differing <= 2 * most).tolist():
        other = terms[place]
        if other[0] != term[0] or abs(len(other) - len(term)) > most or len(other) < SHORTEST - 1:
            continue
        distance = edits(term, other, most)
        if distance <= most:
            found.append((distance, other))
    fewest = min(found, default=(0, ""))[0]
    return tuple(other for distance, other in sorted(found) if distance == fewest)[:_MOST]


def edits(one: str, other: str, most: int) -> int:
    """Return how many letters to add, drop, change or swap with the next; `most` + 1 for more."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != wanted))
            swapped = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted
            if swapped:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return min(last[-1], most + 1)
