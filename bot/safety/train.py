"""Train the weights: `python -m bot.safety.train` (about two minutes, numpy only, no randomness).

Cross-validates by incident on two thirds, reports the untouched third once with a model that never saw it,
then trains on everything and writes weights.tsv with the figures on top.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.safety import features, rules, thresholds, urgency
from bot.safety.corpus import FOLDS, Example, examples, fold_of
from bot.safety.model import HEADS, WEIGHTS, Model, from_totals, write
from bot.safety.reading import Reading, understand

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LEAST_INCIDENTS = {"w": 2, "b": 3, "c": 4, "k": 1, "p": 2, "m": 2, "s": 1, "t": 1}
_STEPS, _RATE, _DECAY = 220, 0.06, 1e-4
_DANGER_WEIGHT = 1.5
_SMALL = 0.04
_URGENT = ("P2", "P3", "P4")


@dataclass(frozen=True, slots=True)
class _Table:
    """Examples as sparse rows over a vocabulary."""

    columns: Ints
    values: Floats
    rows: Ints
    starts: Ints
    size: int
    width: int


@dataclass(frozen=True, slots=True)
class _Result:
    """A message beside what the desk would say of it."""

    example: Example
    danger: bool
    self_harm: bool
    human: bool
    urgency: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, report and write the weights; return an exit status."""
    options = argparse.ArgumentParser(prog="python -m bot.safety.train", description=__doc__)
    options.add_argument(
        "--check", action="store_true", help="cross-validate only; neither test the third nor write"
    )
    options.add_argument(
        "--misses", action="store_true", help="print the misread messages of the cross-validation"
    )
    chosen = options.parse_args(arguments)
    data = list(examples())
    readings = [understand(example.text) for example in data]
    read = [features.names(reading) for reading in readings]
    report: list[str] = [f"{len(data)} messages from {len({e.incident for e in data})} incidents"]
    seen = [place for place, example in enumerate(data) if example.third != 0]
    held = [place for place, example in enumerate(data) if example.third == 0]
    validated: list[_Result] = []
    for fold in range(FOLDS):
        test = [place for place in seen if fold_of(data[place].incident) == fold]
        chosen_out = set(test)
        train = [place for place in seen if place not in chosen_out]
        model = _fit([data[p] for p in train], [read[p] for p in train])
        validated += [_judged(data[p], readings[p], _raw(model, read[p])) for p in test]
        _say(f"fold {fold + 1} of {FOLDS} done")
    report += ["cross-validation by incident, two thirds:", *_figures(validated)]
    if chosen.misses:
        _print_misses(validated)
    if not chosen.check:
        model = _fit([data[p] for p in seen], [read[p] for p in seen])
        report += [
            "held-out third:",
            *_figures([_judged(data[p], readings[p], _raw(model, read[p])) for p in held]),
        ]
        final = _fit(data, read)
        path = Path(__file__).with_name(WEIGHTS)
        path.write_text(
            write(final, "\n".join(["Made by: python -m bot.safety.train", *report])), encoding="utf-8"
        )
    _say("\n".join(report))
    return 0


def _fit(data: Sequence[Example], read: Sequence[dict[str, float]]) -> Model:
    vocabulary = _vocabulary(data, read)
    table = _table(read, vocabulary)
    share = _shares(data)
    weights = np.zeros((table.width, len(HEADS)))
    bias = np.zeros(len(HEADS))

    def labels(of: Callable[[Example], bool | None]) -> tuple[Floats, Floats]:
        raw = [of(example) for example in data]
        return np.array([float(bool(r)) for r in raw]), np.array([float(r is not None) for r in raw])

    for head, of, factor in (
        (0, lambda e: None if e.self_harm else e.danger, _DANGER_WEIGHT),
        (1, lambda e: e.self_harm, _DANGER_WEIGHT),
        (2, lambda e: e.wants_human, 1.0),
    ):
        truth, known = labels(of)
        cost = share * known * np.where(truth > 0, factor, 1.0)
        weights[:, head], bias[head] = _binary(table, truth, cost)
    rank = np.array(
        [_URGENT.index(e.urgency.value) if e.urgency and e.urgency.value in _URGENT else -1 for e in data]
    )
    weights[:, 3:], bias[3:] = _softmax(table, rank, share * (rank >= 0))
    keep = np.abs(weights).max(axis=1) >= _SMALL
    names = [name for name, place in sorted(vocabulary.items(), key=lambda item: item[1]) if keep[place]]
    return Model(
        {name: place for place, name in enumerate(names)},
        weights[keep].astype(np.float32).round(2),
        bias.astype(np.float32).round(2),
    )


def _vocabulary(data: Sequence[Example], read: Sequence[dict[str, float]]) -> dict[str, int]:
    """Keep features that several incidents share: a word of one incident can only be memorised."""
    incidents: dict[str, set[str]] = defaultdict(set)
    for example, names in zip(data, read, strict=True):
        for name in names:
            incidents[name].add(example.incident)
    kept = sorted(name for name, seen in incidents.items() if len(seen) >= _LEAST_INCIDENTS[name[0]])
    return {name: place for place, name in enumerate(kept)}


