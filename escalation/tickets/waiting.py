"""Waiting: for the official, for somebody outside, or for a better moment.

Each function takes an open session and `now`, is idempotent by its cause's `source_id`, returns the notices
of who must be told, and neither commits nor sends.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from escalation.errors import Refused
from escalation.notices import Notice, TicketMoved
from escalation.sla import EventKind, Policy
from escalation.tables import UNFINISHED, HelpRequest, Ticket
from escalation.tickets import clocks
from escalation.tickets.moves import Act
from escalation.tickets.reading import derived, events, number_of
from escalation.tickets.record import Cause, check, perform, seen


def wait_for_requester(
    session: Session, ticket: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Wait for the official's answer: what is promised for later pauses until they write."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    check(session, ticket, Act.WAIT_FOR_REQUESTER)
    if not any(event.kind == EventKind.PUBLIC_REPLY for event in events(session, ticket.id)):
        number = number_of(ticket.id)
        words = f"Nobody has written to the official of {number} yet: ask them something first."
        raise Refused("asked_nothing", words, number)
    event = perform(session, ticket, Act.WAIT_FOR_REQUESTER, cause, now)
    assert event is not None
    clocks.refresh(session, ticket, policy, now)
    return (TicketMoved(ticket.id, event.id, "waits_for_official"),)


def wait_for_third_party(
    session: Session, ticket: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Wait for somebody outside: the reason says for whom. The official is told that the work goes on."""
    assert ticket.id is not None
    if not cause.reason.strip() and not seen(session, ticket.id, cause.source_id):
        raise Refused("wait_for_whom", "Say for whom or what it waits.")
    event = perform(session, ticket, Act.WAIT_FOR_THIRD_PARTY, cause, now)
    if event is None:
        return ()
    clocks.refresh(session, ticket, policy, now)
    return (TicketMoved(ticket.id, event.id, "waits_for_third_party", official="ticket_waits"),)


def resume(
    session: Session, ticket: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Take up the work again."""
    assert ticket.id is not None
    event = perform(session, ticket, Act.RESUME, cause, now)
    if event is None:
        return ()
    clocks.refresh(session, ticket, policy, now)
    return (TicketMoved(ticket.id, event.id, "resumed"),)


def snooze(
    session: Session, ticket: Ticket, until: datetime, cause: Cause, now: datetime
) -> tuple[Notice, ...]:
    """Put the ticket at the end of its owner's list until a moment that no promise comes before.

    No clock minds: nothing that was promised is put off, and the official's next word ends it.
    """
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    number = number_of(ticket.id)
    check(session, ticket, Act.SNOOZE)
    if until <= now:
        raise Refused("past", "That moment is over. Choose a later one.")
    if ticket.due_at is not None and until > ticket.due_at:
        raise Refused(
            "snooze_past_due",
            f"{number} can't sleep past its next promise, due {ticket.due_at:%d %B %H:%M} UTC.",
            number,
        )
    ticket.snoozed_until = until
    perform(session, ticket, Act.SNOOZE, cause, now, detail=f"until={until.isoformat()}")
    return ()


def sleepers_due(session: Session, now: datetime) -> bool:
    """Tell whether any ticket's sleep is over and nobody was told."""
    return (
        session.exec(select(Ticket.id).where(col(Ticket.snoozed_until) <= now).limit(1)).first() is not None
    )


def wake(session: Session, now: datetime, *, limit: int = 50) -> tuple[Notice, ...]:
    """End the sleep of tickets whose moment has come, and return the notices for their people.

    Two workers never wake the same one.
    """
    due = session.exec(
        select(Ticket)
        .join(HelpRequest, col(HelpRequest.id) == col(Ticket.request_id))
        .where(col(Ticket.snoozed_until) <= now)
        .order_by(col(Ticket.snoozed_until), col(Ticket.id))
        .limit(limit)
        .with_for_update(of=HelpRequest, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    notices: list[Notice] = []
    for ticket in due:
        until, ticket.snoozed_until = ticket.snoozed_until, None
        session.add(ticket)
        if ticket.state in UNFINISHED and until is not None:
            notices.append(TicketMoved(ticket.id or 0, f"{ticket.id}:{until.isoformat()}", "woke"))
    session.flush()
    return tuple(notices)


def asleep(session: Session, ticket: Ticket, now: datetime) -> bool:
    """Tell whether the ticket still sleeps."""
    until = derived(session, ticket.id or 0).snoozed_until
    return until is not None and until > now
