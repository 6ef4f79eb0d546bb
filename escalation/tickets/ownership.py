"""Whose a ticket is: claim, acknowledge, hand over, give back.

Each function takes an open session and `now`, is idempotent by its cause's `source_id`, returns the notices
of who must be told, and neither commits nor sends.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col

from escalation import directory
from escalation.errors import AlreadyClaimed, Refused
from escalation.notices import Notice, TicketClaimed, TicketMoved
from escalation.sla import EventKind, Policy
from escalation.tables import UNFINISHED, Ticket
from escalation.tickets import clocks
from escalation.tickets.moves import MOVES, Act
from escalation.tickets.reading import derived, events, number_of
from escalation.tickets.record import Cause, check, perform, seen, write


def claim(
    session: Session, ticket: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Make the actor the owner. Claiming what one owns already changes nothing.

    A ticket that was handed to somebody is theirs to accept; until they have, anybody able may take it.
    Raise AlreadyClaimed with who and when if somebody else has it: one of two experts wins.
    """
    assert ticket.id is not None
    owner, accepted = ticket.assignee_id, derived(session, ticket.id).accepted
    if owner is not None and owner == cause.actor_id and accepted:
        return ()
    if cause.actor_id is None:
        raise Refused("claim_by_nobody", "A ticket is claimed by a person: say who (--as).")
    check(session, ticket, Act.CLAIM)
    if owner is not None and owner != cause.actor_id and accepted:
        raise _taken(session, ticket)
    state = MOVES[Act.CLAIM].leads[ticket.state]
    still = col(Ticket.assignee_id).is_(None) if owner is None else col(Ticket.assignee_id) == owner
    won = session.connection().execute(
        update(Ticket)
        .where(col(Ticket.id) == ticket.id, still)
        .values(assignee_id=cause.actor_id, state=state, version=col(Ticket.version) + 1)
    )
    session.refresh(ticket)
    if cast("CursorResult[Any]", won).rowcount != 1:
        raise _taken(session, ticket)
    write(session, ticket, EventKind.CLAIMED, cause, now)
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
    write(session, ticket, EventKind.ACKNOWLEDGED, cause, now)
    if ticket.assignee_id is not None or ticket.state not in UNFINISHED:
        clocks.refresh(session, ticket, policy, now)
        return ()
    return claim(session, ticket, replace(cause, source_id=f"{cause.source_id}:claim"), policy, now)


def hand_over(
    session: Session, ticket: Ticket, to_id: int, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Give the ticket to somebody else, whose claim is then awaited on a new clock.

    The caller has asked whether that person may work on it and is there.
    """
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    check(session, ticket, Act.HAND_OVER)
    if ticket.assignee_id == to_id:
        name = directory.get_person(session, to_id).name
        number = number_of(ticket.id)
        raise Refused("has_it_already", f"{name} has {number} already. Nothing was changed.", name, number)
    ticket.assignee_id, ticket.snoozed_until = to_id, None
    event = perform(session, ticket, Act.HAND_OVER, cause, now, detail=clocks.detail(assignee=to_id))
    assert event is not None
    clocks.refresh(session, ticket, policy, now)
    return (TicketMoved(ticket.id, event.id, "handed_over"),)


def give_back(
    session: Session, ticket: Ticket, cause: Cause, policy: Policy, now: datetime
) -> tuple[Notice, ...]:
    """Return the ticket to the pool: nobody owns it, and every expert may take it."""
    assert ticket.id is not None
    if seen(session, ticket.id, cause.source_id):
        return ()
    check(session, ticket, Act.RETURN)
    ticket.assignee_id, ticket.snoozed_until = None, None
    event = perform(session, ticket, Act.RETURN, cause, now)
    assert event is not None
    clocks.refresh(session, ticket, policy, now)
    return (TicketMoved(ticket.id, event.id, "returned"),)


def _taken(session: Session, ticket: Ticket) -> AlreadyClaimed:
    assert ticket.id is not None
    taking = (EventKind.CLAIMED.value, EventKind.HANDED_OVER.value)
    claimed = [event for event in events(session, ticket.id) if event.kind in taking]
    owner = directory.get_person(session, ticket.assignee_id or 0)
    since = claimed[-1].occurred_at if claimed else ticket.opened_at
    return AlreadyClaimed(number_of(ticket.id), owner.name, since)
