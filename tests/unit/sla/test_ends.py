"""Resolution, reopening and breach: how clocks end, and what nothing erases."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from escalation.business_hours import Calendar, between
from escalation.sla import (
    EventKind,
    Interval,
    Point,
    Policy,
    Priority,
    Target,
    default_policy,
)
from tests.unit.sla.week import COLLEAGUE, EXPERT, P2, P3, P4, TORONTO, at, clock, event, opened, run

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
