"""The clocks of a ticket, worked out from its events: pure, and the same in whatever order they arrived."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from escalation.business_hours import Calendar
from escalation.sla.events import Event, TicketFacts, in_order
from escalation.sla.kinds import EventKind, Priority, Target
from escalation.sla.points import PERCENTS, Interval, Point, Schedule, latest_missed_point, next_point, points
from escalation.sla.policy import Duration, Policy
from escalation.sla.replay import Replay
from escalation.sla.run import Leg, Revision, Run, leg_of

_ORDER = {target: number for number, target in enumerate(Target)}


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock of one cycle, as it stands at one moment. Instants are aware UTC.

    `counted_from` is where the allowance that decides began: later than `started_at` once it was set anew.
    `due_at` of a paused clock is where it would fall if it went on at that moment. `breached_at` is the
    due instant that was missed, whenever the miss was noticed. `reached` is the latest reminder point that
    has come: a caller that stores `next_point_at` should sweep `reached` first where its reminder is not
    yet on record. Neither is set while the clock is paused or stopped.
    """

    target: Target
    cycle: int
    priority: Priority
    started_at: datetime
    counted_from: datetime
    due_at: datetime
    stopped_at: datetime | None
    cancelled: bool
    paused: tuple[Interval, ...]
    paused_since: datetime | None
    breached_at: datetime | None
    met_recorded_late: bool
    reached: Point | None
    next_point: str | None
    next_point_at: datetime | None
    allowed: Duration | None
    calendar: Calendar
    revisions: tuple[Revision, ...]
    schedule: Schedule

    @property
    def running(self) -> bool:
        """Tell whether its time passes."""
        return self.stopped_at is None and self.paused_since is None

    @property
    def met(self) -> bool:
        """Tell whether what was promised was done in time."""
        return self.stopped_at is not None and not self.cancelled and self.breached_at is None


def clocks(
    policy: Policy, facts: TicketFacts, events: Iterable[Event], now: datetime
) -> tuple[ClockState, ...]:
    """Return every clock the ticket has had, by target and cycle, as it stands at `now`.

    The events may come in any order and more than once. Without an `opened` event there are no clocks.
    Raises ValueError when `opened` or `priority_changed` names no priority, or `policy_applied` no policy.
    """
    replay = _replay(policy, facts, events)
    if replay is None:
        return ()
    found = [_state(replay, run, now) for run in (*replay.past, *replay.current.values()) if run.legs]
    return tuple(sorted(found, key=lambda state: (_ORDER[state.target], state.cycle)))


def silence_due_at(policy: Policy, facts: TicketFacts, events: Iterable[Event]) -> datetime | None:
    """Return when a person must call or write because the requester has fallen silent, or None.

    It is counted from the moment the ticket began to wait for the requester. P1 and P2 never close on
    silence: they come due here instead.
    """
    replay = _replay(policy, facts, events)
    if replay is None or replay.waiting_since is None:
        return None
    allowed = policy.rule(replay.priority).silence
    return (
        leg_of(replay.calendar(), replay.waiting_since, allowed).due(replay.waiting_since)
        if allowed
        else None
    )


def _replay(policy: Policy, facts: TicketFacts, events: Iterable[Event]) -> Replay | None:
    log = in_order(events)
    if not log or log[0].kind != EventKind.OPENED:
        return None
    replay = Replay(policy, facts, log)
    for event in log[1:]:
        replay.apply(event)
    return replay


def _state(replay: Replay, run: Run, now: datetime) -> ClockState:
    run.settle(now)
    moment = run.stopped_at or now
    leg = run.leading(moment)
    schedule = _schedule(replay, run, leg, moment)
    following = next_point(schedule, now)
    return ClockState(
        target=run.target,
        cycle=run.cycle,
        priority=run.priority,
        started_at=min(leg.started for leg in run.legs),
        counted_from=leg.started,
        due_at=schedule.due_at,
        stopped_at=run.stopped_at,
        cancelled=run.cancelled,
        paused=run.closed_pauses(),
        paused_since=run.paused_since if run.running else None,
        breached_at=run.breached_at,
        met_recorded_late=run.late,
        reached=latest_missed_point(schedule, now),
        next_point=following.name if following else None,
        next_point_at=following.at if following else None,
        allowed=leg.allowed,
        calendar=leg.calendar,
        revisions=tuple(run.revisions),
        schedule=schedule,
    )


def _schedule(replay: Replay, run: Run, leg: Leg, moment: datetime) -> Schedule:
    revised = run.revisions[-1].at if run.revisions else None
    if not run.running or run.paused_since is not None:
        due_at = leg.due(moment)
        return Schedule(
            (), due_at, leg.calendar, None, since=revised, revision=len(run.revisions), still=True
        )
    # nobody is told that an official might turn out to be silent
    percents = () if run.target is Target.SILENCE else PERCENTS
    planned = points(leg.calendar, leg.started, leg.amount, run.pauses, percents)
    return Schedule(
        points=planned,
        due_at=planned[-1].at,
        calendar=replay.calendar(),
        every=replay.policy.rule(run.priority).repeat.time or None,
        quiet=(*run.quiet, *run.pauses),
        since=revised,
        revision=len(run.revisions),
    )
