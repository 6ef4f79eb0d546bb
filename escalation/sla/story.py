"""Tell the story of a clock in words: started, paused, resumed, set anew, due, stopped, and why. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from escalation.business_hours import Calendar, always, hours_text, spans, zone_of
from escalation.sla.clocks import ClockState
from escalation.sla.events import Event
from escalation.sla.kinds import EventKind, Target
from escalation.sla.policy import Duration, Policy

_NAMES = {
    Target.ACKNOWLEDGE: "Taking the case",
    Target.FIRST_RESPONSE: "First reply",
    Target.NEXT_RESPONSE: "Next reply",
    Target.UPDATE: "Update",
    Target.RESOLUTION: "Resolution",
    Target.SILENCE: "Word from the official",
}
_CAUSES = {
    EventKind.OPENED: "the request was handed to people",
    EventKind.ABSORBED: "another ticket was merged into this one, and its time counts",
    EventKind.POLICY_APPLIED: "another policy was applied to open tickets",
    EventKind.PRIORITY_CHANGED: "the priority changed",
    EventKind.REOPENED: "the ticket was opened again",
    EventKind.NEEDED_BY_SET: "the official stated a deadline",
    EventKind.REQUESTER_MESSAGE: "the official wrote",
    EventKind.CLAIMED: "an expert claimed it",
    EventKind.ACKNOWLEDGED: "an expert acknowledged it",
    EventKind.PUBLIC_REPLY: "an expert replied to the official",
    EventKind.SOLVED: "it was resolved",
    EventKind.HANDED_OVER: "it was handed over",
    EventKind.RETURNED: "it was returned to the pool",
    EventKind.RESUMED: "work went on",
    EventKind.WAITING_REQUESTER: "waiting for the official",
    EventKind.WAITING_THIRD_PARTY: "waiting for somebody else",
    EventKind.CLOSED: "it was closed",
    EventKind.CANCELLED: "it was cancelled",
    EventKind.MERGED: "it was merged into another ticket",
}
_STARTS = frozenset(
    {
        EventKind.OPENED,
        EventKind.ABSORBED,
        EventKind.REOPENED,
        EventKind.REQUESTER_MESSAGE,
        EventKind.PUBLIC_REPLY,
        EventKind.WAITING_REQUESTER,
        EventKind.HANDED_OVER,
        EventKind.RETURNED,
        EventKind.PRIORITY_CHANGED,
        EventKind.POLICY_APPLIED,
    }
)
_STOPS = {
    Target.ACKNOWLEDGE: frozenset(
        {EventKind.CLAIMED, EventKind.PUBLIC_REPLY, EventKind.HANDED_OVER, EventKind.RETURNED}
    ),
    Target.FIRST_RESPONSE: frozenset({EventKind.PUBLIC_REPLY}),
    Target.NEXT_RESPONSE: frozenset({EventKind.PUBLIC_REPLY}),
    Target.UPDATE: frozenset({EventKind.PUBLIC_REPLY}),
    Target.SILENCE: frozenset({EventKind.REQUESTER_MESSAGE, EventKind.PUBLIC_REPLY}),
}
_ENDS = frozenset({EventKind.SOLVED, EventKind.CLOSED, EventKind.CANCELLED, EventKind.MERGED})
_CHANGES = frozenset({EventKind.PRIORITY_CHANGED, EventKind.POLICY_APPLIED})
_PAUSES = frozenset({EventKind.WAITING_REQUESTER, EventKind.WAITING_THIRD_PARTY, EventKind.SOLVED})
_RESUMES = frozenset({EventKind.REQUESTER_MESSAGE, EventKind.RESUMED, EventKind.CLAIMED, EventKind.REOPENED})


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened to a clock."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One date of the sum: what was open and counted, or why nothing was. `so_far` includes it."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...]
    counted: timedelta
    so_far: timedelta
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """The story of one clock. Instants are in `zone`; `sum` is how its due instant is counted, date by date."""

    target: Target
    cycle: int
    title: str
    calendar: str
    zone: str
    lines: tuple[Line, ...]
    sum: tuple[Counted, ...]
    due: datetime
    standing: str


def tell(
    policy: Policy, state: ClockState, events: Iterable[Event], now: datetime, *, zone: str | None = None
) -> Story:
    """Return the story of one clock as it stands at `now`, in the calendar's zone or the one given."""
    where = zone or (policy.hub_calendar.zone if state.calendar.continuous else state.calendar.zone)
    local = zone_of(where)
    log = sorted(events, key=lambda event: event.at)
    lines = sorted(_lines(state, log, now), key=lambda line: line.at)
    return Story(
        target=state.target,
        cycle=state.cycle,
        title=_title(state),
        calendar=_hours(state.calendar),
        zone=where,
        lines=tuple(Line(line.at.astimezone(local), line.words) for line in lines),
        sum=_sum(state, where),
        due=state.due_at.astimezone(local),
        standing=_standing(state, now),
    )


def cause_in_words(kind: str) -> str:
    """Return what an event means, as a clause."""
    return _CAUSES[EventKind(kind)] if kind in _CAUSES else kind.replace("_", " ")


def _title(state: ClockState) -> str:
    name = _NAMES.get(state.target, state.target.value.replace("_", " ").capitalize())
    again = f" no. {state.cycle}" if state.cycle > 1 else ""
    return f"{name}{again} ({state.priority}): {_allowance(state.allowed, state.calendar)}"


