"""How tickets begin, and begin again.

Each function takes an open session and `now`, is idempotent by its cause's `source_id`, returns the notices
of who must be told, and neither commits nor sends.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from escalation import self_tests
from escalation.errors import IllegalMove
from escalation.notices import Notice, TicketOpened, TicketReopened
from escalation.rows import keep_new
from escalation.sla import EventKind, Policy, Priority
from escalation.tables import HelpRequest, Message, Ticket, TicketState
from escalation.tickets import clocks
from escalation.tickets.moves import Act
from escalation.tickets.reading import events, unfinished
from escalation.tickets.record import Cause, check, seen, write

_TICK = timedelta(microseconds=1)


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
    split_from: int | None = None


def open_new(
    session: Session, request: HelpRequest, new: NewTicket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Ticket, tuple[Notice, ...]]:
    """Hand a request to people. A request with an unfinished ticket keeps that one and nobody is told twice."""
    assert request.id is not None
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
    if not keep_new(session, ticket):
        # It has one, or another worker opened one a moment ago: the partial unique index settles it.
        winner = unfinished(session, request.id)
        if winner is None:
            raise IllegalMove("The request changed meanwhile. Please try again.")
        return winner, ()
    assert ticket.id is not None
    facts = {"topic": new.topic, "split_from": new.split_from}
    known = " ".join(f"{name}={value}" for name, value in facts.items() if value is not None)
    detail = clocks.detail(
        priority=new.priority,
        needed_by=new.needed_by,
        policy=policy.version,
        # nights are promised only once a test has woken somebody
        covered=policy.out_of_hours is not None and self_tests.proven(session, now),
    )
    event = write(session, ticket, EventKind.OPENED, cause, now, detail=f"{detail} {known}".strip())
    clocks.refresh(session, ticket, policy, now, clocks.newly_opened(event, policy))
    session.flush()
    return ticket, (TicketOpened(ticket.id, new.priority, page=new.priority is Priority.P1),)


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
    write(session, ticket, EventKind.REQUESTER_MESSAGE, asking, at, message_id=message.id)
    check(session, ticket, Act.REOPEN)
    ticket.state = TicketState.OPEN if ticket.assignee_id is not None else TicketState.NEW
    raised = Priority(message.urgency) if message.urgency else ticket.priority
    if raised.above(ticket.priority):
        ticket.priority = raised
        raising = replace(cause, source_id=f"{cause.source_id}:priority")
        detail = clocks.detail(priority=raised)
        write(session, ticket, EventKind.PRIORITY_CHANGED, raising, at, detail=detail)
    if message.needed_by is not None and message.needed_by > now:
        ticket.needed_by = message.needed_by
        stating = replace(cause, source_id=f"{cause.source_id}:needed_by")
        detail = clocks.detail(needed_by=message.needed_by)
        write(session, ticket, EventKind.NEEDED_BY_SET, stating, at, detail=detail)
    session.add(ticket)
    session.flush()
    event = write(session, ticket, EventKind.REOPENED, cause, at, message_id=message.id)
    finish_request(session, ticket, None)
    clocks.refresh(session, ticket, policy, max(now, at))
    return (TicketReopened(ticket.id, event.id),)


def finish_request(session: Session, ticket: Ticket, at: datetime | None) -> None:
    """Note that the need is met, or that it is not after all; a finished request takes no new conversation."""
    request = session.get_one(HelpRequest, ticket.request_id)
    request.finished_at = at
    session.add(request)
    session.flush()
