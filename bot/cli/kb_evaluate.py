"""`helpdesk kb evaluate`: test the library before it is published, and the search against collections."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column, Table

from bot.cli.common import AsJson, DataDir, cell, desk, err, one_line_errors, out, plain
from bot.database import reading
from bot.services import Services
from knowledge_base import evaluate as measured
from knowledge_base import library
from knowledge_base.arrays import BadArrayFile
from knowledge_base.evaluate import CollectionReport, Count, Question, Report, Scores
from knowledge_base.index import Index

PUBLISHED, DRAFTS = "published", "drafts"
_TEXT_WIDTH = 60


@dataclass(frozen=True, slots=True)
class _Bound:
    """A figure that was asked for: the option that set it, what came out, and whether that is enough."""

    option: str
    wanted: float | None
    reached: float

    @property
    def kept(self) -> bool:
        if self.wanted is None:
            return True
        return self.reached <= self.wanted if self.option.startswith("--max") else self.reached >= self.wanted


class _Unusable(Exception):
    """What was asked for can't be done; the text says why, in a line."""


@one_line_errors
def evaluate(
    questions: Annotated[
        Path | None,
        typer.Argument(
            help="Labelled questions: a table (.csv, .tsv) or JSON lines with question, language, expected.",
            show_default=False,
        ),
    ] = None,
    collection: Annotated[
        Path | None,
        typer.Option(help="A folder with passages.jsonl, queries.jsonl, qrels.tsv, plain or .gz."),
    ] = None,
    run: Annotated[Path | None, typer.Option(help="Write a TREC run of the collection here.")] = None,
    history: Annotated[bool, typer.Option("--history", help="Use the turns before each query.")] = False,
    library_version: Annotated[
        str,
        typer.Option(
            "--library", help="published, drafts (as if every draft were published), or a generation."
        ),
    ] = PUBLISHED,
    against: Annotated[
        str | None, typer.Option(help="A second version of the library, shown side by side.")
    ] = None,
    misses: Annotated[int, typer.Option(min=0, help="How many misses to list.")] = 30,
    min_hit1: Annotated[float | None, typer.Option(min=0, max=1, help="Exit 1 when hit@1 is lower.")] = None,
    min_hit3: Annotated[float | None, typer.Option(min=0, max=1, help="Exit 1 when hit@3 is lower.")] = None,
    min_mrr: Annotated[float | None, typer.Option(min=0, max=1, help="Exit 1 when MRR is lower.")] = None,
    min_right_abstention: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Exit 1 when fewer unanswerable questions are declined."),
    ] = None,
    max_wrong_abstention: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit 1 when more answerable questions are declined.")
    ] = None,
    min_ndcg: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit 1 when a collection's nDCG@10 is lower.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Test your library before you publish: ask it labelled questions, and see what comes out.

    Each question names what should answer it: a document's id or slug, a topic, or none where the library
    has no answer. A file that a spreadsheet saves as CSV will do:

        question,language,expected
        someone put our street on telegram,en,doxing
        quand passe la collecte des ordures,fr,none

    `--library drafts --against published` shows what publishing all drafts would change. The exit status is 1
    when a figure misses the bound that an option sets. With --collection a public test collection is measured
    instead, by nDCG, recall and MRR.
    """
    try:
        if collection is not None and questions is None:
            report = _of_collection(collection, run, history=history)
            _show_collection(collection, report, as_json=as_json)
            bounds = [
                _Bound("--min-ndcg", min_ndcg, report.ndcg_at_10),
                _Bound("--min-mrr", min_mrr, report.mrr_at_10),
            ]
        else:
            asked = _asked(questions, collection, run, history=history)
            with desk(data_dir) as services:
                names = (library_version, against) if against else (library_version,)
                indexes = {name: _index(services, name) for name in names}
            reports = {name: _of_questions(index, asked) for name, index in indexes.items()}
            _warn_of_labels(indexes[library_version], asked)
            _show_questions(reports, misses, as_json=as_json)
            bounds = _bounds(
                reports[library_version].groups["all"],
                hit1=min_hit1,
                hit3=min_hit3,
                mrr=min_mrr,
                wrong=max_wrong_abstention,
                right=min_right_abstention,
            )
    except (_Unusable, measured.BadQuestions, measured.BadCollection) as error:
        err.print(plain(f"helpdesk: {error}"))
        raise typer.Exit(1) from None
    except OSError as error:
        err.print(plain(f"helpdesk: {error.filename}: {error.strerror}"))
        raise typer.Exit(1) from None
    missed = [bound for bound in bounds if not bound.kept]
    for bound in missed:
        err.print(f"helpdesk: {bound.option} {bound.wanted:g} was asked for, {bound.reached:.3f} was reached")
    if missed:
        raise typer.Exit(1)


def _asked(
    questions: Path | None, collection: Path | None, run: Path | None, *, history: bool
) -> tuple[Question, ...]:
    """Return the labelled questions, or tell what does not go together."""
    if questions is None or collection is not None:
        raise _Unusable("name a file of questions, or a --collection: one of the two")
    if run is not None or history:
        raise _Unusable("--run and --history belong to --collection")
    return measured.read_questions(questions)


def _bounds(
    scores: Scores,
    *,
    hit1: float | None,
    hit3: float | None,
    mrr: float | None,
    wrong: float | None,
    right: float | None,
) -> list[_Bound]:
    answerable, unanswerable = scores.hit_at_1.whole, scores.right_abstention.whole
    bounds = []
    if answerable:
        bounds += [
            _Bound("--min-hit1", hit1, scores.hit_at_1.share),
            _Bound("--min-hit3", hit3, scores.hit_at_3.share),
            _Bound("--min-mrr", mrr, scores.reciprocal_rank),
            _Bound("--max-wrong-abstention", wrong, scores.wrong_abstention.share),
        ]
    if unanswerable:
        bounds.append(_Bound("--min-right-abstention", right, scores.right_abstention.share))
    return bounds


def _index(services: Services, name: str) -> Index:
    """Return a version of the library: what is published, the drafts too, or an index that was kept."""
    if name == PUBLISHED:
        return library.understood(services.library.index, services.library.index_dir)
    if name == DRAFTS:
        with reading(services.engine) as session:
            return library.with_drafts(session, services.library.index_dir)
    if not name.isdigit():
        raise _Unusable(f"{name!r} is no version of the library: published, drafts, or a generation's number")
    try:
        return library.load(services.library.index_dir, int(name))
    except (FileNotFoundError, BadArrayFile):
        kept = ", ".join(map(str, library.kept(services.library.index_dir))) or "none"
        raise _Unusable(f"there is no index of generation {name}; those that are kept: {kept}") from None


def _of_questions(index: Index, questions: tuple[Question, ...]) -> Report:
    with _progress() as bar:
        task = bar.add_task("asking", total=len(questions))
        return measured.evaluate(index, questions, on_question=lambda: bar.advance(task))


def _of_collection(folder: Path, run: Path | None, *, history: bool) -> CollectionReport:
    collection = measured.read_collection(folder)
    if not collection.passages or not collection.queries:
        raise _Unusable(f"{folder}: the collection has no passages, or no queries")
    if run is not None and not run.parent.is_dir():
        raise _Unusable(f"{run}: there is no such folder")
    language = measured.language_of(collection)
    with _progress() as bar:
        indexing = bar.add_task("indexing", total=2 * len(collection.passages))
        index = measured.index_collection(
            collection, language, on_texts=lambda count: bar.advance(indexing, count)
        )
        asking = bar.add_task("asking", total=len(collection.queries))
        report = measured.evaluate_collection(
            index, collection, language, history=history, on_query=lambda: bar.advance(asking)
        )
    if run is not None:
        run.write_text(measured.trec(report.run), encoding="utf-8")
    return report


def _progress() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _show_collection(folder: Path, report: CollectionReport, *, as_json: bool) -> None:
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


def _warn_of_labels(index: Index, questions: tuple[Question, ...]) -> None:
    unknown = measured.unknown_labels(index, questions)
    if unknown:
        err.print(plain(f"helpdesk: no document or topic of this library: {', '.join(unknown[:10])}"))


def _show_questions(reports: Mapping[str, Report], most: int, *, as_json: bool) -> None:
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
