"""Train the weights: `python -m bot.safety.train` (a few minutes, no randomness; needs scipy, see CONTRIBUTING.md).

Cross-validates by incident on two thirds, which also says what the scores are worth as chances; reports the
untouched third once with a model that never saw it; then trains on everything and writes weights.tsv with the
figures on top, and the weights of the landmarks beside it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bot.safety import features, sense
from bot.safety.corpus import FOLDS, GROUPS, Example, examples, fold_of
from bot.safety.fitting import URGENT, Calibration, Features, calibrated, calibration, fitted
from bot.safety.judge import judge
from bot.safety.model import SENSE, WEIGHTS, Model, Scores, from_totals, write
from bot.safety.reading import Reading, understand
from escalation.sla import Priority
from knowledge_base import meaning
from knowledge_base.arrays import Array
from knowledge_base.likeness import likeness, nearest
from knowledge_base.senses.making import readable


@dataclass(frozen=True, slots=True)
class _Read:
    """A message as the desk reads it, with the vectors of its sentences."""

    example: Example
    reading: Reading
    seen: Features


@dataclass(frozen=True, slots=True)
class _Result:
    """A message beside what the desk would say of it."""

    example: Example
    danger: bool
    self_harm: bool
    human: bool
    urgency: Priority
    scores: Scores


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, report and write the weights; return an exit status."""
    options = argparse.ArgumentParser(prog="python -m bot.safety.train", description=__doc__)
    options.add_argument(
        "--check", action="store_true", help="cross-validate only; neither test the third nor write"
    )
    options.add_argument(
        "--misses", action="store_true", help="print the misread messages of the cross-validation"
    )
    options.add_argument(
        "--scores", type=Path, help="write the scores of the cross-validation here, as JSON lines"
    )
    chosen = options.parse_args(arguments)
    data = _read(list(examples()))
    report = [f"{len(data)} messages from {len({one.example.incident for one in data})} incidents"]
    seen = [one for one in data if one.example.third != 0]
    unseen: list[_Read] = []
    found: list[Array] = []
    models: list[Model] = []
    for fold in range(FOLDS):
        out = [one for one in seen if fold_of(one.example.incident) == fold]
        models.append(_fitted([one for one in seen if fold_of(one.example.incident) != fold]))
        unseen += out
        found.append(_totals(out, models[-1]))
        _say(f"fold {fold + 1} of {FOLDS} done")
    chances = calibration([one.example for one in unseen], np.concatenate(found))
    validated: list[_Result] = []
    start = 0
    for model, part in zip(models, found, strict=True):
        validated += _judged(unseen[start : start + len(part)], calibrated(model, chances))
        start += len(part)
    report += ["cross-validation by incident, two thirds:", *_figures(validated)]
    if chosen.misses:
        _print_misses(validated)
    if chosen.scores:
        _write_scores(chosen.scores, validated)
    if not chosen.check:
        held = _judged([one for one in data if one.example.third == 0], _ready(seen, chances))
        report += ["held-out third:", *_figures(held)]
        _write(_ready(data, chances), "\n".join(["Made by: python -m bot.safety.train", *report]))
    _say("\n".join(report))
    return 0


def _write(model: Model, notes: str) -> None:
    folder = Path(__file__).parent
    folder.joinpath(WEIGHTS).write_text(write(model, notes), encoding="utf-8")
    np.save(folder / SENSE, model.sense.astype(np.float16))


def _read(data: Sequence[Example]) -> list[_Read]:
    readings = [understand(example.text) for example in data]
    texts = [readable(sense.text_of(reading.sentences)) for reading in readings]
    encoded = meaning.vectors(texts)
    parts = [sense.parts_of(reading.sentences) or [""] for reading in readings]
    distinct = sorted({part for some in parts for part in some})
    rows = {part: row for row, part in enumerate(distinct)}
    said = meaning.vectors([readable(part) for part in distinct])
    return [
        _Read(
            example,
            reading,
            Features(features.names(reading), vector, nearest(said[[rows[p] for p in some]])),
        )
        for example, reading, vector, some in zip(data, readings, encoded, parts, strict=True)
    ]


def _fitted(data: Sequence[_Read]) -> Model:
    return fitted([one.example for one in data], [one.seen for one in data])


def _ready(data: Sequence[_Read], chances: Calibration) -> Model:
    return calibrated(_fitted(data), chances)


def _totals(data: Sequence[_Read], model: Model) -> Array:
    near = np.stack([one.seen.near for one in data])
    alike = np.hstack([likeness(np.stack([one.seen.meant for one in data])), near])
    return np.stack([model.totals_of(one.seen.names, row) for one, row in zip(data, alike, strict=True)])


def _judged(data: Sequence[_Read], model: Model) -> list[_Result]:
    results = []
    for one, totals in zip(data, _totals(data, model), strict=True):
        scores = from_totals(totals)
        found = judge(one.reading, model, scores)
        results.append(
            _Result(one.example, found.danger, found.self_harm, found.wants_human, found.urgency, scores)
        )
    return results


def _write_scores(path: Path, results: Sequence[_Result]) -> None:
    with path.open("w", encoding="utf-8") as lines:
        for result in results:
            told = {"labels": asdict(result.example), "scores": asdict(result.scores)}
            lines.write(json.dumps(told, ensure_ascii=False) + "\n")


def _figures(results: Sequence[_Result]) -> list[str]:
    """Count what the desk would say, by its own limits, per language and group."""
    lines = []
    for language in ("en", "fr"):
        for group in GROUPS:
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
    for level in URGENT:
        levels = [r.urgency.value for r in results if r.example.urgency == level]
        spread = ", ".join(f"{found} {_share(levels.count(found), len(levels))}" for found in URGENT)
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
