"""Clocks under a changed priority, another policy, a merge; the order of events has no say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from escalation.sla import (
    EventKind,
    Point,
    Policy,
    Target,
    TicketFacts,
    origin,
    parse_duration,
    read_detail,
    silence_due_at,
    write_detail,
)
from tests.unit.sla.week import COLLEAGUE, EXPERT, P1, P2, P3, P4, at, clock, event, iso, opened, run

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
