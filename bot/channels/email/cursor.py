"""How far the mailbox has been read, kept in the database."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine
from sqlmodel import Session, select

from bot.database import reading, transaction
from bot.tables import MailboxCursor


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last UID dealt with, in one numbering of the folder; zero for a folder never read."""

    uid_validity: int = 0
    last_uid: int = 0


class CursorStore(Protocol):
    """Where the cursor is kept."""

    def load(self) -> Cursor:
        """Return the cursor, or a zero one."""
        ...

    def save(self, cursor: Cursor) -> None:
        """Keep the cursor."""
        ...


class DatabaseCursor:
    """The cursor of one mailbox folder, as a row."""

    def __init__(self, engine: Engine, mailbox: str, folder: str) -> None:
        self._engine = engine
        self._mailbox = mailbox
        self._folder = folder

    def load(self) -> Cursor:
        """Return the cursor, or a zero one."""
        with reading(self._engine) as session:
            row = self._row(session)
            return Cursor(row.uid_validity, row.last_uid) if row else Cursor()

    def save(self, cursor: Cursor) -> None:
        """Keep the cursor, in a transaction of its own."""
        with transaction(self._engine) as session:
            row = self._row(session) or MailboxCursor(mailbox=self._mailbox, folder=self._folder)
            row.uid_validity, row.last_uid = cursor.uid_validity, cursor.last_uid
            session.add(row)

    def _row(self, session: Session) -> MailboxCursor | None:
        return session.exec(
            select(MailboxCursor).where(
                MailboxCursor.mailbox == self._mailbox,
                MailboxCursor.folder == self._folder,
            )
        ).first()
