"""Answer a question with ranked, cited passages, or say why the library can't.

Everything here is computed from an immutable index and the arguments: no database, no
clock. Who asks is known only as opaque audience tags.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge_base.documents import PassageKind
from knowledge_base.index import Index
from knowledge_base.language import SUPPORTED, detect
from knowledge_base.moments import Moment, moments_wanted
from knowledge_base.query import Query, make_query
from knowledge_base.ranking import DOCUMENT_SHARE, Ranking, rank
from knowledge_base.tokens import telling

PUBLIC = frozenset({"public"})

# The end of a pasted article is where the question stands.
_READ_START = 3000
_READ_END = 2000

# Below this confidence the library says that it has no answer.
ABSTAIN_BELOW = 0.35

# What a section gains, in shares of the best score, when the question asks for its part; and
# what is left of one that says what the subject is, when nobody asked that.
_MOMENT_SHARE = 1.0
_UNASKED_MEANING = 0.5

SECTION_SEPARATOR = " \u203a "

_NO_TEXT = "no_text"
_EMPTY_LIBRARY = "empty_library"
_UNSUPPORTED_LANGUAGE = "unsupported_language"
_NO_MATCH = "no_match"
_WEAK_MATCH = "weak_match"

_EXCERPT_CHARACTERS = 300
_SENTENCE = re.compile(r"(?<=[.!?\u2026])\s+|\n")


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers, with all that a citation shows.

    `section` is the heading path joined by " › "; `page` is the label printed on the page;
    `jurisdiction` is empty for text that holds everywhere; `visibility` lists tags with commas. `behind`:
    its original is newer than this translation; `verified` is the day a referral was last tried, in ISO form.
    """

    passage_id: int
    document_id: str
    slug: str
    title: str
    version: int
    section: str
    page: str | None
    kind: str
    step: int | None
    text: str
    excerpt: str
    language: str
    topics: tuple[str, ...]
    visibility: str
    jurisdiction: tuple[str, ...]
    reviewed: bool
    published_at: dt.datetime | None
    anchor: str
    score: float
    recommendation: str | None = None
    document_kind: str = "article"
    behind: bool = False
    handling: str = ""
    verified: str = ""

    @property
    def link(self) -> str:
        return f"/library/{self.document_id}?v={self.version}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best section first and the steps of a list in order, or an abstention.

    `topics` are slugs, likeliest first, and are given with a weak match too, so that
    somebody can be asked which was meant. `hits` is empty when `abstained`. `language` is
    that of the question; a hit in another language says so itself. `abstain_reason` is one of
    no_text, empty_library, unsupported_language, no_match, weak_match.
    """

    hits: tuple[Hit, ...]
    language: str
    topics: tuple[str, ...]
    confidence: float
    abstained: bool
    abstain_reason: str | None


def search(
    index: Index,
    question: str,
    *,
    history: Sequence[str] = (),
    audience: frozenset[str] = PUBLIC,
    language: str | None = None,
    jurisdiction: str | None = None,
    limit: int = 6,
) -> SearchResult:
    """Search the library for a question.

    `history` is what the same person wrote before, oldest first. `jurisdiction` is a code
    such as "CA-ON" or "US"; text that holds only elsewhere is left out. `language` is
    detected when not given. When only the other language has an answer, its hits are given.
    """
    question = _readable(question)
    language = language or detect(question)
    if language not in SUPPORTED:
        return _abstention(language, _UNSUPPORTED_LANGUAGE)
    if not any(character.isalnum() for character in question):
        return _abstention(language, _NO_TEXT)
    if not len(index.catalog):
        return _abstention(language, _EMPTY_LIBRARY)
    results = []
    # The other language only when there is no answer in the question's own.
    for tried in (language, *(code for code in SUPPORTED if code != language)):
        query = make_query(index, question, history, tried, written_in=language)
        ranking = rank(index, query, audience=audience, jurisdiction=jurisdiction)
        sure = ranking.confidence
        topics = _topics(index, ranking)
        if sure >= ABSTAIN_BELOW and ranking.documents:
            rows = _choose(index, question, ranking, limit)
            hits = tuple(_hit(index, row, score, query) for row, score in rows)
            return SearchResult(hits, language, topics, sure, False, None)
        reason = _WEAK_MATCH if ranking.documents else _NO_MATCH
        results.append(SearchResult((), language, topics, sure, True, reason))
    return max(results, key=lambda result: result.confidence)


def ranked_passages(
    index: Index,
    question: str,
    *,
    history: Sequence[str] = (),
    audience: frozenset[str] = PUBLIC,
    language: str,
    jurisdiction: str | None = None,
    limit: int = 100,
) -> tuple[tuple[int, float], ...]:
    """Return the rows that `search` chooses its hits from, best first, with their scores."""
    query = make_query(index, _readable(question), history, language)
    ranking = rank(index, query, audience=audience, jurisdiction=jurisdiction)
    return tuple(zip(ranking.rows[:limit], ranking.scores[:limit], strict=True))


def _readable(question: str) -> str:
    if len(question) <= _READ_START + _READ_END:
        return question
    return question[:_READ_START] + "\n" + question[-_READ_END:]


def _abstention(language: str, reason: str) -> SearchResult:
    return SearchResult((), language, (), 0.0, True, reason)


def _lead(index: Index, ranking: Ranking) -> int:
    """Return the document that answers: the first, or without topics that of the best passage."""
    if not ranking.rows or any(ranking.by_topic):
        return ranking.documents[0]
    return int(index.catalog.document_of[ranking.rows[0]])


def _topics(index: Index, ranking: Ranking) -> tuple[str, ...]:
    if not ranking.documents:
        return ()
    topics: dict[str, None] = {}
    for document in (_lead(index, ranking), *ranking.documents):
        for topic in index.catalog.documents[document].topics:
            topics[topic] = None
    return tuple(topics)


def _choose(index: Index, question: str, ranking: Ranking, limit: int) -> list[tuple[int, float]]:
    """Return the rows to show with their scores: section by section, the best first.

    All sections of the document that answers come before those of any other.
    """
    catalog = index.catalog
    wanted = moments_wanted(question)
    lead = _lead(index, ranking)
    # What a row of this document is worth that holds no word of the question.
    unmatched = DOCUMENT_SHARE * ranking.document_scores[ranking.documents.index(lead)]
    top = max(max(ranking.scores, default=0.0), unmatched, 0.0)
    found: dict[int, dict[int, float]] = {}
    for row, score in zip(ranking.rows, ranking.scores, strict=True):
        found.setdefault(int(catalog.section_of[row]), {})[row] = score
    own = dict.fromkeys(int(catalog.section_of[row]) for row in _shown(index, ranking, lead))
    # The part that was asked for is a candidate even where no word of it matches, and a document
    # that no word of the question led to opens with its first hour.
    needed = set(wanted) if not own.keys().isdisjoint(found) else {*wanted, Moment.NOW}
    for section in own:
        if catalog.moment(section) in needed:
            found.setdefault(section, {})
    if own and own.keys().isdisjoint(found):
        found[next(iter(own))] = {}
    sections = []
    for section, scores in found.items():
        moment = catalog.moment(section)
        score = max(scores.values(), default=unmatched)
        if moment in wanted and section in own:
            score += wanted[moment] * _MOMENT_SHARE * top
        elif moment is Moment.MEANING:
            score *= _UNASKED_MEANING
        sections.append((section not in own, -score, section, moment in wanted))
    chosen: list[tuple[int, float]] = []
    for _, _, section, asked_for in sorted(sections):
        room = limit - len(chosen)
        if room <= 0:
            break
        rows = _from_section(index, ranking, section, found[section], whole=asked_for)[:room]
        chosen += [(row, found[section].get(row, unmatched)) for row in rows]
    return chosen


def _shown(index: Index, ranking: Ranking, document: int) -> list[int]:
    visible = ranking.visible
    return [row for row in index.catalog.rows_of(document) if visible is None or visible[row]]


def _from_section(
    index: Index, ranking: Ranking, section: int, scores: dict[int, float], *, whole: bool
) -> list[int]:
    """Return a section's rows: a list in its order, from the best on unless the whole is wanted."""
    catalog = index.catalog
    visible = ranking.visible
    rows = [row for row in catalog.rows_of_section(section) if visible is None or visible[row]]
    if whole or not scores:
        return rows
    best = min(scores, key=lambda row: (-scores[row], row))
    if catalog.kind(best) == PassageKind.STEP.value:
        return [row for row in rows if row >= best and catalog.kind(row) == PassageKind.STEP.value]
    return sorted(scores, key=lambda row: (-scores[row], row))


