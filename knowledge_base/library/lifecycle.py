"""The life of a document: published, rolled back, retired, withdrawn, expired, purged.

Functions take an open session and `now`; they flush, never commit. Each leaves a line in the history.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from knowledge_base.documents import StructuredDocument, from_json
from knowledge_base.errors import NotPublishable
from knowledge_base.library import events, material
from knowledge_base.library.events import Act
from knowledge_base.lookup import get_row, get_version, public_id, row_id
from knowledge_base.tables import (
    ApprovedAnswer,
    Document,
    DocumentState,
    DocumentVersion,
    Passage,
    VersionState,
)


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge removed."""

    document_id: str
    passages: tuple[int, ...]
    versions: int


def publish(
    session: Session,
    document_id: str,
    now: dt.datetime,
    *,
    version: int | None = None,
    by: str = "operator",
) -> int:
    """Make a version, by default the newest, what the library says; an older one rolls back.

    Return its number. Raise NotPublishable for a draft that still holds its material.
    """
    row = get_row(session, document_id)
    found = get_version(session, row, version)
    make_published(session, row, found, by, now)
    return found.number


def make_published(
    session: Session, row: Document, version: DocumentVersion, by: str, now: dt.datetime
) -> None:
    """Publish a version whose row is at hand; see `publish`."""
    document = from_json(version.structure)
    if material.holds(document):
        raise NotPublishable(
            f"{public_id(row)} version {version.number} still holds its material: remove that section first"
        )
    expires = document.attributes.expires
    if expires is not None and expires < now.date():
        raise NotPublishable(f"{public_id(row)} expired on {expires.isoformat()}: give it a later day first")
    back = version.state is VersionState.SUPERSEDED
    # Before the new one: the database allows one published version at a time.
    session.exec(
        update(DocumentVersion)
        .where(
            col(DocumentVersion.document_id) == row_id(row),
            col(DocumentVersion.id) != version.id,
            col(DocumentVersion.state) == VersionState.PUBLISHED,
        )
        .values(state=VersionState.SUPERSEDED)
    )
    version.state, version.published_at, version.withdrawn_at = VersionState.PUBLISHED, now, None
    row.state, row.changed_at = DocumentState.PUBLISHED, now
    describe(row, document)
    session.add_all([row, version])
    material.drop(session, row)
    act = Act.ROLLED_BACK if back else Act.PUBLISHED
    events.note(session, act, by, now, document=public_id(row), version=version.number)


def describe(row: Document, document: StructuredDocument) -> None:
    """Let a row say about its document what a version of it says."""
    attributes = document.attributes
    row.title, row.kind, row.owner = document.title, attributes.kind, attributes.owner
    row.visibility, row.topics = attributes.visibility, attributes.topics
    row.jurisdiction = attributes.jurisdiction
    row.reviewed, row.review_date = attributes.reviewed, attributes.review_date
    row.original, row.expires = attributes.original, attributes.expires
    row.handling = attributes.handling[:80]


def retire(session: Session, document_id: str, now: dt.datetime, *, by: str = "operator") -> None:
    """Take a document out of new answers; old answers that cite it stay as they are."""
    row = get_row(session, document_id)
    _leave(session, row, DocumentState.RETIRED, now)
    events.note(session, Act.RETIRED, by, now, document=public_id(row))


def withdraw(
    session: Session, document_id: str, now: dt.datetime, *, by: str = "operator", reason: str = ""
) -> tuple[int, ...]:
    """Take a document out of every answer at once; old answers that cite it are marked.

    Return the passages of all its versions, for whoever must stop what quotes them.
    """
    row = get_row(session, document_id)
    _leave(session, row, DocumentState.WITHDRAWN, now)
    session.exec(
        update(DocumentVersion)
        .where(col(DocumentVersion.document_id) == row_id(row), col(DocumentVersion.withdrawn_at).is_(None))
        .values(withdrawn_at=now)
    )
    events.note(session, Act.WITHDRAWN, by, now, document=public_id(row), detail=reason)
    return passages_of(session, row)


def retire_expired(session: Session, now: dt.datetime, today: dt.date) -> tuple[str, ...]:
    """Retire what was only good until a day that has passed; return the documents."""
    rows = session.exec(
        select(Document).where(col(Document.state) == DocumentState.PUBLISHED, col(Document.expires) < today)
    ).all()
    for row in rows:
        _leave(session, row, DocumentState.RETIRED, now)
        events.note(session, Act.EXPIRED, "desk", now, document=public_id(row))
    return tuple(public_id(row) for row in rows)


def has_expired(session: Session, today: dt.date) -> bool:
    """Tell, without writing, whether `retire_expired` has something to do."""
    found = session.exec(
        select(Document.id)
        .where(col(Document.state) == DocumentState.PUBLISHED, col(Document.expires) < today)
        .limit(1)
    ).first()
    return found is not None


def purge(session: Session, document_id: str, now: dt.datetime, *, by: str, reason: str) -> Purged:
    """Remove a document with every version and passage for good. The history keeps its id alone.

    The caller removes the excerpts that were quoted from the passages this returns.
    """
    row = get_row(session, document_id)
    passages = passages_of(session, row)
    versions = session.exec(
        select(DocumentVersion.id).where(col(DocumentVersion.document_id) == row_id(row))
    ).all()
    for table, condition in (
        (Passage, col(Passage.version_id).in_(versions)),
        (DocumentVersion, col(DocumentVersion.document_id) == row_id(row)),
        (ApprovedAnswer, col(ApprovedAnswer.document_id) == row_id(row)),
        (Document, col(Document.id) == row_id(row)),
    ):
        session.exec(delete(table).where(condition))
    events.note(session, Act.PURGED, by, now, document=document_id, detail=reason)
    return Purged(document_id, passages, len(versions))


def passages_of(session: Session, row: Document) -> tuple[int, ...]:
    """Return the ids of the passages of every version."""
    found = session.exec(
        select(Passage.id)
        .join(DocumentVersion, col(DocumentVersion.id) == col(Passage.version_id))
        .where(col(DocumentVersion.document_id) == row_id(row))
        .order_by(col(Passage.id))
    ).all()
    return tuple(one for one in found if one is not None)


def _leave(session: Session, row: Document, state: DocumentState, now: dt.datetime) -> None:
    row.state, row.changed_at = state, now
    session.add(row)
    session.flush()
