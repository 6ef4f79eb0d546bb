"""A month of tickets on a simulated clock: how late reminders are, whether one is lost or told twice.

The sweep is the real one, at the instants of a 20 s heartbeat. Beats at which nothing is due are left out: they
would do nothing. What should have been said is worked out apart from it, from the tickets' logs alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from rich.progress import Progress
from sqlalchemy import Engine, event, func
from sqlmodel import Session, col, select

from benchmarks.escalation.desks import CHANNELS, START, Row, factory, hire, row
from benchmarks.escalation.people import LEAD, acts, hire_lead
from bot import promises
from bot.database import reading
from bot.worker import beat
from escalation import tickets
from escalation.access import OPERATOR
from escalation.kinds import ReminderState
from escalation.sla import ClockState, Event, EventKind, Policy, Target, TicketFacts, clocks, write_policy
from escalation.sla.chain import begin, sent
from escalation.tables import Chain, Clock, Reminder, SubjectKind, Ticket
from tests.support.desk import Desk

END = START + timedelta(days=30)
HEARTBEAT = timedelta(seconds=20)
TICKETS = 100
_Key = tuple[int, str, int, str]


@dataclass
class Lived:
    """What is counted while the month passes: beats with something to do, messages a second worker said again."""

    beats: int = 0
    said_again: int = 0
    longest: float = 0.0  # real seconds of one beat, which the simulated clock does not show


def month(count: int = TICKETS) -> list[Row]:
    """Live through a month of tickets; return how punctual it was."""
    with factory("sqlite") as made, made.desk(channels=CHANNELS) as desk:
        _leave_the_disk_alone(desk.services.engine)
        experts = hire(desk)
        hire_lead(desk)
        policy = replace(desk.services.policy, fallback=LEAD)
        promises.save(desk.services, write_policy(policy), OPERATOR)
        lived = _live(desk, count, experts)
        with reading(desk.services.engine) as session:
            rows = session.exec(select(Reminder).where(Reminder.subject_kind == SubjectKind.TICKET)).all()
            wanted = {
                key for ticket in session.exec(select(Ticket)) for key in _points(session, ticket, desk)
            }
            overdue = _overdue(session)
    late = sorted(_lateness(one) + lived.longest for one in rows if one.state is ReminderState.SENT)
    known = {(one.subject_id, one.target.value, one.cycle, one.point) for one in rows}
    keys = {(one.subject_id, one.target, one.cycle, one.point, one.recipient) for one in rows}
    doubled = len(rows) - len(keys) + lived.said_again
    p99 = late[int(len(late) * 0.99)]
    lost = len(wanted - known) + overdue
    what = f"a month, {count} tickets, {len(late):,} reminders, {lived.beats:,} beats"
    return [
        row(f"{what}: lateness p99, worst", f"{p99:.1f} s, {late[-1]:.1f} s", "60 s", good=p99 < 60),
        row("  of which the longest beat, in real time", f"{lived.longest:.1f} s", "", good=True),
        row("  the same: told twice", str(doubled), "0", good=not doubled),
        row("  the same: points nobody was told of", f"{lost} of {len(wanted):,}", "0", good=not lost),
    ]


def _live(desk: Desk, count: int, experts: list[int]) -> Lived:
    """Let the month pass: at each beat people have acted, then a worker sweeps, then a second one."""
    coming = acts(desk.services.policy, count, experts, END)
    lived = Lived()
    at = START
    with Progress(transient=True) as bar:
        task = bar.add_task("a month", total=(END - START).total_seconds())
        while (due := _next_due(desk, coming[0].at if coming else None)) is not None:
            at = max(at + HEARTBEAT, _beat_at(due))
            if at > END:
                break
            while coming and coming[0].at <= at:
                act = coming.pop(0)
                desk.clock.now = act.at
                act.do(desk)
            desk.clock.now = at
            began = perf_counter()
            beat(desk.services)
            lived.longest = max(lived.longest, perf_counter() - began)
            lived.said_again += beat(desk.services)
            lived.beats += 1
            bar.update(task, completed=(at - START).total_seconds())
    return lived


def _next_due(desk: Desk, act_at: datetime | None) -> datetime | None:
    """Return when somebody acts next, or the sweep has something to do."""
    with reading(desk.services.engine) as session:
        found = [
            act_at,
            session.exec(select(func.min(Clock.next_point_at))).one(),
            session.exec(select(func.min(Chain.next_at)).where(col(Chain.stopped_at).is_(None))).one(),
            session.exec(
                select(func.min(Reminder.send_at)).where(Reminder.state == ReminderState.HELD)
            ).one(),
        ]
    return min((at for at in found if at is not None), default=None)


def _beat_at(at: datetime) -> datetime:
    """Return the first beat that is not before `at`."""
    return START + -((START - at) // HEARTBEAT) * HEARTBEAT


def _lateness(reminder: Reminder) -> float:
    """Return by how many seconds it was said after it was due; for what waits for working hours, after those."""
    waited = reminder.send_at > reminder.recorded_at
    wanted = max(reminder.due_at, reminder.send_at) if waited else reminder.due_at
    return max(0.0, ((reminder.settled_at or reminder.recorded_at) - wanted).total_seconds())


def _overdue(session: Session) -> int:
    """Count what the last beat of the month should have seen to, and did not."""
    last = END - HEARTBEAT
    held = Reminder.state == ReminderState.HELD
    statements = (
        select(func.count()).select_from(Clock).where(col(Clock.next_point_at) <= last),
        select(func.count()).select_from(Reminder).where(held, col(Reminder.send_at) <= last),
        select(func.count())
        .select_from(Chain)
        .where(col(Chain.next_at) <= last, col(Chain.stopped_at).is_(None)),
    )
    return sum(session.exec(statement).one() for statement in statements)


def _points(session: Session, ticket: Ticket, desk: Desk) -> Iterator[_Key]:
    """Yield every point of which a desk with this heartbeat tells somebody, from the ticket's log alone."""
    assert ticket.id is not None
    log = sorted(tickets.clocks.log_of(session, ticket), key=lambda event: event.recorded_at)
    facts = tickets.clocks.facts_of(ticket, log)
    policy = tickets.clocks.policy_of(session, log, desk.services.policy)
    yield from ((ticket.id, *step) for step in _steps(policy, facts, log))
    at = _beat_at(log[0].recorded_at)
    while at <= END - HEARTBEAT:
        states = clocks(policy, facts, [event for event in log if event.recorded_at <= at], at)
        for state in states:
            if state.reached is not None and not tickets.clocks.by_chain(policy, state):
                yield ticket.id, state.target.value, state.cycle, state.reached.name
        following = [event.recorded_at for event in log if event.recorded_at > at]
        following += [state.next_point_at for state in states if state.next_point_at is not None]
        if not following:
            return
        at = max(at + HEARTBEAT, _beat_at(min(following)))


def _steps(policy: Policy, facts: TicketFacts, log: list[Event]) -> Iterator[tuple[str, int, str]]:
    """Yield the steps by which people are woken until somebody first takes the case."""
    opened = log[0].recorded_at
    first = next(state for state in clocks(policy, facts, log[:1], opened) if _is_first(state))
    steps = policy.chain(first.priority)
    if not steps:
        return
    taken = next((event.recorded_at for event in log if event.kind == EventKind.CLAIMED), END)
    standing = begin(steps, max(opened, first.started_at))
    while standing.next_at is not None and (at := _beat_at(standing.next_at)) < min(taken, END):
        yield Target.ACKNOWLEDGE.value, 1, f"step-{standing.step + 1}.{standing.sends + 1}"
        standing = sent(standing, steps, at)


def _is_first(state: ClockState) -> bool:
    return state.target is Target.ACKNOWLEDGE and state.cycle == 1


def _leave_the_disk_alone(engine: Engine) -> None:
    """Wait for no disk: the clock here is a simulated one, and what is lost with the machine is a benchmark."""

    def unsynchronised(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(engine, "connect", unsynchronised)
    engine.dispose()
