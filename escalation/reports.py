"""Read-only queries for the console, the command line and the figures. Masked text only."""

from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, func, select

from escalation import confidentiality, tickets
from escalation.access import Actor
from escalation.tables import (
    UNFINISHED,
    Message,
    MessageKind,
    Ticket,
)


class Part(StrEnum):
    """Which tickets of the queue."""

    ALL = auto()
    MINE = auto()
    UNCLAIMED = auto()


def queue(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    part: Part = Part.ALL,
    finished: bool = False,
    limit: int = 200,
) -> tuple[Ticket, ...]:
    """Return the tickets the actor may see, the earliest due first, those asleep last. Those of their own city,
    and those sealed to others, are not there.

    The caller has asked `access.may(actor, READ_QUEUE)` before.
    """
    theirs = _part(actor, part, finished=finished)
    awake = or_(col(Ticket.snoozed_until).is_(None), col(Ticket.snoozed_until) <= now)
    dated, undated = col(Ticket.due_at).is_not(None), col(Ticket.due_at).is_(None)
    found: list[Ticket] = []
    # one query for each stretch of the list: the index on due times then has them in order, however many there are
    for conditions in ((awake, dated), (awake, undated), (col(Ticket.snoozed_until) > now,)):
        if len(found) < limit:
            found += session.exec(
                select(Ticket)
                .where(*theirs, *conditions)
                .order_by(col(Ticket.due_at), col(Ticket.priority), col(Ticket.id))
                .limit(limit - len(found))
            ).all()
    return tuple(found)


def queue_length(session: Session, actor: Actor, part: Part = Part.ALL) -> int:
    """Return how many unfinished tickets the actor may see."""
    return session.exec(select(func.count()).select_from(Ticket).where(*_part(actor, part))).one()


def _part(actor: Actor, part: Part, *, finished: bool = False) -> tuple[ColumnElement[bool], ...]:
    conditions = [*confidentiality.knowable(actor, col(Ticket.request_id))]
    if not finished:
        conditions.append(col(Ticket.state).in_(UNFINISHED))
    if part is Part.MINE:
        conditions.append(col(Ticket.assignee_id) == actor.person_id)
    elif part is Part.UNCLAIMED:
        conditions.append(col(Ticket.assignee_id).is_(None))
    return tuple(conditions)


def transcript(session: Session, request_id: int) -> tuple[Message, ...]:
    """Return every message of a request in order, notes included: for the people who work on it."""
    return tuple(
        session.exec(
            select(Message)
            .where(Message.request_id == request_id, Message.kind != MessageKind.DELETION)
            .order_by(col(Message.recorded_at), col(Message.id))
        ).all()
    )


def transcript_of(session: Session, ticket: Ticket) -> tuple[Message, ...]:
    """Return every message the people of a ticket work on: its own request's, and those joined to it."""
    joined = tickets.absorbed_by(session, ticket.id or 0)
    requests = {ticket.request_id, *(other.request_id for other in joined)}
    return tuple(
        session.exec(
            select(Message)
            .where(col(Message.request_id).in_(requests), Message.kind != MessageKind.DELETION)
            .order_by(col(Message.recorded_at), col(Message.id))
        ).all()
    )
