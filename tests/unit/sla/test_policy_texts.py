"""Policies as they are written, and what is wrong with a wrong one."""

from datetime import timedelta

import pytest

from escalation.business_hours import Calendar, parse_hours
from escalation.holiday_seed import seed_holidays
from escalation.sla import (
    Duration,
    PolicyError,
    Priority,
    Target,
    default_policy,
    higher,
    load_policy,
    parse_duration,
)
from tests.unit.sla.week import P1, P2, P3, P4, TORONTO, clock, iso, opened, run

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
