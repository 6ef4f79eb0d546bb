"""What is known of a ticket and may be corrected: urgency, topic, kind of help, deadline, language, identity."""

import re
from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import on_ticket, run
from bot.casework.card import TicketCard
from bot.delivery import announce
from bot.services import Services
from escalation import request_log, tickets
from escalation.access import Actor
from escalation.errors import NotFound, Refused
from escalation.kinds import Service
from escalation.notices import Notice
from escalation.sla import Priority
from escalation.tables import Ticket
from escalation.tickets import Cause

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,9}")


def set_priority(
    services: Services,
    number: str,
    by: Actor,
    priority: Priority,
    *,
    reason: str,
    channel: str,
    source_id: str,
) -> TicketCard:
    """Change how urgent a ticket is, and say why. The official hears of it when the promise moves."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.set_priority(session, ticket, priority, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def set_topic(
    services: Services, number: str, by: Actor, topic: str | None, *, channel: str, source_id: str
) -> TicketCard:
    """Say what a ticket is about; None takes it back."""
    if topic is not None and not _SLUG.fullmatch(topic):
        words = f"{topic[:40]!r} is no topic: topics are written like hate-incident-response."
        raise Refused("no_topic", words, topic[:40])

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> None:
        tickets.set_topic(session, ticket, topic, cause, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def set_service(
    services: Services, number: str, by: Actor, service: Service | None, *, channel: str, source_id: str
) -> TicketCard:
    """Say what kind of help it is; None takes it back."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> None:
        tickets.set_service(session, ticket, service, cause, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def set_needed_by(
    services: Services,
    number: str,
    by: Actor,
    needed_by: datetime | None,
    *,
    reason: str = "",
    channel: str,
    source_id: str,
) -> TicketCard:
    """Note by when the official needs it; None takes it back."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.set_needed_by(session, ticket, needed_by, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def verify(
    services: Services, number: str, by: Actor, *, reason: str, channel: str, source_id: str
) -> TicketCard:
    """Note that the asker was called back through the city's published number, and is who they say."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.verify(session, ticket, cause, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def choose_language(
    services: Services, request_id: int, by: Actor, language: str, *, channel: str, source_id: str
) -> None:
    """Keep the language in which the official wants the answer. Only the asker chooses."""

    def act(session: Session, now: datetime) -> None:
        request = request_log.lock_request(session, request_id)
        ticket = tickets.unfinished(session, request_id)
        if ticket is None or by.person_id is None or by.person_id != request.person_id:
            raise NotFound("There is no such request.")
        cause = Cause(by.person_id, channel, source_id, now)
        announce.enqueue(
            session, services, tickets.choose_language(session, ticket, language, cause, now), now
        )

    run(services, act)
