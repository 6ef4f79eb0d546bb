"""Properties of the clocks: order does not matter, pauses never hasten, and a breach is for ever."""

import random
import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.business_hours import Calendar, Holiday, force_packaged_zones, parse_hours
from escalation.sla import (
    ClockState,
    Event,
    EventKind,
    Interval,
    Policy,
    Priority,
    Target,
    TicketFacts,
    clocks,
    default_policy,
    due,
    latest_missed_point,
    next_point,
)

START = datetime(2026, 11, 20, 14, tzinfo=UTC)
FORTNIGHT = START + timedelta(days=15)
FACTS = TicketFacts(START)
KINDS = [kind for kind in EventKind if kind is not EventKind.OPENED]
PEOPLE = st.sampled_from([7, 8, 9])


@pytest.fixture(autouse=True, scope="module")
def packaged_zones() -> Iterator[None]:
    before = zoneinfo.TZPATH
    force_packaged_zones()
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def strict(policy: Policy) -> Policy:
    halved = (
        replace(rule, first_response=rule.acknowledge, next_response=rule.acknowledge)
        for rule in policy.rules
    )
    return replace(policy, rules=tuple(halved))


POLICY = default_policy()
POLICIES = (
    POLICY,
    strict(POLICY),
    replace(POLICY, out_of_hours=None, next_response_waits_for_third_party=True),
)
SOME_POLICY = st.sampled_from(range(len(POLICIES)))
HUB = Calendar(
    "hub", "America/Toronto", parse_hours("Mon-Fri 09:00-12:00,13:00-17:00"), (Holiday(START.date()),)
)


@st.composite
def happenings(draw: st.DrawFn, after: datetime = START) -> Event:
    """One event at some minute of the next two weeks, often on the same minute as another."""
    at = after + timedelta(minutes=draw(st.integers(0, 60) | st.integers(0, 14 * 24 * 60)))
    kind = draw(st.sampled_from(KINDS))
    when = after + timedelta(minutes=draw(st.integers(-600, 6000)))
    return Event(
        kind,
        at,
        at + timedelta(minutes=draw(st.sampled_from([0, 0, 0, 45, -5]))),
        draw(PEOPLE),
        source_id=draw(st.sampled_from(["", "", "a", "b"])),
        priority=draw(st.sampled_from(Priority)),
        assignee=draw(PEOPLE | st.none()),
        needed_by=when if kind is EventKind.NEEDED_BY_SET else None,
        escalated_at=when if kind is EventKind.ABSORBED else None,
        unanswered_since=when if kind is EventKind.ABSORBED else None,
        policy=POLICIES[draw(SOME_POLICY)] if kind is EventKind.POLICY_APPLIED else None,
    )


def openings() -> st.SearchStrategy[Event]:
    return st.builds(
        lambda priority: Event(EventKind.OPENED, START, START, priority=priority), st.sampled_from(Priority)
    )


