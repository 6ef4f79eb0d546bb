"""`helpdesk privacy`: who may know, who opened what, holds, export and erasure."""

import json
from collections.abc import Callable
from typing import Annotated

import typer
from rich.table import Table

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
from bot.database import reading
from bot.privacy import need_to_know
from bot.rendering import times
from bot.services import Services
from escalation import access_log, confidentiality, tickets
from escalation.access import Verb, may
from escalation.errors import Forbidden, NotFound
from escalation.tables import Person

CHANNEL = "terminal"
app = typer.Typer(no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="The ticket's number, such as HD-1042.")]
Who = Annotated[str, typer.Argument(help="A name, an email address or a number of the directory.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why. It is kept in the access log.")]


@app.callback()
def _group() -> None:
    """Who may know, who opened what, holds, export and erasure. docs/privacy.md explains all of it."""


@app.command("access-log")
@one_line_errors
def show_log(
    number: Annotated[str | None, typer.Argument(help="Only this ticket, such as HD-1042.")] = None,
    who: AsWhom = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List who opened what is private, when and why, the newest first. For auditors."""
    with desk(data_dir) as services, reading(services.engine) as session:
        if not may(actor_named(session, who), Verb.READ_ACCESS_LOG):
            raise Forbidden("Only an auditor reads the access log.")
        request_id = tickets.by_number(session, number).request_id if number else None
        rows = []
        for line in access_log.lines(session, request_id=request_id):
            sealed = line.request_id is not None and confidentiality.is_sealed(session, line.request_id)
            actor = session.get(Person, line.actor_id) if line.actor_id is not None else None
            about = tickets.number_of(line.ticket_id) if line.ticket_id is not None else ""
            rows.append(
                {
                    "at": line.occurred_at.isoformat(),
                    "who": actor.name if actor else "operator" if line.channel == CHANNEL else "the desk",
                    "channel": line.channel,
                    "what": line.what,
                    "about": "a sealed request" if sealed else about,
                    "reason": "" if sealed else line.reason,
                }
            )
        zone = services.policy.hub_calendar.zone
        if as_json:
            out.print(plain(json.dumps(rows, ensure_ascii=False, indent=2)))
            return
        if not rows:
            out.print("Nothing was opened yet.")
            return
        table = Table("When", "Who", "What", "About", "Why")
        for row, line in zip(rows, access_log.lines(session, request_id=request_id), strict=True):
            when = times.when(line.occurred_at, zone, "en", services.clock())
            table.add_row(
                cell(when), cell(row["who"]), cell(row["what"]), cell(row["about"]), cell(row["reason"])
            )
        out.print(table)


@app.command("seal")
@one_line_errors
def seal(number: Number, reason: Reason, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Let nobody know of a ticket but its owner, the leads and the people named for it."""
    with desk(data_dir) as services:
        need_to_know.seal(services, number, acting(services, who), reason, channel=CHANNEL)
        _who_may_know(services, number)


@app.command("unseal")
@one_line_errors
def unseal(number: Number, reason: Reason, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Open a sealed ticket to every expert again."""
    with desk(data_dir) as services:
        need_to_know.unseal(services, number, acting(services, who), reason, channel=CHANNEL)
        _who_may_know(services, number)


@app.command("name")
@one_line_errors
def name(number: Number, person: Who, reason: Reason, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Name one more person: they may know of the ticket and open its original words."""
    _about_a_person(data_dir, number, person, reason, who, need_to_know.name)


@app.command("keep-away")
@one_line_errors
def keep_away(
    number: Number, person: Who, reason: Reason, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Keep somebody with a conflict of interest away from a ticket: for them it is not there."""
    _about_a_person(data_dir, number, person, reason, who, need_to_know.keep_away)


@app.command("let-back")
@one_line_errors
def let_back(
    number: Number, person: Who, reason: Reason, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Take back that somebody was named, or kept away."""
    _about_a_person(data_dir, number, person, reason, who, need_to_know.let_back)


def _about_a_person(
    data_dir: DataDir, number: str, person: str, reason: str, who: str | None, act: Callable[..., None]
) -> None:
    with desk(data_dir) as services:
        actor, other = acting(services, who), acting(services, person)
        if other.person_id is None:
            raise NotFound("Name somebody of the directory. See: helpdesk directory list")
        act(services, number, actor, other.person_id, reason, channel=CHANNEL)
        _who_may_know(services, number)


def _who_may_know(services: Services, number: str) -> None:
    with reading(services.engine) as session:
        ticket = tickets.by_number(session, number)
        thing = tickets.thing(session, ticket)
        names = ", ".join(
            person.name for person_id in sorted(thing.named) if (person := session.get(Person, person_id))
        )
    shown = tickets.number_of(ticket.id or 0)
    if thing.sealed:
        out.print(plain(f"{shown} is sealed. Who may know: {names or 'nobody; name somebody now'}."))
    else:
        also = f" Named for its original words: {names}." if names else ""
        out.print(plain(f"{shown} is open to every expert without a conflict of interest.{also}"))


__all__ = ["app"]
