"""Count time only while somebody is at work: calendars, zones, and sums over opening hours.

Instants go in and come out aware; what comes out is UTC. A duration is always the difference of two UTC
instants, so an hour is an hour on the nights the clocks change.

An instant is open when the wall clock of the calendar's zone shows a time inside one of that weekday's
windows, and the date is no holiday. That one rule gives the spring gap (the window opens at the first
instant that exists) and the autumn fold (both passes of a repeated hour count).
"""

from escalation.business_hours.calendars import (
    Calendar,
    Holiday,
    Week,
    Window,
    always,
    hours_text,
    parse_hours,
    validate,
)
from escalation.business_hours.sums import (
    add,
    add_days,
    between,
    is_open,
    next_open,
    nth_opening,
    openings_between,
    spans,
)
from escalation.business_hours.zones import (
    CalendarError,
    check_zone_data,
    force_packaged_zones,
    from_wall,
    parse_instant,
    zone_of,
)

__all__ = [
    "Calendar",
    "CalendarError",
    "Holiday",
    "Week",
    "Window",
    "add",
    "add_days",
    "always",
    "between",
    "check_zone_data",
    "force_packaged_zones",
    "from_wall",
    "hours_text",
    "is_open",
    "next_open",
    "nth_opening",
    "openings_between",
    "parse_hours",
    "parse_instant",
    "spans",
    "validate",
    "zone_of",
]
