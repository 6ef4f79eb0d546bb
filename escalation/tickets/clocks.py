"""Clocks as rows: worked out from a ticket's events, stored so that a sweep finds what is due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, inspect
from sqlmodel import Session, col, select

from escalation import chains, plans, policy_store
from escalation.notices import PromiseChanged
from escalation.sla import (
    ClockState,
    Event,
    EventKind,
    Policy,
    Priority,
    Target,
    TicketFacts,
    clocks,
    read_detail,
)
from escalation.tables import Chain, Clock, Reminder, SubjectKind, Ticket, TicketEvent

_WORTH_TELLING = timedelta(minutes=1)
_STRUCTURED = frozenset(
    {
        EventKind.OPENED,
        EventKind.PRIORITY_CHANGED,
        EventKind.HANDED_OVER,
        EventKind.NEEDED_BY_SET,
        EventKind.ABSORBED,
        EventKind.POLICY_APPLIED,
    }
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the database knows of one ticket's clocks: its log, their rows, the points somebody was told of."""

    log: tuple[Event, ...] = ()
    rows: tuple[Clock, ...] = ()
    reminded: frozenset[tuple[str, int, str]] = frozenset()
    chains: tuple[Chain, ...] = ()


def load(session: Session, ticket_ids: Collection[int]) -> dict[int, Loaded]:
    """Return what is known of these tickets' clocks, in four queries however many they are."""
    logs: dict[int, list[Event]] = {ticket_id: [] for ticket_id in ticket_ids}
    rows: dict[int, list[Clock]] = {ticket_id: [] for ticket_id in ticket_ids}
    told: dict[int, set[tuple[str, int, str]]] = {ticket_id: set() for ticket_id in ticket_ids}
    policies: dict[str, Policy] = {}
    for event in session.exec(select(TicketEvent).where(col(TicketEvent.ticket_id).in_(ticket_ids))).all():
        logs[event.ticket_id].append(_event(session, event, policies))
    for row in session.exec(
        select(Clock)
        .where(Clock.subject_kind == SubjectKind.TICKET, col(Clock.subject_id).in_(ticket_ids))
        .execution_options(populate_existing=True)
    ).all():
        rows[row.subject_id].append(row)
    for subject_id, target, cycle, point in session.exec(
        select(Reminder.subject_id, Reminder.target, Reminder.cycle, Reminder.point).where(
            Reminder.subject_kind == SubjectKind.TICKET, col(Reminder.subject_id).in_(ticket_ids)
        )
    ).all():
        told[subject_id].add((target, cycle, point))
    escalations: dict[int, list[Chain]] = {ticket_id: [] for ticket_id in ticket_ids}
    for chain in chains.of(session, SubjectKind.TICKET, ticket_ids):
        escalations[chain.subject_id].append(chain)
    return {
        ticket_id: Loaded(
            tuple(logs[ticket_id]),
            tuple(rows[ticket_id]),
            frozenset(told[ticket_id]),
            tuple(escalations[ticket_id]),
        )
        for ticket_id in ticket_ids
    }


def newly_opened(event: TicketEvent, policy: Policy) -> Loaded:
    """Return what is known of a ticket's clocks the moment it was opened, without asking the database."""
    known = read_detail(_plain(event))
    return Loaded(log=(replace(known, policy=policy if policy.version else None),))


def log_of(session: Session, ticket: Ticket) -> tuple[Event, ...]:
    """Return the ticket's events as the clocks read them."""
    rows = session.exec(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id)).all()
    policies: dict[str, Policy] = {}
    return tuple(_event(session, row, policies) for row in rows)


def facts_of(ticket: Ticket, log: Iterable[Event]) -> TicketFacts:
    """Return what clocks know of the ticket besides its events."""
    opened = next((event for event in log if event.kind == EventKind.OPENED), None)
    covered = _words(opened.detail).get("covered") if opened else None
    return TicketFacts(ticket.first_asked_at, covered=None if covered is None else covered == "yes")


def policy_of(session: Session, log: Iterable[Event], policy: Policy) -> Policy:
    """Return the policy the ticket was opened under; `policy` where none was ever saved."""
    opened = next((event for event in log if event.kind == EventKind.OPENED), None)
    if opened is None or opened.policy is None:
        return policy_store.first(session) or policy
    return opened.policy


def policy_now(session: Session, log: Iterable[Event], policy: Policy) -> Policy:
    """Return the policy the ticket is under now: the one applied last, else the one it was opened under."""
    events = tuple(log)
    applied = [event for event in events if event.kind == EventKind.POLICY_APPLIED and event.policy]
    latest = max(applied, key=lambda event: event.at).policy if applied else None
    return latest or policy_of(session, events, policy)


def states(session: Session, ticket: Ticket, policy: Policy, now: datetime) -> tuple[ClockState, ...]:
    """Return every clock of the ticket as it stands at `now`, from its events alone.

    Each ticket keeps the policy it was opened under until another is applied to it.
    """
    return states_of(session, ticket, log_of(session, ticket), policy, now)


def states_of(
    session: Session, ticket: Ticket, log: tuple[Event, ...], policy: Policy, now: datetime
) -> tuple[ClockState, ...]:
    """Return the same from a log that was read already."""
    return clocks(policy_of(session, log, policy), facts_of(ticket, log), log, now)


