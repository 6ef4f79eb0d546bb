"""Take out what is on record and may be said now: one message for each recipient, P1 always alone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, cast

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from escalation.kinds import ReminderState, SubjectKind
from escalation.notices import ReminderItem, RemindersDue
from escalation.roster import person_of
from escalation.sla import Priority
from escalation.tables import Clock, FollowUp, Reminder, Ticket

MOST_ALONE = 50
_Key = tuple[SubjectKind, int, str, int]


def waiting(session: Session, now: datetime) -> frozenset[str]:
    """Return who would be told something by `release` at this moment."""
    return frozenset(
        session.exec(
            select(Reminder.recipient)
            .where(Reminder.state == ReminderState.HELD, Reminder.send_at <= now)
            .distinct()
        ).all()
    )


def release(session: Session, now: datetime) -> tuple[RemindersDue, ...]:
    """Return what each recipient is told now, and record that it was said or that it no longer matters.

    A clock that stopped, paused or changed hands meanwhile says nothing; of several points of one clock the
    latest is said.
    """
    rows = session.exec(
        select(Reminder)
        .where(Reminder.state == ReminderState.HELD, Reminder.send_at <= now)
        .order_by(col(Reminder.recipient), col(Reminder.due_at), col(Reminder.id))
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return ()
    clocks = _clocks(session, rows)
    tickets = _tickets(session, rows)
    notices: list[RemindersDue] = []
    said: list[int] = []
    dropped: list[int] = []
    for recipient, group in groupby(rows, key=lambda row: row.recipient):
        latest: dict[_Key, Reminder] = {}
        for row in group:
            key = _key(row)
            if key in latest:
                dropped.append(latest[key].id or 0)
            latest[key] = row
        items: list[tuple[Reminder, ReminderItem]] = []
        for key, row in latest.items():
            item = _item(row, clocks.get(key), tickets, now)
            if item is None:
                dropped.append(row.id or 0)
            else:
                items.append((row, item))
        alone = [(row, item) for row, item in items if item.priority is Priority.P1]
        room = max(0, MOST_ALONE - len(notices))
        for row, item in alone[:room]:
            notices.append(RemindersDue(recipient, (item,)))
            said.append(row.id or 0)
        together = [(row, item) for row, item in items if item.priority is not Priority.P1]
        if together:
            notices.append(RemindersDue(recipient, tuple(item for _, item in together)))
            said += (row.id or 0 for row, _ in together)
    _settle(session, said, ReminderState.SENT, now)
    _settle(session, dropped, ReminderState.DROPPED, now)
    return tuple(notices)


def _item(
    row: Reminder, clock: Clock | None, tickets: dict[tuple[SubjectKind, int], Ticket], now: datetime
) -> ReminderItem | None:
    ticket = tickets.get((row.subject_kind, row.subject_id))
    if clock is None or clock.stopped_at is not None or clock.next_point_at is None:
        return None
    person = person_of(row.recipient)
    former = ticket is not None and person is not None and ticket.assignee_id not in (None, person)
    if former and row.point.partition("~")[0] in ("50", "75"):
        return None  # it was theirs when this was due, and is somebody else's now
    return ReminderItem(
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        ticket_id=ticket.id if ticket else None,
        target=row.target,
        point=row.point.partition("~")[0],
        full_point=row.point,
        cycle=row.cycle,
        due_at=clock.due_at,
        breached=clock.due_at <= now,
        priority=ticket.priority if ticket else clock.priority,
    )


def _clocks(session: Session, rows: Sequence[Reminder]) -> dict[_Key, Clock]:
    found = session.exec(
        select(Clock).where(col(Clock.subject_id).in_({row.subject_id for row in rows}))
    ).all()
    return {(clock.subject_kind, clock.subject_id, clock.target, clock.cycle): clock for clock in found}


_Subject = tuple[SubjectKind, int]


def _tickets(session: Session, rows: Sequence[Reminder]) -> dict[_Subject, Ticket]:
    subjects = {(row.subject_kind, row.subject_id) for row in rows}
    own = {subject_id for kind, subject_id in subjects if kind is SubjectKind.TICKET}
    plans = {subject_id for kind, subject_id in subjects if kind is SubjectKind.FOLLOW_UP}
    found: dict[_Subject, Ticket] = {
        (SubjectKind.TICKET, ticket.id or 0): ticket
        for ticket in session.exec(select(Ticket).where(col(Ticket.id).in_(own))).all()
    }
    for follow_up_id, ticket in session.exec(
        select(FollowUp.id, Ticket)
        .join(Ticket, col(Ticket.id) == col(FollowUp.ticket_id))
        .where(col(FollowUp.id).in_(plans))
    ).all():
        found[(SubjectKind.FOLLOW_UP, follow_up_id or 0)] = ticket
    return found


def _key(row: Reminder) -> _Key:
    return (row.subject_kind, row.subject_id, row.target, row.cycle)


def _settle(session: Session, ids: Iterable[int], state: ReminderState, now: datetime) -> None:
    wanted = list(ids)
    if wanted:
        done = session.connection().execute(
            update(Reminder)
            .where(col(Reminder.id).in_(wanted), col(Reminder.state) == ReminderState.HELD)
            .values(state=state, settled_at=now)
        )
        assert cast("CursorResult[Any]", done).rowcount == len(wanted)
