"""Fit the weights: all heads at once, on the whole set, without randomness (knowledge_base.likeness.ridge)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.safety.corpus import MESSAGE, Example
from bot.safety.model import HEADS, Model
from knowledge_base.arrays import Array
from knowledge_base.likeness.ridge import Words, calibrate, calibrate_together, fit

URGENT = ("P2", "P3", "P4")
_BINARY = len(HEADS) - len(URGENT)
# A word of one incident can only be memorised.
_LEAST = {"w": 2, "b": 2, "c": 3, "k": 1, "p": 2, "m": 2, "s": 1, "t": 1, "r": 1, "h": 1}
# What words count beside meaning; what a line put together from parts counts beside a whole message.
_SHARE = 0.6
_LINE = 0.5
# A danger that is not seen as one must at least reach a person soon.
_MISSED_DANGER_AS_P2 = 0.5
_SMALL = 0.02


@dataclass(frozen=True, slots=True)
class Features:
    """What the model sees of one message: named features, the vector of its meaning (512), and how near its
    sentences come to each phrase."""

    names: dict[str, float]
    meant: Array
    near: Array


@dataclass(frozen=True, slots=True)
class Calibration:
    """Slope and offset of each of the first heads, and the factor of the urgencies."""

    lines: tuple[tuple[float, float], ...]
    urgency: float


def fitted(data: Sequence[Example], seen: Sequence[Features]) -> Model:
    """Return the model that fits `data`, whose features are `seen`; its totals are not calibrated yet."""
    words = Words.of([one.names for one in seen], _LEAST)
    truth, counts = labels(data)
    vectors = np.stack([one.meant for one in seen])
    near = np.stack([one.near for one in seen])
    found = fit(words.matrix([one.names for one in seen]), vectors, truth, counts, share=_SHARE, near=near)
    return Model(
        words.places, words.rarity, found.words, np.concatenate([found.landmarks, found.phrases]), found.bias
    )


def calibrated(model: Model, by: Calibration) -> Model:
    """Return the model with totals that are log-odds, as texts held back showed them; small weights become none."""
    slopes = np.array([slope for slope, _ in by.lines] + [by.urgency] * len(URGENT), dtype=np.float32)
    offsets = np.array([offset for _, offset in by.lines] + [0.0] * len(URGENT), dtype=np.float32)
    weights = (model.weights * slopes).round(2)
    # A feature of no weight stays in the index: it counts for the length of its message.
    weights[np.abs(weights).max(axis=1) < _SMALL] = 0
    return replace(
        model,
        weights=weights,
        sense=(model.sense * slopes).astype(np.float16).astype(np.float32),
        bias=(model.bias * slopes + offsets).round(2),
    )


def calibration(data: Sequence[Example], totals: Array) -> Calibration:
    """Return how the totals of messages that the model never saw become log-odds."""
    truth, counts = labels(data)
    whole = np.array([example.group.startswith(MESSAGE) for example in data], dtype=np.float32)[:, None]
    counts = counts * whole
    lines = tuple(calibrate(totals[:, head], truth[:, head], counts[:, head]) for head in range(_BINARY))
    urgent = calibrate_together(totals[:, _BINARY:], truth[:, _BINARY:], counts[:, _BINARY:])
    return Calibration(lines, urgent)


def labels(data: Sequence[Example]) -> tuple[Array, Array]:
    """Return what is true and how much it counts, (messages, heads) each; what nobody knows counts nothing."""
    share = _shares(data)
    truth = np.zeros((len(data), len(HEADS)), dtype=np.float32)
    counts = np.zeros_like(truth)
    for row, example in enumerate(data):
        known = (None if example.self_harm else example.danger, example.self_harm, example.wants_human)
        for head, label in enumerate(known):
            truth[row, head] = float(bool(label))
            counts[row, head] = 0.0 if label is None else 1.0
        if example.urgency:
            level = example.urgency.value
            truth[row, _BINARY + (URGENT.index(level) if level in URGENT else 0)] = 1.0
            counts[row, _BINARY:] = 1.0 if level in URGENT else _MISSED_DANGER_AS_P2
    return truth, counts * share[:, None]


def _shares(data: Sequence[Example]) -> Array:
    """Return what each text counts: an incident's variants share its weight."""
    count = Counter((example.incident, example.group) for example in data)
    return np.array(
        [
            (1.0 if example.group.startswith(MESSAGE) else _LINE) / count[example.incident, example.group]
            for example in data
        ],
        dtype=np.float32,
    )
