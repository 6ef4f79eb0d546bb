"""How alike a text and each of a few thousand labelled messages are in meaning.

Who learns from labelled messages gives each of these landmarks a weight: a message is judged like those it
resembles, which no single direction of its vector can say. The landmarks are vectors of training messages,
chosen by `python -m knowledge_base.likeness.choose`; what is learned from them must be trained again whenever
they change.
"""

from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.senses.making import vector_of

LANDMARKS = "landmarks.npy"
# The file holds whole bytes: no value of a unit vector of 512 dimensions comes near 127/STEP.
STEP = 320
# A text of the same meaning has a likeness of 1, an unrelated one of about 0.15.
_SHARPNESS = 2.0


@cache
def landmarks() -> Array:
    """Return the landmarks, unit vectors, shape (landmarks, 512)."""
    with files(__package__).joinpath(LANDMARKS).open("rb") as file:
        rows = np.load(file).astype(np.float32)
    found: Array = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def likeness(vectors: Array) -> Array:
    """Return how alike unit vectors (n, 512) and the landmarks are, (n, landmarks), each above 0 and at most 1."""
    found: Array = np.exp(_SHARPNESS * (vectors @ landmarks().T - 1))
    return found


@lru_cache(maxsize=512)
def likeness_of(text: str) -> Array:
    """Return how alike a text and each landmark are; of a long text its beginning and end are read."""
    found: Array = likeness(vector_of(text)[None, :])[0]
    return found
