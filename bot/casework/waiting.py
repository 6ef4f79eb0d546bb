"""Waiting: for the official's answer, for somebody outside, or for a better moment."""

from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import on_ticket, then
from bot.casework.card import TicketCard
from bot.casework.words import expert_message, public_words
from bot.services import Services
from escalation import tickets
from escalation.access import Actor
from escalation.notices import Notice
from escalation.tables import Ticket
from escalation.tickets import Cause


def ask(services: Services, number: str, by: Actor, text: str, *, channel: str, source_id: str) -> TicketCard:
    """Ask the official something, and wait for the answer: one act."""
    words = public_words(by, text)

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        if tickets.seen(session, ticket.id or 0, cause.source_id):
            return ()
        message = expert_message(session, services, ticket, by, words, cause, now, public=True)
        if message is None:
            return ()
        sent = tickets.reply(session, ticket, message, cause, services.policy, now)
        waits = tickets.wait_for_requester(session, ticket, then(cause, "wait"), services.policy, now)
        return (*sent, *waits)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def wait_for_official(
    services: Services, number: str, by: Actor, *, reason: str = "", channel: str, source_id: str
) -> TicketCard:
    """Wait for the official, who was asked already."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.wait_for_requester(session, ticket, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def wait_for_third_party(
    services: Services, number: str, by: Actor, *, reason: str, channel: str, source_id: str
) -> TicketCard:
    """Wait for somebody outside the hub: the reason says whom. The official hears that the work goes on."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.wait_for_third_party(session, ticket, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def resume(services: Services, number: str, by: Actor, *, channel: str, source_id: str) -> TicketCard:
    """Take up the work again."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.resume(session, ticket, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def snooze(
    services: Services,
    number: str,
    by: Actor,
    until: datetime,
    *,
    reason: str = "",
    channel: str,
    source_id: str,
) -> TicketCard:
    """Put a ticket at the end of the queue until then. No promise is put off by it."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.snooze(session, ticket, until, cause, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)
