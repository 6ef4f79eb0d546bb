"""Escalations as rows: begun, acknowledged and stopped as the ticket's events say; each step told once for ever."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from escalation.kinds import ReminderState, SubjectKind
from escalation.notices import ChainStep
from escalation.reminder_rows import NewReminder, record
from escalation.roster import Roster
from escalation.sla import ClockState, Event, EventKind, Policy, Priority, Step, Target
from escalation.sla.chain import Standing, acknowledged, begin, raised, rearmed, sent, skipped, stopped
from escalation.tables import Chain, ChainEntry, HelpRequest, Ticket, TicketEvent

_BATCH = 50
_TAKEN = frozenset({EventKind.CLAIMED.value, EventKind.ACKNOWLEDGED.value})
# What the requester, or the desk itself, does is no sign that somebody is at work.
_NO_WORK = frozenset(
    {
        *_TAKEN,
        EventKind.OPENED.value,
        EventKind.REQUESTER_MESSAGE.value,
        EventKind.REOPENED.value,
        EventKind.ABSORBED.value,
        EventKind.POLICY_APPLIED.value,
        EventKind.NEEDED_BY_SET.value,
        EventKind.PRIORITY_CHANGED.value,
    }
)


def follow(
    session: Session,
    ticket: Ticket,
    states: Iterable[ClockState],
    log: Sequence[Event],
    policy: Policy,
    now: datetime,
    rows: Sequence[Chain],
) -> None:
    """Bring the ticket's escalation in line with its clocks: whoever takes the case ends it, for now.

    `rows` are those it has (`of`). A running escalation keeps the steps it began with, whatever is edited; only a
    higher priority gives it that priority's. Harmless when repeated.
    """
    assert ticket.id is not None
    acks = [state for state in states if state.target is Target.ACKNOWLEDGE]
    if not acks:
        return
    latest = max(acks, key=lambda state: state.cycle)
    steps = policy.chain(latest.priority)
    for row in rows:
        if row.cycle != latest.cycle and row.stopped_at is None:
            _save(session, row, stopped(_standing(row), now), now, "stopped", "somebody else is asked now")
    row_now = next((row for row in rows if row.cycle == latest.cycle), None)
    if row_now is None:
        if steps and latest.stopped_at is None:
            _begin(session, ticket, latest, steps, policy, now)
        return
    if row_now.stopped_at is not None:
        return
    first = [state for state in states if state.target is Target.FIRST_RESPONSE]
    answered = any(state.stopped_at is not None for state in first)
    if latest.cancelled or not steps or (latest.stopped_at is not None and answered):
        _save(session, row_now, stopped(_standing(row_now), now), now, "stopped", "nothing is left to take")
        return
    if ticket.priority.above(row_now.priority) and policy.chain(ticket.priority):
        _raise(session, row_now, ticket.priority, policy, now)
    taken = [event.recorded_at for event in log if event.kind in _TAKEN]
    at = max(taken, default=None)
    if at is None or at < row_now.started_at:
        return
    if row_now.acknowledged_at is not None and at <= row_now.acknowledged_at:
        return
    rearm = timedelta(seconds=row_now.rearm_seconds)
    _save(
        session, row_now, acknowledged(_standing(row_now), rearm, at), now, "acknowledged", "somebody has it"
    )


def sweep(session: Session, policy: Policy, now: datetime, *, limit: int = _BATCH) -> tuple[ChainStep, ...]:
    """Take every escalation's due step and return whom to tell. Two workers never take the same one."""
    due = session.exec(
        select(Chain.id, Ticket.id, Ticket.request_id)
        .join(Ticket, col(Ticket.id) == col(Chain.subject_id))
        .where(
            Chain.subject_kind == SubjectKind.TICKET,
            col(Chain.next_at) <= now,
            col(Chain.stopped_at).is_(None),
        )
        .order_by(col(Chain.next_at))
        .limit(limit)
    ).all()
    if not due:
        return ()
    free = set(
        session.exec(
            select(HelpRequest.id)
            .where(col(HelpRequest.id).in_({request_id for _, _, request_id in due}))
            .order_by(col(HelpRequest.id))
            .with_for_update(skip_locked=True)
        ).all()
    )
    roster = Roster(session, policy, now)
    notices: list[ChainStep] = []
    for chain_id, ticket_id, request_id in due:
        if request_id in free:
            chain = session.get_one(Chain, chain_id, populate_existing=True)
            ticket = session.get_one(Ticket, ticket_id, populate_existing=True)
            notices += _advance(session, chain, ticket, roster, now)
    return tuple(notices)


def of(session: Session, kind: SubjectKind, subject_ids: Collection[int]) -> tuple[Chain, ...]:
    """Return the escalations of these subjects, by cycle."""
    return tuple(
        session.exec(
            select(Chain)
            .where(Chain.subject_kind == kind, col(Chain.subject_id).in_(subject_ids))
            .order_by(col(Chain.cycle))
            .execution_options(populate_existing=True)
        ).all()
    )


def due(session: Session, now: datetime) -> bool:
    """Tell whether any escalation has a step to take."""
    found = select(Chain.id).where(col(Chain.next_at) <= now, col(Chain.stopped_at).is_(None)).limit(1)
    return session.exec(found).first() is not None


def entries(session: Session, ticket_id: int) -> tuple[ChainEntry, ...]:
    """Return what the escalations of a ticket did, in order."""
    return tuple(
        session.exec(
            select(ChainEntry)
            .join(Chain, col(Chain.id) == col(ChainEntry.chain_id))
            .where(Chain.subject_kind == SubjectKind.TICKET, Chain.subject_id == ticket_id)
            .order_by(col(ChainEntry.id))
        ).all()
    )


