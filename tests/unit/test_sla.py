"""Policies, clocks, points and promises: what each clock does when, in the words of the SLA."""

import itertools
import zoneinfo
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from escalation.business_hours import Calendar, between, force_packaged_zones, from_wall, parse_hours
from escalation.holiday_seed import seed_holidays
from escalation.sla import (
    ClockState,
    Cover,
    Duration,
    Event,
    EventKind,
    Interval,
    Point,
    Policy,
    PolicyError,
    Priority,
    Schedule,
    Target,
    TicketFacts,
    clocks,
    default_policy,
    due,
    higher,
    latest_missed_point,
    load_policy,
    next_point,
    origin,
    pages_now,
    parse_duration,
    points,
    promise,
    read_detail,
    silence_due_at,
    write_detail,
)

TORONTO = "America/Toronto"
EXPERT, COLLEAGUE = 7, 8
P1, P2, P3, P4 = Priority


@pytest.fixture(autouse=True, scope="module")
def packaged_zones() -> Iterator[None]:
    before = zoneinfo.TZPATH
    force_packaged_zones()
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


@pytest.fixture(scope="module")
def policy(packaged_zones: None) -> Policy:
    """The default policy with night cover, on plain office hours: Monday to Friday 09:00 to 17:00 in Toronto."""
    office = Calendar("hub", TORONTO, parse_hours("Mon-Fri 09:00-17:00"))
    cover = Cover("lead on call", ("pager",))
    return replace(default_policy(), calendars=(office,), out_of_hours=cover)


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


# Section 7: what the clock arithmetic must give


@pytest.mark.parametrize(
    ("start", "hours", "pause", "expected", "regions"),
    [
        pytest.param(
            "2026-11-23T09:00", 8, ("2026-11-23T10:00", "2026-11-24T12:00"), "2026-11-25T11:00", [], id="10"
        ),
        pytest.param(
            "2026-11-20T16:00", 2, ("2026-11-20T18:00", "2026-11-23T08:00"), "2026-11-23T10:00", [], id="11"
        ),
        pytest.param(
            "2026-11-25T15:00",
            2,
            ("2026-11-25T16:00", "2026-11-26T12:00"),
            "2026-11-27T10:00",
            ["US"],
            id="12",
        ),
        pytest.param(
            "2026-11-21T10:00",
            2,
            ("2026-11-21T11:00", "2026-11-22T23:00"),
            "2026-11-23T11:00",
            [],
            id="hold-on-weekend",
        ),
    ],
)
def test_pauses_move_the_due_instant(
    start: str, hours: int, pause: tuple[str, str], expected: str, regions: list[str]
) -> None:
    office = Calendar("hub", TORONTO, parse_hours("Mon-Fri 09:00-17:00"), seed_holidays(regions, [2026]))
    held = [Interval(iso(pause[0]), iso(pause[1]))]
    assert due(office, iso(start), timedelta(hours=hours), held) == iso(expected)


def test_overlapping_pauses_count_once_and_an_open_one_is_refused(policy: Policy) -> None:
    hub = policy.hub_calendar
    held = [Interval(at("Mon 10:00"), at("Mon 12:00")), Interval(at("Mon 11:00"), at("Mon 13:00"))]
    assert due(hub, at("Mon 09:00"), timedelta(hours=2), held) == at("Mon 14:00")
    beside = [Interval(at("Fri 09:00"), at("Fri 10:00")), Interval(at("Mon 11:00"), at("Mon 12:00"))]
    assert due(hub, at("Mon 09:00"), timedelta(hours=2), beside) == at("Mon 11:00")
    with pytest.raises(ValueError, match="still lasts"):
        due(hub, at("Mon 09:00"), timedelta(hours=2), [Interval(at("Mon 10:00"))])


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        pytest.param(
            "Mon 09:00",
            8,
            {"50": "Mon 13:00", "75": "Mon 15:00", "90": "Mon 16:12", "due": "Mon 17:00"},
            id="16",
        ),
        pytest.param(
            "Fri 15:00",
            4,
            {"50": "Fri 17:00", "75": "Mon 10:00", "90": "Mon 10:36", "due": "Mon 11:00"},
            id="17",
        ),
    ],
)
def test_points_are_parts_of_clock_time(
    policy: Policy, start: str, hours: int, expected: dict[str, str]
) -> None:
    found = points(policy.hub_calendar, at(start), timedelta(hours=hours))
    assert {point.name: point.at for point in found} == {name: at(when) for name, when in expected.items()}


# Acknowledge and first response


def test_acknowledge_stops_at_a_claim_and_first_response_at_a_human_reply(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 16:00"),
        opened(at("Mon 09:00"), P3),
        event("bot_reply", at("Mon 09:01")),
        event("internal_note", at("Mon 09:30"), EXPERT),
        event("auto_reply", at("Mon 09:40")),
        event(EventKind.CLAIMED, at("Mon 10:00"), EXPERT),
        event(EventKind.PUBLIC_REPLY, at("Mon 11:00"), EXPERT),
    )
    acknowledge, first = clock(states, Target.ACKNOWLEDGE), clock(states, Target.FIRST_RESPONSE)
    assert (acknowledge.due_at, acknowledge.stopped_at, acknowledge.met) == (
        at("Mon 13:00"),
        at("Mon 10:00"),
        True,
    )
    assert (first.due_at, first.stopped_at, first.met) == (at("Mon 17:00"), at("Mon 11:00"), True)


@pytest.mark.parametrize("kind", ["bot_reply", "internal_note", "auto_reply", "reaction", "claimed"])
def test_only_a_human_reply_stops_the_first_response(policy: Policy, kind: str) -> None:
    states = run(policy, at("Mon 10:00"), opened(at("Mon 09:00"), P2), event(kind, at("Mon 09:10"), EXPERT))
    assert clock(states, Target.FIRST_RESPONSE).running


def test_a_reply_is_a_claim(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 10:00"),
        opened(at("Mon 09:00"), P2),
        event(EventKind.PUBLIC_REPLY, at("Mon 09:10"), EXPERT),
    )
    assert clock(states, Target.ACKNOWLEDGE).stopped_at == at("Mon 09:10")


def test_acknowledge_and_first_response_never_pause(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 10:00"),
        opened(at("Mon 09:00"), P2),
        event(EventKind.WAITING_REQUESTER, at("Mon 09:05"), EXPERT),
    )
    assert clock(states, Target.ACKNOWLEDGE).due_at == at("Mon 09:30")
    assert clock(states, Target.FIRST_RESPONSE).due_at == at("Mon 11:00")
    assert clock(states, Target.ACKNOWLEDGE).breached_at == at("Mon 09:30")


