"""The topic model: a linear one over the words of a message and what it means."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.meaning import DIMENSIONS
from knowledge_base.senses.making import vector_of
from knowledge_base.topics.features import features

# The topic of what no article of the starter library answers.
NONE = "none"

# The file holds whole numbers: weights in units of 1/SCALE.
SCALE = 20
BIAS = "(bias)"


SENSE = "v:"

# How much the vector of a message counts beside its words, whose families have a length of about 1.
SENSE_SHARE = 1.0


class TopicModel:
    """Weights of one language. Immutable, shared between threads."""

    def __init__(self, topics: tuple[str, ...], weights: Mapping[str, int], matrix: Array) -> None:
        self.topics = topics
        self._rows = weights
        self._matrix = matrix
        self._sense = matrix[[weights[f"{SENSE}{place}"] for place in range(DIMENSIONS)]] * SENSE_SHARE

    def knows(self, term: str) -> bool:
        """Say whether a stem means anything to the model."""
        return f"w:{term}" in self._rows

    def read(self, texts: Mapping[str, float], language: str) -> dict[str, float]:
        """Return how likely each topic is, NONE among them; the values sum to 1.

        `texts` are the message (1.0) and what the same person wrote before, with their weights.
        Return {} for texts without a word.
        """
        found: dict[str, float] = defaultdict(float)
        for text, weight in texts.items():
            for name, value in features(text, language).items():
                found[name] += weight * value
        if not found:
            return {}
        known = sorted((self._rows[name], value) for name, value in found.items() if name in self._rows)
        scores = self._matrix[self._rows[BIAS]].copy()
        if known:
            rows = np.array([row for row, _ in known])
            values = np.array([value for _, value in known], dtype=np.float32)
            scores += np.einsum("i,ij->j", values, self._matrix[rows])
        for text, weight in texts.items():
            scores += weight * np.einsum("i,ij->j", vector_of(text), self._sense)
        odds = np.exp(scores - scores.max())
        return {topic: float(share) for topic, share in zip(self.topics, odds / odds.sum(), strict=True)}


@cache
def topic_model(language: str) -> TopicModel | None:
    """Return the model of a language, read once, or None where there is none."""
    file = files(__package__).joinpath(f"weights.{language}.tsv")
    return parse(file.read_text(encoding="utf-8")) if file.is_file() else None


def parse(text: str) -> TopicModel:
    """Read a weights file: comments, a line of topics, then a feature and its weights a line."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    topics = tuple(lines[0].split("\t")[1].split(" "))
    names, numbers = zip(*(line.split("\t") for line in lines[1:]), strict=True)
    matrix = np.array(" ".join(numbers).split(" "), dtype=np.float32).reshape(len(names), len(topics)) / SCALE
    return TopicModel(topics, {name: row for row, name in enumerate(names)}, matrix)
