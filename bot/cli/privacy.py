"""`helpdesk privacy`: who may know, who opened what, holds, export and erasure."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session

from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    LoggedReason,
    Somebody,
    TicketNumber,
    acting,
    actor_named,
    cell,
    desk,
    err,
    one_line_errors,
    out,
    plain,
)
from bot.database import reading, transaction
from bot.privacy import need_to_know, person_data, retention
from bot.privacy import register as access_register
from bot.provisioning import NotReady
from bot.redaction import mask
from bot.rendering import times
from bot.services import Services
from escalation import access_log, confidentiality, directory, holds, tickets
from escalation.access import Actor, Verb, may
from escalation.access_log import Opened, Opening
from escalation.errors import Forbidden, NotFound
from escalation.tables import Person, Ticket

CHANNEL = "terminal"
app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Who may know, who opened what, holds, export and erasure. docs/privacy.md explains all of it."""


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app, name="privacy")


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
        actor = actor_named(session, who)
        if not may(actor, Verb.READ_ACCESS_LOG):
            raise Forbidden("Only an auditor reads the access log.")
        request_id = _knowable(session, number, actor).request_id if number else None
        rows = []
        for line in access_log.lines(session, request_id=request_id):
            sealed = line.request_id is not None and confidentiality.is_sealed(session, line.request_id)
            by = session.get(Person, line.actor_id) if line.actor_id is not None else None
            about = tickets.number_of(line.ticket_id) if line.ticket_id is not None else ""
            rows.append(
                {
                    "at": line.occurred_at.isoformat(),
                    "who": by.name if by else "operator" if line.channel == CHANNEL else "the desk",
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
def seal(number: TicketNumber, reason: LoggedReason, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Let nobody know of a ticket but its owner, the leads and the people named for it."""
    with desk(data_dir) as services:
        need_to_know.seal(services, number, acting(services, who), reason, channel=CHANNEL)
        _who_may_know(services, number)


@app.command("unseal")
@one_line_errors
def unseal(number: TicketNumber, reason: LoggedReason, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Open a sealed ticket to every expert again."""
    with desk(data_dir) as services:
        need_to_know.unseal(services, number, acting(services, who), reason, channel=CHANNEL)
        _who_may_know(services, number)


@app.command("name")
@one_line_errors
def name(
    number: TicketNumber, person: Somebody, reason: LoggedReason, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Name one more person: they may know of the ticket and open its original words."""
    _about_a_person(data_dir, number, person, reason, who, need_to_know.name)


@app.command("keep-away")
@one_line_errors
def keep_away(
    number: TicketNumber, person: Somebody, reason: LoggedReason, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Keep somebody with a conflict of interest away from a ticket: for them it is not there."""
    _about_a_person(data_dir, number, person, reason, who, need_to_know.keep_away)


@app.command("let-back")
@one_line_errors
def let_back(
    number: TicketNumber, person: Somebody, reason: LoggedReason, who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Take back that somebody was named, or kept away."""
    _about_a_person(data_dir, number, person, reason, who, need_to_know.let_back)


@app.command("hold")
@one_line_errors
def hold(
    review_on: Annotated[
        datetime, typer.Option("--review-on", formats=["%Y-%m-%d"], help="When the hold is looked at again.")
    ],
    reason: LoggedReason,
    person: Annotated[str | None, typer.Option("--person", help="Everything of this person.")] = None,
    ticket: Annotated[str | None, typer.Option("--ticket", help="This ticket's request alone.")] = None,
    author: Annotated[
        str | None, typer.Option("--author", help="Who ordered it, if not who acts: a court, a lawyer.")
    ] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Keep everything of a person, or of one ticket: no erasure and no expiry touches it until it is released."""
    with desk(data_dir) as services:
        actor = _keeper(services, who)
        with transaction(services.engine) as session:
            person_id = actor_named(session, person).person_id if person else None
            request_id = tickets.by_number(session, ticket).request_id if ticket else None
            by = author or (directory.get_person(session, actor.person_id).name if actor.person_id else "")
            if not by:
                raise NotFound("Say who orders the hold: --author, or --as.")
            now = services.clock()
            placed = holds.place(
                session,
                person_id=person_id,
                request_id=request_id,
                author=by,
                reason=mask(reason).text,
                review_on=review_on.date(),
                now=now,
            )
            opening = Opening(Opened.HOLD, actor.person_id, CHANNEL, reason, request_id, person_id=person_id)
            access_register.enter(session, services, opening, now)
        out.print(f"Hold {placed.id}, to be reviewed on {placed.review_on.isoformat()}.")


@app.command("release")
@one_line_errors
def release(
    number: Annotated[int, typer.Argument(help="The hold's number; see helpdesk privacy holds.")],
    reason: LoggedReason,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Let a legal hold go: what it kept may be erased, and expires as everything else does."""
    with desk(data_dir) as services:
        actor = _keeper(services, who)
        with transaction(services.engine) as session:
            by = directory.get_person(session, actor.person_id).name if actor.person_id else "operator"
            now = services.clock()
            gone = holds.release(session, number, by, now)
            opening = Opening(
                Opened.HOLD_RELEASED,
                actor.person_id,
                CHANNEL,
                reason,
                gone.request_id,
                person_id=gone.person_id,
            )
            access_register.enter(session, services, opening, now)
        out.print(f"Hold {number} is released.")


@app.command("holds")
@one_line_errors
def list_holds(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the legal holds in force, the next to be reviewed first."""
    with desk(data_dir) as services, reading(services.engine) as session:
        rows = [
            {
                "hold": found.id,
                "on": f"person {found.person_id}"
                if found.person_id
                else _ticket_of(session, found.request_id),
                "author": found.author,
                "reason": found.reason,
                "review_on": found.review_on.isoformat(),
                "review_due": found.review_on <= services.clock().date(),
            }
            for found in holds.in_force(session)
        ]
    if as_json:
        out.print(plain(json.dumps(rows, ensure_ascii=False, indent=2)))
        return
    if not rows:
        out.print("No hold is in force.")
        return
    table = Table("Hold", "On", "Author", "Why", "Review")
    for row in rows:
        due = " (due)" if row["review_due"] else ""
        table.add_row(
            str(row["hold"]),
            cell(row["on"]),
            cell(row["author"]),
            cell(row["reason"]),
            cell(f"{row['review_on']}{due}"),
        )
    out.print(table)


@app.command("export")
@one_line_errors
def export(
    person: Somebody,
    file: Annotated[Path, typer.Argument(help="A new file; only you can read it.")],
    reason: LoggedReason,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Write everything the desk holds of one person to a file, as JSON, their own words unmasked."""
    with desk(data_dir) as services:
        if file.exists():
            raise NotReady(f"{file} is there already: choose another name")
        actor, other = _keeper(services, who), _someone(services, person)
        content = person_data.export(services, other, actor, reason, channel=CHANNEL)
        try:
            person_data.write_private(file, content)
        except OSError as error:
            raise NotReady(f"{file} can't be written: {error.strerror or type(error).__name__}") from None
        out.print(plain(f"{file}: written. It holds private words: give it to that person alone."))


@app.command("erase")
@one_line_errors
def erase(
    person: Somebody,
    reason: LoggedReason,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before erasing.")] = False,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Erase what the desk holds of one person, and say what stays and why. There is no way back.

    The keys of their conversations are destroyed, masked text is emptied, name and addresses go. A legal
    hold keeps what it holds; a ticket that people work on stays until it is resolved.
    """
    with desk(data_dir) as services:
        actor, other = _keeper(services, who), _someone(services, person)
        if not yes and not _agreed():
            err.print("helpdesk: nothing was erased (add --yes to erase without being asked)")
            raise typer.Exit(1)
        account = person_data.erase(services, other, actor, reason, channel=CHANNEL)
        out.print(
            f"Erased: {account.conversations} conversations"
            + (", name and addresses." if account.person_gone else ".")
        )
        out.print("What stays:")
        for line in account.stays:
            out.print(plain(f"  {line}"))


@app.command("expire")
@one_line_errors
def expire(data_dir: DataDir = None) -> None:
    """Take away now what has been kept long enough. The running desk does it every hour by itself."""
    with desk(data_dir) as services:
        found = retention.run(services)
        if found.waits_until is not None:
            out.print(
                f"The clock leapt, or the desk was off: nothing expires before {found.waits_until:%Y-%m-%d}."
            )
            return
        out.print(
            f"Originals of {found.originals} requests, {found.records} records, {found.access_lines} lines of the "
            "access log."
        )


def _agreed() -> bool:
    try:
        return typer.confirm("Erase this person's data for good?", err=True)
    except typer.Abort:
        err.print()
        return False


def _keeper(services: Services, who: str | None) -> Actor:
    """Return who acts, if they may give out, keep or erase what the desk holds of others."""
    actor = acting(services, who)
    if not may(actor, Verb.EDIT_DIRECTORY):
        raise Forbidden("Only an admin gives out, keeps or erases what the desk holds of a person.")
    return actor


def _knowable(session: Session, number: str, actor: Actor) -> Ticket:
    """Return a ticket that the actor may know of; any other looks like one that is not there."""
    ticket = tickets.by_number(session, number)
    if not may(actor, Verb.READ_TICKET, tickets.thing(session, ticket)):
        raise NotFound(f"There is no ticket {number.strip()[:20]!r}.")
    return ticket


def _someone(services: Services, person: str) -> int:
    other = acting(services, person)
    if other.person_id is None:
        raise NotFound("Name somebody of the directory. See: helpdesk directory list")
    return other.person_id


def _ticket_of(session: Session, request_id: int | None) -> str:
    if request_id is not None and confidentiality.is_sealed(session, request_id):
        return "a sealed request"
    ticket = tickets.latest(session, request_id or 0)
    return tickets.number_of(ticket.id or 0) if ticket else "-"


def _about_a_person(
    data_dir: DataDir, number: str, person: str, reason: str, who: str | None, act: Callable[..., None]
) -> None:
    with desk(data_dir) as services:
        actor, other = acting(services, who), _someone(services, person)
        act(services, number, actor, other, reason, channel=CHANNEL)
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
