"""The days of a follow-up plan as instants, on the official's own clock."""

from datetime import datetime

import pytest

from escalation.business_hours import Calendar, from_wall, parse_hours, zone_of
from escalation.holiday_seed import seed_holidays
from escalation.sla.follow_up import plan

DAYS = (1, 3, 7, 14, 30)


def planned(
    zone: str, accepted: str, *, high_risk: bool, days: tuple[int, ...] = DAYS, region: str = "CA-ON"
) -> list[str]:
    calendar = Calendar(
        "hub", zone, parse_hours("Mon-Fri 09:00-20:00"), seed_holidays([region], [2026, 2027])
    )
    accepted_at = from_wall(zone, datetime.fromisoformat(accepted))
    found = plan(calendar, zone, accepted_at, days, high_risk=high_risk)
    return [f"{at.astimezone(zone_of(zone)):%a %m-%d %H:%M}" for at in found]


@pytest.mark.parametrize(
    ("high_risk", "expected"),
    [
        (
            True,
            ["Thu 11-26 10:00", "Sat 11-28 10:00", "Wed 12-02 10:00", "Wed 12-09 10:00", "Fri 12-25 10:00"],
        ),
        (
            False,
            ["Thu 11-26 10:00", "Mon 11-30 09:00", "Wed 12-02 10:00", "Wed 12-09 10:00", "Tue 12-29 09:00"],
        ),
    ],
)
def test_weekends_and_holidays_count_at_high_risk_only(high_risk: bool, expected: list[str]) -> None:
    assert planned("America/Toronto", "2026-11-25T10:00", high_risk=high_risk) == expected


def test_nobody_is_called_at_the_hour_the_night_began() -> None:
    assert planned("America/Toronto", "2026-11-25T23:50", high_risk=True, days=(1,)) == ["Thu 11-26 17:00"]
    assert planned("America/Toronto", "2026-11-25T04:10", high_risk=True, days=(1,)) == ["Thu 11-26 09:00"]
    assert planned("America/Toronto", "2026-11-25T10:01", high_risk=True, days=(1,)) == ["Thu 11-26 10:15"]


def test_days_are_the_officials_own_and_keep_their_hour_when_clocks_change() -> None:
    assert planned("America/Vancouver", "2026-10-31T21:30", high_risk=True, days=(1, 3)) == [
        "Sun 11-01 17:00",
        "Tue 11-03 17:00",
    ]
    assert planned("America/Toronto", "2027-03-13T14:00", high_risk=True, days=(1,)) == ["Sun 03-14 14:00"]
