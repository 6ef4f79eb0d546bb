"""Who can be reached, how, and what may therefore be promised."""

import json
from datetime import datetime

from sqlmodel import Session

from bot.delivery.enqueue import Destination
from bot.rendering import times
from bot.rendering.labels import label
from bot.services import Services
from escalation import confidentiality, directory, tickets
from escalation.access import Thing, Verb, may
from escalation.business_hours import is_open, next_open
from escalation.tables import ChannelName, Person, RoleName, Ticket

EXPERTS = "experts"
LEADS = "leads"


def on_duty(session: Session) -> tuple[Person, ...]:
    """Return the experts who are not away, in order of entry."""
    people = directory.people_with(session, RoleName.EXPERT, RoleName.LEAD)
    return tuple(person for person in people if directory.profile_of(session, person.id or 0).on_duty)


def alerted(
    session: Session, services: Services, language: str, now: datetime, request_id: int
) -> str | None:
    """Return the role that is being alerted this minute, or None when nobody is.

    Nothing we have wakes a sleeper. So somebody counts as alerted only in the hub's hours, when an expert
    who is no demonstration is on duty and is really sent something: a mail, or a post in Slack.
    """
    if not is_open(services.policy.hub_calendar, now):
        return None
    people = tuple(person for person in on_duty(session) if not person.demonstration)
    places = _places(session, services, request_id, people) if people else ()
    if all(place.channel is ChannelName.WEB for place in places):
        return None
    return label("expert_on_duty", language)


def staffed(session: Session, services: Services, now: datetime) -> bool:
    """Tell whether the hub is open and an expert is on duty, who sees at least the console."""
    return is_open(services.policy.hub_calendar, now) and bool(on_duty(session))


def opens_at(services: Services, language: str, zone: str | None, now: datetime) -> str | None:
    """Return when the hub opens again, in words, on the reader's own clock; None while it is open."""
    calendar = services.policy.hub_calendar
    opening = next_open(calendar, now)
    return times.when(opening, zone or calendar.zone, language, now) if opening > now else None


def promised(session: Session, ticket: Ticket) -> datetime | None:
    """Return by when the official is promised a first reply; None once one was given.

    Without cover out of hours the clock itself starts at opening: what is promised is what is staffed.
    """
    return tickets.clocks.promised(session, ticket.id or 0)


def everyone(session: Session, services: Services, request_id: int) -> tuple[Destination, ...]:
    """Return every way to every expert and lead: for a P1 nobody is spared who may know of the case."""
    return _places(session, services, request_id, on_duty(session))


def for_ticket(session: Session, services: Services, ticket: Ticket) -> tuple[Destination, ...]:
    """Return where the people of a ticket are told: the shared places, and its owner's or best expert's mail."""
    chosen = ticket.assignee_id if ticket.assignee_id is not None else ticket.suggested_id
    people = on_duty(session)
    if chosen is not None:
        people = (directory.get_person(session, chosen),)
    return _places(session, services, ticket.request_id, people)


def for_recipient(
    session: Session, services: Services, ticket: Ticket, recipient: str
) -> tuple[Destination, ...]:
    """Return where a reminder goes: `person:7`, or a group (experts, leads)."""
    kind, _, number = recipient.partition(":")
    if kind == "person":
        people: tuple[Person, ...] = (directory.get_person(session, int(number)),)
    elif kind == LEADS:
        # the shared places have been told with the first recipient
        leads = directory.people_with(session, RoleName.LEAD)
        return _places(session, services, ticket.request_id, leads, shared=False)
    else:
        people = on_duty(session)
    return _places(session, services, ticket.request_id, people)


def _places(
    session: Session,
    services: Services,
    request_id: int,
    people: tuple[Person, ...],
    *,
    shared: bool = True,
) -> tuple[Destination, ...]:
    """Return where these people are told of a request, but for those who may not know of it.

    A sealed request is never told in a shared place: its named people have it by mail and in their own
    direct messages. If none of `people` is named and can be reached, all who are named are told.
    """
    about = confidentiality.about(session, request_id)
    if about.sealed:
        return _own_places(session, services, _able(session, people, about)) or _own_places(
            session, services, _able(session, _named(session, about), about)
        )
    places = _shared(services) if shared else ()
    return (*places, *_mailboxes(session, services, _able(session, people, about)))


def _own_places(session: Session, services: Services, people: tuple[Person, ...]) -> tuple[Destination, ...]:
    return (*_direct_messages(session, services, people), *_mailboxes(session, services, people))


def _named(session: Session, about: Thing) -> tuple[Person, ...]:
    return tuple(directory.get_person(session, person_id) for person_id in sorted(about.named))


def _able(session: Session, people: tuple[Person, ...], about: Thing) -> tuple[Person, ...]:
    return tuple(
        person
        for person in people
        if may(directory.actor_of(session, person.id or 0), Verb.READ_TICKET, about)
    )


def _shared(services: Services) -> tuple[Destination, ...]:
    """Return the places every expert sees: the console always, the Slack channel when there is one."""
    places = [Destination(ChannelName.WEB, "console:experts")]
    channel = services.settings.slack_experts_channel
    if ChannelName.SLACK in services.senders and channel:
        address = json.dumps({"channel": channel}, separators=(",", ":"))
        places.append(Destination(ChannelName.SLACK, address))
    return tuple(places)


def _mailboxes(session: Session, services: Services, people: tuple[Person, ...]) -> tuple[Destination, ...]:
    """Return the mailboxes of these people."""
    if ChannelName.EMAIL not in services.senders:
        return ()
    found = []
    for person in people:
        address = directory.email_of(session, person.id or 0)
        if address and not person.demonstration:
            stored = json.dumps({"to": address}, separators=(",", ":"))
            found.append(Destination(ChannelName.EMAIL, stored, language=person.language or "en"))
    return tuple(found)


def _direct_messages(
    session: Session, services: Services, people: tuple[Person, ...]
) -> tuple[Destination, ...]:
    """Return the direct messages of these people with the desk in Slack."""
    if ChannelName.SLACK not in services.senders:
        return ()
    found = []
    for person in people:
        known = directory.slack_of(session, person.id or 0)
        if known and not person.demonstration:
            team, user = known
            stored = json.dumps({"channel": user, "thread_ts": None, "team": team}, separators=(",", ":"))
            found.append(Destination(ChannelName.SLACK, stored, language=person.language or "en"))
    return tuple(found)
