"""Which part of an article a question asks for, by its meaning; `moments` tells it by its words.

The weights in topics/parts.tsv are made by `python -m benchmarks.sections`.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import log

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.moments import Moment

FILE = "parts.tsv"
# A part that the weights rule out is still possible.
_LEAST = 0.01


def parts_asked_for(vector: Array) -> Mapping[Moment, float]:
    """Return for each part the logarithm of how much likelier it is than by chance."""
    return read(vector, _weights())


def read(vector: Array, weights: Array) -> Mapping[Moment, float]:
    """Return the same for given weights: a row for each part, the last number of a row its bias."""
    scores = np.einsum("ij,j->i", weights[:, :-1], vector) + weights[:, -1]
    odds = np.exp(scores - scores.max())
    shares = (odds / odds.sum()).tolist()
    return {part: log(share + _LEAST) + log(len(Moment)) for part, share in zip(Moment, shares, strict=True)}


@cache
def _weights() -> Array:
    text = files("knowledge_base.topics").joinpath(FILE).read_text(encoding="utf-8")
    rows = [line.split("\t")[1] for line in text.splitlines() if not line.startswith("#")]
    return np.array([row.split(" ") for row in rows], dtype=np.float32)
