"""Documents and their versions: add, publish, retire, withdraw, and read back.

Functions take an open session and `now`; they flush, never commit. One document, one
transaction: that is the caller's part. A document's public id is its slug and language,
such as "doxing-en".
"""

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from sqlalchemy import update
from sqlmodel import Session, col, select

from knowledge_base.documents import PassageKind, StructuredDocument, from_json, to_json
from knowledge_base.generations import (
    Library,
    build_generation,
    current_generation,
    kept,
    load,
    understood,
    with_drafts,
)
from knowledge_base.language import SUPPORTED, detect
from knowledge_base.lookup import (
    DocumentSummary,
    PassageView,
    count_passages,
    find_document,
    find_row,
    get_document,
    get_passage,
    get_passages,
    get_row,
    get_version,
    list_documents,
    list_synonyms,
    newest_version,
    public_id,
    row_id,
    withdrawn_among,
)
from knowledge_base.passages import cut
from knowledge_base.synonyms import Synonym
from knowledge_base.tables import Document, DocumentState, DocumentVersion, Passage, VersionState
from knowledge_base.tables import Synonym as SynonymRow
from knowledge_base.tokens import ANALYSIS_VERSION, analyse

# Callers know one module: what is read, what is written, and the index of it.
__all__ = [
    "Added",
    "DocumentSummary",
    "Library",
    "PassageView",
    "add",
    "add_synonym",
    "build_generation",
    "current_generation",
    "find_document",
    "get_document",
    "get_passage",
    "get_passages",
    "kept",
    "list_documents",
    "list_synonyms",
    "load",
    "publish",
    "retire",
    "understood",
    "with_drafts",
    "withdraw",
    "withdrawn_among",
]

# A section in the other language is told from a quotation or a list of names by its length.
_WORDS_TO_TELL_LANGUAGE = 30