def test_a_hand_over_starts_a_new_acknowledge_clock_and_leaves_the_others(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 12:30"),
        opened(at("Mon 09:00"), P3),
        event(EventKind.CLAIMED, at("Mon 10:00"), EXPERT),
        event(EventKind.CLAIMED, at("Mon 10:30"), EXPERT),
        event(EventKind.HANDED_OVER, at("Mon 11:00"), EXPERT, assignee=COLLEAGUE),
        event(EventKind.HANDED_OVER, at("Mon 11:30"), EXPERT, assignee=COLLEAGUE),
        event(EventKind.PUBLIC_REPLY, at("Mon 11:45"), EXPERT),
    )
    second = clock(states, Target.ACKNOWLEDGE, 2)
    assert (second.started_at, second.due_at, second.stopped_at) == (at("Mon 11:00"), at("Mon 15:00"), None)
    assert clock(states, Target.FIRST_RESPONSE).started_at == at("Mon 09:00")
    assert sum(state.target is Target.ACKNOWLEDGE for state in states) == 2


def test_handing_over_before_any_claim_cancels_the_first_clock_but_not_its_breach(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 10:00"),
        opened(at("Mon 09:00"), P2, assignee=EXPERT),
        event(EventKind.HANDED_OVER, at("Mon 09:10"), EXPERT, assignee=EXPERT),
        event(EventKind.HANDED_OVER, at("Mon 09:45"), EXPERT, assignee=COLLEAGUE),
        event(EventKind.RETURNED, at("Mon 09:50"), COLLEAGUE),
        event(EventKind.RETURNED, at("Mon 09:55"), COLLEAGUE),
    )
    first, second, third = (clock(states, Target.ACKNOWLEDGE, cycle) for cycle in (1, 2, 3))
    assert (first.cancelled, first.breached_at) == (True, at("Mon 09:30"))
    assert (second.cancelled, second.breached_at) == (True, None)
    assert third.running


# Next response


def test_next_response_runs_from_the_oldest_unanswered_message(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 16:00"),
        opened(at("Mon 09:00"), P3),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 09:30")),
        event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 11:00")),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 12:00")),
        event(EventKind.PUBLIC_REPLY, at("Mon 13:00"), EXPERT),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 14:00")),
    )
    first, second = clock(states, Target.NEXT_RESPONSE, 1), clock(states, Target.NEXT_RESPONSE, 2)
    assert (first.started_at, first.stopped_at) == (at("Mon 11:00"), at("Mon 13:00"))
    assert (second.started_at, second.due_at, second.stopped_at) == (at("Mon 14:00"), at("Tue 14:00"), None)


def test_next_response_waits_for_a_third_party_only_where_the_policy_says_so(policy: Policy) -> None:
    log = (
        opened(at("Mon 09:00"), P3),
        event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 11:00")),
        event(EventKind.WAITING_THIRD_PARTY, at("Mon 12:00"), EXPERT),
        event(EventKind.RESUMED, at("Mon 15:00"), EXPERT),
    )
    patient = replace(policy, next_response_waits_for_third_party=True)
    assert clock(run(policy, at("Mon 16:00"), *log), Target.NEXT_RESPONSE).due_at == at("Tue 11:00")
    waited = clock(run(patient, at("Mon 16:00"), *log), Target.NEXT_RESPONSE)
    assert (waited.due_at, waited.paused) == (at("Tue 14:00"), (Interval(at("Mon 12:00"), at("Mon 15:00")),))


def test_solving_cancels_an_owed_reply(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 16:00"),
        opened(at("Mon 09:00"), P3),
        event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 11:00")),
        event(EventKind.SOLVED, at("Mon 12:00"), EXPERT),
    )
    state = clock(states, Target.NEXT_RESPONSE)
    assert (state.cancelled, state.met, state.next_point) == (True, False, None)


# Update


def test_an_update_is_owed_after_each_reply_for_urgent_tickets_only(policy: Policy) -> None:
    log = (
        event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT),
        event(EventKind.PUBLIC_REPLY, at("Mon 11:00"), EXPERT),
    )
    urgent = run(policy, at("Mon 11:30"), opened(at("Mon 09:00"), P1), *log)
    assert clock(urgent, Target.UPDATE, 1).due_at == at("Mon 12:00")
    assert clock(urgent, Target.UPDATE, 1).stopped_at == at("Mon 11:00")
    assert clock(urgent, Target.UPDATE, 2).due_at == at("Tue 11:00")
    calm = run(policy, at("Mon 11:30"), opened(at("Mon 09:00"), P3), *log)
    assert all(state.target is not Target.UPDATE for state in calm)


def test_an_update_waits_while_the_requester_must_answer(policy: Policy) -> None:
    log = (
        opened(at("Mon 09:00"), P2),
        event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT),
        event(EventKind.WAITING_REQUESTER, at("Mon 10:00"), EXPERT),
    )
    held = clock(run(policy, at("Mon 15:00"), *log), Target.UPDATE)
    assert (held.paused_since, held.next_point, held.reached) == (at("Mon 10:00"), None, None)
    answered = event(EventKind.REQUESTER_MESSAGE, at("Mon 16:00"))
    resumed = clock(run(policy, at("Mon 16:30"), *log, answered), Target.UPDATE)
    assert (resumed.due_at, resumed.running) == (at("Tue 16:00"), True)


def test_a_short_update_target_does_not_overrule_the_first_response(policy: Policy) -> None:
    hasty = replace(policy.rule(P2), update=(parse_duration("10 min"),))
    changed = replace(policy, rules=tuple(hasty if rule.priority is P2 else rule for rule in policy.rules))
    states = run(changed, at("Mon 09:30"), opened(at("Mon 09:00"), P2))
    assert clock(states, Target.FIRST_RESPONSE).due_at == at("Mon 11:00")
    assert {state.target for state in states} == {
        Target.ACKNOWLEDGE,
        Target.FIRST_RESPONSE,
        Target.RESOLUTION,
    }


# Resolution


def test_resolution_leaves_out_waiting_for_the_requester(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 16:00"),
        opened(at("Mon 09:00"), P2),
        event(EventKind.WAITING_REQUESTER, at("Mon 10:00"), EXPERT),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 13:00"), recorded_at=at("Mon 15:00")),
        event(EventKind.WAITING_THIRD_PARTY, at("Mon 14:00"), EXPERT),
    )
    state = clock(states, Target.RESOLUTION)
    assert state.paused == (Interval(at("Mon 10:00"), at("Mon 13:00")),)
    assert state.due_at == at("Mon 09:00") + timedelta(hours=75)


