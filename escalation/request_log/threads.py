"""Conversations: finding, opening, and where a reply must go."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from escalation.identifiers import new_id
from escalation.rows import keep_new
from escalation.sla import Priority
from escalation.tables import Author, ChannelName, Message, MessageKind, OutboxMessage, Thread


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
    """Open a conversation under this key, or under one of the person's own where the key is taken."""
    row = Thread(
        id=new_id(now),
        channel=channel,
        key=key,
        address=address,
        person_id=person_id,
        request_id=request_id,
        created_at=now,
    )
    if not keep_new(session, row):
        # somebody else's conversation has this key already: a stranger's quote of it opens another
        row.key = f"{key}#{person_id}"
        if not keep_new(session, row):
            return session.exec(select(Thread).where(Thread.channel == channel, Thread.key == row.key)).one()
    return row


def thread_exists(session: Session, channel: ChannelName, key: str) -> bool:
    """Tell whether any conversation has this key, whoever's it is."""
    return (
        session.exec(select(Thread.id).where(Thread.channel == channel, Thread.key == key)).first()
        is not None
    )


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
    own = session.exec(
        select(Thread)
        .where(Thread.request_id == request_id, col(Thread.ticket_id).is_(None))
        .order_by(col(Thread.created_at).desc())
    ).first()
    if own is not None:
        return own
    # a need that was split off has no conversation of its own: it is answered where its words were written
    first = aliased(Message)
    return session.exec(
        select(Thread)
        .join(first, col(first.thread_id) == col(Thread.id))
        .join(Message, col(Message.in_reply_to) == col(first.id))
        .where(Message.request_id == request_id, Message.author == Author.REQUESTER)
    ).first()


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


def was_urgent(session: Session, thread_id: str) -> bool:
    """Tell whether one of the requester's messages in a conversation was P1 or P2."""
    found = session.exec(
        select(Message.id)
        .where(
            Message.thread_id == thread_id,
            Message.author == Author.REQUESTER,
            col(Message.urgency).in_((Priority.P1.value, Priority.P2.value)),
        )
        .limit(1)
    ).first()
    return found is not None


def language_of_thread(session: Session, thread_id: str) -> str | None:
    """Return the language of the requester's latest message in a conversation, or None."""
    return session.exec(
        select(Message.language)
        .where(Message.thread_id == thread_id, Message.author == Author.REQUESTER)
        .order_by(col(Message.id).desc())
        .limit(1)
    ).first()
