"""What happens to tickets. Every act is an event; state, owner and clocks follow from the events.

Each function takes an open session and `now`, is idempotent by `source_id`, returns the notices of
who must be told, and neither commits nor sends.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, or_, update
from sqlmodel import Session, col

from escalation import directory, self_tests
from escalation.errors import AlreadyClaimed, IllegalMove
from escalation.identifiers import new_id
from escalation.notices import (
    Notice,
    PublicReply,
    RequesterWrote,
    TicketClaimed,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from escalation.rows import insert_new
from escalation.sla import EventKind, Policy, Priority
from escalation.tables import UNFINISHED, HelpRequest, Message, Ticket, TicketEvent, TicketState
from escalation.tickets import clocks, moves
from escalation.tickets.moves import Act, after
from escalation.tickets.reading import events, number_of, unfinished

NOTED = "noted"
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cause:
    """Who did it, through which channel, and the id that makes a second arrival the same act."""

    actor_id: int | None
    channel: str
    source_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class NewTicket:
    """What is known of a case when it is handed to people."""

    reason: str
    priority: Priority
    topic: str | None
    language: str
    summary: str
    needed_by: datetime | None
    unverified: bool
    suggested_id: int | None
    routing_reason: str


def open_new(
    session: Session, request: HelpRequest, new: NewTicket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Ticket, tuple[Notice, ...]]:
    """Hand a request to people. A request with an unfinished ticket keeps that one and nobody is told twice."""
    assert request.id is not None
    existing = unfinished(session, request.id)
    if existing is not None:
        return existing, ()
    ticket = Ticket(
        request_id=request.id,
        state=TicketState.NEW,
        priority=new.priority,
        topic=new.topic,
        language=new.language,
        reason=new.reason,
        summary=new.summary,
        suggested_id=new.suggested_id,
        routing_reason=new.routing_reason,
        unverified=new.unverified,
        first_asked_at=request.opened_at,
        opened_at=cause.occurred_at,
        needed_by=new.needed_by,
    )
    if not insert_new(session, ticket):
        # Another worker opened it a moment ago; the partial unique index settled the race.
        winner = unfinished(session, request.id)
        if winner is None:
            raise IllegalMove("The request changed meanwhile. Please try again.")
        return winner, ()
    opened = unfinished(session, request.id)
    assert opened is not None
    assert opened.id is not None
    _event(
        session,
        opened,
        EventKind.OPENED,
        cause,
        now,
        detail=clocks.detail(
            priority=new.priority,
            needed_by=new.needed_by,
            policy=policy.version,
            # nights are promised only once a test has woken somebody
            covered=policy.out_of_hours is not None and self_tests.proven(session, now),
        ),
    )
    clocks.refresh(session, opened, policy, now)
    return opened, (TicketOpened(opened.id, new.priority, page=new.priority is Priority.P1),)


def claim(
    session: Session, ticket: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Make the actor the owner. Claiming what one owns already changes nothing.

    Raise AlreadyClaimed with who and when if somebody else has it: one of two experts wins.
    """
    assert ticket.id is not None
    if ticket.assignee_id is not None and ticket.assignee_id == cause.actor_id:
        return ()
    state = after(ticket.state, Act.CLAIM, number_of(ticket.id))
    if cause.actor_id is None:
        raise IllegalMove("A ticket is claimed by a person: say who (--as).")
    won = session.connection().execute(
        update(Ticket)
        .where(
            col(Ticket.id) == ticket.id,
            or_(col(Ticket.assignee_id).is_(None), col(Ticket.assignee_id) == cause.actor_id),
        )
        .values(assignee_id=cause.actor_id, state=state, version=col(Ticket.version) + 1)
    )
    session.refresh(ticket)
    if cast("CursorResult[Any]", won).rowcount != 1:
        raise _taken(session, ticket)
    _event(session, ticket, EventKind.CLAIMED, cause, now)
    clocks.refresh(session, ticket, policy, now)
    return (TicketClaimed(ticket.id, cause.actor_id),)


