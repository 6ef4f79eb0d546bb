"""Properties of sums over opening hours, on any week, in zones whose clocks change and zones where not."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.business_hours import (
    Calendar,
    Holiday,
    Window,
    add,
    add_days,
    always,
    between,
    force_packaged_zones,
    from_wall,
    is_open,
    next_open,
    parse_hours,
    zone_of,
)

ZONES = (
    "America/Toronto",
    "America/Vancouver",
    "America/Edmonton",
    "America/Winnipeg",
    "America/Regina",
    "America/Phoenix",
    "America/St_Johns",
    "America/Boise",
    "America/Whitehorse",
    "America/Havana",
    "Australia/Lord_Howe",
)
# Nights on which some of these zones change their clocks, and one in the middle of nowhere.
NIGHTS = (
    "2026-03-08",
    "2026-11-01",
    "2027-03-14",
    "2027-11-07",
    "2026-04-05",
    "2026-10-04",
    "2026-12-31",
    "2026-07-15",
)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True, scope="module")
def packaged_zones() -> Iterator[None]:
    before = zoneinfo.TZPATH
    force_packaged_zones()
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple(Window(a * 15, b * 15) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = draw(st.lists(day_windows(), min_size=7, max_size=7).filter(any))
    days = draw(st.sets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=4))
    return Calendar("any", draw(st.sampled_from(ZONES)), tuple(week), tuple(Holiday(day) for day in days))


def instants() -> st.SearchStrategy[datetime]:
    near = st.builds(
        lambda night, minutes: datetime.fromisoformat(night).replace(tzinfo=UTC) + timedelta(minutes=minutes),
        st.sampled_from(NIGHTS),
        st.integers(-24 * 60, 48 * 60),
    )
    anywhere = st.datetimes(datetime(2025, 6, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
    return near | anywhere


AMOUNTS = st.integers(0, 300 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@given(calendars(), instants(), AMOUNTS)
@settings(max_examples=30, deadline=None)
def test_measuring_what_was_added_gives_the_same_time(
    calendar: Calendar, start: datetime, n: timedelta
) -> None:
    assert between(calendar, start, add(calendar, start, n)) == n


@given(calendars(), instants(), AMOUNTS, AMOUNTS)
@settings(max_examples=30, deadline=None)
def test_due_is_monotone_in_the_amount_and_in_the_start(
    calendar: Calendar, start: datetime, n: timedelta, more: timedelta
) -> None:
    assert add(calendar, start, n) <= add(calendar, start, n + more)
    assert add(calendar, start, n) <= add(calendar, start + more, n)


@given(calendars(), instants(), st.integers(1, 300))
@settings(max_examples=30, deadline=None)
def test_due_lies_in_opening_hours_or_on_their_close(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    due = add(calendar, start, minutes * 60)
    assert due.tzinfo is UTC
    assert is_open(calendar, due - timedelta(microseconds=1))


@given(calendars(), st.sampled_from(NIGHTS), st.integers(-300, 1500))
@settings(max_examples=15, deadline=None)
def test_time_between_is_what_a_walk_minute_by_minute_finds(
    calendar: Calendar, night: str, offset: int
) -> None:
    start = datetime.fromisoformat(night).replace(tzinfo=UTC) + timedelta(minutes=offset)
    zone = zone_of(calendar.zone)
    found = 0
    for minute in range(26 * 60):
        wall = (start + minute * MINUTE).astimezone(zone)
        now = wall.hour * 60 + wall.minute
        if wall.date() not in calendar.closed_on:
            found += any(w.opens <= now < w.closes for w in calendar.windows[wall.weekday()])
    assert between(calendar, start, start + 26 * 60 * MINUTE) == found * MINUTE


@given(calendars(), instants())
@settings(max_examples=30, deadline=None)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, at: datetime) -> None:
    opening = next_open(calendar, at)
    assert opening >= at
    assert is_open(calendar, opening)
    assert between(calendar, at, opening) == timedelta(0)
    assert (opening == at) == is_open(calendar, at)


@given(calendars(), instants(), AMOUNTS, st.integers(0, 6), st.data())
@settings(max_examples=30, deadline=None)
def test_cutting_a_window_in_two_changes_nothing(
    calendar: Calendar, start: datetime, n: timedelta, day: int, data: st.DataObject
) -> None:
    windows = calendar.windows[day]
    if windows:
        first = windows[0]
        cut = data.draw(st.integers(first.opens + 1, first.closes - 1))
        parts = (Window(first.opens, cut), Window(cut, first.closes), *windows[1:])
        week = (*calendar.windows[:day], parts, *calendar.windows[day + 1 :])
        assert add(Calendar("cut", calendar.zone, week, calendar.holidays), start, n) == add(
            calendar, start, n
        )


@given(calendars(), instants(), st.integers(1, 30))
@settings(max_examples=30, deadline=None)
def test_business_days_grow_with_their_number_and_with_the_start(
    calendar: Calendar, start: datetime, days: int
) -> None:
    due = add_days(calendar, start, days)
    assert is_open(calendar, due - timedelta(microseconds=1))
    assert due < add_days(calendar, start, days + 1)
    assert due <= add_days(calendar, start + timedelta(hours=5), days)


@given(st.sampled_from(ZONES), instants(), AMOUNTS)
@settings(max_examples=30, deadline=None)
def test_round_the_clock_anywhere_is_elapsed_time(zone: str, start: datetime, n: timedelta) -> None:
    local = Calendar("any", zone, parse_hours("Mon-Sun 00:00-24:00"))
    far_holiday = Calendar("any", zone, local.windows, (Holiday(date(1990, 1, 1)),))
    assert add(local, start, n) == add(far_holiday, start, n) == add(always(), start, n) == start + n


@given(st.lists(day_windows(), min_size=7, max_size=7).filter(any))
@settings(max_examples=30, deadline=None)
def test_hours_read_back_as_they_are_written(week: list[tuple[Window, ...]]) -> None:
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    parts = [f"{name} {','.join(map(str, day))}" for name, day in zip(names, week, strict=True) if day]
    assert parse_hours("; ".join(parts)) == tuple(week)


@given(st.sampled_from(ZONES), instants())
@settings(max_examples=30, deadline=None)
def test_what_the_wall_shows_leads_back_to_the_instant(zone: str, at: datetime) -> None:
    wall = at.astimezone(zone_of(zone))
    assert from_wall(zone, wall.replace(tzinfo=None)) == at
