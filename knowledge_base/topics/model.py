"""The topic model: what the words of a message and the labelled messages it is like say of its subject."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.likeness import likeness_of
from knowledge_base.topics.features import features

# The topic of what no article of the starter library answers.
NONE = "none"

# The file holds whole numbers: weights in units of 1/SCALE, and rarities in units of 1/RARITY_SCALE.
SCALE = 20
RARITY_SCALE = 10
BIAS = "(bias)"
SENSE = "sense.npy"


class TopicModel:
    """Weights of one language. Immutable, shared between threads."""

    def __init__(
        self, topics: tuple[str, ...], rows: Mapping[str, int], rarity: Array, matrix: Array, sense: Array
    ) -> None:
        self.topics = topics
        self._rows = rows
        self._rarity = rarity
        self._matrix = matrix
        self._sense = sense

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
            values = np.array([value for _, value in known], dtype=np.float32) * self._rarity[rows]
            scores += (values / max(float(np.linalg.norm(values)), 1e-9)) @ self._matrix[rows]
        whole = sum(texts.values())
        for text, weight in texts.items():
            scores += weight / whole * (likeness_of(text) @ self._sense)
        odds = np.exp(scores - scores.max())
        return {topic: float(share) for topic, share in zip(self.topics, odds / odds.sum(), strict=True)}


@cache
def topic_model(language: str) -> TopicModel | None:
    """Return the model of a language, read once, or None where there is none."""
    folder = files(__package__)
    file = folder.joinpath(f"weights.{language}.tsv")
    return parse(file.read_text(encoding="utf-8"), _sense()) if file.is_file() else None


@cache
def _sense() -> Array:
    with files(__package__).joinpath(SENSE).open("rb") as file:
        found: Array = np.load(file).astype(np.float32)
    return found


def parse(text: str, sense: Array) -> TopicModel:
    """Read a weights file: comments, a line of topics, then a feature, its rarity and its weights a line.

    `sense` (landmarks, topics) are the weights of the landmarks, the same for every language.
    """
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    topics = tuple(lines[0].split("\t")[1].split(" "))
    names, numbers = zip(*(line.split("\t") for line in lines[1:]), strict=True)
    table = np.array(" ".join(numbers).split(" "), dtype=np.float32).reshape(len(names), len(topics) + 1)
    rows = {name: row for row, name in enumerate(names)}
    return TopicModel(topics, rows, table[:, 0] / RARITY_SCALE, table[:, 1:] / SCALE, sense)
