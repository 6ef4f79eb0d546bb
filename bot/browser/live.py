"""Tell open pages that something changed: one poller per process, no session held by a stream.

A fingerprint is a short text that differs when what a page shows has changed. Pages carry the one
they were drawn from; a stream says only the present one, never any content, so that every reading
of content goes through the page's own access check.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import structlog
from fastapi import FastAPI
from sqlalchemy import Engine, case, func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from bot.database import reading
from escalation import confidentiality, directory
from escalation.tables import (
    UNFINISHED,
    Affiliation,
    Message,
    MessageState,
    NamedPerson,
    Person,
    Reminder,
    Role,
    Seal,
    SubjectKind,
    Thread,
    Ticket,
    TicketEvent,
)

log = structlog.get_logger(__name__)


class Subject(StrEnum):
    """What a page shows."""

    THREAD = "thread"
    TICKET = "ticket"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to watch: a conversation by its id, a ticket by its number's id, or the queue of a person."""

    subject: Subject
    id: str | int = ""


def queue_of(person_id: int | None) -> Topic:
    """Return the queue as one person sees it: what they may not know of does not even move it."""
    return Topic(Subject.QUEUE, person_id or 0)


def fingerprints(session: Session, topics: Collection[Topic]) -> dict[Topic, str]:
    """Return the present fingerprint of each topic: at most six queries, and a few for each reader of the queue."""
    facts: dict[Topic, list[Any]] = {topic: [] for topic in topics}
    threads = [topic.id for topic in topics if topic.subject is Subject.THREAD]
    tickets = [topic.id for topic in topics if topic.subject is Subject.TICKET]
    if threads:
        for thread_id, *rest in _of_threads(session, threads):
            facts[Topic(Subject.THREAD, thread_id)].append(rest)
    if tickets:
        for ticket_id, *rest in _of_tickets(session, tickets):
            facts[Topic(Subject.TICKET, ticket_id)].append(rest)
    for topic in topics:
        if topic.subject is Subject.QUEUE:
            facts[topic] += _of_queue(session, int(topic.id))
    return {topic: _digest(rows) for topic, rows in facts.items()}


def fingerprint(session: Session, topic: Topic) -> str:
    """Return the present fingerprint of one topic."""
    return fingerprints(session, (topic,))[topic]


def _handled() -> Any:
    return func.sum(case((col(Message.state) == MessageState.PENDING, 0), else_=1))


def _state_of_ticket() -> tuple[Any, ...]:
    return (
        col(Ticket.id), col(Ticket.version), col(Ticket.state), col(Ticket.assignee_id),
        col(Ticket.priority), col(Ticket.due_at),
    )  # fmt: skip


def _of_threads(session: Session, ids: Sequence[Any]) -> list[Any]:
    messages = (
        select(Message.thread_id, func.count(), func.max(col(Message.id)), _handled())
        .where(col(Message.thread_id).in_(ids))
        .group_by(col(Message.thread_id))
    )
    tickets = (
        select(Thread.id, *_state_of_ticket())
        .join(Ticket, col(Ticket.request_id) == col(Thread.request_id))
        .where(col(Thread.id).in_(ids))
        .order_by(col(Ticket.id))
    )
    return [*session.exec(messages).all(), *session.exec(tickets).all()]


def _of_tickets(session: Session, ids: Sequence[Any]) -> list[Any]:
    messages = (
        select(Ticket.id, func.count(), func.max(col(Message.id)), _handled())
        .join(Message, col(Message.request_id) == col(Ticket.request_id))
        .where(col(Ticket.id).in_(ids))
        .group_by(col(Ticket.id))
    )
    states = select(Ticket.id, *_state_of_ticket()).where(col(Ticket.id).in_(ids))
    events = (
        select(TicketEvent.ticket_id, func.count())
        .where(col(TicketEvent.ticket_id).in_(ids))
        .group_by(col(TicketEvent.ticket_id))
    )
    reminders = (
        select(Reminder.subject_id, func.count())
        .where(Reminder.subject_kind == SubjectKind.TICKET, col(Reminder.subject_id).in_(ids))
        .group_by(col(Reminder.subject_id))
    )
    return [row for query in (messages, states, events, reminders) for row in session.exec(query).all()]


def _of_queue(session: Session, person_id: int) -> list[Any]:
    actor = directory.actor_of(session, person_id)
    readable = confidentiality.knowable(actor, col(Ticket.request_id))
    tickets = (
        select(*_state_of_ticket())
        .where(col(Ticket.state).in_(UNFINISHED), *readable)
        .order_by(col(Ticket.id))
    )
    reminders = (
        select(func.max(Reminder.id))
        .join(Ticket, col(Ticket.id) == col(Reminder.subject_id))
        .where(Reminder.subject_kind == SubjectKind.TICKET, *readable)
    )
    return [*session.exec(tickets).all(), *session.exec(reminders).all()]


