"""What helps the people who work on a ticket: watchers, the checklist, monitoring on record."""

from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import on_ticket, then
from bot.casework.card import TicketCard
from bot.casework.words import expert_message
from bot.services import Services
from escalation import directory, tickets
from escalation.access import Actor, Verb, may
from escalation.errors import Refused
from escalation.tables import Ticket
from escalation.tickets import Cause, Step


def watch(
    services: Services, number: str, by: Actor, person_id: int, *, channel: str, source_id: str
) -> TicketCard:
    """Tell this person, too, of what happens to a ticket."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> None:
        _may_know(session, ticket, person_id)
        tickets.watch(session, ticket, person_id, cause, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def unwatch(
    services: Services, number: str, by: Actor, person_id: int, *, channel: str, source_id: str
) -> TicketCard:
    """Tell this person no longer."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> None:
        tickets.unwatch(session, ticket, person_id, cause, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def tick(
    services: Services,
    number: str,
    by: Actor,
    item: str,
    *,
    done: bool = True,
    channel: str,
    source_id: str,
) -> TicketCard:
    """Tick an item of the checklist, or take the tick back."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> None:
        tickets.tick(session, ticket, item, cause, now, done=done)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def monitor(
    services: Services,
    number: str,
    by: Actor,
    step: Step,
    words: str = "",
    *,
    analyst_id: int | None = None,
    channel: str,
    source_id: str,
) -> TicketCard:
    """Put one thing about monitoring on record. What a look found becomes an internal note."""
    reason = "" if step is Step.LOOK else words

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> None:
        if tickets.seen(session, ticket.id or 0, cause.source_id):
            return
        if analyst_id is not None:
            _may_know(session, ticket, analyst_id)
        found = None
        if step is Step.LOOK and words.strip():
            found = expert_message(
                session, services, ticket, by, words.strip(), then(cause, "found"), now, public=False
            )
        message_id = found.id if found else None
        tickets.monitor(session, ticket, step, cause, now, analyst_id=analyst_id, message_id=message_id)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def _may_know(session: Session, ticket: Ticket, person_id: int) -> None:
    person = directory.get_person(session, person_id)
    if not may(directory.actor_of(session, person_id), Verb.READ_TICKET, tickets.thing(session, ticket)):
        number = tickets.number_of(ticket.id or 0)
        raise Refused("may_not_know", f"{person.name} may not see {number}.", person.name, number)
