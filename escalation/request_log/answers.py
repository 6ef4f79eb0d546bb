"""Answers: how the library answered, whether it helped, how often the desk answered by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from escalation.errors import NotFound
from escalation.request_log.requests import get_request
from escalation.tables import Answer, Author, Citation, Message, MessageKind, Thread


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """How the library answered, to be kept beside the reply."""

    topics: tuple[str, ...]
    confidence: float
    abstained: bool
    abstain_reason: str | None
    generation: int
    more_url: str | None = None


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """The latest answer of a conversation. `after` names the document and passage that "more" goes on from."""

    topics: tuple[str, ...]
    reason: str | None
    after: tuple[str, int] | None


def last_answer(session: Session, thread_id: str | None) -> LastAnswer | None:
    """Return how the latest question of a conversation was answered, or None.

    Where several matters were answered, "more" goes on with the first.
    """
    answer = session.exec(
        select(Answer)
        .join(Message, col(Message.id) == col(Answer.message_id))
        .where(Message.thread_id == thread_id)
        .order_by(col(Message.recorded_at).desc(), col(Message.id).desc())
        .limit(1)
    ).first()
    if answer is None:
        return None
    cited = session.exec(
        select(Citation.document_id, Citation.passage_id)
        .where(Citation.message_id == answer.message_id)
        .order_by(col(Citation.number))
    ).all()
    first = [passage for document, passage in cited if document == cited[0][0]]
    return LastAnswer(
        topics=tuple(topic for topic in answer.topics.split(",") if topic),
        reason=answer.abstain_reason,
        after=(cited[0][0], first[-1]) if cited else None,
    )


def attach_answer(
    session: Session, question: Message, reply: Message, facts: AnswerFacts, citations: Sequence[Citation]
) -> None:
    """Store how the library answered a question, and by value what the reply quoted."""
    session.add(
        Answer(
            message_id=reply.id,
            question_id=question.id,
            topics=",".join(facts.topics),
            confidence=facts.confidence,
            abstained=facts.abstained,
            abstain_reason=facts.abstain_reason,
            generation=facts.generation,
            more_url=facts.more_url,
        )
    )
    if citations:
        rows = [citation.model_dump(exclude={"id"}) for citation in citations]
        session.connection().execute(insert(Citation), rows)
    request = get_request(session, question.request_id)
    if request.topic is None and facts.topics and not facts.abstained:
        request.topic = facts.topics[0]
        session.add(request)
    session.flush()


def give_feedback(
    session: Session, message_id: str, *, helpful: bool, reason: str | None, now: datetime
) -> Answer:
    """Note whether an answer helped; the latest word counts. Raise NotFound for anything but an answer."""
    answer = session.get(Answer, message_id)
    if answer is None:
        raise NotFound("There is no such answer.")
    answer.helpful = helpful
    answer.feedback_reason = reason
    answer.feedback_at = now
    session.add(answer)
    session.flush()
    return answer


def misses_in_a_row(session: Session, message: Message, limit: int = 3) -> int:
    """Return how many of the latest answers in this conversation found nothing, without a break."""
    rows = session.exec(
        select(Answer.abstained)
        .join(Message, col(Message.id) == col(Answer.message_id))
        .where(Message.thread_id == message.thread_id)
        .order_by(col(Message.recorded_at).desc())
        .limit(limit)
    ).all()
    count = 0
    for abstained in rows:
        if not abstained:
            break
        count += 1
    return count


def automatic_replies(
    session: Session, since: datetime, *, thread_id: str | None = None, person_id: int | None = None
) -> tuple[datetime, ...]:
    """Return when the bot answered by itself since then, in one conversation or to one person."""
    query = (
        select(Message.recorded_at)
        .join(Thread, col(Thread.id) == col(Message.thread_id))
        .where(
            Message.author == Author.BOT,
            col(Message.kind).in_((MessageKind.ANSWER, MessageKind.NOTICE)),
            Message.recorded_at > since,
        )
    )
    if thread_id is not None:
        query = query.where(Message.thread_id == thread_id)
    if person_id is not None:
        query = query.where(Thread.person_id == person_id)
    return tuple(session.exec(query.limit(200)).all())
