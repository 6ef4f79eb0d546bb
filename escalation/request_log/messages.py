"""Messages: kept once, read masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from escalation.errors import NotFound
from escalation.request_log.requests import get_request
from escalation.rows import insert_new
from escalation.tables import Attachment, Author, HelpRequest, Message, MessageKind


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


def unchecked_since(session: Session, since: datetime) -> int:
    """Return how many messages recorded since then the safety check failed on."""
    return session.exec(
        select(func.count())
        .select_from(Message)
        .where(col(Message.safety_check_failed), col(Message.recorded_at) > since)
    ).one()


def in_doubt(session: Session, request_id: int) -> bool:
    """Tell whether the requester's latest message left it in doubt whether somebody is in danger, and no answer says so."""
    latest = session.exec(
        select(Message.id, Message.in_doubt)
        .where(Message.request_id == request_id, Message.author == Author.REQUESTER)
        .order_by(col(Message.id).desc())
        .limit(1)
    ).first()
    if latest is None or not latest[1]:
        return False
    return known_message(session, f"out:answer:{latest[0]}") is None


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """What earlier messages of the same request told of: the masked words of the latest danger; self-harm."""

    danger: str | None = None
    self_harm: bool = False


def told_before(session: Session, message: Message) -> ToldBefore:
    """Return what the earlier messages of the same request told of."""
    grave = session.exec(
        select(Message.masked, Message.immediate_danger, Message.self_harm)
        .where(
            Message.request_id == message.request_id,
            Message.author == Author.REQUESTER,
            or_(col(Message.immediate_danger), col(Message.self_harm)),
            Message.id < message.id,
        )
        .order_by(col(Message.id).desc())
    ).all()
    return ToldBefore(
        danger=next((words for words, danger, _ in grave if danger), None),
        self_harm=any(harm for _, _, harm in grave),
    )


def is_first_contact(session: Session, person_id: int | None) -> bool:
    """Tell whether this person has had neither an answer nor the promise of a person from us yet.

    A safety reply does not count: it says nothing but how to be safe.
    """
    earlier = (
        select(Message.id)
        .join(HelpRequest, col(HelpRequest.id) == col(Message.request_id))
        .where(
            HelpRequest.person_id == person_id,
            Message.author == Author.BOT,
            or_(
                col(Message.kind) == MessageKind.ANSWER,
                col(Message.dedupe_key).startswith("out:ticket_opened:"),
            ),
        )
    )
    return session.exec(earlier.limit(1)).first() is None


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
