"""Rank passages and documents for a question.

A passage's score is BM25 of its own terms, plus what its meaning adds, plus a share of its
document's score; a document's is that of its best passages plus that of its card (title, topics,
synonyms, headings). The words of a frightened message are spread over an article, and no single
step holds them all. Where the library has articles on the desk's subjects, what the topic model
reads in the message adds to the score of the articles that carry the topic; it takes nothing
from any other document.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.confidence import Grounds, sure, unit
from knowledge_base.documents import PassageKind
from knowledge_base.index import Index, Ranked, ordered
from knowledge_base.query import Query

_CANDIDATES = 200
_CARDS = 20

# How much the second, third, ... passage of a document adds to its score.
_PASSAGE_SHARES = (1.0, 0.5, 0.25)
_CARD_SHARE = 0.6
DOCUMENT_SHARE = 0.35

# What a passage that means just what was asked gains, in very telling terms; its title counts
# beside it. Chosen on three collections, where half or twice as much costs little.
_SENSE_WEIGHT = 1.5
_TITLE_SHARE = 0.2
# Passages that hold no word of the question are looked at where their meaning is this close.
_NEAR = 50
_NEAR_ENOUGH = 0.4

# What a topic that the message is surely about adds to its articles, in very telling terms.
_EVIDENCE = 25.0
_LEAST_SHARE = 0.03

# Never an answer in themselves, though they are shown on the document's page.
_NOT_ANSWERS = frozenset({PassageKind.SOURCE.value})


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows and documents, best first, with their scores.

    `lead` is the document to answer from, and `confidence` is how sure it is that the first one does.
    `by_topic` says for each document whether the topic model knows one of its topics. `visible` is
    one bool per row, what may be shown at all; None where all may. `words` is what BM25 alone gives a row.
    """

    rows: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    documents: tuple[int, ...] = ()
    document_scores: tuple[float, ...] = ()
    by_topic: tuple[bool, ...] = ()
    confidence: float = 0.0
    visible: Array | None = None
    words: Mapping[int, float] = field(default_factory=dict)
    lead: int = -1


def rank(index: Index, query: Query, *, audience: frozenset[str], jurisdiction: str | None = None) -> Ranking:
    """Rank what this audience may see; text that holds only elsewhere is left out."""
    catalog = index.catalog
    allowed = catalog.visible(audience, jurisdiction, without=_NOT_ANSWERS)
    found = index.passages.rank(
        query.terms, query.language, limit=_CANDIDATES, allowed=allowed, required=query.required
    )
    words = _words(index, query, found, audience)
    rows = _with_near(index, query, found, allowed)
    closeness = _closeness(index, query, rows)
    meant: dict[int, float] = defaultdict(float)
    for row, close in zip(rows, closeness, strict=True):
        document = int(catalog.document_of[row])
        meant[document] = max(meant[document], close)
    shares = _shares(index, query, audience, allowed, words.keys() | meant.keys())
    one = unit(index, query.language)
    grounds = {
        document: Grounds(words.get(document, 0.0), meant.get(document, 0.0), shares.get(document))
        for document in sorted({*words, *meant, *shares})
    }
    totals = {
        document: case.words + one * (_SENSE_WEIGHT * case.closeness + _EVIDENCE * (case.topic or 0.0))
        for document, case in grounds.items()
    }
    documents = list(totals)
    order = ordered(documents, list(totals.values()))
    best = _led(index, query, [documents[place] for place in order], grounds)
    by_words = dict(zip(found.rows, found.scores, strict=True))
    scores = [
        by_words.get(row, 0.0)
        + one * _SENSE_WEIGHT * close
        + DOCUMENT_SHARE * totals[int(catalog.document_of[row])]
        for row, close in zip(rows, closeness, strict=True)
    ]
    order = ordered(rows, scores)
    # Without topics, the best passage says where the answer is.
    lead = best[0] if best else -1
    if order and not shares:
        lead = int(catalog.document_of[rows[order[0]]])
    return Ranking(
        tuple(rows[place] for place in order),
        tuple(scores[place] for place in order),
        tuple(best),
        tuple(totals[document] for document in best),
        tuple(document in shares for document in best),
        sure(index, query, best[0], grounds[best[0]]) if best else 0.0,
        allowed,
        by_words,
        lead,
    )


