"""Read the learned weights and apply them.

The weights of words are text, one feature a line, for people too; those of the landmarks are numbers.
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

import numpy as np

from bot.safety import features, sense
from bot.safety.reading import Reading, Sentence
from knowledge_base.arrays import Array

HEADS = ("danger", "self_harm", "human", "p2", "p3", "p4")
WEIGHTS = "weights.tsv"
SENSE = "sense.npy"
_BIAS = "(bias)"


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities between 0 and 1; `urgency` holds P2, P3 and P4 and sums to 1."""

    danger: float
    self_harm: float
    human: float
    urgency: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Model:
    """A rarity and a weight per head for each feature, a weight per head for each landmark and each phrase:
    `weights` (features, heads), `sense` (landmarks and phrases, heads)."""

    index: Mapping[str, int]
    rarity: Array
    weights: Array
    sense: Array
    bias: Array

    def scores(self, reading: Reading) -> Scores:
        """Score one message."""
        return self.scores_of(features.names(reading), reading.sentences)

    def scores_of(self, found: Mapping[str, float], sentences: Sequence[Sentence]) -> Scores:
        """Score a message, or a part of one, by its features and its sentences."""
        return from_totals(self.totals(found, sentences))

    def totals(self, found: Mapping[str, float], sentences: Sequence[Sentence]) -> Array:
        """Return the sum of weights of each head."""
        return self.totals_of(found, sense.features(sentences))

    def totals_of(self, found: Mapping[str, float], alike: Array) -> Array:
        """Return the sums for features and the likeness to each landmark and phrase."""
        totals: Array = self.bias + alike @ self.sense
        known = [(self.index[name], value) for name, value in found.items() if name in self.index]
        if known:
            rows = np.fromiter((row for row, _ in known), dtype=np.int64, count=len(known))
            values = np.fromiter((value for _, value in known), dtype=np.float32, count=len(known))
            values *= self.rarity[rows]
            totals = totals + (values / max(float(np.linalg.norm(values)), 1e-9)) @ self.weights[rows]
        return totals


def from_totals(totals: Array) -> Scores:
    """Turn the sums of weights, one per head, into probabilities."""
    urgent = np.exp(totals[3:] - totals[3:].max())
    urgent /= urgent.sum()
    return Scores(
        _probability(float(totals[0])),
        _probability(float(totals[1])),
        _probability(float(totals[2])),
        (float(urgent[0]), float(urgent[1]), float(urgent[2])),
    )


@functools.cache
def load() -> Model:
    """Return the packaged model, read once."""
    folder = resources.files("bot.safety")
    with folder.joinpath(SENSE).open("rb") as file:
        meant = np.load(file).astype(np.float32)
    return parse(folder.joinpath(WEIGHTS).read_text(encoding="utf-8"), meant)


def parse(text: str, meant: Array) -> Model:
    """Read a weights file; lines that begin with # are for people. `meant` are the landmarks' weights."""
    index: dict[str, int] = {}
    rows: list[list[float]] = []
    bias = [0.0] * len(HEADS)
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        name, *numbers = line.split("\t")
        values = [float(number or 0) for number in numbers]
        if name == _BIAS:
            bias = values[1:]
        else:
            index[name] = len(rows)
            rows.append(values)
    table = np.array(rows, dtype=np.float32).reshape(len(rows), len(HEADS) + 1)
    return Model(index, table[:, 0].copy(), table[:, 1:].copy(), meant, np.array(bias, dtype=np.float32))


def write(model: Model, notes: str) -> str:
    """Return the text of a weights file, with `notes` above it."""
    lines = [*(f"# {note}".rstrip() for note in notes.splitlines()), "# feature\trarity\t" + "\t".join(HEADS)]
    lines.append("\t".join((_BIAS, "", *(_short(value) for value in model.bias))))
    for name in sorted(model.index):
        row = model.index[name]
        numbers = (model.rarity[row], *model.weights[row])
        lines.append("\t".join((name, *(_short(value) for value in numbers))))
    return "\n".join(lines) + "\n"


def _short(value: float) -> str:
    text = f"{value:.2f}"
    if not text.strip("-0."):
        return ""
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _probability(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
