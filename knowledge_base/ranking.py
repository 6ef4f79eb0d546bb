"""Rank passages and documents for a question.

A passage's score is BM25 of its own terms plus a share of its document's score; a
document's is that of its best passages plus that of its card (title, topics, synonyms,
headings). The words of a frightened message are spread over an article, and no single step
holds them all. Where the library has articles on the desk's subjects, what the topic model
reads in the message adds to the score of the articles that carry the topic; it takes nothing
from any other document.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log, log1p

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.documents import PassageKind
from knowledge_base.index import Index, ordered
from knowledge_base.synonyms import EXPANSION_WEIGHT, Reading
from knowledge_base.tokens import analyse, telling
from knowledge_base.topics import NONE, topic_model

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
_CURVE_BASE = -6.16
_CURVE_STRENGTH = 5.1
_CURVE_SHARE = 1.65
_ENOUGH_PASSAGES = 50

# What a topic that the message is surely about adds to its articles, in very telling terms.
_EVIDENCE = 25.0
_LEAST_SHARE = 0.03

# The same for articles that carry a topic of the model, fitted on the questions for tuning.
_TOPIC_CURVE_BASE = -1.77
_TOPIC_CURVE_SHARE = 6.86
_TOPIC_CURVE_NONE = -4.3
_TOPIC_CURVE_STRENGTH = 0.37

_UNREAD = 2.0
_MEANING_WEIGHT = 0.5
_LONG_WORDS = 80
_STORY_SHARE = 0.5

_SENTENCE = re.compile(r"(?<=[.!?\u2026])\s+|\n+")

# Never an answer in themselves, though they are shown on the document's page.
_NOT_ANSWERS = frozenset({PassageKind.SOURCE.value})


@dataclass(frozen=True, slots=True)
class Query:
    """A question's terms with their weights, in one language.

    `telling` are the terms of the question, or failing that of the last message before it,
    that say something about its subject; `required`, those of which a passage must hold one.
    `topics` are the shares of the topics that the words speak for, empty where nothing does.
    """

    language: str
    terms: Mapping[str, float]
    telling: frozenset[str]
    required: frozenset[str]
    readings: tuple[Reading, ...] = ()
    topics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows and documents, best first, with their scores.

    The first document is the one to answer from. `evidence` is that part of a document's score
    which its topics brought, None where the model knows none of them. `visible` is one bool per row, what may be shown at all; None where all may.
    """

    rows: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    documents: tuple[int, ...] = ()
    document_scores: tuple[float, ...] = ()
    evidence: tuple[float | None, ...] = ()
    visible: Array | None = None


def make_query(
    index: Index, question: str, history: Sequence[str], language: str, *, written_in: str | None = None
) -> Query:
    """Turn a question and the requester's earlier messages, oldest first, into terms.

    `language` is that of the text to search; `written_in`, where it differs, that of the question.
    """
    terms: dict[str, float] = defaultdict(float)
    written = analyse(question, language)
    for term, repeats in Counter(written).items():
        # A pasted text says the same many times over.
        terms[term] += 1 + log(repeats)
    subject = telling(question, language)
    readings = index.thesaurus.read(written, language)
    meant = {term for reading in readings for term in reading.meaning}.difference(written)
    required = subject | meant
    for term in meant:
        terms[term] += EXPANSION_WEIGHT
    weight = _history_weight(index, subject, language)
    texts = {question: 1.0}
    if meant:
        texts.setdefault(" ".join(sorted(meant)), _MEANING_WEIGHT)
    for earlier in list(reversed(history))[:_HISTORY_TURNS] if weight else ():
        recalled = telling(earlier, language)
        if not recalled:
            # "Yes." and "thanks" are no turn away from the subject.
            continue
        for term in recalled:
            terms[term] += weight
        texts.setdefault(earlier, weight)
        if not required:
            subject = required = recalled
        weight *= _HISTORY_FADE
    return Query(
        language,
        dict(terms),
        subject,
        frozenset(required),
        readings,
        _topics(index, texts, language, written_in or language),
    )


