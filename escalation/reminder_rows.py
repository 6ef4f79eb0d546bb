"""Write reminders: the unique key decides whether one is new, whoever else is writing."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from escalation.kinds import ReminderState, SubjectKind
from escalation.sla import Target
from escalation.tables import Reminder

_KEYS = ("subject_kind", "subject_id", "target", "cycle", "point", "recipient")


@dataclass(frozen=True, slots=True)
class NewReminder:
    """One point of one clock for one recipient."""

    subject_kind: SubjectKind
    subject_id: int
    target: Target
    cycle: int
    point: str
    recipient: str
    due_at: datetime
    send_at: datetime
    state: ReminderState


_FIELDS = tuple(field.name for field in fields(NewReminder))


def record(session: Session, reminders: Sequence[NewReminder], now: datetime) -> tuple[NewReminder, ...]:
    """Store those that are new, and return them; what is on record already is told to nobody twice."""
    by_key = {tuple(getattr(reminder, key) for key in _KEYS): reminder for reminder in reminders}
    if not by_key:
        return ()
    values = [
        {
            **{name: getattr(reminder, name) for name in _FIELDS},
            "recorded_at": now,
            "settled_at": None if reminder.state is ReminderState.HELD else now,
        }
        for reminder in by_key.values()
    ]
    returned = session.connection().execute(_insert(session.get_bind().dialect.name), values)
    return tuple(by_key[tuple(row)] for row in returned)


@cache
def _insert(dialect: str) -> Any:
    """Return the statement, the same for any number of rows: one with its values in it is made anew each time."""
    table = cast(Any, Reminder).__table__
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return insert.on_conflict_do_nothing().returning(*(table.c[key] for key in _KEYS))
