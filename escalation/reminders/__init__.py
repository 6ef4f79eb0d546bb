"""Reminders: one row per (subject, clock, cycle, point, recipient), for ever.

The unique key, not the schedule, decides whether somebody is reminded.
"""

from datetime import datetime

from sqlmodel import Session

from escalation.notices import RemindersDue
from escalation.reminders.release import release, waiting
from escalation.reminders.sweep import BATCH, record_due, record_near
from escalation.sla import Policy


def take_out(session: Session, policy: Policy, now: datetime) -> tuple[RemindersDue, ...]:
    """Return what each recipient is told now, together with what they would hear in the next ten minutes."""
    record_near(session, policy, now, waiting(session, now))
    return release(session, now)


__all__ = ["BATCH", "record_due", "take_out"]
