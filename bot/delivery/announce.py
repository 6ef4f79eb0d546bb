"""Notices into messages: who must be told what, on which channels, in which words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot import safety
from bot.delivery import duty, languages, paging
from bot.delivery.enqueue import Destination, Words, relay, to_desk, to_requester
from bot.delivery.sealing import desk_key, open_body, vault_of
from bot.messages import Action
from bot.redaction import mask
from bot.rendering import PageContext, PoliceLine, TicketContext, WordsContext, times
from bot.rendering.labels import label
from bot.safety.assessment import Situation
from bot.services import Services
from bot.wishes import SHOW_STEPS
from escalation import directory, outbox, plans, request_log, tickets
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
from escalation.sla import Priority, Target
from escalation.tables import (
    ChannelName,
    Clock,
    DataKey,
    HelpRequest,
    Lane,
    Message,
    MessageKind,
    Person,
    SubjectKind,
    Thread,
    Ticket,
)

SATISFACTION = "satisfaction"  # what the signature of the link is for
# Where a button can't be pressed, its words are said.
_WITHOUT_BUTTONS = frozenset({ChannelName.EMAIL, ChannelName.TERMINAL})
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


def danger(
    session: Session,
    services: Services,
    notice: DangerSeen,
    situation: Situation,
    message: Message,
    request: HelpRequest,
    thread: Thread | None,
    now: datetime,
) -> None:
    """Queue the safety reply and the page, both in the lane that waits for nothing.

    A verified official's page always goes at once and alone. Of people who are not verified three go
    alone in ten minutes; `paging.together` tells of the others.
    """
    language = "fr" if message.language == "fr" else "en"
    person = directory.get_person(session, request.person_id)
    trusted = person.verified and message.sender_proved
    alone = trusted or paging.room_for_one(session, now)
    if notice.human and thread is not None:
        words = _safety_words(session, services, situation, language, person, message.request_id, now)
        to_requester(
            session,
            services,
            Words(
                "safety",
                language,
                WordsContext(words, steps=not message.self_harm and thread.channel in _WITHOUT_BUTTONS),
                actions=() if message.self_harm else (Action("show_steps", language, SHOW_STEPS[language]),),
                lane=Lane.URGENT,
                ahead=trusted,
            ),
            request=request,
            thread=thread,
            dedupe_key=f"safety:{message.id}",
            now=now,
            message_kind=MessageKind.SAFETY,
            question=message,
        )
    if alone:
        paging.alone(session, services, message, request, told=notice.human, now=now)


def _safety_words(
    session: Session,
    services: Services,
    situation: Situation,
    language: str,
    person: Person,
    request_id: int,
    now: datetime,
) -> str:
    city = directory.city_of(session, person.id or 0)
    return safety.reply(
        situation,
        language,
        on_duty=duty.alerted(session, services, language, now, request_id),
        opens_at=duty.opens_at(services, language, directory.zone_of(session, person), now),
        told=duty.told(session, services, now, request_id),
        local_number=city is not None and not city.has_911,
    )


def check_failed(session: Session, services: Services, message: Message, now: datetime) -> None:
    """Tell the leads, once an hour, that the safety check fails and plain rules decide."""
    key = desk_key(session, vault_of(services), now)
    context = PageContext(url=f"{services.settings.base_url}/console")
    for destination in duty.leads(session, services):
        to_desk(
            session,
            services,
            Words("safety_failed", destination.language, context, lane=Lane.URGENT),
            destination,
            key,
            dedupe_key=f"safety_failed:{message.recorded_at:%Y%m%d%H}"
            f":{destination.channel.value}:{destination.address}",
            now=now,
        )


def unsent(session: Session, services: Services, message: Message, now: datetime) -> None:
    """Tell the people of a ticket that an expert's words did not reach the official."""
    if message.case_ticket_id is not None:
        _update(session, services, message.case_ticket_id, "unsent", f"unsent:{message.id}", now)


def next_clock(session: Session, ticket_id: int) -> Clock | None:
    """Return the running clock of the ticket that is due first, or None."""
    return session.exec(
        select(Clock)
        .where(
            Clock.subject_kind == SubjectKind.TICKET,
            Clock.subject_id == ticket_id,
            col(Clock.stopped_at).is_(None),
            Clock.target != Target.SILENCE,  # nobody was promised the official's own words
        )
        .order_by(col(Clock.due_at), col(Clock.id))
    ).first()