def acknowledge(
    session: Session, ticket: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Record that somebody who was alerted has seen it; a ticket that nobody has becomes theirs.

    A finished ticket stays finished, and one that somebody else took stays theirs.
    """
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    _event(session, ticket, EventKind.ACKNOWLEDGED, cause, now)
    if ticket.assignee_id is not None or ticket.state not in UNFINISHED:
        clocks.refresh(session, ticket, policy, now)
        return ()
    return claim(session, ticket, replace(cause, source_id=f"{cause.source_id}:claim"), policy, now)


def _taken(session: Session, ticket: Ticket) -> AlreadyClaimed:
    assert ticket.id is not None
    claimed = [event for event in events(session, ticket.id) if event.kind == EventKind.CLAIMED.value]
    owner = directory.get_person(session, ticket.assignee_id or 0)
    since = claimed[-1].occurred_at if claimed else ticket.opened_at
    return AlreadyClaimed(number_of(ticket.id), owner.name, since)


def reply(
    session: Session, ticket: Ticket, message: Message, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Record an expert's public words. Replying to an unclaimed ticket claims it."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    notices: tuple[Notice, ...] = ()
    if ticket.assignee_id is None:
        claiming = Cause(cause.actor_id, cause.channel, f"{cause.source_id}:claim", cause.occurred_at)
        notices = claim(session, ticket, claiming, policy, now)
    ticket.state = after(ticket.state, Act.REPLY, number_of(ticket.id))
    session.add(ticket)
    session.flush()
    _event(session, ticket, EventKind.PUBLIC_REPLY, cause, now, message_id=message.id)
    clocks.refresh(session, ticket, policy, now)
    # the reply itself says who has taken the case
    told = tuple(notice for notice in notices if not isinstance(notice, TicketClaimed))
    return (*told, PublicReply(ticket.id, message.id))


def takes_replies(ticket: Ticket) -> bool:
    """Tell whether an expert's public words may still go out."""
    return moves.takes_replies(ticket.state)


def note(session: Session, ticket: Ticket, message: Message, cause: Cause, now: datetime) -> None:
    """Keep an internal note with the ticket. No notice: nobody outside ever learns of it."""
    assert ticket.id is not None
    after(ticket.state, Act.NOTE, number_of(ticket.id))
    _event(session, ticket, NOTED, cause, now, message_id=message.id)


def requester_wrote(
    session: Session,
    ticket: Ticket,
    message: Message,
    raise_to: Priority | None,
    policy: Policy,
    now: datetime,
) -> tuple[Notice, ...]:
    """Record that the official wrote again, and raise the priority if the message says so."""
    assert ticket.id is not None
    cause = Cause(message.person_id, "message", message.id, message.occurred_at)
    _event(session, ticket, EventKind.REQUESTER_MESSAGE, cause, now, message_id=message.id)
    notices: list[Notice] = [RequesterWrote(ticket.id, message.id)]
    before, cause_of_change = clocks.promised(session, ticket.id), EventKind.PRIORITY_CHANGED
    if raise_to is not None and raise_to.above(ticket.priority):
        raising = Cause(message.person_id, "message", f"{message.id}:priority", message.occurred_at)
        _event(
            session, ticket, EventKind.PRIORITY_CHANGED, raising, now, detail=clocks.detail(priority=raise_to)
        )
        ticket.priority = raise_to
    if message.needed_by is not None and (ticket.needed_by is None or message.needed_by < ticket.needed_by):
        stating = Cause(message.person_id, "message", f"{message.id}:needed_by", message.occurred_at)
        stated = clocks.detail(needed_by=message.needed_by)
        _event(session, ticket, EventKind.NEEDED_BY_SET, stating, now, detail=stated)
        ticket.needed_by = message.needed_by
        cause_of_change = EventKind.NEEDED_BY_SET
    session.add(ticket)
    session.flush()
    clocks.refresh(session, ticket, policy, now)
    notices += clocks.change_of_promise(session, ticket.id, before, cause_of_change, message.id)
    return tuple(notices)


def resolve(
    session: Session, ticket: Ticket, outcome: str, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Mark the work as done, with its outcome in words (masked by the caller)."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    if not outcome.strip():
        raise IllegalMove("Say how it ended: a ticket is not resolved without an outcome.")
    ticket.state = after(ticket.state, Act.RESOLVE, number_of(ticket.id))
    session.add(ticket)
    session.flush()
    event = _event(session, ticket, EventKind.SOLVED, cause, now, detail=outcome.strip()[:500])
    _finish_request(session, ticket, now)
    clocks.refresh(session, ticket, policy, now)
    return (TicketResolved(ticket.id, event.id),)


def reopen(
    session: Session, ticket: Ticket, message: Message, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Bring a solved ticket back because the official wrote again, or asked for a person again.

    `message` says how urgent it is. A mail that was on its way when the ticket was solved counts from
    after that: the log must not say that something was reopened before it was closed.
    """
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    solved_at = max(
        event.occurred_at for event in events(session, ticket.id) if event.kind == EventKind.SOLVED.value
    )
    at = max(min(cause.occurred_at, now), solved_at + 2 * _TICK)
    cause = replace(cause, occurred_at=at)
    asking = replace(cause, source_id=f"{cause.source_id}:asked", occurred_at=at - _TICK)
    _event(session, ticket, EventKind.REQUESTER_MESSAGE, asking, at, message_id=message.id)
    state = after(ticket.state, Act.REOPEN, number_of(ticket.id))
    ticket.state = state if ticket.assignee_id is not None else TicketState.NEW
    raised = Priority(message.urgency) if message.urgency else ticket.priority
    if raised.above(ticket.priority):
        ticket.priority = raised
        raising = replace(cause, source_id=f"{cause.source_id}:priority")
        detail = clocks.detail(priority=raised)
        _event(session, ticket, EventKind.PRIORITY_CHANGED, raising, at, detail=detail)
    if message.needed_by is not None and message.needed_by > now:
        ticket.needed_by = message.needed_by
        stating = replace(cause, source_id=f"{cause.source_id}:needed_by")
        detail = clocks.detail(needed_by=message.needed_by)
        _event(session, ticket, EventKind.NEEDED_BY_SET, stating, at, detail=detail)
    session.add(ticket)
    session.flush()
    event = _event(session, ticket, EventKind.REOPENED, cause, at, message_id=message.id)
    _finish_request(session, ticket, None)
    clocks.refresh(session, ticket, policy, max(now, at))
    return (TicketReopened(ticket.id, event.id),)


def _finish_request(session: Session, ticket: Ticket, at: datetime | None) -> None:
    """Note that the need is met, or that it is not after all; a finished request takes no new conversation."""
    request = session.get_one(HelpRequest, ticket.request_id)
    request.finished_at = at
    session.add(request)
    session.flush()


def seen(session: Session, ticket_id: int, source_id: str) -> bool:
    """Tell whether this cause has been recorded on the ticket already."""
    return any(event.source_id == source_id[:200] for event in events(session, ticket_id))


def _event(
    session: Session,
    ticket: Ticket,
    kind: str,
    cause: Cause,
    now: datetime,
    *,
    detail: str = "",
    message_id: str | None = None,
) -> TicketEvent:
    assert ticket.id is not None
    event = TicketEvent(
        id=new_id(now),
        ticket_id=ticket.id,
        kind=str(kind),
        actor_id=cause.actor_id,
        channel=cause.channel,
        source_id=cause.source_id[:200],
        detail=detail,
        message_id=message_id,
        occurred_at=min(cause.occurred_at, now),
        recorded_at=now,
    )
    insert_new(session, event)
    return event