def _allowance(allowed: Duration | None, calendar: Calendar) -> str:
    if allowed is None:
        return "by the deadline the official stated"
    if allowed.days:
        return f"{allowed}, each the opening hours of one date"
    return f"{allowed} of elapsed time" if calendar == always() else f"{allowed} of opening hours"


def _hours(calendar: Calendar) -> str:
    if calendar == always():
        return "round the clock: every minute counts, nights, weekends and holidays too"
    return f"{calendar.name}: {hours_text(calendar.windows)} ({calendar.zone})"


def _lines(state: ClockState, log: list[Event], now: datetime) -> Iterable[Line]:
    started = _kind_at(log, state.started_at, _STARTS)
    if started is None:
        earlier = [e for e in log if e.kind in _STARTS and e.at <= state.started_at]
        said = cause_in_words(earlier[-1].kind) if earlier else "its time began"
        yield Line(state.started_at, f"started at the opening, because {said} while nobody was on duty")
    else:
        yield Line(state.started_at, f"started, because {cause_in_words(started)}")
    pauses = [(pause.start, pause.end) for pause in state.paused]
    if state.paused_since is not None:
        pauses.append((state.paused_since, None))
    for begin, end in pauses:
        yield Line(begin, f"paused: {cause_in_words(_kind_at(log, begin, _PAUSES) or 'waiting')}")
        if end is not None and end != state.stopped_at:
            back = _kind_at(log, end, _RESUMES)
            yield Line(end, f"resumed{f', because {cause_in_words(back)}' if back else ''}")
    for revision in state.revisions:
        change = f", {revision.priority_before} to {revision.priority_after}"
        change = change if revision.priority_before is not revision.priority_after else ""
        yield Line(revision.at, f"set anew, because {cause_in_words(revision.cause)}{change}")
    if state.breached_at is not None:
        yield Line(state.breached_at, "breached: its due instant passed; nothing later undoes that")
    if state.stopped_at is not None:
        yield Line(state.stopped_at, _stopped(state, log))
    elif state.paused_since is None and state.due_at > now:
        yield Line(state.due_at, "due")


def _stopped(state: ClockState, log: list[Event]) -> str:
    kinds = _STOPS.get(state.target, frozenset()) | _ENDS | (_CHANGES if state.cancelled else frozenset())
    kind = _kind_at(log, state.stopped_at, kinds)
    because = f", because {cause_in_words(kind)}" if kind else ""
    if state.cancelled:
        return f"no longer promised{because}"
    late = "; learnt of only after the due instant" if state.met_recorded_late else ""
    return f"stopped {'in time' if state.met else 'late'}{because}{late}"


def _kind_at(log: list[Event], at: datetime | None, kinds: frozenset[EventKind]) -> str | None:
    return next((event.kind for event in reversed(log) if event.at == at and event.kind in kinds), None)


def _standing(state: ClockState, now: datetime) -> str:
    if state.cancelled:
        return "no longer promised"
    if state.stopped_at is not None:
        return "met" if state.met else "done, but late"
    if state.paused_since is not None:
        return "paused; the due time shown is the one if it went on now"
    return "overdue" if state.due_at <= now else "running"


def _sum(state: ClockState, zone: str) -> tuple[Counted, ...]:
    """Return the dates from where the allowance began to the due instant, and what each gave."""
    local = zone_of(zone)
    pauses = [*((p.start, p.end) for p in state.paused), (state.paused_since, None)]
    counted: dict[date, list[tuple[datetime, datetime]]] = {}
    for begin, end in spans(state.calendar, state.counted_from, state.due_at):
        for a, b in _without(begin, end, [(s, e or state.due_at) for s, e in pauses if s is not None]):
            counted.setdefault(a.astimezone(local).date(), []).append(
                (a.astimezone(local), b.astimezone(local))
            )
    first, last = state.counted_from.astimezone(local).date(), state.due_at.astimezone(local).date()
    named = {holiday.date: holiday for holiday in reversed(state.calendar.holidays)}
    found, so_far = [], timedelta(0)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        parts = tuple(counted.get(day, ()))
        # differences of instants in UTC: two datetimes of one zone would be subtracted as wall times
        gave = sum((_length(a, b) for a, b in parts), timedelta(0))
        so_far += gave
        why = ""
        if not parts and not state.calendar.continuous:
            holiday = named.get(day)
            place = f" ({holiday.region})" if holiday and holiday.region else ""
            why = f"{holiday.name or 'holiday'}{place}" if holiday else "paused or closed"
            why = "closed" if not holiday and not state.calendar.windows[day.weekday()] else why
        elif not parts:
            continue
        found.append(Counted(day, parts, gave, so_far, why))
    return tuple(found)


def _length(a: datetime, b: datetime) -> timedelta:
    return b.astimezone(UTC) - a.astimezone(UTC)


def _without(
    begin: datetime, end: datetime, pauses: list[tuple[datetime, datetime]]
) -> Iterable[tuple[datetime, datetime]]:
    for start, stop in sorted(pauses):
        if stop <= begin or start >= end:
            continue
        if start > begin:
            yield begin, start
        begin = max(begin, stop)
    if begin < end:
        yield begin, end
