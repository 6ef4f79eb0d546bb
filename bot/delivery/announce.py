"""Notices into messages: who must be told what, on which channels, in which words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.delivery import duty, languages, paging, standing
from bot.delivery.enqueue import Destination, Words, relay, to_desk, to_requester
from bot.delivery.sealing import open_body, vault_of
from bot.messages import Action
from bot.rendering import WordsContext
from bot.rendering.labels import label
from bot.services import Services
from escalation import outbox, request_log, tickets
from escalation.errors import NotFound
from escalation.notices import (
    ChainStep,
    DangerSeen,
    Notice,
    PromiseChanged,
    PublicReply,
    RemindersDue,
    RequesterWrote,
    TicketClaimed,
    TicketMoved,
    TicketOpened,
    TicketReopened,
    TicketResolved,
)
from escalation.tables import (
    ChannelName,
    DataKey,
    HelpRequest,
    Lane,
    Message,
    Thread,
    Ticket,
)

SATISFACTION = "satisfaction"  # what the signature of the link is for
_ASKED_BY_LINK = frozenset({ChannelName.EMAIL, ChannelName.SLACK})


def enqueue(session: Session, services: Services, notices: Iterable[Notice], now: datetime) -> None:
    """Queue everything the notices ask for, in the caller's transaction."""
    for notice in notices:
        match notice:
            case TicketOpened():
                _opened(session, services, notice, now)
            case TicketClaimed():
                _claimed(session, services, notice, now)
            case RequesterWrote(ticket_id=ticket_id, message_id=message_id):
                _update(session, services, ticket_id, "wrote", f"wrote:{message_id}", now)
            case PublicReply():
                _replied(session, services, notice, now)
            case TicketResolved(ticket_id=ticket_id, event_id=event_id):
                _to_official(session, services, ticket_id, "ticket_resolved", f"resolved:{event_id}", now)
                _update(session, services, ticket_id, "resolved", f"resolved:{event_id}", now)
            case TicketReopened(ticket_id=ticket_id, event_id=event_id):
                _to_official(session, services, ticket_id, "ticket_opened", f"reopened:{event_id}", now)
                _update(session, services, ticket_id, "reopened", f"reopened:{event_id}", now)
            case RemindersDue() | ChainStep():
                raise TypeError("what the clocks say is queued by `nudges`")
            case TicketMoved():
                _moved(session, services, notice, now)
            case PromiseChanged():
                _promise_changed(session, services, notice, now)
            case DangerSeen():
                raise TypeError("danger is announced when the message is accepted")


def unsent(session: Session, services: Services, message: Message, now: datetime) -> None:
    """Tell the people of a ticket that an expert's words did not reach the official."""
    if message.case_ticket_id is not None:
        _update(session, services, message.case_ticket_id, "unsent", f"unsent:{message.id}", now)


def _opened(session: Session, services: Services, notice: TicketOpened, now: datetime) -> None:
    ticket = tickets.get(session, notice.ticket_id)
    choice = languages.choice(session, services, ticket, now)
    _to_official(
        session,
        services,
        notice.ticket_id,
        "ticket_opened",
        f"opened:{notice.ticket_id}",
        now,
        actions=languages.actions(ticket) if choice else (),
        other_language=choice,
    )
    key = _key(session, ticket)
    for destination in _card_places(session, services, ticket):
        language = destination.language
        number = tickets.number_of(notice.ticket_id)
        actions = (
            Action("claim", number, label("claim", language)),
            Action("reply", number, label("reply", language)),
            Action("open", standing.address(services, ticket), label("open", language)),
        )
        to_desk(
            session,
            services,
            Words(
                "ticket_card",
                language,
                standing.desk_context(session, services, ticket, now, language),
                actions=actions,
                ticket_id=ticket.id,
                lane=Lane.URGENT if notice.page else Lane.NORMAL,
                ahead=notice.page and not ticket.unverified,
            ),
            destination,
            key,
            dedupe_key=_card_key(ticket, destination),
            now=now,
            request_id=ticket.request_id,
        )


def _card_places(session: Session, services: Services, ticket: Ticket) -> tuple[Destination, ...]:
    """Return where a new ticket's card goes; one out of a flood is told with the others, and in the console."""
    places = duty.for_ticket(session, services, ticket)
    if paging.told_together(session, ticket):
        return tuple(place for place in places if place.channel is ChannelName.WEB)
    return places


def _claimed(session: Session, services: Services, notice: TicketClaimed, now: datetime) -> None:
    version = tickets.get(session, notice.ticket_id).version
    cause = f"claimed:{notice.ticket_id}:{notice.expert_id}:{version}"
    _to_official(session, services, notice.ticket_id, "ticket_claimed", cause, now)
    _update(session, services, notice.ticket_id, "claimed", cause, now)


def _moved(session: Session, services: Services, notice: TicketMoved, now: datetime) -> None:
    cause = f"{notice.what}:{notice.event_id}"
    if notice.official is not None:
        _to_official(session, services, notice.ticket_id, notice.official, cause, now, event=notice.what)
    _update(session, services, notice.ticket_id, notice.what, cause, now)


