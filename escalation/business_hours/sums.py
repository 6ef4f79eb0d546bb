"""Sums over opening hours: what is due when, and how much time has passed.

Each calendar is laid out once per zone and local year as spans of UTC instants with running totals, so a sum
is two binary searches, however long it is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from escalation.business_hours.calendars import (
    HOUR_MINUTES,
    LONGEST_CLOSURE_DAYS,
    Calendar,
    Window,
    never_opens,
)
from escalation.business_hours.instants import DAY, MICROSECOND, MINUTE, epoch_midnight, instant, micros
from escalation.business_hours.zones import CalendarError, offset_of, regimes, zone_of

_FIRST_YEAR, _LAST_YEAR = 2, 9997
_MEAN_YEAR = 146_097 * DAY // 400
# No 1 January is two days from where years of mean length put it, nor a day from the UTC one in any zone.
_YEAR_SLACK = 3 * DAY


def add(calendar: Calendar, start: datetime, amount: timedelta | float) -> datetime:
    """Return the UTC instant when `amount` of opening time (timedelta, or seconds) has passed since `start`.

    A sum that ends as a window closes is due at that close; a start at the close belongs to the next
    window. Nothing from a closed instant is due at the next opening. Raises ValueError for a naive start
    or a negative amount, CalendarError when the calendar stays closed for 400 days.
    """
    at, need = micros(start), _amount(amount)
    if calendar.continuous:
        return _reachable(calendar, at + need)
    for table in _years_from(calendar, at):
        i = bisect_right(table.closes, at)
        used = table.before[i] + max(0, at - table.opens[i])
        end = used + need
        if end <= table.total:
            j = i if need == 0 else bisect_left(table.before, end, i + 1) - 1
            return instant(table.opens[j] + end - table.before[j])
        need = end - table.total
    raise AssertionError("the years ended without an error")  # pragma: no cover


def between(calendar: Calendar, a: datetime, b: datetime) -> timedelta:
    """Return the opening time from `a` to `b`; negative when `b` comes first."""
    start, end = micros(a), micros(b)
    if end < start:
        return -between(calendar, b, a)
    if calendar.continuous:
        return timedelta(microseconds=end - start)
    tables = _years_through(calendar, start, end)
    return timedelta(microseconds=sum(t.position(end) - t.position(start) for t in tables))


def spans(calendar: Calendar, a: datetime, b: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Return the stretches between `a` and `b` in which the calendar is open, in UTC, in order."""
    start, end = micros(a), micros(b)
    if calendar.continuous:
        return ((instant(start), instant(end)),) if start < end else ()
    return tuple(
        (instant(max(opens, start)), instant(min(closes, end)))
        for table in _years_through(calendar, start, end)
        for opens, closes in zip(table.opens, table.closes, strict=True)
        if closes > start and opens < end
    )


def next_open(calendar: Calendar, at: datetime) -> datetime:
    """Return `at` itself when the calendar is open then, else the next opening, in UTC."""
    return add(calendar, at, 0)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Tell whether `at` falls inside a window. The opening instant does, the closing one does not."""
    wall = instant(micros(at)).astimezone(zone_of(calendar.zone))
    if wall.date() in calendar.closed_on:
        return False
    minute = wall.hour * HOUR_MINUTES + wall.minute
    return any(w.opens <= minute < w.closes for w in calendar.windows[wall.weekday()])


def add_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """Return the UTC instant that many business days after `start`.

    A business day is the opening hours of one date, however long. From Monday 15:00, one day ends on the
    next open date, at the same share of its hours; from an opening, it ends with the close of that date.
    """
    if days < 1:
        raise ValueError(f"{days} business days: at least one is needed")
    at, left = micros(start), days
    share: tuple[int, int] | None = None
    for table in _years_from(calendar, at):
        k = 0
        if share is None:
            i = bisect_right(table.closes, at)
            k = bisect_right(table.first_spans, i) - 1
            passed = table.before[i] + max(0, at - table.opens[i]) - table.before[table.first_spans[k]]
            length = table.day_length(k)
            share, left = ((passed, length), left) if passed else ((length, length), left - 1)
        if k + left < len(table.first_spans):
            k += left
            first = table.first_spans[k]
            end = table.before[first] + table.day_length(k) * share[0] // share[1]
            j = bisect_left(table.before, end, first + 1) - 1
            return instant(table.opens[j] + end - table.before[j])
        left -= len(table.first_spans) - k
    raise AssertionError("the years ended without an error")  # pragma: no cover


def openings_between(calendar: Calendar, after: datetime, until: datetime) -> int:
    """Count the dates whose first opening lies after `after` and not after `until`."""
    start, end = micros(after), micros(until)
    if end <= start:
        return 0
    tables = _years_through(calendar, start, end)
    return sum(bisect_right(t.openings, end) - bisect_right(t.openings, start) for t in tables)


def nth_opening(calendar: Calendar, after: datetime, n: int) -> datetime:
    """Return the first opening of the n-th open date after `after` (n counts from 1), in UTC."""
    if n < 1:
        raise ValueError(f"opening number {n}: they are counted from 1")
    at, left = micros(after), n
    for table in _years_from(calendar, at):
        k = bisect_right(table.openings, at)
        if k + left <= len(table.openings):
            return instant(table.openings[k + left - 1])
        left -= len(table.openings) - k
    raise AssertionError("the years ended without an error")  # pragma: no cover


@dataclass(frozen=True, slots=True)
class _Year:
    """The opening spans of the dates of one local year, in microseconds since 1970 UTC."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]  # opening time before span i; one more entry, the whole year, at the end
    first_spans: tuple[int, ...]  # for each open date, the index of its first span
    openings: tuple[int, ...]  # for each open date, its first opening

    @property
    def total(self) -> int:
        return self.before[-1]

    def position(self, at: int) -> int:
        i = bisect_right(self.closes, at)
        return self.before[i] + (max(0, at - self.opens[i]) if i < len(self.opens) else 0)

    def day_length(self, k: int) -> int:
        after = self.first_spans[k + 1] if k + 1 < len(self.first_spans) else len(self.opens)
        return self.before[after] - self.before[self.first_spans[k]]


