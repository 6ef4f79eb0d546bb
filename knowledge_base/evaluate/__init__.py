"""Measure the search: labelled questions against a library, or a whole test collection.

Everything asked here goes the way that an official's question goes.
"""

from knowledge_base.evaluate.collection import (
    BadCollection,
    Collection,
    CollectionPassage,
    CollectionQuery,
    CollectionReport,
    Run,
    evaluate_collection,
    index_collection,
    language_of,
    read_collection,
    trec,
)
from knowledge_base.evaluate.labelled import (
    Band,
    Miss,
    Report,
    Scores,
    evaluate,
    labels,
    topics,
    unknown_labels,
)
from knowledge_base.evaluate.measures import Count, ndcg, recall, reciprocal_rank
from knowledge_base.evaluate.questions import BadQuestions, Question, read_questions

__all__ = [
    "BadCollection",
    "BadQuestions",
    "Band",
    "Collection",
    "CollectionPassage",
    "CollectionQuery",
    "CollectionReport",
    "Count",
    "Miss",
    "Question",
    "Report",
    "Run",
    "Scores",
    "evaluate",
    "evaluate_collection",
    "index_collection",
    "labels",
    "language_of",
    "ndcg",
    "read_collection",
    "read_questions",
    "recall",
    "reciprocal_rank",
    "topics",
    "trec",
    "unknown_labels",
]
