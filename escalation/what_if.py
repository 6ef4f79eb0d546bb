"""Answer "when would it be due?" for a calendar that somebody writes down. Pure; texts in, instants out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from escalation.business_hours import (
    Calendar,
    CalendarError,
    Holiday,
    always,
    parse_hours,
    parse_instant,
    validate,
    zone_of,
)
from escalation.holiday_seed import seed_holidays
from escalation.sla.points import PERCENTS, Interval, Point, points

LONGEST_MINUTES = 3650 * 24 * 60
YEARS = range(1970, 2200)
_TO = ".."
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Question:
    """One what-if, read and checked: so much of the calendar's time from `start`, outside the pauses."""

    zone: str
    hours: str
    holidays: tuple[str, ...]
    start: datetime
    amount: timedelta
    pauses: tuple[Interval, ...]
    elapsed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """When it is due, and the reminder points before: 50, 75, 90 and 100 %, in the zone that was asked for."""

    start: datetime
    due: datetime
    points: tuple[Point, ...]


def read_question(
    *,
    zone: str,
    hours: str,
    holidays: Iterable[str],
    start: str,
    minutes: str,
    pauses: Iterable[str],
    elapsed: bool,
) -> Question:
    """Read a question as people write it. Raises CalendarError, in one line, for whatever makes no sense."""
    zone_of(zone)
    parse_hours(hours)
    return Question(
        zone=zone,
        hours=hours,
        holidays=tuple(filter(None, (part.strip() for given in holidays for part in given.split(",")))),
        start=_instant("start", start, zone),
        amount=parse_minutes(minutes),
        pauses=tuple(parse_pause(pause, zone) for pause in pauses),
        elapsed=elapsed,
    )


def answer(question: Question) -> Answer:
    """Return when it would be due. Raises CalendarError when the calendar stays closed or has no such holidays."""
    first = question.start.year - 1
    last = max([question.start.year, *(p.end.year for p in question.pauses if p.end)]) + 1
    while True:
        # Holidays are known year by year: seed until the answer lies within the years that were looked at.
        calendar = _calendar(question, range(first, min(last, MAXYEAR) + 1))
        found = points(
            always() if question.elapsed else calendar, question.start, question.amount, question.pauses
        )
        due_year = found[-1].at.year
        if due_year < last or not question.holidays:
            break
        last = due_year + 1
    zone = zone_of(question.zone)
    local = [Point(point.name, point.at.astimezone(zone)) for point in found]
    marks = [Point(str(p), point.at) for p, point in zip((*PERCENTS, 100), local, strict=True)]
    return Answer(question.start.astimezone(zone), local[-1].at, tuple(marks))


def parse_minutes(text: str) -> timedelta:
    """Read a number of minutes, whole or with a decimal point. Raises CalendarError for what is none."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise CalendarError(f"minutes: {text!r} is no number; write it like 60") from None
    if not number.is_finite():
        raise CalendarError(f"minutes: {text!r} is no number; write it like 60")
    if number < 0:
        raise CalendarError(f"minutes: {text.strip()} is negative; a target takes time")
    if number > LONGEST_MINUTES:
        raise CalendarError(f"minutes: {text.strip()} is longer than ten years")
    return timedelta(microseconds=int(number * 60_000_000))


def parse_pause(text: str, zone: str) -> Interval:
    """Read FROM..TO. Raises CalendarError when it is no pause or ends before it begins."""
    begin, dots, end = text.partition(_TO)
    if not dots or not begin.strip() or not end.strip():
        raise CalendarError(f"pause {text!r}: write it as FROM..TO, as in 2026-11-23T10:00..2026-11-24T12:00")
    pause = Interval(_instant("pause", begin, zone), _instant("pause", end, zone))
    if pause.end is not None and pause.end < pause.start:
        raise CalendarError(f"pause {text!r} ends before it begins")
    return pause


def _instant(what: str, text: str, zone: str) -> datetime:
    try:
        found = parse_instant(text, zone)
    except CalendarError as error:
        raise CalendarError(f"{what}: {error}") from None
    if found.year not in YEARS:
        raise CalendarError(f"{what}: {text.strip()!r} must lie between {YEARS.start} and {YEARS.stop - 1}")
    return found


def _calendar(question: Question, years: Sequence[int]) -> Calendar:
    regions = [given for given in question.holidays if not _ISO_DATE.match(given)]
    own = [day for given in question.holidays if _ISO_DATE.match(given) for day in _closed_days(given)]
    rows = (*seed_holidays(regions, years), *(Holiday(day) for day in own))
    return validate(Calendar("asked for", question.zone, parse_hours(question.hours), rows))


def _closed_days(text: str) -> list[date]:
    """Read one closed date, or the dates FROM..TO, both included."""
    begin, dots, end = text.partition(_TO)
    try:
        first = date.fromisoformat(begin.strip())
        last = date.fromisoformat(end.strip()) if dots else first
    except ValueError:
        raise CalendarError(
            f"holidays: {text!r} names no date there is; write a region (US, CA-ON) or 2026-12-24"
        ) from None
    if last < first:
        raise CalendarError(f"holidays: {text!r} ends before it begins")
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
