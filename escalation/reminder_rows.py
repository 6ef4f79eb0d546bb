"""Write reminders: the unique key decides whether one is new, whoever else is writing."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from escalation.kinds import ReminderState, SubjectKind
from escalation.sla import Target
from escalation.tables import Reminder

_AT_ONCE = 200


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


def record(session: Session, reminders: Sequence[NewReminder], now: datetime) -> tuple[NewReminder, ...]:
    """Store those that are new, and return them; what is on record already is told to nobody twice."""
    table = cast(Any, Reminder).__table__
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    keys = ("subject_kind", "subject_id", "target", "cycle", "point", "recipient")
    by_key = {tuple(getattr(reminder, key) for key in keys): reminder for reminder in reminders}
    unique = tuple(by_key.values())
    new: list[NewReminder] = []
    for start in range(0, len(unique), _AT_ONCE):
        values = [
            {
                **asdict(reminder),
                "recorded_at": now,
                "settled_at": None if reminder.state is ReminderState.HELD else now,
            }
            for reminder in unique[start : start + _AT_ONCE]
        ]
        insert = dialect.insert(table).values(values).on_conflict_do_nothing()
        returned = session.connection().execute(insert.returning(*(table.c[key] for key in keys)))
        new += (by_key[tuple(row)] for row in returned)
    return tuple(new)
