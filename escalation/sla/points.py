"""Reminder points of a clock: 50, 75 and 90 % of its time, due, and the repeats after that.

Percentages are of clock time, so a point can fall on Monday. Names are the keys of reminders: "50", "75",
"90", "due", "after-1", "after-2"; once a clock was set anew (a change of priority or policy), its later
points carry the count of changes ("50~1"), so that the new plan's reminders are not taken for old ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from escalation.business_hours import Calendar, add, between, nth_opening, openings_between

PERCENTS = (50, 75, 90)
DUE = "due"

_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A stretch of time, half-open; without an end it still lasts."""

    start: datetime
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether `at` lies in it."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Point:
    """A named instant at which somebody is reminded."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every reminder point of one clock, known ahead.

    `points` are those up to due. After due they repeat: `every` so much time of `calendar`, or, where it is
    None, at the opening of each business day. Repeats that fall into `quiet` are left out. Nothing before
    `since` counts, and a clock that is `still` (paused or stopped) has no points at all.
    """

    points: tuple[Point, ...]
    due_at: datetime
    calendar: Calendar
    every: timedelta | None
    quiet: tuple[Interval, ...] = ()
    since: datetime | None = None
    revision: int = 0
    still: bool = False


def due(
    calendar: Calendar, started_at: datetime, amount: timedelta, pauses: Iterable[Interval] = ()
) -> datetime:
    """Return the UTC instant when `amount` of the calendar's time has passed outside the pauses.

    Pauses must have ended and may overlap. One that begins after the due instant does not move it.
    """
    at, left = started_at, amount
    for pause in sorted(pauses):
        if pause.end is None:
            raise ValueError("a pause that still lasts gives no due instant")
        if pause.end <= at:
            continue
        if pause.start > at:
            used = between(calendar, at, pause.start)
            if used >= left:
                break
            left -= used
        at = pause.end
    return add(calendar, at, left)


def points(
    calendar: Calendar,
    started_at: datetime,
    amount: timedelta,
    pauses: Iterable[Interval] = (),
    percents: Iterable[int] = PERCENTS,
) -> tuple[Point, ...]:
    """Return the points of an allowance, in order, "due" last."""
    held = tuple(pauses)
    found = [Point(str(p), due(calendar, started_at, amount * p / 100, held)) for p in percents]
    return (*found, Point(DUE, due(calendar, started_at, amount, held)))


def is_repeat(name: str) -> bool:
    """Tell whether a point of this name comes after due."""
    return name.startswith("after-")


def latest_missed_point(schedule: Schedule, now: datetime) -> Point | None:
    """Return the last point that has come by `now`, or None. After an outage only this one is sent."""
    if schedule.still:
        return None
    number = _repeats_by(schedule, now)
    while number > 0:
        at = _repeat(schedule, number)
        quiet = next((interval for interval in schedule.quiet if interval.holds(at)), None)
        if quiet is None:
            return _named(schedule, f"after-{number}", at)
        number = min(number - 1, _repeats_by(schedule, quiet.start - _BEFORE))
    come = [point for point in schedule.points if point.at <= now]
    return _named(schedule, come[-1].name, come[-1].at) if come else None


def next_point(schedule: Schedule, now: datetime) -> Point | None:
    """Return the first point after `now`, or None when the clock is still or quiet for good."""
    if schedule.still:
        return None
    for point in schedule.points:
        if point.at > now and (found := _named(schedule, point.name, point.at)):
            return found
    number = _repeats_by(schedule, now) + 1
    while True:
        at = _repeat(schedule, number)
        quiet = next((interval for interval in schedule.quiet if interval.holds(at)), None)
        if quiet is None:
            return _named(schedule, f"after-{number}", at)
        if quiet.end is None:
            return None
        number = max(number, _repeats_by(schedule, quiet.end - _BEFORE)) + 1


def _named(schedule: Schedule, name: str, at: datetime) -> Point | None:
    if schedule.since is not None and at < schedule.since:
        return None
    return Point(f"{name}~{schedule.revision}" if schedule.revision else name, at)


def _anchor(schedule: Schedule) -> datetime:
    """Return where repeats are counted from: due, or, for a clock set anew when late, that moment."""
    return max(schedule.due_at, schedule.since) if schedule.since else schedule.due_at


def _repeats_by(schedule: Schedule, at: datetime) -> int:
    """Count the repeats up to and including `at`."""
    anchor = _anchor(schedule)
    if at <= anchor:
        return 0
    if schedule.every is None:
        return openings_between(schedule.calendar, anchor, at)
    return between(schedule.calendar, anchor, at) // schedule.every


def _repeat(schedule: Schedule, number: int) -> datetime:
    anchor = _anchor(schedule)
    if schedule.every is None:
        return nth_opening(schedule.calendar, anchor, number)
    return add(schedule.calendar, anchor, number * schedule.every)
