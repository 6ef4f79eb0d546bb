"""The outbox: what must be sent is a row, written with the state that caused it.

Each destination has its own order, handed out under its row lock; its lowest unfinished row goes
first, and a dead row releases the next. Urgent rows wait for nothing. At least once by design.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import CursorResult, and_, exists, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from escalation.rows import insert_new
from escalation.tables import Citation, Lane, OutboxDestination, OutboxMessage, OutboxState

STALE_AFTER = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(hours=24)
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=15)
_UNFINISHED = (OutboxState.PENDING, OutboxState.CLAIMED)


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """One message to send, sealed. The same `dedupe_key` is enqueued once for ever."""

    id: str
    dedupe_key: str
    channel: str
    address: str
    kind: str
    data_key_id: str
    body: bytes
    lane: Lane = Lane.NORMAL
    ahead: bool = False
    request_id: int | None = None
    message_id: str | None = None
    ticket_id: int | None = None


def add(session: Session, delivery: NewDelivery, now: datetime) -> bool:
    """Enqueue a delivery at the end of its destination's order; False when it is there already."""
    if session.exec(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == delivery.dedupe_key)).first():
        return False
    destination_id, sequence = _next_in(session, delivery.channel, delivery.address)
    return insert_new(
        session,
        OutboxMessage(
            id=delivery.id,
            dedupe_key=delivery.dedupe_key,
            channel=delivery.channel,
            destination_id=destination_id,
            sequence=sequence,
            lane=delivery.lane,
            ahead=delivery.ahead,
            kind=delivery.kind,
            data_key_id=delivery.data_key_id,
            body=delivery.body,
            request_id=delivery.request_id,
            message_id=delivery.message_id,
            ticket_id=delivery.ticket_id,
            created_at=now,
            next_attempt_at=now,
        ),
    )


def _next_in(session: Session, channel: str, address: str) -> tuple[int, int]:
    """Return a destination, made now if it is new, and its next number, under its row's lock."""
    here = {"channel": channel, "address": address}
    row = session.connection().execute(_numbering(session.get_bind().dialect.name), here).one()
    return row.id, row.last_sequence


@cache
def _numbering(dialect: str) -> Any:
    table = cast(Any, OutboxDestination).__table__
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    return (
        insert.values(last_sequence=1)
        .on_conflict_do_update(
            index_elements=[table.c.channel, table.c.address],
            set_={"last_sequence": table.c.last_sequence + 1},
        )
        .returning(table.c.id, table.c.last_sequence)
    )


def claim(
    session: Session, channel: str, worker: str, now: datetime, *, urgent_only: bool = False
) -> OutboxMessage | None:
    """Take the next row that may be sent on this channel, urgent ones first; None when there is none."""
    earlier = aliased(OutboxMessage)
    blocked = exists().where(
        and_(
            col(earlier.destination_id) == col(OutboxMessage.destination_id),
            col(earlier.lane) == Lane.NORMAL,
            col(earlier.sequence) < col(OutboxMessage.sequence),
            col(earlier.state).in_(_UNFINISHED),
        )
    )
    candidate = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.channel == channel,
            OutboxMessage.state == OutboxState.PENDING,
            OutboxMessage.next_attempt_at <= now,
            col(OutboxMessage.lane) == Lane.URGENT
            if urgent_only
            else or_(col(OutboxMessage.lane) == Lane.URGENT, ~blocked),
        )
        .order_by(
            col(OutboxMessage.lane).desc(),
            col(OutboxMessage.ahead).desc(),
            col(OutboxMessage.created_at),
            col(OutboxMessage.id),
        )
        .limit(1)
    )
    chosen = session.exec(candidate).first()
    if chosen is None:
        return None
    taken = session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id) == chosen, col(OutboxMessage.state) == OutboxState.PENDING)
        .values(
            state=OutboxState.CLAIMED,
            claimed_by=worker,
            claimed_at=now,
            attempts=col(OutboxMessage.attempts) + 1,
        )
    )
    if cast("CursorResult[Any]", taken).rowcount != 1:
        return None
    return session.exec(select(OutboxMessage).where(OutboxMessage.id == chosen)).one()


def has_due(session: Session, channel: str, now: datetime, *, urgent_only: bool = False) -> bool:
    """Tell, without writing, whether anything on this channel may be due."""
    due = select(OutboxMessage.id).where(
        OutboxMessage.channel == channel,
        OutboxMessage.state == OutboxState.PENDING,
        OutboxMessage.next_attempt_at <= now,
    )
    if urgent_only:
        due = due.where(OutboxMessage.lane == Lane.URGENT)
    return session.exec(due.limit(1)).first() is not None


