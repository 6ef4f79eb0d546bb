"""A month of tickets on a simulated clock: how late reminders are, whether one is lost or told twice."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from rich.progress import Progress
from sqlalchemy import Engine, event, func
from sqlmodel import col, select

from benchmarks.escalation.desks import CHANNELS, START, Row, factory, hire, row
from bot.database import reading, transaction
from bot.delivery.sealing import desk_key, vault_of
from bot.worker import beat
from escalation import tickets
from escalation.identifiers import new_id
from escalation.kinds import ReminderState, TicketState
from escalation.sla import EventKind, Priority
from escalation.tables import (
    Clock,
    HelpRequest,
    OutboxMessage,
    Person,
    Reminder,
    SubjectKind,
    Ticket,
    TicketEvent,
)
from escalation.tickets import Cause, NewTicket
from tests.support.desk import Desk


def month(count: int = 100, beat_seconds: int = 20) -> list[Row]:
    """Live through a month of tickets at a heartbeat of 20 s; beats at which nothing can be due are left out."""
    rng = random.Random(7)
    end = START + timedelta(days=30)
    with factory("sqlite") as made, made.desk(channels=CHANNELS) as desk:
        _leave_the_disk_alone(desk.services.engine)
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
        row(
            f"a month, {count} tickets, {len(late):,} reminders: lateness p99",
            f"{p99:.0f} s",
            "60 s",
            good=p99 < 60,
        ),
        row("  the same: duplicates", str(doubled), "0", good=not doubled),
        row("  the same: points nobody was told of", f"{lost} of {len(expected):,}", "0", good=not lost),
    ]


def _leave_the_disk_alone(engine: Engine) -> None:
    """Wait for no disk: the clock here is a simulated one, and what is lost with the machine is a benchmark."""

    def unsynchronised(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(engine, "connect", unsynchronised)
    engine.dispose()


def _acts(
    rng: random.Random, count: int, experts: list[int], end: datetime
) -> Iterator[tuple[datetime, Callable[[Desk], None]]]:
    """Yield what people do in the month: open, and for most tickets take, answer, ask again, resolve."""
    for number in range(count):
        opened = START + (end - START) * rng.random() * 0.9
        priority = rng.choice([Priority.P2, Priority.P3, Priority.P3, Priority.P4])
        expert = rng.choice(experts)
        yield opened, _opening(number, priority, expert)
        at = opened
        for kind in ("claim", "reply", "ask", "reply", "resolve"):
            at += timedelta(hours=rng.expovariate(1 / 9))
            if kind != "resolve" and rng.random() < 0.15:
                continue  # forgotten: only reminders tell of it
            if at < end:
                yield at, _acting(number + 1, kind, expert)


def _opening(number: int, priority: Priority, suggested: int) -> Callable[[Desk], None]:
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
            new = NewTicket("wants_human", priority, None, "en", "", None, True, suggested, "")
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
