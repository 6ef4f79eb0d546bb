"""One week in Toronto, and what happens to a ticket in it."""

from datetime import datetime

from escalation.business_hours import from_wall
from escalation.sla import (
    ClockState,
    Event,
    EventKind,
    Policy,
    Priority,
    Target,
    TicketFacts,
    clocks,
)

TORONTO = "America/Toronto"
EXPERT, COLLEAGUE = 7, 8
P1, P2, P3, P4 = Priority


def at(text: str) -> datetime:
    """The week of the tests is that of Monday 2026-11-23: `Mon 09:00`, in Toronto."""
    days = ("Fri", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu")
    name, _, time = text.partition(" ")
    hour, minute = time.split(":")
    day = 20 + days.index(name) + (7 if text.startswith("Fri+") else 0)
    return from_wall(TORONTO, datetime(2026, 11, day, int(hour), int(minute)))


def iso(text: str) -> datetime:
    return from_wall(TORONTO, datetime.fromisoformat(text))


def event(kind: str, when: datetime, actor: int | None = None, **rest: object) -> Event:
    recorded = rest.pop("recorded_at", when)
    return Event(kind, when, recorded, actor, **rest)  # type: ignore[arg-type]


def opened(when: datetime, priority: Priority, **rest: object) -> Event:
    return event(EventKind.OPENED, when, priority=priority, **rest)  # type: ignore[arg-type]


def clock(states: tuple[ClockState, ...], target: Target, cycle: int = 1) -> ClockState:
    return next(state for state in states if (state.target, state.cycle) == (target, cycle))


def run(policy: Policy, now: datetime, *events: Event, **facts: object) -> tuple[ClockState, ...]:
    return clocks(policy, TicketFacts(events[0].occurred_at, **facts), events, now)  # type: ignore[arg-type]
