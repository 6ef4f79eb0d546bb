"""`helpdesk kb`: add to the library, look into it, search it."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Column, Table
from sqlalchemy.exc import DataError, IntegrityError

from bot.cli import kb_evaluate
from bot.cli.common import AsJson, DataDir, cell, desk, err, one_line_errors, out, plain
from bot.database import reading, transaction
from bot.services import Services
from knowledge_base import library
from knowledge_base.errors import ReadError
from knowledge_base.library import Added, DocumentSummary, PassageView
from knowledge_base.readers import SUFFIXES, ReaderLimits, ReaderProcess
from knowledge_base.search import PUBLIC, Hit, search

app = typer.Typer(no_args_is_help=True)
app.command("evaluate")(kb_evaluate.evaluate)


@app.callback()
def _group() -> None:
    """Add to the library, look into it, search it."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file that is in the library now, and what its reader had to say about it."""

    file: str
    added: Added
    warnings: tuple[str, ...]


class _NotTaken(Exception):
    """A file can't be added; the text names it and says why."""


@app.command("add")
@one_line_errors
def add(
    paths: Annotated[list[Path], typer.Argument(help="Markdown and PDF files, or folders of them.")],
    draft: Annotated[bool, typer.Option("--draft", help="Add without publishing.")] = False,
    by: Annotated[str, typer.Option(help="Who adds it, for the record.")] = "operator",
    data_dir: DataDir = None,
) -> None:
    """Add documents to the library, or new versions of those it has.

    A file that can't be read is told in one line, and the others are added all the same.
    """
    files, faults = _files(paths)
    taken: list[_Taken] = []
    with desk(data_dir) as services:
        with _progress() as bar, ReaderProcess() as reader:
            whole = bar.add_task("adding", total=len(files))
            for file in files:
                try:
                    taken.append(_add_one(services, reader, file, bar, taken, publish=not draft, by=by))
                except _NotTaken as error:
                    faults.append(str(error))
                bar.advance(whole)
        services.library.refresh(services.engine, services.clock())
    _summarise(taken, draft=draft)
    for fault in faults:
        err.print(plain(f"helpdesk: {fault}"))
    if faults:
        raise typer.Exit(1)


def _files(paths: list[Path]) -> tuple[list[Path], list[str]]:
    """Return the files to read, each once, and a line for each path that has none."""
    files: dict[Path, Path] = {}
    faults = []
    for path in paths:
        try:
            found = sorted(_below(path)) if path.is_dir() else [path]
            if not found:
                kinds = ", ".join(sorted(SUFFIXES))
                faults.append(f"{path}: there is no document in this folder ({kinds})")
            elif not path.exists():
                faults.append(f"{path}: there is no such file or folder")
                continue
            for file in found:
                files.setdefault(file.resolve(), file)
        except OSError as error:
            faults.append(f"{path}: can't be read ({error.strerror or type(error).__name__})")
    return list(files.values()), faults


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and path.is_file() and not hidden:
            yield path


def _add_one(
    services: Services,
    reader: ReaderProcess,
    file: Path,
    bar: Progress,
    taken: list[_Taken],
    *,
    publish: bool,
    by: str,
) -> _Taken:
    pages: TaskID = bar.add_task(plain(file.name)[:40], total=None)

    def on_page(page: int, of: int) -> None:
        bar.update(pages, completed=page, total=of)

    try:
        document = reader.read(file.name, _content(file), on_page)
        with transaction(services.engine) as session:
            added = library.add(
                session, document, source_name=file.name, by=by, now=services.clock(), publish=publish
            )
            twin = next((one for one in taken if one.added.document_id == added.document_id), None)
            if twin is not None and added.changed:
                # Two files of one name would else quietly take each other's place.
                raise _NotTaken(
                    f"{file}: would replace {twin.file}, added a moment ago as {added.document_id}: "
                    "give one of them a slug of its own"
                )
    except ReadError as error:
        page = f", page {error.page}" if error.page else ""
        raise _NotTaken(f"{file}{page}: {error.reason}") from None
    except OSError as error:
        raise _NotTaken(f"{file}: can't be read ({error.strerror or type(error).__name__})") from None
    except (DataError, IntegrityError) as error:
        raise _NotTaken(
            f"{file}: the database does not take it ({str(error.orig).splitlines()[0]})"
        ) from None
    finally:
        bar.remove_task(pages)
    return _Taken(str(file), added, document.warnings)


