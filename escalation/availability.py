"""When an expert is there: away dates, working hours, on-call weeks. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from escalation.business_hours import Calendar, CalendarError, Week, is_open, next_open, parse_hours, zone_of

_TO = "/"


@dataclass(frozen=True, slots=True)
class Absence:
    """First and last day away, on the expert's own calendar; both count."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.first.isoformat()} is after {self.last.isoformat()}")

    def __str__(self) -> str:
        return f"{self.first.isoformat()}{_TO}{self.last.isoformat()}"


@dataclass(frozen=True, slots=True)
class Availability:
    """An expert's time. `on_duty` False is somebody who takes nothing until further notice.

    Without hours of their own they keep the hub's. In an on-call week (by its Monday) they are on duty at
    every hour.
    """

    zone: str
    on_duty: bool = True
    hours: Week | None = None
    on_call: frozenset[date] = frozenset()
    away: tuple[Absence, ...] = ()

    def away_until(self, now: datetime) -> date | None:
        """Return the last day of the absence they are on, or None; absences that touch are one."""
        today = now.astimezone(zone_of(self.zone)).date()
        last = None
        for absence in sorted(self.away, key=lambda one: one.first):
            start = today if last is None else last + timedelta(days=1)
            if absence.first <= start <= absence.last or (last is not None and absence.first <= start):
                last = absence.last if last is None else max(last, absence.last)
        return last

    def there(self, now: datetime) -> bool:
        """Tell whether they take cases at all at the moment, at work or not."""
        return self.on_duty and self.away_until(now) is None

    def working(self, now: datetime, hub: Calendar) -> bool:
        """Tell whether they are on duty this minute; by the hub's hours if they have none of their own."""
        if not self.there(now):
            return False
        local = now.astimezone(zone_of(self.zone)).date()
        if local - timedelta(days=local.weekday()) in self.on_call:
            return True
        return is_open(hub if self.hours is None else self._calendar(self.hours), now)

    def next_working(self, now: datetime, hub: Calendar) -> datetime | None:
        """Return from when they are on duty, None if never."""
        if not self.on_duty:
            return None
        calendar = hub if self.hours is None else self._calendar(self.hours)
        at = now
        for _absence in range(len(self.away) + 1):
            if self.working(at, hub):
                return at
            at = next_open(calendar, at)
            until = self.away_until(at)
            if until is None:
                return at
            morning = datetime.combine(until + timedelta(days=1), datetime.min.time(), zone_of(self.zone))
            at = morning.astimezone(now.tzinfo)
        return None

    def _calendar(self, hours: Week) -> Calendar:
        return Calendar("own hours", self.zone, hours)


def parse_absence(text: str) -> Absence:
    """Read `2026-12-21/2027-01-03`, or one day. Raise ValueError in words."""
    first, _, last = text.strip().replace("..", _TO).partition(_TO)
    try:
        days = [date.fromisoformat(part.strip()) for part in (first, last or first)]
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a date or two, such as 2026-12-21/2027-01-03") from None
    if days[1] < days[0]:
        raise ValueError(f"{text[:40]!r} ends before it begins")
    return Absence(*days)


def parse_week(text: str) -> date:
    """Read a day of an on-call week and return its Monday. Raise ValueError in words."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a date, such as 2026-11-23") from None
    return day - timedelta(days=day.weekday())


def read_hours(text: str) -> Week | None:
    """Return stored working hours; None when there are none, or none that can be read."""
    try:
        return parse_hours(text) if text.strip() else None
    except CalendarError:
        return None
