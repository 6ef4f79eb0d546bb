"""Opening hours as values: windows in a weekday, holidays, calendars, and the notation people write."""

import itertools
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from escalation.business_hours.zones import CalendarError, zone_of

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_MINUTES = 24 * 60
HOUR_MINUTES = 60
LONGEST_CLOSURE_DAYS = 400


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Opening hours within one day, half-open, in minutes after local midnight; 1440 is 24:00."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens <= DAY_MINUTES and 0 <= self.closes <= DAY_MINUTES):
            raise CalendarError(f"{self} lies outside the day: hours run from 00:00 to 24:00")
        if self.opens >= self.closes:
            raise CalendarError(
                f"{self} closes before it opens; for a night write two windows, one up to 24:00 "
                "and one from 00:00 on the next day"
            )

    def __str__(self) -> str:
        return f"{_clock_text(self.opens)}-{_clock_text(self.closes)}"


Week = tuple[tuple[Window, ...], ...]


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """A dated row: closed all that day, in the calendar's zone. The region says who keeps it."""

    date: date
    name: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours of one place: seven weekdays of windows, Monday first, less the holidays.

    A calendar that exists has a known zone and windows in order that do not overlap. Whether it ever
    opens is asked by `validate`, when somebody saves it.
    """

    name: str
    zone: str
    windows: Week
    holidays: tuple[Holiday, ...] = ()
    continuous: bool = field(init=False, repr=False, compare=False)
    closed_on: frozenset[date] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if len(self.windows) != len(DAYS):
            raise CalendarError(f"calendar {self.name}: {len(self.windows)} weekdays given, 7 needed")
        week = tuple(tuple(sorted(day)) for day in self.windows)
        for label, day in zip(DAYS, week, strict=True):
            for earlier, later in itertools.pairwise(day):
                if later.opens < earlier.closes:
                    raise CalendarError(f"calendar {self.name}: on {label}, {earlier} and {later} overlap")
        holidays = tuple(sorted(self.holidays))
        whole = all(sum(w.closes - w.opens for w in day) == DAY_MINUTES for day in week)
        fill = object.__setattr__
        fill(self, "windows", week)
        fill(self, "holidays", holidays)
        fill(self, "continuous", whole and not holidays)
        fill(self, "closed_on", frozenset(h.date for h in holidays))
        # Hashed once: the cache below looks calendars up on every sum, and holidays may be hundreds of rows.
        fill(self, "_hash", hash((self.name, self.zone, week, holidays)))

    def __hash__(self) -> int:
        return self._hash


@cache
def always() -> Calendar:
    """Return the calendar that never closes: elapsed time."""
    return Calendar("elapsed", "UTC", ((Window(0, DAY_MINUTES),),) * len(DAYS))


def validate(calendar: Calendar) -> Calendar:
    """Return the calendar, or raise CalendarError when it stays closed for 400 days or more."""
    if not any(calendar.windows):
        raise CalendarError(f"calendar {calendar.name} has no open hour in any week")
    closed = sorted(d for d in calendar.closed_on if calendar.windows[d.weekday()])
    if not closed:
        return calendar
    run_from: date | None = None
    for ordinal in range(closed[0].toordinal(), closed[-1].toordinal() + 1):
        day = date.fromordinal(ordinal)
        if calendar.windows[day.weekday()] and day not in calendar.closed_on:
            run_from = None
            continue
        run_from = run_from or day
        if ordinal - run_from.toordinal() + 1 >= LONGEST_CLOSURE_DAYS:
            raise CalendarError(never_opens(calendar, run_from))
    return calendar


def parse_hours(text: str) -> Week:
    """Read opening hours such as `Mon-Fri 08:00-12:00,13:30-18:00; Sat 09:00-12:00`.

    Round the clock is `Mon-Sun 00:00-24:00`. Raises CalendarError saying which part is wrong.
    """
    if not text.strip():
        raise CalendarError(
            "there is no open hour: the opening hours are missing; write them like Mon-Fri 09:00-17:00"
        )
    week: list[list[Window]] = [[] for _ in DAYS]
    days: list[int] = []
    timed = True
    for token in re.sub(r"\s*[-\u2013\u2014]\s*", "-", text).replace(",", " ").replace(";", " ").split():
        if token[0].isalpha():
            if timed:
                days, timed = [], False
            days += _day_range(token, text)
            continue
        if not days:
            raise CalendarError(f"opening hours {text!r}: name the days before {token!r}, as in Mon-Fri")
        window = _window(token, text)
        for day in days:
            week[day].append(window)
        timed = True
    if not timed or not any(week):
        raise CalendarError(f"opening hours {text!r}: hours are missing; write them like Mon-Fri 09:00-17:00")
    for label, windows in zip(DAYS, week, strict=True):
        windows.sort()
        for earlier, later in itertools.pairwise(windows):
            if later.opens < earlier.closes:
                raise CalendarError(f"opening hours {text!r}: on {label}, {earlier} and {later} overlap")
    return tuple(tuple(windows) for windows in week)


def hours_text(week: Week) -> str:
    """Return opening hours as `parse_hours` reads them, days of the same hours together."""
    said = []
    for windows, members in itertools.groupby(range(len(DAYS)), key=lambda day: week[day]):
        days = [DAYS[day] for day in members]
        if windows:
            label = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
            said.append(f"{label} {','.join(map(str, windows))}")
    return "; ".join(said)


def never_opens(calendar: Calendar, since: date) -> str:
    return (
        f"calendar {calendar.name} has no open hour in {LONGEST_CLOSURE_DAYS} days from {since.isoformat()}"
    )


def _day_range(token: str, text: str) -> list[int]:
    first, dash, last = token.partition("-")
    names = [first, last] if dash else [first]
    numbers = []
    for name in names:
        label = name[:3].title()
        if label not in DAYS or len(name) < len(label):
            raise CalendarError(f"opening hours {text!r}: {name!r} is no weekday; use {', '.join(DAYS)}")
        numbers.append(DAYS.index(label))
    span = (numbers[-1] - numbers[0]) % len(DAYS)
    return [(numbers[0] + i) % len(DAYS) for i in range(span + 1)]


def _window(token: str, text: str) -> Window:
    opens, dash, closes = token.partition("-")
    if not dash:
        raise CalendarError(f"opening hours {text!r}: {token!r} needs two times, as in 09:00-17:00")
    try:
        return Window(_minute(opens), _minute(closes))
    except CalendarError as error:
        raise CalendarError(f"opening hours {text!r}: {error}") from error


def _minute(text: str) -> int:
    hour, colon, minute = text.partition(":")
    good = hour.isascii() and hour.isdigit() and len(hour) <= len("00")
    good = good and (not colon or (minute.isascii() and minute.isdigit() and len(minute) == len("00")))
    total = int(hour) * HOUR_MINUTES + int(minute or 0) if good else -1
    if not good or int(minute or 0) >= HOUR_MINUTES or total > DAY_MINUTES:
        raise CalendarError(f"{text!r} is no time of day; use 00:00 to 24:00")
    return total


def _clock_text(minute: int) -> str:
    return f"{minute // HOUR_MINUTES:02d}:{minute % HOUR_MINUTES:02d}"
