"""Replay a ticket's events and keep its clocks under way. Private to the clocks; others ask `clocks`."""

from datetime import datetime, timedelta
from enum import Enum, auto

from escalation.business_hours import Calendar, between, next_open
from escalation.sla.events import Event, TicketFacts
from escalation.sla.kinds import EventKind, Priority, Target
from escalation.sla.points import Interval
from escalation.sla.policy import ELAPSED, Duration, Policy
from escalation.sla.run import Leg, Revision, Run, leg_of

_LEAST_NOTICE = timedelta(minutes=15)
_Standing = tuple[datetime | None, Priority]


def starts_at(policy: Policy, priority: Priority, facts: TicketFacts, at: datetime) -> datetime:
    """Return when a clock called for at `at` begins to run: at once, or, with nobody on duty, at opening."""
    covered = policy.out_of_hours is not None if facts.covered is None else facts.covered
    if covered or not (priority.urgent or policy.rule(priority).calendar == ELAPSED):
        return at
    return next_open(policy.hub_calendar, at)


def needed_by_leg(
    policy: Policy, calendar: Calendar, started: datetime, due_at: datetime, needed_by: datetime
) -> Leg | None:
    """Return the allowance that a stated deadline leaves for a first response due at `due_at`.

    None when the deadline asks nothing more, or can't be met: it leaves less time than the quickest first
    response (in hours or minutes) that the policy promises to anybody.
    """
    if due_at <= needed_by or needed_by <= started:
        return None
    amount = between(calendar, started, needed_by)
    times = [rule.first_response.time for rule in policy.rules if rule.first_response.time]
    return Leg(calendar, started, amount) if amount >= min(times, default=_LEAST_NOTICE) else None


class _Stage(Enum):
    OPEN = auto()
    WAITING_REQUESTER = auto()
    WAITING_THIRD_PARTY = auto()
    SOLVED = auto()
    ENDED = auto()