def mark_sent(session: Session, row_id: str, worker: str, external_id: str | None, now: datetime) -> bool:
    """Record that the carrier took it; False when the claim had run out meanwhile."""
    return _finish(
        session,
        row_id,
        worker,
        state=OutboxState.SENT,
        external_id=external_id,
        finished_at=now,
        last_error=None,
    )


def mark_retry(
    session: Session, row: OutboxMessage, worker: str, reason: str, now: datetime, retry_after: float | None
) -> bool:
    """Record a passing failure and when to try again; after a day of failures the row is dead."""
    if now - row.created_at > GIVE_UP_AFTER:
        return mark_dead(session, row.id, worker, reason, now)
    wait = min(_FIRST_WAIT * 2 ** min(row.attempts - 1, 16), _LONGEST_WAIT)
    if retry_after is not None:
        wait = max(timedelta(seconds=retry_after), _FIRST_WAIT)
    return _finish(
        session,
        row.id,
        worker,
        state=OutboxState.PENDING,
        next_attempt_at=now + wait,
        last_error=reason[:200],
    )


def mark_dead(session: Session, row_id: str, worker: str, reason: str, now: datetime) -> bool:
    """Record a lasting failure; the next row of the destination may go."""
    return _finish(session, row_id, worker, state=OutboxState.DEAD, finished_at=now, last_error=reason[:200])


def _finish(session: Session, row_id: str, worker: str, **values: Any) -> bool:
    result = session.connection().execute(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.id) == row_id,
            col(OutboxMessage.state) == OutboxState.CLAIMED,
            col(OutboxMessage.claimed_by) == worker,
        )
        .values(**values)
    )
    return cast("CursorResult[Any]", result).rowcount == 1


def release_stale(session: Session, now: datetime) -> int:
    """Give back rows whose worker died after claiming them; return how many."""
    result = session.connection().execute(
        update(OutboxMessage)
        .where(
            col(OutboxMessage.state) == OutboxState.CLAIMED,
            col(OutboxMessage.claimed_at) <= now - STALE_AFTER,
        )
        .values(state=OutboxState.PENDING, next_attempt_at=now)
    )
    return cast("CursorResult[Any]", result).rowcount


def cancel_quoting(
    session: Session, passage_ids: Collection[int], now: datetime
) -> tuple[OutboxMessage, ...]:
    """Cancel pending rows whose message quotes one of the passages; return them."""
    quoting = select(Citation.message_id).where(col(Citation.passage_id).in_(passage_ids))
    cancelled = session.connection().execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.state) == OutboxState.PENDING, col(OutboxMessage.message_id).in_(quoting))
        .values(state=OutboxState.CANCELLED, finished_at=now)
        .returning(col(OutboxMessage.id))
    )
    ids = [row.id for row in cancelled]
    found = select(OutboxMessage).where(col(OutboxMessage.id).in_(ids)).order_by(col(OutboxMessage.id))
    return tuple(session.exec(found.execution_options(populate_existing=True)).all())


def passages_quoted(session: Session, row: OutboxMessage) -> frozenset[int]:
    """Return the passages that the message of a delivery quotes."""
    if row.message_id is None:
        return frozenset()
    return frozenset(
        session.exec(select(Citation.passage_id).where(Citation.message_id == row.message_id)).all()
    )


def mark_cancelled(session: Session, row_id: str, worker: str, now: datetime) -> bool:
    """Record that a claimed row is not to be sent; the next row of the destination may go."""
    return _finish(session, row_id, worker, state=OutboxState.CANCELLED, finished_at=now)


def external_id_of(session: Session, row_id: str) -> str | None:
    """Return the carrier's id of a row that was sent, or None."""
    return session.exec(select(OutboxMessage.external_id).where(OutboxMessage.id == row_id)).first()


def row_id_of(session: Session, dedupe_key: str) -> str | None:
    """Return the id of the row enqueued under this key, or None."""
    return session.exec(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == dedupe_key)).first()


def ticket_of(session: Session, channel: str, external_id: str) -> int | None:
    """Return the ticket that a message we sent is about, by the carrier's id of that message."""
    return session.exec(
        select(OutboxMessage.ticket_id).where(
            OutboxMessage.channel == channel,
            OutboxMessage.external_id == external_id,
            col(OutboxMessage.ticket_id).is_not(None),
        )
    ).first()


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Return since when the oldest unsent row has waited, retries included, or None."""
    return session.exec(
        select(func.min(OutboxMessage.created_at)).where(
            col(OutboxMessage.state).in_(_UNFINISHED), OutboxMessage.created_at <= now
        )
    ).first()
