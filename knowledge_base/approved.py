"""Approved answers: a fixed reply to a named question, standing on a section of the library.

An approved answer wins over what the search would find, so it is given only when the question is the named
one: in the same words, or with all of its telling words and nearly its sense. Sense alone would not do: "report
a crime" lies closer to "report a hate crime" than many a rewording does. It is silent while its document is not
published.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from knowledge_base import meaning
from knowledge_base.documents import BRIEFING_TAG, DocumentKind, PassageKind
from knowledge_base.language import detect
from knowledge_base.search import SECTION_SEPARATOR, Hit, SearchResult
from knowledge_base.tables import (
    ApprovedAnswer,
    Document,
    DocumentState,
    DocumentVersion,
    Passage,
    VersionState,
)
from knowledge_base.tokens import analyse, telling

KIND = "approved"

# By eye, on rewordings: the same question with a place added ("in Ontario") lies at 0.80 and is another one.
_SAME_MEANING = 0.85
# A longer message tells a story, and a fixed reply to one sentence of it would miss the rest.
_LONGEST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved answer, ready to be given: every way of asking, and the reply as a hit."""

    questions: tuple[str, ...]
    language: str
    visibility: frozenset[str]
    hit: Hit


class ApprovedAnswers:
    """The approved answers of one state of the library. Immutable, safe to share between threads."""

    def __init__(self, answers: Sequence[Approved]) -> None:
        self._answers = tuple(answers)
        self._exact: dict[tuple[str, tuple[str, ...]], Approved] = {}
        self._ways: dict[str, list[tuple[str, Approved]]] = {}
        for answer in answers:
            for question in answer.questions:
                self._exact.setdefault((answer.language, _words(question, answer.language)), answer)
                self._ways.setdefault(answer.language, []).append((question, answer))
        self._vectors = {
            language: meaning.vectors([question for question, _ in ways])
            for language, ways in self._ways.items()
        }

    def find(self, question: str, *, language: str | None, audience: frozenset[str]) -> SearchResult | None:
        """Return the approved answer to this very question, or None."""
        if not self._answers or not 0 < len(question.split()) <= _LONGEST_WORDS:
            return None
        language = language or detect(question)
        found = self._exact.get((language, _words(question, language))) or self._nearest(question, language)
        if found is None or not found.visibility & audience:
            return None
        if any(f"!{tag}" in audience for tag in found.visibility):
            return None
        return SearchResult((found.hit,), language, found.hit.topics, 1.0, False, None)

    def _nearest(self, question: str, language: str) -> Approved | None:
        ways = self._ways.get(language)
        subject = telling(question, language)
        if not ways or not subject:
            return None
        near = self._vectors[language] @ meaning.vectors([question])[0]
        best = int(near.argmax())
        way, answer = ways[best]
        named = telling(way, language)
        close = bool(named) and named <= subject and float(near[best]) >= _SAME_MEANING
        return answer if close else None


def load_approved(session: Session) -> ApprovedAnswers:
    """Read the approved answers whose document is published."""
    rows = session.exec(
        select(ApprovedAnswer, Document, DocumentVersion)
        .join(Document, col(Document.id) == col(ApprovedAnswer.document_id))
        .join(DocumentVersion, col(DocumentVersion.document_id) == col(Document.id))
        .where(
            col(Document.state) == DocumentState.PUBLISHED,
            col(DocumentVersion.state) == VersionState.PUBLISHED,
        )
        .order_by(col(ApprovedAnswer.id))
    ).all()
    answers = []
    for row, document, version in rows:
        passage = standing_on(session, version, row.section)
        if passage is None:
            continue
        briefing = document.kind is DocumentKind.BRIEFING
        answers.append(
            Approved(
                questions=(row.question, *row.phrasings),
                language=row.language,
                visibility=frozenset((*document.visibility, *((BRIEFING_TAG,) if briefing else ()))),
                hit=_hit(row, document, version, passage),
            )
        )
    return ApprovedAnswers(answers)


def standing_on(session: Session, version: DocumentVersion, section: str) -> Passage | None:
    """Return the first passage under a heading, or of the document; None when the heading is not there."""
    passages = session.exec(
        select(Passage)
        .where(col(Passage.version_id) == version.id, col(Passage.kind) != PassageKind.SOURCE)
        .order_by(col(Passage.position))
    ).all()
    wanted = section.strip().casefold()
    for passage in passages:
        if not wanted or any(part.strip().casefold() == wanted for part in passage.heading):
            return passage
    return None


def _words(question: str, language: str) -> tuple[str, ...]:
    return tuple(analyse(question, language))


def _hit(row: ApprovedAnswer, document: Document, version: DocumentVersion, passage: Passage) -> Hit:
    passage_id = passage.id or 0
    hit = Hit(
        passage_id=passage_id,
        document_id=f"{document.slug}-{document.language}",
        slug=document.slug,
        title=document.title,
        version=version.number,
        section=SECTION_SEPARATOR.join(passage.heading),
        page=passage.page_label,
        kind=KIND,
        step=None,
        text=row.text,
        excerpt=row.text,
        language=row.language,
        topics=document.topics,
        visibility=",".join(document.visibility),
        jurisdiction=passage.jurisdiction,
        reviewed=True,
        published_at=version.published_at,
        anchor=f"p{passage_id}",
        score=1.0,
    )
    return replace(hit, handling=document.handling)