def refresh(
    session: Session,
    ticket: Ticket,
    policy: Policy,
    now: datetime,
    loaded: Loaded | None = None,
    current: tuple[ClockState, ...] | None = None,
) -> tuple[ClockState, ...]:
    """Write the ticket's clocks to their rows, its nearest due instant to the ticket, and see to its escalation.

    A caller with many tickets gives what it has read and reckoned already, and flushes itself.
    """
    assert ticket.id is not None
    alone = loaded is None
    loaded = loaded or load(session, (ticket.id,))[ticket.id]
    known = {(row.target, row.cycle): row for row in loaded.rows}
    new: list[Clock] = []
    if current is None:
        current = states_of(session, ticket, loaded.log, policy, now)
    under = policy_now(session, loaded.log, policy)
    for state in current:
        row = known.get((state.target, state.cycle)) or Clock(
            subject_kind=SubjectKind.TICKET,
            subject_id=ticket.id,
            target=state.target,
            cycle=state.cycle,
            priority=state.priority,
            started_at=state.started_at,
            due_at=state.due_at,
        )
        point: tuple[str | None, datetime | None] = (state.next_point, state.next_point_at)
        reached = state.reached
        untold = reached is not None and (state.target, state.cycle, reached.name) not in loaded.reminded
        if reached is not None and untold and not by_chain(under, state):
            point = (reached.name, reached.at)
        if _changed(row, state, point):
            session.add(row) if row.id is not None else new.append(row)
    _insert(session, new)
    running = [state.due_at for state in current if state.running and state.target.promised]
    due_at = min(running) if running else None
    if ticket.due_at != due_at:
        ticket.due_at = due_at
        session.add(ticket)
    if alone:
        session.flush()
    chains.follow(session, ticket, current, loaded.log, under, now, loaded.chains)
    plans.follow(session, ticket, loaded.log, under)
    return current


def _changed(row: Clock, state: ClockState, point: tuple[str | None, datetime | None]) -> bool:
    """Write what changed and no more: a sweep looks at thousands of clocks that stand as they stood."""
    wanted = {
        "priority": state.priority,
        "started_at": state.started_at,
        "due_at": state.due_at,
        "stopped_at": state.stopped_at,
        "breached_at": state.breached_at,
        "next_point": point[0],
        "next_point_at": point[1],
    }
    changed = row.id is None
    for name, value in wanted.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _insert(session: Session, rows: list[Clock]) -> None:
    """Store new clocks in one statement."""
    if rows:
        columns = [column.key for column in inspect(Clock).columns if column.key != "id"]
        values = [{name: getattr(row, name) for name in columns} for row in rows]
        session.connection().execute(insert(Clock), values)


def by_chain(policy: Policy, state: ClockState) -> bool:
    """Tell whether an escalation, not reminders, sees to this clock: taking a case of a priority that has one."""
    return state.target is Target.ACKNOWLEDGE and bool(policy.chain(state.priority))


def promised(session: Session, ticket_id: int) -> datetime | None:
    """Return by when the official is promised a first reply; None once one was given."""
    return session.exec(
        select(Clock.due_at).where(
            Clock.subject_kind == SubjectKind.TICKET,
            Clock.subject_id == ticket_id,
            Clock.target == Target.FIRST_RESPONSE,
            col(Clock.stopped_at).is_(None),
        )
    ).first()


def change_of_promise(
    session: Session, ticket_id: int, before: datetime | None, cause: EventKind, event_id: str
) -> tuple[PromiseChanged, ...]:
    """Return the notice that the official's first reply is promised for another moment than `before`, if it is."""
    after = promised(session, ticket_id)
    if before is None or after is None or abs(after - before) < _WORTH_TELLING:
        return ()
    return (PromiseChanged(ticket_id, event_id, cause, before, after),)


def rows_of(session: Session, ticket_id: int) -> tuple[Clock, ...]:
    """Return the clock rows of a ticket, the earliest due first."""
    return tuple(
        session.exec(
            select(Clock)
            .where(Clock.subject_kind == SubjectKind.TICKET, Clock.subject_id == ticket_id)
            .order_by(col(Clock.due_at), col(Clock.id))
        ).all()
    )


def _event(session: Session, row: TicketEvent, policies: dict[str, Policy]) -> Event:
    """Return an event as the clocks read it. `policies` are those read so far, by version: they never change."""
    number = _words(row.detail).get("policy") if row.kind in _STRUCTURED else None
    if number and number not in policies:
        policies[number] = policy_store.of_version(session, int(number))
    return replace(read_detail(_plain(row)), policy=policies[number] if number else None)


def _plain(row: TicketEvent) -> Event:
    return Event(
        kind=row.kind,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        actor=row.actor_id,
        source_id=row.source_id,
        detail=row.detail if row.kind in _STRUCTURED else "",
    )


def _words(detail: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in detail.split() if "=" in word)


def detail(
    *,
    priority: Priority | None = None,
    assignee: int | None = None,
    needed_by: datetime | None = None,
    policy: int = 0,
    covered: bool | None = None,
) -> str:
    """Return the stored form of an event's structured fields."""
    words = {
        "priority": priority.value if priority else None,
        "assignee": assignee,
        "needed_by": needed_by.isoformat() if needed_by else None,
        "policy": policy or None,
        "covered": None if covered is None else ("yes" if covered else "no"),
    }
    return " ".join(f"{key}={value}" for key, value in words.items() if value is not None)
