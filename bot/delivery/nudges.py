"""What the clocks say to the people of the desk: reminders, several in one message, and steps of an escalation."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import blake2s

from sqlmodel import Session, col, select

from bot.delivery import duty, standing
from bot.delivery.enqueue import Destination, Words, to_desk
from bot.delivery.sealing import desk_key, vault_of
from bot.messages import Action
from bot.rendering import NudgeLine, NudgesContext, TicketContext
from bot.rendering.labels import label
from bot.services import Services
from escalation import confidentiality, directory, request_log, tickets
from escalation.access import Thing, Verb, may
from escalation.notices import ChainStep, ReminderItem, RemindersDue
from escalation.roster import EXPERTS, person_of
from escalation.sla import Priority, Target
from escalation.tables import DataKey, Lane, Ticket
from knowledge_base import library

MOST_LINES = 30


def enqueue(
    session: Session, services: Services, notices: Sequence[RemindersDue | ChainStep], now: datetime
) -> None:
    """Queue everything the clocks ask for, in the caller's transaction."""
    about = _about(session, notices)
    desk = _Contexts(session, services, now)
    for notice in notices:
        if isinstance(notice, ChainStep):
            _step(desk, notice)
            continue
        items = _knowable(session, notice, about)
        alone = [item for item in items if _goes_alone(item, about)]
        for item in alone:
            _single(desk, notice.recipient, item)
        together = [item for item in items if item not in alone]
        if len(together) == 1 and together[0].ticket_id is not None:
            _single(desk, notice.recipient, together[0])
        elif together:
            _several(session, services, notice.recipient, together, now)


_About = dict[int, tuple[Ticket, Thing]]


def _about(session: Session, notices: Iterable[RemindersDue | ChainStep]) -> _About:
    """Return the tickets of the notices, and who may know of each, in a few queries."""
    wanted = {
        item.ticket_id
        for notice in notices
        if isinstance(notice, RemindersDue)
        for item in notice.items
        if item.ticket_id is not None
    }
    rows = session.exec(select(Ticket).where(col(Ticket.id).in_(wanted))).all()
    things = confidentiality.about_all(session, {ticket.request_id: ticket.assignee_id for ticket in rows})
    return {ticket.id or 0: (ticket, things[ticket.request_id]) for ticket in rows}


def _knowable(session: Session, notice: RemindersDue, about: _About) -> list[ReminderItem]:
    person_id = person_of(notice.recipient)
    if person_id is None:
        return list(notice.items)
    actor = directory.actor_of(session, person_id)
    return [
        item
        for item in notice.items
        if item.ticket_id is None
        or about[item.ticket_id][1].sealed  # whom a sealed case is told is decided case by case
        or may(actor, Verb.READ_TICKET, about[item.ticket_id][1])
    ]


def _goes_alone(item: ReminderItem, about: _About) -> bool:
    sealed = item.ticket_id is not None and about[item.ticket_id][1].sealed
    return item.ticket_id is not None and (item.priority is Priority.P1 or sealed)


class _Contexts:
    """What every message about one ticket shares, read once however many people are told."""

    def __init__(self, session: Session, services: Services, now: datetime) -> None:
        self.session, self.services, self.now = session, services, now
        self._contexts: dict[tuple[int, str], TicketContext] = {}
        self._keys: dict[int, DataKey] = {}

    def of(self, ticket: Ticket, language: str) -> TicketContext:
        """Return the ticket as the people of the desk are told of it, with its owner."""
        key = (ticket.id or 0, language)
        if key not in self._contexts:
            context = standing.desk_context(self.session, self.services, ticket, self.now, language)
            owner = standing.name_of(self.session, ticket.assignee_id)
            self._contexts[key] = replace(context, expert=owner)
        return self._contexts[key]

    def key_of(self, ticket: Ticket) -> DataKey:
        """Return the data key of the ticket's request."""
        if ticket.request_id not in self._keys:
            request = request_log.get_request(self.session, ticket.request_id)
            self._keys[ticket.request_id] = request_log.get_key(self.session, request.data_key_id)
        return self._keys[ticket.request_id]


