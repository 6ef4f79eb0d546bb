"""When an expert is there: absences, hours of their own, on-call weeks."""

from datetime import UTC, date, datetime

import pytest

from escalation.availability import Absence, Availability, parse_absence, parse_week
from escalation.business_hours import Calendar, parse_hours

HUB = Calendar("hub", "America/Toronto", parse_hours("Mon-Fri 09:00-20:00"))
VANCOUVER = Availability("America/Vancouver", hours=parse_hours("Mon-Fri 08:00-16:00"))
MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 12:00 in Toronto, 10:00 in Vancouver (UTC-7)


def test_own_hours_count_on_the_experts_own_clock() -> None:
    assert VANCOUVER.working(MONDAY, HUB)
    assert not VANCOUVER.working(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), HUB)  # 16:30 there
    assert VANCOUVER.next_working(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), HUB) == datetime(
        2026, 11, 24, 15, 0, tzinfo=UTC
    )


def test_without_hours_of_their_own_they_keep_the_hubs() -> None:
    anybody = Availability("America/Vancouver")
    assert anybody.working(MONDAY, HUB)
    assert not anybody.working(datetime(2026, 11, 28, 17, 0, tzinfo=UTC), HUB)  # Saturday


def test_an_on_call_week_has_every_hour_from_its_monday() -> None:
    night = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)  # Sunday 01:00 in Vancouver
    on_call = Availability("America/Vancouver", on_call=frozenset({date(2026, 11, 23)}))
    assert on_call.working(night, HUB)
    assert not on_call.working(datetime(2026, 11, 30, 8, 0, tzinfo=UTC), HUB)  # the Monday after, 01:00
    assert parse_week("2026-11-29") == date(2026, 11, 23)


def test_days_away_are_the_experts_own_days_and_both_ends_count() -> None:
    away = Availability("America/Vancouver", away=(Absence(date(2026, 11, 23), date(2026, 11, 24)),))
    assert away.there(datetime(2026, 11, 23, 6, 59, tzinfo=UTC))  # still Sunday there
    assert away.away_until(datetime(2026, 11, 23, 7, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert not away.there(datetime(2026, 11, 25, 6, 59, tzinfo=UTC))
    assert away.there(datetime(2026, 11, 25, 7, 0, tzinfo=UTC))
    assert away.next_working(MONDAY, HUB) == datetime(2026, 11, 25, 14, 0, tzinfo=UTC)  # hub opens 09:00


def test_absences_that_touch_are_one() -> None:
    away = Availability(
        "America/Toronto",
        away=(
            Absence(date(2026, 11, 25), date(2026, 11, 27)),
            Absence(date(2026, 11, 20), date(2026, 11, 24)),
        ),
    )
    assert away.away_until(MONDAY) == date(2026, 11, 27)


def test_somebody_off_duty_is_never_at_work() -> None:
    assert Availability("America/Toronto", on_duty=False).next_working(MONDAY, HUB) is None


@pytest.mark.parametrize("text", ["2026-02-29", "2026-12-01/2026-11-01", "next week", "2026-11-01/soon"])
def test_dates_that_are_none_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a date|ends before"):
        parse_absence(text)
