"""Who did what to the library, and when."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from knowledge_base.tables import LibraryEvent


class Act(StrEnum):
    """What can be done to the library."""

    ADDED = "added"
    CHANGED = "changed"
    PUBLISHED = "published"
    ROLLED_BACK = "rolled_back"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"
    PURGED = "purged"
    EXPIRED = "expired"
    MATCHED = "matched"
    MATERIAL_TAKEN_BACK = "material_taken_back"
    SYNONYM_ADDED = "synonym_added"
    SYNONYM_REMOVED = "synonym_removed"
    ANSWER_APPROVED = "answer_approved"
    ANSWER_REMOVED = "answer_removed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done. `by` is who, in the words of whoever called the library."""

    occurred_at: dt.datetime
    by: str
    act: Act
    document: str
    version: int | None
    detail: str


def note(
    session: Session,
    act: Act,
    by: str,
    now: dt.datetime,
    *,
    document: str = "",
    version: int | None = None,
    detail: str = "",
) -> None:
    """Add a line to the history."""
    session.add(
        LibraryEvent(
            occurred_at=now, by=by[:200], act=act.value, document=document, version=version, detail=detail
        )
    )
    session.flush()


def history(session: Session, document: str | None = None, *, limit: int = 200) -> tuple[Event, ...]:
    """Return what was done, the latest first; of one document, or of the whole library."""
    query = select(LibraryEvent).order_by(col(LibraryEvent.id).desc()).limit(limit)
    if document is not None:
        query = query.where(col(LibraryEvent.document) == document)
    return tuple(
        Event(row.occurred_at, row.by, Act(row.act), row.document, row.version, row.detail)
        for row in session.exec(query).all()
    )


def last_purge(session: Session) -> dt.datetime | None:
    """Return when something was last purged, or None."""
    return session.exec(
        select(LibraryEvent.occurred_at)
        .where(col(LibraryEvent.act) == Act.PURGED.value)
        .order_by(col(LibraryEvent.id).desc())
        .limit(1)
    ).first()