def _single(desk: _Contexts, recipient: str, item: ReminderItem) -> None:
    assert item.ticket_id is not None
    ticket = tickets.get(desk.session, item.ticket_id)
    number = tickets.number_of(item.ticket_id)
    for destination in duty.for_reminder(desk.session, desk.services, ticket, recipient):
        language = destination.language
        context = replace(
            desk.of(ticket, language),
            event=item.target.value if item.target in (Target.SILENCE, Target.FOLLOW_UP) else None,
            target=label(item.target.value, language),
            due_at=item.due_at,
            breached=item.breached,
        )
        lane = Lane.URGENT if ticket.priority.urgent else Lane.NORMAL
        actions = _actions(desk.services, number, language, claimed=ticket.assignee_id is not None)
        to_desk(
            desk.session,
            desk.services,
            Words("reminder", language, context, actions=actions, ticket_id=ticket.id, lane=lane),
            destination,
            desk.key_of(ticket),
            dedupe_key=f"reminder:{_name(item)}:{_place(destination)}",
            now=desk.now,
            request_id=ticket.request_id,
        )


def _several(
    session: Session, services: Services, recipient: str, items: Sequence[ReminderItem], now: datetime
) -> None:
    key = desk_key(session, vault_of(services), now)  # numbers and times alone, of many requests
    names = sorted(f"{_name(item)}:{recipient}" for item in items)
    bundle = blake2s("\n".join(names).encode(), digest_size=16).hexdigest()
    urgent = any(item.priority.urgent for item in items)
    ordered = sorted(items, key=lambda item: (item.due_at, item.subject_id))
    for destination in duty.of_recipient(session, services, recipient):
        language = destination.language
        context = NudgesContext(
            lines=tuple(_line(session, item, language) for item in ordered[:MOST_LINES]),
            more=max(0, len(ordered) - MOST_LINES),
            late=sum(item.breached for item in items),
            zone=_zone(session, services, recipient),
            url=f"{services.settings.base_url}/console",
        )
        to_desk(
            session,
            services,
            Words("reminders", language, context, lane=Lane.URGENT if urgent else Lane.NORMAL),
            destination,
            key,
            dedupe_key=f"reminders:{bundle}:{_place(destination)}",
            now=now,
        )


def _line(session: Session, item: ReminderItem, language: str) -> NudgeLine:
    if item.ticket_id is not None:
        name = tickets.number_of(item.ticket_id)
    else:
        name = library.title_of(session, item.subject_id) or f"no. {item.subject_id}"
    return NudgeLine(
        name, item.priority.value, label(item.target.value, language), item.due_at, item.breached
    )


def _step(desk: _Contexts, notice: ChainStep) -> None:
    ticket = tickets.get(desk.session, notice.ticket_id)
    number = tickets.number_of(notice.ticket_id)
    for destination in duty.for_reminder(desk.session, desk.services, ticket, notice.recipient):
        language = destination.language
        claimed = ticket.assignee_id is not None
        to_desk(
            desk.session,
            desk.services,
            Words(
                "escalation",
                language,
                replace(desk.of(ticket, language), silent=notice.silent),
                actions=_actions(desk.services, number, language, claimed=claimed),
                ticket_id=ticket.id,
                lane=Lane.URGENT,
                ahead=True,
            ),
            destination,
            desk.key_of(ticket),
            dedupe_key=f"step:{notice.ticket_id}:{notice.cycle}:{notice.point}:{_place(destination)}",
            now=desk.now,
            request_id=ticket.request_id,
        )


def _actions(services: Services, number: str, language: str, *, claimed: bool) -> tuple[Action, ...]:
    url = f"{services.settings.base_url}/console/tickets/{number}"
    look = Action("open", url, label("open", language))
    return (look,) if claimed else (Action("claim", number, label("claim", language)), look)


def _name(item: ReminderItem) -> str:
    return f"{item.subject_kind.value}:{item.subject_id}:{item.target.value}:{item.cycle}:{item.full_point}"


def _place(destination: Destination) -> str:
    return f"{destination.channel.value}:{destination.address}"


def _zone(session: Session, services: Services, recipient: str) -> str:
    person_id = person_of(recipient)
    person = directory.get_person(session, person_id) if person_id is not None else None
    return (directory.zone_of(session, person) if person else None) or services.policy.hub_calendar.zone


__all__ = ["EXPERTS", "enqueue"]
