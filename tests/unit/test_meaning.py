"""The vectors of sentences: close in meaning is close in angle, across both languages."""

import numpy as np
import pytest

from knowledge_base.meaning import DIMENSIONS, vectors


@pytest.mark.parametrize(
    ("text", "same", "other"),
    [
        (
            "He followed me home in his truck",
            "Il m'a suivie jusque chez moi avec son camion",
            "Which day is recycling?",
        ),
        ("They published where I live", "On a publié mon adresse", "Le budget de la bibliothèque"),
    ],
)
def test_a_translation_lies_nearer_than_another_matter(text: str, same: str, other: str) -> None:
    a, b, c = vectors([text, same, other])
    assert a @ b > a @ c + 0.3


@pytest.mark.parametrize("text", ["", " ", "\x00", "🔥" * 50, "a" * 300_000])
def test_any_text_has_a_vector_of_length_one(text: str) -> None:
    found = vectors([text])
    assert found.shape == (1, DIMENSIONS)
    assert np.linalg.norm(found[0]) == pytest.approx(1, abs=1e-4)


def test_no_text_gives_no_vector() -> None:
    assert vectors([]).shape == (0, DIMENSIONS)


def test_a_text_has_the_same_vector_whatever_stands_beside_it() -> None:
    alone = vectors(["Someone is at my door"])[0]
    beside = vectors(["Someone is at my door", "Un colis suspect", "x" * 900])[0]
    assert np.allclose(alone, beside, atol=1e-5)