def _advance(session: Session, row: Chain, ticket: Ticket, roster: Roster, now: datetime) -> list[ChainStep]:
    steps = _steps(row)
    standing = _standing(row)
    # at most once round: every step may be empty, but the fallback then waits
    for _ in range(len(steps) + 1):
        if not standing.live or standing.next_at is None or standing.next_at > now:
            break
        if standing.acknowledged_at is not None:
            if _worked_since(session, ticket, standing.acknowledged_at):
                standing = stopped(standing, now)
                _save(session, row, standing, now, "stopped", "somebody is at work on it")
            else:
                standing = rearmed(standing, steps, now)
                row.started_at = now
                _save(session, row, standing, now, "rearmed", "it was taken, and then nothing happened")
            continue
        step = steps[standing.step]
        keys = roster.named(step.notify, ticket)
        if not keys:
            _log(session, row, now, "skipped", f"{step.notify}: nobody is there")
            standing = skipped(standing, steps, now)
            _save(session, row, standing, now)
            continue
        told = _tell(session, row, ticket, standing, keys, now)
        _log(session, row, now, "sent", f"{step.notify}: {len(keys)} told")
        standing = sent(standing, steps, now)
        _save(session, row, standing, now)
        return told
    return []


def _tell(
    session: Session, row: Chain, ticket: Ticket, standing: Standing, keys: tuple[str, ...], now: datetime
) -> list[ChainStep]:
    point = f"step-{standing.step + 1}.{standing.sends + 1}" + (f"~{standing.lap}" if standing.lap else "")
    assert standing.next_at is not None
    new = [
        NewReminder(
            SubjectKind.TICKET,
            row.subject_id,
            Target.ACKNOWLEDGE,
            row.cycle,
            point,
            key,
            standing.next_at,
            now,
            ReminderState.SENT,
        )
        for key in keys
    ]
    recorded = {reminder.recipient for reminder in record(session, new, now)}
    silent = standing.lap > 0 and _was_rearmed(session, row)
    return [
        ChainStep(row.subject_id, ticket.priority, row.cycle, point, key, silent=silent)
        for key in keys
        if key in recorded
    ]


def _was_rearmed(session: Session, row: Chain) -> bool:
    """Tell whether somebody had it and fell silent: a case that was raised has a new lap, too."""
    found = select(ChainEntry.id).where(ChainEntry.chain_id == row.id, ChainEntry.kind == "rearmed").limit(1)
    return session.exec(found).first() is not None


def _begin(
    session: Session,
    ticket: Ticket,
    state: ClockState,
    steps: tuple[Step, ...],
    policy: Policy,
    now: datetime,
) -> None:
    start = max(now, state.started_at)
    standing = begin(steps, start, settle=state.cycle > 1)
    row = Chain(
        subject_id=ticket.id or 0,
        cycle=state.cycle,
        priority=Priority(state.priority),
        steps=_stored(steps),
        rearm_seconds=_rearm_seconds(policy, state.priority),
        started_at=now,
        next_at=standing.next_at,
    )
    session.add(row)
    session.flush()
    _log(session, row, now, "begun", f"{len(steps)} steps")


def _raise(session: Session, row: Chain, priority: Priority, policy: Policy, now: datetime) -> None:
    steps = policy.chain(priority)
    row.steps, row.priority = _stored(steps), priority
    row.rearm_seconds = _rearm_seconds(policy, priority)
    standing = raised(_standing(row), steps, timedelta(seconds=row.rearm_seconds), now)
    _save(session, row, standing, now, "raised", f"it is {priority} now: {len(steps)} steps")


def _stored(steps: Sequence[Step]) -> list[list[str]]:
    return [[step.notify, str(step.wait.total_seconds()), str(step.repeat)] for step in steps]


def _rearm_seconds(policy: Policy, priority: Priority) -> int:
    rearm = policy.rule(priority).rearm
    return int(rearm.time.total_seconds()) if rearm else 0


def _worked_since(session: Session, ticket: Ticket, since: datetime) -> bool:
    kinds = session.exec(
        select(TicketEvent.kind).where(TicketEvent.ticket_id == ticket.id, TicketEvent.recorded_at > since)
    ).all()
    return any(kind not in _NO_WORK for kind in kinds)


def _steps(row: Chain) -> tuple[Step, ...]:
    return tuple(
        Step(notify, timedelta(seconds=float(wait)), int(repeat)) for notify, wait, repeat in row.steps
    )


def _standing(row: Chain) -> Standing:
    return Standing(
        row.step, row.sends, row.lap, row.last_sent_at, row.next_at, row.acknowledged_at, row.stopped_at
    )


def _save(
    session: Session, row: Chain, standing: Standing, now: datetime, kind: str = "", words: str = ""
) -> None:
    row.step, row.sends, row.lap = standing.step, standing.sends, standing.lap
    row.last_sent_at, row.next_at = standing.last_sent_at, standing.next_at
    row.acknowledged_at, row.stopped_at = standing.acknowledged_at, standing.stopped_at
    session.add(row)
    session.flush()
    if kind:
        _log(session, row, now, kind, words)


def _log(session: Session, row: Chain, now: datetime, kind: str, words: str) -> None:
    assert row.id is not None
    session.add(ChainEntry(chain_id=row.id, at=now, kind=kind, step=row.step + 1, words=words[:300]))
    session.flush()
