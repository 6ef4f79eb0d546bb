"""Policies as TOML: what an admin writes is read into a Policy that can be trusted, or refused in words."""

import importlib.resources
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from escalation.business_hours import Calendar, CalendarError, Holiday, parse_hours, validate
from escalation.sla.kinds import Priority
from escalation.sla.policy import (
    ELAPSED,
    EVERYONE,
    LONGEST_WAIT,
    MOST_REPEATS,
    REQUESTER,
    Cover,
    Duration,
    Plan,
    Policy,
    Rule,
    Step,
    parse_duration,
)

LONGEST_PLAN_DAYS = 365
_STAND_IN = Duration(timedelta(hours=1))


class PolicyError(ValueError):
    """A policy that cannot be used. `faults` has one plain sentence for each thing to mend."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


def default_policy() -> Policy:
    """Return the policy a new hub starts with."""
    return load_policy(default_policy_text())


def default_policy_text() -> str:
    """Return the policy a new hub starts with, as its admins may edit it."""
    source = importlib.resources.files("escalation").joinpath("policies", "default.toml")
    return source.read_text(encoding="utf-8")


def load_policy(toml_text: str, calendars: Iterable[Calendar] = ()) -> Policy:
    """Return the policy this TOML describes; `calendars` replace those of the same name in it.

    Raises PolicyError with every fault that was found.
    """
    try:
        table = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([f"this is not TOML: {error}"]) from error
    faults: list[str] = []
    top = _Table("", table, faults)
    known = _calendars(top, calendars)
    hub = top.text("hub")
    if hub and hub not in known:
        top.fault("hub", f"there is no calendar named {hub!r}")
    policy = Policy(
        name=top.text("name"),
        hub=hub,
        rules=_rules(top, set(known)),
        calendars=tuple(calendar for calendar in known.values() if calendar is not None),
        out_of_hours=_cover(top),
        reopen_within=_elapsed(top.duration("reopen_within") or Duration(days=14)),
        next_response_waits_for_third_party=top.flag("next_response_waits_for_third_party"),
        names_shown=top.flag("names_shown"),
        fallback=top.text("fallback", default=EVERYONE),
        follow_up=_plan(top),
    )
    top.finish()
    if faults:
        raise PolicyError(faults)
    return policy


class _Table:
    """One TOML table being read. A wrong value becomes a fault, and a harmless stand-in is read instead."""

    def __init__(self, path: str, values: dict[str, object], faults: list[str]) -> None:
        self._path = path
        self._values = dict(values)
        self._faults = faults

    def fault(self, key: str, message: str) -> None:
        self._faults.append(f"{self._where(key)}: {message}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self._values.pop(key, default)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.fault(key, "a text is needed here" if value is not None else "this is missing")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.pop(key, None)
        if isinstance(value, list) and value and all(isinstance(v, str) and v.strip() for v in value):
            return tuple(v.strip() for v in value)
        self.fault(key, 'a list of texts is needed here, as in ["pager", "email"]')
        return ()

    def numbers(self, key: str, most: int) -> tuple[int, ...]:
        value = self._values.pop(key, [])
        if isinstance(value, list) and all(type(v) is int and 1 <= v <= most for v in value):
            numbers = tuple(int(v) for v in value)
            if list(numbers) == sorted(set(numbers)):
                return numbers
        self.fault(key, f"rising whole numbers from 1 to {most} are needed here, as in [1, 3, 7]")
        return ()

    def number(self, key: str, default: int, most: int) -> int:
        value = self._values.pop(key, default)
        if type(value) is int and 1 <= value <= most:
            return value
        self.fault(key, f"a whole number from 1 to {most} is needed here")
        return default

    def flag(self, key: str) -> bool:
        value = self._values.pop(key, False)
        if not isinstance(value, bool):
            self.fault(key, "write true or false")
        return value is True

    def duration(self, key: str) -> Duration | None:
        return self._read_duration(key, self._values.pop(key)) if key in self._values else None

    def needed_duration(self, key: str) -> Duration:
        if key not in self._values:
            self.fault(key, "this is missing; write a time such as 4 h")
        return self.duration(key) or _STAND_IN

    def durations(self, key: str) -> tuple[Duration, ...]:
        value = self._values.pop(key, [])
        steps = value if isinstance(value, list) else [value]
        return tuple(self._read_duration(key, step) for step in steps)

    def tables(self, key: str) -> dict[str, "_Table"]:
        value = self._values.pop(key, {})
        if isinstance(value, dict) and all(isinstance(v, dict) for v in value.values()):
            return {name: _Table(self._where(f"{key}.{name}"), v, self._faults) for name, v in value.items()}
        self.fault(key, "tables are needed here")
        return {}

    def list_of_tables(self, key: str) -> tuple["_Table", ...]:
        value = self._values.pop(key, [])
        if isinstance(value, list) and all(isinstance(v, dict) for v in value):
            where = self._where(key)
            return tuple(_Table(f"{where}.{number}", v, self._faults) for number, v in enumerate(value, 1))
        self.fault(key, f"steps are needed here, each below a line [[{self._where(key)}]]")
        return ()

    def table(self, key: str) -> "_Table | None":
        value = self._values.pop(key, None)
        if isinstance(value, dict):
            return _Table(self._where(key), value, self._faults)
        if value is not None:
            self.fault(key, "a table is needed here")
        return None

    def holidays(self, key: str) -> tuple[Holiday, ...]:
        rows = self._values.pop(key, [])
        if not isinstance(rows, list):
            self.fault(key, "a list of dated rows is needed here")
            return ()
        found = []
        for number, row in enumerate(rows, 1):
            day = row.get("date") if isinstance(row, dict) else None
            if (
                not isinstance(day, date)
                or isinstance(day, datetime)
                or row.keys() - {"date", "name", "region"}
            ):
                self.fault(
                    key, f'row {number} must be like {{ date = 2026-07-01, name = "...", region = "CA" }}'
                )
            else:
                found.append(Holiday(day, str(row.get("name", "")), str(row.get("region", ""))))
        return tuple(found)

    def finish(self) -> None:
        """Call every value that nobody read a fault: a misspelt key must not pass for a setting."""
        for key in self._values:
            self.fault(key, "this is not a setting of a policy")

    def _read_duration(self, key: str, value: object) -> Duration:
        try:
            return parse_duration(str(value))
        except ValueError as error:
            self.fault(key, str(error))
            return _STAND_IN

    def _where(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def _calendars(top: _Table, given: Iterable[Calendar]) -> dict[str, Calendar | None]:
    """Return the calendars by name; None stands for one whose fault is already told."""
    replaced = {calendar.name: calendar for calendar in given}
    found: dict[str, Calendar | None] = {}
    for name, table in top.tables("calendars").items():
        found[name] = replaced[name] if name in replaced else _calendar(name, table)
    found |= replaced
    for name, calendar in found.items():
        try:
            found[name] = calendar and validate(calendar)
        except CalendarError as error:
            top.fault(f"calendars.{name}", str(error))
    for reserved in {ELAPSED, REQUESTER} & found.keys():
        top.fault(f"calendars.{reserved}", "this name is taken; choose another")
    return found


def _calendar(name: str, table: _Table) -> Calendar | None:
    zone, hours, holidays = table.text("zone"), table.text("hours"), table.holidays("holidays")
    table.finish()
    if not (zone and hours):
        return None
    try:
        return Calendar(name, zone, parse_hours(hours), holidays)
    except CalendarError as error:
        table.fault("hours" if "hours" in str(error) else "zone", str(error))
        return None


def _rules(top: _Table, calendars: set[str]) -> tuple[Rule, ...]:
    tables = top.tables("priorities")
    for name in sorted(tables.keys() - set(Priority)):
        top.fault(f"priorities.{name}", f"there is no such priority; use {', '.join(Priority)}")
    for priority in Priority:
        if priority not in tables:
            top.fault(f"priorities.{priority}", "this is missing")
    return tuple(_rule(priority, tables[priority], calendars) for priority in Priority if priority in tables)


def _rule(priority: Priority, table: _Table, calendars: set[str]) -> Rule:
    rule = Rule(
        priority=priority,
        meaning=table.text("meaning"),
        calendar=table.text("calendar"),
        acknowledge=table.needed_duration("acknowledge"),
        first_response=table.needed_duration("first_response"),
        next_response=table.needed_duration("next_response"),
        repeat=table.needed_duration("repeat"),
        update=table.durations("update"),
        resolution=table.duration("resolution"),
        rearm=table.duration("rearm"),
        silence=table.duration("silence"),
        chain=tuple(_step(step) for step in table.list_of_tables("chain")),
    )
    if priority.urgent and rule.calendar != ELAPSED:
        table.fault("calendar", f'{priority} always runs on elapsed time; write calendar = "{ELAPSED}"')
    elif rule.calendar and rule.calendar not in {ELAPSED, REQUESTER, *calendars}:
        table.fault("calendar", f"there is no calendar named {rule.calendar!r}")
    if rule.repeat.days > 1:
        table.fault("repeat", "once per business day (1 day) is the slowest a reminder may repeat")
    if rule.repeat.days and rule.calendar == ELAPSED:
        table.fault("repeat", "elapsed time has no business days; write a time such as 30 min")
    table.finish()
    return rule


def _step(table: _Table) -> Step:
    wait, notify = table.needed_duration("wait"), table.text("notify")
    repeat = table.number("repeat", 1, MOST_REPEATS)
    table.finish()
    if wait.days:
        table.fault("wait", "a step waits elapsed time; write it like 5 min or 2 h")
    elif wait.time > LONGEST_WAIT:
        table.fault("wait", "a step waits at most 7 days")
    return Step(notify or EVERYONE, min(wait.time, LONGEST_WAIT), repeat)


def _plan(top: _Table) -> Plan:
    table = top.table("follow_up")
    if table is None:
        return Plan()
    plan = Plan(table.numbers("days", LONGEST_PLAN_DAYS), table.texts("topics"))
    table.finish()
    return plan


def _cover(top: _Table) -> Cover | None:
    table = top.table("out_of_hours")
    if table is None:
        return None
    cover = Cover(table.text("who"), table.texts("channels"))
    table.finish()
    return cover


def _elapsed(duration: Duration) -> timedelta:
    return duration.time or timedelta(days=duration.days)
