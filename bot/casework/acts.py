"""What every act shares: one transaction, the right asked again, nothing done twice."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from bot.casework.card import TicketCard, card_of
from bot.database import transaction
from bot.delivery import announce
from bot.redaction import mask
from bot.services import Services
from escalation import request_log, tickets
from escalation.access import Actor, Verb, may
from escalation.errors import NoTicket, Refused
from escalation.notices import Notice
from escalation.tables import Ticket
from escalation.tickets import Cause

LONGEST_REASON = 300
_TRIES = 3
_LOCK_FAULTS = frozenset({"DeadlockDetected", "LockNotAvailable", "SerializationFailure"})
T = TypeVar("T")
Doing = Callable[[Session, Ticket, Cause, datetime], Iterable[Notice] | None]


def run(services: Services, act: Callable[[Session, datetime], T]) -> T:
    """Run one act in one transaction; a row that changed under it is read again."""
    for _attempt in range(_TRIES):
        try:
            with transaction(services.engine) as session:
                done = act(session, services.clock())
        except StaleDataError:
            continue
        except OperationalError as error:
            if type(error.orig).__name__ not in _LOCK_FAULTS:
                raise
            continue
        services.outbox_ready.set()
        return done
    raise Refused("busy", "Somebody else is changing this ticket right now. Please try again.")


def on_ticket(
    services: Services,
    number: str,
    by: Actor,
    doing: Doing,
    *,
    channel: str,
    source_id: str,
    reason: str = "",
) -> TicketCard:
    """Do one thing to a ticket that the actor may work on, and tell whoever must know.

    The reason is kept with the act, masked.
    """
    words = masked(reason)

    def act(session: Session, now: datetime) -> TicketCard:
        ticket = ticket_for(session, number, by)
        cause = Cause(by.person_id, channel, source_id, now, reason=words)
        notices = doing(session, ticket, cause, now)
        announce.enqueue(session, services, notices or (), now)
        return card_of(session, ticket)

    return run(services, act)


def ticket_for(session: Session, number: str, by: Actor) -> Ticket:
    """Return the ticket if the actor may work on it; a forbidden ticket looks like a missing one.

    Whoever may know that it exists, as its official does, is told that only experts work on it.
    """
    ticket = tickets.by_number(session, number)
    thing = tickets.thing(session, ticket)
    if may(by, Verb.WORK_TICKET, thing):
        request_log.lock_request(session, ticket.request_id)
        session.refresh(ticket)
        return ticket
    if may(by, Verb.READ_REQUEST, thing) or may(by, Verb.READ_TICKET, thing):
        known = tickets.number_of(ticket.id or 0)
        words = f"Only experts of the hub can claim a ticket or work on it. {known} was not changed."
        raise Refused("experts_only", words, known)
    raise NoTicket(number)


def masked(words: str) -> str:
    """Return a short line that is kept with an act: one line, masked, within the limit."""
    line = " ".join(words.split())
    if len(line) > LONGEST_REASON:
        raise Refused(
            "reason_too_long", f"Keep it to {LONGEST_REASON} characters at most.", str(LONGEST_REASON)
        )
    return mask(line).text[:LONGEST_REASON] if line else ""


def then(cause: Cause, what: str) -> Cause:
    """Return the cause of what the same act does besides."""
    return replace(cause, source_id=f"{cause.source_id}:{what}")
