"""Reminders and escalations at work: who is told, when, together or alone, and never twice."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot import casework, promises
from bot.database import reading, transaction
from bot.messages import Outbound
from bot.worker import beat
from escalation import chains, directory
from escalation.access import OPERATOR
from escalation.kinds import ChannelName, IdentityKind, ReminderState
from escalation.sla import Priority, Step, Target, write_policy
from escalation.tables import Affiliation, Chain, Clock, Identity, Person, Reminder
from tests.support.desk import EXPERT, OTHER_EXPERT, Desk, DeskFactory

DANGER = "there is a man with a gun at my door right now"
DOXED = "someone posted my home address on telegram, what do I do first"
CALM = "I need to talk to a person about our council vote on the flag"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(desks: DeskFactory) -> Iterator[Desk]:
    """Yield a desk with mail, whose two experts are no demonstration and have a mailbox."""
    with desks.desk(channels=(ChannelName.WEB, ChannelName.EMAIL)) as made:
        with transaction(made.services.engine) as session:
            for person_id, address in ((EXPERT, "jordan@example.org"), (OTHER_EXPERT, "noor@example.org")):
                person = directory.get_person(session, person_id)
                person.demonstration = False
                session.add(person)
                identity = Identity(person_id=person_id, kind=IdentityKind.EMAIL, external_id=address)
                session.add(identity)
        yield made


def mailed(desk: Desk, kind: str) -> list[tuple[str, Outbound]]:
    desk.deliver()
    sent = desk.carriers[ChannelName.EMAIL].sent
    return [(json.loads(mail.address)["to"].partition("@")[0], mail) for mail in sent if mail.kind == kind]


def to_whom(desk: Desk, kind: str) -> list[str]:
    return sorted(who for who, _ in mailed(desk, kind))


def pass_time(desk: Desk, span: timedelta, every: timedelta = timedelta(seconds=20)) -> None:
    end = desk.clock() + span
    while desk.clock() < end:
        desk.clock.now = min(end, desk.clock() + every)
        beat(desk.services)


def away(desk: Desk, *people: int) -> None:
    with transaction(desk.services.engine) as session:
        for person_id in people:
            profile = directory.profile_of(session, person_id)
            profile.on_duty = False
            session.add(profile)


def story(desk: Desk) -> list[tuple[str, str]]:
    with reading(desk.services.engine) as session:
        return [(entry.kind, entry.words.partition(":")[0]) for entry in chains.entries(session, 1)]


def claim(desk: Desk, who: int = EXPERT, number: str = "HD-1001") -> None:
    casework.claim(desk.services, number, desk.actor(who), channel="web", source_id=f"claim-{number}-{who}")


# Escalations


def test_a_p1_climbs_its_chain_until_somebody_takes_it(desk: Desk) -> None:
    desk.say(DANGER)
    pass_time(desk, 7 * MINUTE, MINUTE)
    assert story(desk) == [("begun", "3 steps"), ("sent", "experts"), ("sent", "experts"), ("sent", "leads")]
    assert to_whom(desk, "escalation") == ["jordan", "jordan", "jordan", "noor", "noor"]
    claim(desk)
    pass_time(desk, 10 * MINUTE, MINUTE)
    assert [kind for kind, _ in story(desk)].count("sent") == 3
    acknowledge = {r.point for r in desk.rows(Reminder) if r.target is Target.ACKNOWLEDGE}
    assert acknowledge == {"step-1.1", "step-1.2", "step-2.1"}  # its acknowledge clock uses the chain only


def test_taken_and_then_silent_arms_it_again_and_a_reply_ends_it(desk: Desk) -> None:
    desk.say(DANGER)
    claim(desk)
    pass_time(desk, 16 * MINUTE)
    kinds = [kind for kind, _ in story(desk)]
    assert kinds == ["begun", "acknowledged", "rearmed", "sent"]
    assert "nothing has happened since" in mailed(desk, "escalation")[0][1].text
    casework.reply(
        desk.services, "HD-1001", desk.actor(EXPERT), "Are you safe?", channel="web", source_id="r"
    )
    pass_time(desk, 20 * MINUTE, MINUTE)
    assert story(desk)[-1][0] == "stopped"
    assert [chain.next_at for chain in desk.rows(Chain)] == [None]


def test_work_without_words_to_the_official_is_no_silence(desk: Desk) -> None:
    desk.say(DANGER)
    claim(desk)
    desk.clock.advance(MINUTE)
    casework.note(desk.services, "HD-1001", desk.actor(EXPERT), "On the phone", channel="web", source_id="n")
    pass_time(desk, 30 * MINUTE, MINUTE)
    assert [kind for kind, _ in story(desk)] == ["begun", "acknowledged", "stopped"]


def test_a_step_of_people_who_are_away_is_skipped_at_once_and_logged(desk: Desk) -> None:
    away(desk, EXPERT, OTHER_EXPERT)
    desk.say(DANGER)
    pass_time(desk, 2 * MINUTE, MINUTE)
    assert story(desk) == [("begun", "3 steps"), ("skipped", "experts"), ("sent", "leads")]
    assert to_whom(desk, "escalation") == ["jordan"]  # the only lead, away or not: somebody must hear


def test_an_edit_of_the_policy_does_not_change_an_escalation_under_way(desk: Desk) -> None:
    desk.say(DANGER)
    policy = desk.services.policy
    bare = tuple(replace(rule, chain=()) for rule in policy.rules)
    promises.save(desk.services, write_policy(replace(policy, rules=bare)), OPERATOR)
    pass_time(desk, 3 * MINUTE, MINUTE)
    assert story(desk)[-1] == ("sent", "experts")


def test_a_case_raised_to_p1_climbs_the_quicker_steps_of_p1(desk: Desk) -> None:
    slow = (Step("leads", timedelta(minutes=20), 2),)
    rules = tuple(
        replace(rule, chain=slow) if rule.priority is Priority.P2 else rule
        for rule in desk.services.policy.rules
    )
    promises.save(desk.services, write_policy(replace(desk.services.policy, rules=rules)), OPERATOR)
    desk.say(DOXED)
    pass_time(desk, 4 * MINUTE, MINUTE)
    assert story(desk) == [("begun", "2 steps")]
    lead = desk.actor(OTHER_EXPERT)
    casework.set_priority(
        desk.services, "HD-1001", lead, Priority.P1, reason="at the door", channel="web", source_id="up"
    )
    pass_time(desk, 4 * MINUTE, MINUTE)
    assert story(desk)[1:] == [("raised", "it is P1 now"), ("sent", "experts"), ("sent", "experts")]
    assert "nothing has happened since" not in mailed(desk, "escalation")[0][1].text
    assert [chain.rearm_seconds for chain in desk.rows(Chain)] == [15 * 60]


def test_resolving_ends_an_escalation_and_a_late_yes_opens_nothing(desk: Desk) -> None:
    desk.say(DANGER)
    casework.resolve(
        desk.services, "HD-1001", desk.actor(EXPERT), outcome="false alarm", channel="web", source_id="x"
    )
    pass_time(desk, 10 * MINUTE, MINUTE)
    assert [kind for kind, _ in story(desk)] == ["begun", "stopped"]
    assert desk.tickets[0].state == "solved"


def test_after_an_outage_an_escalation_tells_its_next_step_once(desk: Desk) -> None:
    desk.say(DANGER)
    desk.clock.advance(timedelta(hours=3))
    beat(desk.services)
    beat(desk.services)
    assert story(desk) == [("begun", "3 steps"), ("sent", "experts")]


# Reminders


def test_what_is_due_to_one_person_within_ten_minutes_goes_as_one_message(desk: Desk) -> None:
    for number in range(3):
        desk.say(DOXED, thread=f"t{number}", who=f"w{number}")
        desk.clock.advance(2 * MINUTE)
    pass_time(desk, 9 * MINUTE + 30 * timedelta(seconds=1))
    assert to_whom(desk, "reminder") == []
    assert to_whom(desk, "reminders") == ["jordan"]
    text = mailed(desk, "reminders")[0][1].text
    assert all(number in text for number in ("HD-1001", "HD-1002", "HD-1003"))
    keys = {(r.subject_id, r.point) for r in desk.rows(Reminder) if r.recipient == f"person:{EXPERT}"}
    assert {(1, "50"), (2, "50"), (3, "50")} <= keys
    pass_time(desk, 9 * MINUTE)
    assert to_whom(desk, "reminders") == ["jordan"]


def test_a_p1_goes_alone_whatever_else_is_due(desk: Desk) -> None:
    desk.say(DANGER, thread="p1", who="p1")
    claim(desk)
    desk.say(DOXED, thread="p2", who="p2")
    pass_time(desk, 15 * MINUTE + timedelta(seconds=20))
    alone = [mail.text for _, mail in mailed(desk, "reminder")]
    assert all("HD-1002" not in text or "HD-1001" not in text for text in alone)
    assert any("HD-1001 (P1)" in text for text in alone)
    assert not any("HD-1001" in mail.text for _, mail in mailed(desk, "reminders"))


def test_calm_reminders_wait_for_the_readers_own_working_minute(desk: Desk) -> None:
    """Due at 17:00 in Toronto, 23:00 for an expert on the other side of the ocean: they hear at nine."""
    with transaction(desk.services.engine) as session:
        person = directory.get_person(session, EXPERT)
        person.zone = "Europe/Paris"
        session.add(person)
    desk.clock.now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    desk.say(CALM)
    claim(desk)
    pass_time(desk, timedelta(hours=15), 5 * MINUTE)
    held = [r for r in desk.rows(Reminder) if r.recipient == f"person:{EXPERT}"]
    assert {r.state for r in held} == {ReminderState.HELD}
    assert to_whom(desk, "reminder") == []
    pass_time(desk, timedelta(hours=4), 5 * MINUTE)
    assert to_whom(desk, "reminder") == ["jordan"]  # the latest point alone
    first = desk.carriers[ChannelName.EMAIL].sent[-1]
    assert "is overdue" in first.text


def test_urgent_reminders_ignore_the_night(desk: Desk) -> None:
    desk.clock.now = datetime(
        2026, 11, 24, 0, 50, tzinfo=UTC
    )  # 19:50 in Toronto, ten minutes before the close
    desk.say(DOXED)
    pass_time(desk, 40 * MINUTE, MINUTE)
    assert "jordan" in to_whom(desk, "reminder")


def test_what_was_held_is_not_said_once_it_no_longer_matters(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        person = directory.get_person(session, EXPERT)
        person.zone = "Europe/Paris"
        session.add(person)
    desk.clock.now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    desk.say(CALM)
    claim(desk)
    pass_time(desk, timedelta(hours=9), 5 * MINUTE)
    casework.reply(desk.services, "HD-1001", desk.actor(EXPERT), "Hello.", channel="web", source_id="r")
    pass_time(desk, timedelta(hours=10), 5 * MINUTE)
    assert to_whom(desk, "reminder") == []
    assert {r.state for r in desk.rows(Reminder) if r.recipient == f"person:{EXPERT}"} == {
        ReminderState.DROPPED
    }


def test_silence_of_the_official_prompts_the_owner_to_call(desk: Desk) -> None:
    desk.say(DANGER)
    casework.reply(
        desk.services, "HD-1001", desk.actor(EXPERT), "Are you safe?", channel="web", source_id="r"
    )
    pass_time(desk, 29 * MINUTE, MINUTE)
    before = [mail for _, mail in mailed(desk, "reminder") if "silent" in mail.text]
    assert before == []
    pass_time(desk, 2 * MINUTE)
    said = [mail for _, mail in mailed(desk, "reminder") if "Call them" in mail.text]
    assert said
    desk.say("I am fine, thank you")
    sweeps = len(mailed(desk, "reminder"))
    pass_time(desk, 10 * MINUTE)
    silence = [c for c in desk.rows(Clock) if c.target is Target.SILENCE]
    assert all(clock.stopped_at is not None for clock in silence)
    assert not any("silent" in mail.text for _, mail in mailed(desk, "reminder")[sweeps:])


def test_calm_tickets_nudge_twice_and_leave_the_rest_to_the_digest(desk: Desk) -> None:
    desk.say(CALM)
    pass_time(desk, timedelta(days=4), timedelta(minutes=10))
    rows = [r for r in desk.rows(Reminder) if r.target is Target.FIRST_RESPONSE]
    told = {r.point for r in rows if r.state is not ReminderState.DIGEST}
    assert told == {"90", "due"}
    assert {r.point for r in rows if r.state is ReminderState.DIGEST} >= {"50", "75", "after-1", "after-2"}


def test_a_reminder_key_is_told_once_whoever_sweeps(desk: Desk) -> None:
    desk.say(DOXED)
    pass_time(desk, timedelta(hours=5), MINUTE)
    with reading(desk.services.engine) as session:
        keys = session.exec(
            select(
                Reminder.subject_id, Reminder.target, Reminder.cycle, Reminder.point, Reminder.recipient
            ).order_by(col(Reminder.id))
        ).all()
    assert len(keys) == len(set(keys))
    bodies = [(row.kind, row.dedupe_key) for row in desk.outbox]
    assert len(bodies) == len(set(bodies))


def test_an_experts_own_city_is_never_reminded_of(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        stranger = Person(name="Sidney", created_at=desk.clock())
        session.add(stranger)
        session.flush()
        session.add(Affiliation(person_id=EXPERT, city_id=1))
        session.add(
            Identity(person_id=stranger.id, kind=IdentityKind.WEB, issuer="site", external_id="neighbour")
        )
        session.add(Affiliation(person_id=stranger.id, city_id=1))
    desk.say(DOXED, who="neighbour")
    pass_time(desk, timedelta(hours=1), MINUTE)
    assert "jordan" not in to_whom(desk, "reminder") + to_whom(desk, "reminders")
