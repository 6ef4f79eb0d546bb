"""The story of a clock in words, the policy as text, holidays edited: what an admin reads and writes."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from escalation.business_hours import CalendarError, Holiday, from_wall
from escalation.holiday_edits import edit_holidays
from escalation.kinds import TicketState
from escalation.sla import (
    Event,
    EventKind,
    Policy,
    Priority,
    Story,
    Target,
    TicketFacts,
    clocks,
    default_policy,
    load_policy,
    parse_duration,
    tell,
    write_policy,
)
from escalation.sla.preview import shifts
from escalation.sla.wording import ENGLISH, FRENCH


def at(text: str) -> datetime:
    """Return an instant of the last week of November 2026, as Toronto's clocks show it."""
    return from_wall("America/Toronto", datetime.fromisoformat(f"2026-11-{text}"))


def event(kind: EventKind, moment: str, **more: object) -> Event:
    return Event(kind, at(moment), at(moment), source_id=f"{kind}{moment}", **more)  # type: ignore[arg-type]


def short_resolution(text: str = "12 h") -> Policy:
    policy = default_policy()
    return replace(policy, rules=tuple(replace(r, resolution=parse_duration(text)) for r in policy.rules))


def story(policy: Policy, target: Target, now: str, *log: Event) -> Story:
    states = clocks(policy, TicketFacts(log[0].at), log, at(now))
    state = next(state for state in states if state.target is target)
    return tell(policy, state, log, at(now))


WAITED = (
    event(EventKind.OPENED, "25T15:00", priority=Priority.P3),
    event(EventKind.WAITING_REQUESTER, "27T10:00"),
    event(EventKind.REQUESTER_MESSAGE, "30T11:00"),
)


def test_a_story_across_a_holiday_a_pause_and_a_weekend_adds_up() -> None:
    """Checked by hand: five hours on Wednesday, none on Thanksgiving, one on Friday, six on Monday."""
    told = story(short_resolution(), Target.RESOLUTION, "30T12:00", *WAITED)
    assert told.title == "Resolution (P3): 12 h of opening hours"
    assert told.calendar == "hub: Mon-Fri 09:00-20:00 (America/Toronto)"
    assert [(f"{line.at:%d %H:%M}", line.words) for line in told.lines] == [
        ("25 15:00", "started, because the request was handed to people"),
        ("27 10:00", "paused: waiting for the official"),
        ("30 11:00", "resumed, because the official wrote"),
        ("30 17:00", "due"),
    ]
    rows = [
        (
            row.day.day,
            [f"{a:%H:%M}-{b:%H:%M}" for a, b in row.spans],
            row.so_far.total_seconds() / 3600,
            row.closed,
        )
        for row in told.sum
    ]
    assert rows == [
        (25, ["15:00-20:00"], 5, ""),
        (26, [], 5, "Thanksgiving Day (US)"),
        (27, ["09:00-10:00"], 6, ""),
        (28, [], 6, "closed"),
        (29, [], 6, "closed"),
        (30, ["11:00-17:00"], 12, ""),
    ]
    assert (told.due, told.standing) == (at("30T17:00"), "running")


def test_a_story_is_told_in_french_with_french_days_and_hours() -> None:
    policy = short_resolution()
    states = clocks(policy, TicketFacts(WAITED[0].at), WAITED, at("30T12:00"))
    state = next(state for state in states if state.target is Target.RESOLUTION)
    told = tell(policy, state, WAITED, at("30T12:00"), language="fr")
    assert told.title == "Résolution (P3) : 12 h d’heures d’ouverture"
    assert told.calendar == "hub: lun.-ven. 09:00-20:00 (America/Toronto)"
    assert [line.words for line in told.lines] == [
        "départ, parce que la demande a été confiée à une équipe",
        "pause : on attend la personne",
        "reprise, parce que la personne a écrit",
        "échéance",
    ]
    assert told.standing == "en cours"
    assert [row.closed for row in told.sum if row.closed] == ["Thanksgiving Day (US)", "fermé", "fermé"]


def test_both_languages_have_words_for_every_clock_and_cause() -> None:
    assert ENGLISH.names.keys() == FRENCH.names.keys()
    assert ENGLISH.causes.keys() == FRENCH.causes.keys()
    assert ENGLISH.states.keys() == FRENCH.states.keys() == set(TicketState)


def test_a_story_tells_a_breach_and_a_late_end() -> None:
    log = (*WAITED, event(EventKind.SOLVED, "30T18:00"))
    told = story(short_resolution(), Target.RESOLUTION, "30T19:00", *log)
    assert [line.words for line in told.lines][-2:] == [
        "breached: its due instant passed; nothing later undoes that",
        "stopped late, because it was resolved",
    ]
    assert told.standing == "done, but late"


def test_a_story_says_why_a_clock_was_set_anew_and_why_one_is_owed_no_longer() -> None:
    raised = event(EventKind.PRIORITY_CHANGED, "25T16:00", priority=Priority.P1)
    log = (event(EventKind.OPENED, "25T15:00", priority=Priority.P3), raised)
    first = story(short_resolution(), Target.FIRST_RESPONSE, "25T16:01", *log)
    assert "set anew, because the priority changed, P3 to P1" in [line.words for line in first.lines]
    cancelled = (log[0], event(EventKind.CANCELLED, "25T16:00"))
    told = story(short_resolution(), Target.FIRST_RESPONSE, "25T17:00", *cancelled)
    assert told.lines[-1].words == "no longer promised, because it was cancelled"


