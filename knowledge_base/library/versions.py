"""The versions of a document, and what differs between them."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session

from knowledge_base.documents import StructuredDocument, from_json
from knowledge_base.library.comparison import Comparison, compare
from knowledge_base.lookup import get_row, get_version, list_versions_of, newest_version
from knowledge_base.tables import VersionState


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """One version of a document. `state` is draft, published or superseded."""

    number: int
    state: str
    title: str
    source_name: str
    created_at: dt.datetime
    created_by: str
    published_at: dt.datetime | None
    withdrawn_at: dt.datetime | None


def list_versions(session: Session, document_id: str) -> tuple[VersionSummary, ...]:
    """Return the versions of a document, the newest first; raise DocumentNotFound."""
    row = get_row(session, document_id)
    found = list_versions_of(session, row)
    return tuple(
        VersionSummary(
            number=one.number,
            state=one.state.value,
            title=one.title,
            source_name=one.source_name,
            created_at=one.created_at,
            created_by=one.created_by,
            published_at=one.published_at,
            withdrawn_at=one.withdrawn_at,
        )
        for one in found
    )


def compare_versions(
    session: Session, document_id: str, old: int | None = None, new: int | None = None
) -> tuple[int | None, int, Comparison]:
    """Compare two versions: by default what is published with the newest, else the newest two.

    Return their numbers and the comparison; a first version is compared with nothing.
    """
    row = get_row(session, document_id)
    after = get_version(session, row, new)
    before = get_version(session, row, old) if old is not None else None
    if before is None:
        others = [one for one in list_versions(session, document_id) if one.number != after.number]
        published = next((one for one in others if one.state == VersionState.PUBLISHED.value), None)
        earlier = next((one for one in others if one.number < after.number), None)
        chosen = published if published and after.state is not VersionState.PUBLISHED else earlier
        before = get_version(session, row, chosen.number) if chosen else None
    comparison = compare(from_json(before.structure) if before else None, from_json(after.structure))
    return (before.number if before else None), after.number, comparison


def get_structure(session: Session, document_id: str, version: int | None = None) -> StructuredDocument:
    """Return a version of a document as it was read, by default the newest."""
    row = get_row(session, document_id)
    found = newest_version(session, row) if version is None else get_version(session, row, version)
    return from_json((found or get_version(session, row, None)).structure)
