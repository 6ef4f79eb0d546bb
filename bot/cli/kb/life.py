"""`helpdesk kb publish`, `withdraw`, `purge` and the rest of a document's life."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Column, Table

from bot import curation
from bot.cli.common import AsJson, AsWhom, DataDir, acting, cell, desk, one_line_errors, out, plain
from bot.cli.kb.shown import print_comparison, print_json
from bot.database import reading
from knowledge_base import library

DocumentId = Annotated[str, typer.Argument(metavar="ID", help="Such as doxing-en.")]
_Version = Annotated[
    int | None, typer.Option("--version", min=1, help="Which version; the newest otherwise.")
]
_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@one_line_errors
def publish(
    document_id: DocumentId, version: _Version = None, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Make a version what answers quote, and show what changes.

    Where the hub has two admins, another one publishes than the one who wrote it: say who with --as.
    """
    with desk(data_dir) as services:
        actor = acting(services, who)
        with reading(services.engine) as session:
            _, number, comparison = library.compare_versions(session, document_id, new=version)
            before = library.get_document(session, document_id)
        done = curation.publish(services, document_id, actor, version=number)
        services.library.refresh(services.engine, services.clock())
    print_comparison(comparison, longest=40)
    out.print(plain(f"{done.document_id} version {done.version} is published."))
    if before.state == "published" and before.version != done.version:
        out.print(plain(f"To go back: helpdesk kb rollback {document_id} --to {before.version}"))
    for late in done.behind:
        out.print(plain(f"{late} is behind now: translate the change, or say `helpdesk kb confirm {late}`."))
    if done.gaps_closed:
        out.print("The questions that waited for it have their answer.")


