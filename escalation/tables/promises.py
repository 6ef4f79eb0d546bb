"""What the hub promises itself and others: versions of its policy, escalations under way, plans, tests."""

from datetime import datetime

from sqlalchemy import JSON, Text, UniqueConstraint
from sqlmodel import Field

from escalation.kinds import PolicyOrigin, SubjectKind
from escalation.sla import Priority
from escalation.tables.base import Base, by_value, instant, maybe_instant


class PolicyVersion(Base, table=True):
    """One version of the hub's policy, as it was written. Rows are never changed; the last one is in force."""

    __tablename__ = "policy_version"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(sa_type=Text)
    origin: PolicyOrigin = by_value(PolicyOrigin)
    note: str = Field(default="", max_length=200)
    saved_by: int | None = Field(default=None, foreign_key="person.id")
    saved_at: datetime = instant()


class Chain(Base, table=True):
    """One escalation under way. `steps` are those of the policy on the day it began: an edit moves none of it."""

    __tablename__ = "chain"
    __table_args__ = (UniqueConstraint("subject_kind", "subject_id", "cycle"),)
    id: int | None = Field(default=None, primary_key=True)
    subject_kind: SubjectKind = by_value(SubjectKind, default=SubjectKind.TICKET)
    subject_id: int = Field(index=True)
    cycle: int = 1
    priority: Priority = by_value(Priority)
    steps: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    rearm_seconds: int = 0
    step: int = 0
    sends: int = 0
    lap: int = 0
    started_at: datetime = instant()
    last_sent_at: datetime | None = maybe_instant()
    next_at: datetime | None = maybe_instant(index=True)
    acknowledged_at: datetime | None = maybe_instant()
    stopped_at: datetime | None = maybe_instant()


class ChainEntry(Base, table=True):
    """One thing an escalation did: sent, skipped, acknowledged, armed again, stopped."""

    __tablename__ = "chain_entry"
    id: int | None = Field(default=None, primary_key=True)
    chain_id: int = Field(foreign_key="chain.id", index=True)
    at: datetime = instant()
    kind: str = Field(max_length=20)
    step: int
    words: str = Field(default="", max_length=300)


class FollowUp(Base, table=True):
    """One step of a follow-up plan: somebody looks in again, whether or not the ticket is solved."""

    __tablename__ = "follow_up"
    __table_args__ = (UniqueConstraint("ticket_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", index=True)
    number: int
    accepted_at: datetime = instant()
    due_at: datetime = instant()
    done_at: datetime | None = maybe_instant()
    done_by: int | None = Field(default=None, foreign_key="person.id")
    skipped: bool = False
    note: str = Field(default="", max_length=500, description="masked: what was found, or why it was skipped")


class SelfTest(Base, table=True):
    """One marked test of the way to a person. It is no ticket, so it counts in no figure."""

    __tablename__ = "self_test"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    started_at: datetime = instant(index=True)
    daily: bool = False
    channel: str = Field(default="", max_length=16, description="how the page went out")
    outbox_id: str | None = Field(default=None, max_length=32)
    acknowledged_at: datetime | None = maybe_instant()
    acknowledged_how: str = Field(default="", max_length=80)
