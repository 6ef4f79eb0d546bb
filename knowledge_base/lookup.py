"""Read documents, versions and passages back: what pages, citations and lists show.

A document's public id is its slug and language, such as "doxing-en". Functions take an open
session and change nothing.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from knowledge_base.documents import Source, from_json
from knowledge_base.errors import DocumentNotFound, VersionNotFound
from knowledge_base.synonyms import Synonym
from knowledge_base.tables import Document, DocumentState, DocumentVersion, Passage, VersionState
from knowledge_base.tables import Synonym as SynonymRow


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document with its published version or, before any was published, its newest one."""

    document_id: str
    slug: str
    language: str
    title: str
    kind: str
    state: str
    version: int
    passages: int
    topics: tuple[str, ...]
    jurisdiction: tuple[str, ...]
    visibility: tuple[str, ...]
    owner: str
    reviewed: bool
    review_date: dt.date | None
    sources: tuple[Source, ...]
    source_name: str
    created_at: dt.datetime
    published_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    source_address: str = ""
    licence: str = ""
    expires: dt.date | None = None
    handling: str = ""
    organisation: str = ""
    phone: str = ""
    hours: str = ""
    region: str = ""
    last_verified: dt.date | None = None
    # The newest version, where it is not the one that is shown: a draft that waits.
    draft: int | None = None


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage as a page shows it, in the order of `position`."""

    passage_id: int
    document_id: str
    version: int
    position: int
    kind: str
    heading: tuple[str, ...]
    step: int | None
    page_label: str | None
    page_index: int | None
    recommendation: str | None
    language: str
    jurisdiction: tuple[str, ...]
    text: str
    withdrawn_at: dt.datetime | None

    @property
    def anchor(self) -> str:
        return f"p{self.passage_id}"


def find_document(session: Session, document_id: str) -> DocumentSummary | None:
    """Return a document by its public id, or None."""
    row = find_row(session, *_parts(document_id))
    return _summary(session, row) if row else None


def get_document(session: Session, document_id: str) -> DocumentSummary:
    """Return a document by its public id; raise DocumentNotFound."""
    return _summary(session, get_row(session, document_id))


def list_documents(session: Session) -> tuple[DocumentSummary, ...]:
    """Return every document, in the order of slug and language."""
    rows = session.exec(select(Document).order_by(col(Document.slug), col(Document.language))).all()
    return tuple(_summary(session, row) for row in rows)


def is_empty(session: Session) -> bool:
    """Tell whether the library holds no document at all."""
    return session.exec(select(Document.id).limit(1)).first() is None


def get_passages(session: Session, document_id: str, version: int | None = None) -> tuple[PassageView, ...]:
    """Return the passages of a version in order; by default of the published or newest one.

    Raise DocumentNotFound or VersionNotFound.
    """
    row = get_row(session, document_id)
    found = _shown(session, row) if version is None else get_version(session, row, version)
    passages = session.exec(
        select(Passage).where(col(Passage.version_id) == found.id).order_by(col(Passage.position))
    ).all()
    return tuple(_view(row, found, passage) for passage in passages)


def get_passage(session: Session, passage_id: int) -> PassageView | None:
    """Return one passage of any version, or None when there is none of that id."""
    found = session.exec(
        select(Document, DocumentVersion, Passage)
        .join(DocumentVersion, col(DocumentVersion.document_id) == col(Document.id))
        .join(Passage, col(Passage.version_id) == col(DocumentVersion.id))
        .where(col(Passage.id) == passage_id)
    ).one_or_none()
    return _view(*found) if found else None


def withdrawn_among(session: Session, passage_ids: Iterable[int], *, hold: bool = False) -> frozenset[int]:
    """Return those of the passages that may not be quoted: withdrawn, retired or gone.

    With `hold`, nothing that may be quoted can be withdrawn until the caller's transaction ends: a
    withdrawal waits for the answer, and then finds it in the outbox. SQLite has one writer anyway.
    """
    asked = frozenset(passage_ids)
    query = (
        select(Passage.id)
        .join(DocumentVersion, col(DocumentVersion.id) == col(Passage.version_id))
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .where(
            col(Passage.id).in_(asked),
            col(Document.state) == DocumentState.PUBLISHED,
            col(DocumentVersion.withdrawn_at).is_(None),
        )
    )
    if hold:
        query = query.with_for_update(read=True, of=Document)
    return asked.difference(passage_id for passage_id in session.exec(query).all() if passage_id is not None)


def recalled_among(session: Session, passage_ids: Iterable[int]) -> frozenset[int]:
    """Return those of the passages that were withdrawn or purged; what was only retired stays quoted."""
    asked = frozenset(passage_ids)
    standing = session.exec(
        select(Passage.id)
        .join(DocumentVersion, col(DocumentVersion.id) == col(Passage.version_id))
        .where(col(Passage.id).in_(asked), col(DocumentVersion.withdrawn_at).is_(None))
    ).all()
    return asked.difference(passage_id for passage_id in standing if passage_id is not None)


def list_synonyms(session: Session) -> tuple[Synonym, ...]:
    """Return the admins' synonyms, in the order of language and phrase."""
    rows = session.exec(
        select(SynonymRow).order_by(col(SynonymRow.language), col(SynonymRow.phrase), col(SynonymRow.meaning))
    ).all()
    return tuple(Synonym(row.language, row.phrase, row.meaning) for row in rows)