@one_line_errors
def rollback(
    document_id: DocumentId,
    version: Annotated[int, typer.Option("--to", min=1, help="The version to go back to.")],
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Publish an earlier version again. `kb versions` lists them; the newer one is kept."""
    publish(document_id, version=version, who=who, data_dir=data_dir)


@one_line_errors
def retire(document_id: DocumentId, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Take a document out of new answers. Old answers that cite it stay as they are."""
    with desk(data_dir) as services:
        curation.retire(services, document_id, acting(services, who))
        services.library.refresh(services.engine, services.clock())
    out.print(plain(f"{document_id} is retired. `helpdesk kb publish {document_id}` brings it back."))


@one_line_errors
def withdraw(
    document_id: DocumentId,
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Take a document out of every answer at once, and stop what is waiting to be sent.

    Old answers keep their copy and are marked. Running processes follow within seconds.
    """
    with desk(data_dir) as services:
        cancelled = curation.withdraw(services, document_id, acting(services, who), reason=reason)
        services.library.refresh(services.engine, services.clock())
    out.print(plain(f"{document_id} is withdrawn. Once it is put right: helpdesk kb publish {document_id}"))
    out.print(f"{cancelled} {'message' if cancelled == 1 else 'messages'} not yet sent held back.")


@one_line_errors
def purge(
    document_id: DocumentId,
    reason: Annotated[str, typer.Option(help="Why: it stays in the history.", prompt="Why is it purged?")],
    yes: _Yes = False,
    as_json: AsJson = False,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Remove a document for good, with every excerpt in old answers, and list who saw one.

    There is no way back. Backups made before still hold it, and so do mail and Slack.
    """
    with desk(data_dir) as services:
        with reading(services.engine) as session:
            library.get_document(session, document_id)
            seen = curation.readers_of(session, document_id)
        if not yes:
            out.print(plain(f"{document_id} was quoted in {len(seen)} answers. Purging it can't be undone."))
            typer.confirm("Purge it?", abort=True)
        done = curation.purge(services, document_id, acting(services, who), reason=reason)
    if as_json:
        print_json(asdict(done))
        return
    out.print(plain(f"{done.document_id} is gone: {done.passages} passages, {done.answers} answers cleaned."))
    if not done.readers:
        out.print("Nobody had been sent an excerpt of it.")
        return
    table = Table("sent", Column("to", overflow="fold"), "channel", "ticket")
    for reader in done.readers:
        name = "a sealed request" if reader.sealed else reader.name or "somebody without a name"
        table.add_row(f"{reader.at:%Y-%m-%d %H:%M} UTC", cell(name), reader.channel, cell(reader.number))
    out.print("These people were sent an excerpt:")
    out.print(table)


@one_line_errors
def confirm(document_id: DocumentId, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Say that a translation still agrees with its changed original: it is not behind any more."""
    with desk(data_dir) as services:
        curation.confirm_match(services, document_id, acting(services, who))
        services.library.refresh(services.engine, services.clock())
    out.print(plain(f"{document_id} is current."))


@one_line_errors
def versions(document_id: DocumentId, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the versions of a document: who wrote each, and when it went out."""
    with desk(data_dir) as services, reading(services.engine) as session:
        found = library.list_versions(session, document_id)
        names = {one.created_by: curation.who(session, one.created_by) for one in found}
    if as_json:
        print_json([asdict(one) for one in found])
        return
    table = Table("version", "state", "written", "by", Column("from", overflow="fold"), "published")
    for one in found:
        state = "withdrawn" if one.withdrawn_at else one.state
        published = f"{one.published_at:%Y-%m-%d %H:%M}" if one.published_at else ""
        table.add_row(
            str(one.number),
            state,
            f"{one.created_at:%Y-%m-%d %H:%M}",
            cell(names[one.created_by]),
            cell(one.source_name),
            published,
        )
    out.print(table)


@one_line_errors
def diff(
    document_id: DocumentId,
    old: Annotated[int | None, typer.Option("--from", min=1, help="The version before.")] = None,
    new: Annotated[
        int | None, typer.Option("--to", min=1, help="The version after; the newest otherwise.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show what differs between two versions: changed phone numbers, addresses and links first."""
    with desk(data_dir) as services, reading(services.engine) as session:
        before, after, comparison = library.compare_versions(session, document_id, old, new)
    if as_json:
        print_json({"from": before, "to": after, **asdict(comparison)})
        return
    told = f"version {before} to {after}" if before else f"version {after}, the first"
    out.print(plain(f"{document_id}: {told}"))
    if comparison.same:
        out.print("Nothing differs.")
    print_comparison(comparison)


@one_line_errors
def history(
    document_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One document; all otherwise.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many lines at most.")] = 50,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show who did what to the library, the latest first."""
    with desk(data_dir) as services, reading(services.engine) as session:
        found = library.history(session, document_id, limit=limit)
        names = {one.by: curation.who(session, one.by) for one in found}
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        out.print("Nothing was done yet.")
        return
    table = Table("when", "who", "what", Column("document", overflow="fold"), Column("", overflow="fold"))
    for one in found:
        document = f"{one.document} {one.version or ''}".strip()
        table.add_row(
            f"{one.occurred_at:%Y-%m-%d %H:%M}",
            cell(names[one.by]),
            one.act.value.replace("_", " "),
            cell(document),
            cell(one.detail),
        )
    out.print(table)


@one_line_errors
def parity(
    check: Annotated[bool, typer.Option("--check", help="End with status 1 if anything is listed.")] = False,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List what has no current French, or English, twin."""
    with desk(data_dir) as services, reading(services.engine) as session:
        found = library.parity(session)
    if as_json:
        print_json(asdict(found))
    elif found.complete:
        out.print("Every published document has a current twin in the other language.")
    else:
        table = Table(
            Column("document", no_wrap=True, overflow="fold"), Column("what is missing", overflow="fold")
        )
        for one in found.untranslated:
            draft = f" (a draft waits: {one.draft})" if one.draft else ""
            language = {"fr": "no French twin", "en": "no English twin"}.get(one.missing, one.missing)
            table.add_row(cell(one.document_id), cell(f"{language}{draft}"))
        for late in found.behind:
            since = f"behind {late.original_id} since {late.since:%Y-%m-%d %H:%M} UTC"
            table.add_row(cell(late.document_id), cell(since))
        out.print(table)
    if check and not found.complete:
        raise typer.Exit(1)
