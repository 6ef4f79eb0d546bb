"""What the chat pages show, read for one visitor. Somebody else's conversation is as good as none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from sqlmodel import Session, col, select

from bot.browser.live import Subject, Topic, fingerprint
from bot.browser.transcript import (
    Paragraph,
    Reader,
    Source,
    in_order,
    lifelines_in,
    paragraphs_of,
    shortened,
    sources_of,
)
from bot.channels.web.offers import Offer, offers_of
from bot.channels.web.texts import TEXTS
from bot.delivery import duty, sealing
from bot.services import Services
from bot.vault import Vault, VaultError
from bot.wishes import asks_for_steps
from escalation import directory, tickets
from escalation.access import Actor, Thing, Verb, may
from escalation.sla import Target
from escalation.tables import (
    UNFINISHED,
    Answer,
    Author,
    ChannelName,
    Clock,
    Message,
    MessageKind,
    MessageState,
    SubjectKind,
    Thread,
    Ticket,
    TicketState,
)

_HIDDEN = (
    MessageKind.NOTE,
    MessageKind.DELETION,
    MessageKind.BOUNCE,
    MessageKind.AUTO_REPLY,
    MessageKind.LIST,
)
_EARLIER = 10
_DOUBT = re.compile(r"If anyone may be in danger right now|Si quelqu’un pourrait être en danger en ce moment")


class Voice(StrEnum):
    """Who speaks in a turn, and how it is drawn."""

    YOU = "you"
    SAFETY = "safety"
    ANSWER = "answer"
    DESK = "desk"
    EXPERT = "expert"


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn of the conversation. `waiting`: no answer has come yet. `numbers`: lifelines to offer.

    `offers`: what may be said to the latest answer with one press.
    """

    id: str
    voice: Voice
    stamp: str
    at: datetime
    language: str
    paragraphs: tuple[Paragraph, ...]
    sources: tuple[Source, ...] = ()
    numbers: tuple[str, ...] = ()
    waiting: bool = False
    in_doubt: bool = False
    rated: bool | None = None
    may_rate: bool = False
    more_url: str | None = None
    may_show_steps: bool = False
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketView:
    """The request handed to people, as the official sees it: a number, a role, a promise."""

    number: str
    state: str
    promise: str | None
    finished: bool
    may_rate: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation. `seen` is the fingerprint that it was read at."""

    thread_id: str
    key: str
    request_id: int
    turns: tuple[TurnView, ...]
    ticket: TicketView | None
    waiting: bool
    may_escalate: bool
    seen: str


@dataclass(frozen=True, slots=True)
class EarlierView:
    """An earlier conversation, in a list: its first words, masked."""

    thread_id: str
    words: str
    stamp: str
    number: str | None


def own_thread(session: Session, actor: Actor, thread_id: str) -> Thread | None:
    """Return the visitor's own web conversation; None for anybody else's and for one that isn't there."""
    thread = session.get(Thread, thread_id)
    if thread is None or thread.channel is not ChannelName.WEB or thread.ticket_id is not None:
        return None
    if thread.request_id is None or actor.person_id is None or thread.person_id != actor.person_id:
        return None
    cities = directory.cities_of(session, thread.person_id)
    allowed = may(actor, Verb.READ_REQUEST, Thing(requester_id=thread.person_id, cities=cities))
    return thread if allowed else None


def read_conversation(
    session: Session, services: Services, actor: Actor, thread_id: str, reader: Reader
) -> Conversation | None:
    """Return a conversation with the visitor's own words decrypted, or None as `own_thread` does."""
    thread = own_thread(session, actor, thread_id)
    if thread is None or thread.request_id is None:
        return None
    vault = sealing.vault_of(services)
    messages = in_order(
        session.exec(
            select(Message).where(Message.thread_id == thread.id, col(Message.kind).not_in(_HIDDEN))
        ).all()
    )
    ids = [message.id for message in messages]
    answers = {
        row.message_id: row for row in session.exec(select(Answer).where(col(Answer.message_id).in_(ids)))
    }
    citations = sources_of(session, ids, reader)
    questions = {message.id: message for message in messages}
    turns = tuple(
        _turn(
            message,
            _words(session, vault, message, TEXTS[reader.language].erased),
            answers.get(message.id),
            citations,
            questions,
            reader,
        )
        for message in messages
        if message.kind is not MessageKind.EDIT or message.author is Author.REQUESTER
    )
    ticket = tickets.latest(session, thread.request_id)
    if ticket is None or ticket.assignee_id is None:  # a person who has the case answers it
        turns = _with_offers(session, services, actor, turns)
    return Conversation(
        thread_id=thread.id,
        key=thread.key,
        request_id=thread.request_id,
        turns=turns,
        ticket=_ticket_view(session, ticket, reader) if ticket else None,
        waiting=any(turn.waiting for turn in turns),
        may_escalate=ticket is None or ticket.state not in UNFINISHED,
        seen=fingerprint(session, Topic(Subject.THREAD, thread.id)),
    )


def _with_offers(
    session: Session, services: Services, actor: Actor, turns: tuple[TurnView, ...]
) -> tuple[TurnView, ...]:
    """Return the turns with buttons under the latest answer, unless its reader has written since."""
    since = takewhile(lambda turn: turn.voice is not Voice.YOU, reversed(turns))
    latest = next((turn for turn in since if turn.voice is Voice.ANSWER), None)
    if latest is None:
        return turns
    offers = offers_of(session, services, actor, latest.id)
    listed = {offer.label for offer in offers}  # the buttons stand in the place of the list
    said = tuple(
        words
        for words in latest.paragraphs
        if not listed & set("".join(one.text for one in words).split("\n"))
    )
    pressed = replace(latest, offers=offers, paragraphs=said)
    return tuple(pressed if turn is latest else turn for turn in turns)


