"""Reminders: one row per (subject, clock, cycle, point, recipient), for ever.

The unique key, not the schedule, decides whether somebody is reminded.
"""

from datetime import datetime

from sqlmodel import Session, col, func, select

from escalation.kinds import ReminderState
from escalation.notices import RemindersDue
from escalation.reminders.release import release, waiting
from escalation.reminders.sweep import BATCH, record_due, record_near
from escalation.sla import Policy
from escalation.tables import Clock, Reminder


def take_out(session: Session, policy: Policy, now: datetime) -> tuple[RemindersDue, ...]:
    """Return what each recipient is told now, together with what they would hear in the next ten minutes."""
    record_near(session, policy, now, waiting(session, now))
    return release(session, now)


def due(session: Session, now: datetime) -> bool:
    """Tell whether any clock has come to a point, or anybody may be told now what had to wait."""
    point = select(Clock.id).where(col(Clock.next_point_at) <= now).limit(1)
    if session.exec(point).first() is not None:
        return True
    # The earliest is one step into the index. "Any that is due" PostgreSQL would look for through all that was ever said.
    held = session.exec(select(func.min(Reminder.send_at)).where(Reminder.state == ReminderState.HELD)).one()
    return held is not None and held <= now


__all__ = ["BATCH", "due", "record_due", "take_out"]
