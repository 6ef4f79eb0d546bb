"""What an evaluation found, as tables and lines, or as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rich.table import Column, Table

from bot.cli.common import cell, err, out, plain
from knowledge_base import evaluate as measured
from knowledge_base.evaluate import CollectionReport, Count, Question, Report
from knowledge_base.index import Index

_TEXT_WIDTH = 60
_NAMED = 10


def show_collection(folder: Path, report: CollectionReport, *, as_json: bool) -> None:
    """Print the figures of a public collection."""
    figures = {name: value for name, value in asdict(report).items() if name != "run"}
    if as_json:
        _print_json({"collection": folder.name, **figures})
        return
    out.print(plain(f"{folder.name}: {report.queries} queries with a relevant passage"))
    table = Table("nDCG@10", "Recall@1", "Recall@5", "Recall@10", "MRR@10", "questions per second")
    shares = (
        report.ndcg_at_10,
        report.recall_at_1,
        report.recall_at_5,
        report.recall_at_10,
        report.mrr_at_10,
    )
    table.add_row(*(f"{share:.4f}" for share in shares), f"{report.queries_per_second:.0f}")
    out.print(table)


def warn_of_labels(index: Index, questions: tuple[Question, ...]) -> None:
    """Tell of labels that name nothing here: their questions can only be missed."""
    unknown = measured.unknown_labels(index, questions)
    if not unknown:
        return
    known = sorted(measured.labels(index))
    told = []
    for label in unknown[:_NAMED]:
        near = get_close_matches(label, known, n=1)
        told.append(f"{label} (did you mean {near[0]}?)" if near else label)
    if len(unknown) > _NAMED:
        told.append(f"and {len(unknown) - _NAMED} more")
    err.print(plain(f"helpdesk: no document or topic of this library: {', '.join(told)}"))
    topics = sorted(measured.topics(index))
    err.print(plain(f"helpdesk: its topics are {', '.join(topics)}; its documents: helpdesk kb list"))


def show_questions(reports: Mapping[str, Report], most: int, *, as_json: bool) -> None:
    """Print the figures of each version of the library, what differs, and the misses of the first."""
    if as_json:
        _print_json({name: _as_json(report) for name, report in reports.items()})
        return
    for name, report in reports.items():
        if len(reports) > 1:
            out.print(plain(f"library: {name}"))
        out.print(_scores_table(report))
    if len(reports) > 1:
        _show_changes(*reports.items())
    (name, first), *_ = reports.items()
    _show_reliability(first)
    shown = first.misses[:most]
    if shown:
        out.print("Answered otherwise than expected:")
    for miss in shown:
        came = "declined" if miss.abstained else f"{miss.documents[0]} came first"
        out.print(plain(f"   {miss.question.id}: {_short(miss.question.text)}"))
        expected = ", ".join(miss.question.acceptable)
        out.print(plain(f"      expected {expected}; {came} (confidence {miss.confidence:.2f})"))
    if len(first.misses) > len(shown):
        out.print(f"and {len(first.misses) - len(shown)} more (--misses, or --json for all)")


def _scores_table(report: Report) -> Table:
    table = Table(
        Column("questions", overflow="fold", min_width=30),
        Column("", justify="right"),
        "hit@1",
        "hit@3",
        "MRR",
        "declined wrongly",
        "rightly",
    )
    for name, scores in sorted(report.groups.items(), key=lambda entry: (entry[0] != "all", entry[0])):
        if "/" in name:
            continue
        answerable = bool(scores.hit_at_1.whole)
        table.add_row(
            cell(name),
            str(scores.hit_at_1.whole + scores.right_abstention.whole),
            _written(scores.hit_at_1),
            _written(scores.hit_at_3),
            f"{scores.reciprocal_rank:.3f}" if answerable else "",
            _written(scores.wrong_abstention),
            _written(scores.right_abstention),
        )
    return table


def _written(count: Count) -> str:
    return f"{count.share:.3f}" if count.whole else ""


def _show_changes(first: tuple[str, Report], second: tuple[str, Report]) -> None:
    (name, report), (other_name, other) = first, second
    missed = {miss.question.id: miss.question for miss in report.misses}
    other_missed = {miss.question.id: miss.question for miss in other.misses}
    for title, found in (
        (f"right in {name} only", [one for key, one in other_missed.items() if key not in missed]),
        (f"right in {other_name} only", [one for key, one in missed.items() if key not in other_missed]),
    ):
        out.print(plain(f"{title}: {len(found)}"))
        for question in found:
            out.print(plain(f"   {question.id}  {_short(question.text)}"))


def _show_reliability(report: Report) -> None:
    table = Table("confidence", "questions", "mean", "right", title="How far confidence can be relied on")
    for band in report.reliability:
        table.add_row(
            f"{band.low:.1f} to {band.high:.1f}",
            str(band.right.whole),
            f"{band.mean:.2f}",
            f"{band.right.share:.2f}",
        )
    out.print(table)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_WIDTH else line[: _TEXT_WIDTH - 1] + "\u2026"


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "groups": {
            name: {
                "questions": scores.hit_at_1.whole + scores.right_abstention.whole,
                "hit_at_1": _share(scores.hit_at_1),
                "hit_at_3": _share(scores.hit_at_3),
                "mrr": scores.reciprocal_rank if scores.hit_at_1.whole else None,
                "section_at_3": _share(scores.section_at_3),
                "wrong_abstention": _share(scores.wrong_abstention),
                "right_abstention": _share(scores.right_abstention),
            }
            for name, scores in report.groups.items()
        },
        "reliability": [
            {
                "from": band.low,
                "to": band.high,
                "mean": band.mean,
                "right": band.right.right,
                "questions": band.right.whole,
            }
            for band in report.reliability
        ],
        "misses": [asdict(miss) for miss in report.misses],
    }


def _share(count: Count) -> float | None:
    return count.share if count.whole else None


def _print_json(value: object) -> None:
    out.print(plain(json.dumps(value, ensure_ascii=False, indent=2)))
