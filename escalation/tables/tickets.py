"""Requests handed to people: tickets, their events, their clocks and reminders."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Column, Index, Integer, UniqueConstraint, text
from sqlmodel import Field

from escalation.kinds import ReminderState, SubjectKind, TicketState
from escalation.sla import Priority, Target
from escalation.tables.base import Base, by_value, instant, maybe_instant
from escalation.tables.sealed import SealedText

UNFINISHED = (
    TicketState.NEW,
    TicketState.OPEN,
    TicketState.WAITING_REQUESTER,
    TicketState.WAITING_THIRD_PARTY,
)


# Two people changing one ticket at once: the second is told, nothing is lost.
_VERSION = Column("version", Integer, nullable=False)


class Ticket(Base, table=True):
    """A request handed to people. State and assignee mirror the events, which are the record."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index(
            "uq_ticket_unfinished",
            "request_id",
            unique=True,
            sqlite_where=text("state NOT IN ('solved', 'closed', 'cancelled')"),
            postgresql_where=text("state NOT IN ('solved', 'closed', 'cancelled')"),
        ),
        Index(
            "ix_ticket_asleep",
            "snoozed_until",
            sqlite_where=text("snoozed_until IS NOT NULL"),
            postgresql_where=text("snoozed_until IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="help_request.id", index=True)
    state: TicketState = by_value(TicketState, default=TicketState.NEW)
    priority: Priority = by_value(Priority)
    topic: str | None = Field(default=None, max_length=80)
    language: str = Field(max_length=8)
    reason: str = Field(max_length=80, description="why people were asked: wants_human, danger, ...")
    summary: str = Field(default="", sa_type=SealedText, description="masked first words, for lists")
    suggested_id: int | None = Field(default=None, foreign_key="person.id")
    routing_reason: str = Field(default="", max_length=500)
    assignee_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    unverified: bool = False
    first_asked_at: datetime = instant()
    opened_at: datetime = instant()
    needed_by: datetime | None = maybe_instant()
    service: str | None = Field(default=None, max_length=20, description="a kinds.Service")
    snoozed_until: datetime | None = maybe_instant()
    merged_into_id: int | None = Field(
        default=None, index=True, description="the ticket that goes on with it"
    )
    due_at: datetime | None = maybe_instant(index=True)
    version: int = Field(default=1, sa_column=_VERSION)

    __mapper_args__: ClassVar = {"version_id_col": _VERSION}


class TicketEvent(Base, table=True):
    """One thing that happened to a ticket. Nothing is ever changed or removed here."""

    __tablename__ = "ticket_event"
    __table_args__ = (UniqueConstraint("ticket_id", "source_id"),)
    id: str = Field(primary_key=True, max_length=32)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    kind: str = Field(max_length=40)
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    channel: str = Field(max_length=16)
    source_id: str = Field(max_length=200, description="what caused it; the same cause counts once")
    detail: str = Field(default="", max_length=500, description="masked or structural, never a body")
    reason: str = Field(default="", max_length=300, description="why, in the actor's words, masked")
    message_id: str | None = Field(default=None, foreign_key="message.id", max_length=32)
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()


class Clock(Base, table=True):
    """One target running on one subject. Derived from the events; due times are columns."""

    __tablename__ = "clock"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "target", "cycle"),)
    id: int | None = Field(default=None, primary_key=True)
    subject_kind: SubjectKind = by_value(SubjectKind, default=SubjectKind.TICKET)
    subject_id: int = Field(index=True)
    target: Target = by_value(Target)
    cycle: int = 1
    priority: Priority = by_value(Priority)
    started_at: datetime = instant()
    due_at: datetime = instant(index=True)
    stopped_at: datetime | None = maybe_instant()
    breached_at: datetime | None = maybe_instant()
    next_point: str | None = Field(default=None, max_length=24)
    next_point_at: datetime | None = maybe_instant(index=True)


class Reminder(Base, table=True):
    """One reminder, once for ever: the key is unique whatever crashes."""

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "target", "cycle", "point", "recipient"),
        Index("ix_reminder_state_send_at", "state", "send_at"),  # what waits, among all that was ever said
    )
    id: int | None = Field(default=None, primary_key=True)
    subject_kind: SubjectKind = by_value(SubjectKind, default=SubjectKind.TICKET)
    subject_id: int = Field(index=True)
    target: Target = by_value(Target)
    cycle: int
    point: str = Field(max_length=24)
    recipient: str = Field(max_length=80)
    due_at: datetime = instant()
    recorded_at: datetime = instant(index=True)
    state: ReminderState = by_value(ReminderState, default=ReminderState.SENT)
    send_at: datetime = instant()
    settled_at: datetime | None = maybe_instant()