def test_resolution_goes_on_after_each_reopening_without_the_solved_time(policy: Policy) -> None:
    log = [opened(at("Mon 09:00"), P2), event(EventKind.CLAIMED, at("Mon 09:10"), EXPERT)]
    for hour in (10, 12, 14):
        log += [
            event(EventKind.SOLVED, at(f"Mon {hour}:00"), EXPERT),
            event(EventKind.REOPENED, at(f"Mon {hour + 1}:00")),
            event(EventKind.REQUESTER_MESSAGE, at(f"Mon {hour + 1}:00")),
        ]
    states = run(policy, at("Mon 16:00"), *log)
    resolution = clock(states, Target.RESOLUTION)
    assert resolution.due_at == at("Mon 09:00") + timedelta(hours=72 + 3)
    assert (resolution.stopped_at, resolution.cycle, len(resolution.paused)) == (None, 1, 3)
    assert clock(states, Target.FIRST_RESPONSE).cancelled
    assert [s.started_at for s in states if s.target is Target.NEXT_RESPONSE][-1] == at("Mon 15:00")


def test_a_ticket_solved_while_it_waited_goes_on_from_the_reopening(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 16:00"),
        opened(at("Mon 09:00"), P2),
        event(EventKind.WAITING_REQUESTER, at("Mon 10:00"), EXPERT),
        event(EventKind.SOLVED, at("Mon 11:00"), EXPERT),
        event(EventKind.REOPENED, at("Mon 12:00")),
    )
    assert clock(states, Target.RESOLUTION).paused == (Interval(at("Mon 10:00"), at("Mon 12:00")),)
    assert clock(states, Target.ACKNOWLEDGE, 2).started_at == at("Mon 12:00")


def test_a_reopening_after_the_allowed_days_belongs_to_a_new_ticket(policy: Policy) -> None:
    log = (opened(at("Mon 09:00"), P2), event(EventKind.SOLVED, at("Mon 10:00"), EXPERT))
    late = event(EventKind.REOPENED, at("Mon 10:01") + timedelta(days=14))
    assert clock(run(policy, late.at, *log, late), Target.RESOLUTION).stopped_at == at("Mon 10:00")


def test_a_message_while_solved_is_owed_an_answer_from_the_reopening(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 16:00"),
        opened(at("Mon 09:00"), P2),
        event(EventKind.SOLVED, at("Mon 10:00"), EXPERT),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 11:00")),
        event(EventKind.REOPENED, at("Mon 12:00"), EXPERT),
    )
    assert clock(states, Target.NEXT_RESPONSE).started_at == at("Mon 12:00")


def test_nothing_reopens_a_closed_ticket_and_an_acknowledgement_does_not_reopen_a_solved_one(
    policy: Policy,
) -> None:
    log = (
        opened(at("Mon 09:00"), P2),
        event(EventKind.SOLVED, at("Mon 10:00"), EXPERT),
        event(EventKind.ACKNOWLEDGED, at("Mon 10:30"), COLLEAGUE),
        event(EventKind.CLAIMED, at("Mon 10:40"), COLLEAGUE),
        event(EventKind.CLOSED, at("Mon 11:00"), EXPERT),
        event(EventKind.REOPENED, at("Mon 12:00")),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 12:00")),
    )
    assert all(state.stopped_at == at("Mon 10:00") for state in run(policy, at("Mon 13:00"), *log))


@pytest.mark.parametrize("kind", [EventKind.CANCELLED, EventKind.MERGED, EventKind.CLOSED])
def test_ending_a_ticket_stops_every_clock(policy: Policy, kind: EventKind) -> None:
    states = run(policy, at("Tue 16:00"), opened(at("Mon 09:00"), P2), event(kind, at("Mon 09:20"), EXPERT))
    assert {(state.stopped_at, state.next_point, state.breached_at) for state in states} == {
        (at("Mon 09:20"), None, None)
    }


def test_a_ticket_opened_on_a_closed_day_counts_from_the_next_opening(policy: Policy) -> None:
    log = (opened(at("Sat 10:00"), P3), event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT))
    waiting = clock(run(policy, at("Sun 23:00"), log[0]), Target.FIRST_RESPONSE)
    assert (waiting.reached, waiting.next_point_at) == (None, at("Mon 13:00"))  # half of its 8 hours
    answered = clock(run(policy, at("Mon 11:00"), *log), Target.FIRST_RESPONSE)
    assert (answered.due_at, answered.met) == (at("Mon 17:00"), True)
    assert between(answered.calendar, answered.started_at, at("Mon 10:00")) == timedelta(hours=1)


@pytest.mark.parametrize("zone", [TORONTO, "America/Vancouver", "America/St_Johns", "America/Regina"])
@pytest.mark.parametrize(
    "when",
    [
        pytest.param("2026-11-01T05:30", id="first-pass-of-the-autumn-hour"),
        pytest.param("2026-11-01T06:30", id="second-pass"),
        pytest.param("2027-03-14T07:00", id="spring-gap"),
        pytest.param("2026-11-22T03:00", id="weekend-night"),
        pytest.param("2026-12-25T15:00", id="holiday"),
        pytest.param("2026-11-24T15:00", id="open"),
    ],
)
def test_nothing_is_late_or_half_gone_the_moment_a_ticket_is_opened(zone: str, when: str) -> None:
    hub = default_policy().hub_calendar
    elsewhere = Calendar("hub", zone, hub.windows, hub.holidays)
    now = datetime.fromisoformat(when).replace(tzinfo=UTC)
    for priority, covered in itertools.product(Priority, (True, False)):
        policy = replace(default_policy(), calendars=(elsewhere,))
        for state in run(policy, now, opened(now, priority), covered=covered):
            assert (state.reached, state.breached_at, state.running) == (None, None, True)
            assert state.next_point_at is not None
            assert now < state.next_point_at < state.due_at
            assert between(state.calendar, max(now, state.started_at), state.due_at) > timedelta(0)


# Breach


def test_a_breach_is_recorded_at_the_due_instant_and_nothing_later_erases_it(policy: Policy) -> None:
    log = [opened(at("Mon 09:00"), P2)]
    for change in (
        event(EventKind.PRIORITY_CHANGED, at("Mon 12:00"), EXPERT, priority=P4),
        event(EventKind.WAITING_REQUESTER, at("Mon 12:30"), EXPERT),
        event(EventKind.POLICY_APPLIED, at("Mon 13:00"), policy=policy),
        event(EventKind.SOLVED, at("Mon 14:00"), EXPERT),
    ):
        log.append(change)
        first = clock(run(policy, at("Tue 09:00"), *log), Target.FIRST_RESPONSE)
        assert first.breached_at == at("Mon 11:00")
        assert not first.met


