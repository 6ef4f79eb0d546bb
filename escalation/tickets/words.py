"""What is written on a ticket: an expert's public words and internal notes, and the official's own.

Each function takes an open session and `now`, is idempotent by its cause's `source_id`, returns the notices
of who must be told, and neither commits nor sends.
"""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from escalation.notices import Notice, PublicReply, RequesterWrote, TicketClaimed
from escalation.sla import EventKind, Policy, Priority
from escalation.tables import Message, Ticket, TicketState
from escalation.tickets import clocks, moves
from escalation.tickets.moves import Act, after_event
from escalation.tickets.ownership import claim
from escalation.tickets.record import Cause, check, perform, seen, write


def reply(
    session: Session, ticket: Ticket, message: Message, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Record an expert's public words. Replying to an unclaimed ticket claims it."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    check(session, ticket, Act.REPLY)
    notices: tuple[Notice, ...] = ()
    if ticket.assignee_id is None:
        claiming = replace(cause, source_id=f"{cause.source_id}:claim")
        notices = claim(session, ticket, claiming, policy, now)
    perform(session, ticket, Act.REPLY, cause, now, message_id=message.id)
    clocks.refresh(session, ticket, policy, now)
    # the reply itself says who has taken the case
    told = tuple(notice for notice in notices if not isinstance(notice, TicketClaimed))
    return (*told, PublicReply(ticket.id, message.id))


def takes_replies(ticket: Ticket) -> bool:
    """Tell whether an expert's public words may still go out."""
    return moves.takes_replies(ticket.state)


def note(session: Session, ticket: Ticket, message: Message, cause: Cause, now: datetime) -> None:
    """Keep an internal note with the ticket. No notice: nobody outside ever learns of it."""
    perform(session, ticket, Act.NOTE, cause, now, message_id=message.id)


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
    if seen(session, ticket.id, cause.source_id):
        return ()
    write(session, ticket, EventKind.REQUESTER_MESSAGE, cause, now, message_id=message.id)
    ticket.state = after_event(ticket.state, EventKind.REQUESTER_MESSAGE)
    if ticket.state is TicketState.OPEN and ticket.assignee_id is None:
        ticket.state = TicketState.NEW
    ticket.snoozed_until = None
    notices: list[Notice] = [RequesterWrote(ticket.id, message.id)]
    before, cause_of_change = clocks.promised(session, ticket.id), EventKind.PRIORITY_CHANGED
    if raise_to is not None and raise_to.above(ticket.priority):
        raising = Cause(message.person_id, "message", f"{message.id}:priority", message.occurred_at)
        write(
            session, ticket, EventKind.PRIORITY_CHANGED, raising, now, detail=clocks.detail(priority=raise_to)
        )
        ticket.priority = raise_to
    if message.needed_by is not None and (ticket.needed_by is None or message.needed_by < ticket.needed_by):
        stating = Cause(message.person_id, "message", f"{message.id}:needed_by", message.occurred_at)
        stated = clocks.detail(needed_by=message.needed_by)
        write(session, ticket, EventKind.NEEDED_BY_SET, stating, now, detail=stated)
        ticket.needed_by = message.needed_by
        cause_of_change = EventKind.NEEDED_BY_SET
    session.add(ticket)
    session.flush()
    clocks.refresh(session, ticket, policy, now)
    notices += clocks.change_of_promise(session, ticket.id, before, cause_of_change, message.id)
    return tuple(notices)
