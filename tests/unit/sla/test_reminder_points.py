"""When the people of a ticket are reminded of a clock."""

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.sla import (
    EventKind,
    Interval,
    Point,
    Policy,
    Priority,
    Schedule,
    Target,
    latest_missed_point,
    next_point,
)
from tests.unit.sla.week import COLLEAGUE, EXPERT, P1, P2, P3, at, clock, event, opened, run

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
