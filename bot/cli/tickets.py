"""`helpdesk tickets`: the queue and the ticket page, at the terminal."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session

from bot import casework
from bot.casework import TicketCard
from bot.cli import ticket_acts
from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    TicketNumber,
    acting,
    actor_named,
    cell,
    desk,
    one_line_errors,
    out,
    plain,
)
from bot.database import reading
from bot.delivery import sealing
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
from escalation.tickets import Derived, Monitoring

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Work tickets from the terminal."""


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app, name="tickets")


@app.command("list")
@one_line_errors
def list_tickets(
    everything: Annotated[bool, typer.Option("--all", help="Finished tickets too.")] = False,
    who: AsWhom = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """List tickets, the earliest due first, those asleep last."""
    with desk(data_dir) as services:
        with reading(services.engine) as session:
            actor = actor_named(session, who)
            if not may(actor, Verb.READ_QUEUE):
                raise Forbidden("Only experts, leads and auditors see the queue.")
            rows = reports.queue(session, actor, services.clock(), finished=everything)
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
    number: TicketNumber,
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
        transcript = reports.transcript_of(session, ticket)
        texts = {row.id: _words(session, services, row, granted) for row in transcript}
        events = tickets.events_seen_by(session, actor, card.ticket_id)
        known = tickets.derive(events)
        if as_json:
            shown = {
                **asdict(card),
                "known": {**asdict(known), "monitoring_on": known.monitoring.on},
                "clocks": [clock.model_dump() for clock in clocks],
                "transcript": [_message(row, texts[row.id]) for row in transcript],
                "events": [
                    event.model_dump(
                        include={
                            "kind",
                            "channel",
                            "detail",
                            "reason",
                            "occurred_at",
                            "recorded_at",
                            "actor_id",
                        }
                    )
                    for event in events
                ],
            }
            out.print(json.dumps(shown, ensure_ascii=False, indent=2, default=str))
            return
        _print_card(services, card, clocks)
        _print_known(session, services, actor, card, known)
        out.print()
        for row in transcript:
            _print_message(services, row, texts[row.id])
        out.print("History")
        for event in events:
            actor_name = directory.get_person(session, event.actor_id).name if event.actor_id else "the desk"
            out.print(
                plain(
                    f"  {event.occurred_at:%Y-%m-%d %H:%M} UTC  {event.kind}  {actor_name}  "
                    f"{event.detail}{'  (' + event.reason + ')' if event.reason else ''}".rstrip()
                )
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
        "id": row.id,
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


def _print_known(
    session: Session, services: Services, actor: Actor, card: TicketCard, known: Derived
) -> None:
    """Print what else is on record: the kind of help, tickets that belong to it, the checklist, monitoring."""
    zone, now = services.policy.hub_calendar.zone, services.clock()
    if known.service:
        out.print(plain(f"  Service   {known.service.replace('_', ' ')}"))
    if known.assignee_id is not None and not known.accepted:
        out.print("  Accepted  not yet: the owner has not claimed it")
    if known.snoozed_until and known.snoozed_until > now:
        out.print(plain(f"  Asleep    until {times.when(known.snoozed_until, zone, 'en', now)}"))
    for title, others in (("Joined", known.absorbed), ("Linked", known.linked)):
        shown = [number for other in others if (number := _number_for(session, actor, other))]
        if shown:
            out.print(plain(f"  {title:<9} {', '.join(shown)}"))
    if known.watchers:
        names = ", ".join(directory.get_person(session, person_id).name for person_id in known.watchers)
        out.print(plain(f"  Watchers  {names}"))
    if known.outcome:
        sources = f" Sources: {', '.join(known.sources)}" if known.sources else ""
        out.print(plain(f"  Outcome   {known.outcome}.{sources}"))
    if known.score is not None:
        out.print(plain(f"  Rated     {known.score} of 5 by the official"))
    if known.monitoring != Monitoring():
        out.print(plain(f"  Monitoring: {_monitoring(session, services, known.monitoring)}"))
    if card.state not in ("closed", "cancelled"):
        out.print("  Checklist")
        for item in tickets.checklists.for_topic(card.topic):
            out.print(plain(f"    [{'x' if item.id in known.checked else ' '}] {item.id}  {item.english}"))


def _number_for(session: Session, actor: Actor, ticket_id: int) -> str | None:
    """Return another ticket's number, if the actor may know of it."""
    other = tickets.get(session, ticket_id)
    return (
        tickets.number_of(ticket_id) if may(actor, Verb.READ_TICKET, tickets.thing(session, other)) else None
    )


def _monitoring(session: Session, services: Services, known: Monitoring) -> str:
    if known.ended_at is not None:
        return "ended"
    if not known.on:
        return f"not on yet: {', '.join(step.value for step in known.missing)} missing"
    zone, now = services.policy.hub_calendar.zone, services.clock()
    analyst = directory.get_person(session, known.analyst_id or 0).name
    looked = times.when(known.looked_at, zone, "en", now) if known.looked_at else ""
    return f"on. {analyst}; {known.scope}; last look {looked}"


def _print_message(services: Services, row: Message, text: str) -> None:
    at = times.when(row.recorded_at, services.policy.hub_calendar.zone, "en", services.clock())
    label = "internal note" if row.kind.value == "note" else row.author.value
    out.print(plain(f"{at}  {label}"))
    for line in text.splitlines():
        out.print(plain(f"    {line}"))
    out.print()


ticket_acts.register(app)
