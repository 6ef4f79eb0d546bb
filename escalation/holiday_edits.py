"""Holidays of a policy's calendar added, removed and seeded: a policy in, an edited one out. Pure."""

import re
from dataclasses import replace
from datetime import date

from escalation.business_hours import Calendar, CalendarError, Holiday, validate
from escalation.holiday_seed import seed_holidays
from escalation.sla import Policy

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_MOST_YEARS = 30


def edit_holidays(
    policy: Policy,
    calendar: str,
    *,
    add: str | None = None,
    name: str = "",
    region: str = "",
    remove: str | None = None,
    seed: str | None = None,
) -> Policy:
    """Return the policy with its calendar's holidays edited; the same policy when nothing is asked or changes.

    Raises CalendarError in words for dates that don't exist, a calendar that is not there, a region not known.
    """
    chosen = next((known for known in policy.calendars if known.name == calendar), None)
    if chosen is None:
        names = ", ".join(known.name for known in policy.calendars)
        raise CalendarError(f"there is no calendar named {calendar!r}; the policy has {names}")
    rows = set(chosen.holidays)
    if add is not None:
        rows.add(Holiday(_date(add), name.strip(), region.strip()))
    if seed is not None:
        if not region.strip():
            raise CalendarError("say whose holidays: --region US or CA-ON")
        rows |= set(seed_holidays([region], _years(seed)))
    if remove is not None:
        day = _date(remove)
        gone = {row for row in rows if row.date == day and region.strip() in ("", row.region)}
        if not gone:
            raise CalendarError(f"{calendar} is not closed on {day.isoformat()}")
        rows -= gone
    if rows == set(chosen.holidays):
        return policy
    edited = validate(Calendar(chosen.name, chosen.zone, chosen.windows, tuple(rows)))
    return replace(
        policy, calendars=tuple(edited if known is chosen else known for known in policy.calendars)
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise CalendarError(f"{text!r} is no date there is; write it like 2026-12-24") from None


def _years(text: str) -> range:
    found = _YEARS.fullmatch(text.strip())
    if found is None:
        raise CalendarError(f"{text!r} are no years; write 2032 or 2032-2036")
    first, last = int(found[1]), int(found[2] or found[1])
    if not first <= last < first + _MOST_YEARS:
        raise CalendarError(f"{text!r}: at most {_MOST_YEARS} years, the first before the last")
    return range(first, last + 1)
