"""What people asked and the library could not answer, and who is writing the answer.

Only masked words leave this module, and none of a request that the actor may not know of, nor of danger or
self-harm: those are for people, not for a library.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, and_, col, or_, select

from escalation import confidentiality, directory
from escalation.access import Actor
from escalation.rows import insert_new
from escalation.tables import (
    Answer,
    DraftSource,
    HelpRequest,
    KnowledgeGap,
    KnowledgeGapQuestion,
    Message,
    MessageKind,
)

_NOT_A_GAP = frozenset({"no_text", "unsupported_language"})


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One question that found nothing, or whose answer did not help. `text` is masked."""

    message_id: str
    text: str
    language: str
    jurisdiction: str
    asked_at: datetime
    thumbs_down: bool
    gap_id: int | None


def unanswered(session: Session, actor: Actor, since: datetime) -> tuple[Unanswered, ...]:
    """Return the unanswered questions that the actor may know of, oldest first."""
    rows = session.exec(
        select(Message, Answer, HelpRequest.person_id)
        .join(Answer, col(Answer.question_id) == col(Message.id))
        .join(HelpRequest, col(HelpRequest.id) == col(Message.request_id))
        .where(
            Message.kind == MessageKind.MESSAGE,
            Message.recorded_at >= since,
            col(Message.immediate_danger).is_(False),
            col(Message.self_harm).is_(False),
            Message.masked != "",
            or_(
                col(Answer.helpful).is_(False),
                and_(
                    col(Answer.abstained).is_(True),
                    or_(
                        col(Answer.abstain_reason).is_(None),
                        col(Answer.abstain_reason).not_in(_NOT_A_GAP),
                    ),
                ),
            ),
            *confidentiality.knowable(actor, col(Message.request_id)),
        )
        .order_by(col(Message.recorded_at), col(Message.id))
    ).all()
    taken = dict(session.exec(select(KnowledgeGapQuestion.message_id, KnowledgeGapQuestion.gap_id)).all())
    regions: dict[int, str] = {}
    for _, _, person_id in rows:
        if person_id not in regions:
            city = directory.city_of(session, person_id)
            regions[person_id] = city.region if city else ""
    return tuple(
        Unanswered(
            message_id=message.id,
            text=message.masked,
            language=message.language,
            jurisdiction=regions[person_id],
            asked_at=message.recorded_at,
            thumbs_down=not answer.abstained,
            gap_id=taken.get(message.id),
        )
        for message, answer, person_id in rows
    )


def take(
    session: Session,
    message_ids: Collection[str],
    *,
    document_id: str,
    assignee_id: int | None,
    first_asked_at: datetime,
    now: datetime,
) -> KnowledgeGap:
    """Note that somebody writes the answer to these questions, in this draft."""
    gap = KnowledgeGap(
        document_id=document_id, assignee_id=assignee_id, first_asked_at=first_asked_at, taken_at=now
    )
    session.add(gap)
    session.flush()
    join(session, gap.id or 0, message_ids)
    return gap


def join(session: Session, gap_id: int, message_ids: Collection[str]) -> None:
    """Count more questions to a gap; one that belongs to another stays there."""
    for message_id in message_ids:
        insert_new(session, KnowledgeGapQuestion(message_id=message_id, gap_id=gap_id))


def answered(session: Session, document_id: str, now: datetime) -> int:
    """Note that the answer to a gap was published; return how many gaps that closes."""
    closed = session.connection().execute(
        update(KnowledgeGap)
        .where(col(KnowledgeGap.document_id) == document_id, col(KnowledgeGap.answered_at).is_(None))
        .values(answered_at=now)
        .returning(col(KnowledgeGap.id))
    )
    return len(closed.all())


def taken(session: Session) -> tuple[KnowledgeGap, ...]:
    """Return the gaps somebody has taken on, oldest question first."""
    query = select(KnowledgeGap).order_by(col(KnowledgeGap.first_asked_at), col(KnowledgeGap.id))
    return tuple(session.exec(query).all())


def note_sources(session: Session, document_id: str, message_ids: Collection[str]) -> None:
    """Remember which messages gave a draft its material."""
    for message_id in message_ids:
        insert_new(session, DraftSource(message_id=message_id, document_id=document_id))


def drafts_of(session: Session, request_ids: Collection[int]) -> tuple[str, ...]:
    """Return the drafts that were given words of these requests."""
    query = (
        select(DraftSource.document_id)
        .join(Message, col(Message.id) == col(DraftSource.message_id))
        .where(col(Message.request_id).in_(request_ids))
        .distinct()
        .order_by(col(DraftSource.document_id))
    )
    return tuple(session.exec(query).all())
