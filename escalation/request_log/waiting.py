"""Messages that wait for an answer: who works on which, and what nobody has answered."""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, or_, update
from sqlmodel import Session, col, select

from escalation.tables import Message, MessageState

CLAIM = timedelta(seconds=30)
UNANSWERED_AFTER = timedelta(seconds=60)


def claim(session: Session, message_id: str, worker: str, now: datetime) -> Message | None:
    """Take a pending message for this worker; None when it is handled or somebody else has it."""
    return session.scalars(
        update(Message)
        .where(
            col(Message.id) == message_id,
            col(Message.state) == MessageState.PENDING,
            or_(col(Message.claimed_until).is_(None), col(Message.claimed_until) <= now),
        )
        .values(claimed_by=worker, claimed_until=now + CLAIM, attempts=col(Message.attempts) + 1)
        .returning(Message),
        execution_options={"synchronize_session": False},
    ).one_or_none()


def finish(session: Session, message_id: str, worker: str, now: datetime) -> bool:
    """Mark a message handled; False when this worker's claim ran out and another took it."""
    result = session.connection().execute(
        update(Message)
        .where(
            col(Message.id) == message_id,
            col(Message.state) == MessageState.PENDING,
            col(Message.claimed_by) == worker,
        )
        .values(state=MessageState.HANDLED, handled_at=now)
    )
    return cast("CursorResult[Any]", result).rowcount == 1


def close_pending(session: Session, message_id: str, now: datetime) -> None:
    """Take a message off the pending list, whoever holds it: people have it now."""
    session.connection().execute(
        update(Message)
        .where(col(Message.id) == message_id, col(Message.state) == MessageState.PENDING)
        .values(state=MessageState.HANDLED, handled_at=now)
    )


def release(session: Session, message_id: str, worker: str, retry_at: datetime) -> None:
    """Give a claimed message back, to be tried again from `retry_at`."""
    session.connection().execute(
        update(Message)
        .where(col(Message.id) == message_id, col(Message.claimed_by) == worker)
        .values(claimed_until=retry_at)
    )


def pending(session: Session, now: datetime, limit: int, *, not_before: datetime) -> tuple[str, ...]:
    """Return the ids of messages that wait for an answer and that nobody holds, oldest first.

    What arrived after `not_before` is left to the process that accepted it.
    """
    return tuple(
        session.exec(
            select(Message.id)
            .where(
                Message.state == MessageState.PENDING,
                Message.recorded_at <= not_before,
                or_(col(Message.claimed_until).is_(None), col(Message.claimed_until) <= now),
            )
            .order_by(col(Message.recorded_at))
            .limit(limit)
        ).all()
    )


def unanswered(session: Session, recorded_before: datetime, now: datetime) -> tuple[str, ...]:
    """Return the ids of messages that no attempt has answered since `recorded_before`."""
    return tuple(
        session.exec(
            select(Message.id).where(
                Message.state == MessageState.PENDING,
                Message.recorded_at <= recorded_before,
                Message.attempts > 0,
                or_(col(Message.claimed_until).is_(None), col(Message.claimed_until) <= now),
            )
        ).all()
    )
