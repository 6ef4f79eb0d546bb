"""Tickets that belong together: merged, linked, split."""

from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import masked, run, then, ticket_for
from bot.casework.card import TicketCard, card_of
from bot.casework.opening import SUMMARY, shortened, suggest
from bot.casework.words import copy_for
from bot.delivery import announce, sealing
from bot.services import Services
from escalation import confidentiality, request_log, tickets
from escalation.access import Actor
from escalation.errors import NotFound, Refused
from escalation.tables import Author, Ticket
from escalation.tickets import Cause, NewTicket


def merge(
    services: Services, number: str, into: str, by: Actor, *, reason: str, channel: str, source_id: str
) -> TicketCard:
    """Go on with one ticket's work on another. The conversations stay apart: nobody who asked learns of it."""
    words = masked(reason)

    def act(session: Session, now: datetime) -> TicketCard:
        source, goal = _both(session, number, into, by)
        cause = Cause(by.person_id, channel, source_id, now, reason=words)
        notices = tickets.merge(session, source, goal, cause, services.policy, now)
        announce.enqueue(session, services, notices, now)
        return card_of(session, goal)

    return run(services, act)


def link(
    services: Services, number: str, other: str, by: Actor, *, reason: str, channel: str, source_id: str
) -> TicketCard:
    """Note on two tickets that they belong together."""
    words = masked(reason)

    def act(session: Session, now: datetime) -> TicketCard:
        one, another = _both(session, number, other, by)
        tickets.link(session, one, another, Cause(by.person_id, channel, source_id, now, words), now)
        return card_of(session, one)

    return run(services, act)


def split(
    services: Services,
    number: str,
    message_id: str,
    by: Actor,
    *,
    topic: str | None = None,
    reason: str,
    channel: str,
    source_id: str,
) -> TicketCard:
    """Open another ticket for one message that is about something else. The old one stays as it is.

    The answers to both go to the conversation the official knows; each says its number.
    """
    words = masked(reason)

    def act(session: Session, now: datetime) -> TicketCard:
        ticket = ticket_for(session, number, by)
        assert ticket.id is not None
        cause = Cause(by.person_id, channel, source_id, now, reason=words)
        if tickets.seen(session, ticket.id, source_id):
            made = tickets.derived(session, ticket.id).linked[-1]
            return card_of(session, tickets.get(session, made))
        message = request_log.get_message(session, message_id)
        if message.request_id != ticket.request_id or message.author is not Author.REQUESTER:
            raise NotFound(f"That is no message of the official on {tickets.number_of(ticket.id)}.")
        asked = request_log.get_request(session, ticket.request_id)
        request = request_log.open_request(
            session,
            person_id=asked.person_id,
            key=sealing.new_key(session, sealing.vault_of(services), now),
            language=asked.language,
            asked_at=message.recorded_at,
        )
        request.topic = topic or ticket.topic
        session.add(request)
        session.flush()
        confidentiality.copy(session, ticket.request_id, request.id or 0, now)
        copy = copy_for(session, services, message, request, now)
        choice = suggest(session, services, request, ticket.priority, now)
        new = NewTicket(
            reason=ticket.reason,
            priority=ticket.priority,
            topic=request.topic,
            language=ticket.language,
            summary=shortened(copy.masked, SUMMARY),
            needed_by=message.needed_by,
            unverified=ticket.unverified,
            suggested_id=choice.person_id,
            routing_reason=choice.reason[:500],
            split_from=ticket.id,
        )
        opened, notices = tickets.open_new(session, request, new, then(cause, "open"), services.policy, now)
        tickets.note_split(session, ticket, opened, cause, now)
        announce.enqueue(session, services, notices, now)
        return card_of(session, opened)

    return run(services, act)


def _both(session: Session, number: str, other: str, by: Actor) -> tuple[Ticket, Ticket]:
    """Return both tickets, their requests locked in one order; the actor may work on both."""
    ids = {tickets.by_number(session, one).id or 0: one for one in (number, other)}
    if len(ids) < 2:
        raise Refused("itself", "That is the same ticket twice. Nothing was changed.")
    found = {ticket_id: ticket_for(session, ids[ticket_id], by) for ticket_id in sorted(ids)}
    first = tickets.by_number(session, number).id or 0
    second = next(ticket_id for ticket_id in found if ticket_id != first)
    return found[first], found[second]
