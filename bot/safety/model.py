"""Read the learned weights and apply them. The weights file is text: one feature a line, for people too."""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from bot.safety import features
from bot.safety import sense as senses
from bot.safety.reading import Reading

HEADS = ("danger", "self_harm", "human", "p2", "p3", "p4")
WEIGHTS = "weights.tsv"
_BIAS = "(bias)"
_SENSE = "v="


@dataclass(frozen=True, slots=True)
class Scores:
    """Probabilities between 0 and 1; `urgency` holds P2, P3 and P4 and sums to 1."""

    danger: float
    self_harm: float
    human: float
    urgency: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Model:
    """A weight per feature and head: `weights` for words and concepts, `sense` (WIDTH, heads) for meaning."""

    index: Mapping[str, int]
    weights: NDArray[np.float32]
    sense: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, reading: Reading, known: senses.Vectors | None = None) -> Scores:
        """Score one message, or a part of one whose sentences' vectors are `known` already."""
        if known is None:
            known = senses.vectors(reading.sentences)
        return from_totals(self.totals(features.names(reading), senses.features(reading.sentences, known)))

    def totals(self, found: Mapping[str, float], meant: senses.Floats) -> NDArray[np.float64]:
        """Return the sum of weights of each head."""
        known = [(self.index[name], value) for name, value in found.items() if name in self.index]
        totals: NDArray[np.float64] = self.bias.astype(np.float64) + meant @ self.sense
        if known:
            rows = np.fromiter((row for row, _ in known), dtype=np.int64, count=len(known))
            values = np.fromiter((value for _, value in known), dtype=np.float64, count=len(known))
            totals = totals + values @ self.weights[rows]
        return totals


def from_totals(totals: NDArray[np.float64]) -> Scores:
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
    text = resources.files("bot.safety").joinpath(WEIGHTS).read_text(encoding="utf-8")
    return parse(text)


def parse(text: str) -> Model:
    """Read a weights file; lines that begin with # are for people."""
    index: dict[str, int] = {}
    rows: list[list[float]] = []
    meant = np.zeros((senses.WIDTH, len(HEADS)), dtype=np.float32)
    bias = [0.0] * len(HEADS)
    for line in text.splitlines():
        if line.startswith("#") or not line:
            continue
        name, *numbers = line.split("\t")
        values = [float(number or 0) for number in numbers]
        if name == _BIAS:
            bias = values
        elif name.startswith(_SENSE):
            meant[int(name.removeprefix(_SENSE))] = values
        else:
            index[name] = len(rows)
            rows.append(values)
    return Model(index, np.array(rows, dtype=np.float32), meant, np.array(bias, dtype=np.float32))


def write(model: Model, notes: str) -> str:
    """Return the text of a weights file, with `notes` above it."""
    lines = [*(f"# {note}".rstrip() for note in notes.splitlines()), "# feature\t" + "\t".join(HEADS)]
    lines.append("\t".join((_BIAS, *(_short(value) for value in model.bias))))
    for name in sorted(model.index):
        lines.append("\t".join((name, *(_short(value) for value in model.weights[model.index[name]]))))
    for place, row in enumerate(model.sense):
        lines.append("\t".join((f"{_SENSE}{place}", *(_short(value, 3) for value in row))))
    return "\n".join(lines) + "\n"


def _short(value: float, digits: int = 2) -> str:
    text = f"{value:.{digits}f}"
    return (
        ""
        if not text.strip("-0.")
        else text.replace("0.", ".", 1)
        if text.lstrip("-").startswith("0.")
        else text
    )


def _probability(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
