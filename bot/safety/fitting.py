"""Fit the weights of the linear model: all heads at once, on the whole set, without randomness."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.safety import sense
from bot.safety.corpus import MESSAGE, Example
from bot.safety.model import HEADS, Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

URGENT = ("P2", "P3", "P4")
_BINARY = len(HEADS) - len(URGENT)
_LEAST_INCIDENTS = {"w": 2, "b": 3, "c": 4, "k": 1, "p": 2, "m": 2, "s": 1, "t": 1, "r": 1, "h": 1}
_STEPS, _RATE, _DECAY = 180, 0.06, 4e-4
_MISS_COSTS = 1.5
_SMALL = 0.02
# A whole message as somebody would write it teaches more than a line put together from parts.
_WHOLE_MESSAGE = 3.0


@dataclass(frozen=True, slots=True)
class Features:
    """What the model sees of one message: named features, and the sense of its sentences (WIDTH)."""

    names: dict[str, float]
    meant: sense.Floats


@dataclass(frozen=True, slots=True)
class _Table:
    """Messages as rows: sparse over the vocabulary, dense over the sense."""

    columns: Ints
    values: Floats
    rows: Ints
    meant: sense.Floats
    size: int
    width: int

    def totals(self, weights: Floats) -> Floats:
        named = np.stack(
            [
                np.bincount(self.rows, weights=self.values * weights[self.columns, head], minlength=self.size)
                for head in range(weights.shape[1])
            ],
            axis=1,
        )
        return np.asarray(named + self.meant @ weights[self.width : -1].astype(np.float32) + weights[-1])

    def slopes(self, errors: Floats) -> Floats:
        named = np.stack(
            [
                np.bincount(self.columns, weights=self.values * errors[self.rows, head], minlength=self.width)
                for head in range(errors.shape[1])
            ],
            axis=1,
        )
        return np.concatenate(
            [named, self.meant.T @ errors.astype(np.float32), errors.sum(axis=0, keepdims=True)]
        )


def fit(data: Sequence[Example], seen: Sequence[Features]) -> Model:
    """Return the model that fits `data`, whose features are `seen`, in the same order."""
    vocabulary = _vocabulary(data, seen)
    table = _table(seen, vocabulary)
    truth, cost = _labels(data)
    weights = np.zeros((table.width + sense.WIDTH + 1, len(HEADS)))
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        slope = table.slopes((_chances(table.totals(weights)) - truth) * cost)
        slope[:-1] += _DECAY * weights[:-1]
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        rate = _RATE * (1 - step / (_STEPS + 1))
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    named = weights[: table.width]
    keep = np.abs(named).max(axis=1) >= _SMALL
    names = [name for name, place in sorted(vocabulary.items(), key=lambda item: item[1]) if keep[place]]
    return Model(
        {name: place for place, name in enumerate(names)},
        named[keep].astype(np.float32).round(2),
        weights[table.width : -1].astype(np.float32).round(3),
        weights[-1].astype(np.float32).round(2),
    )


def _chances(totals: Floats) -> Floats:
    """Turn totals into probabilities: each of the first heads by itself, the urgencies together."""
    found = np.empty_like(totals)
    found[:, :_BINARY] = 1 / (1 + np.exp(-np.clip(totals[:, :_BINARY], -30, 30)))
    urgent = np.exp(totals[:, _BINARY:] - totals[:, _BINARY:].max(axis=1, keepdims=True))
    found[:, _BINARY:] = urgent / urgent.sum(axis=1, keepdims=True)
    return found


def _labels(data: Sequence[Example]) -> tuple[Floats, Floats]:
    """Return what is true and what an error costs, (messages, heads) each; what nobody knows costs nothing."""
    share = _shares(data)
    truth, cost = np.zeros((len(data), len(HEADS))), np.zeros((len(data), len(HEADS)))
    for row, example in enumerate(data):
        known = (None if example.self_harm else example.danger, example.self_harm, example.wants_human)
        for head, label in enumerate(known):
            truth[row, head] = float(bool(label))
            cost[row, head] = 0.0 if label is None else _MISS_COSTS if label and head < 2 else 1.0
        if example.urgency and example.urgency.value in URGENT:
            truth[row, _BINARY + URGENT.index(example.urgency.value)] = 1.0
            cost[row, _BINARY:] = 1.0
    cost *= share[:, None]
    return truth, cost / np.maximum(cost.sum(axis=0, keepdims=True), 1e-9)


def _vocabulary(data: Sequence[Example], seen: Sequence[Features]) -> dict[str, int]:
    """Keep features that several incidents share: a word of one incident can only be memorised."""
    incidents: dict[str, set[str]] = defaultdict(set)
    for example, features in zip(data, seen, strict=True):
        for name in features.names:
            incidents[name].add(example.incident)
    kept = sorted(name for name, having in incidents.items() if len(having) >= _LEAST_INCIDENTS[name[0]])
    return {name: place for place, name in enumerate(kept)}


def _table(seen: Sequence[Features], vocabulary: dict[str, int]) -> _Table:
    columns: list[int] = []
    values: list[float] = []
    rows: list[int] = []
    for row, features in enumerate(seen):
        for name, value in features.names.items():
            place = vocabulary.get(name)
            if place is not None:
                columns.append(place)
                values.append(value)
                rows.append(row)
    meant = np.stack([features.meant for features in seen])
    return _Table(np.array(columns), np.array(values), np.array(rows), meant, len(seen), len(vocabulary))


def _shares(data: Sequence[Example]) -> Floats:
    """Every incident counts the same, however many variants it has; a whole message counts for several lines."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for example in data:
        count[example.incident, example.group] += 1
    return np.array(
        [
            (_WHOLE_MESSAGE if example.group.startswith(MESSAGE) else 1.0)
            / count[example.incident, example.group]
            for example in data
        ]
    )
