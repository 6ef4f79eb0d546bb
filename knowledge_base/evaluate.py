"""Measure the search: labelled questions against a library, or a whole test collection.

Pure scoring over values; files are read by `read_questions` and `read_collection` alone.
"""

import gzip
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

from knowledge_base.catalog import CatalogDocument, CatalogPassage
from knowledge_base.index import Index
from knowledge_base.moments import moment_of_section
from knowledge_base.ranking import make_query, rank
from knowledge_base.search import PUBLIC, SECTION_SEPARATOR, Hit, SearchResult, search
from knowledge_base.topics import NONE

DEPTH = 10
_NDCG_BASE = 2.0
_HEADING = re.compile(r"^#+\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question. `acceptable` holds every topic that is right, NONE where the library
    can't answer; `section` is the part of the article that is right ("now", "law", ...), or None."""

    id: str
    language: str
    text: str
    acceptable: tuple[str, ...]
    section: str | None = None
    tags: tuple[str, ...] = ()
    split: str = ""
    history: tuple[str, ...] = ()
    jurisdiction: str | None = None

    @property
    def answerable(self) -> bool:
        return self.acceptable != (NONE,)


@dataclass(frozen=True, slots=True)
class Count:
    """How many of how many."""

    right: int = 0
    whole: int = 0

    @property
    def share(self) -> float:
        return self.right / self.whole if self.whole else 0.0

    def __str__(self) -> str:
        return f"{self.right}/{self.whole} = {self.share:.3f}"


@dataclass(frozen=True, slots=True)
class Scores:
    """What came out for one group of questions.

    Hits count documents with an acceptable topic, in the order shown; an abstention has none.
    `topic_at_1` asks only for the best topic, abstained or not. `section_at_3` is counted where
    a section is labelled and the topic was right.
    """

    topic_at_1: Count
    hit_at_1: Count
    hit_at_3: Count
    reciprocal_rank: float
    section_at_3: Count
    wrong_abstention: Count
    right_abstention: Count


@dataclass(frozen=True, slots=True)
class Band:
    """The answers within one band of confidence: their mean confidence and how many were right."""

    low: float
    high: float
    mean: float
    right: Count


@dataclass(frozen=True, slots=True)
class Miss:
    """A question that was answered wrongly, or abstained on wrongly, or answered at all."""

    question: Question
    topics: tuple[str, ...]
    confidence: float
    abstained: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Scores by group ("all", "en", "en/held", "tag:vocabulary_gap", ...), reliability, misses."""

    groups: Mapping[str, Scores]
    reliability: tuple[Band, ...]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    question: Question
    result: SearchResult

    @property
    def rank(self) -> int:
        """Return the place, from 1, of the first document with an acceptable topic, 0 for none."""
        shown: dict[str, tuple[str, ...]] = {}
        for hit in self.result.hits:
            shown.setdefault(hit.document_id, hit.topics)
        fitting = (
            place
            for place, topics in enumerate(shown.values(), 1)
            if not set(self.question.acceptable).isdisjoint(topics)
        )
        return next(fitting, 0)

    @property
    def topic_right(self) -> bool:
        return bool(self.result.topics) and self.result.topics[0] in self.question.acceptable

    @property
    def right(self) -> bool:
        return self.rank == 1 if self.question.answerable else self.result.abstained


def evaluate(index: Index, questions: Iterable[Question], *, limit: int = 6) -> Report:
    """Ask every question and score the answers."""
    outcomes = [
        _Outcome(
            question,
            search(
                index,
                question.text,
                history=question.history,
                language=question.language,
                jurisdiction=question.jurisdiction,
                limit=limit,
            ),
        )
        for question in questions
    ]
    groups: dict[str, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for name in _groups(outcome.question):
            groups[name].append(outcome)
    misses = tuple(
        Miss(one.question, one.result.topics, one.result.confidence, one.result.abstained)
        for one in outcomes
        if not one.right
    )
    return Report({name: _scores(held) for name, held in sorted(groups.items())}, _bands(outcomes), misses)


def _groups(question: Question) -> list[str]:
    names = ["all", question.language, *(f"tag:{tag}" for tag in question.tags)]
    names += [f"{question.language}/tag:{tag}" for tag in question.tags]
    if question.split:
        names += [f"{name}/{question.split}" for name in names]
    return names


def _scores(outcomes: Sequence[_Outcome]) -> Scores:
    asked = [one for one in outcomes if one.question.answerable]
    unanswerable = [one for one in outcomes if not one.question.answerable]
    sections = [one for one in asked if one.question.section and one.rank == 1]
    return Scores(
        topic_at_1=_count(one.topic_right for one in asked),
        hit_at_1=_count(one.rank == 1 for one in asked),
        hit_at_3=_count(0 < one.rank <= 3 for one in asked),
        reciprocal_rank=sum(1 / one.rank for one in asked if one.rank) / len(asked) if asked else 0.0,
        section_at_3=_count(
            any(_is_section(hit, one.question.section) for hit in one.result.hits[:3]) for one in sections
        ),
        wrong_abstention=_count(one.result.abstained for one in asked),
        right_abstention=_count(one.result.abstained for one in unanswerable),
    )


def _count(found: Iterable[bool]) -> Count:
    values = list(found)
    return Count(sum(values), len(values))


def _is_section(hit: Hit, section: str | None) -> bool:
    return moment_of_section(hit.section.split(SECTION_SEPARATOR)) == section


def _bands(outcomes: Sequence[_Outcome], bands: int = 5) -> tuple[Band, ...]:
    """Return how often the best document was right, by confidence; abstentions are counted too."""
    held: dict[int, list[_Outcome]] = defaultdict(list)
    for one in outcomes:
        held[min(int(one.result.confidence * bands), bands - 1)].append(one)
    return tuple(
        Band(
            band / bands,
            (band + 1) / bands,
            sum(one.result.confidence for one in found) / len(found),
            _count(one.question.answerable and one.topic_right for one in found),
        )
        for band, found in sorted(held.items())
    )


def read_questions(path: Path) -> tuple[Question, ...]:
    """Read labelled questions from JSON lines: id, lang, text, topic or acceptable_topics, and
    optionally section, tags, split, history, jurisdiction. Raise KeyError or ValueError on others."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        raw = json.loads(line)
        found.append(
            Question(
                id=raw["id"],
                language=raw["lang"],
                text=raw["text"],
                acceptable=tuple(raw.get("acceptable_topics") or (raw["topic"],)),
                section=raw.get("section"),
                tags=tuple(raw.get("tags", ())),
                split=raw.get("split", ""),
                history=tuple(raw.get("history", ())),
                jurisdiction=raw.get("jurisdiction"),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CollectionQuery:
    """A query of a collection; `history` is what the same person wrote before, oldest first."""

    id: str
    text: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectionPassage:
    """A passage of a collection."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages, queries, and which passage is how relevant to which query."""

    passages: tuple[CollectionPassage, ...]
    queries: tuple[CollectionQuery, ...]
    relevance: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Run:
    """One line of a result: a passage at a rank, from 1, for a query."""

    query: str
    passage: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """Means over the queries that have a relevant passage; `run` holds the top ten of every query."""

    queries: int
    ndcg_at_10: float
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mrr_at_10: float
    queries_per_second: float
    run: tuple[Run, ...]


def read_collection(folder: Path) -> Collection:
    """Read passages.jsonl, queries.jsonl and qrels.tsv of a folder, each plain or with .gz.

    Raise FileNotFoundError when one is missing, ValueError or KeyError when it isn't of that form.
    """
    passages = tuple(
        CollectionPassage(str(raw["id"]), raw.get("title", ""), raw["text"])
        for raw in map(json.loads, _lines(folder, "passages.jsonl"))
    )
    queries = tuple(
        CollectionQuery(
            str(raw["id"]),
            raw["text"],
            tuple(text for role, text in raw.get("history", ()) if role == "user"),
        )
        for raw in map(json.loads, _lines(folder, "queries.jsonl"))
    )
    relevance: dict[str, dict[str, int]] = defaultdict(dict)
    for line in _lines(folder, "qrels.tsv"):
        query, passage, grade = line.split("\t")
        relevance[query][passage] = int(grade)
    return Collection(passages, queries, dict(relevance))


def _lines(folder: Path, name: str) -> list[str]:
    plain = folder / name
    if plain.exists():
        text = plain.read_text(encoding="utf-8")
    else:
        text = gzip.decompress((folder / f"{name}.gz").read_bytes()).decode()
    return [line for line in text.splitlines() if line.strip()]


def index_collection(collection: Collection, language: str) -> Index:
    """Index every passage as a document of its own; lines that begin with # are its headings."""
    documents = [CatalogDocument(one.id, one.id, one.title, language) for one in collection.passages]
    passages = [
        CatalogPassage(place, place, one.text, language, tuple(_HEADING.findall(one.text)))
        for place, one in enumerate(collection.passages)
    ]
    return Index.build(documents, passages)


def evaluate_collection(
    index: Index,
    collection: Collection,
    language: str,
    *,
    history: bool = False,
    clock: Callable[[], float] = time.perf_counter,
) -> CollectionReport:
    """Rank the passages for every query and score the ranking; `history` adds earlier turns."""
    run: list[Run] = []
    began = clock()
    for asked in collection.queries:
        query = make_query(index, asked.text, asked.history if history else (), language)
        ranking = rank(index, query, audience=PUBLIC)
        best = zip(ranking.rows[:DEPTH], ranking.scores[:DEPTH], strict=True)
        run += [
            Run(asked.id, collection.passages[row].id, place, score)
            for place, (row, score) in enumerate(best, 1)
        ]
    took = clock() - began
    found: dict[str, list[str]] = defaultdict(list)
    for line in run:
        found[line.query].append(line.passage)
    judged = [
        (found[asked.id], collection.relevance[asked.id])
        for asked in collection.queries
        if any(grade > 0 for grade in collection.relevance.get(asked.id, {}).values())
    ]

    def mean(measure: Callable[[Sequence[str], Mapping[str, int]], float]) -> float:
        return sum(measure(ranked, grades) for ranked, grades in judged) / len(judged) if judged else 0.0

    return CollectionReport(
        queries=len(judged),
        ndcg_at_10=mean(ndcg),
        recall_at_1=mean(lambda ranked, grades: recall(ranked[:1], grades)),
        recall_at_5=mean(lambda ranked, grades: recall(ranked[:5], grades)),
        recall_at_10=mean(recall),
        mrr_at_10=mean(reciprocal_rank),
        queries_per_second=len(collection.queries) / took if took > 0 else 0.0,
        run=tuple(run),
    )


def trec(run: Iterable[Run], tag: str = "helpdesk") -> str:
    """Return a run in the form of TREC: query Q0 passage rank score tag."""
    return "".join(f"{line.query} Q0 {line.passage} {line.rank} {line.score:.4f} {tag}\n" for line in run)


def ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the normalised discounted cumulative gain of the first ten, with gains 2^grade - 1."""
    ideal = sorted(grades.values(), reverse=True)
    best = _gain(ideal)
    return _gain([grades.get(passage, 0) for passage in ranked]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(
        float(_NDCG_BASE ** max(grade, 0) - 1) / log2(place + 2) for place, grade in enumerate(grades[:DEPTH])
    )


def recall(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return the share of the relevant passages that were found."""
    relevant = {passage for passage, grade in grades.items() if grade > 0}
    return len(relevant.intersection(ranked)) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    """Return 1 over the place of the first relevant passage, 0 when there is none."""
    places = (place for place, passage in enumerate(ranked, 1) if grades.get(passage, 0) > 0)
    return next((1 / place for place in places), 0.0)
