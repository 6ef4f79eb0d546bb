"""What another policy would do to clocks that run: which due instants move, and where to. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from escalation.sla.clocks import ClockState, clocks
from escalation.sla.events import Event, TicketFacts
from escalation.sla.kinds import EventKind, Priority, Target
from escalation.sla.policy import Policy


@dataclass(frozen=True, slots=True)
class Shift:
    """One running clock that another policy would move. None is a target that one of the two does not promise."""

    target: Target
    cycle: int
    priority: Priority
    due_before: datetime | None
    due_after: datetime | None
    overdue: bool


def shifts(
    before: Policy, after: Policy, facts: TicketFacts, log: Iterable[Event], now: datetime
) -> tuple[Shift, ...]:
    """Return what applying `after` at `now` would move on a ticket opened under `before`."""
    events = tuple(log)
    applied = Event(EventKind.POLICY_APPLIED, now, now, source_id="preview", policy=after)
    old = _running(clocks(before, facts, events, now))
    new = _running(clocks(before, facts, (*events, applied), now))
    found = []
    for key in sorted(old.keys() | new.keys(), key=lambda key: (list(Target).index(key[0]), key[1])):
        was, becomes = old.get(key), new.get(key)
        due_before = was.due_at if was else None
        due_after = becomes.due_at if becomes else None
        if due_before == due_after:
            continue
        state = becomes or was
        assert state is not None
        overdue = state.breached_at is not None
        found.append(Shift(state.target, state.cycle, state.priority, due_before, due_after, overdue))
    return tuple(found)


def _running(states: Iterable[ClockState]) -> dict[tuple[Target, int], ClockState]:
    running = [state for state in states if state.stopped_at is None]
    return {(state.target, state.cycle): state for state in running}