class Replay:
    """The state of one ticket while its log is replayed."""

    def __init__(self, policy: Policy, facts: TicketFacts, log: tuple[Event, ...]) -> None:
        opened = log[0]
        self.policy = policy
        self.facts = facts
        self.priority = _priority(opened)
        self.opened_at = self.escalated_at = opened.at
        self.stage = _Stage.OPEN
        self.solved_at: datetime | None = None
        self.waiting_since: datetime | None = None
        self.asked_while_solved = False
        self.policy_stale = False  # a policy applied while the resolution clock stood still
        self.owner: int | None = None
        self.asked = opened.assignee  # whose claim is awaited, when it is somebody's in particular
        self.former: int | None = None  # owner before the hand-over
        self.first_answered = False
        self.current: dict[Target, Run] = {}
        self.past: list[Run] = []
        self.cycles = dict.fromkeys(Target, 0)
        deadlines = any(event.kind == EventKind.NEEDED_BY_SET for event in log)
        self.needed_by = opened.needed_by or (None if deadlines else facts.needed_by)
        for target in (Target.ACKNOWLEDGE, Target.FIRST_RESPONSE, Target.RESOLUTION):
            self._begin(target, opened.at)
        self._cap(self.current[Target.FIRST_RESPONSE], opened.at)

    def apply(self, event: Event) -> None:
        # Another machine's clock may date an answer before the question: nothing counts before the opening.
        at = max(event.at, self.opened_at)
        kind = EventKind(event.kind)
        if kind is EventKind.REOPENED:
            self._reopen(at)
        elif self.stage is _Stage.ENDED:
            return
        elif kind is EventKind.PRIORITY_CHANGED:
            self._change_priority(_priority(event), at)
        elif kind is EventKind.POLICY_APPLIED:
            self._apply_policy(event, at)
        elif self.stage is _Stage.SOLVED and kind is EventKind.REQUESTER_MESSAGE:
            self.asked_while_solved = True
        elif kind in (EventKind.CLOSED, EventKind.CANCELLED, EventKind.MERGED):
            self._end(event, at, kind)
        elif self.stage is not _Stage.SOLVED:
            self._apply_while_open(kind, event, at)

    def _apply_while_open(self, kind: EventKind, event: Event, at: datetime) -> None:
        match kind:
            case EventKind.REQUESTER_MESSAGE:
                self._ask(event, at)
            case EventKind.CLAIMED:
                self._claim(event, at)
                self._silence(at)
            case EventKind.ACKNOWLEDGED:
                self._silence(at)
            case EventKind.PUBLIC_REPLY:
                self._reply(event, at)
            case EventKind.HANDED_OVER | EventKind.RETURNED:
                self._hand_over(event, at)
            case EventKind.SOLVED:
                self._solve(event, at)
            case EventKind.WAITING_REQUESTER:
                self._enter(_Stage.WAITING_REQUESTER, at)
                self._await_word(event, at, anew=False)
            case EventKind.WAITING_THIRD_PARTY:
                self._enter(_Stage.WAITING_THIRD_PARTY, at)
            case _:
                self._apply_to_promise(kind, event, at)

    def _apply_to_promise(self, kind: EventKind, event: Event, at: datetime) -> None:
        if kind is EventKind.RESUMED:
            self._enter(_Stage.OPEN, at)
        elif kind is EventKind.ABSORBED:
            self._absorb(event, at)
        elif kind is EventKind.NEEDED_BY_SET:
            self._set_needed_by(event.needed_by, at)

    # What happens on the ticket

    def _ask(self, event: Event, at: datetime) -> None:
        self._stop(Target.SILENCE, at, event)
        if self.stage is _Stage.WAITING_REQUESTER:
            self._enter(_Stage.OPEN, at)
        if self.first_answered and Target.NEXT_RESPONSE not in self.current:
            self._begin(Target.NEXT_RESPONSE, at)

    def _claim(self, event: Event, at: datetime) -> None:
        self._stop(Target.ACKNOWLEDGE, at, event)
        self.owner, self.asked, self.former = event.actor, None, None

    def _reply(self, event: Event, at: datetime) -> None:
        # A last word from the one who handed over does not make the successor own the ticket.
        farewell = self.former is not None and event.actor == self.former
        if Target.ACKNOWLEDGE in self.current and not farewell:
            self._claim(event, at)
        self.first_answered = True
        for target in (Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.UPDATE):
            self._stop(target, at, event)
        self._begin(Target.UPDATE, at)
        self._await_word(event, at, anew=True)

    def _await_word(self, event: Event, at: datetime, *, anew: bool) -> None:
        """Count how long the requester has been silent: from a person's last words to them, or from the wait."""
        if anew:
            self._stop(Target.SILENCE, at, event, cancelled=True)
        if Target.SILENCE not in self.current:
            self._begin(Target.SILENCE, at)

    def _hand_over(self, event: Event, at: datetime) -> None:
        holder = self.owner if self.owner is not None else self.asked
        anew = event.kind == EventKind.HANDED_OVER and event.assignee is None  # another level: always anew
        if event.assignee == holder and not anew:
            return
        self.former = self.owner if self.owner is not None else self.former
        self.owner, self.asked = None, event.assignee
        for run in self.current.values():
            run.quiet = [Interval(q.start, at if q.end is None else min(q.end, at)) for q in run.quiet]
        self._stop(Target.ACKNOWLEDGE, at, event, cancelled=True)
        self._begin(Target.ACKNOWLEDGE, at)

    def _solve(self, event: Event, at: datetime) -> None:
        for target in (Target.ACKNOWLEDGE, Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.SILENCE):
            self._stop(target, at, event, cancelled=True)
        self._stop(Target.UPDATE, at, event)
        # Resolution stays at hand: reopening goes on with the same clock.
        self.current[Target.RESOLUTION].stop(at, event.recorded_at)
        self.stage, self.solved_at, self.first_answered = _Stage.SOLVED, at, True
        self.waiting_since = None
        self.asked_while_solved = False

    def _reopen(self, at: datetime) -> None:
        if self.stage is not _Stage.SOLVED or self.solved_at is None:
            return
        if at - self.solved_at > self.policy.reopen_within:
            return
        self.stage, self.solved_at = _Stage.OPEN, None
        resolution = self.current[Target.RESOLUTION]
        resolution.restart(at)
        if self.policy_stale:
            self._set_policy(resolution, at)
        if resolution.priority is not self.priority:
            self._set_priority(resolution, at)
        self.policy_stale = False
        if self.owner is None:
            self._begin(Target.ACKNOWLEDGE, at)
        if self.asked_while_solved:
            self._begin(Target.NEXT_RESPONSE, at)

    def _end(self, event: Event, at: datetime, kind: EventKind) -> None:
        if kind is EventKind.CLOSED and self.stage is not _Stage.SOLVED:
            self._solve(event, at)
        for target in list(self.current):
            self._stop(target, at, event, cancelled=True)
        self.stage, self.waiting_since = _Stage.ENDED, None

    def _absorb(self, event: Event, at: datetime) -> None:
        start = event.escalated_at
        for target in (Target.ACKNOWLEDGE, Target.FIRST_RESPONSE, Target.RESOLUTION):
            run = self.current.get(target)
            if start is not None and run is not None and start < run.origin == self.escalated_at:
                self._begin_earlier(run, start, at)
        if start is not None:
            self.escalated_at = min(self.escalated_at, start)
        asked = event.unanswered_since
        if asked is None or not self.first_answered:
            return
        waiting = self.current.get(Target.NEXT_RESPONSE)
        if waiting is None:
            self._begin(Target.NEXT_RESPONSE, asked, at)
        elif asked < waiting.origin:
            self._begin_earlier(waiting, asked, at)

    def _enter(self, stage: _Stage, at: datetime) -> None:
        waiting = stage is _Stage.WAITING_REQUESTER
        self.waiting_since = (self.waiting_since or at) if waiting else None
        self.stage = stage
        for run in self.current.values():
            if not self._pauses(run.target):
                run.resume(at)
            elif run.paused_since is None:
                run.pause(at)

    def _pauses(self, target: Target) -> bool:
        if self.stage is _Stage.WAITING_REQUESTER:
            return target in (Target.UPDATE, Target.RESOLUTION)
        if self.stage is _Stage.WAITING_THIRD_PARTY:
            return target is Target.NEXT_RESPONSE and self.policy.next_response_waits_for_third_party
        return False

    def _silence(self, at: datetime) -> None:
        rearm = self.policy.rule(self.priority).rearm
        calendar = self.calendar()
        for run in self.current.values():
            due = run.due(at)
            if due is not None and due <= at:
                until = leg_of(calendar, at, rearm).due(at) if rearm else None
                run.quiet.append(Interval(at, until))

    # What happens to one clock

    def _begin(self, target: Target, start: datetime, at: datetime | None = None) -> None:
        run = Run(target, start, self.priority)
        if self._pauses(target):
            run.pause(at or start)
        self.current[target] = run
        self._promise(run, start)

    def _promise(self, run: Run, start: datetime) -> None:
        """Give a clock that promises nothing yet its allowance, if the policy has one."""
        allowed = self.policy.rule(self.priority).allowed(run.target, self.cycles[run.target] + 1)
        if allowed is not None:
            self.cycles[run.target] += 1
            run.cycle = self.cycles[run.target]
            run.legs = [self._leg(run, start, allowed)]

    def _leg(self, run: Run, start: datetime, allowed: Duration) -> Leg:
        begins = starts_at(self.policy, self.priority, self.facts, start)
        return leg_of(self.calendar(), begins, allowed, run.all_pauses())

    def calendar(self) -> Calendar:
        """Return the calendar of the ticket's priority."""
        return self.policy.calendar_for(self.priority, self.facts.requester_calendar)

    def _stop(self, target: Target, at: datetime, event: Event, *, cancelled: bool = False) -> None:
        run = self.current.pop(target, None)
        if run is None:
            return
        if run.running:
            run.stop(at, event.recorded_at, cancelled=cancelled)
        self.past.append(run)

    def _begin_earlier(self, run: Run, start: datetime, at: datetime) -> None:
        before = self._standing(run, at)
        run.origin = start
        allowed = self.policy.rule(self.priority).allowed(run.target, run.cycle)
        if run.legs and allowed is not None:
            run.legs.append(self._leg(run, start, allowed))
            self._note(run, at, EventKind.ABSORBED, before)

    def _change_priority(self, priority: Priority, at: datetime) -> None:
        if priority is self.priority:
            return
        self.priority = priority
        for run in list(self.current.values()):
            if run.running:
                self._set_priority(run, at)

    def _set_priority(self, run: Run, at: datetime) -> None:
        before = self._standing(run, at)
        up = self.priority.above(run.priority)
        run.priority = self.priority
        allowed = self.policy.rule(self.priority).allowed(
            run.target, run.cycle or self.cycles[run.target] + 1
        )
        if not run.legs:
            self._promise(run, at if up else run.origin)
            due = run.due(at)
            if not up and due is not None and due <= at and allowed is not None:
                run.legs = [self._leg(run, at, allowed)]
        elif allowed is None:
            if not up:
                self._drop(run, at)
                return
        elif up:
            run.legs.append(self._leg(run, at, allowed))
        else:
            self._recompute(run, at, allowed)
        self._cap(run, at)
        self._note(run, at, EventKind.PRIORITY_CHANGED, before, always=not up)

    def _recompute(self, run: Run, at: datetime, allowed: Duration) -> None:
        """Count again from the start with all pauses; a change alone never makes a clock late."""
        leg = self._leg(run, run.origin, allowed)
        if leg.due(at) > at or run.breached_at is not None:
            run.legs = [leg]
        else:
            run.legs.append(self._leg(run, at, allowed))

    def _drop(self, run: Run, at: datetime) -> None:
        """End a promise the new priority does not make, and keep noting pauses in case it comes back."""
        run.stop(at, at, cancelled=True)
        self.past.append(run)
        silent = Run(run.target, run.origin, self.priority)
        silent.pauses, silent.paused_since = list(run.pauses), run.paused_since
        self.current[run.target] = silent

    def _apply_policy(self, event: Event, at: datetime) -> None:
        if event.policy is None:
            raise ValueError("a policy_applied event must carry its policy")
        self.policy = event.policy
        self.policy_stale = self.stage is _Stage.SOLVED
        for run in list(self.current.values()):
            if run.running:
                self._set_policy(run, at)
        if not self.policy_stale:
            self._enter(self.stage, at)

    def _set_policy(self, run: Run, at: datetime) -> None:
        before = self._standing(run, at)
        allowed = self.policy.rule(run.priority).allowed(run.target, run.cycle or self.cycles[run.target] + 1)
        if not run.legs:
            self._promise(run, at)
        elif allowed is None:
            self._drop(run, at)
            return
        else:
            self._recompute(run, at, allowed)
        self._cap(run, at)
        self._note(run, at, EventKind.POLICY_APPLIED, before)

    def _set_needed_by(self, needed_by: datetime | None, at: datetime) -> None:
        self.needed_by = needed_by
        run = self.current.get(Target.FIRST_RESPONSE)
        if run is None:
            return
        before = self._standing(run, at)
        run.legs = [leg for leg in run.legs if not leg.cap]
        self._cap(run, at)
        self._note(run, at, EventKind.NEEDED_BY_SET, before)

    def _cap(self, run: Run, at: datetime) -> None:
        """Bring a first response forward to the deadline the requester stated, where that can be met."""
        due = run.due(at)
        if run.target is not Target.FIRST_RESPONSE or due is None or self.needed_by is None:
            return
        if run.breached_at is not None or any(leg.cap for leg in run.legs):
            return
        begins = starts_at(self.policy, self.priority, self.facts, at)
        leg = needed_by_leg(self.policy, self.calendar(), begins, due, self.needed_by)
        if leg is not None:
            run.legs.append(leg)

    def _standing(self, run: Run, at: datetime) -> _Standing:
        run.settle(at)
        return run.due(at), run.priority

    def _note(
        self, run: Run, at: datetime, cause: EventKind, before: _Standing, *, always: bool = False
    ) -> None:
        due_before, priority_before = before
        due_after = run.due(at)
        if due_before is None and due_after is None:
            return
        overdue = due_before is not None and due_before <= at
        if always or overdue or due_before != due_after:
            run.revisions.append(Revision(at, cause, priority_before, run.priority, due_before, due_after))


def _priority(event: Event) -> Priority:
    if event.priority is None:
        raise ValueError(f"a {event.kind} event must name a priority")
    return event.priority
