"""How sure it is that a document answers: a share of right answers, not a score."""

from collections.abc import Collection
from dataclasses import dataclass
from math import exp, log, log1p

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.index import Index
from knowledge_base.query import Query
from knowledge_base.topics import NONE, topic_model

# Fitted on questions with known answers.
_CURVE_BASE = -6.16
_CURVE_STRENGTH = 5.1
_CURVE_SHARE = 1.65
_ENOUGH_PASSAGES = 50

# The same for articles that carry a topic of the model, fitted on messages that it never learned from.
_TOPIC_CURVE_BASE = -1.66
_TOPIC_CURVE_SHARE = 4.42
_TOPIC_CURVE_NONE = -4.42
_TOPIC_CURVE_STRENGTH = 0.48

_UNREAD = 2.0


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for a document: the score of its words, how close its meaning comes, -1 to 1, and
    the share of its topics in the message, None where the model knows none of them."""

    words: float
    closeness: float = 0.0
    topic: float | None = None


def unit(index: Index, language: str) -> float:
    """Return the score of one very telling term: a large library is no surer than a small one."""
    return log(index.catalog.languages.get(language, 0) + 2)


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


def sure(index: Index, query: Query, document: int, grounds: Grounds) -> float:
    """Return the confidence in one document, 0 to 1.

    A logistic curve over the score of its words, in units of one very telling term, and its
    coverage of the question. A long message is never covered whole and a short one easily is:
    the score weighs more. In a library of a few passages BM25 says nothing, and coverage alone
    decides. Of an article with a topic that the model knows, the shares of that topic and of
    none at all say more.
    """
    strength = log1p(max(grounds.words, 0.0) / unit(index, query.language))
    share = coverage(index, query, document)
    curve = _logistic(_CURVE_BASE + _CURVE_STRENGTH * strength + _CURVE_SHARE * share)
    trusted = min(index.catalog.languages.get(query.language, 0) / _ENOUGH_PASSAGES, 1.0)
    by_words = trusted * curve + (1 - trusted) * share
    if grounds.topic is None:
        return by_words
    by_topic = _logistic(
        _TOPIC_CURVE_BASE
        + _TOPIC_CURVE_SHARE * grounds.topic
        + _TOPIC_CURVE_NONE * query.topics.get(NONE, 0.0)
        + _TOPIC_CURVE_STRENGTH * strength
    )
    # The model may know nothing of the very words that the article is made of.
    model = topic_model(query.language)
    unread = [term for term in query.telling if model is not None and not model.knows(term)]
    return max(by_topic, by_words * min(1.0, _UNREAD * coverage(index, query, document, unread)))


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value))
