"""Approve and remove fixed replies; each change is in the history and in the next state of the library."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from knowledge_base.approved import standing_on
from knowledge_base.errors import NoSuchWording, NotTaken
from knowledge_base.language import SUPPORTED
from knowledge_base.library import events
from knowledge_base.library.events import Act
from knowledge_base.lookup import get_row, get_version, list_versions_of, public_id, row_id
from knowledge_base.tables import ApprovedAnswer, Document, VersionState

_LONGEST_QUESTION = 300


@dataclass(frozen=True, slots=True)
class ApprovedReply:
    """A fixed reply as lists show it. `standing`: its document is published, so that it is given."""

    language: str
    question: str
    phrasings: tuple[str, ...]
    text: str
    document_id: str
    section: str
    created_by: str
    created_at: dt.datetime
    standing: bool


def approve(
    session: Session,
    *,
    language: str,
    question: str,
    text: str,
    document_id: str,
    section: str = "",
    phrasings: tuple[str, ...] = (),
    by: str,
    now: dt.datetime,
) -> None:
    """Give a named question its fixed reply, in place of the one it had.

    Raise NotTaken for an empty text, an unknown language, or a section that the document does not have.
    """
    question, text = " ".join(question.split()), text.strip()
    if language not in SUPPORTED:
        raise NotTaken("an approved answer is in en or fr")
    if not question or not text or len(question) > _LONGEST_QUESTION:
        raise NotTaken(
            f"an approved answer needs a question of at most {_LONGEST_QUESTION} characters and a text"
        )
    document = get_row(session, document_id)
    version = next(
        (one for one in list_versions_of(session, document) if one.state is VersionState.PUBLISHED), None
    ) or get_version(session, document, None)
    if standing_on(session, version, section) is None:
        raise NotTaken(f"{document_id} has no section called {section!r}")
    row = _find(session, language, question) or ApprovedAnswer(
        language=language,
        question=question,
        created_at=now,
        created_by=by,
        document_id=0,
        text="",
        phrasings=(),
    )
    row.phrasings = tuple(dict.fromkeys(" ".join(way.split()) for way in phrasings if way.strip()))
    row.text, row.document_id, row.section = text, row_id(document), section.strip()
    row.created_at, row.created_by = now, by
    session.add(row)
    events.note(session, Act.ANSWER_APPROVED, by, now, document=document_id, detail=f"{language}: {question}")


def remove_approved(session: Session, *, language: str, question: str, by: str, now: dt.datetime) -> None:
    """Take a fixed reply back; the search answers again. Raise NoSuchWording."""
    row = _find(session, language, " ".join(question.split()))
    if row is None:
        raise NoSuchWording(f"there is no approved answer to {question!r} in {language}")
    session.delete(row)
    events.note(session, Act.ANSWER_REMOVED, by, now, detail=f"{language}: {row.question}")


def list_approved(session: Session) -> tuple[ApprovedReply, ...]:
    """Return every fixed reply, in the order of language and question."""
    rows = session.exec(
        select(ApprovedAnswer, Document)
        .join(Document, col(Document.id) == col(ApprovedAnswer.document_id))
        .order_by(col(ApprovedAnswer.language), col(ApprovedAnswer.question))
    ).all()
    return tuple(
        ApprovedReply(
            language=row.language,
            question=row.question,
            phrasings=row.phrasings,
            text=row.text,
            document_id=public_id(document),
            section=row.section,
            created_by=row.created_by,
            created_at=row.created_at,
            standing=document.state.value == "published",
        )
        for row, document in rows
    )


def _find(session: Session, language: str, question: str) -> ApprovedAnswer | None:
    return session.exec(
        select(ApprovedAnswer).where(
            col(ApprovedAnswer.language) == language, col(ApprovedAnswer.question) == question
        )
    ).one_or_none()
