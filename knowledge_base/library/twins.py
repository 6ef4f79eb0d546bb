"""Documents and their translations: which is the original, which is behind, what has no twin.

The documents of one slug are a pair. A translation is behind when its original was published, with another
text, after the translation was published or last held against it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from knowledge_base.errors import NotPublishable
from knowledge_base.language import SUPPORTED
from knowledge_base.library import events
from knowledge_base.library.events import Act
from knowledge_base.lookup import get_row, public_id
from knowledge_base.tables import Document, DocumentState, DocumentVersion, VersionState


@dataclass(frozen=True, slots=True)
class Behind:
    """A translation that its original has overtaken, and since when."""

    document_id: str
    original_id: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Untranslated:
    """A published document without a published twin. `draft` names the twin that waits unpublished."""

    document_id: str
    title: str
    missing: str
    draft: str | None


@dataclass(frozen=True, slots=True)
class Parity:
    """Where the two languages of the library differ."""

    untranslated: tuple[Untranslated, ...]
    behind: tuple[Behind, ...]

    @property
    def complete(self) -> bool:
        """Tell whether every document has a current twin."""
        return not (self.untranslated or self.behind)


def behind(session: Session) -> Mapping[str, Behind]:
    """Return every published translation that is behind its original, by its public id."""
    found: dict[str, Behind] = {}
    for pair in _pairs(_published(session)):
        original = _original(pair)
        for row, version in pair:
            if row is original[0] or version.published_at is None or original[1].published_at is None:
                continue
            held = max(filter(None, (version.published_at, row.matched_at)))
            if original[1].published_at > held:
                found[public_id(row)] = Behind(
                    public_id(row), public_id(original[0]), original[1].published_at
                )
    return found


def parity(session: Session) -> Parity:
    """Return what has no current twin in the other language, in the order of the ids."""
    published = {public_id(row): row for row, _ in _published(session)}
    drafts = {
        public_id(row)
        for row in session.exec(select(Document).where(col(Document.state) == DocumentState.DRAFT)).all()
    }
    untranslated = []
    for document_id, row in sorted(published.items()):
        for language in SUPPORTED:
            twin = f"{row.slug}-{language}"
            if row.language in SUPPORTED and twin not in published:
                draft = twin if twin in drafts else None
                untranslated.append(Untranslated(document_id, row.title, language, draft))
    late = behind(session)
    return Parity(tuple(untranslated), tuple(late[one] for one in sorted(late)))


def match(session: Session, document_id: str, now: dt.datetime, *, by: str = "operator") -> None:
    """Note that a translation still agrees with its original, though that has changed."""
    if document_id not in behind(session):
        raise NotPublishable(f"{document_id} is not behind its original: there is nothing to confirm")
    row = get_row(session, document_id)
    row.matched_at = row.changed_at = now
    session.add(row)
    events.note(session, Act.MATCHED, by, now, document=document_id)


_Row = tuple[Document, DocumentVersion]


def _published(session: Session) -> list[_Row]:
    found = session.exec(
        select(Document, DocumentVersion)
        .join(DocumentVersion, col(DocumentVersion.document_id) == col(Document.id))
        .where(
            col(Document.state) == DocumentState.PUBLISHED,
            col(DocumentVersion.state) == VersionState.PUBLISHED,
        )
        .order_by(col(Document.id))
    ).all()
    return [(row, version) for row, version in found]


def _pairs(rows: Iterable[_Row]) -> list[list[_Row]]:
    by_slug: dict[str, list[_Row]] = {}
    for row in rows:
        by_slug.setdefault(row[0].slug, []).append(row)
    return [pair for pair in by_slug.values() if len(pair) > 1]


def _original(pair: list[_Row]) -> _Row:
    named = {row.original for row, _ in pair if row.original}
    for one in pair:
        if one[0].language in named:
            return one
    return pair[0]
