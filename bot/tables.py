"""Transport state: browser sessions, sign-in links, mailbox cursors, the vault's fingerprint, beats."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, MetaData, UniqueConstraint, update
from sqlalchemy.orm import registry
from sqlalchemy_utc import UtcDateTime
from sqlmodel import Field, Session, SQLModel, col

from escalation.rows import insert_new

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """Give every table of this package the same MetaData."""


class BrowserSession(Base, table=True):
    """One browser. Only a hash of its cookie is kept. `person_id` is set once somebody signed in."""

    __tablename__ = "browser_session"
    id: str = Field(primary_key=True, max_length=64, description="SHA-256 of the cookie's token")
    person_id: int | None = Field(default=None, index=True)
    demonstration: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    seen_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    expires_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


class SignInLink(Base, table=True):
    """A one-time way in. Only a hash of the token is kept."""

    __tablename__ = "sign_in_link"
    id: str = Field(primary_key=True, max_length=64, description="SHA-256 of the link's token")
    person_id: int = Field(index=True)
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    expires_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime, nullable=True)


class MailboxCursor(Base, table=True):
    """How far one mailbox folder has been read."""

    __tablename__ = "mailbox_cursor"
    __table_args__ = (UniqueConstraint("mailbox", "folder"),)
    id: int | None = Field(default=None, primary_key=True)
    mailbox: str = Field(max_length=320)
    folder: str = Field(max_length=200)
    uid_validity: int = 0
    last_uid: int = 0


class MasterKey(Base, table=True):
    """The fingerprint of the master key that this database is sealed under.

    `earlier` is sealed under it: what still proves mail that was signed before the key was changed.
    """

    __tablename__ = "master_key"
    fingerprint: str = Field(primary_key=True, max_length=32)
    earlier: bytes | None = None
    created_at: datetime = Field(sa_type=UtcDateTime, nullable=False)


SWEEP = "reminders"  # the beat of the clocks' sweep


class Beat(Base, table=True):
    """When a periodic task last ran to its end."""

    __tablename__ = "beat"
    name: str = Field(primary_key=True, max_length=40)
    at: datetime = Field(sa_type=UtcDateTime, nullable=False)


def note_beat(session: Session, name: str, at: datetime) -> None:
    """Say when a task ran. Several workers may say so at once: one row is what comes of it."""
    told = session.connection().execute(update(Beat).where(col(Beat.name) == name).values(at=at))
    if cast("CursorResult[Any]", told).rowcount == 0:
        insert_new(session, Beat(name=name, at=at))
