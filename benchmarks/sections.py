"""Fit how sections are chosen on labelled questions: knowledge_base/topics/parts.tsv, and weights to copy.

.venv/bin/python -m benchmarks.sections

Writes what a question's meaning says of the part it asks for, and prints the weights of
`knowledge_base.sections`. Learns from the part of tests/retrieval that is meant for tuning; the part held
back is only scored. For the weights, each question's part is read by a model that has seen neither the
question nor its translation.
"""

import json
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base import sections
from knowledge_base.arrays import Array
from knowledge_base.asked import FILE, read
from knowledge_base.index import Index
from knowledge_base.moments import Moment
from knowledge_base.query import make_query
from knowledge_base.ranking import rank
from knowledge_base.search import PUBLIC
from knowledge_base.senses.making import vector_of
from knowledge_base.topics.train import FOLDS, fold_of
from tests.retrieval.test_questions import starter_index

_FOLDER = Path("tests/retrieval")
_RIDGE = 0.02
_STEPS = 400
_PART_RIDGE = 1e-3
_PART_STEPS = 400


@dataclass(frozen=True, slots=True)
class Case:
    """One question: its meaning, the part it asks for where that is labelled, the figures of its
    candidates, and which of them are right."""

    id: str
    split: str
    language: str
    vector: Array
    part: str | None
    figures: Array
    right: Array


def cases(index: Index) -> list[Case]:
    """Return every question with a labelled section that is among the candidates."""
    found = []
    for name in ("questions.jsonl", "sections.jsonl"):
        for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            if not raw.get("section") and not raw.get("right"):
                continue
            query = make_query(index, raw["text"], (), raw["lang"])
            ranking = rank(index, query, audience=PUBLIC)
            if not ranking.documents:
                continue
            every = sections.candidates(index, raw["text"], query, ranking)
            right = np.array([_is_right(index, raw, one) for one in every])
            figures = np.array([one.figures for one in every])
            found.append(
                Case(
                    raw["id"],
                    raw["split"] + "/" + name[:-6],
                    raw["lang"],
                    vector_of(raw["text"]),
                    raw.get("section"),
                    figures,
                    right,
                )
            )
    return found


def _is_right(index: Index, raw: dict[str, Any], one: sections.Candidate) -> bool:
    document = index.catalog.documents[one.document]
    if raw.get("right"):
        heading = " › ".join(index.catalog.headings[int(index.catalog.heading_of[one.section])])
        pairs = [str(label).split(" > ") for label in raw["right"]]
        return any(slug == document.slug and part in heading for slug, part in pairs)
    moment = index.catalog.moment(one.section)
    return document.slug in raw["acceptable_topics"] and moment == raw["section"]


def fit_parts(held: list[Case]) -> Array:
    """Fit what a question's meaning says of the part of an article that it asks for."""
    known = [case for case in held if case.part]
    vectors = np.array([[*case.vector, 1.0] for case in known])
    right = np.array([[part.value == case.part for part in Moment] for case in known], dtype=float)
    weights: Array = np.zeros((len(Moment), vectors.shape[1]))
    for _ in range(_PART_STEPS):
        scores = vectors @ weights.T
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        slope = (odds / odds.sum(axis=1, keepdims=True) - right).T @ vectors / len(known)
        slope[:, :-1] += _PART_RIDGE * weights[:, :-1]
        weights -= 3 * slope
    rounded: Array = np.rint(weights * 100) / 100
    return rounded


def with_parts(case: Case, weights: Array) -> Case:
    """Return a case whose figures hold what these weights say of its part."""
    told = np.array(list(read(case.vector, weights).values()))
    first = sections.FIGURES.index(f"is_{next(iter(Moment)).value}")
    figures = case.figures.copy()
    figures[:, sections.FIGURES.index("part")] = figures[:, first : first + len(Moment)] @ told
    return replace(case, figures=figures)


def fit(held: list[Case]) -> Array:
    """Fit weights so that a right section outweighs the others of its question."""
    weights = np.zeros(len(sections.FIGURES))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    usable = [case for case in held if case.right.any() and not case.right.all()]
    for step in range(1, _STEPS + 1):
        slope = _RIDGE * weights
        for case in usable:
            odds = np.exp((scores := case.figures @ weights) - scores.max())
            every, good = odds / odds.sum(), odds * case.right
            slope -= (good / good.sum() - every) @ case.figures / len(usable)
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope * slope
        pace = 0.05 * (1 - step / (_STEPS + 1))
        weights -= pace * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        if step % 100 == 0 and np.abs(slope).max() < 1e-4:
            break
    return weights


def report(held: list[Case], weights: Array) -> str:
    """Return how often a right section is first, and among the first three."""
    places = []
    for case in held:
        order = np.argsort(-(case.figures @ weights), kind="stable")
        places.append(int(np.argmax(case.right[order])) if case.right.any() else 99)
    first, three = (np.mean([place < most for place in places]) for most in (1, 3))
    return f"first {first:.3f}, among three {three:.3f} of {len(held)}"


def main() -> None:
    """Fit, write the parts, print the weights, and how they do."""
    every = cases(starter_index())
    tuning = [case for case in every if case.split.startswith("tune")]
    parts = fit_parts(tuning)
    unseen = []
    for fold in range(FOLDS):
        others = fit_parts([case for case in tuning if fold_of(case.id) != fold])
        unseen += [with_parts(case, others) for case in tuning if fold_of(case.id) == fold]
    weights = fit(unseen)
    for name, weight in zip(sections.FIGURES, weights.tolist(), strict=True):
        print(f'    "{name}": {weight:.2f},')
    for group in sorted({(case.split, case.language) for case in every}):
        held = [case for case in every if (case.split, case.language) == group]
        tried = unseen if group[0].startswith("tune") else [with_parts(case, parts) for case in held]
        print(group, report([case for case in tried if (case.split, case.language) == group], weights))
    rows = [
        f"{part.value}\t{' '.join(f'{weight:g}' for weight in row)}"
        for part, row in zip(Moment, parts.tolist(), strict=True)
    ]
    note = "# Made by: python -m benchmarks.sections"
    Path(str(files("knowledge_base.topics").joinpath(FILE))).write_text(
        "\n".join([note, *rows]) + "\n", "utf-8"
    )


if __name__ == "__main__":
    main()
