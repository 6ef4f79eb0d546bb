"""Answer a question with ranked, cited passages, or say why the library can't.

Everything here is computed from an immutable index and the arguments: no database, no
clock. Who asks is known only as opaque audience tags.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.index import Index
from knowledge_base.language import SUPPORTED, detect, language_wished
from knowledge_base.places import place_asked_about
from knowledge_base.query import Query, make_query
from knowledge_base.ranking import Ranking, rank
from knowledge_base.sections import choose
from knowledge_base.tokens import telling

PUBLIC = frozenset({"public"})

# The end of a pasted article is where the question stands.
_READ_START = 3000
_READ_END = 2000

# Below this confidence the library says that it has no answer.
ABSTAIN_BELOW = 0.4

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
    """Hits, or an abstention.

    The best passage of each of the three best sections comes first, then the rest of the best
    section, the steps of a list in order.

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
    detected when not given. A place that the question says it is about goes before it. When only the
    other language has an answer, its hits are given. "En français svp" repeats what was asked before.
    """
    question = _readable(question)
    written = language = language or detect(question)
    wished = language_wished(question)
    if wished and history:
        # The same question again, in the other language.
        question, history, language = _readable(history[-1]), history[:-1], wished
        told = detect(question)
        written = told if told in SUPPORTED else language
    if language not in SUPPORTED:
        return _abstention(language, _UNSUPPORTED_LANGUAGE)
    if not any(character.isalnum() for character in question):
        return _abstention(language, _NO_TEXT)
    if not len(index.catalog):
        return _abstention(language, _EMPTY_LIBRARY)
    jurisdiction = _place((question, *reversed(history)), jurisdiction)
    results = []
    # The other language only when there is no answer in the question's own.
    for tried in (language, *(code for code in SUPPORTED if code != language)):
        query = make_query(index, question, history, tried, written_in=written)
        ranking = rank(index, query, audience=audience, jurisdiction=jurisdiction)
        sure = ranking.confidence
        topics = _topics(index, query, ranking)
        if sure >= ABSTAIN_BELOW and ranking.documents:
            rows = choose(index, question, query, ranking, limit)
            hits = tuple(hit_of(index, row, score, query) for row, score in rows)
            return SearchResult(hits, language, topics, sure, False, None)
        reason = _WEAK_MATCH if ranking.documents else _NO_MATCH
        results.append(SearchResult((), language, topics, sure, True, reason))
    return max(results, key=lambda result: result.confidence)


def _place(turns: Sequence[str], known: str | None) -> str | None:
    """Return the place to answer for: the one asked about now, else the asker's own, else one told before."""
    told = [place_asked_about(turn) for turn in turns]
    return told[0] or known or next((place for place in told if place), None)


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


def _topics(index: Index, query: Query, ranking: Ranking) -> tuple[str, ...]:
    """Return the topics of the documents in order; a template serves several, the likeliest counts first."""
    if not ranking.documents:
        return ()
    topics: dict[str, None] = {}
    for document in (ranking.lead, *ranking.documents):
        own = index.catalog.documents[document].topics
        topics.update(dict.fromkeys(sorted(own, key=lambda topic: -query.topics.get(topic, 0.0))))
    return tuple(topics)


def hit_of(index: Index, row: int, score: float, query: Query) -> Hit:
    """Return the passage at a row as what answers; a long one is cut to the sentences nearest to the query."""
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
    matches = [len(query.telling & _told(sentence, query.language)) for sentence in sentences]
    first = matches.index(max(matches))
    excerpt = sentences[first]
    for sentence in sentences[first + 1 :]:
        if len(excerpt) + len(sentence) >= _EXCERPT_CHARACTERS:
            break
        excerpt += f" {sentence}"
    if len(excerpt) > _EXCERPT_CHARACTERS:
        excerpt = excerpt[:_EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + "\u2026"
    return excerpt


@lru_cache(maxsize=8192)
def _told(sentence: str, language: str) -> frozenset[str]:
    """Return what a library's sentence says; the same ones are found over and over."""
    return telling(sentence, language)
