"""Whose a ticket is: claim it, acknowledge a page, hand it over, give it back."""

from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import on_ticket, run
from bot.casework.card import TicketCard, card_of
from bot.delivery import announce
from bot.rendering import times
from bot.services import Services
from escalation import directory, request_log, tickets
from escalation.access import Actor, Verb, may
from escalation.errors import NotFound, NotOpenYet, Refused
from escalation.notices import Notice
from escalation.tables import Ticket
from escalation.tickets import Cause


def claim(services: Services, number: str, by: Actor, *, channel: str, source_id: str) -> TicketCard:
    """Take a ticket. Raise AlreadyClaimed, telling who and since when, if somebody else has it."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.claim(session, ticket, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


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


def hand_over(
    services: Services, number: str, by: Actor, to_id: int, *, reason: str, channel: str, source_id: str
) -> TicketCard:
    """Give a ticket to another expert, whose claim is then awaited.

    Its owner and the leads may; anybody may while nobody owns it. Raise Refused, in words, for somebody
    who is away or may not work on it.
    """

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        if tickets.seen(session, ticket.id or 0, cause.source_id):
            return ()
        _may_pass_on(session, ticket, by)
        _can_take(session, services, ticket, to_id, now)
        return tickets.hand_over(session, ticket, to_id, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def give_back(
    services: Services, number: str, by: Actor, *, reason: str, channel: str, source_id: str
) -> TicketCard:
    """Return a ticket to the pool. Its owner and the leads may."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        if tickets.seen(session, ticket.id or 0, cause.source_id):
            return ()
        _may_pass_on(session, ticket, by)
        return tickets.give_back(session, ticket, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def _may_pass_on(session: Session, ticket: Ticket, by: Actor) -> None:
    owner = ticket.assignee_id
    if owner is None or owner == by.person_id or by.roles & {"lead", "operator"}:
        return
    name, number = directory.get_person(session, owner).name, tickets.number_of(ticket.id or 0)
    raise Refused("not_yours", f"{number} is {name}'s: only they or a lead may do this.", number, name)


def _can_take(session: Session, services: Services, ticket: Ticket, to_id: int, now: datetime) -> None:
    person = directory.get_person(session, to_id)
    number = tickets.number_of(ticket.id or 0)
    if not may(directory.actor_of(session, to_id), Verb.WORK_TICKET, tickets.thing(session, ticket)):
        words = f"{person.name} can't take {number}: not an expert, or a conflict of interest."
        raise Refused("cant_take", words, person.name, number)
    availability = directory.availability_of(session, to_id, hub_zone=services.policy.hub_calendar.zone)
    if availability.there(now):
        return
    backup = directory.backup_of(session, to_id)
    instead = f" Their back-up is {backup.name}." if backup else ""
    until = availability.away_until(now)
    if until is None:
        raise Refused(
            "off_duty",
            f"{person.name} is off duty: choose somebody else.{instead}",
            person.name,
            backup.name if backup else "",
        )
    raise Refused(
        "away",
        f"{person.name} is away until {times.date_in_words(until, 'en')}: choose somebody else.{instead}",
        person.name,
        until.isoformat(),
        backup.name if backup else "",
    )
