"""Senses: signs of vectors stand for the vectors, and rows without any stay neutral."""

import numpy as np
import pytest

from knowledge_base.arrays import Array
from knowledge_base.meaning import DIMENSIONS
from knowledge_base.senses import Sense, Senses, code_of
from knowledge_base.senses.making import PIECE_WORDS, key_of, make, pieces

CHANCE = np.random.default_rng(7)


def _vectors(count: int) -> Array:
    found: Array = CHANCE.normal(size=(count, DIMENSIONS)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def _mixed(vector: Array, share: float) -> Array:
    """Return a vector of length 1 at the angle whose cosine is `share`."""
    (other,) = _vectors(1)
    other = other - (other @ vector) * vector
    mixed: Array = share * vector + (1 - share * share) ** 0.5 * other / np.linalg.norm(other)
    return mixed


def test_closeness_follows_the_angle() -> None:
    (asked,) = _vectors(1)
    angles = [0.0, 0.3, 0.6, 0.9]
    senses = Senses.of([code_of(_mixed(asked, share)[None]) for share in angles])
    found = senses.closeness(Sense(asked[None], (1.0,)), np.arange(4))
    assert found == pytest.approx(angles, abs=0.12)


def test_a_row_is_as_close_as_its_closest_piece_and_turns_add_by_weight() -> None:
    first, second = _vectors(2)
    rows = [code_of(np.stack([first, _vectors(1)[0], second])), code_of(first[None]), code_of(_vectors(1))]
    found = Senses.of(rows).closeness(Sense(np.stack([first, second]), (1.0, 0.5)), np.arange(3))
    assert found[0] > found[1] + 0.3 > found[2] + 0.6


def test_the_nearest_rows_are_those_that_may_be_seen_and_are_close_enough() -> None:
    asked = _vectors(1)
    rows = [code_of(_mixed(asked[0], share)[None]) for share in (0.95, 0.9, 0.1)]
    senses = Senses.of(rows)
    sense = Sense(asked, (1.0,))
    assert senses.nearest(sense, 5, allowed=None, least=0.4).tolist() == [0, 1]
    assert senses.nearest(sense, 1, allowed=None, least=0.4).tolist() == [0]
    hidden = np.array([False, True, True])
    assert senses.nearest(sense, 5, allowed=hidden, least=0.4).tolist() == [1]


def test_a_row_of_which_nothing_is_known_is_neither_first_nor_last() -> None:
    asked = _vectors(1)
    rows = [code_of(_mixed(asked[0], share)[None]) for share in (0.9, 0.5, 0.1)]
    senses = Senses.of([*rows, code_of(_vectors(0))])
    assert not senses.complete
    close, middle, far, unknown = senses.closeness(Sense(asked, (1.0,)), np.arange(4)).tolist()
    assert close > unknown == middle > far
    assert Senses.of([]).nearest(Sense(asked, (1.0,)), 5, allowed=None, least=0).tolist() == []


def test_a_text_is_cut_into_sentences_that_hold_all_of_it() -> None:
    text = "Call 911. Go inside; lock the door! Then\nphone the desk, and " + "wait " * 40 + "there."
    found = pieces(text)
    assert " ".join(found).split() == text.split()
    assert all(len(piece.split()) <= PIECE_WORDS for piece in found[:-1])
    assert pieces("") == [""]
    assert len(pieces("One more sentence that has quite a number of words here. " * 500)) < 50


def test_what_is_known_is_not_encoded_again() -> None:
    text = "They leaked my address."
    mark = code_of(_vectors(3))
    assert np.array_equal(make([text], {key_of(text): mark}).row(0), mark)
    assert make([text], {}).row(0).shape == (1, 8)


def test_rows_of_one_sense_with_one_that_has_none_yet_are_searched() -> None:
    (asked, other) = _vectors(2)
    senses = Senses.of([code_of(other[None]), code_of(asked[None]), code_of(_vectors(0))])
    found = senses.nearest(Sense(asked[None], (1.0,)), 1, allowed=np.ones(3, dtype=bool), least=0.0)
    assert list(found) == [1]


def test_rows_are_picked_and_joined_in_any_order() -> None:
    first, second = code_of(_vectors(2)), code_of(_vectors(1))
    nothing = code_of(_vectors(0))
    joined = Senses.joined([Senses.of([first, nothing]), Senses.of([]), Senses.of([second])])
    assert joined.missing.tolist() == [1]
    picked = joined.pick(np.array([2, -1, 0, 2, 1]))
    assert [len(picked.row(row)) for row in range(5)] == [1, 0, 2, 1, 0]
    assert np.array_equal(picked.row(2), first)
    assert np.array_equal(picked.row(3), second)
    assert len(Senses.of([]).pick(np.array([-1, -1]))) == 2