def _replied(session: Session, services: Services, notice: PublicReply, now: datetime) -> None:
    ticket = tickets.get(session, notice.ticket_id)
    message = request_log.get_message(session, notice.message_id)
    # the words may be for the official of a ticket that was joined to this one: under their own number
    request = request_log.get_request(session, message.request_id)
    thread = request_log.requester_thread(session, message.request_id)
    own = ticket if ticket.request_id == message.request_id else tickets.latest(session, message.request_id)
    if thread is None:
        raise NotFound("This request has no conversation to answer in.")
    words = open_body(session, vault_of(services), message)
    context = WordsContext(
        words=words,
        number=tickets.number_of((own or ticket).id or notice.ticket_id),
        expert=standing.who_answers(session, services, message.person_id, request.language),
    )
    relay(
        session,
        services,
        Words("relay", request.language, context, ticket_id=ticket.id),
        message,
        request=request,
        thread=thread,
        dedupe_key=f"relay:{message.id}",
        now=now,
    )
    _update(session, services, notice.ticket_id, "replied", f"relay:{message.id}", now)


def _update(
    session: Session, services: Services, ticket_id: int, event: str, cause: str, now: datetime
) -> None:
    """Tell the people who work on the ticket that something happened to it."""
    ticket = tickets.get(session, ticket_id)
    for destination in duty.for_ticket(session, services, ticket):
        context = standing.desk_context(session, services, ticket, now, destination.language)
        context = replace(
            context,
            event=label(event, destination.language),
            expert=standing.name_of(session, ticket.assignee_id),
        )
        under = outbox.row_id_of(session, _card_key(ticket, destination))
        to_desk(
            session,
            services,
            Words("ticket_update", destination.language, context, ticket_id=ticket.id),
            replace(destination, reply_to_row=under),
            _key(session, ticket),
            dedupe_key=f"update:{cause}:{destination.channel.value}:{destination.address}",
            now=now,
            request_id=ticket.request_id,
        )


def _promise_changed(session: Session, services: Services, notice: PromiseChanged, now: datetime) -> None:
    """Tell the official, with the reason, and the people of the ticket."""
    ticket = tickets.get(session, notice.ticket_id)
    language = request_log.get_request(session, ticket.request_id).language
    cause = f"promise:{notice.event_id}:{notice.due_after.isoformat()}"
    _to_official(
        session,
        services,
        notice.ticket_id,
        "promise_changed",
        cause,
        now,
        due_before=notice.due_before,
        due_at=notice.due_after,
        why=label(f"because_{notice.cause.value}", language),
    )
    _update(session, services, notice.ticket_id, "promise_changed", cause, now)


def _to_official(
    session: Session,
    services: Services,
    ticket_id: int,
    kind: str,
    cause: str,
    now: datetime,
    actions: tuple[Action, ...] = (),
    **more: Any,
) -> None:
    ticket = tickets.get(session, ticket_id)
    request = request_log.get_request(session, ticket.request_id)
    thread = request_log.requester_thread(session, ticket.request_id)
    if thread is None or request_log.only_machines_wrote(session, ticket.request_id):
        return
    context = standing.official_context(session, services, ticket, now, request.language)
    # in despair nobody is told of public records, and the chat page says it below the conversation
    told_elsewhere = ticket.reason == "self_harm" or thread.channel is ChannelName.WEB
    first = not told_elsewhere and request_log.is_first_contact(session, request.person_id)
    to_requester(
        session,
        services,
        Words(
            kind,
            request.language,
            replace(
                context,
                first_contact=first,
                rate_url=_rate_url(session, services, kind, ticket, thread),
                **more,
            ),
            actions=(*actions, *_asked(kind, request, thread)),
            ticket_id=ticket.id,
        ),
        request=request,
        thread=thread,
        dedupe_key=f"{kind}:{cause}",
        now=now,
    )


def _rate_url(session: Session, services: Services, kind: str, ticket: Ticket, thread: Thread) -> str | None:
    """Return where the official says how it went, when they are asked. The web page asks by itself."""
    if kind != "ticket_resolved" or thread.channel not in _ASKED_BY_LINK:
        return None
    if not tickets.may_be_rated(session, ticket):
        return None
    mac = vault_of(services).sign(SATISFACTION, str(ticket.request_id))
    return f"{services.settings.base_url}/satisfaction/{ticket.request_id}/{mac}"


def _asked(kind: str, request: HelpRequest, thread: Thread) -> tuple[Action, ...]:
    """Return what an escalation asks with a button: how to reach the official safely. The web page has a field."""
    if kind != "ticket_opened" or thread.channel is not ChannelName.SLACK:
        return ()
    names = ("safe_contact", "unsafe")
    return tuple(Action(name, str(request.id), label(name, request.language)) for name in names)


def _key(session: Session, ticket: Ticket) -> DataKey:
    return request_log.get_key(session, request_log.get_request(session, ticket.request_id).data_key_id)


def _card_key(ticket: Ticket, destination: Destination) -> str:
    return f"card:{ticket.id}:{destination.channel.value}:{destination.address}"
