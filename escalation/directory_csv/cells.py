"""Cells to values, each checked. Pure: a fault is a CellError with words for whoever wrote the file."""

import datetime as dt
import difflib
import re
import zoneinfo
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final, TypeVar

from escalation.availability import parse_absence, parse_week
from escalation.business_hours import Calendar, CalendarError, hours_text, parse_hours, zone_of
from escalation.directory_csv.plan import Fault
from escalation.directory_csv.sheet import Row, as_text
from escalation.tables import RoleName

T = TypeVar("T")
CLEAR: Final = "-"
_PARTS = re.compile(r"[,;|/\s]+")
_EMAIL = re.compile(r"[^\s@\"(),:;<>\[\\\]]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_SLACK = re.compile(r"([TE][A-Z0-9]{1,30})/([UW][A-Z0-9]{1,30})")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REGION = re.compile(r"(?:([A-Z]{2})-)?([A-Z0-9]{1,3})")
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "vrai"})
_NO: Final = frozenset({"no", "n", "false", "0", "non", "faux", CLEAR})
_LANGUAGES: Final = {"english": "en", "anglais": "en", "french": "fr", "français": "fr", "francais": "fr"}


class CellError(ValueError):
    """A cell can't be taken; the text says why."""


class Cells:
    """One row's cells, read one by one; what is wrong is added to `faults`, and the reading goes on."""

    def __init__(self, row: Row, faults: list[Fault]) -> None:
        self._row = row
        self._faults = faults

    def read(self, name: str, parse: Callable[[str], T], *, cleared: T | None = None) -> T | None:
        """Return a cell's value, `cleared` for "-", or None for an empty cell or a fault."""
        cell = self._row.cells.get(name)
        if cell is None or cell == CLEAR:
            return None if cell is None else cleared
        try:
            return parse(as_text(cell))
        except CellError as error:
            self._faults.append(Fault(self._row.line, f"{name}: {error}"))
            return None


def words(limit: int) -> Callable[[str], str]:
    """Return a parser for free text of at most `limit` characters."""

    def parse(cell: str) -> str:
        if len(cell) > limit:
            raise CellError(f"has {len(cell)} characters; the limit is {limit}")
        return cell

    return parse


def email(cell: str) -> str:
    """Return a mail address in lower case."""
    if len(cell) > 320 or not _EMAIL.fullmatch(cell):
        raise CellError(f"{cell[:60]!r} is not an email address")
    return cell.lower()


def slack(cell: str) -> tuple[str, str]:
    """Return workspace and user of a Slack identity."""
    match = _SLACK.fullmatch(cell.upper())
    if not match:
        raise CellError(f"{cell[:60]!r} is not in the form WORKSPACE/USER, such as T0123ABCD/U0456EFGH")
    return match[1], match[2]


def roles(cell: str) -> tuple[RoleName, ...]:
    """Return the roles in a cell."""
    found = []
    for part in parts(cell):
        if part not in {role.value for role in RoleName}:
            raise CellError(f"unknown role {part[:40]!r}{_near(part, [role.value for role in RoleName])}")
        found.append(RoleName(part))
    return tuple(dict.fromkeys(found))


def slug(cell: str) -> str:
    """Return a city's or topic's short name."""
    if len(cell) > 80 or not _SLUG.fullmatch(cell.lower()):
        raise CellError(f"{cell[:60]!r} may have only the letters a to z, digits and hyphens")
    return cell.lower()


def slugs(cell: str) -> tuple[str, ...]:
    """Return the short names in a cell."""
    return tuple(dict.fromkeys(slug(part) for part in parts(cell)))


def country(cell: str) -> str:
    """Return a two-letter country code."""
    if not (len(cell) == 2 and cell.isascii() and cell.isalpha()):
        raise CellError(f"{cell[:40]!r} is not a code of two letters, such as US or CA")
    return cell.upper()


def region(cell: str) -> str:
    """Return a state or province as US-ID, or ID when the country is not said."""
    if not _REGION.fullmatch(cell.upper()):
        raise CellError(f"{cell[:40]!r} is not a state or province, such as US-ID or CA-QC")
    return cell.upper()


