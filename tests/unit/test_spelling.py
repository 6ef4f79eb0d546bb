"""Slips of spelling: an edit or two, never another word by chance."""

import numpy as np
import pytest

from knowledge_base.spelling import closest, edits, mask_of

WORDS = ["address", "harass", "council", "threaten", "neighbourhood", "police", "poll"]
MASKS = np.array([mask_of(word) for word in WORDS], dtype=np.uint64)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("adress", "address", 1),
        ("concil", "council", 1),
        ("threatne", "threaten", 1),
        ("a", "a", 0),
        ("abc", "xyz", 3),
    ],
)
def test_edits_are_counted_up_to_the_most_that_matter(one: str, other: str, expected: int) -> None:
    assert edits(one, other, 2) == expected


@pytest.mark.parametrize(
    ("term", "meant"),
    [
        ("adress", ("address",)),
        ("harrass", ("harass",)),
        ("nieghborhood", ("neighbourhood",)),
        ("polcie", ("police",)),
        ("pol", ()),
        ("zebra", ()),
        ("12345", ()),
    ],
)
def test_the_closest_word_is_found_and_short_words_are_left_alone(term: str, meant: tuple[str, ...]) -> None:
    assert closest(term, WORDS, MASKS) == meant
