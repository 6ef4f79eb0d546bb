"""Tell the story of a clock in words: started, paused, resumed, set anew, due, stopped, and why. Pure.

`wording` has the words, in English and in French.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from escalation.business_hours import Calendar, always, hours_text, spans, zone_of
from escalation.sla.clocks import ClockState
from escalation.sla.events import Event
from escalation.sla.kinds import EventKind, Target
from escalation.sla.policy import Duration, Policy
from escalation.sla.wording import Wording, hours_in_words, wording

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
    policy: Policy,
    state: ClockState,
    events: Iterable[Event],
    now: datetime,
    *,
    zone: str | None = None,
    language: str = "en",
) -> Story:
    """Return the story of one clock as it stands at `now`, in the calendar's zone or the one given."""
    say = wording(language)
    where = zone or (policy.hub_calendar.zone if state.calendar.continuous else state.calendar.zone)
    local = zone_of(where)
    log = sorted(events, key=lambda event: event.at)
    lines = sorted(_lines(state, log, now, say), key=lambda line: line.at)
    return Story(
        target=state.target,
        cycle=state.cycle,
        title=_title(state, say),
        calendar=_hours(state.calendar, say),
        zone=where,
        lines=tuple(Line(line.at.astimezone(local), line.words) for line in lines),
        sum=_sum(state, where, say),
        due=state.due_at.astimezone(local),
        standing=_standing(state, now, say),
    )


def cause_in_words(kind: str, say: Wording) -> str:
    """Return what an event means, as a clause."""
    known = next((cause for cause in say.causes if cause == kind), None)
    return say.causes[known] if known else kind.replace("_", " ")


def _title(state: ClockState, say: Wording) -> str:
    name = say.names.get(state.target, state.target.value.replace("_", " ").capitalize())
    name = say.numbered.format(name=name, cycle=state.cycle) if state.cycle > 1 else name
    allowance = _allowance(state.allowed, state.calendar, say)
    return say.title.format(name=name, priority=state.priority, allowance=allowance)


def _allowance(allowed: Duration | None, calendar: Calendar, say: Wording) -> str:
    if allowed is None:
        return say.by_deadline
    if allowed.days:
        one, many = say.day
        return say.of_days.format(amount=one if allowed.days == 1 else many.format(days=allowed.days))
    return (say.of_elapsed if calendar == always() else say.of_hours).format(amount=allowed)


def _hours(calendar: Calendar, say: Wording) -> str:
    if calendar == always():
        return say.round_the_clock
    return f"{calendar.name}: {hours_in_words(hours_text(calendar.windows), say.language)} ({calendar.zone})"


def _lines(state: ClockState, log: list[Event], now: datetime, say: Wording) -> Iterable[Line]:
    def cause(kind: str) -> str:
        return cause_in_words(kind, say)

    started = _kind_at(log, state.started_at, _STARTS)
    if started is None:
        earlier = [e for e in log if e.kind in _STARTS and e.at <= state.started_at]
        because = cause(earlier[-1].kind) if earlier else say.began
        yield Line(state.started_at, say.started_at_opening.format(cause=because))
    else:
        yield Line(state.started_at, say.started.format(cause=cause(started)))
    pauses = [(pause.start, pause.end) for pause in state.paused]
    if state.paused_since is not None:
        pauses.append((state.paused_since, None))
    for begin, end in pauses:
        held = _kind_at(log, begin, _PAUSES)
        yield Line(begin, say.paused.format(cause=say.pauses[EventKind(held)] if held else say.waiting))
        if end is not None and end != state.stopped_at:
            back = _kind_at(log, end, _RESUMES)
            yield Line(end, say.resumed + (say.because.format(cause=cause(back)) if back else ""))
    for revision in state.revisions:
        before, after = revision.priority_before, revision.priority_after
        change = say.from_to.format(before=before, after=after) if before is not after else ""
        yield Line(revision.at, say.set_anew.format(cause=cause(revision.cause)) + change)
    if state.breached_at is not None:
        yield Line(state.breached_at, say.breached)
    if state.stopped_at is not None:
        yield Line(state.stopped_at, _stopped(state, log, say))
    elif state.paused_since is None and state.due_at > now:
        yield Line(state.due_at, say.due)


def _stopped(state: ClockState, log: list[Event], say: Wording) -> str:
    kinds = _STOPS.get(state.target, frozenset()) | _ENDS | (_CHANGES if state.cancelled else frozenset())
    kind = _kind_at(log, state.stopped_at, kinds)
    because = say.because.format(cause=cause_in_words(kind, say)) if kind else ""
    if state.cancelled:
        return say.no_longer_promised + because
    late = say.learnt_late if state.met_recorded_late else ""
    return (say.stopped_in_time if state.met else say.stopped_late) + because + late


def _kind_at(log: list[Event], at: datetime | None, kinds: frozenset[EventKind]) -> str | None:
    return next((event.kind for event in reversed(log) if event.at == at and event.kind in kinds), None)


def _standing(state: ClockState, now: datetime, say: Wording) -> str:
    if state.cancelled:
        return say.no_longer_promised
    if state.stopped_at is not None:
        return say.met if state.met else say.done_late
    if state.paused_since is not None:
        return say.standing_paused
    return say.overdue if state.due_at <= now else say.running


def _sum(state: ClockState, zone: str, say: Wording) -> tuple[Counted, ...]:
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
            why = f"{holiday.name or say.holiday}{place}" if holiday else say.paused_or_closed
            why = say.closed if not holiday and not state.calendar.windows[day.weekday()] else why
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