def name_of(session: Session, person_id: int | None) -> str | None:
    """Return a person's name, or None for nobody."""
    return directory.get_person(session, person_id).name if person_id is not None else None


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
            Action("open", _url(services, ticket), label("open", language)),
        )
        to_desk(
            session,
            services,
            Words(
                "ticket_card",
                language,
                _context(session, services, ticket, now, language, for_desk=True),
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
        expert=_who(session, services, message.person_id, request.language),
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
        context = _context(session, services, ticket, now, destination.language, for_desk=True)
        context = replace(
            context,
            event=label(event, destination.language),
            expert=name_of(session, ticket.assignee_id),
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
    context = _context(session, services, ticket, now, request.language, for_desk=False)
    # in despair nobody is told of public records
    first = ticket.reason != "self_harm" and request_log.is_first_contact(session, request.person_id)
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


def _context(
    session: Session, services: Services, ticket: Ticket, now: datetime, language: str, *, for_desk: bool
) -> TicketContext:
    assert ticket.id is not None
    person = tickets.requester(session, ticket)
    city = directory.city_of(session, person.id or 0)
    hub_zone = services.policy.hub_calendar.zone
    zone = hub_zone if for_desk else directory.zone_of(session, person) or hub_zone
    on_duty = duty.staffed(session, services, now, ticket.request_id)
    return TicketContext(
        number=tickets.number_of(ticket.id),
        priority=ticket.priority.value,
        topic=ticket.topic,
        summary=ticket.summary,
        requester=mask(person.name).text or label("somebody", language),
        city=city.name if city else None,
        unverified=ticket.unverified,
        reason=label(ticket.reason, language),
        who=label("expert", language) if for_desk else _who(session, services, ticket.assignee_id, language),
        due_at=duty.promised(session, ticket),
        late_for=_late_for(session, ticket),
        zone=zone,
        url=_url(services, ticket) if for_desk else None,
        next_check_in=plans.next_check_in(session, ticket.id),
        expert=name_of(
            session, ticket.assignee_id if ticket.assignee_id is not None else ticket.suggested_id
        ),
        on_duty=on_duty,
        opens_at=duty.opens_at(services, language, zone, now),
        has_911=city is None or city.has_911,
        in_doubt=request_log.in_doubt(session, ticket.request_id),
        police=police_lines(session, person, language)
        if for_desk and ticket.priority is Priority.P1
        else None,
    )


def _who(session: Session, services: Services, person_id: int | None, language: str) -> str:
    """Return who answers, as officials are told: the role, or the name where the hub's policy shows names."""
    name = name_of(session, person_id) if services.policy.names_shown else None
    return name or label("expert", language)


def police_lines(session: Session, person: Person, language: str) -> tuple[PoliceLine, ...]:
    """Return how the police of each of the person's cities are reached, as the directory knows it."""
    return tuple(
        PoliceLine(
            city=city.name,
            dispatch=city.dispatch_phone,
            contact=city.police_contact,
            checked=times.date_in_words(city.police_checked_on, language) if city.police_checked_on else None,
            has_911=city.has_911,
        )
        for city in directory.all_cities_of(session, person.id or 0)
    )


def desk_context(
    session: Session, services: Services, ticket: Ticket, now: datetime, language: str
) -> TicketContext:
    """Return a ticket as the people of the desk are told of it."""
    return _context(session, services, ticket, now, language, for_desk=True)


def _late_for(session: Session, ticket: Ticket) -> datetime | None:
    """Return the deadline the official stated, when the first reply is promised for later than that."""
    promised = duty.promised(session, ticket)
    if ticket.needed_by is None or promised is None or promised <= ticket.needed_by:
        return None
    return ticket.needed_by


def _key(session: Session, ticket: Ticket) -> DataKey:
    return request_log.get_key(session, request_log.get_request(session, ticket.request_id).data_key_id)


def _url(services: Services, ticket: Ticket) -> str:
    return f"{services.settings.base_url}/console/tickets/{tickets.number_of(ticket.id or 0)}"


def _card_key(ticket: Ticket, destination: Destination) -> str:
    return f"card:{ticket.id}:{destination.channel.value}:{destination.address}"
