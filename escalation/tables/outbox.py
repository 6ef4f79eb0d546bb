"""Everything that leaves: one row per message, one sequence per destination."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from escalation.kinds import Lane, OutboxState
from escalation.tables.base import Base, by_value, instant, maybe_instant


class OutboxDestination(Base, table=True):
    """The row whose lock hands out sequence numbers for one destination."""

    __tablename__ = "outbox_destination"
    __table_args__ = (UniqueConstraint("channel", "address"),)
    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=16)
    address: str = Field(max_length=1000)
    last_sequence: int = 0


class OutboxMessage(Base, table=True):
    """One delivery. `body` is a sealed Outbound; `dedupe_key` makes enqueueing idempotent."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("destination_id", "sequence"),
        Index("ix_outbox_message_due", "channel", "state", "next_attempt_at"),
    )
    id: str = Field(primary_key=True, max_length=32)
    dedupe_key: str = Field(unique=True, max_length=300)
    channel: str = Field(max_length=16)
    destination_id: int = Field(foreign_key="outbox_destination.id", index=True)
    sequence: int
    lane: Lane = by_value(Lane, default=Lane.NORMAL)
    ahead: bool = Field(default=False, description="goes before other urgent rows: a flood can't hold it up")
    kind: str = Field(max_length=40)
    data_key_id: str = Field(foreign_key="data_key.id", max_length=32)
    body: bytes
    request_id: int | None = Field(default=None, foreign_key="help_request.id", index=True)
    message_id: str | None = Field(default=None, foreign_key="message.id", max_length=32, index=True)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", index=True)
    state: OutboxState = by_value(OutboxState, default=OutboxState.PENDING)
    attempts: int = 0
    created_at: datetime = instant()
    next_attempt_at: datetime = instant()
    claimed_by: str | None = Field(default=None, max_length=32)
    claimed_at: datetime | None = maybe_instant()
    finished_at: datetime | None = maybe_instant()
    external_id: str | None = Field(default=None, max_length=1000)
    last_error: str | None = Field(default=None, max_length=200)
