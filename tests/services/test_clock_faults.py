"""Clocks that leap, nights on which the clocks change, policies that change: nobody forgotten, nobody told twice."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot import promises
from bot.database import transaction
from bot.policies import Policies
from bot.worker import beat
from escalation import policy_store
from escalation.access import OPERATOR
from escalation.kinds import PolicyOrigin, ReminderState
from escalation.sla import Target, load_policy, write_policy
from escalation.sla.policy import Duration
from escalation.tables import Clock, Reminder, TicketEvent
from tests.support.desk import DeskFactory

DOXED = "someone posted my home address on telegram, what do I do first"
SECOND = timedelta(seconds=1)


def test_a_clock_that_leaps_tells_nobody_twice_and_forgets_nobody(sqlite_desks: DeskFactory) -> None:
    with sqlite_desks.desk() as desk:
        desk.say(DOXED)
        for minutes in range(45):
            desk.clock.advance(timedelta(minutes=1))
            beat(desk.services)
            if minutes == 20:
                desk.clock.advance(-timedelta(hours=1))
        told = len(desk.outbox)
        desk.clock.advance(timedelta(days=1))
        beat(desk.services)
        beat(desk.services)
        late = [clock for clock in desk.rows(Clock) if clock.breached_at]
        assert all(clock.breached_at == clock.due_at for clock in late)
        keys = [(r.subject_id, r.target, r.cycle, r.point, r.recipient) for r in desk.rows(Reminder)]
        assert len(keys) == len(set(keys))
        assert len(desk.outbox) - told <= 3  # one message for the experts' place, not a day of them
        desk.clock.advance(-timedelta(hours=1))
        before = len(desk.outbox)
        beat(desk.services)
        assert len(desk.outbox) == before
        due = [r for r in desk.rows(Reminder) if r.target is Target.FIRST_RESPONSE]
        assert due


@pytest.mark.parametrize(
    ("zone", "opened", "due"),
    [
        (
            "America/Toronto",
            "2026-11-01T04:50",
            "2026-11-01T06:50",
        ),  # 00:50 EDT, due 01:50 EST, the second pass
        ("America/Toronto", "2027-03-14T06:30", "2027-03-14T08:30"),  # 01:30 EST, due 04:30 EDT
        ("America/Vancouver", "2026-11-01T08:50", "2026-11-01T10:50"),  # no change in Vancouver any more
    ],
)
def test_on_the_nights_the_clocks_change_an_hour_is_an_hour(
    sqlite_desks: DeskFactory, zone: str, opened: str, due: str
) -> None:
    with sqlite_desks.desk() as desk:
        text = write_policy(desk.services.policy).replace("Mon-Fri 09:00-20:00", "Mon-Sun 00:00-24:00")
        policy = load_policy(text.replace("America/Toronto", zone))
        desk.services = replace(desk.services, policies=Policies(policy))
        with transaction(desk.services.engine) as session:
            saved = policy_store.save(session, write_policy(policy), PolicyOrigin.COMMAND, desk.clock())
        desk.services = replace(desk.services, policies=Policies(saved))
        desk.clock.now = datetime.fromisoformat(opened).replace(tzinfo=UTC)
        desk.say(DOXED)
        for _ in range(5 * 60):
            desk.clock.advance(timedelta(minutes=1))
            beat(desk.services)
        first = next(c for c in desk.rows(Clock) if c.target is Target.FIRST_RESPONSE)
        assert first.breached_at is not None
        assert abs(first.breached_at - datetime.fromisoformat(due).replace(tzinfo=UTC)) < SECOND
        told = [
            r for r in desk.rows(Reminder) if r.target is Target.FIRST_RESPONSE and r.recipient == "experts"
        ]
        assert len({r.point for r in told}) == len(told)
        gaps = sorted(r.due_at for r in told if r.point.startswith("after-"))
        assert {b - a for a, b in itertools.pairwise(gaps[:5])} == {timedelta(minutes=30)}


def test_a_policy_changed_under_running_clocks_loses_no_reminder(sqlite_desks: DeskFactory) -> None:
    with sqlite_desks.desk() as desk:
        for number in range(3):
            desk.say(DOXED, thread=f"t{number}", who=f"w{number}")
        policy = desk.services.policy
        for minutes in range(120):
            desk.clock.advance(timedelta(minutes=1))
            if minutes in (20, 60):
                wait = Duration(timedelta(minutes=40 if minutes == 20 else 90))
                rules = tuple(replace(rule, first_response=wait) for rule in policy.rules)
                saved = promises.save(desk.services, write_policy(replace(policy, rules=rules)), OPERATOR)
                promises.apply_to_open(desk.services, saved, OPERATOR)
            beat(desk.services)
        applied = [e for e in desk.rows(TicketEvent) if e.kind == "policy_applied"]
        assert len(applied) == 6
        first = [c for c in desk.rows(Clock) if c.target is Target.FIRST_RESPONSE]
        assert all(clock.breached_at is not None for clock in first)
        told = {r.subject_id for r in desk.rows(Reminder) if r.target is Target.FIRST_RESPONSE}
        assert told == {1, 2, 3}
        assert not [r for r in desk.rows(Reminder) if r.state is ReminderState.HELD]
