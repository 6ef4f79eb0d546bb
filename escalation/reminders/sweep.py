"""The sweep: which clocks have come to a point that nobody was told of.

First every point that has come is put on record, a batch of tickets at a time, so that no batch holds the
database for long; then what is on record and may be said is taken out, recipient by recipient, as few messages
as there can be. A process may die after any batch: the next sweep goes on where it stopped. After an outage
each clock yields its latest point only.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from escalation.kinds import ReminderState, SubjectKind
from escalation.reminder_rows import NewReminder, record
from escalation.roster import Roster, person_key, state_of
from escalation.sla import ClockState, Point, Policy, Priority, Target
from escalation.sla.points import is_repeat
from escalation.tables import Clock, HelpRequest, Ticket
from escalation.tickets import clocks

TOGETHER = timedelta(minutes=10)
BATCH = 100


def record_due(session: Session, policy: Policy, now: datetime, *, limit: int = BATCH) -> int:
    """Put on record who must be told of what has come by `now`; return how many tickets were looked at.

    When it returns as many as `limit`, there may be more. Idempotent; two workers never look at one ticket at once.
    """
    due = session.exec(
        select(Clock.subject_id)
        .where(Clock.subject_kind == SubjectKind.TICKET, col(Clock.next_point_at) <= now)
        .order_by(col(Clock.next_point_at))
        .limit(limit)
    ).all()
    tickets = _locked(session, dict.fromkeys(due))
    roster = Roster(session, policy, now)
    loaded = clocks.load(session, [ticket.id or 0 for ticket in tickets])
    new: list[NewReminder] = []
    reckoned: dict[int, tuple[ClockState, ...]] = {}
    for ticket in tickets:
        known = loaded[ticket.id or 0]
        states = reckoned[ticket.id or 0] = clocks.states_of(session, ticket, known.log, policy, now)
        under = clocks.policy_now(session, known.log, policy)
        for state in states:
            if state.reached is not None and not clocks.by_chain(under, state):
                new += _reminders(ticket, state, state.reached, roster, now)
    recorded = record(session, new, now)
    told: dict[int, set[tuple[str, int, str]]] = {}
    for reminder in recorded:
        told.setdefault(reminder.subject_id, set()).add((reminder.target, reminder.cycle, reminder.point))
    for ticket in tickets:
        known = loaded[ticket.id or 0]
        reminded = known.reminded | told.get(ticket.id or 0, set())
        known = replace(known, reminded=reminded)
        clocks.refresh(session, ticket, policy, now, known, reckoned[ticket.id or 0])
    session.flush()
    return len(tickets)


def record_near(session: Session, policy: Policy, now: datetime, recipients: Iterable[str]) -> None:
    """Put on record, ahead of time, what the same recipients would be told within the next ten minutes.

    So it goes with the message that is about to leave instead of being a second one. P1 is never told early, and
    of the repeats after a due time only the next one is.
    """
    wanted = frozenset(recipients)
    if not wanted:
        return
    near = session.exec(
        select(Clock.subject_id, Clock.target, Clock.cycle, Clock.next_point_at)
        .where(
            Clock.subject_kind == SubjectKind.TICKET,
            col(Clock.next_point_at) > now,
            col(Clock.next_point_at) <= now + TOGETHER,
            col(Clock.priority) != Priority.P1,
        )
        .order_by(col(Clock.next_point_at))
        .limit(BATCH)
    ).all()
    tickets = {ticket.id: ticket for ticket in _locked(session, {row[0] for row in near})}
    roster = Roster(session, policy, now)
    loaded = clocks.load(session, [ticket_id for ticket_id in tickets if ticket_id is not None])
    new: list[NewReminder] = []
    for ticket_id, target, cycle, first in near:
        ticket = tickets.get(ticket_id)
        if ticket is None:
            continue
        log = loaded[ticket_id].log
        under = clocks.policy_now(session, log, policy)
        at: datetime | None = first
        while at is not None and at <= now + TOGETHER:
            states = clocks.states_of(session, ticket, log, policy, at)
            state = next((s for s in states if (s.target, s.cycle) == (target, cycle)), None)
            if state is None or state.reached is None or clocks.by_chain(under, state):
                break
            found = _reminders(ticket, state, state.reached, roster, now)
            new += [reminder for reminder in found if reminder.recipient in wanted]
            at = None if is_repeat(state.reached.name) else state.next_point_at
    record(session, new, now)


def _locked(session: Session, ticket_ids: Iterable[int]) -> list[Ticket]:
    """Return these tickets, their requests locked; those that somebody is at work on wait for the next sweep."""
    rows = session.exec(
        select(Ticket.id, HelpRequest.id)
        .join(HelpRequest, col(HelpRequest.id) == col(Ticket.request_id))
        .where(col(Ticket.id).in_(tuple(ticket_ids)))
        .order_by(col(HelpRequest.id))
        .with_for_update(of=HelpRequest, skip_locked=True)
    ).all()
    free = [ticket_id for ticket_id, _ in rows]
    return list(
        session.exec(
            select(Ticket)
            .where(col(Ticket.id).in_(free))
            .order_by(col(Ticket.id))
            .execution_options(populate_existing=True)
        ).all()
    )


def _reminders(
    ticket: Ticket, state: ClockState, point: Point, roster: Roster, now: datetime
) -> Iterable[NewReminder]:
    how = state_of(ticket, state.target, point.name)
    urgent = roster.may_wake(ticket)
    keys = roster.of_point(ticket, point.name)
    if how is ReminderState.DIGEST:
        keys = keys[:1]  # on record once, that nobody is nudged for it later
    elif state.target is Target.SILENCE and ticket.assignee_id is not None:
        keys = (person_key(ticket.assignee_id),)  # only the owner can call
    for key in keys:
        yield NewReminder(
            SubjectKind.TICKET,
            ticket.id or 0,
            state.target,
            state.cycle,
            point.name,
            key,
            point.at,
            roster.send_at(key, now, urgent=urgent),
            how,
        )
