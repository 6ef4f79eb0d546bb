"""The record of what was asked and what was answered. Bodies arrive sealed; lists see masked text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, or_, update
from sqlmodel import Session, col, select

from escalation.errors import NotFound
from escalation.identifiers import new_id
from escalation.rows import insert_new
from escalation.tables import (
    UNFINISHED,
    Answer,
    Attachment,
    Author,
    ChannelName,
    Citation,
    DataKey,
    HelpRequest,
    Message,
    MessageKind,
    MessageState,
    OutboxMessage,
    Thread,
    Ticket,
)

CLAIM = timedelta(seconds=30)
UNANSWERED_AFTER = timedelta(seconds=60)
STAYS_OPEN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """How the library answered, to be kept beside the reply."""

    topics: tuple[str, ...]
    confidence: float
    abstained: bool
    abstain_reason: str | None
    generation: int
    more_url: str | None = None


def find_thread(
    session: Session, channel: ChannelName, key: str, aliases: Sequence[str], person_id: int
) -> Thread | None:
    """Return the conversation by its own key, or by the carrier's id of a message in it.

    A stranger who quotes a message id of somebody else's conversation does not enter it.
    """
    own = session.exec(select(Thread).where(Thread.channel == channel, Thread.key == key)).first()
    if own is not None:
        return own if own.person_id == person_id or own.ticket_id is not None else None
    if not aliases:
        return None
    names = list(aliases)
    by_key = session.exec(
        select(Thread).where(
            Thread.channel == channel, Thread.person_id == person_id, col(Thread.key).in_(names)
        )
    ).first()
    if by_key is not None:
        return by_key
    by_message = session.exec(
        select(Thread)
        .join(Message, col(Message.thread_id) == col(Thread.id))
        .outerjoin(OutboxMessage, col(OutboxMessage.message_id) == col(Message.id))
        .where(
            Thread.channel == channel,
            Thread.person_id == person_id,
            or_(col(Message.external_id).in_(names), col(OutboxMessage.external_id).in_(names)),
        )
        .order_by(col(Message.recorded_at).desc())
    ).first()
    return by_message


def open_request_of(session: Session, person_id: int, now: datetime) -> HelpRequest | None:
    """Return the person's open request: one with an unfinished ticket, else one of the last day."""
    with_ticket = session.exec(
        select(HelpRequest)
        .join(Ticket, col(Ticket.request_id) == col(HelpRequest.id))
        .where(HelpRequest.person_id == person_id, col(Ticket.state).in_(UNFINISHED))
        .order_by(col(HelpRequest.last_message_at).desc())
    ).first()
    if with_ticket is not None:
        return with_ticket
    return session.exec(
        select(HelpRequest)
        .where(
            HelpRequest.person_id == person_id,
            col(HelpRequest.finished_at).is_(None),
            HelpRequest.last_message_at > now - STAYS_OPEN,
        )
        .order_by(col(HelpRequest.last_message_at).desc())
    ).first()


def open_request(
    session: Session, *, person_id: int, key: DataKey, language: str, asked_at: datetime
) -> HelpRequest:
    """Open a new need under its own data key. `asked_at` is t0, the moment help was first asked for."""
    session.add(key)
    session.flush()
    request = HelpRequest(
        person_id=person_id,
        data_key_id=key.id,
        language=language,
        opened_at=asked_at,
        last_message_at=asked_at,
    )
    session.add(request)
    session.flush()
    return request


def open_thread(
    session: Session,
    *,
    channel: ChannelName,
    key: str,
    address: str,
    person_id: int,
    request_id: int,
    now: datetime,
) -> Thread:
    """Return the conversation of that key, made now unless another delivery has just made it."""
    row = Thread(
        id=new_id(now),
        channel=channel,
        key=key,
        address=address,
        person_id=person_id,
        request_id=request_id,
        created_at=now,
    )
    insert_new(session, row)
    return session.exec(select(Thread).where(Thread.channel == channel, Thread.key == key)).one()


