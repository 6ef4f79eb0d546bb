"""Business-time arithmetic against rivals, in the same run: how fast, and who is right."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from escalation.business_hours import Calendar, add, between, force_packaged_zones, parse_hours
from escalation.holiday_seed import seed_holidays

ZONE = "America/Toronto"
YEARS = range(2026, 2029)
QUESTIONS = 2000
# when Toronto changed or will change its clocks: spring days lack an hour, autumn days have one more
CHANGES = ((2026, 3, 8), (2026, 11, 1), (2027, 3, 14), (2027, 11, 7), (2028, 3, 12), (2028, 11, 5))
Row = tuple[str, str, str, str]


def measure() -> list[Row]:
    """Return how each rival compares, or how to install one."""
    force_packaged_zones()
    rng = random.Random(11)
    first = datetime(2026, 1, 1, tzinfo=UTC)
    pairs = []
    for _ in range(QUESTIONS):
        start = first + timedelta(minutes=rng.randrange(2 * 365 * 24 * 60))
        pairs.append((start, start + timedelta(minutes=rng.randrange(20 * 24 * 60))))
    # holidays are dated rows here and a rule of its own there: both are given the same days
    calendar = Calendar("office", ZONE, parse_hours("Mon-Fri 09:00-17:00"), seed_holidays(["CA-ON"], YEARS))
    add(calendar, first, 60)  # each side's first sum lays out its tables: not timed for either
    return [*_against_timedelta(calendar, pairs), *_against_duration(calendar, pairs)]


def _against_timedelta(calendar: Calendar, pairs: list[tuple[datetime, datetime]]) -> list[Row]:
    try:
        import businesstimedelta as btd
        import pytz
    except ImportError:
        return [("businesstimedelta", "not installed", "pip install --group bench", "SKIPPED")]
    days = {row.date: row.name for row in calendar.holidays}
    zone = pytz.timezone(ZONE)  # it needs zones of that kind
    rules = btd.Rules(
        [
            btd.WorkDayRule(
                start_time=clock_time(9),
                end_time=clock_time(17),
                working_days=[0, 1, 2, 3, 4],
                tz=zone,
            ),
            btd.HolidayRule(days, tz=zone),
        ]
    )
    rules.difference(*pairs[0])

    def theirs_between(a: datetime, b: datetime) -> timedelta:
        found: timedelta = rules.difference(a, b).timedelta
        return found

    def theirs_add(a: datetime, b: datetime) -> datetime:
        found: datetime = a + btd.BusinessTimeDelta(rules, timedelta=between(calendar, a, b))
        return found

    def ours_add(a: datetime, b: datetime) -> datetime:
        return add(calendar, a, between(calendar, a, b))

    night = Calendar("night", ZONE, parse_hours("Mon-Sun 01:00-06:00"))
    nights = btd.Rules(
        [
            btd.WorkDayRule(
                start_time=clock_time(1), end_time=clock_time(6), working_days=list(range(7)), tz=zone
            )
        ]
    )

    def theirs_at_night(a: datetime, b: datetime) -> timedelta:
        found: timedelta = nights.difference(a, b).timedelta
        return found

    changes = [
        (moment - timedelta(days=1), moment + timedelta(days=1))
        for moment in (datetime(*day, 17, tzinfo=UTC) for day in CHANGES)
    ]
    rows = [
        _compare("businesstimedelta, between", lambda a, b: between(calendar, a, b), theirs_between, pairs)
    ]
    rows.append(_compare("businesstimedelta, add", ours_add, theirs_add, pairs))
    rows.append(
        _compare(
            "businesstimedelta, 01:00-06:00 on the nights the clocks change",
            lambda a, b: between(night, a, b),
            theirs_at_night,
            changes,
        )
    )
    return rows


def _against_duration(calendar: Calendar, pairs: list[tuple[datetime, datetime]]) -> list[Row]:
    try:
        from business_duration import businessDuration
    except ImportError:
        return [("business-duration", "not installed", "pip install --group bench", "SKIPPED")]
    days = {row.date: row.name for row in calendar.holidays}
    zone = ZoneInfo(ZONE)
    open_at, close_at = clock_time(9), clock_time(17)

    def theirs(a: datetime, b: datetime) -> timedelta:
        # it knows no zones: it is given what the wall shows
        walls = [moment.astimezone(zone).replace(tzinfo=None) for moment in (a, b)]
        minutes = businessDuration(walls[0], walls[1], open_at, close_at, holidaylist=days, unit="min")
        return timedelta(minutes=float(minutes))

    return [_compare("business-duration, between", lambda a, b: between(calendar, a, b), theirs, pairs[:300])]


def _compare(
    name: str,
    ours: Callable[[datetime, datetime], object],
    theirs: Callable[[datetime, datetime], object],
    pairs: list[tuple[datetime, datetime]],
) -> Row:
    for pair in pairs[:10]:  # the first sum of a year lays out its tables
        ours(*pair)
    ours_took, ours_said = _timed(ours, pairs)
    theirs_took, theirs_said = _timed(theirs, pairs)
    wrong = [
        (pair, mine, other)
        for pair, mine, other in zip(pairs, ours_said, theirs_said, strict=True)
        if not _same(mine, other)
    ]
    ratio = theirs_took / ours_took
    each = 1e6 / len(pairs)
    shown = f"{ours_took * each:.1f} µs, theirs {theirs_took * each:.0f} µs: {ratio:.0f} times as fast"
    differ = f"{len(wrong)} of {len(pairs)} differ"
    if wrong:
        (a, b), mine, other = wrong[0]
        differ += f", such as {a:%Y-%m-%d %H:%M}Z to {b:%Y-%m-%d %H:%M}Z: ours {mine}, theirs {other}"
    return name, f"{shown}; {differ}", "10 times", "" if ratio >= 10 else "SHORT"


def _same(mine: object, other: object) -> bool:
    if isinstance(mine, datetime) and isinstance(other, datetime):
        return abs(mine - other.astimezone(UTC)) < timedelta(seconds=1)
    if isinstance(mine, timedelta) and isinstance(other, timedelta):
        return abs(mine - other) < timedelta(seconds=1)
    return False


def _timed(
    work: Callable[[datetime, datetime], object], pairs: list[tuple[datetime, datetime]]
) -> tuple[float, list[object]]:
    said: list[object] = []
    began = time.perf_counter()
    for a, b in pairs:
        try:
            said.append(work(a, b))
        except (ValueError, TypeError, ArithmeticError) as error:
            said.append(error)
    return time.perf_counter() - began, said
