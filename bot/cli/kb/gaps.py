"""`helpdesk kb gaps` and `kb draft-from-ticket`: what is missing, and who writes it."""

import datetime as dt
from typing import Annotated, Any

import typer
from rich.table import Column, Table

from bot import curation
from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    acting,
    actor_named,
    cell,
    desk,
    one_line_errors,
    out,
    plain,
)
from bot.cli.kb.shown import print_json
from bot.curation import GapGroup
from bot.database import reading

app = typer.Typer()
_SHOWN = 90


@app.callback(invoke_without_command=True)
@one_line_errors
def gaps(
    context: typer.Context,
    as_json: AsJson = False,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Show what people asked and the library could not answer, or not well, grouped by meaning.

    Masked text only; nothing of danger, of self-harm, or of a sealed request.
    """
    if context.invoked_subcommand is not None:
        return
    with desk(data_dir) as services:
        actor = acting(services, who)
        with reading(services.engine) as session:
            found = curation.look_for_gaps(session, actor, services.clock())
    if as_json:
        print_json(
            {
                "open": [_written(group) for group in found.open],
                "being_written": [_written(group) for group in found.being_written],
                "answered": len(found.answered),
                "median_seconds_to_answer": found.to_answer.total_seconds() if found.to_answer else None,
            }
        )
        return
    out.print(
        f"From first unanswered question to published answer: {_span(found.to_answer)} (median; "
        f"{len(found.answered)} answered, {len(found.being_written)} being written, {len(found.open)} open)"
    )
    if not found.open and not found.being_written:
        out.print("No gap: the library had an answer to every question.")
        return
    table = Table("gap", "asked", "first", "languages", "where", Column("such as", overflow="fold"), "draft")
    for group in (*found.open, *found.being_written):
        table.add_row(
            group.id,
            f"{group.count}" + (f" ({group.thumbs_down} not helped)" if group.thumbs_down else ""),
            f"{group.first_asked_at:%Y-%m-%d}",
            ", ".join(f"{name} {count}" for name, count in group.languages),
            ", ".join(f"{name} {count}" for name, count in group.jurisdictions),
            cell(_short(group.questions[0].text)),
            cell(f"{group.document_id}, {group.assignee or 'nobody'}" if group.document_id else ""),
        )
    out.print(table)


@app.command("draft")
@one_line_errors
def draft(
    gap: Annotated[str, typer.Argument(help="The gap, as `kb gaps` shows it.")],
    title: Annotated[str, typer.Option(help="The title of the article.")],
    language: Annotated[str, typer.Option(help="en or fr.")] = "en",
    owner: Annotated[str | None, typer.Option(help="Who writes it: a name of the directory.")] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Begin the answer to a gap as a draft that somebody owns, with the masked questions in it."""
    with desk(data_dir) as services:
        actor = acting(services, who)
        with reading(services.engine) as session:
            assignee = actor_named(session, owner).person_id if owner else actor.person_id
        document_id = curation.draft_for_gap(
            services, gap, actor, title=title, language=language, assignee_id=assignee
        )
    _begun(document_id)


@one_line_errors
def draft_from_ticket(
    number: Annotated[str, typer.Argument(help="A resolved ticket, such as HD-1001.")],
    title: Annotated[str, typer.Option(help="The title of the article.")],
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Begin an article from a resolved ticket: what was asked and what the expert replied, masked."""
    with desk(data_dir) as services:
        document_id = curation.draft_from_ticket(services, number, acting(services, who), title=title)
    _begun(document_id)


def _begun(document_id: str) -> None:
    out.print(plain(f"{document_id} is a draft. Write it in the console, or:"))
    out.print(plain(f"  helpdesk kb show {document_id} --markdown > draft.md"))
    out.print("  helpdesk kb add draft.md --publish")


def _written(group: GapGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "count": group.count,
        "thumbs_down": group.thumbs_down,
        "first_asked_at": group.first_asked_at,
        "languages": dict(group.languages),
        "jurisdictions": dict(group.jurisdictions),
        "questions": [question.text for question in group.questions],
        "document_id": group.document_id,
        "assignee": group.assignee,
    }


def _span(span: dt.timedelta | None) -> str:
    if span is None:
        return "nothing answered yet"
    hours = round(span.total_seconds() / 3600)
    return f"{hours // 24} days {hours % 24} h" if hours >= 24 else f"{hours} h"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