def review_dates(session: Session) -> dict[int, dt.date]:
    """Return when each published document is to be reviewed next, by its number; those without a date are left out."""
    rows = session.exec(
        select(col(Document.id), col(Document.review_date)).where(
            Document.state == DocumentState.PUBLISHED, col(Document.review_date).is_not(None)
        )
    ).all()
    return {number: day for number, day in rows if number is not None and day is not None}


def review_owners(session: Session) -> dict[int, str]:
    """Return who keeps each published document that has a review date, by its number."""
    rows = session.exec(
        select(col(Document.id), col(Document.owner)).where(
            Document.state == DocumentState.PUBLISHED,
            col(Document.review_date).is_not(None),
            col(Document.owner) != "",
        )
    ).all()
    return {number: owner for number, owner in rows if number is not None}


def title_of(session: Session, document_id: int) -> str | None:
    """Return a document's title, or None when it is gone."""
    return session.exec(select(Document.title).where(Document.id == document_id)).first()


def find_row(session: Session, slug: str, language: str) -> Document | None:
    """Return the row of a document, or None."""
    return session.exec(
        select(Document).where(col(Document.slug) == slug, col(Document.language) == language)
    ).one_or_none()


def get_row(session: Session, document_id: str) -> Document:
    """Return the row of a document by its public id; raise DocumentNotFound."""
    row = find_row(session, *_parts(document_id))
    if row is None:
        raise DocumentNotFound(document_id)
    return row


def get_version(session: Session, row: Document, number: int | None) -> DocumentVersion:
    """Return a version by number, or the newest; raise VersionNotFound."""
    if number is None:
        found = newest_version(session, row)
    else:
        found = session.exec(
            select(DocumentVersion).where(
                col(DocumentVersion.document_id) == row.id, col(DocumentVersion.number) == number
            )
        ).one_or_none()
    if found is None:
        raise VersionNotFound(public_id(row), number or 1)
    return found


def list_versions_of(session: Session, row: Document) -> tuple[DocumentVersion, ...]:
    """Return the versions of a document, the newest first."""
    query = select(DocumentVersion).where(col(DocumentVersion.document_id) == row.id)
    return tuple(session.exec(query.order_by(col(DocumentVersion.number).desc())).all())


def newest_version(session: Session, row: Document) -> DocumentVersion | None:
    """Return the version with the highest number, or None."""
    return session.exec(
        select(DocumentVersion)
        .where(col(DocumentVersion.document_id) == row.id)
        .order_by(col(DocumentVersion.number).desc())
        .limit(1)
    ).one_or_none()


def published_version(session: Session, row: Document) -> DocumentVersion | None:
    """Return the version that is out, or None."""
    return session.exec(
        select(DocumentVersion).where(
            col(DocumentVersion.document_id) == row.id,
            col(DocumentVersion.state) == VersionState.PUBLISHED,
        )
    ).one_or_none()


def _shown(session: Session, row: Document) -> DocumentVersion:
    return published_version(session, row) or get_version(session, row, None)


def count_passages(session: Session, version: DocumentVersion) -> int:
    """Return how many passages a version has."""
    return session.exec(
        select(func.count()).select_from(Passage).where(col(Passage.version_id) == version.id)
    ).one()


def _summary(session: Session, row: Document) -> DocumentSummary:
    version = _shown(session, row)
    newest = newest_version(session, row)
    waits = newest is not None and newest.id != version.id and newest.state is VersionState.DRAFT
    about = from_json(version.structure).attributes
    return DocumentSummary(
        document_id=public_id(row),
        slug=row.slug,
        language=row.language,
        title=row.title,
        kind=row.kind.value,
        state=row.state.value,
        version=version.number,
        passages=count_passages(session, version),
        topics=row.topics,
        jurisdiction=row.jurisdiction,
        visibility=row.visibility,
        owner=row.owner,
        reviewed=row.reviewed,
        review_date=row.review_date,
        sources=about.sources,
        source_name=version.source_name,
        created_at=version.created_at,
        published_at=version.published_at,
        withdrawn_at=version.withdrawn_at,
        source_address=about.source_address,
        licence=about.licence,
        expires=about.expires,
        handling=about.handling,
        organisation=about.organisation,
        phone=about.phone,
        hours=about.hours,
        region=about.region,
        last_verified=about.last_verified,
        draft=newest.number if newest and waits else None,
    )


def _view(row: Document, version: DocumentVersion, passage: Passage) -> PassageView:
    return PassageView(
        passage_id=row_id(passage),
        document_id=public_id(row),
        version=version.number,
        position=passage.position,
        kind=passage.kind.value,
        heading=passage.heading,
        step=passage.step,
        page_label=passage.page_label,
        page_index=passage.page_index,
        recommendation=passage.recommendation,
        language=passage.language,
        jurisdiction=passage.jurisdiction,
        text=passage.text,
        withdrawn_at=version.withdrawn_at,
    )


def row_id(row: Document | DocumentVersion | Passage) -> int:
    """Return the id of a row that has been flushed."""
    if row.id is None:
        raise ValueError("the row has not been flushed")
    return row.id


def public_id(row: Document) -> str:
    """Return the id that the world outside uses."""
    return f"{row.slug}-{row.language}"


def _parts(document_id: str) -> tuple[str, str]:
    slug, _, language = document_id.rpartition("-")
    return slug, language
