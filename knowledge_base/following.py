"""More of a document than a search gave: what comes after a passage, and the part of an article on one moment."""

from collections.abc import Iterable

from knowledge_base.documents import PassageKind
from knowledge_base.index import Index
from knowledge_base.moments import Moment
from knowledge_base.query import Query
from knowledge_base.search import PUBLIC, Hit, hit_of

_MOST = 9


def following(
    index: Index,
    document_id: str,
    passage_id: int,
    *,
    audience: frozenset[str] = PUBLIC,
    jurisdiction: str | None = None,
) -> tuple[Hit, ...]:
    """Return the passages after this one that the audience may see, up to the end of their section.

    Where the section ends with the passage, those of the next one. () for a passage that is not published any more.
    """
    catalog = index.catalog
    rows = _rows(index, document_id, audience, jurisdiction)
    ids = [catalog.passage(row).passage_id for row in rows]
    if passage_id not in ids:
        return ()
    at = ids.index(passage_id)
    after = rows[at + 1 :]
    if not after:
        return ()
    same = [row for row in after if catalog.section_of[row] == catalog.section_of[rows[at]]]
    return _hits(
        index, same or [row for row in after if catalog.section_of[row] == catalog.section_of[after[0]]]
    )


def part(
    index: Index,
    document_id: str,
    moment: Moment,
    *,
    audience: frozenset[str] = PUBLIC,
    jurisdiction: str | None = None,
) -> tuple[Hit, ...]:
    """Return the first section of a document that is its part on this moment; () when it has none."""
    catalog = index.catalog
    rows = _rows(index, document_id, audience, jurisdiction)
    section = next(
        (catalog.section_of[row] for row in rows if catalog.moment(int(catalog.section_of[row])) is moment),
        None,
    )
    return _hits(index, (row for row in rows if catalog.section_of[row] == section))


def _rows(index: Index, document_id: str, audience: frozenset[str], jurisdiction: str | None) -> list[int]:
    catalog = index.catalog
    for place, document in enumerate(catalog.documents):
        if document.document_id == document_id:
            visible = catalog.visible(audience, jurisdiction, without=frozenset({PassageKind.SOURCE.value}))
            return [row for row in catalog.rows_of(place) if visible is None or visible[row]]
    return []


def _hits(index: Index, rows: Iterable[int]) -> tuple[Hit, ...]:
    return tuple(
        hit_of(index, row, 0.0, Query(index.catalog.document(row).language, {}, frozenset(), frozenset()))
        for row in list(rows)[:_MOST]
    )
