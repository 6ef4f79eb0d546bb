"""The sweep: which clocks have reached a point that nobody was told of.

One row per (subject, clock, cycle, point, recipient), for ever: the unique key, not the schedule,
decides whether somebody is reminded. After an outage each clock yields its latest point only.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from escalation import request_log
from escalation.notices import ReminderDue
from escalation.rows import insert_new
from escalation.sla import ClockState, Policy
from escalation.tables import Clock, Reminder, SubjectKind, Ticket
from escalation.tickets import clocks

_BATCH = 500
_EXPERTS = "experts"
_LEADS = "leads"
_EARLY = ("50", "75")


def sweep(session: Session, policy: Policy, now: datetime) -> tuple[ReminderDue, ...]:
    """Record every reminder that is due at `now` and return who must be told. Idempotent."""
    due = session.exec(
        select(Clock.subject_id)
        .where(
            Clock.subject_kind == SubjectKind.TICKET,
            col(Clock.next_point_at).is_not(None),
            col(Clock.next_point_at) <= now,
        )
        .order_by(col(Clock.next_point_at))
        .limit(_BATCH)
    ).all()
    notices: list[ReminderDue] = []
    for ticket_id in dict.fromkeys(due):
        ticket = session.get(Ticket, ticket_id)
        if ticket is None:
            continue
        request_log.lock_request(session, ticket.request_id)
        session.refresh(ticket)
        for state in clocks.states(session, ticket, policy, now):
            notices += _record(session, ticket, state, now)
        clocks.refresh(session, ticket, policy, now)
    return tuple(notices)


def _record(session: Session, ticket: Ticket, state: ClockState, now: datetime) -> list[ReminderDue]:
    if state.reached is None or ticket.id is None:
        return []
    notices = []
    for recipient in _recipients(ticket, state.reached.name):
        key = (
            Reminder.subject_kind == SubjectKind.TICKET,
            Reminder.subject_id == ticket.id,
            Reminder.target == state.target,
            Reminder.cycle == state.cycle,
            Reminder.point == state.reached.name,
            Reminder.recipient == recipient,
        )
        reminder = Reminder(
            subject_kind=SubjectKind.TICKET,
            subject_id=ticket.id,
            target=state.target,
            cycle=state.cycle,
            point=state.reached.name,
            recipient=recipient,
            due_at=state.reached.at,
            recorded_at=now,
            send_at=now,
            settled_at=now,
        )
        if not insert_new(session, reminder):
            continue
        stored = session.exec(select(Reminder.id).where(*key)).one()
        notices.append(
            ReminderDue(
                reminder_id=stored or 0,
                ticket_id=ticket.id,
                target=state.target,
                point=state.reached.name.partition("~")[0],
                full_point=state.reached.name,
                cycle=state.cycle,
                due_at=state.due_at,
                recipient=recipient,
                breached=state.due_at <= now,
            )
        )
    return notices


def _recipients(ticket: Ticket, point: str) -> tuple[str, ...]:
    """Return who is reminded: the owner, or every expert while nobody owns it; late, the leads too."""
    first = _EXPERTS if ticket.assignee_id is None else f"person:{ticket.assignee_id}"
    return (first,) if point.partition("~")[0] in _EARLY else (first, _LEADS)
