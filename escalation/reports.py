"""Read-only queries for the console, the command line and the figures. Masked text only."""

from sqlalchemy import case
from sqlmodel import Session, col, select

from escalation import confidentiality, tickets
from escalation.access import Actor
from escalation.tables import (
    UNFINISHED,
    Message,
    MessageKind,
    Ticket,
)


def queue(session: Session, actor: Actor, *, finished: bool = False, limit: int = 200) -> tuple[Ticket, ...]:
    """Return the tickets the actor may see, the earliest due first. Those of their own city, and
    those sealed to others, are not there.

    The caller has asked `access.may(actor, READ_QUEUE)` before.
    """
    query = select(Ticket).where(*confidentiality.knowable(actor, col(Ticket.request_id)))
    if not finished:
        query = query.where(col(Ticket.state).in_(UNFINISHED))
    undated_last = case((col(Ticket.due_at).is_(None), 1), else_=0)
    query = query.order_by(undated_last, col(Ticket.due_at), col(Ticket.priority), col(Ticket.id)).limit(
        limit
    )
    return tuple(session.exec(query).all())


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
