"""Another policy on open tickets: what it would move, and moving it. Nothing moves unless somebody says so."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from escalation import request_log
from escalation.identifiers import new_id
from escalation.notices import Notice
from escalation.rows import insert_new
from escalation.sla import EventKind, Policy, Priority
from escalation.sla.preview import Shift, shifts
from escalation.tables import UNFINISHED, Ticket, TicketEvent
from escalation.tickets import clocks
from escalation.tickets.reading import number_of


@dataclass(frozen=True, slots=True)
class Moves:
    """What a policy would move on one open ticket."""

    ticket_id: int
    number: str
    priority: Priority
    shifts: tuple[Shift, ...]


def open_tickets(session: Session) -> tuple[int, ...]:
    """Return every ticket that is still worked on, the oldest first."""
    return tuple(
        ticket_id
        for ticket_id in session.exec(
            select(Ticket.id).where(col(Ticket.state).in_(UNFINISHED)).order_by(col(Ticket.id))
        ).all()
        if ticket_id is not None
    )


def preview(session: Session, ticket_id: int, policy: Policy, now: datetime) -> Moves:
    """Return what applying the policy to this ticket would move."""
    ticket = session.get_one(Ticket, ticket_id)
    log = clocks.log_of(session, ticket)
    before = clocks.policy_of(session, log, policy)
    moved = shifts(before, policy, clocks.facts_of(ticket, log), log, now)
    return Moves(ticket_id, number_of(ticket_id), ticket.priority, moved)


def apply(
    session: Session, ticket_id: int, policy: Policy, now: datetime, *, actor_id: int | None = None
) -> tuple[Notice, ...]:
    """Put an open ticket under this saved policy, once. What was paused stays paused, what is late stays late."""
    if not policy.version:
        raise ValueError("only a saved policy can be applied")
    ticket = session.get_one(Ticket, ticket_id)
    request_log.lock_request(session, ticket.request_id)
    session.refresh(ticket)
    before = clocks.promised(session, ticket_id)
    event = TicketEvent(
        id=new_id(now),
        ticket_id=ticket_id,
        kind=EventKind.POLICY_APPLIED.value,
        actor_id=actor_id,
        channel="terminal",
        source_id=f"policy:{policy.version}",
        detail=clocks.detail(policy=policy.version),
        occurred_at=now,
        recorded_at=now,
    )
    if ticket.state not in UNFINISHED or not insert_new(session, event):
        return ()
    clocks.refresh(session, ticket, policy, now)
    return clocks.change_of_promise(session, ticket_id, before, EventKind.POLICY_APPLIED, event.id)


__all__ = ["Moves", "apply", "open_tickets", "preview"]
