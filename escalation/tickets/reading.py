"""Finding tickets, and saying what each is about for `access.may`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from escalation import confidentiality, directory
from escalation.access import Actor, Thing, Verb, may
from escalation.errors import NotFound, NoTicket
from escalation.tables import UNFINISHED, HelpRequest, Person, Ticket, TicketEvent, TicketState
from escalation.tickets.derived import Derived, derive

FIRST_NUMBER = 1000
REOPENABLE_FOR = timedelta(days=14)
_OTHER_TICKET = re.compile(r"(?:^|\s)ticket=(\d{1,9})(?=\s|$)")
_NUMBER = re.compile(r"(?:HD[-\s]?)?(\d{1,9})", re.IGNORECASE)


def number_of(ticket_id: int) -> str:
    """Return the number people use: HD-1042."""
    return f"HD-{FIRST_NUMBER + ticket_id}"


def get(session: Session, ticket_id: int) -> Ticket:
    """Return a ticket by row id, or raise NotFound."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None:
        raise NoTicket(number_of(ticket_id))
    return ticket


def by_number(session: Session, number: str) -> Ticket:
    """Return a ticket by the number people type (HD-1042, hd1042, 1042), or raise NotFound."""
    match = _NUMBER.fullmatch(number.strip())
    ticket = session.get(Ticket, int(match[1]) - FIRST_NUMBER) if match else None
    if ticket is None:
        raise NoTicket(number)
    return ticket


def unfinished(session: Session, request_id: int) -> Ticket | None:
    """Return the ticket on which the request is still worked on, or None. There is at most one.

    The work of a merged ticket goes on with the one it was merged into.
    """
    return _unfinished(session, _of_request(session, request_id))


def joined_by(session: Session, request_id: int) -> Ticket | None:
    """Return the ticket that goes on with the request's own, which was merged into it; None when none was."""
    return _joined(session, latest(session, request_id))


def _of_request(session: Session, request_id: int) -> Sequence[Ticket]:
    """Return the request's own tickets, the newest first."""
    return session.exec(
        select(Ticket).where(Ticket.request_id == request_id).order_by(col(Ticket.id).desc())
    ).all()


def _unfinished(session: Session, own: Sequence[Ticket]) -> Ticket | None:
    for ticket in own:
        if ticket.state in UNFINISHED:
            return ticket
    joined = _joined(session, own[0] if own else None)
    return joined if joined is not None and joined.state in UNFINISHED else None


def _joined(session: Session, ticket: Ticket | None) -> Ticket | None:
    if ticket is None or ticket.merged_into_id is None:
        return None
    passed = {ticket.id}
    while ticket.merged_into_id is not None and ticket.merged_into_id not in passed:
        passed.add(ticket.merged_into_id)
        ticket = get(session, ticket.merged_into_id)
    return ticket


def absorbed_by(session: Session, ticket_id: int) -> tuple[Ticket, ...]:
    """Return the tickets whose work goes on with this one, directly or through another, the oldest first."""
    found: dict[int, Ticket] = {}
    front = [ticket_id]
    while front:
        rows = session.exec(select(Ticket).where(col(Ticket.merged_into_id).in_(front))).all()
        front = [row.id for row in rows if row.id is not None and row.id not in found]
        found |= {row.id: row for row in rows if row.id is not None}
    return tuple(found[one] for one in sorted(found))


def latest(session: Session, request_id: int) -> Ticket | None:
    """Return the request's newest ticket in any state, or None."""
    return session.exec(
        select(Ticket).where(Ticket.request_id == request_id).order_by(col(Ticket.id).desc())
    ).first()


def reopenable(session: Session, request_id: int, now: datetime) -> Ticket | None:
    """Return the ticket that a word of the official opens again: the newest, solved in the last 14 days; or None."""
    own = latest(session, request_id)
    return _reopenable(session, _joined(session, own) or own, now)


def _reopenable(session: Session, ticket: Ticket | None, now: datetime) -> Ticket | None:
    if ticket is None or ticket.state is not TicketState.SOLVED:
        return None
    solved_at = session.exec(
        select(func.max(TicketEvent.occurred_at)).where(
            TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "solved"
        )
    ).one()
    return ticket if solved_at is not None and now - solved_at <= REOPENABLE_FOR else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with a request's tickets when its official writes.

    `unfinished` is the one that is worked on. Without one: `reopenable` is what a word opens again; `ended` says
    that the next word opens another, for the last was closed, or solved long ago.
    """

    unfinished: Ticket | None = None
    reopenable: Ticket | None = None
    ended: bool = False


def standing(session: Session, request_id: int, now: datetime) -> Standing:
    """Return how things stand with a request's tickets."""
    own = _of_request(session, request_id)
    if (working := _unfinished(session, own)) is not None:
        return Standing(unfinished=working)
    last = _joined(session, own[0] if own else None) or (own[0] if own else None)
    solved = _reopenable(session, last, now)
    over = last is not None and last.state in (TicketState.SOLVED, TicketState.CLOSED)
    return Standing(reopenable=solved, ended=over and solved is None)


def thing(session: Session, ticket: Ticket) -> Thing:
    """Return whose ticket it is, which cities it concerns, and who may know of it.

    A ticket that goes on with others' work concerns their cities too, and whoever is kept away from one of
    them is kept away from all.
    """
    own = confidentiality.about(session, ticket.request_id, ticket.assignee_id)
    others = [
        confidentiality.about(session, other.request_id) for other in absorbed_by(session, ticket.id or 0)
    ]
    return replace(
        own,
        cities=own.cities.union(*(other.cities for other in others)),
        kept_away=own.kept_away.union(*(other.kept_away for other in others)),
    )


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


def events_seen_by(session: Session, actor: Actor, ticket_id: int) -> tuple[TicketEvent, ...]:
    """Return what happened to a ticket, without what names another one that `actor` may not know of.

    A link says that the other exists, and its reason may say whose it is.
    """

    def readable(event: TicketEvent) -> bool:
        named = _OTHER_TICKET.search(event.detail)
        other = session.get(Ticket, int(named[1])) if named else None
        return other is None or may(actor, Verb.READ_TICKET, thing(session, other))

    return tuple(event for event in events(session, ticket_id) if readable(event))


def open_cases(session: Session, person_id: int) -> int:
    """Return how many unfinished tickets the person owns."""
    return session.exec(
        select(func.count())
        .select_from(Ticket)
        .where(Ticket.assignee_id == person_id, col(Ticket.state).in_(UNFINISHED))
    ).one()


def derived(session: Session, ticket_id: int) -> Derived:
    """Return what the ticket's events say of it."""
    return derive(events(session, ticket_id))


def watched_by(session: Session, ticket_id: int) -> tuple[int, ...]:
    """Return who is told of what happens to a ticket besides its owner."""
    return derived(session, ticket_id).watchers
