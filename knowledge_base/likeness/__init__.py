"""How alike a text and each of a few thousand labelled messages are in meaning.

Who learns from labelled messages gives each of these landmarks a weight: a message is judged like those it
resembles, which no single direction of its vector can say. What one sentence of a long message says is lost in the
vector of the whole: so there are phrases too, landmarks for sentences, and of the sentences the one that is most like
a phrase counts. Both are vectors of training messages, chosen by `python -m knowledge_base.likeness.choose`;
what is learned from them must be trained again whenever they change.
"""

from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.senses.making import readable, vector_of

LANDMARKS = "landmarks.npy"
PHRASES = "phrases.npy"
# The file holds whole bytes: no value of a unit vector of 512 dimensions comes near 127/STEP.
STEP = 320
# A text of the same meaning has a likeness of 1, an unrelated one of about 0.15.
_SHARPNESS = 2.0


@cache
def landmarks() -> Array:
    """Return the landmarks, unit vectors, shape (landmarks, 512)."""
    return _read(LANDMARKS)


@cache
def phrases() -> Array:
    """Return the landmarks of sentences, unit vectors, shape (phrases, 512)."""
    return _read(PHRASES)


def _read(name: str) -> Array:
    with files(__package__).joinpath(name).open("rb") as file:
        rows = np.load(file).astype(np.float32)
    found: Array = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return found


def likeness(vectors: Array) -> Array:
    """Return how alike unit vectors (n, 512) and the landmarks are, (n, landmarks), each above 0 and at most 1."""
    return alike_of(vectors, landmarks())


def nearest(vectors: Array) -> Array:
    """Return for each phrase how alike the nearest of a message's sentences is: (sentences, 512) to (phrases)."""
    found: Array = alike_of(vectors, phrases()).max(axis=0)
    return found


def alike_of(vectors: Array, others: Array) -> Array:
    """Return how alike unit vectors are, (vectors, others)."""
    found: Array = np.exp(_SHARPNESS * (vectors @ others.T - 1))
    return found


def likeness_of(text: str) -> Array:
    """Return how alike a text and each landmark are; of a long text its beginning and end are read."""
    return _likeness_of(readable(text))


# By what is read of it: a cache of whole texts could hold a hundred of the longest.
@lru_cache(maxsize=512)
def _likeness_of(read: str) -> Array:
    found: Array = likeness(vector_of(read)[None, :])[0]
    return found
