"""Finding tickets, and saying what each is about for `access.may`."""

import re
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from escalation import confidentiality, directory
from escalation.access import Thing
from escalation.errors import NotFound
from escalation.tables import UNFINISHED, HelpRequest, Person, Ticket, TicketEvent, TicketState

FIRST_NUMBER = 1000
REOPENABLE_FOR = timedelta(days=14)
_NUMBER = re.compile(r"(?:HD[-\s]?)?(\d{1,9})", re.IGNORECASE)


def number_of(ticket_id: int) -> str:
    """Return the number people use: HD-1042."""
    return f"HD-{FIRST_NUMBER + ticket_id}"


def get(session: Session, ticket_id: int) -> Ticket:
    """Return a ticket by row id, or raise NotFound."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise NotFound(f"There is no ticket {number_of(ticket_id)}.")
    return ticket


def by_number(session: Session, number: str) -> Ticket:
    """Return a ticket by the number people type (HD-1042, hd1042, 1042), or raise NotFound."""
    match = _NUMBER.fullmatch(number.strip())
    ticket = session.get(Ticket, int(match[1]) - FIRST_NUMBER) if match else None
    if ticket is None:
        raise NotFound(f"There is no ticket {number.strip()[:20]!r}.")
    return ticket


def unfinished(session: Session, request_id: int) -> Ticket | None:
    """Return the request's ticket that is still worked on, or None. There is at most one."""
    return session.exec(
        select(Ticket).where(Ticket.request_id == request_id, col(Ticket.state).in_(UNFINISHED))
    ).first()


def latest(session: Session, request_id: int) -> Ticket | None:
    """Return the request's newest ticket in any state, or None."""
    return session.exec(
        select(Ticket).where(Ticket.request_id == request_id).order_by(col(Ticket.id).desc())
    ).first()


def reopenable(session: Session, request_id: int, now: datetime) -> Ticket | None:
    """Return the request's newest ticket if it was solved in the last 14 days, or None."""
    ticket = latest(session, request_id)
    if ticket is None or ticket.state is not TicketState.SOLVED:
        return None
    solved_at = session.exec(
        select(func.max(TicketEvent.occurred_at)).where(
            TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "solved"
        )
    ).one()
    return ticket if solved_at is not None and now - solved_at <= REOPENABLE_FOR else None


def thing(session: Session, ticket: Ticket) -> Thing:
    """Return whose ticket it is, which cities it concerns, and who may know of it."""
    return confidentiality.about(session, ticket.request_id, ticket.assignee_id)


def requester(session: Session, ticket: Ticket) -> Person:
    """Return who asked."""
    request = session.get(HelpRequest, ticket.request_id)
    if request is None:
        raise NotFound("There is no such request.")
    return directory.get_person(session, request.person_id)


def events(session: Session, ticket_id: int) -> tuple[TicketEvent, ...]:
    """Return what happened to a ticket, in the order it was recorded."""
    return tuple(
        session.exec(
            select(TicketEvent)
            .where(TicketEvent.ticket_id == ticket_id)
            .order_by(col(TicketEvent.recorded_at), col(TicketEvent.id))
        ).all()
    )


def open_cases(session: Session, person_id: int) -> int:
    """Return how many unfinished tickets the person owns."""
    return session.exec(
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.assignee_id == person_id, col(Ticket.state).in_(UNFINISHED))
    ).one()
