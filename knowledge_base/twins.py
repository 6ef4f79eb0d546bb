"""Documents and their translations: which is the original, and which translation is behind it.

The documents of one slug are a pair. A translation is behind when its original was published, with another
text, after the translation was published or last held against it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from knowledge_base.lookup import public_id
from knowledge_base.tables import Document, DocumentState, DocumentVersion, VersionState

_Row = tuple[Document, DocumentVersion]


@dataclass(frozen=True, slots=True)
class Behind:
    """A translation that its original has overtaken, and since when."""

    document_id: str
    original_id: str
    since: dt.datetime


def behind(session: Session) -> Mapping[str, Behind]:
    """Return every published translation that is behind its original, by its public id."""
    found: dict[str, Behind] = {}
    for pair in _pairs(published(session)):
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


def published(session: Session) -> list[_Row]:
    """Return every published document with the version that is out, in order of entry."""
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
