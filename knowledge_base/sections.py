"""Which sections answer: of the article on the subject, or of a template, a referral, a brief.

Every section of the documents on the subject is a candidate, and so is every section that words or
meaning found. A few figures of each are added up with weights that were fitted on labelled questions
(`python -m benchmarks.sections`); a document that stands out by words alone needs no topic for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log1p

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.asked import parts_asked_for
from knowledge_base.confidence import unit
from knowledge_base.documents import DocumentKind, PassageKind
from knowledge_base.index import Index
from knowledge_base.moments import Moment, moments_wanted
from knowledge_base.query import Query
from knowledge_base.ranking import Ranking
from knowledge_base.tokens import analyse
from knowledge_base.topics import NONE
from knowledge_base.wanted import wants_words

# So many of the best sections are shown with a passage each before the rest of the best one.
LED = 3

# How many times the score of the next document's best passage; and from this share on a topic is no guess.
_STANDS_OUT = 1.6
_SURE_TOPIC = 0.6

# Of so many of the best passages the whole section is looked at.
_FOUND = 60

_MOMENTS = tuple(Moment)
WEIGHTS: dict[str, float] = {
    "words": 2.58,
    "meaning": 1.80,
    "heading_words": 0.96,
    "heading_meaning": 0.82,
    "title_meaning": 0.46,
    "lead": 1.16,
    "topic": 2.14,
    "asked_for": 1.44,
    "not_asked_for": -0.78,
    "template_words": 1.17,
    "template": -0.28,
    "referral_contacts": -0.24,
    "referral": 0.04,
    "other_kind": -0.07,
    "is_now": -1.23,
    "is_first_day": 0.34,
    "is_first_week": 0.10,
    "is_contacts": 0.26,
    "is_law": 0.66,
    "is_avoid": 0.71,
    "is_meaning": 0.32,
    "part": 1.25,
}
FIGURES = tuple(WEIGHTS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A section that may answer: its figures in the order of FIGURES, the scores of its rows, and
    whether it is asked for as a whole, from its beginning."""

    section: int
    document: int
    figures: tuple[float, ...]
    scores: Mapping[int, float]
    whole: bool

    @property
    def score(self) -> float:
        return sum(weight * figure for weight, figure in zip(WEIGHTS.values(), self.figures, strict=True))


def choose(
    index: Index, question: str, query: Query, ranking: Ranking, limit: int
) -> list[tuple[int, float]]:
    """Return the rows to show with their scores.

    The best passage of each of the three best sections comes first, then the rest of the best
    section; the steps of a list keep their order.
    """
    ranked = sorted(candidates(index, question, query, ranking), key=lambda one: (-one.score, one.section))
    ranked = _of_what_stands_out(index, query, ranked)
    chosen: list[tuple[int, float]] = []
    rest: list[tuple[int, float]] = []
    for place, one in enumerate(ranked):
        rows = [(row, one.scores.get(row, 0.0)) for row in _in_order(index, one)]
        if place < LED:
            chosen += rows[:1]
            rest += rows[1:]
        else:
            rest += rows
        if len(chosen) + len(rest) >= limit and place >= LED - 1:
            break
    return [*chosen, *rest][:limit]


def _of_what_stands_out(index: Index, query: Query, ranked: list[Candidate]) -> list[Candidate]:
    """Keep to one document where its words leave all others far behind: rare words are no guess, a hub's own
    page on reindeer is not helped by a step about resolutions. A topic that is sure goes before them."""
    if not ranked:
        return ranked
    topic, share = max(query.topics.items(), key=lambda told: told[1], default=(NONE, 1.0))
    best = max(ranked, key=lambda one: max(one.scores.values()))
    others = [max(one.scores.values()) for one in ranked if one.document != best.document]
    if not others or max(best.scores.values()) < _STANDS_OUT * max(others):
        return ranked
    if topic in index.catalog.documents[best.document].topics:
        return sorted(ranked, key=lambda one: one.document != best.document)
    if topic != NONE and share >= _SURE_TOPIC:
        return ranked
    own = [one for one in ranked if one.document == best.document]
    return sorted(own, key=lambda one: one is not best)


