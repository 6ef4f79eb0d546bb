"""`helpdesk kb add`: files and folders into the library, one document at a time, whole or not at all."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Column, Table
from sqlalchemy.exc import DataError, IntegrityError

from bot import curation
from bot.cli.common import AsWhom, DataDir, acting, cell, desk, err, one_line_errors, out, plain
from bot.cli.kb import exporting
from bot.cli.kb.shown import print_comparison
from bot.cli.kb.sources import Content, Source, find_sources
from bot.curation import HowToPublish, TakenIn
from bot.database import reading, transaction
from bot.fetching import FetchError
from bot.services import Services
from escalation.access import Actor
from knowledge_base import library
from knowledge_base.documents import Attributes, DocumentKind, StructuredDocument
from knowledge_base.errors import LibraryError, ReadError
from knowledge_base.library import Added, Manifest
from knowledge_base.readers import ReaderProcess, Unchanged
from knowledge_base.tables import DocumentState

# Of a change, as much as a terminal shows at once; `kb diff` shows the rest.
_LINES_SHOWN = 24


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file that is in the library now, and what its reader had to say about it."""

    file: str
    done: TakenIn
    warnings: tuple[str, ...] = ()

    @property
    def added(self) -> Added:
        return self.done.added


class _NotTaken(Exception):
    """A file can't be added; the text names it and says why."""


@dataclass(frozen=True, slots=True)
class _About:
    """What the command line says about every file that it names."""

    kind: DocumentKind | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    jurisdiction: tuple[str, ...] = ()
    visibility: tuple[str, ...] = ()
    owner: str | None = None
    review_date: dt.date | None = None
    source_address: str | None = None
    licence: str | None = None

    @property
    def empty(self) -> bool:
        return self == _About()

    def of(self, document: StructuredDocument) -> StructuredDocument:
        """Return the document with what the command line says in place of what it says itself."""
        said = {
            name: value for name in Attributes.__dataclass_fields__ if (value := getattr(self, name, None))
        }
        about = replace(document.attributes, **said)
        return replace(document, attributes=about, language=self.language or document.language)


@dataclass(frozen=True, slots=True)
class _Run:
    """One call of the command: who adds, what becomes of it, and when. One moment for the whole batch, so
    that a document and its translation that come together are of one age."""

    services: Services
    actor: Actor
    about: _About
    now: dt.datetime
    dry: bool
    again: bool