def record(session: Session, message: Message, files: Iterable[Attachment] = ()) -> bool:
    """Store a message with its files; return False, storing nothing, when its key is known already."""
    if not insert_new(session, message):
        return False
    for file in files:
        session.add(file)
    if message.author is Author.REQUESTER and message.kind in {MessageKind.MESSAGE, MessageKind.EDIT}:
        request = get_request(session, message.request_id)
        request.last_message_at = max(request.last_message_at, message.recorded_at)
        request.urgency = min(request.urgency, message.urgency or "P4")  # a turn raises, none lowers
        session.add(request)
    session.flush()
    return True


def known_message(session: Session, dedupe_key: str) -> Message | None:
    """Return the message that arrived earlier under this key, or None."""
    return session.exec(select(Message).where(Message.dedupe_key == dedupe_key)).first()


def get_message(session: Session, message_id: str) -> Message:
    """Return a message, or raise NotFound."""
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("There is no such message.")
    return message


def get_request(session: Session, request_id: int) -> HelpRequest:
    """Return a request, or raise NotFound."""
    request = session.get(HelpRequest, request_id)
    if request is None:
        raise NotFound("There is no such request.")
    return request


def lock_request(session: Session, request_id: int) -> HelpRequest:
    """Return a request, locked until the transaction ends: whatever concerns one need happens in turn.

    Every act on a ticket and every answer takes this lock first, before any other row of the request.
    SQLite has one writer anyway.
    """
    query = select(HelpRequest).where(HelpRequest.id == request_id).with_for_update()
    request = session.exec(query.execution_options(populate_existing=True)).first()
    if request is None:
        raise NotFound("There is no such request.")
    return request


def get_key(session: Session, key_id: str) -> DataKey:
    """Return a data key row, or raise NotFound."""
    key = session.get(DataKey, key_id)
    if key is None:
        raise NotFound("The key of this record is missing.")
    return key


def claim(session: Session, message_id: str, worker: str, now: datetime) -> Message | None:
    """Take a pending message for this worker; None when it is handled or somebody else has it."""
    result = session.connection().execute(
        update(Message)
        .where(
            col(Message.id) == message_id,
            col(Message.state) == MessageState.PENDING,
            or_(col(Message.claimed_until).is_(None), col(Message.claimed_until) <= now),
        )
        .values(claimed_by=worker, claimed_until=now + CLAIM, attempts=col(Message.attempts) + 1)
    )
    if cast("CursorResult[Any]", result).rowcount != 1:
        return None
    return get_message(session, message_id)


def finish(session: Session, message_id: str, worker: str, now: datetime) -> bool:
    """Mark a message handled; False when this worker's claim ran out and another took it."""
    result = session.connection().execute(
        update(Message)
        .where(
            col(Message.id) == message_id,
            col(Message.state) == MessageState.PENDING,
            col(Message.claimed_by) == worker,
        )
        .values(state=MessageState.HANDLED, handled_at=now)
    )
    return cast("CursorResult[Any]", result).rowcount == 1


def close_pending(session: Session, message_id: str, now: datetime) -> None:
    """Take a message off the pending list, whoever holds it: people have it now."""
    session.connection().execute(
        update(Message)
        .where(col(Message.id) == message_id, col(Message.state) == MessageState.PENDING)
        .values(state=MessageState.HANDLED, handled_at=now)
    )


def release(session: Session, message_id: str, worker: str, retry_at: datetime) -> None:
    """Give a claimed message back, to be tried again from `retry_at`."""
    session.connection().execute(
        update(Message)
        .where(col(Message.id) == message_id, col(Message.claimed_by) == worker)
        .values(claimed_until=retry_at)
    )


def pending(session: Session, now: datetime, limit: int, *, not_before: datetime) -> tuple[str, ...]:
    """Return the ids of messages that wait for an answer and that nobody holds, oldest first.

    What arrived after `not_before` is left to the process that accepted it.
    """
    return tuple(
        session.exec(
            select(Message.id)
            .where(
                Message.state == MessageState.PENDING,
                Message.recorded_at <= not_before,
                or_(col(Message.claimed_until).is_(None), col(Message.claimed_until) <= now),
            )
            .order_by(col(Message.recorded_at))
            .limit(limit)
        ).all()
    )