def answer_in_thread(session: Session, thread_id: str, message_id: str) -> bool:
    """Tell whether an answer was given in that conversation."""
    message = session.get(Message, message_id)
    return (
        message is not None and message.thread_id == thread_id and session.get(Answer, message_id) is not None
    )


def earlier_conversations(session: Session, actor: Actor, reader: Reader) -> tuple[EarlierView, ...]:
    """Return the visitor's latest conversations, newest first."""
    if actor.person_id is None:
        return ()
    threads = session.exec(
        select(Thread)
        .where(
            Thread.person_id == actor.person_id,
            Thread.channel == ChannelName.WEB,
            col(Thread.ticket_id).is_(None),
        )
        .order_by(col(Thread.created_at).desc())
        .limit(_EARLIER)
    ).all()
    found = []
    for thread in threads:
        first = session.exec(
            select(Message.masked)
            .where(Message.thread_id == thread.id, Message.author == Author.REQUESTER)
            .order_by(col(Message.recorded_at), col(Message.id))
            .limit(1)
        ).first()
        if first is None or thread.request_id is None:
            continue
        ticket = tickets.latest(session, thread.request_id)
        found.append(
            EarlierView(
                thread_id=thread.id,
                words=shortened(first, 90),
                stamp=reader.stamp(thread.created_at),
                number=tickets.number_of(ticket.id or 0) if ticket else None,
            )
        )
    return tuple(found)


def _words(session: Session, vault: Vault, message: Message, erased: str) -> str:
    try:
        return sealing.open_body(session, vault, message)
    except VaultError:  # its data key was destroyed
        return erased


def _turn(
    message: Message,
    text: str,
    answer: Answer | None,
    citations: Mapping[str, tuple[Source, ...]],
    questions: Mapping[str, Message],
    reader: Reader,
) -> TurnView:
    voice = _voice(message)
    sources = citations.get(message.id, ())
    question = questions.get(message.in_reply_to or "")
    return TurnView(
        id=message.id,
        voice=voice,
        stamp=reader.stamp(message.occurred_at if voice is Voice.YOU else message.recorded_at),
        at=message.recorded_at,
        language=message.language,
        paragraphs=paragraphs_of(_frame(text, sources), lifelines=voice is not Voice.YOU),
        sources=sources,
        numbers=lifelines_in(text) if voice is Voice.SAFETY else (),
        waiting=voice is Voice.YOU and message.state is MessageState.PENDING,
        in_doubt=bool(sources and question and question.in_doubt),
        rated=answer.helpful if answer else None,
        may_rate=answer is not None and bool(sources) and not _were_steps(question),
        may_show_steps=voice is Voice.SAFETY
        and question is not None
        and not question.self_harm
        and not any(_were_steps(later) and later.id > message.id for later in questions.values()),
        more_url=answer.more_url if answer and sources else None,
    )


def _frame(text: str, sources: tuple[Source, ...]) -> str:
    """Return what an answer says before its passages, which the page draws from the structure; else all of it."""
    if not sources:
        return text
    at = text.find(sources[0].lines[0]) if sources[0].lines else -1
    before = text[: text.rfind("\n", 0, at) + 1] if at >= 0 else ""
    said = [block.strip() for block in before.split("\n\n") if block.strip()]
    # the page has its own line for doubt, and a document's title stands with its passages
    return "\n\n".join(
        block for block in said if block != sources[0].title.upper() and not _DOUBT.match(block)
    )


def _were_steps(question: Message | None) -> bool:
    return question is not None and question.author is Author.REQUESTER and asks_for_steps(question.masked)


def _voice(message: Message) -> Voice:
    if message.author is Author.REQUESTER:
        return Voice.YOU
    if message.author is Author.EXPERT:
        return Voice.EXPERT
    return {MessageKind.SAFETY: Voice.SAFETY, MessageKind.ANSWER: Voice.ANSWER}.get(message.kind, Voice.DESK)


def _ticket_view(session: Session, ticket: Ticket, reader: Reader) -> TicketView:
    t = TEXTS[reader.language]
    states = {
        TicketState.NEW: t.ticket_new,
        TicketState.OPEN: t.ticket_open,
        TicketState.WAITING_REQUESTER: t.ticket_waiting,
        TicketState.WAITING_THIRD_PARTY: t.ticket_third_party,
        TicketState.SOLVED: t.ticket_solved,
    }
    unfinished = ticket.state in UNFINISHED
    return TicketView(
        number=tickets.number_of(ticket.id or 0),
        state=states.get(ticket.state, t.ticket_closed),
        promise=_promise(session, ticket, reader) if unfinished else None,
        finished=not unfinished,
        may_rate=not unfinished and tickets.may_be_rated(session, ticket),
    )


def _promise(session: Session, ticket: Ticket, reader: Reader) -> str | None:
    """Return what was promised next, in the reader's zone; a promise that is broken is called so."""
    t = TEXTS[reader.language]
    words, due_at = t.ticket_by, duty.promised(session, ticket)
    if due_at is None:
        words, due_at = t.ticket_answered, _next_reply_due(session, ticket)
    if due_at is None:
        return None
    return (t.ticket_late if due_at < reader.now else words).format(when=reader.by_when(due_at))


def _next_reply_due(session: Session, ticket: Ticket) -> datetime | None:
    return session.exec(
        select(Clock.due_at).where(
            Clock.subject_kind == SubjectKind.TICKET,
            Clock.subject_id == ticket.id,
            Clock.target == Target.NEXT_RESPONSE,
            col(Clock.stopped_at).is_(None),
        )
    ).first()
