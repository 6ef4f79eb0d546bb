"""Clocks as rows: worked out from a ticket's events, stored so that a sweep finds what is due."""

from datetime import datetime

from sqlmodel import Session, col, select

from escalation.sla import ClockState, Event, EventKind, Policy, Priority, TicketFacts, clocks, read_detail
from escalation.tables import Clock, Reminder, SubjectKind, Ticket, TicketEvent

_STRUCTURED = frozenset(
    {
        EventKind.OPENED,
        EventKind.PRIORITY_CHANGED,
        EventKind.HANDED_OVER,
        EventKind.NEEDED_BY_SET,
        EventKind.ABSORBED,
    }
)


def states(session: Session, ticket: Ticket, policy: Policy, now: datetime) -> tuple[ClockState, ...]:
    """Return every clock of the ticket as it stands at `now`, from its events alone."""
    rows = session.exec(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)).all()
    facts = TicketFacts(first_asked_at=ticket.first_asked_at)
    return clocks(policy, facts, [_event(row) for row in rows], now)


def refresh(session: Session, ticket: Ticket, policy: Policy, now: datetime) -> tuple[ClockState, ...]:
    """Write the ticket's clocks to their rows, and its nearest due instant to the ticket."""
    assert ticket.id is not None
    known = {(row.target, row.cycle): row for row in rows_of(session, ticket.id)}
    reminded = _reminded(session, ticket.id)
    current = states(session, ticket, policy, now)
    for state in current:
        row = known.get((state.target, state.cycle)) or Clock(
            subject_kind=SubjectKind.TICKET,
            subject_id=ticket.id,
            target=state.target,
            cycle=state.cycle,
            priority=state.priority,
            started_at=state.started_at,
            due_at=state.due_at,
        )
        row.priority, row.started_at, row.due_at = state.priority, state.started_at, state.due_at
        row.stopped_at, row.breached_at = state.stopped_at, state.breached_at
        reached = state.reached
        if reached is not None and (state.target, state.cycle, reached.name) not in reminded:
            row.next_point, row.next_point_at = reached.name, reached.at
        else:
            row.next_point, row.next_point_at = state.next_point, state.next_point_at
        session.add(row)
    running = [state.due_at for state in current if state.running]
    due_at = min(running) if running else None
    if ticket.due_at != due_at:
        ticket.due_at = due_at
        session.add(ticket)
    session.flush()
    return current


def rows_of(session: Session, ticket_id: int) -> tuple[Clock, ...]:
    """Return the clock rows of a ticket, the earliest due first."""
    return tuple(
        session.exec(
            select(Clock)
            .where(Clock.subject_kind == SubjectKind.TICKET, Clock.subject_id == ticket_id)
            .order_by(col(Clock.due_at), col(Clock.id))
        ).all()
    )


def _reminded(session: Session, ticket_id: int) -> frozenset[tuple[str, int, str]]:
    rows = session.exec(
        select(Reminder.target, Reminder.cycle, Reminder.point).where(
            Reminder.subject_kind == SubjectKind.TICKET, Reminder.subject_id == ticket_id
        )
    ).all()
    return frozenset((target, cycle, point) for target, cycle, point in rows)


def _event(row: TicketEvent) -> Event:
    event = Event(
        kind=row.kind,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        actor=row.actor_id,
        source_id=row.source_id,
        detail=row.detail if row.kind in _STRUCTURED else "",
    )
    return read_detail(event)


def detail(
    *, priority: Priority | None = None, assignee: int | None = None, needed_by: datetime | None = None
) -> str:
    """Return the stored form of an event's structured fields."""
    words = {
        "priority": priority.value if priority else None,
        "assignee": assignee,
        "needed_by": needed_by.isoformat() if needed_by else None,
    }
    return " ".join(f"{key}={value}" for key, value in words.items() if value is not None)
