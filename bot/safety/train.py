"""Train the weights: `python -m bot.safety.train` (about two minutes, numpy only, no randomness).

Cross-validates by incident on two thirds, reports the untouched third once with a model that never saw it,
then trains on everything and writes weights.tsv with the figures on top.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.safety import features, sense
from bot.safety.corpus import FOLDS, GROUPS, Example, examples, fold_of
from bot.safety.fitting import URGENT, Features, fit
from bot.safety.judge import judge
from bot.safety.model import WEIGHTS, Model, write
from bot.safety.reading import Reading, understand
from escalation.sla import Priority
from knowledge_base import meaning


@dataclass(frozen=True, slots=True)
class _Read:
    """A message as the desk reads it, with the vectors of its sentences."""

    example: Example
    reading: Reading
    known: sense.Vectors
    seen: Features


@dataclass(frozen=True, slots=True)
class _Result:
    """A message beside what the desk would say of it."""

    example: Example
    danger: bool
    self_harm: bool
    human: bool
    urgency: Priority


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
    data = _read(list(examples()))
    report = [f"{len(data)} messages from {len({one.example.incident for one in data})} incidents"]
    seen = [one for one in data if one.example.third != 0]
    validated: list[_Result] = []
    for fold in range(FOLDS):
        model = _fitted([one for one in seen if fold_of(one.example.incident) != fold])
        validated += [_judged(one, model) for one in seen if fold_of(one.example.incident) == fold]
        _say(f"fold {fold + 1} of {FOLDS} done")
    report += ["cross-validation by incident, two thirds:", *_figures(validated)]
    if chosen.misses:
        _print_misses(validated)
    if not chosen.check:
        model = _fitted(seen)
        held = [_judged(one, model) for one in data if one.example.third == 0]
        report += ["held-out third:", *_figures(held)]
        path = Path(__file__).with_name(WEIGHTS)
        notes = "\n".join(["Made by: python -m bot.safety.train", *report])
        path.write_text(write(_fitted(data), notes), encoding="utf-8")
    _say("\n".join(report))
    return 0


def _read(data: Sequence[Example]) -> list[_Read]:
    readings = [understand(example.text) for example in data]
    # Variants share most sentences: each distinct one is encoded once.
    distinct = list(dict.fromkeys(words for reading in readings for words in sense.chosen(reading.sentences)))
    encoded = meaning.vectors([" ".join(words) for words in distinct])
    rows = {words: encoded[place] for place, words in enumerate(distinct)}
    found = []
    for example, reading in zip(data, readings, strict=True):
        known = {words: rows[words] for words in sense.chosen(reading.sentences)}
        seen = Features(features.names(reading), sense.features(reading.sentences, known))
        found.append(_Read(example, reading, known, seen))
    return found


def _fitted(data: Sequence[_Read]) -> Model:
    return fit([one.example for one in data], [one.seen for one in data])


def _judged(one: _Read, learned: Model) -> _Result:
    found = judge(one.reading, learned, one.known)
    return _Result(one.example, found.danger, found.self_harm, found.wants_human, found.urgency)


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
