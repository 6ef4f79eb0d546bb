"""Sealing requests to named people: at birth by the desk itself, later by those who may."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlmodel import Session

from bot import casework, curation
from bot.database import transaction
from bot.privacy import register
from bot.services import Services
from escalation import confidentiality, directory, tickets
from escalation.access import Actor, Verb, may
from escalation.access_log import Opened, Opening
from escalation.errors import Forbidden, IllegalMove, NoTicket
from escalation.sla import Priority
from escalation.tables import HelpRequest, RoleName, Ticket

log = structlog.get_logger()


def seal_at_birth(
    session: Session, services: Services, request: HelpRequest, reason: str, now: datetime
) -> None:
    """Seal a request to the duty expert and the leads, in the transaction that stores its message.

    Nobody with a conflict of interest is named. Where that leaves nobody, every expert without one is; where there
    is none at all it stays unsealed: a request that no one can see would be worse.
    """
    assert request.id is not None
    if confidentiality.is_sealed(session, request.id):
        return
    duty = casework.suggest(session, services, request, Priority.P1, now).person_id
    leads = [person.id or 0 for person in directory.people_with(session, RoleName.LEAD)]
    people = [person_id for person_id in (duty, *leads) if person_id is not None]
    able = [person_id for person_id in people if confidentiality.eligible(session, request.id, person_id)]
    if not able:
        everyone = (person.id or 0 for person in directory.people_with(session, *casework.EXPERTS))
        able = [
            person_id for person_id in everyone if confidentiality.eligible(session, request.id, person_id)
        ]
    if not able:
        # a seal would hide it from whoever is still found to help, and stop every alert
        log.warning("not sealed: nobody to name", action="privacy.nobody_to_name", request_id=request.id)
        return
    confidentiality.seal(session, request.id, reason, able, now)
    curation.take_back_material(session, [request.id], now)
    opening = Opening(Opened.SEALED, None, register.DESK, f"at birth: {reason}", request.id)
    register.enter(session, services, opening, now)
    log.info("sealed", action="privacy.sealed", request_id=request.id)


def seal(services: Services, number: str, by: Actor, reason: str, *, channel: str) -> None:
    """Let only the actor, the ticket's owner, the leads and whoever is named know of a ticket.

    Drafts of articles that were begun from it lose its words.
    """

    def act(session: Session, ticket: Ticket, now: datetime) -> Opened:
        leads = [person.id or 0 for person in directory.people_with(session, RoleName.LEAD)]
        people = [*leads, by.person_id] if by.person_id is not None else leads
        if not confidentiality.seal(session, ticket.request_id, confidentiality.BY_HAND, people, now):
            raise IllegalMove("This request is sealed already.")
        curation.take_back_material(session, [ticket.request_id], now)
        return Opened.SEALED

    _do(services, number, by, reason, channel, act)


def unseal(services: Services, number: str, by: Actor, reason: str, *, channel: str) -> None:
    """Open a sealed ticket to every expert again."""

    def act(session: Session, ticket: Ticket, _now: datetime) -> Opened:
        if not confidentiality.unseal(session, ticket.request_id):
            raise IllegalMove("This request is not sealed.")
        return Opened.UNSEALED

    _do(services, number, by, reason, channel, act)


def name(services: Services, number: str, by: Actor, person_id: int, reason: str, *, channel: str) -> None:
    """Name one more person: they may know of the ticket and open its original words."""

    def act(session: Session, ticket: Ticket, now: datetime) -> Opened:
        confidentiality.name(session, ticket.request_id, person_id, now)
        return Opened.NAMED

    _do(services, number, by, reason, channel, act, person_id=person_id)


def keep_away(
    services: Services, number: str, by: Actor, person_id: int, reason: str, *, channel: str
) -> None:
    """Keep somebody with a conflict of interest away from a ticket. An owner gives it up first."""

    def act(session: Session, ticket: Ticket, now: datetime) -> Opened:
        if ticket.assignee_id == person_id:
            raise IllegalMove("This person owns the ticket: let somebody else take it first.")
        confidentiality.keep_away(session, ticket.request_id, person_id, now)
        return Opened.KEPT_AWAY

    _do(services, number, by, reason, channel, act, person_id=person_id)


def let_back(
    services: Services, number: str, by: Actor, person_id: int, reason: str, *, channel: str
) -> None:
    """Take back that somebody was named or kept away."""

    def act(session: Session, ticket: Ticket, _now: datetime) -> Opened:
        confidentiality.let_back(session, ticket.request_id, person_id)
        return Opened.LET_BACK

    _do(services, number, by, reason, channel, act, person_id=person_id)


def _do(
    services: Services,
    number: str,
    by: Actor,
    reason: str,
    channel: str,
    act: Callable[[Session, Ticket, datetime], Opened],
    *,
    person_id: int | None = None,
) -> None:
    """Do one thing about who may know, with its line in the access log, or nothing at all."""
    now = services.clock()
    with transaction(services.engine) as session:
        ticket = tickets.by_number(session, number)
        thing = tickets.thing(session, ticket)
        if not may(by, Verb.SEAL_TICKET, thing):
            if may(by, Verb.READ_TICKET, thing):
                raise Forbidden(
                    "Only a lead, the ticket's owner and people named for it decide who may know."
                )
            raise NoTicket(number)
        what = act(session, ticket, now)
        opening = Opening(what, by.person_id, channel, reason, ticket.request_id, ticket.id, person_id)
        register.enter(session, services, opening, now)
