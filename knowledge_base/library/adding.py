"""Add a document to the library, as a draft version that may be published at once."""

import datetime as dt
import re
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from knowledge_base.documents import Attributes, StructuredDocument, to_json
from knowledge_base.errors import NotTaken
from knowledge_base.language import SUPPORTED, detect
from knowledge_base.library import events, lifecycle, naming
from knowledge_base.library.events import Act
from knowledge_base.library.passage_rows import hash_of, passage_rows
from knowledge_base.lookup import (
    count_passages,
    find_row,
    newest_version,
    public_id,
    published_version,
    row_id,
)
from knowledge_base.tables import Document, DocumentState, DocumentVersion, VersionState

_VISIBLE_TO = re.compile(r"public|member|hub|city:[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Added:
    """What adding did. `changed` is false when the library held the same text already.

    `first`: the library had no such document before. `published`: what was added is what answers quote now.
    """

    document_id: str
    version: int
    changed: bool
    passages: int
    first: bool = False
    published: bool = False


def add(
    session: Session,
    document: StructuredDocument,
    *,
    source_name: str,
    by: str,
    now: dt.datetime,
    publish: bool = True,
    source_hash: str = "",
) -> Added:
    """Add a document, or a new version of the one with the same slug and language.

    A text that the newest version, or the published one, holds already changes nothing, but publishes the
    newest if it is a draft and `publish` is true. Raise NotTaken when the document says of itself what can't be kept.
    """
    document = _named(document, source_name)
    row = find_row(session, document.attributes.slug, document.language)
    first = row is None
    if row is None:
        row = _new(document, now)
        session.add(row)
        session.flush()
    structure = to_json(replace(document, source_bytes=0, warnings=()))
    content_hash = hash_of(structure)
    newest = newest_version(session, row)
    if newest is not None and newest.content_hash == content_hash:
        changed = publish and newest.state is VersionState.DRAFT
        if source_hash and newest.source_hash != source_hash:
            newest.source_hash = source_hash
            session.add(newest)
        if changed:
            lifecycle.make_published(session, row, newest, by, now)
        known = count_passages(session, newest)
        return Added(public_id(row), newest.number, changed, known, published=_answers(row, newest))
    said = published_version(session, row)
    if said is not None and said.content_hash == content_hash:
        # What answers quote already: a draft that waits is not overtaken by an old file.
        known = count_passages(session, said)
        return Added(public_id(row), said.number, False, known, published=_answers(row, said))
    version = DocumentVersion(
        document_id=row_id(row),
        number=newest.number + 1 if newest else 1,
        state=VersionState.DRAFT,
        title=document.title,
        content_hash=content_hash,
        structure=structure,
        source_name=source_name,
        source_bytes=document.source_bytes,
        source_hash=source_hash,
        created_at=now,
        created_by=by,
    )
    session.add(version)
    session.flush()
    passages = passage_rows(document, row_id(version))
    session.add_all(passages)
    act = Act.ADDED if first else Act.CHANGED
    events.note(session, act, by, now, document=public_id(row), version=version.number, detail=source_name)
    if publish:
        lifecycle.make_published(session, row, version, by, now)
    return Added(
        public_id(row), version.number, True, len(passages), first=first, published=_answers(row, version)
    )


def known_sources(session: Session, *, drafts: bool) -> frozenset[str]:
    """Return the hashes of all bytes with which nothing is left to do: their text is published, or with `drafts` kept."""
    newest: dict[int, tuple[Document, DocumentVersion]] = {}
    found = select(Document, DocumentVersion).join(
        DocumentVersion, col(DocumentVersion.document_id) == col(Document.id)
    )
    for row, version in session.exec(found.order_by(col(DocumentVersion.number))):
        newest[row_id(row)] = row, version
    return frozenset(
        version.source_hash
        for row, version in newest.values()
        if version.source_hash and (drafts or _answers(row, version))
    )


def known_source(session: Session, source_hash: str) -> Added | None:
    """Return the document whose newest version was read from these very bytes, or None.

    It lets an import that was broken off go on where it stopped, without reading every file again.
    """
    found = session.exec(
        select(Document, DocumentVersion)
        .join(DocumentVersion, col(DocumentVersion.document_id) == col(Document.id))
        .where(col(DocumentVersion.source_hash) == source_hash)
    ).all()
    for row, version in found:
        newest = newest_version(session, row)
        if newest is not None and newest.id == version.id:
            passages = count_passages(session, version)
            return Added(public_id(row), version.number, False, passages, published=_answers(row, version))
    return None


def _answers(row: Document, version: DocumentVersion) -> bool:
    return row.state is DocumentState.PUBLISHED and version.state is VersionState.PUBLISHED


def _named(document: StructuredDocument, source_name: str) -> StructuredDocument:
    """Return the document with its slug and language settled; raise NotTaken for what can't be kept."""
    attributes = document.attributes
    slug = naming.slug(attributes.slug) or naming.slug_of(source_name)
    language = document.language or detect("\n".join(block.text for block in document.blocks))
    for tag in attributes.visibility:
        if not _VISIBLE_TO.fullmatch(tag):
            raise NotTaken(
                f"visibility can't be {tag[:40]!r}: write public, member, hub, or city: and the city's short name"
            )
    if attributes.original and attributes.original not in SUPPORTED:
        raise NotTaken(f"original can't be {attributes.original[:20]!r}: write en or fr")
    return replace(document, language=language, attributes=replace(attributes, slug=slug))


def _new(document: StructuredDocument, now: dt.datetime) -> Document:
    attributes: Attributes = document.attributes
    row = Document(
        slug=attributes.slug,
        language=document.language,
        kind=attributes.kind,
        title=document.title,
        visibility=attributes.visibility,
        topics=attributes.topics,
        jurisdiction=attributes.jurisdiction,
        owner=attributes.owner,
        reviewed=attributes.reviewed,
        state=DocumentState.DRAFT,
        created_at=now,
        changed_at=now,
    )
    lifecycle.describe(row, document)
    return row