def _topics(index: Index, texts: Mapping[str, float], language: str, written_in: str) -> Mapping[str, float]:
    """Return the shares of topics, when the library has any of them in this language."""
    model = topic_model(written_in)
    if model is None or index.catalog.topics(language).isdisjoint(model.topics):
        return {}
    read: dict[str, float] = {}
    for text, weight in texts.items():
        if len(text.split()) <= _LONG_WORDS:
            read[text] = weight
        else:
            # The question stands at the end of a long story, which says less, but something.
            read[" ".join(_SENTENCE.split(text)[-2:])] = weight
            read[text] = weight * _STORY_SHARE
    return model.read(read, written_in)


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
    evidence = _evidence(index, query, audience, allowed, totals)
    for document, score in evidence.items():
        totals[document] = totals.get(document, 0.0) + score
    documents = list(totals)
    document_scores = [totals[document] for document in documents]
    document_order = ordered(documents, document_scores)
    document_order = _led(
        index, query, [(documents[place], place) for place in document_order], totals, evidence
    )
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
        tuple(evidence.get(documents[place]) for place in document_order),
        allowed,
    )


def _evidence(
    index: Index, query: Query, audience: frozenset[str], allowed: Array | None, found: Mapping[int, float]
) -> dict[int, float]:
    """Return what its topics add to each document that carries one of the model's topics.

    Only for documents that words of the question found, or that carry a likely topic and may be shown.
    """
    catalog = index.catalog
    unit = _unit(index, query)
    added: dict[int, float] = {}
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
            added[document] = max(added.get(document, 0.0), _EVIDENCE * unit * share)
    return added


def _led(
    index: Index,
    query: Query,
    order: list[tuple[int, int]],
    totals: Mapping[int, float],
    evidence: Mapping[int, float],
) -> list[int]:
    """Return the places of documents in order, the one to answer from first.

    A document with a topic of the model and one without are not compared by score, which the
    topic raises, but by how sure it is that they answer.
    """
    bests = [
        next((entry for entry in order if (entry[0] in evidence) is modelled), None)
        for modelled in (True, False)
    ]
    with_topic, without = bests
    if with_topic and without:
        sure, other = (
            _sure(index, query, document, totals[document], evidence.get(document))
            for document, _ in (with_topic, without)
        )
        lead = without if other > sure else with_topic
        order = [lead, *(entry for entry in order if entry != lead)]
    return [place for _, place in order]


def _unit(index: Index, query: Query) -> float:
    """Return the score of one very telling term: a large library is no surer than a small one."""
    return log(index.catalog.languages.get(query.language, 0) + 2)


def coverage(index: Index, query: Query, document: int, among: Collection[str] | None = None) -> float:
    """Return the share of the question's subject that a document holds, in text or card.

    `among` leaves only these terms to be held.

    Terms weigh by how telling they are; a phrase that the library knows under other words
    is held where those words are.
    """
    held = whole = 0.0
    for term in sorted(query.telling):
        weight = index.passages.weight(term, query.language)
        whole += weight
        if among is not None and term not in among:
            continue
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
    """Return how sure it is, 0 to 1, that the first document answers."""
    if not ranking.documents:
        return 0.0
    return _sure(index, query, ranking.documents[0], ranking.document_scores[0], ranking.evidence[0])


def _sure(index: Index, query: Query, document: int, score: float, evidence: float | None) -> float:
    """Return the confidence in one document.

    A logistic curve over the document's score, in units of one very telling term, and its
    coverage of the question. A long message is never covered whole and a short one easily is:
    the score weighs more. In a library of a few passages BM25 says nothing, and coverage alone
    decides. Of an article with a topic that the model knows, the shares of that topic and of
    none at all say more.
    """
    unit = _unit(index, query)
    strength = log1p(max(score - (evidence or 0.0), 0.0) / unit)
    share = coverage(index, query, document)
    curve = _logistic(_CURVE_BASE + _CURVE_STRENGTH * strength + _CURVE_SHARE * share)
    trusted = min(index.catalog.languages.get(query.language, 0) / _ENOUGH_PASSAGES, 1.0)
    by_words = trusted * curve + (1 - trusted) * share
    if evidence is None:
        return by_words
    by_topic = _logistic(
        _TOPIC_CURVE_BASE
        + _TOPIC_CURVE_SHARE * evidence / (_EVIDENCE * unit)
        + _TOPIC_CURVE_NONE * query.topics.get(NONE, 0.0)
        + _TOPIC_CURVE_STRENGTH * strength
    )
    # The model may know nothing of the very words that the article is made of.
    model = topic_model(query.language)
    unread = [term for term in query.telling if model is not None and not model.knows(term)]
    return max(by_topic, by_words * min(1.0, _UNREAD * coverage(index, query, document, unread)))


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value))
