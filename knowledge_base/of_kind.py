"""What the library has of one kind for somebody who asks for that kind: a template for "I need a note to staff".

Such a message often names no subject of its own, and then nothing in it speaks for an article. Among a dozen
templates, what people call them says enough.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.documents import PassageKind
from knowledge_base.index import Index
from knowledge_base.language import SUPPORTED
from knowledge_base.meaning import vectors
from knowledge_base.query import Query, make_query
from knowledge_base.search import ABSTAIN_BELOW, PUBLIC, Hit, SearchResult, hit_of
from knowledge_base.topics import NONE

# How close to a title, or to one of the phrases that people use for a document, a question must come; and who asks
# for a form for the dog licence asks for one that no desk like this has, whatever comes closest.
_NEAR_ENOUGH = 0.28
_OUT_OF_SCOPE = 0.85
# What the likeliest subject of the conversation adds to the documents about it, and the words of a title.
_SUBJECT = 0.25
_WORDS = 0.1
_NOT_SHOWN = frozenset({PassageKind.SOURCE.value})


def of_kind(
    index: Index,
    question: str,
    kind: str,
    *,
    history: Sequence[str] = (),
    audience: frozenset[str] = PUBLIC,
    language: str,
    jurisdiction: str | None = None,
    limit: int = 6,
    least_share: float = 0.0,
) -> SearchResult | None:
    """Return the best document of a kind, its passages nearest first; None where none is near.

    `least_share` is how likely the conversation must be about one of the document's topics. Of the language of the question, or failing that of the other one.
    """
    for tried in (language, *(code for code in SUPPORTED if code != language)):
        query = make_query(index, question, history, tried, written_in=language)
        if query.topics.get(NONE, 0.0) >= _OUT_OF_SCOPE:
            return None
        hits = _nearest(index, query, kind, audience, jurisdiction)
        if hits:
            if query.topics and _share(query, hits[0].topics) < least_share:
                return None
            topics = tuple(sorted(hits[0].topics, key=lambda topic: -query.topics.get(topic, 0.0)))
            return SearchResult(hits[:limit], language, topics, ABSTAIN_BELOW, False, None)
    return None


def _nearest(
    index: Index,
    query: Query,
    kind: str,
    audience: frozenset[str],
    jurisdiction: str | None,
) -> tuple[Hit, ...]:
    catalog = index.catalog
    if index.senses is None or query.sense is None:
        return ()
    cards = index.cards.rank(
        query.terms, query.language, limit=len(catalog.documents), required=query.required
    )
    most = max((*cards.scores, 1e-9))
    named = {row: max(score, 0.0) / most for row, score in zip(cards.rows, cards.scores, strict=True)}
    visible = catalog.visible(audience, jurisdiction, without=_NOT_SHOWN)
    found: list[tuple[float, tuple[Hit, ...]]] = []
    for place, document in enumerate(catalog.documents):
        if document.kind != kind or document.language != query.language:
            continue
        rows = [row for row in catalog.rows_of(place) if visible is None or visible[row]]
        if not rows or not audience.intersection(document.visibility):
            continue
        purpose = float((_purposes(document.title, document.synonyms) @ query.sense.vectors[0]).max())
        if purpose < _NEAR_ENOUGH:
            continue
        subject = _share(query, document.topics)
        near = index.senses.closeness(query.sense, np.array(rows))
        order = sorted(range(len(rows)), key=lambda at: (-near[at], rows[at]))
        hits = tuple(hit_of(index, rows[at], float(near[at]), query) for at in order)
        found.append((purpose + _SUBJECT * subject + _WORDS * named.get(place, 0.0), hits))
    return max(found, key=lambda one: one[0])[1] if found else ()


def _share(query: Query, topics: Sequence[str]) -> float:
    return max((query.topics.get(topic, 0.0) for topic in topics), default=0.0)


@lru_cache(maxsize=256)
def _purposes(title: str, phrases: tuple[str, ...]) -> Array:
    return vectors((title, *phrases))