def _table(read: Sequence[dict[str, float]], vocabulary: dict[str, int]) -> _Table:
    columns: list[int] = []
    values: list[float] = []
    rows: list[int] = []
    starts: list[int] = []
    for row, names in enumerate(read):
        starts.append(len(columns))
        for name, value in names.items():
            place = vocabulary.get(name)
            if place is not None:
                columns.append(place)
                values.append(value)
                rows.append(row)
    return _Table(
        np.array(columns), np.array(values), np.array(rows), np.array(starts), len(read), len(vocabulary)
    )


def _shares(data: Sequence[Example]) -> Floats:
    """Every incident counts the same, however many variants it has."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for example in data:
        count[example.incident, example.group] += 1
    return np.array([1 / count[example.incident, example.group] for example in data])


def _totals(table: _Table, weights: Floats) -> Floats:
    totals: Floats = np.bincount(
        table.rows, weights=table.values * weights[table.columns], minlength=table.size
    ).astype(np.float64)
    return totals


def _slope(table: _Table, errors: Floats) -> Floats:
    slope: Floats = np.bincount(
        table.columns, weights=table.values * errors[table.rows], minlength=table.width
    ).astype(np.float64)
    return slope


def _binary(table: _Table, truth: Floats, cost: Floats) -> tuple[Floats, float]:
    cost = cost / cost.sum()

    def slopes(weights: Floats) -> Floats:
        totals = _totals(table, weights[:-1, 0]) + weights[-1, 0]
        errors = (1 / (1 + np.exp(-totals)) - truth) * cost
        return np.append(_slope(table, errors), errors.sum())[:, None]

    found = _descend(slopes, table.width, 1)
    return found[:-1, 0], float(found[-1, 0])


def _softmax(table: _Table, rank: Ints, cost: Floats) -> tuple[Floats, Floats]:
    cost = cost / cost.sum()
    truth = np.eye(len(_URGENT))[np.maximum(rank, 0)]

    def slopes(weights: Floats) -> Floats:
        totals = np.stack(
            [_totals(table, weights[:-1, k]) + weights[-1, k] for k in range(len(_URGENT))], axis=1
        )
        chance = np.exp(totals - totals.max(axis=1, keepdims=True))
        errors = (chance / chance.sum(axis=1, keepdims=True) - truth) * cost[:, None]
        sides = [np.append(_slope(table, errors[:, k]), errors[:, k].sum()) for k in range(len(_URGENT))]
        return np.stack(sides, axis=1)

    found = _descend(slopes, table.width, len(_URGENT))
    return found[:-1], found[-1]


def _descend(slopes: Callable[[Floats], Floats], width: int, heads: int) -> Floats:
    """Adam on the whole set, with a pull towards zero; the last row is the bias."""
    weights = np.zeros((width + 1, heads))
    mean, spread = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        slope = slopes(weights)
        slope[:-1] += _DECAY * weights[:-1]
        mean = 0.9 * mean + 0.1 * slope
        spread = 0.999 * spread + 0.001 * slope**2
        rate = _RATE * (1 - step / (_STEPS + 1))
        weights -= rate * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.999**step)) + 1e-8)
    return weights


def _judged(example: Example, reading: Reading, totals: Floats) -> _Result:
    scores = from_totals(totals)
    return _Result(
        example,
        thresholds.is_danger(reading, scores, rules.find(reading)),
        thresholds.is_self_harm(reading, scores, rules.self_harm(reading)),
        thresholds.asks_for_human(reading, scores),
        urgency.by_scores(scores).value,
    )


def _raw(model: Model, names: dict[str, float]) -> Floats:
    totals = model.bias.astype(np.float64)
    for name, value in names.items():
        place = model.index.get(name)
        if place is not None:
            totals = totals + value * model.weights[place]
    return totals


def _figures(results: Sequence[_Result]) -> list[str]:
    """Count what the desk would say, by its own limits, per language and group."""
    lines = []
    for language in ("en", "fr"):
        for group in ("danger", "unreal", "look-alike", "matter", "self-harm", "self-harm topic"):
            part = [r for r in results if r.example.group == group and r.example.language == language]
            danger, harm = sum(r.danger for r in part), sum(r.self_harm for r in part)
            lines.append(
                f"  {language} {group}: danger {_share(danger, len(part))}, self-harm {_share(harm, len(part))}"
            )
    asked = [r.human for r in results if r.example.wants_human]
    other = [r.human for r in results if r.example.wants_human is False]
    lines.append(
        f"  human asked for, found {_share(sum(asked), len(asked))}; not asked for, found {_share(sum(other), len(other))}"
    )
    for level in _URGENT:
        levels = [r.urgency for r in results if r.example.urgency == level]
        spread = ", ".join(f"{found} {_share(levels.count(found), len(levels))}" for found in _URGENT)
        lines.append(f"  {level} read as: {spread}")
    return lines


def _share(count: int, total: int) -> str:
    return f"{count}/{total} ({count / max(total, 1):.1%})"


def _print_misses(results: Sequence[_Result]) -> None:
    for result in sorted(results, key=lambda r: r.example.incident):
        example = result.example
        wrong = result.danger != example.danger and not example.self_harm
        if wrong or result.self_harm != example.self_harm:
            kind = ("missed" if example.danger else "false") if wrong else "self-harm"
            _say(f"{kind} {example.group} | {example.text}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
