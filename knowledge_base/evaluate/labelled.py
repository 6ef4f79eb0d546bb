"""Score the answers to labelled questions: what an admin tries before publishing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge_base.evaluate.measures import Count
from knowledge_base.evaluate.questions import Question
from knowledge_base.index import Index
from knowledge_base.moments import moment_of_section
from knowledge_base.search import SECTION_SEPARATOR, Hit, SearchResult, search

_BANDS = 5


@dataclass(frozen=True, slots=True)
class Scores:
    """What came out for one group of questions.

    Hits count documents that are acceptable, in the order shown; an abstention has none.
    `topic_at_1` asks only for the best topic, abstained or not. `section_at_3` is counted where
    a section is labelled and the document was right.
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
    """A question that was answered wrongly, or abstained on wrongly, or answered at all.

    `documents` are those that were shown, the best first.
    """

    question: Question
    documents: tuple[str, ...]
    topics: tuple[str, ...]
    confidence: float
    abstained: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Scores by group ("all", "en", "topic:doxing", "en/held", "tag:vocabulary_gap", ...),
    how far confidence can be relied on, and the misses."""

    groups: Mapping[str, Scores]
    reliability: tuple[Band, ...]
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class _Outcome:
    question: Question
    result: SearchResult

    @property
    def shown(self) -> dict[str, Hit]:
        """Return the documents that were shown, each with its first hit, the best first."""
        found: dict[str, Hit] = {}
        for hit in self.result.hits:
            found.setdefault(hit.document_id, hit)
        return found

    @property
    def rank(self) -> int:
        """Return the place, from 1, of the first acceptable document, 0 for none."""
        wanted = set(self.question.acceptable)
        fitting = (
            place
            for place, hit in enumerate(self.shown.values(), 1)
            if not wanted.isdisjoint((*hit.topics, hit.slug, hit.document_id))
        )
        return next(fitting, 0)

    @property
    def topic_right(self) -> bool:
        return self.rank == 1 or (
            bool(self.result.topics) and self.result.topics[0] in self.question.acceptable
        )

    @property
    def right(self) -> bool:
        return self.rank == 1 if self.question.answerable else self.result.abstained


def evaluate(
    index: Index,
    questions: Iterable[Question],
    *,
    limit: int = 6,
    on_question: Callable[[], None] = lambda: None,
) -> Report:
    """Ask every question as an official would, and score the answers."""
    outcomes = []
    for question in questions:
        result = search(
            index,
            question.text,
            history=question.history,
            language=question.language,
            jurisdiction=question.jurisdiction,
            limit=limit,
        )
        outcomes.append(_Outcome(question, result))
        on_question()
    groups: dict[str, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        for name in _groups(outcome):
            groups[name].append(outcome)
    misses = tuple(
        Miss(one.question, tuple(one.shown), one.result.topics, one.result.confidence, one.result.abstained)
        for one in outcomes
        if not one.right
    )
    return Report({name: _scores(held) for name, held in sorted(groups.items())}, _bands(outcomes), misses)


def unknown_labels(index: Index, questions: Iterable[Question]) -> tuple[str, ...]:
    """Return what questions expect that is no topic, slug or id of a document of this library."""
    expected = {label for question in questions if question.answerable for label in question.acceptable}
    return tuple(sorted(expected - labels(index)))


def labels(index: Index) -> frozenset[str]:
    """Return what a question may expect of this library: the topics, slugs and ids of its documents."""
    documents = index.catalog.documents
    return topics(index).union(*((one.slug, one.document_id) for one in documents))


def topics(index: Index) -> frozenset[str]:
    """Return the topics of a library."""
    return frozenset(topic for document in index.catalog.documents for topic in document.topics)


def _groups(outcome: _Outcome) -> list[str]:
    question = outcome.question
    language = question.language or outcome.result.language
    names = ["all", language, *(f"tag:{tag}" for tag in question.tags)]
    names += [f"{language}/tag:{tag}" for tag in question.tags]
    if question.split:
        names += [f"{name}/{question.split}" for name in names]
    return [*names, f"topic:{question.acceptable[0]}"]


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


def _bands(outcomes: Sequence[_Outcome]) -> tuple[Band, ...]:
    """Return how often the best document was right, by confidence; abstentions are counted too."""
    held: dict[int, list[_Outcome]] = defaultdict(list)
    for one in outcomes:
        held[min(int(one.result.confidence * _BANDS), _BANDS - 1)].append(one)
    return tuple(
        Band(
            band / _BANDS,
            (band + 1) / _BANDS,
            sum(one.result.confidence for one in found) / len(found),
            _count(one.question.answerable and one.topic_right for one in found),
        )
        for band, found in sorted(held.items())
    )