def test_a_reply_on_the_due_instant_is_in_time(policy: Policy) -> None:
    log = (opened(at("Mon 09:00"), P2), event(EventKind.PUBLIC_REPLY, at("Mon 11:00"), EXPERT))
    assert clock(run(policy, at("Mon 12:00"), *log), Target.FIRST_RESPONSE).met


def test_a_reply_recorded_late_meets_the_target_and_says_so(policy: Policy) -> None:
    reply = event(EventKind.PUBLIC_REPLY, at("Mon 10:50"), EXPERT, recorded_at=at("Mon 11:20"))
    before = clock(run(policy, at("Mon 11:10"), opened(at("Mon 09:00"), P2)), Target.FIRST_RESPONSE)
    after = clock(run(policy, at("Mon 11:30"), opened(at("Mon 09:00"), P2), reply), Target.FIRST_RESPONSE)
    assert before.breached_at == at("Mon 11:00")
    assert (after.breached_at, after.met, after.met_recorded_late) == (None, True, True)


def test_a_mail_dated_in_the_future_counts_from_its_arrival(policy: Policy) -> None:
    skewed = event(EventKind.PUBLIC_REPLY, at("Wed 09:00"), EXPERT, recorded_at=at("Mon 10:00"))
    state = clock(run(policy, at("Mon 12:00"), opened(at("Mon 09:00"), P2), skewed), Target.FIRST_RESPONSE)
    assert (state.stopped_at, state.met_recorded_late) == (at("Mon 10:00"), False)


def test_an_answer_dated_before_the_opening_by_another_clock_still_counts(policy: Policy) -> None:
    early = event(EventKind.PUBLIC_REPLY, at("Mon 08:59"), EXPERT)
    state = clock(run(policy, at("Mon 12:00"), opened(at("Mon 09:00"), P2), early), Target.FIRST_RESPONSE)
    assert (state.stopped_at, state.met) == (at("Mon 09:00"), True)


def test_an_overdue_clock_that_is_paused_says_nothing_and_stays_overdue(policy: Policy) -> None:
    log = [
        opened(at("Fri 09:00"), P2),
        event(EventKind.CLAIMED, at("Fri 09:05"), EXPERT),
        event(EventKind.WAITING_REQUESTER, at("Mon 10:10"), EXPERT),
    ]
    held = clock(run(policy, at("Mon 12:00"), *log), Target.RESOLUTION)
    assert (held.due_at, held.breached_at, held.next_point) == (at("Mon 09:00"), at("Mon 09:00"), None)
    log.append(event(EventKind.RESUMED, at("Mon 13:00"), EXPERT))
    log.append(event(EventKind.RESUMED, at("Mon 13:05"), EXPERT))
    awake = clock(run(policy, at("Mon 13:10"), *log), Target.RESOLUTION)
    assert (awake.due_at, awake.breached_at) == (at("Mon 09:00"), at("Mon 09:00"))
    assert (awake.reached, awake.next_point_at) == (Point("after-8", at("Mon 13:00")), at("Mon 13:30"))


def test_a_pause_dated_before_the_opening_is_none(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 10:30"),
        opened(at("Mon 09:00"), P2),
        event(EventKind.WAITING_REQUESTER, at("Mon 08:50"), EXPERT),
        event(EventKind.RESUMED, at("Mon 08:55"), EXPERT),
    )
    assert clock(states, Target.RESOLUTION).paused == ()


def test_a_reply_that_solves_is_a_first_response(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 10:30"),
        opened(at("Mon 09:00"), P2),
        event(EventKind.SOLVED, at("Mon 10:00"), EXPERT),
        event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT),
    )
    assert clock(states, Target.FIRST_RESPONSE).met
    assert clock(states, Target.RESOLUTION).met


def test_a_ticket_of_its_own_expert_reopens_without_a_new_acknowledgement(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 12:00"),
        opened(at("Mon 09:00"), P3),
        event(EventKind.CLAIMED, at("Mon 09:30"), EXPERT),
        event(EventKind.SOLVED, at("Mon 10:00"), EXPERT),
        event(EventKind.REOPENED, at("Mon 11:00"), EXPERT),
    )
    assert {(state.target, state.running) for state in states} == {
        (Target.ACKNOWLEDGE, False),
        (Target.FIRST_RESPONSE, False),
        (Target.RESOLUTION, True),
    }


# Priority, policy, merge


def test_a_raised_priority_takes_the_earlier_of_old_due_and_new_target(policy: Policy) -> None:
    raised = event(EventKind.PRIORITY_CHANGED, at("Mon 12:00"), EXPERT, priority=P1)
    first = clock(run(policy, at("Mon 12:01"), opened(at("Mon 09:00"), P3), raised), Target.FIRST_RESPONSE)
    assert (first.due_at, first.breached_at, first.priority) == (at("Mon 12:15"), None, P1)
    revision = first.revisions[-1]
    assert (revision.priority_before, revision.due_before) == (P3, at("Mon 17:00"))
    assert (revision.priority_after, revision.due_after) == (P1, at("Mon 12:15"))
    assert first.next_point == "50~1"
    late = event(EventKind.PRIORITY_CHANGED, at("Mon 16:55"), EXPERT, priority=P2)
    kept = clock(run(policy, at("Mon 16:56"), opened(at("Mon 09:00"), P3), late), Target.FIRST_RESPONSE)
    assert (kept.due_at, kept.reached) == (at("Mon 17:00"), Point("90", at("Mon 16:12")))


def test_a_lowered_priority_counts_again_from_the_start_with_all_pauses(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 16:00"),
        opened(at("Mon 09:00"), P2),
        event(EventKind.WAITING_REQUESTER, at("Mon 10:00"), EXPERT),
        event(EventKind.RESUMED, at("Mon 12:00"), EXPERT),
        event(EventKind.PRIORITY_CHANGED, at("Mon 12:00"), EXPERT, priority=P3),
    )
    resolution = clock(states, Target.RESOLUTION)
    assert resolution.due_at == iso("2026-12-07T11:00")
    assert clock(states, Target.FIRST_RESPONSE).breached_at == at("Mon 11:00")
    assert clock(states, Target.FIRST_RESPONSE).due_at == at("Mon 17:00")


def test_a_target_the_old_priority_lacked_is_never_late_at_the_change(policy: Policy) -> None:
    down = event(EventKind.PRIORITY_CHANGED, at("Thu 10:00"), EXPERT, priority=P2)
    states = run(policy, at("Thu 10:00"), opened(at("Mon 09:00"), P1), down)
    assert clock(states, Target.RESOLUTION).due_at == at("Thu 10:00") + timedelta(hours=72)
    soon = event(EventKind.PRIORITY_CHANGED, at("Tue 10:00"), EXPERT, priority=P2)
    states = run(policy, at("Tue 10:00"), opened(at("Mon 09:00"), P1), soon)
    assert clock(states, Target.RESOLUTION).due_at == at("Thu 09:00")