def candidates(index: Index, question: str, query: Query, ranking: Ranking) -> list[Candidate]:
    """Return every section that may answer, with its figures."""
    catalog = index.catalog
    one = unit(index, query.language)
    wanted = moments_wanted(question)
    rows = _rows(index, query, ranking)
    if not rows:
        return []
    held = np.array(rows)
    documents = catalog.document_of[held]
    sections = catalog.section_of[held]
    nothing: Array = np.zeros(len(rows), dtype=np.float32)
    meaning = titles = headings = nothing
    if index.senses and index.titles and index.headings and query.sense:
        meaning = index.senses.closeness(query.sense, held)
        titles = index.titles.closeness(query.sense, documents)
        headings = index.headings.closeness(query.sense, catalog.heading_of[sections])
    scores = dict(zip(ranking.rows, ranking.scores, strict=True))
    asked = frozenset(analyse(question, query.language))
    parts: Mapping[Moment, float] = {}
    if query.sense:
        parts = parts_asked_for(query.sense.vectors[0])
    words_wanted = float(wants_words(question))
    found: dict[int, list[int]] = {}
    for place, section in enumerate(sections.tolist()):
        found.setdefault(section, []).append(place)
    result = []
    for section, places in found.items():
        place = places[0]
        document = catalog.documents[int(documents[place])]
        moment = catalog.moment(section)
        heading = _heading_terms(catalog.headings[int(catalog.heading_of[section])], query.language)
        share = sum(index.passages.weight(term, query.language) for term in sorted(heading & asked))
        template = document.kind == DocumentKind.TEMPLATE.value
        referral = document.kind == DocumentKind.REFERRAL.value
        figures = (
            log1p(max(0.0, *(ranking.words.get(rows[at], 0.0) for at in places)) / one),
            float(max(meaning[at] for at in places)),
            share / one,
            float(headings[place]),
            float(titles[place]),
            float(int(documents[place]) == ranking.lead),
            max((query.topics.get(topic, 0.0) for topic in document.topics), default=0.0),
            wanted.get(moment, 0.0) if moment else 0.0,
            float(moment is not None and bool(wanted) and moment not in wanted),
            template * words_wanted,
            float(template),
            referral * wanted.get(Moment.CONTACTS, 0.0),
            float(referral),
            float(not template and not referral and document.kind != DocumentKind.ARTICLE.value),
            *(float(moment is known) for known in _MOMENTS),
            parts.get(moment, 0.0) if moment else 0.0,
        )
        own = {rows[at]: scores.get(rows[at], 0.0) + one * float(meaning[at]) for at in places}
        result.append(Candidate(section, int(documents[place]), figures, own, moment in wanted))
    return result


def _rows(index: Index, query: Query, ranking: Ranking) -> list[int]:
    """Return the rows of the documents on the subject, and those that were found, that may be shown."""
    catalog = index.catalog
    lead = ranking.lead
    subject = [lead]
    for topic in catalog.documents[lead].topics:
        subject += [place for place in catalog.documents_about(topic, query.language) if place != lead]
    visible = ranking.visible
    rows = dict.fromkeys(
        row for document in subject for row in catalog.rows_of(document) if visible is None or visible[row]
    )
    for found in ranking.rows[:_FOUND]:
        section = catalog.rows_of_section(int(catalog.section_of[found]))
        rows.update(dict.fromkeys(row for row in section if visible is None or visible[row]))
    return list(rows)


def _in_order(index: Index, one: Candidate) -> Sequence[int]:
    """Return a section's rows: a list in its order, from the best step on; else the best first."""
    catalog = index.catalog
    rows = sorted(one.scores)
    if one.whole:
        return rows
    best = min(rows, key=lambda row: (-one.scores[row], row))
    if catalog.kind(best) == PassageKind.STEP.value:
        return [row for row in rows if row >= best and catalog.kind(row) == PassageKind.STEP.value]
    return sorted(rows, key=lambda row: (-one.scores[row], row))


@lru_cache(maxsize=4096)
def _heading_terms(path: tuple[str, ...], language: str) -> frozenset[str]:
    return frozenset(analyse(" ".join(path[-2:]), language))
