"""`helpdesk tickets`: the queue and the ticket page, at the terminal."""

import json
import secrets
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session

from bot import casework
from bot.casework import TicketCard
from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    acting,
    actor_named,
    cell,
    desk,
    err,
    one_line_errors,
    out,
    plain,
    send_due,
)
from bot.database import reading
from bot.delivery import sealing
from bot.demonstration import people as demonstration_people
from bot.privacy import opening
from bot.privacy.opening import Grant
from bot.rendering import times
from bot.services import Services
from bot.vault import Erased
from escalation import directory, reports, tickets
from escalation.access import Actor, Verb, may
from escalation.access_log import Opened
from escalation.errors import Forbidden, NotFound
from escalation.tables import Clock, Message

app = typer.Typer(no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="The ticket's number, such as HD-1042.")]
Words = Annotated[str, typer.Argument(help="The text; - reads it from standard input.")]


@app.callback()
def _group() -> None:
    """Work tickets from the terminal."""


@app.command("list")
@one_line_errors
def list_tickets(
    everything: Annotated[bool, typer.Option("--all", help="Finished tickets too.")] = False,
    who: AsWhom = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List tickets, the earliest due first."""
    with desk(data_dir) as services:
        with reading(services.engine) as session:
            actor = actor_named(session, who)
            if not may(actor, Verb.READ_QUEUE):
                raise Forbidden("Only experts, leads and auditors see the queue.")
            rows = reports.queue(session, actor, finished=everything)
            cards = [casework.card_of(session, row) for row in rows]
        if as_json:
            out.print(json.dumps([asdict(card) for card in cards], ensure_ascii=False, indent=2, default=str))
            return
        if not cards:
            out.print("No tickets. They appear when somebody asks for a person or is in trouble.")
            return
        table = Table("Number", "Prio", "State", "Due", "Topic", "From", "Owner", "In short (masked)")
        zone = services.policy.hub_calendar.zone
        for card in cards:
            due = times.when(card.due_at, zone, "en", services.clock()) if card.due_at else ""
            sender = (
                f"{card.requester_name}, {card.requester_city}"
                if card.requester_city
                else card.requester_name
            )
            table.add_row(
                card.number,
                card.priority,
                cell(card.state.replace("_", " ")),
                cell(due),
                cell(card.topic),
                cell(sender),
                cell(card.assignee_name),
                cell(card.summary),
            )
        out.print(table)


@app.command("show")
@one_line_errors
def show(
    number: Number,
    original: Annotated[
        bool,
        typer.Option(
            "--original", help="The original words, for the owner and people named. Needs --reason."
        ),
    ] = False,
    safe_contact: Annotated[
        bool, typer.Option("--safe-contact", help="How to reach the person safely. Needs --reason.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", help="Why you need to see it. It is kept in the access log.")
    ] = "",
    who: AsWhom = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show one ticket: its card, clocks, transcript (masked) and history."""
    with desk(data_dir) as services:
        if safe_contact:
            _show_safe_contact(services, number, who, reason)
            return
        granted = _granted(services, number, who, reason, Opened.ORIGINALS) if original else None
        _show(services, number, who, granted, as_json=as_json)


def _granted(services: Services, number: str, who: str | None, reason: str, what: Opened) -> Grant:
    """Put the reason on record before anything is shown."""
    return opening.grant(services, number, acting(services, who), reason, what=what, channel="terminal")


def _show_safe_contact(services: Services, number: str, who: str | None, reason: str) -> None:
    granted = _granted(services, number, who, reason, Opened.SAFE_CONTACT)
    with reading(services.engine) as session:
        found = opening.safe_contacts(session, services, granted)
    for words in found or ("They have not said how to reach them safely.",):
        out.print(plain(words))


def _show(services: Services, number: str, who: str | None, granted: Grant | None, *, as_json: bool) -> None:
    with reading(services.engine) as session:
        actor = actor_named(session, who)
        ticket = tickets.by_number(session, number)
        if not may(actor, Verb.READ_TICKET, tickets.thing(session, ticket)):
            raise NotFound(f"There is no ticket {number.strip()[:20]!r}.")
        card = casework.card_of(session, ticket)
        clocks = tickets.clocks.rows_of(session, card.ticket_id)
        transcript = reports.transcript(session, card.request_id)
        texts = {row.id: _words(session, services, row, granted) for row in transcript}
        events = tickets.events(session, card.ticket_id)
        if as_json:
            shown = {
                **asdict(card),
                "clocks": [clock.model_dump() for clock in clocks],
                "transcript": [_message(row, texts[row.id]) for row in transcript],
                "events": [
                    event.model_dump(include={"kind", "channel", "detail", "occurred_at", "actor_id"})
                    for event in events
                ],
            }
            out.print(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
            return
        _print_card(services, card, clocks)
        out.print()
        for row in transcript:
            _print_message(services, row, texts[row.id])
        out.print("History")
        for event in events:
            actor_name = directory.get_person(session, event.actor_id).name if event.actor_id else "the desk"
            out.print(
                plain(f"  {event.occurred_at:%Y-%m-%d %H:%M} UTC  {event.kind}  {actor_name}  {event.detail}")
            )


def _words(session: Session, services: Services, row: Message, granted: Grant | None) -> str:
    if granted is None or granted.request_id != row.request_id:
        return row.masked
    try:
        return sealing.open_body(session, sealing.vault_of(services), row)
    except Erased:
        return "(erased)"


def _message(row: Message, text: str) -> dict[str, str]:
    return {
        "at": row.recorded_at.isoformat(),
        "author": row.author.value,
        "kind": row.kind.value,
        "text": text,
    }


def _print_card(services: Services, card: TicketCard, clocks: tuple[Clock, ...]) -> None:
    zone = services.policy.hub_calendar.zone
    now = services.clock()
    out.print(
        plain(f"{card.number}  {card.priority}  {card.state.replace('_', ' ')}  {card.topic or 'no topic'}")
    )
    verified = " (not verified)" if card.unverified else ""
    out.print(
        plain(
            f"  From      {card.requester_name}{verified}{', ' + card.requester_city if card.requester_city else ''}"
        )
    )
    out.print(plain(f"  Why       {card.reason.replace('_', ' ')}"))
    out.print(plain(f"  Owner     {card.assignee_name or 'nobody yet'}"))
    if card.suggested_name and not card.assignee_name:
        out.print(plain(f"  Suggested {card.suggested_name}"))
    if card.needed_by:
        out.print(f"  Needed by {times.when(card.needed_by, zone, 'en', now)}")
    for clock in clocks:
        state = "done" if clock.stopped_at else ("OVERDUE" if clock.due_at <= now else "running")
        late = ", breached" if clock.breached_at and clock.stopped_at else ""
        out.print(
            f"  Clock     {clock.target.value.replace('_', ' ')}: due {times.when(clock.due_at, zone, 'en', now)} ({state}{late})"
        )


def _print_message(services: Services, row: Message, text: str) -> None:
    at = times.when(row.recorded_at, services.policy.hub_calendar.zone, "en", services.clock())
    label = "internal note" if row.kind.value == "note" else row.author.value
    out.print(plain(f"{at}  {label}"))
    for line in text.splitlines():
        out.print(plain(f"    {line}"))
    out.print()


@app.command("claim")
@one_line_errors
def claim(number: Number, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Take a ticket."""
    with desk(data_dir) as services:
        card = casework.claim(
            services, number, _expert(services, who), channel="terminal", source_id=_source()
        )
        _done(services, f"{card.number} is {card.assignee_name}'s now.")


@app.command("reply")
@one_line_errors
def reply(number: Number, text: Words, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Send an answer to the official."""
    with desk(data_dir) as services:
        card = casework.reply(
            services, number, _expert(services, who), _text(text), channel="terminal", source_id=_source()
        )
        _done(services, f"Sent to the official of {card.number}.")


@app.command("note")
@one_line_errors
def note(number: Number, text: Words, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Keep an internal note with a ticket. The official never sees it."""
    with desk(data_dir) as services:
        card = casework.note(
            services, number, acting(services, who), _text(text), channel="terminal", source_id=_source()
        )
        _done(services, f"Noted on {card.number}.")


@app.command("resolve")
@one_line_errors
def resolve(
    number: Number,
    outcome: Annotated[
        str, typer.Option("--outcome", "-o", help="How it ended, in a sentence.")
    ] = "answered",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Mark a ticket as done."""
    with desk(data_dir) as services:
        card = casework.resolve(
            services, number, acting(services, who), outcome=outcome, channel="terminal", source_id=_source()
        )
        _done(services, f"{card.number} is resolved.")


def _expert(services: Services, who: str | None) -> Actor:
    """Return who acts. In a demonstration desk nobody need be named: its first expert acts, and it is said."""
    actor = acting(services, who)
    if actor.person_id is not None:
        return actor
    with reading(services.engine) as session:
        for person in demonstration_people(session):
            known = directory.actor_of(session, person.id)
            if "expert" in known.roles:
                err.print(f"helpdesk: acting as {person.name} (demonstration). Name another with --as.")
                return known
    return actor


def _text(text: str) -> str:
    return sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else text


def _source() -> str:
    return f"terminal:{secrets.token_hex(12)}"


def _done(services: Services, line: str) -> None:
    out.print(plain(line))
    send_due(services)