@lru_cache(maxsize=256)
def _year(calendar: Calendar, zone: ZoneInfo, year: int) -> _Year:
    # The zone is part of the key because zone data may be reread: a new ZoneInfo makes a new layout.
    opens: list[int] = []
    closes: list[int] = []
    first_spans: list[int] = []
    start, stop = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    evening = _midnight_offsets(zone, start)
    for ordinal in range(start, stop):
        morning, evening = evening, _midnight_offsets(zone, ordinal + 1)
        day = date.fromordinal(ordinal)
        windows = calendar.windows[day.weekday()]
        if not windows or day in calendar.closed_on:
            continue
        first = len(opens)
        if morning == evening and len(morning) == 1:
            midnight = epoch_midnight(ordinal) - next(iter(morning))
            opens += [midnight + w.opens * MINUTE for w in windows]
            closes += [midnight + w.closes * MINUTE for w in windows]
        else:
            for span in _spans_across_change(zone, day, windows):
                opens.append(span[0])
                closes.append(span[1])
        if len(opens) > first:
            first_spans.append(first)
    before = [0]
    for a, b in zip(opens, closes, strict=True):
        before.append(before[-1] + b - a)
    openings = tuple(opens[i] for i in first_spans)
    return _Year(tuple(opens), tuple(closes), tuple(before), tuple(first_spans), openings)


def _midnight_offsets(zone: ZoneInfo, ordinal: int) -> frozenset[int]:
    midnight = datetime.combine(date.fromordinal(ordinal), time.min, tzinfo=zone)
    return frozenset((offset_of(midnight), offset_of(midnight.replace(fold=1))))


def _spans_across_change(zone: ZoneInfo, day: date, windows: tuple[Window, ...]) -> Iterator[tuple[int, int]]:
    """Yield the spans of a date on which the zone's offset changes, in order of time."""
    midnight = epoch_midnight(day.toordinal())
    for begin, end, offset in regimes(zone, day):
        for window in windows:
            a = max(begin, midnight + window.opens * MINUTE - offset)
            b = min(end, midnight + window.closes * MINUTE - offset)
            if a < b:
                yield a, b


def _years_from(calendar: Calendar, at: int) -> Iterator[_Year]:
    """Yield, from `at` on, the years that still have an opening; refuse to search for ever."""
    zone = zone_of(calendar.zone)
    year, idle_since = _year_of(at), at
    while True:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise CalendarError(f"calendar {calendar.name}: the sum leaves the years it can reckon with")
        table = _year(calendar, zone, year)
        if table.closes and table.closes[-1] > at:
            idle_since = table.closes[-1]
            yield table
        year += 1
        if epoch_midnight(date(year, 1, 1).toordinal()) - idle_since > LONGEST_CLOSURE_DAYS * DAY:
            raise CalendarError(never_opens(calendar, instant(idle_since).date()))


def _years_through(calendar: Calendar, start: int, end: int) -> list[_Year]:
    """Return the years that have a span between the two instants."""
    zone = zone_of(calendar.zone)
    first = max(_FIRST_YEAR, _year_of(start))
    last = min(_LAST_YEAR, _year_of(end + 2 * _YEAR_SLACK))
    return [_year(calendar, zone, year) for year in range(first, last + 1)]


def _year_of(at: int) -> int:
    """Return a local year of any zone that has begun by `at`: this one, or in its first days the last one."""
    return 1970 + (at - _YEAR_SLACK) // _MEAN_YEAR


def _reachable(calendar: Calendar, number: int) -> datetime:
    try:
        return instant(number)
    except OverflowError as error:
        raise CalendarError(f"calendar {calendar.name}: the sum runs past the last date there is") from error


def _amount(amount: timedelta | float) -> int:
    span = amount if isinstance(amount, timedelta) else timedelta(seconds=amount)
    if span < timedelta(0):
        raise ValueError(f"a negative duration cannot be added: {span}")
    return span // MICROSECOND
