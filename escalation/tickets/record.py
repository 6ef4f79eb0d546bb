"""The record: every act is one event, and the same cause counts once."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from escalation import directory
from escalation.errors import AlreadyDone
from escalation.identifiers import new_id
from escalation.rows import insert_new
from escalation.tables import Ticket, TicketEvent
from escalation.tickets.moves import ACT_OF, MOVES, Act, after, said_of
from escalation.tickets.reading import events, number_of

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Cause:
    """Who did it, through which channel, and the id that makes a second arrival the same act.

    `reason` is why, in the actor's words, masked by the caller.
    """

    actor_id: int | None
    channel: str
    source_id: str
    occurred_at: datetime
    reason: str = ""


def seen(session: Session, ticket_id: int, source_id: str) -> bool:
    """Tell whether this cause has been recorded on the ticket already."""
    found = select(TicketEvent.id).where(
        TicketEvent.ticket_id == ticket_id, TicketEvent.source_id == source_id[:200]
    )
    return session.exec(found).first() is not None


def check(session: Session, ticket: Ticket, act: Act) -> None:
    """Raise IllegalMove when the ticket's state does not allow the act.

    When somebody's act brought it into that state, the refusal says who and when.
    """
    assert ticket.id is not None
    move = MOVES[act]
    if move.allowed(ticket.state):
        return
    number = number_of(ticket.id)
    for event in reversed(events(session, ticket.id)):
        known = ACT_OF.get(event.kind)
        leads = MOVES[known].leads if known else {}
        if any(goal is ticket.state and start is not goal for start, goal in leads.items()):
            by = directory.get_person(session, event.actor_id).name if event.actor_id else "the desk"
            said = said_of(ticket.state)
            if event.kind == MOVES[Act.MERGE].event and ticket.merged_into_id is not None:
                said = f"was merged into {number_of(ticket.merged_into_id)}"
            raise AlreadyDone(number, said, ticket.state.value, by, event.occurred_at)
    after(ticket.state, act, number)


def perform(
    session: Session,
    ticket: Ticket,
    act: Act,
    cause: Cause,
    now: datetime,
    *,
    detail: str = "",
    message_id: str | None = None,
) -> TicketEvent | None:
    """Record the act and move the ticket where it leads; None when this cause was recorded before.

    Raise IllegalMove, with nothing changed, where the state does not allow it.
    """
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return None
    check(session, ticket, act)
    ticket.state = after(ticket.state, act, number_of(ticket.id))
    session.add(ticket)
    session.flush()
    return write(session, ticket, MOVES[act].event, cause, now, detail=detail, message_id=message_id)


def write(
    session: Session,
    ticket: Ticket,
    kind: str,
    cause: Cause,
    now: datetime,
    *,
    detail: str = "",
    message_id: str | None = None,
) -> TicketEvent:
    """Add an event to the ticket's log, once for its cause."""
    assert ticket.id is not None
    event = TicketEvent(
        id=new_id(now),
        ticket_id=ticket.id,
        kind=str(kind),
        actor_id=cause.actor_id,
        channel=cause.channel,
        source_id=cause.source_id[:200],
        detail=detail[:500],
        reason=cause.reason[:LONGEST_REASON],
        message_id=message_id,
        occurred_at=min(cause.occurred_at, now),
        recorded_at=now,
    )
    insert_new(session, event)
    return event
