"""What experts do with a ticket: claim it, acknowledge a page, resolve it."""

from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import run, ticket_for
from bot.casework.card import TicketCard, card_of
from bot.delivery import announce
from bot.redaction import mask
from bot.services import Services
from escalation import request_log, tickets
from escalation.access import Actor, Verb, may
from escalation.errors import NotFound, NotOpenYet
from escalation.tickets import Cause


def claim(services: Services, number: str, by: Actor, *, channel: str, source_id: str) -> TicketCard:
    """Take a ticket. Raise AlreadyClaimed, telling who and since when, if somebody else has it."""

    def act(session: Session, now: datetime) -> TicketCard:
        ticket = ticket_for(session, number, by)
        cause = Cause(by.person_id, channel, source_id, now)
        notices = tickets.claim(session, ticket, cause, services.policy, now)
        announce.enqueue(session, services, notices, now)
        return card_of(session, ticket)

    return run(services, act)


def acknowledge(
    services: Services, request_id: int, by: Actor, *, channel: str, source_id: str
) -> TicketCard:
    """Note that somebody who was paged has it: nobody else is paged, and a free ticket becomes theirs.

    A second acknowledgement changes nothing; one that comes after somebody else's shows whose it is; one
    that comes late does not open a finished ticket again. Raise NotOpenYet in the moment between page and
    ticket, and NotFound for somebody who may not work on it.
    """

    def act(session: Session, now: datetime) -> TicketCard:
        request_log.lock_request(session, request_id)
        ticket = tickets.latest(session, request_id)
        if ticket is None:
            raise NotOpenYet("The request is still being opened. Try again in a few seconds.")
        if by.person_id is None or not may(by, Verb.WORK_TICKET, tickets.thing(session, ticket)):
            raise NotFound("There is no such ticket.")
        cause = Cause(by.person_id, channel, source_id, now)
        notices = tickets.acknowledge(session, ticket, cause, services.policy, now)
        announce.enqueue(session, services, notices, now)
        return card_of(session, ticket)

    return run(services, act)


def resolve(
    services: Services, number: str, by: Actor, *, outcome: str, channel: str, source_id: str
) -> TicketCard:
    """Mark a ticket as done, with how it ended."""

    def act(session: Session, now: datetime) -> TicketCard:
        ticket = ticket_for(session, number, by)
        cause = Cause(by.person_id, channel, source_id, now)
        masked = mask(outcome, language=ticket.language).text
        notices = tickets.resolve(session, ticket, masked, cause, services.policy, now)
        announce.enqueue(session, services, notices, now)
        return card_of(session, ticket)

    return run(services, act)