def test_an_update_begins_with_a_raise_and_ends_with_a_lowering(policy: Policy) -> None:
    log = (
        opened(at("Mon 09:00"), P3),
        event(EventKind.PUBLIC_REPLY, at("Mon 09:30"), EXPERT),
        event(EventKind.PRIORITY_CHANGED, at("Mon 11:00"), EXPERT, priority=P1),
        event(EventKind.PRIORITY_CHANGED, at("Mon 12:00"), EXPERT, priority=P3),
        event(EventKind.PRIORITY_CHANGED, at("Mon 12:30"), EXPERT, priority=P2),
    )
    states = run(policy, at("Mon 13:00"), *log)
    assert clock(states, Target.UPDATE, 1).due_at == at("Mon 13:00")
    assert clock(states, Target.UPDATE, 1).cancelled
    assert clock(states, Target.UPDATE, 2).due_at == at("Tue 12:30")
    calm = run(
        policy, at("Mon 13:00"), *log[:2], event(EventKind.PRIORITY_CHANGED, at("Mon 11:00"), priority=P4)
    )
    assert all(state.target is not Target.UPDATE for state in calm)


def test_a_priority_changed_while_solved_holds_after_the_reopening(policy: Policy) -> None:
    states = run(
        policy,
        at("Mon 16:00"),
        opened(at("Mon 09:00"), P3),
        event(EventKind.SOLVED, at("Mon 10:00"), EXPERT),
        event(EventKind.PRIORITY_CHANGED, at("Mon 11:00"), EXPERT, priority=P2),
        event(EventKind.REOPENED, at("Mon 12:00"), EXPERT),
    )
    resolution = clock(states, Target.RESOLUTION)
    assert (resolution.priority, resolution.due_at) == (P2, at("Mon 12:00") + timedelta(hours=72))


def test_a_policy_applied_keeps_paused_time_and_makes_nothing_late(policy: Policy) -> None:
    strict = replace(
        policy,
        rules=tuple(
            replace(rule, first_response=parse_duration("1 h"), resolution=parse_duration("4 h"))
            for rule in policy.rules
        ),
    )
    log = (
        opened(at("Mon 09:00"), P2),
        event(EventKind.WAITING_REQUESTER, at("Mon 09:30"), EXPERT),
        event(EventKind.RESUMED, at("Mon 10:15"), EXPERT),
    )
    applied = event(EventKind.POLICY_APPLIED, at("Mon 10:30"), policy=strict)
    states = run(policy, at("Mon 10:31"), *log, applied)
    assert clock(states, Target.RESOLUTION).due_at == at("Mon 13:45")
    assert clock(states, Target.FIRST_RESPONSE).due_at == at("Mon 11:00")
    assert clock(states, Target.FIRST_RESPONSE).breached_at is None
    silent = replace(policy, rules=tuple(replace(rule, resolution=None) for rule in policy.rules))
    dropped = run(policy, at("Mon 10:31"), *log, replace(applied, policy=silent))
    assert clock(dropped, Target.RESOLUTION).cancelled
    solved = event(EventKind.SOLVED, at("Mon 10:20"), EXPERT)
    reopened = event(EventKind.REOPENED, at("Mon 11:20"), EXPERT)
    again = run(policy, at("Mon 11:30"), *log, solved, applied, reopened)
    assert clock(again, Target.RESOLUTION).due_at == at("Mon 14:45")


def test_merging_takes_the_earliest_instants_and_cancels_the_source(policy: Policy) -> None:
    absorbed = event(
        EventKind.ABSORBED,
        at("Mon 12:00"),
        EXPERT,
        asked_at=at("Mon 08:00"),
        escalated_at=at("Mon 08:30"),
        unanswered_since=at("Mon 08:15"),
    )
    log = (opened(at("Mon 09:00"), P3), absorbed)
    states = run(policy, at("Mon 12:30"), *log)
    assert clock(states, Target.RESOLUTION).started_at == at("Mon 08:30")
    assert origin(TicketFacts(at("Mon 08:50")), log).first_asked_at == at("Mon 08:00")
    assert origin(TicketFacts(at("Mon 08:50")), log).escalated_at == at("Mon 08:30")
    answered = (
        event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT),
        event(EventKind.REQUESTER_MESSAGE, at("Mon 11:00")),
    )
    owed = clock(run(policy, at("Mon 12:30"), *log, *answered), Target.NEXT_RESPONSE)
    assert owed.started_at == at("Mon 08:15")
    met = clock(run(policy, at("Mon 12:30"), *log, answered[0]), Target.FIRST_RESPONSE)
    assert (met.started_at, met.met) == (at("Mon 09:00"), True)
    alone = clock(run(policy, at("Mon 12:30"), *log, answered[0]), Target.NEXT_RESPONSE)
    assert alone.started_at == at("Mon 08:15")
    later = replace(absorbed, escalated_at=at("Mon 11:30"), unanswered_since=at("Mon 11:30"))
    unmoved = run(
        policy, at("Mon 12:30"), log[0], *answered, later, replace(later, escalated_at=None, asked_at=None)
    )
    assert clock(unmoved, Target.NEXT_RESPONSE).started_at == at("Mon 11:00")
    assert clock(unmoved, Target.RESOLUTION).started_at == at("Mon 09:00")


# Order


def test_the_same_cause_counts_once(policy: Policy) -> None:
    message = event(EventKind.REQUESTER_MESSAGE, at("Mon 11:00"), source_id="mail-1")
    again = replace(message, recorded_at=at("Mon 12:00"))
    log = (opened(at("Mon 09:00"), P3), event(EventKind.PUBLIC_REPLY, at("Mon 10:00"), EXPERT), message)
    assert run(policy, at("Mon 13:00"), *log, again) == run(policy, at("Mon 13:00"), *log)


def test_without_an_opening_there_are_no_clocks(policy: Policy) -> None:
    lonely = event(EventKind.CLAIMED, at("Mon 09:00"), EXPERT)
    assert run(policy, at("Mon 10:00"), lonely) == ()
    assert silence_due_at(policy, TicketFacts(at("Mon 09:00")), [lonely]) is None
    with pytest.raises(ValueError, match="do not say when"):
        origin(TicketFacts(at("Mon 09:00")), [lonely])


