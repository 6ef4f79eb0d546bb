"""How tickets end: resolved, closed, cancelled, and what the official says of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import masked, on_ticket, run
from bot.casework.card import TicketCard
from bot.casework.words import requester_comment
from bot.redaction import mask
from bot.services import Services
from escalation import request_log, tickets
from escalation.access import Actor
from escalation.errors import NotFound
from escalation.notices import Notice
from escalation.tables import Ticket
from escalation.tickets import Cause, Why


def resolve(
    services: Services,
    number: str,
    by: Actor,
    *,
    outcome: str,
    sources: Sequence[str] = (),
    channel: str,
    source_id: str,
) -> TicketCard:
    """Mark a ticket as done, with how it ended and which documents helped."""
    used = [masked(source) for source in sources]

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        words = mask(outcome, language=ticket.language).text
        return tickets.resolve(session, ticket, words, cause, services.policy, now, used)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def close(
    services: Services, number: str, by: Actor, *, reason: str = "", channel: str, source_id: str
) -> TicketCard:
    """Close a resolved ticket for good: the official's next word opens another, linked to it."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.close(session, ticket, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def cancel(
    services: Services,
    number: str,
    by: Actor,
    why: Why,
    *,
    reason: str = "",
    channel: str,
    source_id: str,
) -> TicketCard:
    """End a ticket that was none: spam, a duplicate, or one that the official took back."""

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> tuple[Notice, ...]:
        return tickets.cancel(session, ticket, why, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id, reason=reason)


def rate(
    services: Services,
    request_id: int,
    by: Actor,
    score: int,
    comment: str = "",
    *,
    channel: str,
    source_id: str,
) -> None:
    """Keep what the official says of how it went, 1 to 5, once. Raise NotFound for anybody else's request.

    The caller has looked for danger in the comment: words that need a person are a message, not a comment.
    """

    def act(session: Session, now: datetime) -> None:
        request = request_log.lock_request(session, request_id)
        ticket = tickets.latest(session, request_id)
        if ticket is None or by.person_id is None or by.person_id != request.person_id:
            raise NotFound("There is no such request.")
        cause = Cause(by.person_id, channel, source_id, now)
        if tickets.seen(session, ticket.id or 0, cause.source_id):
            return
        kept = (
            requester_comment(session, services, ticket, by, comment, cause, now) if comment.strip() else None
        )
        tickets.rate(session, ticket, score, kept, cause, now)

    run(services, act)