_SUFFIX = re.compile(r"[-_.](en|fr)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Added:
    """What adding did. `changed` is false when the library held the same text already."""

    document_id: str
    version: int
    changed: bool
    passages: int


def add(
    session: Session,
    document: StructuredDocument,
    *,
    source_name: str,
    by: str,
    now: dt.datetime,
    publish: bool = True,
) -> Added:
    """Add a document, or a new version of the one with the same slug and language.

    A text that the newest version holds already changes nothing, but publishes that
    version if it is a draft and `publish` is true.
    """
    attributes = document.attributes
    slug = _slug(attributes.slug or _SUFFIX.sub("", PurePosixPath(source_name).stem)) or "document"
    language = document.language or detect("\n".join(block.text for block in document.blocks))
    document = replace(document, language=language, attributes=replace(attributes, slug=slug))
    row = find_row(session, slug, language)
    if row is None:
        row = Document(
            slug=slug,
            language=language,
            kind=attributes.kind,
            title=document.title,
            visibility=attributes.visibility,
            topics=attributes.topics,
            jurisdiction=attributes.jurisdiction,
            owner=attributes.owner,
            reviewed=attributes.reviewed,
            review_date=attributes.review_date,
            state=DocumentState.DRAFT,
            created_at=now,
            changed_at=now,
        )
        session.add(row)
        session.flush()
    structure = to_json(replace(document, source_bytes=0, warnings=()))
    content_hash = hashlib.sha256(structure.encode()).hexdigest()
    newest = newest_version(session, row)
    if newest is not None and newest.content_hash == content_hash:
        changed = publish and newest.state is VersionState.DRAFT
        if changed:
            _publish(session, row, newest, now)
        return Added(public_id(row), newest.number, changed, count_passages(session, newest))
    version = DocumentVersion(
        document_id=row_id(row),
        number=newest.number + 1 if newest else 1,
        state=VersionState.DRAFT,
        title=document.title,
        content_hash=content_hash,
        structure=structure,
        source_name=source_name,
        source_bytes=document.source_bytes,
        created_at=now,
        created_by=by,
    )
    session.add(version)
    session.flush()
    passages = _passages(document, row_id(version))
    session.add_all(passages)
    session.flush()
    if publish:
        _publish(session, row, version, now)
    return Added(public_id(row), version.number, True, len(passages))


def publish(session: Session, document_id: str, now: dt.datetime, *, version: int | None = None) -> None:
    """Make a version, by default the newest, what the library says; an older one rolls back."""
    row = get_row(session, document_id)
    _publish(session, row, get_version(session, row, version), now)


def retire(session: Session, document_id: str, now: dt.datetime) -> None:
    """Take a document out of new answers; old answers that cite it stay as they are."""
    row = get_row(session, document_id)
    row.state, row.changed_at = DocumentState.RETIRED, now
    session.add(row)
    session.flush()


def withdraw(session: Session, document_id: str, now: dt.datetime) -> None:
    """Take a document out of every answer at once; old answers that cite it are marked."""
    row = get_row(session, document_id)
    row.state, row.changed_at = DocumentState.WITHDRAWN, now
    session.add(row)
    session.flush()
    session.exec(
        update(DocumentVersion)
        .where(col(DocumentVersion.document_id) == row_id(row), col(DocumentVersion.withdrawn_at).is_(None))
        .values(withdrawn_at=now)
    )


def add_synonym(session: Session, synonym: Synonym, *, by: str, now: dt.datetime) -> None:
    """Add a synonym; one that is there already stays as it is."""
    known = session.exec(
        select(SynonymRow).where(
            col(SynonymRow.language) == synonym.language,
            col(SynonymRow.phrase) == synonym.phrase,
            col(SynonymRow.meaning) == synonym.meaning,
        )
    ).one_or_none()
    if known is None:
        session.add(
            SynonymRow(
                language=synonym.language,
                phrase=synonym.phrase,
                meaning=synonym.meaning,
                created_at=now,
                created_by=by,
            )
        )
        session.flush()


def _publish(session: Session, row: Document, version: DocumentVersion, now: dt.datetime) -> None:
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
    document = from_json(version.structure)
    attributes = document.attributes
    version.state, version.published_at, version.withdrawn_at = VersionState.PUBLISHED, now, None
    row.state, row.changed_at, row.title = DocumentState.PUBLISHED, now, document.title
    row.kind, row.owner = attributes.kind, attributes.owner
    row.visibility, row.topics, row.jurisdiction = (
        attributes.visibility,
        attributes.topics,
        attributes.jurisdiction,
    )
    row.reviewed, row.review_date = attributes.reviewed, attributes.review_date
    session.add_all([row, version])
    session.flush()


def _passages(document: StructuredDocument, version_id: int) -> list[Passage]:
    rows = []
    for draft in cut(document):
        words = len(draft.text.split())
        language = document.language
        if words >= _WORDS_TO_TELL_LANGUAGE and draft.kind is not PassageKind.SOURCE:
            told = detect(draft.text)
            language = told if told in SUPPORTED else language
        rows.append(
            Passage(
                version_id=version_id,
                position=draft.position,
                kind=draft.kind,
                step=draft.step,
                heading=draft.heading,
                page_index=draft.page_index,
                page_label=draft.page_label,
                recommendation=draft.recommendation,
                language=language,
                jurisdiction=draft.jurisdiction,
                text=draft.text,
                words=words,
                stems=" ".join(analyse(draft.text, language)),
                analysis=ANALYSIS_VERSION,
            )
        )
    return rows


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100]


def review_dates(session: Session) -> dict[int, dt.date]:
    """Return when each published document is to be reviewed next, by its number; those without a date are left out."""
    rows = session.exec(
        select(col(Document.id), col(Document.review_date)).where(
            Document.state == DocumentState.PUBLISHED, col(Document.review_date).is_not(None)
        )
    ).all()
    return {number: day for number, day in rows if number is not None and day is not None}


def title_of(session: Session, document_id: int) -> str | None:
    """Return a document's title, or None when it is gone."""
    return session.exec(select(Document.title).where(Document.id == document_id)).first()