def test_events_that_cannot_be_read_are_refused(policy: Policy) -> None:
    with pytest.raises(ValueError, match="must name a priority"):
        run(policy, at("Mon 10:00"), event(EventKind.OPENED, at("Mon 09:00")))
    with pytest.raises(ValueError, match="must carry its policy"):
        run(
            policy,
            at("Mon 10:00"),
            opened(at("Mon 09:00"), P2),
            event(EventKind.POLICY_APPLIED, at("Mon 09:30")),
        )
    with pytest.raises(ValueError, match="no time zone"):
        event(EventKind.CLAIMED, at("Mon 09:00").replace(tzinfo=None))


def test_structured_details_survive_being_stored() -> None:
    full = event(
        EventKind.ABSORBED,
        at("Mon 09:00"),
        EXPERT,
        priority=P2,
        assignee=COLLEAGUE,
        needed_by=at("Tue 19:00"),
        asked_at=at("Mon 08:00"),
        escalated_at=at("Mon 08:30"),
        unanswered_since=at("Mon 08:15"),
    )
    bare = event(EventKind.ABSORBED, at("Mon 09:00"), EXPERT, detail="by mail " + write_detail(full))
    assert replace(read_detail(bare), detail="") == full
    assert read_detail(replace(bare, detail="plain words")) == replace(bare, detail="plain words")


# Reminders


def plan(policy: Policy, priority: Priority, **rest: object) -> Schedule:
    states = run(policy, at("Mon 09:00"), opened(at("Mon 09:00"), priority))
    return replace(clock(states, Target.FIRST_RESPONSE).schedule, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("priority", "now", "missed", "following"),
    [
        (P1, "Mon 09:00", None, ("50", "Mon 09:07")),
        (P1, "Mon 09:14", ("90", "Mon 09:13"), ("due", "Mon 09:15")),
        (P1, "Mon 09:15", ("due", "Mon 09:15"), ("after-1", "Mon 09:20")),
        (P1, "Mon 10:22", ("after-13", "Mon 10:20"), ("after-14", "Mon 10:25")),
        (P2, "Mon 11:45", ("after-1", "Mon 11:30"), ("after-2", "Mon 12:00")),
        (P3, "Mon 16:12", ("90", "Mon 16:12"), ("due", "Mon 17:00")),
        (P3, "Mon 23:00", ("due", "Mon 17:00"), ("after-1", "Tue 09:00")),
        (P3, "Wed 12:00", ("after-2", "Wed 09:00"), ("after-3", "Thu 09:00")),
    ],
)
def test_only_the_latest_point_is_missed_and_the_next_is_known(
    policy: Policy, priority: Priority, now: str, missed: tuple[str, str] | None, following: tuple[str, str]
) -> None:
    schedule = plan(policy, priority)
    found = latest_missed_point(schedule, at(now))
    assert (found and (found.name, found.at.replace(second=0))) == (missed and (missed[0], at(missed[1])))
    coming = next_point(schedule, at(now))
    assert coming is not None
    assert (coming.name, coming.at.replace(second=0)) == (following[0], at(following[1]))


def test_business_reminders_skip_weekends(policy: Policy) -> None:
    states = run(policy, at("Fri 16:00"), opened(at("Fri 09:00"), P3))
    schedule = clock(states, Target.FIRST_RESPONSE).schedule
    assert latest_missed_point(schedule, at("Sun 12:00")) == Point("due", at("Fri 17:00"))
    assert next_point(schedule, at("Sun 12:00")) == Point("after-1", at("Mon 09:00"))


def test_repeats_go_on_at_the_same_pace_until_somebody_acknowledges(policy: Policy) -> None:
    schedule = plan(policy, P1)  # due 09:15, every five minutes
    found, now = [], at("Mon 09:15")
    while len(found) < 8:
        point = next_point(schedule, now)
        assert point is not None
        found.append(point)
        now = point.at
    assert [point.name for point in found] == [f"after-{number}" for number in range(1, 9)]
    assert [point.at for point in found] == [at("Mon 09:15") + timedelta(minutes=5 * n) for n in range(1, 9)]
    assert latest_missed_point(schedule, at("Mon 09:59")) == Point("after-8", at("Mon 09:55"))


def test_quiet_stretches_leave_repeats_out_but_lose_none_before_them(policy: Policy) -> None:
    quiet = (Interval(at("Mon 09:22"), at("Mon 09:40")), Interval(at("Mon 10:00")))
    schedule = plan(policy, P1, quiet=quiet)
    assert latest_missed_point(schedule, at("Mon 09:36")) == Point("after-1", at("Mon 09:20"))
    assert next_point(schedule, at("Mon 09:20")) == Point("after-5", at("Mon 09:40"))
    assert latest_missed_point(schedule, at("Mon 12:00")) == Point("after-8", at("Mon 09:55"))
    assert next_point(schedule, at("Mon 09:55")) is None
    assert latest_missed_point(plan(policy, P1, still=True), at("Mon 12:00")) is None
    assert next_point(plan(policy, P1, still=True), at("Mon 12:00")) is None


def test_acknowledging_an_overdue_clock_quiets_it_until_it_is_armed_again(policy: Policy) -> None:
    log = (opened(at("Mon 09:00"), P1), event(EventKind.CLAIMED, at("Mon 09:22"), EXPERT))
    first = clock(run(policy, at("Mon 09:30"), *log), Target.FIRST_RESPONSE)
    assert (first.next_point, first.next_point_at) == ("after-5", at("Mon 09:40"))
    given_away = event(EventKind.HANDED_OVER, at("Mon 09:31"), EXPERT, assignee=COLLEAGUE)
    woken = clock(run(policy, at("Mon 09:32"), *log, given_away), Target.FIRST_RESPONSE)
    assert (woken.next_point, woken.next_point_at) == ("after-4", at("Mon 09:35"))
    never = replace(policy, rules=tuple(replace(rule, rearm=None) for rule in policy.rules))
    acknowledged = event(EventKind.ACKNOWLEDGED, at("Mon 09:22"), EXPERT)
    silent = clock(run(never, at("Mon 09:30"), log[0], acknowledged), Target.ACKNOWLEDGE)
    assert (silent.next_point, silent.running) == (None, True)


def test_raising_an_overdue_ticket_reminds_at_the_new_pace_under_new_names(policy: Policy) -> None:
    raised = event(EventKind.PRIORITY_CHANGED, at("Tue 11:02"), EXPERT, priority=P1)
    first = clock(run(policy, at("Tue 11:03"), opened(at("Mon 09:00"), P3), raised), Target.FIRST_RESPONSE)
    assert first.due_at == first.breached_at == at("Mon 17:00")
    assert first.next_point is not None
    assert first.next_point.startswith("after-")
    assert first.next_point.endswith("~1")
    assert first.next_point_at == at("Tue 11:07")


# Cover, deadlines, silence