def _content(file: Path) -> bytes:
    most = ReaderLimits().file_bytes
    with file.open("rb") as source:
        # One byte more than may be: the reader tells that it is too large, and memory stays small.
        return source.read(most + 1)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _summarise(taken: list[_Taken], *, draft: bool) -> None:
    if not taken:
        return
    table = Table(Column("document", overflow="fold"), "version", "passages", "")
    for one in taken:
        done = "unchanged" if not one.added.changed else "draft" if draft else "published"
        table.add_row(cell(one.added.document_id), str(one.added.version), str(one.added.passages), done)
    out.print(table)
    for one in taken:
        for warning in one.warnings:
            out.print(plain(f"{one.file}: {warning}"))


@app.command("list")
@one_line_errors
def list_documents(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the documents of the library."""
    with desk(data_dir) as services, reading(services.engine) as session:
        documents = library.list_documents(session)
    if as_json:
        _print_json([asdict(document) for document in documents])
        return
    table = Table(Column("document", overflow="fold"), "title", "state", "version", "passages", "review by")
    for document in documents:
        table.add_row(
            cell(document.document_id),
            cell(document.title),
            document.state,
            str(document.version),
            str(document.passages),
            cell(document.review_date),
        )
    out.print(table)
    out.print(f"{len(documents)} documents")


@app.command("show")
@one_line_errors
def show(
    document_id: Annotated[str, typer.Argument(metavar="ID", help="Such as doxing-en.")],
    passages: Annotated[bool, typer.Option("--passages", help="Show the text, passage by passage.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show one document: what it is, where it comes from and, when asked, what it says."""
    with desk(data_dir) as services, reading(services.engine) as session:
        document = library.get_document(session, document_id)
        text = library.get_passages(session, document_id) if passages else ()
    if as_json:
        more = {"passages_text": [asdict(passage) for passage in text]} if passages else {}
        _print_json({**asdict(document), **more})
        return
    _show_document(document)
    for passage in text:
        _show_passage(passage)


def _show_document(document: DocumentSummary) -> None:
    table = Table("", Column("", overflow="fold"), show_header=False, box=None, pad_edge=False)
    for one in fields(document):
        value = getattr(document, one.name)
        if one.name == "sources":
            value = "\n".join(" ".join(filter(None, (s.name, s.address, s.read_by))) for s in value)
        elif isinstance(value, tuple):
            value = ", ".join(value)
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        elif isinstance(value, dt.datetime):
            value = f"{value:%Y-%m-%d %H:%M} UTC"
        if value not in (None, ""):
            table.add_row(one.name.replace("_", " "), cell(value))
    out.print(table)


def _show_passage(passage: PassageView) -> None:
    where = [f"[{passage.passage_id}]", " › ".join(passage.heading)]
    if passage.page_label:
        where.append(f"page {passage.page_label}")
    if passage.step:
        where.append(f"step {passage.step}")
    out.print()
    out.print(plain("  ".join(where)))
    out.print(plain(passage.text))


@app.command("search")
@one_line_errors
def search_command(
    question: Annotated[str, typer.Argument(help="What somebody would ask.")],
    language: Annotated[
        str | None, typer.Option(help="en or fr; told from the question when not given.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many passages at most.")] = 6,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Search the library as an official without membership would, and show the passages."""
    with desk(data_dir) as services:
        found = search(services.library.index, question, audience=PUBLIC, language=language, limit=limit)
    if as_json:
        _print_json({**asdict(found), "hits": [_hit(hit) for hit in found.hits]})
        return
    if found.abstained:
        reason = (found.abstain_reason or "").replace("_", " ")
        out.print(f"No answer ({reason}; confidence {found.confidence:.2f}).")
        return
    for number, hit in enumerate(found.hits, start=1):
        page = f", page {hit.page}" if hit.page else ""
        out.print(plain(f"{number}. {hit.title} › {hit.section}{page}  [{hit.document_id}, {hit.score:.2f}]"))
        out.print(plain(f"   {hit.excerpt}"))
    out.print(f"confidence {found.confidence:.2f}, language {plain(found.language)}")


def _hit(hit: Hit) -> dict[str, Any]:
    return {**asdict(hit), "link": hit.link}


def _print_json(value: object) -> None:
    out.print(plain(json.dumps(value, ensure_ascii=False, indent=2, default=_written)))


def _written(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
