"""What an official is promised: at night, before a deadline, in their silence."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from escalation.business_hours import Calendar, parse_hours
from escalation.sla import (
    EventKind,
    Policy,
    Priority,
    Target,
    TicketFacts,
    clocks,
    pages_now,
    promise,
    silence_due_at,
)
from tests.unit.sla.week import EXPERT, P1, P2, P3, P4, at, clock, event, opened, run

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