LOGS = st.builds(lambda first, rest: [first, *rest], openings(), st.lists(happenings(), max_size=12))
NOWS = st.integers(0, 20 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


def keyed(states: tuple[ClockState, ...]) -> dict[tuple[Target, int], ClockState]:
    return {(state.target, state.cycle): state for state in states}


@given(LOGS, SOME_POLICY, NOWS, st.integers(0, 1000))
@settings(max_examples=50, deadline=None)
def test_the_order_of_delivery_changes_no_clock(
    log: list[Event], policy: int, now: datetime, seed: int
) -> None:
    delivered = [*log, *(event for event in log if event.source_id)]
    random.Random(seed).shuffle(delivered)
    assert clocks(POLICIES[policy], FACTS, delivered, now) == clocks(POLICIES[policy], FACTS, log, now)


@given(LOGS, SOME_POLICY, NOWS)
@settings(max_examples=60, deadline=None)
def test_every_clock_makes_sense(log: list[Event], policy: int, now: datetime) -> None:
    states = clocks(POLICIES[policy], FACTS, log, now)
    assert len(keyed(states)) == len(states)
    for target in Target:
        cycles = [state.cycle for state in states if state.target is target]
        assert cycles == list(range(1, len(cycles) + 1))
        assert sum(state.stopped_at is None for state in states if state.target is target) <= 1
    for state in states:
        assert state.due_at > state.started_at
        assert state.breached_at is None or state.stopped_at is None or state.breached_at <= state.stopped_at
        assert state.next_point_at is None or state.next_point_at > now
        assert state.reached is None or state.reached.at <= now
        assert not (state.met and state.breached_at)
        if state.running and state.due_at <= now:
            assert state.breached_at is not None
        if not state.running:
            assert (state.next_point, state.reached) == (None, None)


@given(LOGS, SOME_POLICY, st.lists(happenings(after=FORTNIGHT + timedelta(minutes=1)), max_size=5))
@settings(max_examples=50, deadline=None)
def test_nothing_that_happens_later_erases_a_breach(
    log: list[Event], policy: int, later: list[Event]
) -> None:
    # A deadline known at the opening gives way to one told later; that is a change of facts, not an event.
    told = any(event.kind == EventKind.NEEDED_BY_SET for event in log)
    after = [
        replace(event, source_id="", recorded_at=max(event.recorded_at, event.occurred_at))
        for event in later
        if told or event.kind != EventKind.NEEDED_BY_SET
    ]
    before = keyed(clocks(POLICIES[policy], FACTS, log, FORTNIGHT))
    then = keyed(clocks(POLICIES[policy], FACTS, [*log, *after], FORTNIGHT + timedelta(days=20)))
    for key, state in before.items():
        if state.breached_at is not None:
            assert then[key].breached_at == state.breached_at
        if state.stopped_at is not None and state.target is not Target.RESOLUTION:
            assert then[key] == state


@st.composite
def pauses(draw: st.DrawFn) -> list[Interval]:
    marks = draw(st.lists(st.integers(1, 4000), max_size=8))
    edges = sorted(START + timedelta(minutes=mark) for mark in marks)
    return [Interval(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False) if a < b]


@given(pauses(), st.integers(0, 4000), st.integers(1, 600), st.integers(1, 3000))
@settings(max_examples=50, deadline=None)
def test_one_more_pause_never_makes_due_earlier(
    held: list[Interval], start: int, length: int, amount: int
) -> None:
    extra = Interval(START + timedelta(minutes=start), START + timedelta(minutes=start + length))
    allowed = timedelta(minutes=amount)
    assert due(HUB, START, allowed, [*held, extra]) >= due(HUB, START, allowed, held)


@given(pauses(), st.sampled_from([Priority.P2, Priority.P3, Priority.P4]))
@settings(max_examples=60, deadline=None)
def test_the_running_clock_agrees_with_the_sum_over_its_pauses(
    held: list[Interval], priority: Priority
) -> None:
    log = [Event(EventKind.OPENED, START, START, priority=priority)]
    for pause in held:
        assert pause.end is not None
        log.append(Event(EventKind.WAITING_REQUESTER, pause.start, pause.start))
        log.append(Event(EventKind.RESUMED, pause.end, pause.end))
    now = START + timedelta(minutes=4001)
    state = keyed(clocks(POLICY, FACTS, log, now))[Target.RESOLUTION, 1]
    amount = state.allowed.time if state.allowed else timedelta(0)
    if amount:
        assert state.due_at == due(state.calendar, START, amount, held)
    assert state.schedule.points[-1].at == state.due_at


@given(LOGS, st.lists(st.integers(1, 6 * 60), max_size=40))
@settings(max_examples=40, deadline=None)
def test_a_sweep_at_any_pace_sends_each_point_once_and_replaying_sends_nothing_new(
    log: list[Event], steps: list[int]
) -> None:
    sent: set[tuple[Target, int, str]] = set()
    now = START
    for minutes in steps:
        now += timedelta(minutes=minutes)
        known = [event for event in log if event.recorded_at <= now]
        for state in clocks(POLICY, FACTS, known, now):
            point = latest_missed_point(state.schedule, now)
            if point is None:
                continue
            assert point == state.reached
            sent.add((state.target, state.cycle, point.name))
            again = clocks(POLICY, FACTS, reversed(known), now)
            assert keyed(again)[state.target, state.cycle].reached == point
            following = next_point(state.schedule, now)
            assert following is None or following.at > now
            if following is not None:
                assert (state.target, state.cycle, following.name) not in sent or state.revisions
                assert latest_missed_point(state.schedule, following.at) == following


LIVELY = [
    EventKind.REQUESTER_MESSAGE,
    EventKind.PUBLIC_REPLY,
    EventKind.CLAIMED,
    EventKind.HANDED_OVER,
    EventKind.WAITING_REQUESTER,
    EventKind.RESUMED,
    EventKind.SOLVED,
    EventKind.REOPENED,
]


def test_ten_thousand_events_in_any_order_give_the_same_clocks() -> None:
    chance = random.Random(7)
    log = [Event(EventKind.OPENED, START, START, priority=Priority.P3)]
    for number in range(10_000):
        at = START + timedelta(seconds=37 * number)
        priority = chance.choice([*Priority])
        kind = EventKind.PRIORITY_CHANGED if number % 50 == 0 else chance.choice(LIVELY)
        log.append(Event(kind, at, at, chance.randrange(5), str(number), priority=priority))
    now = START + timedelta(days=6)
    expected = clocks(POLICY, FACTS, log, now)
    chance.shuffle(log)
    assert clocks(POLICY, FACTS, log, now) == expected
    assert len(expected) > 1000
