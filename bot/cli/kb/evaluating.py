"""`helpdesk kb evaluate`: test the library before it is published, and the search against collections."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.cli.common import AsJson, DataDir, desk, err, one_line_errors, plain
from bot.cli.kb.scores import show_collection, show_questions, warn_of_labels
from bot.database import reading
from bot.services import Services
from knowledge_base import evaluate as measured
from knowledge_base import library
from knowledge_base.arrays import BadArrayFile
from knowledge_base.evaluate import CollectionReport, Question, Report, Scores
from knowledge_base.index import Index

PUBLISHED, DRAFTS = "published", "drafts"


@dataclass(frozen=True, slots=True)
class _Bound:
    """A figure that was asked for: the option that set it, what came out, and whether that is enough."""

    option: str
    wanted: float | None
    reached: float | None

    @property
    def kept(self) -> bool:
        if self.wanted is None:
            return True
        if self.reached is None:
            return False
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

    \b
        question,language,expected
        someone put our street on telegram,en,doxing
        quand passe la collecte des ordures,fr,none

    `--library drafts --against published` shows what publishing all drafts would change. The exit status is 1
    when a figure misses the bound that an option sets. With --collection a public test collection is measured
    instead, by nDCG, recall and MRR.
    """
    try:
        if collection is not None and questions is None:
            _only_of(
                "a file of questions",
                {
                    "--min-hit1": min_hit1,
                    "--min-hit3": min_hit3,
                    "--min-right-abstention": min_right_abstention,
                    "--max-wrong-abstention": max_wrong_abstention,
                    "--against": against,
                },
            )
            report = _of_collection(collection, run, history=history)
            show_collection(collection, report, as_json=as_json)
            bounds = [
                _Bound("--min-ndcg", min_ndcg, report.ndcg_at_10),
                _Bound("--min-mrr", min_mrr, report.mrr_at_10),
            ]
        else:
            _only_of("--collection", {"--min-ndcg": min_ndcg})
            asked = _asked(questions, collection, run, history=history)
            with desk(data_dir) as services:
                names = (library_version, against) if against else (library_version,)
                indexes = {name: _index(services, name) for name in names}
            reports = {name: _of_questions(index, asked) for name, index in indexes.items()}
            warn_of_labels(indexes[library_version], asked)
            show_questions(reports, misses, as_json=as_json)
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
        reached = "no question measures it" if bound.reached is None else f"{bound.reached:.3f} was reached"
        err.print(f"helpdesk: {bound.option} {bound.wanted:g} was asked for, {reached}")
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


def _only_of(what: str, given: dict[str, object]) -> None:
    """Tell of options that would say nothing here: a bound that nobody looks at is worse than none."""
    named = [option for option, value in given.items() if value is not None]
    if named:
        raise _Unusable(f"{', '.join(named)}: belongs to {what}")


def _bounds(
    scores: Scores,
    *,
    hit1: float | None,
    hit3: float | None,
    mrr: float | None,
    wrong: float | None,
    right: float | None,
) -> list[_Bound]:
    answerable, unanswerable = bool(scores.hit_at_1.whole), bool(scores.right_abstention.whole)
    return [
        _Bound("--min-hit1", hit1, scores.hit_at_1.share if answerable else None),
        _Bound("--min-hit3", hit3, scores.hit_at_3.share if answerable else None),
        _Bound("--min-mrr", mrr, scores.reciprocal_rank if answerable else None),
        _Bound("--max-wrong-abstention", wrong, scores.wrong_abstention.share if answerable else None),
        _Bound("--min-right-abstention", right, scores.right_abstention.share if unanswerable else None),
    ]


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