def test_without_night_cover_urgent_clocks_start_at_the_opening(policy: Policy) -> None:
    uncovered = replace(policy, out_of_hours=None)
    night = opened(at("Sat 23:00"), P1)
    assert clock(run(policy, at("Sat 23:01"), night), Target.FIRST_RESPONSE).due_at == at("Sat 23:15")
    waiting = clock(run(uncovered, at("Sat 23:01"), night), Target.FIRST_RESPONSE)
    assert (waiting.started_at, waiting.due_at) == (at("Mon 09:00"), at("Mon 09:15"))
    known = clock(run(uncovered, at("Sat 23:01"), night, covered=True), Target.FIRST_RESPONSE)
    assert known.due_at == at("Sat 23:15")


@pytest.mark.parametrize(
    ("priority", "start", "needed_by", "expected", "meets"),
    [
        (P3, "Mon 09:00", None, "Mon 17:00", None),
        (P3, "Mon 09:00", "Tue 19:00", "Mon 17:00", True),
        (P3, "Mon 09:00", "Mon 12:00", "Mon 12:00", True),
        (P3, "Mon 09:00", "Mon 09:05", "Mon 17:00", False),
        (P3, "Mon 09:00", "Mon 08:00", "Mon 17:00", False),
        (P3, "Sat 10:00", "Sun 19:00", "Mon 17:00", False),
        (P3, "Fri 16:00", "Sat 19:00", "Fri 17:00", True),
        (P2, "Sat 10:00", "Sat 11:00", "Sat 11:00", True),
    ],
)
def test_a_promise_is_never_later_than_a_deadline_that_can_be_met(
    policy: Policy, priority: Priority, start: str, needed_by: str | None, expected: str, meets: bool | None
) -> None:
    deadline = at(needed_by) if needed_by else None
    facts = TicketFacts(at(start), needed_by=deadline)
    given = promise(policy, facts, priority, at(start))
    assert (given.due_at, given.meets_needed_by, given.needed_by) == (at(expected), meets, deadline)
    states = clocks(policy, facts, [opened(at(start), priority)], at(start))
    assert clock(states, Target.FIRST_RESPONSE).due_at == given.due_at


def test_a_deadline_told_later_moves_the_running_promise_and_no_past_one(policy: Policy) -> None:
    told = event(EventKind.NEEDED_BY_SET, at("Mon 10:00"), needed_by=at("Mon 12:00"))
    withdrawn = event(EventKind.NEEDED_BY_SET, at("Mon 11:00"))
    log = (opened(at("Mon 09:00"), P3), told)
    facts = {"needed_by": at("Mon 09:30")}
    first = clock(run(policy, at("Mon 10:30"), *log, **facts), Target.FIRST_RESPONSE)
    assert (first.due_at, first.next_point, first.next_point_at) == (at("Mon 12:00"), "50~1", at("Mon 11:00"))
    back = clock(run(policy, at("Mon 11:30"), *log, withdrawn), Target.FIRST_RESPONSE)
    assert back.due_at == at("Mon 17:00")
    answered = event(EventKind.PUBLIC_REPLY, at("Mon 09:30"), EXPERT)
    assert clock(run(policy, at("Mon 13:00"), *log, answered), Target.FIRST_RESPONSE).due_at == at(
        "Mon 17:00"
    )
    lowered = event(EventKind.PRIORITY_CHANGED, at("Mon 10:30"), priority=P4)
    assert clock(run(policy, at("Mon 10:40"), *log, lowered), Target.FIRST_RESPONSE).due_at == at("Mon 12:00")


def test_a_promise_says_from_when_somebody_is_on_duty(policy: Policy) -> None:
    facts = TicketFacts(at("Sat 10:00"))
    uncovered = replace(policy, out_of_hours=None)
    assert promise(policy, facts, P1, at("Sat 10:00")).staffed
    assert promise(uncovered, facts, P1, at("Mon 10:00")).staffed
    alone = promise(uncovered, facts, P1, at("Sat 10:00"))
    assert (alone.staffed, alone.opens_at, alone.due_at) == (False, at("Mon 09:00"), at("Mon 09:15"))


@pytest.mark.parametrize(
    ("priority", "when", "danger", "needed_by", "pages"),
    [
        (P1, "Sat 03:00", False, None, True),
        (P2, "Mon 10:00", False, "Thu 09:00", True),
        (P2, "Sat 03:00", False, None, True),
        (P2, "Sat 03:00", True, "Thu 09:00", True),
        (P2, "Sat 03:00", False, "Sat 20:00", True),
        (P2, "Sat 03:00", False, "Thu 09:00", False),
        (P3, "Mon 10:00", True, None, False),
    ],
)
def test_who_may_be_woken(
    policy: Policy, priority: Priority, when: str, danger: bool, needed_by: str | None, pages: bool
) -> None:
    deadline = at(needed_by) if needed_by else None
    assert pages_now(policy, priority, at(when), danger=danger, needed_by=deadline) is pages


def test_silence_of_an_urgent_requester_prompts_a_person(policy: Policy) -> None:
    facts = TicketFacts(at("Mon 09:00"))
    waiting = event(EventKind.WAITING_REQUESTER, at("Mon 10:00"), EXPERT)
    for priority, expected in ((P1, at("Mon 10:30")), (P2, at("Mon 14:00")), (P3, at("Thu 10:00"))):
        log = [opened(at("Mon 09:00"), priority), waiting]
        assert silence_due_at(policy, facts, log) == expected
        assert (
            silence_due_at(policy, facts, [*log, event(EventKind.REQUESTER_MESSAGE, at("Mon 10:10"))]) is None
        )


def test_a_rule_may_be_counted_on_the_requesters_calendar(policy: Policy) -> None:
    theirs = Calendar("theirs", "America/Vancouver", parse_hours("Mon-Fri 09:00-17:00"))
    rules = tuple(
        replace(rule, calendar="requester") if rule.priority is P3 else rule for rule in policy.rules
    )
    chosen = replace(policy, rules=rules)
    log = (opened(at("Mon 09:00"), P3),)
    there = run(chosen, at("Mon 09:00"), *log, requester_calendar=theirs)
    assert clock(there, Target.FIRST_RESPONSE).due_at == datetime(2026, 11, 24, 0, tzinfo=UTC)
    assert clock(run(chosen, at("Mon 09:00"), *log), Target.FIRST_RESPONSE).due_at == at("Mon 17:00")


# Policies