def _rights(session: Session) -> str:
    """Return what changes whenever somebody gains or loses sight of something."""
    suspended = select(func.count(col(Person.suspended_at)), func.max(col(Person.suspended_at)))
    seals = select(func.count(), func.max(col(Seal.sealed_at)))
    named = select(func.count(), func.max(col(NamedPerson.id)))
    roles = select(func.count(), func.max(col(Role.id)))
    cities = select(func.count(), func.max(col(Affiliation.id)))
    queries = (
        suspended,
        seals.select_from(Seal),
        named.select_from(NamedPerson),
        roles.select_from(Role),
        cities.select_from(Affiliation),
    )
    return _digest([row for query in queries for row in session.connection().execute(query).all()])


def _digest(rows: list[Any]) -> str:
    # A query for one column gives plain values, any other gives rows: both print what they hold.
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


@dataclass(slots=True, eq=False)
class _Stream:
    topic: Topic
    ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Watcher:
    """Watch what the open pages of this process show. Belongs to one event loop; idle without pages."""

    def __init__(
        self, engine: Engine, *, interval: float = 0.4, keep_alive: float = 15.0, most: int = 1000
    ) -> None:
        self._engine = engine
        self._interval = interval
        self._keep_alive = keep_alive
        self._most = most
        self._streams: set[_Stream] = set()
        self._seen: dict[Topic, str] = {}
        self._rights: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @property
    def full(self) -> bool:
        """Tell whether another stream would be one too many; the page then asks now and then instead."""
        return self._closed or len(self._streams) >= self._most

    async def events(self, topic: Topic, *, lifetime: float = 600.0) -> AsyncIterator[str]:
        """Yield server-sent events: the fingerprint of `topic` at once and after each change.

        The stream ends after `lifetime` seconds, and as soon as anybody's rights change, so that a browser
        comes back through the access check.
        """
        stream = _Stream(topic)
        self._streams.add(stream)
        stream.changed.set()
        loop = self._loop = asyncio.get_running_loop()
        ends = loop.time() + lifetime
        try:
            if self._task is None or self._task.done():
                self._rights = None
                self._task = loop.create_task(self._watch())
            if topic not in self._seen:
                stream.changed.clear()
            yield "retry: 2000\n\n"
            while not (self._closed or stream.ended) and loop.time() < ends:
                try:
                    await asyncio.wait_for(stream.changed.wait(), self._keep_alive)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                stream.changed.clear()
                if topic in self._seen and not (self._closed or stream.ended):
                    yield f"data: {self._seen[topic]}\n\n"
        finally:
            self._streams.discard(stream)
            if not any(other.topic == topic for other in self._streams):
                self._seen.pop(topic, None)

    def close(self) -> None:
        """End every stream and the poller, so that the server can stop. Call it from any thread."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)
        self._thread.shutdown(wait=False)

    def _wake(self) -> None:
        for stream in self._streams:
            stream.changed.set()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while self._streams and not self._closed:
            topics = {stream.topic for stream in self._streams}
            try:
                found, rights = await loop.run_in_executor(self._thread, self._look, topics)
            except SQLAlchemyError as error:
                # A locked or lost database is not the pages' business: they keep what they have.
                log.warning("live_poll_failed", action="live_poll", error=type(error).__name__)
                found, rights = {}, self._rights
            if rights != self._rights:
                self._end_streams(first=self._rights is None)
                self._rights = rights
            for stream in self._streams:
                now = found.get(stream.topic)
                if now is not None and now != self._seen.get(stream.topic):
                    stream.changed.set()
            self._seen |= {topic: now for topic, now in found.items() if self._watched(topic)}
            await asyncio.sleep(self._interval)

    def _end_streams(self, *, first: bool) -> None:
        for stream in self._streams:
            stream.ended = not first
            stream.changed.set()

    def _watched(self, topic: Topic) -> bool:
        return any(stream.topic == topic for stream in self._streams)

    def _look(self, topics: Collection[Topic]) -> tuple[dict[Topic, str], str | None]:
        with reading(self._engine) as session:
            return fingerprints(session, topics), _rights(session)


def watcher_of(app: FastAPI, engine: Engine) -> Watcher:
    """Return the app's one watcher, made at the first need. The server closes it when it stops."""
    watcher: Watcher | None = getattr(app.state, "watcher", None)
    if watcher is None:
        watcher = app.state.watcher = Watcher(engine)
    return watcher
