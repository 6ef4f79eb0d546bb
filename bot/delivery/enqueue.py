"""The outbox's near end: words for somebody become a sealed row, in the caller's transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from bot.delivery import discretion
from bot.delivery.sealing import seal_body, seal_outbound, vault_of
from bot.messages import Action, Outbound, Quote
from bot.rendering import Context, Rendered
from bot.services import Services
from escalation import outbox, request_log
from escalation.identifiers import new_id
from escalation.rows import keep_new
from escalation.tables import (
    Author,
    ChannelName,
    DataKey,
    HelpRequest,
    Lane,
    Message,
    MessageKind,
    MessageState,
    Thread,
)


@dataclass(frozen=True, slots=True)
class Words:
    """One message to write: which template, what it may use, and what a rich surface adds.

    `ahead` goes before everything else that is urgent: a page, what a verified official waits for.
    """

    kind: str
    language: str
    context: Context
    quotes: tuple[Quote, ...] = ()
    actions: tuple[Action, ...] = ()
    lane: Lane = Lane.NORMAL
    ahead: bool = False
    ticket_id: int | None = None


@dataclass(frozen=True, slots=True)
class Destination:
    """Somewhere outside any requester's conversation: an experts' channel, a mailbox, the console."""

    channel: ChannelName
    address: str
    language: str = "en"
    reply_to_row: str | None = None


def to_requester(
    session: Session,
    services: Services,
    words: Words,
    *,
    request: HelpRequest,
    thread: Thread,
    dedupe_key: str,
    now: datetime,
    message_kind: MessageKind = MessageKind.NOTICE,
    question: Message | None = None,
) -> Message:
    """Write one of the desk's own messages into the requester's conversation and queue it for sending.

    The same `dedupe_key` is written and queued once for ever.
    """
    assert request.id is not None
    vault = vault_of(services)
    key = request_log.get_key(session, request.data_key_id)
    rendered = services.renderer.render(words.kind, words.language, words.context, now)
    message_id = new_id(now)
    message = Message(
        id=message_id,
        dedupe_key=f"out:{dedupe_key}",
        thread_id=thread.id,
        request_id=request.id,
        kind=message_kind,
        author=Author.BOT,
        body=seal_body(vault, key, message_id, rendered.text),
        masked=rendered.text,
        language=words.language,
        in_reply_to=question.id if question else None,
        occurred_at=now,
        recorded_at=now,
        state=MessageState.RECORDED,
    )
    session.flush()  # what the message refers to
    if not keep_new(session, message) and (known := request_log.known_message(session, message.dedupe_key)):
        return known
    _send(session, services, words, rendered, message, request, thread, key, dedupe_key, now, question)
    return message


def relay(
    session: Session,
    services: Services,
    words: Words,
    message: Message,
    *,
    request: HelpRequest,
    thread: Thread,
    dedupe_key: str,
    now: datetime,
) -> None:
    """Queue an expert's stored words for the requester, whose conversation they now belong to."""
    message.thread_id = thread.id
    message.kind = MessageKind.REPLY
    session.add(message)
    session.flush()
    key = request_log.get_key(session, request.data_key_id)
    rendered = services.renderer.render(words.kind, words.language, words.context, now)
    _send(session, services, words, rendered, message, request, thread, key, dedupe_key, now, None)


def _send(
    session: Session,
    services: Services,
    words: Words,
    rendered: Rendered,
    message: Message,
    request: HelpRequest,
    thread: Thread,
    key: DataKey,
    dedupe_key: str,
    now: datetime,
    question: Message | None,
) -> None:
    latest = question or request_log.last_question(session, message.request_id)
    place = discretion.place_for(session, services, words.kind, thread)
    if place is None:
        return
    outbound = Outbound(
        row_id=new_id(now),
        channel=place.channel,
        address=place.address,
        kind=words.kind,
        language=words.language,
        text=rendered.text,
        subject=rendered.subject,  # never the writer's own: a locked phone shows it
        html=_page(services, place.channel, rendered, words.language),
        reply_to=latest.external_id if latest else None,
        references=tuple(dict.fromkeys(filter(None, (thread.key, latest.external_id if latest else None)))),
        heading=rendered.subject,
        quotes=words.quotes,
        actions=tuple(replace(action, value=action.value or message.id) for action in words.actions),
        ticket_id=words.ticket_id,
        automatic=message.author is Author.BOT,
    )
    _add(
        session, services, outbound, words, key, dedupe_key, now, request_id=request.id, message_id=message.id
    )


def _page(services: Services, channel: ChannelName, rendered: Rendered, language: str) -> str | None:
    return services.renderer.page(rendered.text, language) if channel is ChannelName.EMAIL else None


def to_desk(
    session: Session,
    services: Services,
    words: Words,
    destination: Destination,
    key: DataKey,
    *,
    dedupe_key: str,
    now: datetime,
    request_id: int | None = None,
) -> None:
    """Queue a message for the people of the desk. It carries masked or structural words only."""
    rendered = services.renderer.render(words.kind, words.language, words.context, now)
    outbound = Outbound(
        row_id=new_id(now),
        channel=destination.channel,
        address=destination.address,
        kind=words.kind,
        language=words.language,
        text=rendered.text,
        subject=rendered.subject,
        html=_page(services, destination.channel, rendered, words.language),
        reply_to_row=destination.reply_to_row,
        heading=rendered.subject,
        actions=words.actions,
        ticket_id=words.ticket_id,
    )
    _add(session, services, outbound, words, key, dedupe_key, now, request_id=request_id)


def _add(
    session: Session,
    services: Services,
    outbound: Outbound,
    words: Words,
    key: DataKey,
    dedupe_key: str,
    now: datetime,
    *,
    request_id: int | None,
    message_id: str | None = None,
) -> None:
    outbox.add(
        session,
        outbox.NewDelivery(
            id=outbound.row_id,
            dedupe_key=dedupe_key,
            channel=outbound.channel.value,
            address=outbound.address,
            kind=outbound.kind,
            data_key_id=key.id,
            body=seal_outbound(vault_of(services), key, outbound.row_id, outbound.dumps()),
            lane=words.lane,
            ahead=words.ahead,
            request_id=request_id,
            message_id=message_id,
            ticket_id=words.ticket_id,
        ),
        now,
    )