def test_the_default_policy_is_the_table_of_the_sla() -> None:
    policy = default_policy()
    table = {
        rule.priority: (
            rule.calendar,
            *(str(rule.allowed(target) or "none") for target in Target if target.promised),
        )
        for rule in policy.rules
    }
    assert table == {
        P1: ("elapsed", "5 min", "15 min", "15 min", "2 h", "none"),
        P2: ("elapsed", "30 min", "2 h", "2 h", "24 h", "72 h"),
        P3: ("hub", "4 h", "8 h", "8 h", "none", "10 days"),
        P4: ("hub", "1 day", "3 days", "3 days", "none", "20 days"),
    }
    assert str(policy.rule(P1).allowed(Target.UPDATE, 2)) == "24 h"
    assert policy.rule(P1).allowed(Target.FOLLOW_UP) is None
    hub = policy.hub_calendar
    assert (hub.zone, {str(w) for day in hub.windows[:5] for w in day}) == (TORONTO, {"09:00-20:00"})
    assert {row for row in hub.holidays if row.date.year in (2026, 2027)} == set(
        seed_holidays(["US", "CA-ON"], [2026, 2027])
    )


def test_p4_days_are_hub_days_over_a_holiday() -> None:
    start = iso("2026-11-25T15:00")
    states = run(default_policy(), start, opened(start, P4))
    assert clock(states, Target.ACKNOWLEDGE).due_at == iso("2026-11-27T15:00")
    assert clock(states, Target.FIRST_RESPONSE).due_at == iso("2026-12-01T15:00")


BASE = """
name = "small"
hub = "hub"
[priorities.P1]
meaning = "now"
calendar = "elapsed"
acknowledge = "5 min"
first_response = "15 min"
next_response = "15 min"
repeat = "5 min"
[priorities.P2]
meaning = "soon"
calendar = "elapsed"
acknowledge = "30 min"
first_response = "2 h"
next_response = "2 h"
repeat = "30 min"
[priorities.P3]
meaning = "later"
calendar = "hub"
acknowledge = "4 h"
first_response = "8 h"
next_response = "8 h"
repeat = "1 day"
[priorities.P4]
meaning = "some day"
calendar = "hub"
acknowledge = "1 day"
first_response = "3 days"
next_response = "3 days"
repeat = "1 day"
[calendars.hub]
zone = "America/Boise"
hours = "Mon-Fri 09:00-17:00"
"""


def test_a_small_policy_is_read_and_its_calendar_can_be_replaced() -> None:
    assert load_policy(BASE).out_of_hours is None
    ours = Calendar("hub", TORONTO, parse_hours("Mon 09:00-10:00"))
    assert load_policy(BASE, [ours]).hub_calendar is ours


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('"5 min"', '"-5 min"', "priorities.P1.acknowledge: '-5 min' is no duration"),
        ('"5 min"', '"0 min"', "no time at all"),
        ('"5 min"', '"5 parsecs"', "is no duration"),
        ('"5 min"', '"5 min 5 min"', "is no duration"),
        ('"5 min"', '"900000 h"', "longer than ten years"),
        ('"3 days"', '"9000 days"', "longer than ten years"),
        ('"5 min"', "5", "'5' is no duration"),
        ('meaning = "now"', "meaning = 1", "priorities.P1.meaning: a text is needed here"),
        ('meaning = "now"', "", "priorities.P1.meaning: this is missing"),
        ('repeat = "5 min"', "", "priorities.P1.repeat: this is missing"),
        ('repeat = "5 min"', 'repeat = "1 day"', "elapsed time has no business days"),
        ('repeat = "1 day"', 'repeat = "2 days"', "slowest a reminder may repeat"),
        ('repeat = "5 min"', 'repeat = "5 min"\nrepaet = "5 min"', "P1.repaet: this is not a setting"),
        ('calendar = "elapsed"', 'calendar = "hub"', "P1 always runs on elapsed time"),
        (
            'calendar = "hub"',
            'calendar = "moon"',
            "priorities.P3.calendar: there is no calendar named 'moon'",
        ),
        ('hub = "hub"', 'hub = "moon"', "hub: there is no calendar named 'moon'"),
        ("[priorities.P4]", "[priorities.P5]", "priorities.P4: this is missing"),
        ("[priorities.P4]", "[priorities.P5]", "priorities.P5: there is no such priority"),
        ("America/Boise", "America/Boisy", "unknown time zone 'America/Boisy'"),
        ("09:00-17:00", "09:00-17:00,16:00-18:00", "calendars.hub.hours.*overlap"),
        ('zone = "America/Boise"', "", "calendars.hub.zone: this is missing"),
        ("[calendars.hub]", "[calendars.elapsed]", "calendars.elapsed: this name is taken"),
        ("[calendars.hub]", "[calendars.hub]\nholidays = 3", "a list of dated rows"),
        ("[calendars.hub]", '[calendars.hub]\nholidays = [{ date = "x" }]', "row 1 must be like"),
        ("[calendars.hub]", "[calendars.hub]\nholidays = [{ date = 2026-02-30 }]", "this is not TOML"),
        ('name = "small"', 'name = "small"\nnext_response_waits_for_third_party = 1', "write true or false"),
        ('name = "small"', 'name = "small"\nout_of_hours = 1', "out_of_hours: a table is needed"),
        ("[calendars.hub]", '[out_of_hours]\nwho = "lead"\n[calendars.hub]', "channels: a list of texts"),
        ("[calendars.hub]", "[calendars]\nhub = 1\n[x]", "calendars: tables are needed"),
        ('name = "small"', "name = ", "this is not TOML"),
    ],
)
def test_a_wrong_policy_is_refused_in_words(old: str, new: str, fault: str) -> None:
    with pytest.raises(PolicyError, match=fault):
        load_policy(BASE.replace(old, new, 1))


def test_every_fault_is_told_at_once_and_a_calendar_that_never_opens_is_one() -> None:
    closed = Calendar("hub", TORONTO, ((),) * 7)
    with pytest.raises(PolicyError) as caught:
        load_policy(BASE.replace('"5 min"', '"soon"'), [closed])
    assert len(caught.value.faults) == 3
    assert any("no open hour" in fault for fault in caught.value.faults)


@pytest.mark.parametrize("text", ["90 s", "5 min", "2 h", "1 h 30 min", "1 day", "10 days"])
def test_durations_read_back_as_they_are_written(text: str) -> None:
    assert str(parse_duration(text)) == {"90 s": "1 min 30 s"}.get(text, text)


def test_a_duration_is_one_thing_and_more_than_nothing() -> None:
    for wrong in ((timedelta(0), 0), (timedelta(hours=1), 1), (-timedelta(hours=1), 1)):
        with pytest.raises(ValueError, match="more than nothing"):
            Duration(*wrong)


def test_priorities_have_an_order() -> None:
    assert higher(P3, P1) is P1
    assert higher(P2, P2) is P2
    assert P1.above(P2)
    assert not P3.above(P3)
    assert [priority for priority in Priority if priority.urgent] == [P1, P2]
