"""How tickets end: resolved, closed, cancelled; and what the official says of it.

Each function takes an open session and `now`, is idempotent by its cause's `source_id`, returns the notices
of who must be told, and neither commits nor sends.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, or_, select

from escalation.errors import Refused
from escalation.notices import Notice, TicketMoved, TicketResolved
from escalation.sla import Policy, Priority
from escalation.tables import Message, Ticket
from escalation.tickets import clocks
from escalation.tickets.moves import Act
from escalation.tickets.opening import finish_request
from escalation.tickets.reading import derived, number_of
from escalation.tickets.record import Cause, check, perform, seen

MOST_SOURCES = 10
SCORES = range(1, 6)
_DANGER = frozenset({"danger", "self_harm", "machine_alert"})


class Why(StrEnum):
    """Why a ticket is cancelled."""

    SPAM = "spam"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


def resolve(
    session: Session,
    ticket: Ticket,
    outcome: str,
    cause: Cause,
    policy: Policy,
    now: datetime,
    sources: Sequence[str] = (),
) -> tuple[Notice, ...]:
    """Mark the work as done, with its outcome in words and what was used (both masked by the caller)."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    if not outcome.strip():
        raise Refused("no_outcome", "Say how it ended: a ticket is not resolved without an outcome.")
    used = list(dict.fromkeys(filter(None, (" ".join(source.split()) for source in sources))))
    if len(used) > MOST_SOURCES:
        raise Refused("too_many_sources", f"Name {MOST_SOURCES} sources at most.", str(MOST_SOURCES))
    ticket.snoozed_until = None
    event = perform(session, ticket, Act.RESOLVE, cause, now, detail=outcome.strip())
    assert event is not None
    for number, source in enumerate(used, 1):
        naming = replace(cause, source_id=f"{cause.source_id}:source:{number}", reason="")
        perform(session, ticket, Act.NAME_SOURCE, naming, now, detail=source)
    finish_request(session, ticket, now)
    clocks.refresh(session, ticket, policy, now)
    return (TicketResolved(ticket.id, event.id),)


def close(
    session: Session, ticket: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Close a resolved ticket for good: what the official writes from now on opens another, linked to it."""
    if perform(session, ticket, Act.CLOSE, cause, now) is not None:
        clocks.refresh(session, ticket, policy, now)
    return ()


def cancel(
    session: Session, ticket: Ticket, why: Why, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """End a ticket that was none. The official is told, unless it is spam."""
    assert ticket.id is not None
    event = perform(session, ticket, Act.CANCEL, cause, now, detail=f"why={why.value}")
    if event is None:
        return ()
    finish_request(session, ticket, now)
    clocks.refresh(session, ticket, policy, now)
    told = None if why is Why.SPAM else "ticket_cancelled"
    return (TicketMoved(ticket.id, event.id, "cancelled", official=told),)


def may_be_rated(session: Session, ticket: Ticket) -> bool:
    """Tell whether the official is asked how it went: once it has ended, and never after danger or self-harm."""
    assert ticket.id is not None
    if ticket.reason in _DANGER or ticket.priority is Priority.P1:
        return False
    if derived(session, ticket.id).score is not None or not _ended(ticket):
        return False
    danger = select(Message.id).where(
        Message.request_id == ticket.request_id,
        or_(col(Message.immediate_danger).is_(True), col(Message.self_harm).is_(True)),
    )
    return session.exec(danger).first() is None


def rate(
    session: Session, ticket: Ticket, score: int, message_id: str | None, cause: Cause, now: datetime
) -> None:
    """Keep the official's satisfaction, 1 to 5, and the comment they wrote, once."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return
    if score not in SCORES:
        raise Refused("bad_score", "Choose a number from 1 (not satisfied) to 5 (very satisfied).")
    check(session, ticket, Act.RATE)
    if not may_be_rated(session, ticket):
        number = number_of(ticket.id)
        raise Refused("not_rated", f"{number} is not rated. Nothing was changed.", number)
    perform(session, ticket, Act.RATE, cause, now, detail=f"score={score}", message_id=message_id)


def _ended(ticket: Ticket) -> bool:
    return ticket.state.value in ("solved", "closed")


__all__ = ["Why", "cancel", "close", "may_be_rated", "rate", "resolve"]
