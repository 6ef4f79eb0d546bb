"""Sweep, queue and opening with many open tickets."""

import statistics
import threading
import time
from collections.abc import Callable

from sqlalchemy import func
from sqlmodel import col, select

from benchmarks.escalation.desks import CHANNELS, Row, fill, hire, row
from bot.database import reading, transaction
from bot.delivery.sealing import desk_key, vault_of
from bot.worker import beat
from escalation import directory, reports, tickets
from escalation.sla import Priority
from escalation.tables import Clock, HelpRequest, OutboxMessage, Person
from escalation.tickets import Cause, NewTicket
from tests.support.desk import Desk, DeskFactory


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
        row(
            f"{name}: sweep, nothing due",
            f"{idle[0]:.1f} ms (processor {idle[1]:.1f} ms)",
            "20 ms",
            good=idle[0] < 20,
        ),
        row(
            f"{name}: {waiting:,} due at once",
            f"{burst:.2f} s (processor {burst_cpu:.2f} s; {left} left, {messages} messages)",
            "5 s",
            good=burst < 5 and not left,
        ),
        row(
            f"{name}: the queue",
            f"{queue[0]:.1f} ms (processor {queue[1]:.1f} ms)",
            "30 ms",
            good=queue[0] < 30,
        ),
        row(
            f"{name}: opening, 8 writers",
            f"{openings[0]:.1f} ms median (processor {openings[1]:.1f} ms)",
            "10 ms",
            good=openings[0] < 10,
        ),
    ]


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
