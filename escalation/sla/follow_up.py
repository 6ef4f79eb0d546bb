"""When somebody looks in again after a crisis: the days of a plan as instants. Pure."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from escalation.business_hours import Calendar, add, from_wall, is_open, zone_of

MORNING = time(9, 0)
_LATEST = time(17, 0)
_QUARTER = 15


def plan(
    calendar: Calendar, zone: str, accepted_at: datetime, days: Sequence[int], *, high_risk: bool
) -> tuple[datetime, ...]:
    """Return one instant for each day of the plan, counted in the official's own dates.

    The hour is that of acceptance, kept between 9:00 and 17:00 on the official's clock. At high risk weekends
    and holidays count like any day; else what falls on a closed day moves to 9:00 of the next open one.
    """
    local = accepted_at.astimezone(zone_of(zone))
    hour = _hour(local)
    found = []
    for day in days:
        date = local.date() + timedelta(days=day)
        at = from_wall(zone, datetime.combine(date, hour))
        noon = from_wall(zone, datetime.combine(date, time(12)))
        if not high_risk and not is_open(calendar, noon) and not is_open(calendar, at):
            opening = add(calendar, noon, 0).astimezone(zone_of(zone))
            at = from_wall(zone, datetime.combine(opening.date(), MORNING))
        found.append(at)
    return tuple(found)


def _hour(local: datetime) -> time:
    minutes = -(-(local.hour * 60 + local.minute) // _QUARTER) * _QUARTER
    hour = time(minutes // 60 % 24, minutes % 60) if minutes < 24 * 60 else _LATEST
    return min(max(hour, MORNING), _LATEST)
