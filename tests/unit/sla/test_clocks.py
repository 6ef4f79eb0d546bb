"""Each clock: from when it runs, what pauses it and what stops it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.business_hours import Calendar, parse_hours
from escalation.holiday_seed import seed_holidays
from escalation.sla import (
    EventKind,
    Interval,
    Policy,
    Target,
    due,
    parse_duration,
    points,
)
from tests.unit.sla.week import COLLEAGUE, EXPERT, P1, P2, P3, TORONTO, at, clock, event, iso, opened, run

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
