"""What experts write: replies that reach the official, and notes that never do."""

from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import run, ticket_for
from bot.casework.card import TicketCard, card_of
from bot.delivery import announce, sealing
from bot.redaction import mask
from bot.services import Services
from escalation import request_log, tickets
from escalation.access import Actor
from escalation.errors import IllegalMove
from escalation.identifiers import new_id
from escalation.tables import Author, Message, MessageKind, MessageState, Ticket
from escalation.tickets import Cause

LONGEST_REPLY = 20_000


def reply(
    services: Services, number: str, by: Actor, text: str, *, channel: str, source_id: str
) -> TicketCard:
    """Send an expert's words to the official, unmasked, on the official's own conversation."""
    return _write(services, number, by, text, channel=channel, source_id=source_id, public=True)


def note(
    services: Services, number: str, by: Actor, text: str, *, channel: str, source_id: str
) -> TicketCard:
    """Keep an internal note; it reaches no official by any way."""
    return _write(services, number, by, text, channel=channel, source_id=source_id, public=False)


def expert_wrote(
    session: Session,
    services: Services,
    ticket: Ticket,
    actor: Actor,
    message: Message,
    *,
    public: bool,
    now: datetime,
) -> None:
    """Pass on, or keep as a note, what an expert wrote on a channel of their own."""
    cause = Cause(actor.person_id, "message", message.id, message.occurred_at)
    if not public:
        tickets.note(session, ticket, message, cause, now)
        return
    notices = tickets.reply(session, ticket, message, cause, services.policy, now)
    announce.enqueue(session, services, notices, now)


def _write(
    services: Services, number: str, by: Actor, text: str, *, channel: str, source_id: str, public: bool
) -> TicketCard:
    words = text.strip()
    if not words:
        raise IllegalMove("Write something first: the text is empty.")
    if len(words) > LONGEST_REPLY:
        raise IllegalMove(f"The text is too long: {LONGEST_REPLY} characters at most.")

    def act(session: Session, now: datetime) -> TicketCard:
        ticket = ticket_for(session, number, by)
        assert ticket.id is not None
        if public and by.person_id is None:
            raise IllegalMove("A reply is signed by a person: say who (--as).")
        cause = Cause(by.person_id, channel, source_id, now)
        if not tickets.seen(session, ticket.id, source_id):
            message = _expert_message(session, services, ticket, by, words, cause, now, public=public)
            if message is None:
                return card_of(session, ticket)  # the same act, arriving twice at once
            if public:
                notices = tickets.reply(session, ticket, message, cause, services.policy, now)
                announce.enqueue(session, services, notices, now)
            else:
                tickets.note(session, ticket, message, cause, now)
        return card_of(session, ticket)

    return run(services, act)


def _expert_message(
    session: Session,
    services: Services,
    ticket: Ticket,
    by: Actor,
    words: str,
    cause: Cause,
    now: datetime,
    *,
    public: bool,
) -> Message | None:
    """Store an expert's words, sealed, before they go anywhere; None when they are stored already."""
    vault = sealing.vault_of(services)
    request = request_log.get_request(session, ticket.request_id)
    key = request_log.get_key(session, request.data_key_id)
    message_id = new_id(now)
    message = Message(
        id=message_id,
        dedupe_key=f"{cause.channel}:{cause.source_id}",
        request_id=ticket.request_id,
        person_id=by.person_id,
        kind=MessageKind.REPLY if public else MessageKind.NOTE,
        author=Author.EXPERT,
        body=sealing.seal_body(vault, key, message_id, words),
        masked=mask(words, language=ticket.language).text,
        language=ticket.language,
        case_ticket_id=ticket.id,
        case_public=public,
        occurred_at=now,
        recorded_at=now,
        state=MessageState.RECORDED,
    )
    return request_log.get_message(session, message_id) if request_log.record(session, message) else None