def zone(cell: str) -> str:
    """Return an IANA zone. One that never changes its clocks by a rule, such as EST, is a mistake."""
    named = _zones().get(cell.casefold(), cell)
    if "/" not in named:
        raise CellError(f"{cell[:40]!r} is not a time zone with a place in it; write it like America/Toronto")
    try:
        zone_of(named)
    except CalendarError:
        raise CellError(f"unknown time zone {cell[:40]!r}{_near(cell, _zones().values())}") from None
    return named


def language(cell: str) -> str:
    """Return a language that the desk writes in."""
    code = _language(cell)
    if code not in {"en", "fr"}:
        raise CellError(f"{cell[:40]!r} is not a language the desk writes in: en or fr")
    return code


def languages(cell: str) -> tuple[str, ...]:
    """Return the codes of the languages somebody speaks."""
    codes = [_language(part) for part in parts(cell)]
    for code in codes:
        if not (len(code) in {2, 3} and code.isascii() and code.isalpha()):
            raise CellError(f"{code[:40]!r} is not a language code, such as en, fr or es")
    return tuple(dict.fromkeys(codes))


def yes_no(cell: str) -> bool:
    """Return whether a cell says yes."""
    word = cell.casefold()
    if word not in _YES | _NO:
        raise CellError(f"{cell[:40]!r} is neither yes nor no")
    return word in _YES


def phone(cell: str) -> str:
    """Return a line that can be dialled from anywhere: ten digits, as written."""
    digits = re.sub(r"\D", "", cell)
    if len(cell) > 40 or len(digits.removeprefix("1")) != 10 or re.search(r"[^\d\s().+-]", cell):
        raise CellError(f"{cell[:40]!r} is not a ten-digit line, such as 208-555-0142")
    return cell


def date(cell: str) -> dt.date:
    """Return a date."""
    try:
        return dt.date.fromisoformat(cell)
    except ValueError:
        raise CellError(f"{cell[:40]!r} is not a date, such as 2026-11-23") from None


def levelled(cell: str) -> tuple[str, ...]:
    """Return topics, each with the expert's level if it is said: doxing:3."""
    found: dict[str, str] = {}
    for part in parts(cell):
        name, colon, level = part.partition(":")
        if colon and level not in {"1", "2", "3"}:
            raise CellError(f"{part[:60]!r}: a level is 1, 2 or 3, such as doxing:3")
        found[slug(name)] = f":{int(level)}" if level else ""
    return tuple(f"{name}{level}" for name, level in found.items())


def regions(cell: str) -> tuple[str, ...]:
    """Return countries, states and provinces: US, CA-QC."""
    found = []
    for part in parts(cell):
        code = part.upper()
        if not re.fullmatch(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", code):
            raise CellError(f"{part[:40]!r} is not a country, state or province, such as US or CA-QC")
        found.append(code)
    return tuple(dict.fromkeys(found))


def count(cell: str) -> int:
    """Return how many cases somebody takes at once."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= 3):
        raise CellError(f"{cell[:40]!r} is not a number of cases, such as 10")
    return int(cell)


def hours(cell: str) -> str:
    """Return working hours as a policy writes them."""
    try:
        week = parse_hours(cell)
        Calendar("own hours", "UTC", week)
    except CalendarError as error:
        raise CellError(str(error).removeprefix("calendar own hours: ")) from None
    return hours_text(week)


def weeks(cell: str) -> tuple[str, ...]:
    """Return on-call weeks by their Mondays; any day of a week names it."""
    return tuple(sorted({_day(parse_week, part).isoformat() for part in re.split(r"[,;\s]+", cell) if part}))


def absences(cell: str) -> tuple[str, ...]:
    """Return days away, each a date or two: 2026-12-21/2027-01-03."""
    found = {str(_day(parse_absence, part)) for part in re.split(r"[,;\s]+", cell) if part}
    return tuple(sorted(found))


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return the words for a name that is not among the known ones."""
    return f"there is no {what} {name[:60]!r}{_near(name, known)}"


def _day(parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise CellError(str(error)) from None


def _language(cell: str) -> str:
    code = cell.casefold()
    return _LANGUAGES.get(code, code.partition("-")[0])


def parts(cell: str) -> list[str]:
    """Return the words of a cell that holds several."""
    return [part.lower() for part in _PARTS.split(cell) if part]


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f": did you mean {near[0]}?" if near else ""


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones()}
