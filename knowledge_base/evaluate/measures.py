"""How good a ranking is: the usual measures, of one query each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2

DEPTH = 10
_NDCG_BASE = 2.0


@dataclass(frozen=True, slots=True)
class Count:
    """How many of how many."""

    right: int = 0
    whole: int = 0

    @property
    def share(self) -> float:
        return self.right / self.whole if self.whole else 0.0

    def __str__(self) -> str:
        return f"{self.right}/{self.whole} = {self.share:.3f}"


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the normalised discounted cumulative gain of the first ten, with gains 2^grade - 1."""
    ideal = sorted(grades.values(), reverse=True)
    best = _gain(ideal)
    return _gain([grades.get(passage, 0) for passage in ranked]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(
        float(_NDCG_BASE ** max(grade, 0) - 1) / log2(place + 2) for place, grade in enumerate(grades[:DEPTH])
    )


def recall(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the share of the relevant passages that were found."""
    relevant = {passage for passage, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranked)) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return 1 over the place of the first relevant passage, 0 when there is none."""
    places = (place for place, passage in enumerate(ranked, 1) if grades.get(passage, 0) > 0)
    return next((1 / place for place in places), 0.0)
