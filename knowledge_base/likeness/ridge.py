"""Learn from labelled texts: ridge regression over their words and their likeness to the landmarks.

The same as kernel ridge regression with a linear kernel on words and a Gaussian one on meaning. Closed form,
solved by conjugate gradients; the same input gives the same result. Only training uses this module, and
only training needs scipy (CONTRIBUTING.md).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from knowledge_base.arrays import Array
from knowledge_base.likeness import alike_of, landmarks, likeness, phrases

_RIDGE = 0.2
_MOST_STEPS = 400
_CLOSE_ENOUGH = 3e-4
_JITTER = 1e-3
# Many phrases lie close together, and a maximum is no inner product.
_JITTER_OF_PHRASES = 1e-2
_SHARE_OF_PHRASES = 0.5


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary: a place and a rarity for each feature that several texts share."""

    places: Mapping[str, int]
    rarity: Array

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, float]], least: Mapping[str, int]) -> "Words":
        """Keep the features that at least so many rows share, by the first letter of their name."""
        spread = Counter(name for row in rows for name in row)
        kept = sorted(name for name, count in spread.items() if count >= least.get(name[0], 2))
        rarity = np.array([np.log(len(rows) / spread[name]) for name in kept], dtype=np.float32)
        # As the weights file keeps it.
        return cls({name: place for place, name in enumerate(kept)}, rarity.round(2))

    def matrix(self, rows: Sequence[Mapping[str, float]]) -> sparse.csr_matrix:
        """Return the rows over the vocabulary, each of length 1."""
        columns, values, starts = [], [], [0]
        for row in rows:
            found = [(self.places[name], value) for name, value in row.items() if name in self.places]
            places = np.array([place for place, _ in found], dtype=np.int64)
            weighed = np.array([value for _, value in found], dtype=np.float32) * self.rarity[places]
            length = float(np.linalg.norm(weighed)) or 1.0
            columns.append(places)
            values.append(weighed / length)
            starts.append(starts[-1] + len(places))
        joined = (np.concatenate(values), np.concatenate(columns), np.array(starts))
        return sparse.csr_matrix(joined, shape=(len(rows), len(self.places)), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights per head: of words (vocabulary, heads), of landmarks (landmarks, heads), the bias (heads), and of
    phrases (phrases, heads) where sentences were learned from."""

    words: Array
    landmarks: Array
    bias: Array
    phrases: Array

    def scores(self, words: sparse.csr_matrix, vectors: Array) -> Array:
        """Return the scores of texts, (texts, heads)."""
        found: Array = words @ self.words + likeness(vectors) @ self.landmarks + self.bias
        return found


def fit(
    words: sparse.csr_matrix,
    vectors: Array,
    truth: Array,
    counts: Array,
    *,
    share: float,
    near: Array | None = None,
) -> Learned:
    """Fit every head at once.

    `truth` and `counts` have a row per text and a column per head: what is true, and how much the text counts
    there, 0 where nobody knows. `share` is how much words count beside meaning. `near` (texts, phrases) is what
    `nearest` says of their sentences.
    """
    undo = _whitening(landmarks(), _JITTER)
    meant = likeness(vectors) @ undo
    seen = meant.shape[1]
    if near is not None:
        undo_near = _whitening(phrases(), _JITTER_OF_PHRASES) * np.float32(np.sqrt(_SHARE_OF_PHRASES))
        meant = np.hstack([meant, near @ undo_near])
    scale = np.float32(np.sqrt(share))
    said = words * scale
    back = said.T.tocsr()
    bias = (truth * counts).sum(axis=0) / counts.sum(axis=0)

    def forth(weights: Array) -> Array:
        product: Array = said @ weights[: said.shape[1]] + meant @ weights[said.shape[1] :]
        return product

    def fold(errors: Array) -> Array:
        return np.concatenate([back @ errors, meant.T @ errors])

    goal = fold(((truth - bias) * counts).astype(np.float32))
    weights = np.zeros_like(goal)
    rest = goal.copy()
    way = rest.copy()
    size = (rest * rest).sum(axis=0)
    first = size.copy()
    for _ in range(_MOST_STEPS):
        turned = fold(forth(way) * counts) + _RIDGE * way
        step = size / np.maximum((way * turned).sum(axis=0), 1e-30)
        weights += step * way
        rest -= step * turned
        now = (rest * rest).sum(axis=0)
        if np.all(now <= _CLOSE_ENOUGH**2 * first):
            break
        way = rest + (now / np.maximum(size, 1e-30)) * way
        size = now
    width = said.shape[1]
    of_phrases = undo_near @ weights[width + seen :] if near is not None else np.zeros((0, truth.shape[1]))
    return Learned(
        weights[:width] * scale,
        undo @ weights[width : width + seen],
        bias.astype(np.float32),
        of_phrases.astype(np.float32),
    )


def _whitening(vectors: Array, jitter: float) -> Array:
    """Return what makes of likenesses to these vectors coordinates whose inner product is the likeness."""
    alike = alike_of(vectors, vectors)
    root = np.linalg.cholesky(alike + jitter * np.eye(len(vectors), dtype=np.float32))
    found: Array = np.linalg.inv(root.astype(np.float64)).T.astype(np.float32)
    return found


def calibrate(scores: Array, truth: Array, counts: Array) -> tuple[float, float]:
    """Return slope and offset that make of scores the log-odds of what is true, by what texts held back show."""
    place = np.array([4.0, -2.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(place[0] * scores + place[1], -30, 30)))
        error, bend = (chance - truth) * counts, chance * (1 - chance) * counts + 1e-9
        slope = np.array([(error * scores).sum(), error.sum()])
        hessian = np.array(
            [[(bend * scores**2).sum(), (bend * scores).sum()], [(bend * scores).sum(), bend.sum()]]
        )
        place -= np.linalg.solve(hessian + 1e-6 * np.eye(2), slope)
    return float(place[0]), float(place[1])


def calibrate_together(scores: Array, truth: Array, counts: Array) -> float:
    """Return the factor that makes of scores of classes that exclude each other the logits of a softmax."""
    tried = np.geomspace(1.0, 30.0, 60)
    losses = []
    for factor in tried:
        logits = factor * scores
        logits = logits - logits.max(axis=1, keepdims=True)
        shares = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-(truth * shares * counts).sum())
    return float(tried[int(np.argmin(losses))])
