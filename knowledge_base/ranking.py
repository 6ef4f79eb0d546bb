"""Rank passages and documents for a question.

A passage's score is BM25 of its own terms plus a share of its document's score; a
document's is that of its best passages plus that of its card (title, topics, synonyms,
headings). The words of a frightened message are spread over an article, and no single step
holds them all.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, log1p

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.documents import PassageKind
from knowledge_base.index import Index, ordered
from knowledge_base.synonyms import EXPANSION_WEIGHT, Reading
from knowledge_base.tokens import analyse, telling

# Earlier messages of the same person say what this one is about, but less and less. A short
# question leans on them more; one with nothing of its own stands on them alone.
_HISTORY_WEIGHT = 0.2
_HISTORY_WEIGHT_SHORT = 0.5
_HISTORY_WEIGHT_ALONE = 1.0
_HISTORY_FADE = 0.5
_HISTORY_TURNS = 6
_SHORT_TERMS = 4

# A question most of whose words the library has never seen, after talk that it knew, has
# left the subject.
_NEW_SUBJECT_KNOWN = 0.6

_CANDIDATES = 200
_CARDS = 20

# How much the second, third, ... passage of a document adds to its score.
_PASSAGE_SHARES = (1.0, 0.5, 0.25)
_CARD_SHARE = 0.6
DOCUMENT_SHARE = 0.35

# Fitted on questions with known answers.
_CURVE_BASE = -5.95
_CURVE_STRENGTH = 5.1
_CURVE_SHARE = 1.65
_ENOUGH_PASSAGES = 50

# Never an answer in themselves, though they are shown on the document's page.
_NOT_ANSWERS = frozenset({PassageKind.SOURCE.value})


@dataclass(frozen=True, slots=True)
class Query:
    """A question's terms with their weights, in one language.

    `telling` are the terms of the question, or failing that of the last message before it,
    that say something about its subject; `required`, those of which a passage must hold one.
    """

    language: str
    terms: Mapping[str, float]
    telling: frozenset[str]
    required: frozenset[str]
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows and documents, best first, with their scores.

    `visible` is one bool per row, what may be shown at all; None where all may.
    """

    rows: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    documents: tuple[int, ...] = ()
    document_scores: tuple[float, ...] = ()
    visible: Array | None = None


def make_query(index: Index, question: str, history: Sequence[str], language: str) -> Query:
    """Turn a question and the requester's earlier messages, oldest first, into terms."""
    terms: dict[str, float] = defaultdict(float)
    written = analyse(question, language)
    for term in written:
        terms[term] += 1
    subject = telling(question, language)
    readings = index.thesaurus.read(written, language)
    meant = {term for reading in readings for term in reading.meaning}.difference(written)
    required = subject | meant
    for term in meant:
        terms[term] += EXPANSION_WEIGHT
    weight = _history_weight(index, subject, language)
    for earlier in list(reversed(history))[:_HISTORY_TURNS] if weight else ():
        recalled = telling(earlier, language)
        if not recalled:
            # "Yes." and "thanks" are no turn away from the subject.
            continue
        for term in recalled:
            terms[term] += weight
        if not required:
            subject = required = recalled
        weight *= _HISTORY_FADE
    return Query(language, dict(terms), subject, frozenset(required), readings)


def _history_weight(index: Index, subject: frozenset[str], language: str) -> float:
    if not subject:
        return _HISTORY_WEIGHT_ALONE
    known = sum(index.passages.knows(term, language) for term in subject)
    if len(subject) > 1 and known < _NEW_SUBJECT_KNOWN * len(subject):
        return 0.0
    return _HISTORY_WEIGHT_SHORT if len(subject) <= _SHORT_TERMS else _HISTORY_WEIGHT


def rank(index: Index, query: Query, *, audience: frozenset[str], jurisdiction: str | None = None) -> Ranking:
    """Rank what this audience may see; text that holds only elsewhere is left out."""
    catalog = index.catalog
    allowed = catalog.visible(audience, jurisdiction, without=_NOT_ANSWERS)
    found = index.passages.rank(
        query.terms, query.language, limit=_CANDIDATES, allowed=allowed, required=query.required
    )
    cards = index.cards.rank(
        query.terms,
        query.language,
        limit=_CARDS,
        allowed=catalog.visible_documents(audience),
        required=query.required,
    )
    by_document: dict[int, list[float]] = defaultdict(list)
    for row, score in zip(found.rows, found.scores, strict=True):
        held = by_document[int(catalog.document_of[row])]
        if len(held) < len(_PASSAGE_SHARES):
            held.append(score)
    totals = {
        document: sum(score * share for score, share in zip(held, _PASSAGE_SHARES, strict=False))
        for document, held in by_document.items()
    }
    # A term is as telling among a handful of cards as it is among their many passages.
    scale = _CARD_SHARE * log(len(catalog) + 2) / log(len(catalog.documents) + 2)
    for document, score in zip(cards.rows, cards.scores, strict=True):
        # In a library of a few documents Okapi goes below 0; a card may only add.
        totals[document] = totals.get(document, 0.0) + scale * max(score, 0.0)
    documents = list(totals)
    document_scores = [totals[document] for document in documents]
    document_order = ordered(documents, document_scores)
    scores = [
        score + DOCUMENT_SHARE * totals[int(catalog.document_of[row])]
        for row, score in zip(found.rows, found.scores, strict=True)
    ]
    order = ordered(found.rows, scores)
    return Ranking(
        tuple(found.rows[place] for place in order),
        tuple(scores[place] for place in order),
        tuple(documents[place] for place in document_order),
        tuple(document_scores[place] for place in document_order),
        allowed,
    )


def coverage(index: Index, query: Query, document: int) -> float:
    """Return the share of the question's subject that a document holds, in text or card.

    Terms weigh by how telling they are; a phrase that the library knows under other words
    is held where those words are.
    """
    held = whole = 0.0
    for term in sorted(query.telling):
        weight = index.passages.weight(term, query.language)
        whole += weight
        others = {word for reading in query.readings if term in reading.phrase for word in reading.meaning}
        if any(_holds(index, query.language, document, word) for word in (term, *others)):
            held += weight
    return held / whole if whole else 0.0


def _holds(index: Index, language: str, document: int, term: str) -> bool:
    rows: Array = np.array(index.catalog.rows_of(document), dtype=np.int32)
    card: Array = np.array([document], dtype=np.int32)
    return bool(
        index.passages.presence(term, language, rows).any()
        or index.cards.presence(term, language, card).any()
    )


def confidence(index: Index, query: Query, ranking: Ranking) -> float:
    """Return how sure it is, 0 to 1, that the best document answers.

    A logistic curve over the document's score, in units of one very telling term (so that a
    large library is no surer than a small one), and its coverage of the question. A long
    message is never covered whole and a short one easily is: the score weighs more. In a
    library of a few passages BM25 says nothing, and coverage alone decides.
    """
    if not ranking.documents:
        return 0.0
    passages = index.catalog.languages.get(query.language, 0)
    strength = log1p(max(ranking.document_scores[0], 0.0) / log(passages + 2))
    share = coverage(index, query, ranking.documents[0])
    curve = 1 / (1 + exp(-(_CURVE_BASE + _CURVE_STRENGTH * strength + _CURVE_SHARE * share)))
    trusted = min(passages / _ENOUGH_PASSAGES, 1.0)
    return trusted * curve + (1 - trusted) * share