@one_line_errors
def add(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...", help="Files, folders and zips of them, or web addresses (https://...)."
        ),
    ],
    draft: Annotated[bool, typer.Option("--draft", help="Publish nothing.")] = False,
    publish: Annotated[bool, typer.Option("--publish", help="Publish changed documents too.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen; keep nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Read files anew that were read before.")] = False,
    kind: Annotated[DocumentKind | None, typer.Option(help="What the documents are.")] = None,
    language: Annotated[str | None, typer.Option(help="en or fr; told from the text otherwise.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="A topic; may be given more than once.")] = None,
    jurisdiction: Annotated[
        list[str] | None, typer.Option(help="US, CA, or a state or province such as CA-QC.")
    ] = None,
    visibility: Annotated[
        list[str] | None, typer.Option(help="public, member, hub, or city: and the city's short name.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Who keeps it current.")] = None,
    review_date: Annotated[
        dt.datetime | None, typer.Option(help="When it must be read again.", formats=["%Y-%m-%d"])
    ] = None,
    source_address: Annotated[str | None, typer.Option(help="Where it was taken from.")] = None,
    licence: Annotated[str | None, typer.Option(help="On what terms it may be passed on.")] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Add documents to the library, or new versions of those it has.

    A new document is published at once. A changed one becomes a draft, and what changed is shown: publish
    it with `kb publish ID`, or give --publish here. An unchanged one is left alone. Where the hub has two
    admins, everything is a draft until another admin publishes it.

    PDF, Word (.docx), PowerPoint (.pptx), HTML, Markdown and plain text are read. A web page is fetched
    once, now, from public addresses only; its address is kept as the document's source.

    A file that can't be read is told in one line, and the others are added all the same. Run it again after
    a broken import: what is in the library already is passed over.
    """
    if draft and publish:
        raise typer.BadParameter("--draft and --publish exclude each other")
    about = _About(
        kind=kind,
        language=language,
        topics=tuple(topic or ()),
        jurisdiction=tuple(jurisdiction or ()),
        visibility=tuple(visibility or ()),
        owner=owner,
        review_date=review_date.date() if review_date else None,
        source_address=source_address,
        licence=licence,
    )
    how = HowToPublish.NOTHING if draft else HowToPublish.ALL if publish else HowToPublish.NEW
    jobs, manifests, faults = _jobs(paths, how)
    taken: list[_Taken] = []
    with desk(data_dir) as services:
        run = _Run(services, acting(services, who), about, services.clock(), dry_run, again)
        with _progress() as bar, ReaderProcess() as reader:
            whole = bar.add_task("adding", total=len(jobs))
            for job in jobs:
                for result in _add_each(run, reader, job, bar, taken):
                    if isinstance(result, _NotTaken):
                        faults.append(str(result))
                    else:
                        taken.append(result)
                bar.advance(whole)
        if not dry_run:
            for manifest in manifests:
                faults += exporting.bring_back(services, run.actor, manifest)
            services.library.refresh(services.engine, services.clock())
    _summarise(taken, faults, dry_run=dry_run)
    for fault in faults:
        err.print(plain(f"helpdesk: {fault}"))
    if faults:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Job:
    """Something to add. `exported` is set for a file that an export names: then it may be a draft beside what
    is published, and is not another file of the same name."""

    source: Source
    how: HowToPublish
    exported: bool = False


def _jobs(paths: list[str], how: HowToPublish) -> tuple[list[_Job], list[Manifest], list[str]]:
    """Return what to add, in order, with the manifests of exported folders, and a line for each fault."""
    jobs: list[_Job] = []
    manifests: list[Manifest] = []
    faults: list[str] = []
    others: list[str] = []
    for path in paths:
        try:
            manifest = exporting.manifest_in(path)
        except LibraryError as error:
            faults.append(f"{path}: {error}")
            continue
        if manifest is None:
            others.append(path)
            continue
        manifests.append(manifest)
        for one in manifest.documents:
            first = how if one.state is DocumentState.PUBLISHED else HowToPublish.NOTHING
            for name, what in ((one.file, first), (one.draft, HowToPublish.NOTHING)):
                found, missing = find_sources([str(Path(path) / name)] if name else [])
                jobs += [_Job(source, what, exported=True) for source in found]
                faults += missing
    sources, missing = find_sources(others)
    return [*jobs, *(_Job(source, how) for source in sources)], manifests, faults + missing


def _add_each(
    run: _Run, reader: ReaderProcess, job: _Job, bar: Progress, taken: list[_Taken]
) -> Iterator[_Taken | _NotTaken]:
    """Take in what a source holds: one document, or those of an archive; yield what became of each."""
    source = job.source
    pages: TaskID = bar.add_task(plain(Path(source.label).name)[:40], total=None)

    def on_page(page: int, of: int) -> None:
        bar.update(pages, completed=page, total=of)

    try:
        content = source.get()
        known = _nothing_to_do(run, job)
        for reading in reader.read_each(content.name, content.data, on_page, known=known):
            whole = reading.name == content.name
            label = source.label if whole else source.label + reading.name.removeprefix(content.name)
            if not isinstance(reading, ReadError) and (kept := _known(run, job, reading.source_hash)):
                yield _Taken(label, TakenIn(kept))
                continue
            if isinstance(reading, Unchanged):
                yield _NotTaken(f"{label}: somebody changed it in the library just now; add it again")
                continue
            if isinstance(reading, ReadError):
                page = f", page {reading.page}" if reading.page else ""
                yield _NotTaken(f"{label}{page}: {reading.reason}")
                continue
            yield _keep(
                run,
                job,
                _from(reading.document, content),
                reading.name,
                label,
                reading.source_hash,
                taken,
            )
    except FetchError as error:
        yield _NotTaken(f"{source.label}: {error}")
    except OSError as error:
        yield _NotTaken(f"{source.label}: can't be read ({error.strerror or type(error).__name__})")
    finally:
        bar.remove_task(pages)


def _from(document: StructuredDocument, content: Content) -> StructuredDocument:
    """Return the document with the address on the web where it was found."""
    if not content.address or document.attributes.source_address:
        return document
    return replace(document, attributes=replace(document.attributes, source_address=content.address))


def _nothing_to_do(run: _Run, job: _Job) -> frozenset[str]:
    """Return the hashes of the bytes with which nothing is left to do."""
    if run.again or not run.about.empty:
        return frozenset()
    with reading(run.services.engine) as session:
        return library.known_sources(session, drafts=job.how is HowToPublish.NOTHING)


def _known(run: _Run, job: _Job, source_hash: str) -> Added | None:
    """Return what the library holds of these very bytes, if nothing is left to do with it."""
    if run.again or not run.about.empty:
        return None
    with reading(run.services.engine) as session:
        known = library.known_source(session, source_hash)
    return known if known and (known.published or job.how is HowToPublish.NOTHING) else None


def _keep(
    run: _Run,
    job: _Job,
    document: StructuredDocument,
    name: str,
    label: str,
    source_hash: str,
    taken: list[_Taken],
) -> _Taken | _NotTaken:
    """Take in one document, whole or not at all."""
    try:
        with transaction(run.services.engine) as session:
            document = run.about.of(document)
            if not job.exported:
                others = {one.added.document_id: one.file for one in taken}
                document = library.told_apart(session, document, label, others)
            done = curation.take_in(
                session,
                document,
                run.actor,
                source_name=name,
                # With attributes of the command line, the bytes alone are not what was kept.
                source_hash=source_hash if run.about.empty else "",
                how=job.how,
                now=run.now,
            )
            if not job.exported:
                _refuse_twin(run, done, label, taken)
            if run.dry:
                session.rollback()
    except _NotTaken as error:
        return error
    except LibraryError as error:
        return _NotTaken(f"{label}: {error}")
    except (DataError, IntegrityError) as error:
        return _NotTaken(f"{label}: the database does not take it ({str(error.orig).splitlines()[0]})")
    return _Taken(label, done, document.warnings)


def _refuse_twin(run: _Run, done: TakenIn, label: str, taken: list[_Taken]) -> None:
    """Two files of one name would else quietly take each other's place."""
    document_id = done.added.document_id
    twin = next((one for one in taken if one.added.document_id == document_id), None)
    if twin is not None and (done.added.changed or run.dry):
        raise _NotTaken(
            f"{label}: would replace {twin.file}, added a moment ago as {document_id}: "
            "give one of them an id of its own"
        )


def _progress() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _summarise(taken: list[_Taken], faults: list[str], *, dry_run: bool) -> None:
    if taken:
        table = Table(Column("document", no_wrap=True, overflow="fold"), "version", "passages", "")
        for one in taken:
            told = (cell(one.added.document_id), str(one.added.version), str(one.added.passages))
            table.add_row(*told, _state(one, dry_run=dry_run))
        out.print(table)
    for one in taken:
        for warning in one.warnings:
            out.print(plain(f"{one.file}: {warning}"))
        if one.added.changed and not one.added.passages:
            out.print(plain(f"{one.file}: nothing in it can be quoted, it has headings alone"))
    for one in taken:
        if one.done.comparison is not None:
            out.print(plain(f"{one.added.document_id} changes:"))
            print_comparison(one.done.comparison, longest=_LINES_SHOWN)
    if len(taken) + len(faults) > 1:
        states = [_state(one, dry_run=dry_run) for one in taken]
        counts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
        counts += [f"{len(faults)} not taken"] if faults else []
        out.print(", ".join(counts))
    if dry_run:
        out.print("Nothing was kept: this was a dry run.")
        return
    for one in taken:
        if one.done.waits:
            out.print(plain(f"{one.added.document_id} waits for another admin: kb publish, with --as"))
        elif one.done.comparison is not None and not one.added.published:
            out.print(plain(f"to publish it: helpdesk kb publish {one.added.document_id}"))


def _state(one: _Taken, *, dry_run: bool) -> str:
    if not one.added.changed:
        return "unchanged"
    if dry_run:
        return "would be published" if one.added.published else "would be a draft"
    return "published" if one.added.published else "draft"
