"""Opening hours, zones and sums over them: the arithmetic vectors of the SLA, and its edges."""

import importlib.resources
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from escalation.business_hours import (
    Calendar,
    CalendarError,
    Holiday,
    Window,
    add,
    add_days,
    always,
    between,
    check_zone_data,
    force_packaged_zones,
    from_wall,
    is_open,
    next_open,
    nth_opening,
    openings_between,
    parse_hours,
    validate,
)
from escalation.holiday_seed import seed_holidays

OFFICE = "Mon-Fri 09:00-17:00"
TORONTO = "America/Toronto"


@pytest.fixture(autouse=True, scope="module")
def packaged_zones() -> Iterator[None]:
    before = zoneinfo.TZPATH
    force_packaged_zones()
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def calendar(zone: str = TORONTO, hours: str = OFFICE, holidays: tuple[Holiday, ...] = ()) -> Calendar:
    return Calendar("test", zone, parse_hours(hours), holidays)


def local(zone: str, text: str, fold: int = 0) -> datetime:
    return from_wall(zone, datetime.fromisoformat(text).replace(fold=fold))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hours", "start", "minutes", "due"),
    [
        pytest.param(TORONTO, OFFICE, "2026-11-20T16:30", 60, "2026-11-23T14:30", id="1-over-the-weekend"),
        pytest.param(TORONTO, OFFICE, "2026-11-20T17:00", 60, "2026-11-23T15:00", id="2-from-the-close"),
        pytest.param(TORONTO, OFFICE, "2026-11-22T08:00", 60, "2026-11-23T15:00", id="3-from-a-sunday"),
        pytest.param(
            "America/Vancouver", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T16:30", id="8-vancouver"
        ),
        pytest.param("America/Edmonton", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T15:30", id="8-edmonton"),
        pytest.param("America/Winnipeg", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T14:30", id="8-winnipeg"),
        pytest.param(
            "America/St_Johns", OFFICE, "2026-12-01T08:00", 60, "2026-12-01T13:30", id="9-half-hour"
        ),
        pytest.param(
            TORONTO, "Sun 02:30-06:00", "2027-03-14T00:00", 30, "2027-03-14T07:30", id="14-edge-in-gap"
        ),
        pytest.param(
            TORONTO,
            "Mon 08:00-12:00,13:30-18:00",
            "2026-11-23T12:30",
            60,
            "2026-11-23T19:30",
            id="15-at-lunch",
        ),
        pytest.param(
            TORONTO,
            "Mon 08:00-12:00,13:30-18:00",
            "2026-11-23T11:30",
            60,
            "2026-11-23T19:00",
            id="15-across-lunch",
        ),
        pytest.param(
            "America/Regina", OFFICE, "2026-07-06T16:30", 60, "2026-07-07T15:30", id="regina-summer"
        ),
        pytest.param(
            "America/Regina", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T15:30", id="regina-winter"
        ),
        pytest.param(
            "America/Phoenix", OFFICE, "2026-07-06T16:30", 60, "2026-07-07T16:30", id="phoenix-summer"
        ),
        pytest.param(
            "America/Phoenix", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T16:30", id="phoenix-winter"
        ),
        pytest.param("America/Boise", OFFICE, "2026-07-06T16:30", 60, "2026-07-07T15:30", id="boise-summer"),
        pytest.param("America/Boise", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T16:30", id="boise-winter"),
        pytest.param("America/Whitehorse", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T16:30", id="yukon"),
        pytest.param("America/Yellowknife", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T15:30", id="nwt"),
        pytest.param("America/Halifax", OFFICE, "2026-12-01T16:30", 60, "2026-12-02T13:30", id="atlantic"),
        pytest.param(TORONTO, OFFICE, "2026-11-20T16:00", 60, "2026-11-20T22:00", id="lands-on-the-close"),
        pytest.param(TORONTO, OFFICE, "2026-12-31T16:30", 60, "2027-01-01T14:30", id="over-new-year"),
        pytest.param(TORONTO, OFFICE, "2028-02-28T16:30", 480, "2028-02-29T21:30", id="29-february"),
    ],
)
def test_due_instants(zone: str, hours: str, start: str, minutes: int, due: str) -> None:
    assert add(calendar(zone, hours), local(zone, start), minutes * 60) == utc(due)


def test_vector_4_each_country_keeps_its_own_thanksgiving() -> None:
    new_york = calendar("America/New_York", holidays=seed_holidays(["US"], [2026]))
    toronto = calendar(holidays=seed_holidays(["CA-ON"], [2026]))
    start = local(TORONTO, "2026-11-25T16:00")
    assert add(new_york, start, timedelta(hours=4)) == local(TORONTO, "2026-11-27T12:00")
    assert add(toronto, start, timedelta(hours=4)) == local(TORONTO, "2026-11-26T12:00")


@pytest.mark.parametrize(
    ("start", "fold", "minutes", "due"),
    [
        pytest.param("2026-11-20T23:50", 0, 60, "2026-11-21T05:50", id="5-urgent-at-night"),
        pytest.param("2027-03-13T20:00", 0, 1440, "2027-03-15T01:00", id="6-spring-21:00-EDT"),
        pytest.param("2027-11-06T20:00", 0, 1440, "2027-11-08T00:00", id="6-autumn-19:00-EST"),
        pytest.param("2026-11-01T01:30", 0, 45, "2026-11-01T06:15", id="13-first-pass"),
        pytest.param("2026-11-01T01:30", 1, 45, "2026-11-01T07:15", id="13-second-pass"),
    ],
)
def test_elapsed_time_ignores_what_the_clocks_show(start: str, fold: int, minutes: int, due: str) -> None:
    assert add(always(), local(TORONTO, start, fold), minutes * 60) == utc(due)


@pytest.mark.parametrize(("day", "minutes"), [("2027-03-14", 1380), ("2027-11-07", 1500)])
def test_vector_7_a_round_the_clock_day_is_as_long_as_it_is(day: str, minutes: int) -> None:
    round_the_clock = calendar(hours="Mon-Sun 00:00-24:00")
    midnight = local(TORONTO, f"{day}T00:00")
    next_midnight = local(TORONTO, (datetime.fromisoformat(day) + timedelta(days=1)).isoformat())
    assert between(round_the_clock, midnight, next_midnight) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [
        ("Sun 00:00-06:00", 420),
        ("Sun 01:00-02:00", 120),
        ("Sun 01:00-01:30", 60),
        ("Sun 00:00-01:30,01:30-03:00", 240),
        ("Sun 00:00-24:00", 1500),
        ("Sun 03:00-06:00", 180),
    ],
)
def test_a_window_in_the_autumn_fold_covers_both_passes(hours: str, minutes: int) -> None:
    span = (utc("2026-10-31T12:00"), utc("2026-11-02T12:00"))
    assert between(calendar(hours=hours), *span) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("hours", "minutes"),
    [("Sun 02:00-03:00", 0), ("Sun 01:30-02:30", 30), ("Sun 02:30-06:00", 180), ("Sun 00:00-24:00", 1380)],
)
def test_a_window_in_the_spring_gap_loses_what_does_not_exist(hours: str, minutes: int) -> None:
    span = (utc("2027-03-13T12:00"), utc("2027-03-15T12:00"))
    assert between(calendar(hours=hours), *span) == timedelta(minutes=minutes)


def test_a_day_whose_midnight_is_skipped_opens_at_its_first_instant() -> None:
    havana = calendar("America/Havana", "Sun 00:00-02:00")
    assert next_open(havana, utc("2026-03-07T12:00")) == utc("2026-03-08T05:00")
    assert between(havana, utc("2026-03-07T12:00"), utc("2026-03-09T12:00")) == timedelta(hours=1)


def test_past_hours_are_counted_with_the_offset_of_their_own_season() -> None:
    office = calendar()
    assert is_open(office, utc("2026-07-06T13:30"))
    assert not is_open(office, utc("2026-12-07T13:30"))
    summer = between(office, utc("2026-07-06T13:00"), utc("2026-07-06T21:00"))
    winter = between(office, utc("2026-12-07T14:00"), utc("2026-12-07T22:00"))
    assert summer == winter == timedelta(hours=8)


def test_an_opening_instant_is_open_and_a_closing_one_is_not() -> None:
    office = calendar(hours="Mon-Sun 09:00-12:00,13:00-24:00")
    day = "2026-11-24T"
    shown = {
        hour: is_open(office, local(TORONTO, day + hour)) for hour in ("09:00", "12:00", "13:00", "23:59")
    }
    assert shown == {"09:00": True, "12:00": False, "13:00": True, "23:59": True}
    assert not is_open(office, local(TORONTO, "2026-11-25T00:00"))


def test_a_holiday_is_closed_all_day_and_no_other_day_is() -> None:
    office = calendar(
        hours="Mon-Sun 00:00-24:00", holidays=(Holiday(date(2026, 12, 25), "Christmas Day", "US"),)
    )
    hours = [
        is_open(office, local(TORONTO, f"2026-12-{when}"))
        for when in ("24T23:59", "25T00:00", "25T23:59", "26T00:00")
    ]
    assert hours == [True, False, False, True]
    span = (local(TORONTO, "2026-12-24T12:00"), local(TORONTO, "2026-12-26T12:00"))
    assert between(office, *span) == timedelta(hours=24)


def test_holidays_are_seeded_as_named_rows_of_known_regions() -> None:
    thanksgiving = Holiday(date(2026, 11, 26), "Thanksgiving Day", "US")
    assert thanksgiving in seed_holidays(["us"], [2026])
    assert date(2026, 11, 26) not in {row.date for row in seed_holidays(["CA-ON", "CA-QC"], [2026])}
    for unknown in ("CA-XX", "ATLANTIS", ""):
        with pytest.raises(CalendarError, match="no holidays known for region"):
            seed_holidays([unknown], [2026])


def test_next_open_is_now_when_open_and_the_next_opening_otherwise() -> None:
    office = calendar(holidays=(Holiday(date(2026, 11, 23), "Moving day", "hub"),))
    during = local(TORONTO, "2026-11-20T09:00")
    assert next_open(office, during) == during
    assert next_open(office, local(TORONTO, "2026-11-20T17:00")) == local(TORONTO, "2026-11-24T09:00")


def test_between_is_negative_backwards_and_nothing_out_of_hours() -> None:
    office = calendar()
    a, b = local(TORONTO, "2026-11-20T16:00"), local(TORONTO, "2026-11-23T10:00")
    assert between(office, a, b) == timedelta(hours=2)
    assert between(office, b, a) == -timedelta(hours=2)
    assert between(
        office, local(TORONTO, "2026-11-21T00:00"), local(TORONTO, "2026-11-22T23:00")
    ) == timedelta(0)


def test_excluded_days_make_a_due_instant_later_never_sooner() -> None:
    start = local(TORONTO, "2026-11-20T09:00")
    whole_week = calendar(hours="Mon-Sun 09:00-17:00")
    assert add(calendar(), start, timedelta(hours=24)) > add(whole_week, start, timedelta(hours=24))


@pytest.mark.parametrize(
    ("hours", "start", "days", "due"),
    [
        pytest.param(OFFICE, "2026-11-20T15:00", 1, "2026-11-23T15:00", id="same-hour-next-open-day"),
        pytest.param(OFFICE, "2026-11-20T09:00", 1, "2026-11-20T17:00", id="from-opening-to-close"),
        pytest.param(OFFICE, "2026-11-21T12:00", 2, "2026-11-24T17:00", id="from-a-closed-day"),
        pytest.param(OFFICE, "2026-11-20T17:00", 1, "2026-11-23T17:00", id="from-the-close"),
        pytest.param(OFFICE, "2026-12-24T15:00", 10, "2027-01-07T15:00", id="over-new-year"),
        pytest.param(
            "Mon-Thu 09:00-17:00 Fri 09:00-13:00", "2026-11-19T13:00", 1, "2026-11-20T11:00", id="short-day"
        ),
    ],
)
def test_a_business_day_is_the_opening_hours_of_one_date(hours: str, start: str, days: int, due: str) -> None:
    assert add_days(calendar(hours=hours), local(TORONTO, start), days) == local(TORONTO, due)


def test_openings_are_counted_and_found_across_years() -> None:
    office = calendar()
    start = local(TORONTO, "2026-12-30T12:00")
    assert nth_opening(office, start, 1) == local(TORONTO, "2026-12-31T09:00")
    assert nth_opening(office, start, 3) == local(TORONTO, "2027-01-04T09:00")
    assert openings_between(office, start, local(TORONTO, "2027-01-04T09:00")) == 3
    assert openings_between(office, start, start) == 0


@pytest.mark.parametrize(
    ("text", "monday", "sunday"),
    [
        ("Mon-Fri 09:00-17:00", ("09:00-17:00",), ()),
        ("Mon-Fri 08:00-12:00,13:30-18:00", ("08:00-12:00", "13:30-18:00"), ()),
        ("Mon-Sun 00:00-24:00", ("00:00-24:00",), ("00:00-24:00",)),
        ("mon,wed 9-17; Sunday 10:00-12:00", ("09:00-17:00",), ("10:00-12:00",)),
        ("Sat-Mon 13:00-14:00, 09:00-10:00", ("09:00-10:00", "13:00-14:00"), ("09:00-10:00", "13:00-14:00")),
    ],
)
def test_hours_are_read(text: str, monday: tuple[str, ...], sunday: tuple[str, ...]) -> None:
    week = parse_hours(text)
    assert tuple(map(str, week[0])) == monday
    assert tuple(map(str, week[6])) == sunday


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "hours are missing"),
        ("Mon-Fri", "hours are missing"),
        ("Mon 09:00-17:00 Tue", "hours are missing"),
        ("09:00-17:00", "name the days"),
        ("Mon-Fry 09:00-17:00", "no weekday"),
        ("Mo 09:00-17:00", "no weekday"),
        ("Mon 09:00", "needs two times"),
        ("Mon 17:00-09:00", "closes before it opens"),
        ("Mon 09:00-09:00", "closes before it opens"),
        ("Mon 09:00-24:30", "no time of day"),
        ("Mon 09:60-17:00", "no time of day"),
        ("Mon 9.30-17", "no time of day"),
        ("Mon 09:00-17:00,16:00-18:00", "overlap"),
        ("Mon-Fri 09:00-17:00; Wed 12:00-13:00", "Wed, 09:00-17:00 and 12:00-13:00 overlap"),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(CalendarError, match=says):
        parse_hours(text)


@pytest.mark.parametrize("key", ["America/Trontoo", "", "America", "../etc/passwd", "x" * 300, "EST5EDT\0"])
def test_a_zone_that_does_not_exist_is_refused(key: str) -> None:
    with pytest.raises(CalendarError, match="unknown time zone"):
        calendar(key)


def test_windows_are_checked_when_a_calendar_is_made() -> None:
    with pytest.raises(CalendarError, match="overlap"):
        Calendar("hub", TORONTO, ((Window(0, 600), Window(500, 700)),) * 7)
    with pytest.raises(CalendarError, match="7 needed"):
        Calendar("hub", TORONTO, ((Window(0, 600),),) * 5)
    with pytest.raises(CalendarError, match="outside the day"):
        Window(0, 1441)


def test_a_calendar_that_stays_closed_for_400_days_is_refused() -> None:
    first = date(2026, 1, 1)

    def closed(days: int) -> Calendar:
        return calendar(holidays=tuple(Holiday(first + timedelta(days=n)) for n in range(days)))

    assert validate(closed(380))
    assert validate(calendar())
    with pytest.raises(CalendarError, match="no open hour in 400 days"):
        validate(closed(420))
    with pytest.raises(CalendarError, match="no open hour"):
        validate(Calendar("hub", TORONTO, ((),) * 7))


def test_a_sum_over_a_calendar_that_never_opens_ends_with_an_error() -> None:
    never = Calendar("hub", TORONTO, ((),) * 7)
    start = utc("2026-11-20T12:00")
    with pytest.raises(CalendarError, match="no open hour in 400 days"):
        add(never, start, 60)
    with pytest.raises(CalendarError, match="no open hour in 400 days"):
        next_open(never, start)
    with pytest.raises(CalendarError, match="no open hour in 400 days"):
        add_days(never, start, 1)
    with pytest.raises(CalendarError, match="no open hour in 400 days"):
        nth_opening(never, start, 1)
    assert between(never, start, utc("2027-11-20T12:00")) == timedelta(0)


def test_a_sum_beyond_the_last_date_ends_with_an_error() -> None:
    with pytest.raises(CalendarError, match="leaves the years"):
        add(calendar(), utc("9995-01-01T00:00"), timedelta(days=3000))
    with pytest.raises(CalendarError, match="last date"):
        add(always(), utc("9999-01-01T00:00"), timedelta(days=3000))


@pytest.mark.parametrize("place", [0, 1])
def test_naive_instants_are_refused(place: int) -> None:
    office, aware = calendar(), utc("2026-11-20T16:30")
    naive = aware.replace(tzinfo=None)
    a, b = (naive, aware) if place == 0 else (aware, naive)
    with pytest.raises(ValueError, match="no time zone"):
        between(office, a, b)
    with pytest.raises(ValueError, match="no time zone"):
        add(office, naive, 60)
    with pytest.raises(ValueError, match="no time zone"):
        next_open(always(), naive)
    with pytest.raises(ValueError, match="no time zone"):
        is_open(office, naive)


def test_amounts_that_make_no_sense_are_refused() -> None:
    office, start = calendar(), utc("2026-11-20T16:30")
    with pytest.raises(ValueError, match="negative duration"):
        add(office, start, -1)
    with pytest.raises(ValueError, match="at least one"):
        add_days(office, start, 0)
    with pytest.raises(ValueError, match="counted from 1"):
        nth_opening(office, start, 0)
    with pytest.raises(ValueError, match="no zone of its own"):
        from_wall(TORONTO, start)


def test_a_wall_time_that_is_skipped_is_the_first_instant_after_it() -> None:
    assert local(TORONTO, "2027-03-14T02:30") == utc("2027-03-14T07:00")
    assert local(TORONTO, "2027-11-07T01:30") == utc("2027-11-07T05:30")
    assert local(TORONTO, "2027-11-07T01:30", fold=1) == utc("2027-11-07T06:30")


def test_fresh_zone_data_has_no_faults() -> None:
    assert check_zone_data() == ()


def test_stale_or_broken_zone_data_is_told_zone_by_zone(tmp_path: Path) -> None:
    # A host whose Vancouver still follows the old rule, as Los Angeles does, and whose Winnipeg is damaged.
    office = calendar("America/Vancouver")
    start = utc("2026-12-01T23:30")
    packaged = importlib.resources.files("tzdata") / "zoneinfo" / "America"
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "Vancouver").write_bytes((packaged / "Los_Angeles").read_bytes())
    (tmp_path / "America" / "Winnipeg").write_bytes(b"not a zone file")
    zoneinfo.reset_tzpath([str(tmp_path)])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        vancouver, winnipeg = check_zone_data()
        stale = add(office, start, 3600)
    finally:
        force_packaged_zones()
    assert "America/Vancouver is -08:00 on 2026-12-01 and should be -07:00" in vancouver
    assert "America/Winnipeg cannot be read" in winnipeg
    assert stale == utc("2026-12-02T00:30")
    assert add(office, start, 3600) == utc("2026-12-02T16:30")
