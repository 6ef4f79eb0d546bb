"""The queue: what is open, sorted by what is due first. Masked words only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from bot.browser.live import fingerprint, queue_of
from bot.browser.transcript import Reader, shortened
from bot.console.texts import TEXTS
from bot.console.topics import topic_name
from bot.redaction import mask
from bot.rendering.labels import label
from escalation import confidentiality, reports, tickets
from escalation.access import Actor
from escalation.reports import Part
from escalation.tables import (
    UNFINISHED,
    Affiliation,
    City,
    Clock,
    HelpRequest,
    Person,
    Reminder,
    SubjectKind,
    Ticket,
)

_SUMMARY = 140
_DONE = 50
_MOST = 500


class Show(StrEnum):
    """Which part of the queue is shown."""

    ALL = "all"
    MINE = "mine"
    UNCLAIMED = "unclaimed"
    DONE = "done"


_PARTS = {Show.ALL: Part.ALL, Show.MINE: Part.MINE, Show.UNCLAIMED: Part.UNCLAIMED}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One ticket in the list. `due` and `due_stamp` are words; `late` says the same for the eye."""

    number: str
    priority: str
    summary: str
    topic: str | None
    requester: str
    city: str | None
    unverified: bool
    language: str
    state: str
    assignee: str | None
    mine: bool
    due: str | None
    due_stamp: str | None
    target: str | None
    late: bool
    reminded: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The queue as one person sees it."""

    show: Show
    rows: tuple[QueueRow, ...]
    counts: tuple[tuple[Show, int], ...]
    empty: str
    seen: str


def read_queue(session: Session, actor: Actor, show: Show, reader: Reader) -> QueuePage:
    """Return the tickets that the actor may read, what is due first in front, what sleeps at the end."""
    texts = TEXTS[reader.language]
    knowable = confidentiality.knowable(actor, col(Ticket.request_id))
    counts = tuple((part, reports.queue_length(session, actor, known)) for part, known in _PARTS.items())
    if show is Show.DONE:
        rows = session.exec(
            select(Ticket)
            .where(col(Ticket.state).not_in(UNFINISHED), *knowable)
            .order_by(col(Ticket.id).desc())
            .limit(_DONE)
        ).all()
    else:
        rows = reports.queue(session, actor, reader.now, part=_PARTS[show], limit=_MOST)
    facts = _Facts(session, rows)
    empty = {
        Show.ALL: texts.empty_all,
        Show.MINE: texts.empty_mine,
        Show.UNCLAIMED: texts.empty_unclaimed,
        Show.DONE: texts.empty_done,
    }[show]
    return QueuePage(
        show=show,
        rows=tuple(facts.row(ticket, actor, reader) for ticket in rows),
        counts=counts,
        empty=empty,
        seen=fingerprint(session, queue_of(actor.person_id)),
    )


class _Facts:
    """What rows show beside the ticket itself, read in a few queries for all of them."""

    def __init__(self, session: Session, found: Sequence[Ticket]) -> None:
        ids = [ticket.id for ticket in found]
        requests = _by_id(session, HelpRequest, {ticket.request_id for ticket in found})
        self._requester = {request_id: request.person_id for request_id, request in requests.items()}
        people = set(self._requester.values()) | {
            ticket.assignee_id for ticket in found if ticket.assignee_id
        }
        self._people = _by_id(session, Person, people)
        self._cities: dict[int, list[City]] = {}
        for person_id, city in session.exec(
            select(Affiliation.person_id, City)
            .join(City, col(City.id) == col(Affiliation.city_id))
            .where(col(Affiliation.person_id).in_(people))
            .order_by(col(City.id))
        ).all():
            self._cities.setdefault(person_id, []).append(city)
        self._clocks: dict[int, Clock] = {}
        for clock in session.exec(
            select(Clock)
            .where(
                Clock.subject_kind == SubjectKind.TICKET,
                col(Clock.subject_id).in_(ids),
                col(Clock.stopped_at).is_(None),
            )
            .order_by(col(Clock.due_at), col(Clock.id))
        ).all():
            self._clocks.setdefault(clock.subject_id, clock)
        self._reminded: dict[int, datetime] = {}
        for reminder in session.exec(
            select(Reminder)
            .where(Reminder.subject_kind == SubjectKind.TICKET, col(Reminder.subject_id).in_(ids))
            .order_by(col(Reminder.id))
        ).all():
            self._reminded[reminder.subject_id] = reminder.recorded_at

    def row(self, ticket: Ticket, actor: Actor, reader: Reader) -> QueueRow:
        """Return one ticket as the list shows it."""
        texts = TEXTS[reader.language]
        requester = self._people.get(self._requester.get(ticket.request_id, 0))
        assignee = self._people.get(ticket.assignee_id or 0)
        cities = self._cities.get(requester.id or 0, []) if requester else []
        clock = self._clocks.get(ticket.id or 0)
        reminded = self._reminded.get(ticket.id or 0)
        return QueueRow(
            number=tickets.number_of(ticket.id or 0),
            priority=ticket.priority.value,
            summary=shortened(ticket.summary, _SUMMARY),
            topic=topic_name(ticket.topic, reader.language),
            requester=mask(requester.name).text if requester and requester.name else "",
            city=cities[0].name if cities else None,
            unverified=ticket.unverified,
            language=texts.languages.get(ticket.language, ticket.language),
            state=texts.states.get(ticket.state.value, ticket.state.value),
            assignee=assignee.name if assignee else None,
            mine=ticket.assignee_id is not None and ticket.assignee_id == actor.person_id,
            due=reader.until(clock.due_at) if clock else None,
            due_stamp=reader.when(clock.due_at) if clock else None,
            target=label(clock.target.value, reader.language.value) if clock else None,
            late=clock is not None and clock.due_at < reader.now,
            reminded=texts.reminded.format(when=reader.stamp(reminded)) if reminded else None,
        )


def _by_id(session: Session, table: Any, ids: Iterable[int]) -> dict[int, Any]:
    rows = session.exec(select(table).where(col(table.id).in_(list(ids)))).all()
    return {row.id: row for row in rows}
