"""What experts write: replies that reach the official, and notes that never do."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import on_ticket
from bot.casework.card import TicketCard
from bot.delivery import announce, sealing
from bot.redaction import official_in
from bot.services import Services
from escalation import directory, request_log, tickets
from escalation.access import Actor
from escalation.errors import Refused
from escalation.identifiers import new_id
from escalation.notices import Notice
from escalation.sla import Priority
from escalation.tables import Author, HelpRequest, Message, MessageKind, MessageState, Ticket
from escalation.tickets import Cause
from knowledge_base.language import detect

LONGEST_REPLY = 20_000
_TELLS_A_LANGUAGE = 4  # words
_LANGUAGES = {"en": "English", "fr": "French"}


def reply(
    services: Services,
    number: str,
    by: Actor,
    text: str,
    *,
    to: str | None = None,
    channel: str,
    source_id: str,
) -> TicketCard:
    """Send an expert's words to the official, unmasked, on the official's own conversation.

    `to` is the number of a ticket whose work goes on with this one: its official gets the words instead.
    Raise Refused for an answer in a language that the official has not agreed to.
    """
    words = public_words(by, text)

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> Iterable[Notice]:
        if tickets.seen(session, ticket.id or 0, cause.source_id):
            return ()
        addressed = _addressed(session, ticket, to) if to else ticket
        check_language(session, ticket, addressed, words)
        message = expert_message(session, services, ticket, by, words, cause, now, public=True, to=addressed)
        if message is None:
            return ()  # the same act, arriving twice at once
        return tickets.reply(session, ticket, message, cause, services.policy, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


def note(
    services: Services, number: str, by: Actor, text: str, *, channel: str, source_id: str
) -> TicketCard:
    """Keep an internal note; it reaches no official by any way."""
    words = _some_words(text)

    def doing(session: Session, ticket: Ticket, cause: Cause, now: datetime) -> None:
        if tickets.seen(session, ticket.id or 0, cause.source_id):
            return
        message = expert_message(session, services, ticket, by, words, cause, now, public=False)
        if message is not None:
            tickets.note(session, ticket, message, cause, now)

    return on_ticket(services, number, by, doing, channel=channel, source_id=source_id)


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


def may_be_sent(session: Session, ticket: Ticket, words: str) -> bool:
    """Tell whether an expert's words may go out to the official: the ticket takes them, in that language."""
    if not tickets.takes_replies(ticket):
        return False
    try:
        check_language(session, ticket, ticket, words)
    except Refused:
        return False
    return True


def check_language(session: Session, ticket: Ticket, addressed: Ticket, words: str) -> None:
    """Raise Refused when the words are in a language that the official did not write in or agree to.

    In danger any words are better than none. A text in both languages is in either.
    """
    wanted = addressed.language if addressed.language in _LANGUAGES else "en"
    agreed = tickets.derived(session, addressed.id or 0).language
    if ticket.priority is Priority.P1 or len(words.split()) < _TELLS_A_LANGUAGE:
        return
    written = {detect(part) for part in (words, *words.split("\n\n")) if part.strip()}
    if written & {wanted, agreed} or not written & set(_LANGUAGES):
        return
    number = tickets.number_of(addressed.id or 0)
    raise Refused(
        f"not_in_{wanted}",
        f"The official of {number} writes in {_LANGUAGES[wanted]} and has not agreed to another language. "
        f"Answer in {_LANGUAGES[wanted]}, or hand the ticket to somebody who can.",
        number,
    )


def public_words(by: Actor, text: str) -> str:
    """Return the words of a reply; it is signed by a person."""
    words = _some_words(text)
    if by.person_id is None:
        raise Refused("reply_by_nobody", "A reply is signed by a person: say who (--as).")
    return words


def expert_message(
    session: Session,
    services: Services,
    ticket: Ticket,
    by: Actor,
    words: str,
    cause: Cause,
    now: datetime,
    *,
    public: bool,
    to: Ticket | None = None,
) -> Message | None:
    """Store an expert's words, sealed, before they go anywhere; None when they are stored already."""
    addressed = to or ticket
    kind = MessageKind.REPLY if public else MessageKind.NOTE
    row = _sealed(session, services, addressed.request_id, words, cause, now, kind=kind, author=Author.EXPERT)
    row.person_id, row.language = by.person_id, addressed.language
    row.case_ticket_id, row.case_public = ticket.id, public
    return _stored(session, row)


def requester_comment(
    session: Session,
    services: Services,
    ticket: Ticket,
    by: Actor,
    words: str,
    cause: Cause,
    now: datetime,
) -> str | None:
    """Keep what the official says of how it went, sealed, for the people of the ticket."""
    text = _some_words(words)
    row = _sealed(
        session, services, ticket.request_id, text, cause, now, kind=MessageKind.NOTE, author=Author.REQUESTER
    )
    row.person_id, row.language = by.person_id, ticket.language
    stored = _stored(session, row)
    return stored.id if stored else None


def copy_for(
    session: Session, services: Services, message: Message, request: HelpRequest, now: datetime
) -> Message:
    """Copy a message of the official to another need of theirs, sealed anew under that need's own key."""
    words = sealing.open_body(session, sealing.vault_of(services), message)
    cause = Cause(message.person_id, "split", f"{message.id}:{request.id}", message.occurred_at)
    row = _sealed(
        session, services, request.id or 0, words, cause, now, kind=message.kind, author=Author.REQUESTER
    )
    row.person_id, row.language, row.masked = message.person_id, message.language, message.masked
    row.urgency, row.needed_by, row.sender_proved = message.urgency, message.needed_by, message.sender_proved
    row.immediate_danger, row.self_harm = message.immediate_danger, message.self_harm
    row.in_reply_to, row.occurred_at = message.id, message.occurred_at
    return _stored(session, row) or message


def _sealed(
    session: Session,
    services: Services,
    request_id: int,
    words: str,
    cause: Cause,
    now: datetime,
    *,
    kind: MessageKind,
    author: Author,
) -> Message:
    vault = sealing.vault_of(services)
    request = request_log.get_request(session, request_id)
    key = request_log.get_key(session, request.data_key_id)
    message_id = new_id(now)
    return Message(
        id=message_id,
        dedupe_key=f"{cause.channel}:{cause.source_id}",
        request_id=request_id,
        kind=kind,
        author=author,
        body=sealing.seal_body(vault, key, message_id, words),
        masked=services.mask(
            words, language=request.language, official=official_in(directory.police_lines(session))
        ).text,
        language=request.language,
        occurred_at=now,
        recorded_at=now,
        state=MessageState.RECORDED,
    )


def _stored(session: Session, row: Message) -> Message | None:
    return request_log.get_message(session, row.id) if request_log.record(session, row) else None


def _addressed(session: Session, ticket: Ticket, number: str) -> Ticket:
    """Return the joined ticket whose official is meant."""
    wanted = tickets.by_number(session, number)
    joined = (ticket, *tickets.absorbed_by(session, ticket.id or 0))
    if wanted.id not in {one.id for one in joined}:
        said = tickets.number_of(ticket.id or 0)
        raise Refused("not_joined", f"{tickets.number_of(wanted.id or 0)} was not merged into {said}.", said)
    return wanted


def _some_words(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refused("empty", "Write something first: the text is empty.")
    if len(words) > LONGEST_REPLY:
        words = f"The text is too long: {LONGEST_REPLY} characters at most."
        raise Refused("too_long", words, str(LONGEST_REPLY))
    return words