def _hit(index: Index, row: int, score: float, query: Query) -> Hit:
    passage = index.catalog.passage(row)
    document = index.catalog.document(row)
    return Hit(
        passage_id=passage.passage_id,
        document_id=document.document_id,
        slug=document.slug,
        title=document.title,
        version=document.version,
        section=SECTION_SEPARATOR.join(passage.heading),
        page=passage.page,
        kind=passage.kind,
        step=passage.step,
        text=passage.text,
        excerpt=_excerpt(passage.text, query),
        language=passage.language,
        topics=document.topics,
        visibility=",".join(document.visibility),
        jurisdiction=passage.jurisdiction,
        reviewed=document.reviewed,
        published_at=document.published_at,
        anchor=f"p{passage.passage_id}",
        score=round(score, 4),
        recommendation=passage.recommendation,
        document_kind=document.kind,
        behind=document.behind,
        handling=document.handling,
        verified=document.verified,
    )


def _excerpt(text: str, query: Query) -> str:
    """Return the whole text when short, else the sentences around the one that matches best."""
    if len(text) <= _EXCERPT_CHARACTERS:
        return text
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence.strip()]
    matches = [len(query.telling & telling(sentence, query.language)) for sentence in sentences]
    first = matches.index(max(matches))
    excerpt = sentences[first]
    for sentence in sentences[first + 1 :]:
        if len(excerpt) + len(sentence) >= _EXCERPT_CHARACTERS:
            break
        excerpt += f" {sentence}"
    if len(excerpt) > _EXCERPT_CHARACTERS:
        excerpt = excerpt[:_EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + "\u2026"
    return excerpt