def _words(index: Index, query: Query, found: Ranked, audience: frozenset[str]) -> dict[int, float]:
    """Return what the words of the question score in each document, its passages and its card."""
    catalog = index.catalog
    by_document: dict[int, list[float]] = defaultdict(list)
    for row, score in zip(found.rows, found.scores, strict=True):
        held = by_document[int(catalog.document_of[row])]
        if len(held) < len(_PASSAGE_SHARES):
            held.append(score)
    totals = {
        document: sum(score * share for score, share in zip(held, _PASSAGE_SHARES, strict=False))
        for document, held in by_document.items()
    }
    cards = index.cards.rank(
        query.terms,
        query.language,
        limit=_CARDS,
        allowed=catalog.visible_documents(audience),
        required=query.required,
    )
    # A term is as telling among a handful of cards as it is among their many passages.
    scale = _CARD_SHARE * log(len(catalog) + 2) / log(len(catalog.documents) + 2)
    for document, score in zip(cards.rows, cards.scores, strict=True):
        # In a library of a few documents Okapi goes below 0; a card may only add.
        totals[document] = totals.get(document, 0.0) + scale * max(score, 0.0)
    return totals


def _with_near(index: Index, query: Query, found: Ranked, allowed: Array | None) -> list[int]:
    """Return the rows that words found, and those whose meaning alone is close enough."""
    rows = list(found.rows)
    if index.senses is None or query.sense is None:
        return rows
    readable = index.catalog.in_language(query.language)
    mask = readable if allowed is None else readable & allowed
    near = index.senses.nearest(query.sense, _NEAR, allowed=mask, least=_NEAR_ENOUGH)
    known = set(rows)
    return rows + [row for row in near.tolist() if row not in known]


def _closeness(index: Index, query: Query, rows: Sequence[int]) -> list[float]:
    """Return how close the meaning of each row comes, 0 where nothing is known of any."""
    if index.senses is None or index.titles is None or query.sense is None or not rows:
        return [0.0] * len(rows)
    held = np.array(rows)
    own = index.senses.closeness(query.sense, held)
    titles = index.titles.closeness(query.sense, index.catalog.document_of[held])
    found: list[float] = np.maximum(own + _TITLE_SHARE * titles, 0.0).tolist()
    return found


def _shares(
    index: Index, query: Query, audience: frozenset[str], allowed: Array | None, found: Collection[int]
) -> dict[int, float]:
    """Return the share of its topics in the message for each document that carries one of the model's.

    Only for documents that were found otherwise, or that carry a likely topic and may be shown.
    """
    catalog = index.catalog
    shares: dict[int, float] = {}
    for topic, share in query.topics.items():
        for document in catalog.documents_about(topic, query.language):
            if document not in found:
                rows = catalog.rows_of(document)
                shown = len(rows) > 0 if allowed is None else bool(allowed[rows.start : rows.stop].any())
                if (
                    share < _LEAST_SHARE
                    or not shown
                    or not audience.intersection(catalog.documents[document].visibility)
                ):
                    continue
            shares[document] = max(shares.get(document, 0.0), share)
    return shares


def _led(index: Index, query: Query, order: list[int], grounds: Mapping[int, Grounds]) -> list[int]:
    """Return documents in order, the one to answer from first.

    A document with a topic of the model and one without are not compared by score, which the
    topic raises, but by how sure it is that they answer.
    """
    with_topic, without = (
        next((document for document in order if (grounds[document].topic is not None) is modelled), None)
        for modelled in (True, False)
    )
    if with_topic is None or without is None:
        return order
    one, other = (sure(index, query, document, grounds[document]) for document in (with_topic, without))
    lead = without if other > one else with_topic
    return [lead, *(document for document in order if document != lead)]
