"""Who may know: seals and the people named, what was opened, holds, erasures, and safe ways to reach somebody."""

from datetime import date, datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field

from escalation.kinds import ChannelName, Standing
from escalation.tables.base import Base, by_value, instant, maybe_instant


class AccessLine(Base, table=True):
    """One opening of something private, written before it is shown. The database refuses to change a line,
    and to remove one before `keep_until`. No foreign keys: a line outlives what it is about."""

    __tablename__ = "access_line"
    id: str = Field(primary_key=True, max_length=32)
    occurred_at: datetime = instant(index=True)
    actor_id: int | None = Field(default=None, index=True, description="None is the operator's terminal")
    channel: str = Field(max_length=16)
    what: str = Field(max_length=40)
    request_id: int | None = Field(default=None, index=True)
    ticket_id: int | None = None
    person_id: int | None = Field(default=None, description="whose data was opened")
    reason: str = Field(max_length=500, description="masked")
    keep_until: datetime = instant()


class Seal(Base, table=True):
    """A request that only the people named for it may know of."""

    __tablename__ = "seal"
    request_id: int = Field(foreign_key="help_request.id", primary_key=True)
    reason: str = Field(max_length=40, description="self_harm, complaint, by_hand")
    sealed_at: datetime = instant()


class NamedPerson(Base, table=True):
    """One person's standing towards one request: named for it, or kept away from it."""

    __tablename__ = "named_person"
    __table_args__ = (UniqueConstraint("request_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    request_id: int = Field(foreign_key="help_request.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    standing: Standing = by_value(Standing)
    added_at: datetime = instant()


class SafeContact(Base, table=True):
    """How to reach the official safely, and who must not know. `body` is a ciphertext bound to this row."""

    __tablename__ = "safe_contact"
    id: str = Field(primary_key=True, max_length=32)
    request_id: int = Field(foreign_key="help_request.id", index=True)
    body: bytes
    recorded_at: datetime = instant()


class SafeChannel(Base, table=True):
    """Where a person whose own channels are not safe is written to. `address` is a ciphertext."""

    __tablename__ = "safe_channel"
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    channel: ChannelName = by_value(ChannelName)
    data_key_id: str = Field(foreign_key="data_key.id", max_length=32)
    address: bytes
    recorded_at: datetime = instant()


class LegalHold(Base, table=True):
    """Nothing of this person, or of this one request, is erased or expires until the hold is released."""

    __tablename__ = "legal_hold"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    request_id: int | None = Field(default=None, foreign_key="help_request.id", index=True)
    author: str = Field(max_length=200)
    reason: str = Field(max_length=500, description="masked")
    review_on: date
    placed_at: datetime = instant()
    released_at: datetime | None = maybe_instant()
    released_by: str | None = Field(default=None, max_length=200)


class Erasure(Base, table=True):
    """What was erased, by number alone: replayed before anything else when an older backup is restored."""

    __tablename__ = "erasure"
    id: str = Field(primary_key=True, max_length=32)
    person_id: int = Field(index=True)
    data_keys: list[str] = Field(default_factory=list, sa_type=JSON)
    person_gone: bool = Field(default=False, description="name, identities and sessions went too")
    erased_at: datetime = instant()
