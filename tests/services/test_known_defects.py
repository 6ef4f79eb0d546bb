"""Faults that other help desks had with their clocks, one test for each: here they stay impossible."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import casework, promises
from bot.database import reading
from bot.worker import beat
from escalation import tickets
from escalation.access import OPERATOR
from escalation.business_hours import Holiday
from escalation.kinds import ChannelName, SubjectKind
from escalation.sla import EventKind, Priority, Target, write_policy
from escalation.tables import Clock, Reminder, TicketEvent
from tests.support.desk import EXPERT, Desk, DeskFactory

DANGER = "there is a man with a gun at my door right now"
DOXED = "someone posted my home address on telegram, what do I do first"
CALM = "I need to talk to a person about our council vote on the flag"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SEEN = {Target.ACKNOWLEDGE, Target.FIRST_RESPONSE}


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk(channels=(ChannelName.WEB, ChannelName.EMAIL)) as made:
        yield made


def pass_time(desk: Desk, span: timedelta, every: timedelta) -> None:
    for _ in range(span // every):
        desk.clock.advance(every)
        beat(desk.services)


def clock_of(desk: Desk, target: Target) -> Clock:
    (found,) = [c for c in desk.rows(Clock) if c.target is target and c.subject_kind is SubjectKind.TICKET]
    assert isinstance(found, Clock)
    return found


def near(at: datetime | None, utc: str) -> bool:
    """Tell whether it is that time of UTC, within a second: a message takes a moment to arrive."""
    return at is not None and abs(at - datetime.fromisoformat(utc).replace(tzinfo=UTC)) < timedelta(seconds=1)


def act(name: str) -> dict[str, str]:
    return {"channel": "web", "source_id": name}


@pytest.mark.parametrize("words", [DANGER, DOXED])
def test_nothing_is_escalated_once_an_expert_has_answered(desk: Desk, words: str) -> None:
    desk.say(words)
    pass_time(desk, 3 * MINUTE, MINUTE)
    casework.reply(desk.services, "HD-1001", desk.actor(EXPERT), "Are you safe?", **act("r"))
    before = [r.id for r in desk.rows(Reminder) if r.target in SEEN]
    pass_time(desk, 3 * HOUR, 5 * MINUTE)
    assert [r.id for r in desk.rows(Reminder) if r.target in SEEN] == before
    assert all(clock_of(desk, target).breached_at is None for target in SEEN)


def test_after_a_breach_an_outage_ends_with_one_reminder_of_each_clock_for_each_person(desk: Desk) -> None:
    desk.say(DOXED)
    desk.clock.advance(timedelta(days=3, minutes=1))
    beat(desk.services)
    told = Counter((r.target, r.recipient) for r in desk.rows(Reminder))
    assert {target for target, _ in told} == {*SEEN, Target.RESOLUTION}
    assert set(told.values()) == {1}
    queued = len(desk.outbox)
    pass_time(desk, 10 * MINUTE, timedelta(seconds=20))
    assert (sum(told.values()), queued) == (len(desk.rows(Reminder)), len(desk.outbox))


def test_a_ticket_that_waits_for_the_official_really_stands_still(desk: Desk) -> None:
    desk.say(DOXED)
    casework.claim(desk.services, "HD-1001", desk.actor(EXPERT), **act("c"))
    desk.clock.advance(HOUR)
    casework.ask(desk.services, "HD-1001", desk.actor(EXPERT), "Which sites are they?", **act("a"))
    promised = clock_of(desk, Target.RESOLUTION).due_at
    pass_time(desk, timedelta(days=5), 2 * HOUR)  # resolution is promised within three
    still = clock_of(desk, Target.RESOLUTION)
    assert (still.breached_at, still.next_point_at) == (None, None)
    assert not [r for r in desk.rows(Reminder) if r.target is Target.RESOLUTION]
    desk.say("It is on two sites")
    waited = desk.messages[-1].recorded_at - promised + timedelta(days=3) - HOUR
    assert abs(clock_of(desk, Target.RESOLUTION).due_at - promised - waited) < MINUTE


def test_a_calendar_that_was_edited_counts_for_an_open_ticket_once_it_is_applied(desk: Desk) -> None:
    desk.clock.now = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)  # Tuesday 18:00 at the hub: two hours are left
    desk.say(CALM)
    assert near(clock_of(desk, Target.FIRST_RESPONSE).due_at, "2026-12-02T20:00")
    hub = desk.services.policy.hub_calendar
    closed = replace(hub, holidays=(*hub.holidays, Holiday(date(2026, 12, 2), "Moving day")))
    others = tuple(one for one in desk.services.policy.calendars if one.name != hub.name)
    edited = write_policy(replace(desk.services.policy, calendars=(*others, closed)))
    saved = promises.save(desk.services, edited, OPERATOR)
    assert near(clock_of(desk, Target.FIRST_RESPONSE).due_at, "2026-12-02T20:00")
    promises.apply_to_open(desk.services, saved, OPERATOR)
    moved = clock_of(desk, Target.FIRST_RESPONSE)
    assert near(moved.due_at, "2026-12-03T20:00")
    assert near(moved.next_point_at, "2026-12-03T16:00")  # half of it


def test_the_official_reads_the_very_time_that_the_clock_keeps_over_a_holiday(desk: Desk) -> None:
    desk.clock.now = datetime(
        2026, 11, 25, 22, 0, tzinfo=UTC
    )  # Wednesday 17:00, Thursday is Thanksgiving in the US
    desk.say(CALM)
    assert near(clock_of(desk, Target.FIRST_RESPONSE).due_at, "2026-11-27T19:00")
    desk.deliver()
    (told,) = desk.sent("ticket_opened")
    assert "First reply: Friday 27 November by 14:00 Eastern time." in told.text


def test_reminders_of_a_neglected_ticket_change_nothing_on_it(desk: Desk) -> None:
    desk.say(CALM)
    pass_time(desk, timedelta(days=12), 12 * HOUR)
    assert clock_of(desk, Target.FIRST_RESPONSE).breached_at is not None
    assert [(t.priority, t.state.value) for t in desk.tickets] == [(Priority.P3, "new")]
    assert {event.kind for event in desk.rows(TicketEvent)} == {EventKind.OPENED.value}
    with reading(desk.services.engine) as session:
        assert tickets.get(session, 1).assignee_id is None
