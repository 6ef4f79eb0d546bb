"""Who can be reached, how, and what may therefore be promised."""

import json
from datetime import datetime

from sqlmodel import Session

from bot.delivery.enqueue import Destination
from bot.rendering import times
from bot.rendering.labels import label
from bot.services import Services
from escalation import confidentiality, directory, self_tests, tickets
from escalation.access import Thing, Verb, may
from escalation.business_hours import is_open, next_open
from escalation.sla import Priority
from escalation.tables import ChannelName, Person, RoleName, Ticket

CONSOLE = "console:experts"


def on_duty(session: Session, now: datetime) -> tuple[Person, ...]:
    """Return the experts who take cases at the moment: on duty and not away, in order of entry."""
    return directory.there(session, directory.people_with(session, RoleName.EXPERT, RoleName.LEAD), now)


def alerted(
    session: Session, services: Services, language: str, now: datetime, request_id: int
) -> str | None:
    """Return the role that is being alerted this minute, or None when nobody is sure to notice.

    Somebody counts as alerted when a named person who may know of the case is on duty and is sent something on
    a channel that wakes them: a pager, or what the policy names. While the hub is closed only the policy's
    own cover counts: a flag that was never taken down promises nobody's night.
    """
    waking = _waking(session, services, now)
    places = _real_places(session, services, request_id) if waking else ()
    reached = any(place.channel.value in waking for place in places)
    return label("expert_on_duty", language) if reached else None


def told(session: Session, services: Services, now: datetime, request_id: int) -> bool:
    """Tell whether the hub is open and somebody on duty is sent something, though nothing wakes them."""
    if not is_open(services.policy.hub_calendar, now):
        return False
    places = _real_places(session, services, request_id)
    return any(place.channel is not ChannelName.WEB for place in places)


def staffed(session: Session, services: Services, now: datetime, request_id: int) -> bool:
    """Tell whether somebody is on duty: in the hub's hours an expert at the console, else the policy's cover."""
    if is_open(services.policy.hub_calendar, now):
        return bool(on_duty(session, now))
    return alerted(session, services, "en", now, request_id) is not None


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
    return _places(session, services, request_id, on_duty(session, services.clock()), every_way=True)


def everybody(session: Session, services: Services) -> tuple[Destination, ...]:
    """Return every way to everybody on duty, for what names no case."""
    return (
        *_shared(services),
        *_own_places(session, services, on_duty(session, services.clock()), pagers=True),
    )


def leads(session: Session, services: Services) -> tuple[Destination, ...]:
    """Return where the leads are told of the desk's own faults: the console, and their mail."""
    people = directory.people_with(session, RoleName.LEAD)
    return (Destination(ChannelName.WEB, CONSOLE), *_mailboxes(session, services, people))


def for_ticket(session: Session, services: Services, ticket: Ticket) -> tuple[Destination, ...]:
    """Return where the people of a ticket are told: the shared places, and the mail of whom it waits for.

    That is its owner, else the best expert, unless they are away; and everybody who watches it.
    """
    there = on_duty(session, services.clock())
    if ticket.assignee_id is not None:
        people: tuple[Person, ...] = (directory.get_person(session, ticket.assignee_id),)
    else:
        suggested = tuple(person for person in there if person.id == ticket.suggested_id)
        people = suggested or there
    watching = tickets.watched_by(session, ticket.id or 0)
    people += tuple(
        directory.get_person(session, one) for one in watching if one not in {person.id for person in people}
    )
    return _places(session, services, ticket.request_id, people)


def for_reminder(
    session: Session, services: Services, ticket: Ticket, recipient: str
) -> tuple[Destination, ...]:
    """Return where one recipient is told of one ticket: a person (`person:7`), or the places every expert sees."""
    kind, _, number = recipient.partition(":")
    if kind == "person":
        people: tuple[Person, ...] = (directory.get_person(session, int(number)),)
    else:
        people = ()
    every_way = ticket.priority is Priority.P1
    shared = kind != "person"
    return _places(session, services, ticket.request_id, people, shared=shared, every_way=every_way)


def of_recipient(session: Session, services: Services, recipient: str) -> tuple[Destination, ...]:
    """Return where a recipient is told of several things at once, none of them sealed."""
    kind, _, number = recipient.partition(":")
    if kind == "person":
        return _mailboxes(session, services, (directory.get_person(session, int(number)),))
    return _shared(services)


def pager_of(session: Session, services: Services, people: tuple[Person, ...]) -> Destination | None:
    """Return the pager of the first of these people who has one and is on duty, or None."""
    return next(iter(_pagers(session, services, people)), None)


def _waking(session: Session, services: Services, now: datetime) -> frozenset[str]:
    """Return the channels that somebody on duty can't miss at this hour.

    A night is covered only where a test page has been answered: what was never tried is not promised.
    """
    cover = services.policy.out_of_hours
    named = frozenset(cover.channels) if cover and self_tests.proven(session, now) else frozenset()
    if is_open(services.policy.hub_calendar, now):
        return named | {ChannelName.PAGER.value}
    return named


def _real_places(session: Session, services: Services, request_id: int) -> tuple[Destination, ...]:
    """Return every way to the people on duty who are no demonstration; none when nobody is."""
    people = tuple(person for person in on_duty(session, services.clock()) if not person.demonstration)
    return _places(session, services, request_id, people, every_way=True) if people else ()


def _places(
    session: Session,
    services: Services,
    request_id: int,
    people: tuple[Person, ...],
    *,
    shared: bool = True,
    every_way: bool = False,
) -> tuple[Destination, ...]:
    """Return where these people are told of a request, but for those who may not know of it.

    `every_way` is for what can't wait: their pagers and direct messages besides.

    A sealed request is never told in a shared place: its named people have it by mail and in their own
    direct messages. If none of `people` is named and can be reached, all who are named are told.
    """
    about = confidentiality.about(session, request_id)
    if about.sealed:
        return _own_places(session, services, _able(session, people, about), pagers=every_way) or _own_places(
            session, services, _able(session, _named(session, about), about), pagers=every_way
        )
    places = _shared(services) if shared else ()
    able = _able(session, people, about)
    if every_way:
        return (*places, *_own_places(session, services, able, pagers=True))
    return (*places, *_mailboxes(session, services, able))


def _own_places(
    session: Session, services: Services, people: tuple[Person, ...], *, pagers: bool
) -> tuple[Destination, ...]:
    return (
        *(_pagers(session, services, people) if pagers else ()),
        *_direct_messages(session, services, people),
        *_mailboxes(session, services, people),
    )


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
    places = [Destination(ChannelName.WEB, CONSOLE)]
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


def _pagers(session: Session, services: Services, people: tuple[Person, ...]) -> tuple[Destination, ...]:
    """Return the pagers of those of these people who are on duty."""
    if ChannelName.PAGER not in services.senders:
        return ()
    pagers = {person.id: pager for person, pager in directory.pagers_on_duty(session, services.clock())}
    found = []
    for person in people:
        if person.id in pagers and not person.demonstration:
            stored = json.dumps({"pager": pagers[person.id], "person": person.id}, separators=(",", ":"))
            found.append(Destination(ChannelName.PAGER, stored, language=person.language or "en"))
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
