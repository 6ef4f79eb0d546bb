"""One clock under way, while the event log is replayed. Private to the clocks; states are what others see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.business_hours import Calendar, add, add_days, between
from escalation.sla.kinds import EventKind, Priority, Target
from escalation.sla.points import Interval
from escalation.sla.policy import Duration


@dataclass(frozen=True, slots=True)
class Revision:
    """A clock set anew while it ran; both targets stay on record. None is a target that was not promised."""

    at: datetime
    cause: EventKind
    priority_before: Priority
    priority_after: Priority
    due_before: datetime | None
    due_after: datetime | None


class Leg:
    """One allowance being used up. A clock may have several; the earliest due instant counts."""

    __slots__ = ("allowed", "amount", "calendar", "cap", "held", "left", "position", "reached", "started")

    def __init__(
        self,
        calendar: Calendar,
        started: datetime,
        amount: timedelta,
        allowed: Duration | None = None,
        pauses: Iterable[Interval] = (),
    ) -> None:
        self.calendar = calendar
        self.started = started
        self.amount = amount
        self.allowed = allowed
        self.cap = allowed is None
        self.left = amount
        self.position = started
        self.held = False
        self.reached: datetime | None = None
        for pause in pauses:
            self.hold(pause.start)
            if pause.end is not None:
                self.release(pause.end)

    def hold(self, at: datetime) -> None:
        if at > self.position:
            used = between(self.calendar, self.position, at)
            if used >= self.left and self.reached is None:
                self.reached = add(self.calendar, self.position, self.left)
            self.left = max(timedelta(0), self.left - used)
            self.position = at
        self.held = True

    def release(self, at: datetime) -> None:
        self.position = max(self.position, at)
        self.held = False

    def due(self, at: datetime) -> datetime:
        """Return the due instant; while it is held, the one that would hold if it went on at `at`."""
        if self.reached is not None:
            return self.reached
        position = max(self.position, at) if self.held else self.position
        return add(self.calendar, position, self.left)


class Run:
    """One clock of one cycle. Without legs nothing is promised (yet), but pauses are still noted."""

    __slots__ = (
        "breached_at",
        "cancelled",
        "cycle",
        "late",
        "legs",
        "origin",
        "paused_since",
        "pauses",
        "priority",
        "quiet",
        "revisions",
        "stopped_at",
        "target",
    )

    def __init__(self, target: Target, origin: datetime, priority: Priority) -> None:
        self.target = target
        self.origin = origin
        self.priority = priority
        self.cycle = 0
        self.legs: list[Leg] = []
        self.pauses: list[Interval] = []
        self.paused_since: datetime | None = None
        self.stopped_at: datetime | None = None
        self.cancelled = False
        self.late = False
        self.breached_at: datetime | None = None
        self.revisions: list[Revision] = []
        self.quiet: list[Interval] = []

    @property
    def running(self) -> bool:
        return self.stopped_at is None

    def all_pauses(self) -> list[Interval]:
        return self.pauses if self.paused_since is None else [*self.pauses, Interval(self.paused_since)]

    def closed_pauses(self) -> tuple[Interval, ...]:
        """Return the pauses that are over; stopping ends one, too."""
        since, stopped = self.paused_since, self.stopped_at
        if since is None or stopped is None or stopped <= since:
            return tuple(self.pauses)
        return (*self.pauses, Interval(since, stopped))

    def leading(self, at: datetime) -> Leg:
        return min(self.legs, key=lambda leg: leg.due(at))

    def due(self, at: datetime) -> datetime | None:
        return min((leg.due(at) for leg in self.legs), default=None)

    def settle(self, at: datetime) -> None:
        """Note a breach that has come by `at`: nothing that happens from then on erases it."""
        due = self.due(at)
        if self.breached_at is None and self.running and due is not None and due <= at:
            self.breached_at = due

    def pause(self, at: datetime) -> None:
        self.settle(at)
        for leg in self.legs:
            leg.hold(at)
        self.paused_since = at

    def resume(self, at: datetime) -> None:
        if self.paused_since is None:
            return
        if at > self.paused_since:
            self.pauses.append(Interval(self.paused_since, at))
        for leg in self.legs:
            leg.release(at)
        self.paused_since = None

    def stop(self, at: datetime, recorded_at: datetime, *, cancelled: bool = False) -> None:
        """Stop at `at`. On the due instant itself is in time."""
        due = self.due(at)
        if due is not None and self.breached_at is None:
            if due < at:
                self.breached_at = due
            self.late = due >= at and recorded_at > due and not cancelled
        self.stopped_at = at
        self.cancelled = cancelled

    def restart(self, at: datetime) -> None:
        """Go on at `at` as though the time since it stopped had been a pause."""
        stopped, self.stopped_at, self.late = self.stopped_at, None, False
        if stopped is not None and self.paused_since is None:
            self.pause(stopped)
        self.resume(at)


def leg_of(calendar: Calendar, started: datetime, allowed: Duration, pauses: Iterable[Interval] = ()) -> Leg:
    """Return the leg of an allowance; business days become the opening hours of the dates that follow."""
    amount = allowed.time
    if allowed.days:
        amount = between(calendar, started, add_days(calendar, started, allowed.days))
    return Leg(calendar, started, amount, allowed, pauses)