def test_at_night_without_cover_a_story_says_that_nobody_was_on_duty() -> None:
    told = story(
        default_policy(),
        Target.FIRST_RESPONSE,
        "24T23:10",
        event(EventKind.OPENED, "24T23:00", priority=Priority.P2),
    )
    words = "started at the opening, because the request was handed to people while nobody was on duty"
    assert [(f"{line.at:%d %H:%M}", line.words) for line in told.lines] == [
        ("25 09:00", words),
        ("25 11:00", "due"),
    ]


def test_elapsed_time_is_told_date_by_date_over_the_autumn_night() -> None:
    opened = Event(
        EventKind.OPENED,
        datetime(2027, 11, 6, 22, tzinfo=UTC),
        datetime(2027, 11, 6, 22, tzinfo=UTC),
        priority=Priority.P2,
    )
    policy = short_resolution("24 h")
    states = clocks(policy, TicketFacts(opened.at, covered=True), [opened], opened.at)
    told = tell(
        policy,
        next(s for s in states if s.target is Target.RESOLUTION),
        [opened],
        opened.at,
        zone="America/Toronto",
    )
    assert told.due.isoformat() == "2027-11-07T17:00:00-05:00"
    assert told.sum[-1].so_far.total_seconds() == 24 * 3600


def test_a_preview_names_what_moves_and_leaves_out_what_stays() -> None:
    before = default_policy()
    after = replace(
        before,
        rules=tuple(replace(r, first_response=parse_duration("2 h"), resolution=None) for r in before.rules),
    )
    log = [event(EventKind.OPENED, "25T15:00", priority=Priority.P3)]
    moved = shifts(before, after, TicketFacts(log[0].at), log, at("25T15:30"))
    assert [(s.target, s.due_before, s.due_after) for s in moved] == [
        (Target.FIRST_RESPONSE, at("27T12:00"), at("25T17:00")),
        (Target.RESOLUTION, moved[1].due_before, None),
    ]
    assert shifts(before, before, TicketFacts(log[0].at), log, at("25T15:30")) == ()


def test_a_preview_never_makes_a_clock_late_by_the_change_alone() -> None:
    before = default_policy()
    strict = replace(
        before, rules=tuple(replace(r, first_response=parse_duration("5 min")) for r in before.rules)
    )
    log = [event(EventKind.OPENED, "25T15:00", priority=Priority.P3)]
    moved = shifts(before, strict, TicketFacts(log[0].at), log, at("25T17:00"))
    assert moved[0].due_after == at("25T17:05")
    assert not moved[0].overdue


# Policies as text


def test_a_policy_written_down_reads_back_the_same() -> None:
    policy = default_policy()
    assert load_policy(write_policy(policy)) == policy
    odd = load_policy(
        write_policy(policy).replace(
            'fallback = "everyone"',
            'fallback = "A \\"quoted\\" name\\u007f"\n[out_of_hours]\nwho = "x"\nchannels = ["pager"]',
        )
    )
    assert odd.fallback == 'A "quoted" name\x7f'
    assert load_policy(write_policy(odd)) == odd


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("repeat = 2", "repeat = 9", "priorities.P1.chain.1.repeat: a whole number from 1 to 5"),
        ('wait = "2 min"', 'wait = "2 days"', "priorities.P1.chain.1.wait: a step waits elapsed time"),
        ('notify = "experts"', "", "priorities.P1.chain.1.notify: this is missing"),
        ("days = [1, 3, 7, 14, 30]", "days = [3, 1]", "follow_up.days: rising whole numbers"),
        ('acknowledge = "5 min"', 'acknowledge = "-5 min"', "priorities.P1.acknowledge"),
        ('fallback = "everyone"', 'fallback = ""', "fallback: a text is needed"),
        ("Mon-Fri 09:00-20:00", "Mon-Fri 09:00-20:00,19:00-21:00", "overlap"),
        ("America/Toronto", "America/Trontoo", "unknown time zone"),
        ("date = 2026-12-25", "date = 2026-02-29", "not TOML"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_in_words(old: str, new: str, says: str) -> None:
    text = write_policy(default_policy())
    assert old in text
    with pytest.raises(ValueError, match=says.replace(".", r"\.").replace("[", r"\[")):
        load_policy(text.replace(old, new, 1))


# Holidays


def test_holidays_are_added_removed_and_seeded_in_one_calendar() -> None:
    policy = default_policy()
    closed = edit_holidays(policy, "hub", add="2026-12-24", name="Christmas Eve", region="hub")
    assert Holiday(date(2026, 12, 24), "Christmas Eve", "hub") in closed.hub_calendar.holidays
    opened = edit_holidays(closed, "hub", remove="2026-12-24")
    assert opened == policy
    one_left = edit_holidays(policy, "hub", remove="2026-12-25", region="US")
    assert date(2026, 12, 25) in one_left.hub_calendar.closed_on
    seeded = edit_holidays(policy, "hub", seed="2032", region="CA-QC")
    assert date(2032, 6, 24) in seeded.hub_calendar.closed_on
    assert edit_holidays(policy, "hub") is policy


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"add": "2027-02-29"}, "no date there is"),
        ({"remove": "2026-12-24"}, "is not closed on 2026-12-24"),
        ({"seed": "2032"}, "say whose holidays"),
        ({"seed": "2032-2031", "region": "US"}, "at most 30 years"),
        ({"seed": "soon", "region": "US"}, "are no years"),
        ({"seed": "2032", "region": "CA-XX"}, "no holidays known"),
    ],
)
def test_holidays_that_make_no_sense_are_refused_in_words(asked: dict[str, str], says: str) -> None:
    with pytest.raises(CalendarError, match=says):
        edit_holidays(default_policy(), "hub", **asked)  # type: ignore[arg-type]
    with pytest.raises(CalendarError, match="no calendar named 'moon'"):
        edit_holidays(default_policy(), "moon", add="2026-12-24")