def unanswered(session: Session, recorded_before: datetime, now: datetime) -> tuple[str, ...]:
    """Return the ids of messages that no attempt has answered since `recorded_before`."""
    return tuple(
        session.exec(
            select(Message.id).where(
                Message.state == MessageState.PENDING,
                Message.recorded_at <= recorded_before,
                Message.attempts > 0,
                or_(col(Message.claimed_until).is_(None), col(Message.claimed_until) <= now),
            )
        ).all()
    )


def words_of_thread(session: Session, thread_id: str, *, before: datetime, limit: int = 6) -> tuple[str, ...]:
    """Return the requester's own masked turns of a conversation up to `before`, oldest first."""
    rows = session.exec(
        select(Message.masked)
        .where(
            Message.thread_id == thread_id,
            Message.author == Author.REQUESTER,
            Message.kind == MessageKind.MESSAGE,
            Message.recorded_at <= before,
        )
        .order_by(col(Message.recorded_at).desc(), col(Message.id).desc())
        .limit(limit)
    ).all()
    return tuple(reversed(rows))


def earlier_words(session: Session, message: Message, limit: int = 6) -> tuple[str, ...]:
    """Return the requester's own earlier masked turns of the same conversation, oldest first."""
    rows = session.exec(
        select(Message.masked)
        .where(
            Message.thread_id == message.thread_id,
            Message.author == Author.REQUESTER,
            Message.kind == MessageKind.MESSAGE,
            Message.id < message.id,
        )
        .order_by(col(Message.id).desc())
        .limit(limit)
    ).all()
    return tuple(reversed(rows))


def language_of_thread(session: Session, thread_id: str) -> str | None:
    """Return the language of the requester's latest message in a conversation, or None."""
    return session.exec(
        select(Message.language)
        .where(Message.thread_id == thread_id, Message.author == Author.REQUESTER)
        .order_by(col(Message.id).desc())
        .limit(1)
    ).first()


def is_first_contact(session: Session, message: Message) -> bool:
    """Tell whether this is the first message this person ever sent us."""
    return (
        session.exec(
            select(Message.id).where(Message.person_id == message.person_id, Message.id < message.id).limit(1)
        ).first()
        is None
    )


def thread_exists(session: Session, channel: ChannelName, key: str) -> bool:
    """Tell whether any conversation has this key, whoever's it is."""
    return (
        session.exec(select(Thread.id).where(Thread.channel == channel, Thread.key == key)).first()
        is not None
    )


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
    session.add_all(citations)
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


def requester_thread(session: Session, request_id: int) -> Thread | None:
    """Return the conversation in which the requester wrote last: where a reply must go."""
    latest = session.exec(
        select(Thread)
        .join(Message, col(Message.thread_id) == col(Thread.id))
        .where(Message.request_id == request_id, Message.author == Author.REQUESTER)
        .order_by(col(Message.recorded_at).desc(), col(Message.id).desc())
    ).first()
    if latest is not None:
        return latest
    return session.exec(
        select(Thread)
        .where(Thread.request_id == request_id, col(Thread.ticket_id).is_(None))
        .order_by(col(Thread.created_at).desc())
    ).first()


def last_question(session: Session, request_id: int) -> Message | None:
    """Return the requester's latest message of the request, or None."""
    return session.exec(
        select(Message)
        .where(Message.request_id == request_id, Message.author == Author.REQUESTER)
        .order_by(col(Message.recorded_at).desc(), col(Message.id).desc())
    ).first()


def first_question(session: Session, request_id: int) -> Message | None:
    """Return the requester's first message of the request, or None."""
    return session.exec(
        select(Message)
        .where(
            Message.request_id == request_id,
            Message.author == Author.REQUESTER,
            Message.kind == MessageKind.MESSAGE,
        )
        .order_by(col(Message.id))
        .limit(1)
    ).first()


def only_machines_wrote(session: Session, request_id: int) -> bool:
    """Tell whether no human has written in this request: then nobody is there to be told anything."""
    human = select(Message.id).where(Message.request_id == request_id, Message.author == Author.REQUESTER)
    return session.exec(human.limit(1)).first() is None


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
