"""Time zones by their IANA keys, the offset changes around a date, and how fresh the zone data is."""

import calendar
import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from escalation.business_hours.instants import DAY, HOUR, MICROSECOND, SECOND, epoch_midnight, instant, micros


class CalendarError(ValueError):
    """A calendar that cannot be used; the message says what to mend."""


# Python prefers the operating system's zone files, which may be older than the packaged ones. These three
# zones stopped changing their clocks in 2026, so they tell old data from new.
_PROBES = (
    ("America/Vancouver", timedelta(hours=-7)),
    ("America/Edmonton", timedelta(hours=-6)),
    ("America/Winnipeg", timedelta(hours=-5)),
)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_PROBED_AT = datetime(2026, 12, 1, 18, tzinfo=UTC)


def zone_of(key: str) -> ZoneInfo:
    """Return the zone of this IANA key, or raise CalendarError when there is none."""
    try:
        return ZoneInfo(key)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarError(f"unknown time zone {key!r}; write it like America/Toronto") from error


def from_wall(zone: str, wall: datetime) -> datetime:
    """Return the UTC instant when this zone's clocks show `wall` (naive).

    A time the clocks skip is the first instant after the skip; a repeated one is its first pass, or the
    second when `wall.fold` is 1.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time carries no zone of its own")
    info = zone_of(zone)
    found = wall.replace(tzinfo=info).astimezone(UTC)
    if found.astimezone(info).replace(tzinfo=None, fold=0) == wall.replace(fold=0):
        return found
    shown = micros(wall.replace(tzinfo=UTC))
    return instant(next(begin for begin, _, offset in regimes(info, wall.date()) if begin + offset > shown))


def parse_instant(text: str, zone: str) -> datetime:
    """Read an ISO date and time as a UTC instant; without an offset it is this zone's wall clock.

    A wall time the clocks skip is the first instant after the skip; a repeated one is its first pass, and an
    offset chooses the other. Raises CalendarError, in one line, for a text that is no such time.
    """
    written = text.strip()
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise CalendarError(_no_such_time(written)) from None
    try:
        return from_wall(zone, found) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise CalendarError(f"{written!r} is beyond the years that can be reckoned with") from None


def _no_such_time(written: str) -> str:
    parts = _DATE.match(written)
    if parts:
        year, month, day = map(int, parts.groups())
        if year and 1 <= month <= 12 and calendar.monthrange(year, month)[1] < day <= 31:
            return f"{written!r}: there is no {day} {calendar.month_name[month]} in {year}"
    return f"{written!r} is no date and time; write it like 2026-11-20T16:30 or 2026-11-20T16:30-05:00"


def check_zone_data() -> tuple[str, ...]:
    """List what is wrong with the zone data in use; empty when it is fresh enough to be trusted."""
    faults = []
    for key, expected in _PROBES:
        try:
            found = _PROBED_AT.astimezone(zone_of(key)).utcoffset()
        except CalendarError:
            faults.append(f"{key} cannot be read from the time zone data; install the tzdata package")
            continue
        if found is not None and found != expected:
            faults.append(
                f"{key} is {_offset_text(found)} on 2026-12-01 and should be {_offset_text(expected)}: "
                "the time zone data is out of date"
            )
    return tuple(faults)


def force_packaged_zones() -> None:
    """Read zones from the tzdata package alone, and forget those read before."""
    zoneinfo.reset_tzpath(())
    ZoneInfo.clear_cache()


def regimes(zone: ZoneInfo, day: date) -> list[tuple[int, int, int]]:
    """Return (from, to, offset) in microseconds over every instant that could fall on this local date."""
    midnight = epoch_midnight(day.toordinal())
    begin, end = midnight - DAY, midnight + 2 * DAY
    offset = _offset_at(zone, begin)
    found = []
    for hour in range(begin, end, HOUR):
        following = _offset_at(zone, hour + HOUR)
        if following == offset:
            continue
        low, high = hour, hour + HOUR
        while high - low > SECOND:
            middle = (low + high) // (2 * SECOND) * SECOND
            low, high = (middle, high) if _offset_at(zone, middle) == offset else (low, middle)
        found.append((begin, high, offset))
        begin, offset = high, following
    return [*found, (begin, end, offset)]


def offset_of(at: datetime) -> int:
    """Return the offset from UTC of an aware datetime, in microseconds."""
    offset = at.utcoffset()
    return 0 if offset is None else offset // MICROSECOND


def _offset_at(zone: ZoneInfo, at: int) -> int:
    return offset_of(instant(at).astimezone(zone))


def _offset_text(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
