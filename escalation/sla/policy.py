"""SLA policies: what is promised for each priority, counted on which calendar, and who is there at night.

A policy is data; `policy_file` reads it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from escalation.business_hours import Calendar, always
from escalation.sla.kinds import Priority, Target

ELAPSED = "elapsed"
REQUESTER = "requester"
MOST_REPEATS = 5
LONGEST_WAIT = timedelta(days=7)
EVERYONE = "everyone"

_UNITS = {"s": 1, "sec": 1, "min": 60, "h": 3600, "hour": 3600}
_LONGEST = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Duration:
    """An allowance of clock time, or of whole business days. Exactly one of the two, and more than none."""

    time: timedelta = timedelta(0)
    days: int = 0

    def __post_init__(self) -> None:
        if (self.time > timedelta(0)) == (self.days > 0) or self.time < timedelta(0) or self.days < 0:
            raise ValueError("a duration is a time or a number of days, and more than nothing")

    def __str__(self) -> str:
        if self.days:
            return "1 day" if self.days == 1 else f"{self.days} days"
        minutes, seconds = divmod(int(self.time.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
        return " ".join(f"{number} {unit}" for number, unit in parts if number)


def parse_duration(text: str) -> Duration:
    """Read `90 s`, `5 min`, `2 h`, `1 h 30 min`, `10 days`. Raises ValueError saying what was expected."""
    parts = re.findall(r"(\d+)\s*([a-z]+)", text.lower())
    wrong = ValueError(f"{text!r} is no duration; write it like 15 min, 2 h, 1 h 30 min or 10 days")
    if not parts or re.sub(r"(\d+)\s*([a-z]+)", "", text.lower()).strip():
        raise wrong
    if len(parts) == 1 and parts[0][1].rstrip("s") == "day":
        duration = (timedelta(0), int(parts[0][0]))
    else:
        units = [unit if unit == "s" else unit.rstrip("s") for _, unit in parts]
        if any(unit not in _UNITS for unit in units) or len(set(units)) != len(units):
            raise wrong
        seconds = sum(int(number) * _UNITS[unit] for (number, _), unit in zip(parts, units, strict=True))
        if seconds > _LONGEST.total_seconds():
            raise ValueError(f"{text!r} is longer than ten years")
        duration = (timedelta(seconds=seconds), 0)
    if duration == (timedelta(0), 0):
        raise ValueError(f"{text!r} is no time at all; a target must be longer than nothing")
    if duration[1] > _LONGEST.days:
        raise ValueError(f"{text!r} is longer than ten years")
    return Duration(*duration)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an escalation: wait, then tell them, so many times. The wait counts from the send before.

    `notify` is `owner` (who has the case, or was suggested for it), `experts`, `leads`, `everyone`, or a person
    of the directory by name or address.
    """

    notify: str
    wait: timedelta
    repeat: int = 1

    def __post_init__(self) -> None:
        if not self.notify.strip():
            raise ValueError("a step must say whom it notifies")
        if not timedelta(0) <= self.wait <= LONGEST_WAIT:
            raise ValueError("a step waits at most 7 days")
        if not 1 <= self.repeat <= MOST_REPEATS:
            raise ValueError(f"a step is repeated 1 to {MOST_REPEATS} times")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one priority promises. `calendar` is "elapsed", "requester", or the name of a calendar."""

    priority: Priority
    meaning: str
    calendar: str
    acknowledge: Duration
    first_response: Duration
    next_response: Duration
    repeat: Duration
    update: tuple[Duration, ...] = ()
    resolution: Duration | None = None
    rearm: Duration | None = None
    silence: Duration | None = None
    chain: tuple[Step, ...] = ()

    def allowed(self, target: Target, cycle: int = 1) -> Duration | None:
        """Return the time allowed for the target in this cycle (from 1), or None when none is promised."""
        match target:
            case Target.ACKNOWLEDGE:
                return self.acknowledge
            case Target.FIRST_RESPONSE:
                return self.first_response
            case Target.NEXT_RESPONSE:
                return self.next_response
            case Target.UPDATE:
                return self.update[min(cycle, len(self.update)) - 1] if self.update else None
            case Target.RESOLUTION:
                return self.resolution
            case Target.SILENCE:
                return self.silence
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Cover:
    """Who answers while the hub is closed, and the channels that reach them."""

    who: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """When somebody looks in again after a crisis: so many days after the plan was accepted, for these topics."""

    days: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole SLA policy: one rule per priority, the calendars they name, and who is there out of hours.

    `fallback` is told when nobody else has answered. `names_shown`: officials read who answers them by name, else
    by role. `version` is its number in the database, 0 outside.
    """

    name: str
    hub: str
    rules: tuple[Rule, ...]
    calendars: tuple[Calendar, ...]
    out_of_hours: Cover | None = None
    reopen_within: timedelta = timedelta(days=14)
    next_response_waits_for_third_party: bool = False
    names_shown: bool = False
    fallback: str = EVERYONE
    follow_up: Plan = Plan()
    version: int = 0

    def chain(self, priority: Priority) -> tuple[Step, ...]:
        """Return the steps that wake people until somebody acknowledges; none where reminders do.

        The last one tells the fallback, as often as the priority's reminders repeat.
        """
        rule = self.rule(priority)
        if not rule.chain:
            return ()
        wait = rule.repeat.time or timedelta(days=1)
        return (*rule.chain, Step(self.fallback, wait, MOST_REPEATS))

    def rule(self, priority: Priority) -> Rule:
        """Return the rule of this priority."""
        return next(rule for rule in self.rules if rule.priority is priority)

    @property
    def hub_calendar(self) -> Calendar:
        """Return the hub's opening hours."""
        return next(calendar for calendar in self.calendars if calendar.name == self.hub)

    def calendar_for(self, priority: Priority, requester: Calendar | None = None) -> Calendar:
        """Return the calendar this priority is counted on; P1 and P2 always run on elapsed time.

        A rule that names the requester's calendar falls back on the hub's when theirs is not known.
        """
        name = self.rule(priority).calendar
        if name == ELAPSED or priority.urgent:
            return always()
        if name == REQUESTER:
            return requester or self.hub_calendar
        return next(calendar for calendar in self.calendars if calendar.name == name)
