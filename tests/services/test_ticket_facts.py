"""What is known of a ticket besides its state: monitoring, verification, watchers, language."""

import pytest

from bot import casework
from bot.database import reading, transaction
from escalation import directory, tickets
from escalation.errors import Refused
from escalation.kinds import MessageKind
from escalation.tables import (
    ExpertProfile,
    HelpRequest,
    Person,
)
from escalation.tickets import Step
from tests.support.cases import DOXED, act, row, ticket
from tests.support.desk import EXPERT, OFFICIAL, OTHER_EXPERT, Desk

# Monitoring, verification, watchers


def test_monitoring_says_what_is_missing_until_it_is_on(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    number = ticket(desk, text=DOXED)

    def step(one: Step, words: str = "", **more: int) -> None:
        casework.monitor(services, number, jordan, one, words, **more, **act("m"))

    with pytest.raises(Refused, match="name the analyst first"):
        step(Step.START)
    step(Step.ANALYST, analyst_id=OTHER_EXPERT)
    with pytest.raises(Refused, match="consent on record first"):
        step(Step.START)
    step(Step.CONSENT, "agreed on the phone today")
    with pytest.raises(Refused, match="what is looked at"):
        step(Step.START)
    step(Step.SCOPE, "two public accounts and one forum")
    step(Step.START)
    with pytest.raises(Refused, match="what was found"):
        step(Step.LOOK, " ")
    with reading(services.engine) as session:
        found = tickets.by_number(session, number)
        assert not tickets.derived(session, found.id or 0).monitoring.on
    step(Step.LOOK, "Nothing new today.")
    with reading(services.engine) as session:
        known = tickets.derived(session, found.id or 0).monitoring
    assert known.on
    assert (known.analyst_id, known.looks) == (OTHER_EXPERT, 1)
    assert next(m for m in desk.messages if "Nothing new" in m.masked).kind is MessageKind.NOTE
    step(Step.END, "the posts are gone")
    with reading(services.engine) as session:
        assert not tickets.derived(session, found.id or 0).monitoring.on


def test_verification_needs_a_way_and_holds_for_the_person(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    number = ticket(desk)
    assert row(desk, number).unverified
    with pytest.raises(Refused, match="how you checked"):
        casework.verify(services, number, jordan, reason="", **act("v"))
    casework.verify(services, number, jordan, reason="called the number on the city's site", **act("v"))
    assert not row(desk, number).unverified
    with reading(services.engine) as session:
        owner = tickets.requester(session, tickets.by_number(session, number))
        assert session.get_one(Person, owner.id).verified


def test_a_watcher_may_know_of_the_ticket(desk: Desk) -> None:
    number, jordan = ticket(desk), desk.actor(EXPERT)
    casework.watch(desk.services, number, jordan, OTHER_EXPERT, **act("w"))
    with pytest.raises(Refused, match="may not see"):
        casework.watch(desk.services, number, jordan, OFFICIAL, **act("w"))
    with reading(desk.services.engine) as session:
        assert tickets.watched_by(session, tickets.by_number(session, number).id or 0) == (OTHER_EXPERT,)


# Language


def test_a_french_request_is_never_answered_in_english_unasked(desk: Desk) -> None:
    services, jordan = desk.services, desk.actor(EXPERT)
    number = ticket(desk, "camille", "Que doit faire notre conseil avant de voter une résolution qui divise?")
    english = "Please call the city clerk before the vote tomorrow."
    with pytest.raises(Refused, match="writes in French"):
        casework.reply(services, number, jordan, english, **act("r"))
    assert not [m for m in desk.messages if m.kind is MessageKind.REPLY]
    found = row(desk, number)
    with reading(services.engine) as session:
        owner = directory.actor_of(session, session.get_one(HelpRequest, found.request_id).person_id)
    casework.choose_language(services, found.request_id, owner, "en", **act("choose"))
    casework.reply(services, number, jordan, english, **act("r"))
    desk.deliver()
    assert english in desk.sent("relay")[-1].text


def test_without_a_french_expert_at_work_the_official_chooses_by_a_stated_time(desk: Desk) -> None:
    services = desk.services
    with transaction(services.engine) as session:
        profile = session.get_one(ExpertProfile, OTHER_EXPERT)
        profile.hours = "Wed-Fri 09:00-17:00"  # it is Monday noon; Jordan, at work, speaks English only
        session.add(profile)
    number = ticket(desk, "camille", "Que doit faire notre conseil avant de voter une résolution qui divise?")
    desk.deliver()
    told = desk.sent("ticket_opened")[-1]
    assert "Personne de garde ne parle français" in told.text
    assert "en français mercredi 25 novembre avant" in told.text
    assert {action.name for action in told.actions} >= {"answer_in_en", "answer_in_fr"}
    desk.say("En anglais, svp", who="camille", thread="camille")
    with reading(services.engine) as session:
        found = tickets.by_number(session, number)
        assert tickets.derived(session, found.id or 0).language == "en"
    desk.deliver()
    assert "en anglais" in desk.sent("language_chosen")[-1].text
    english = "Please call the city clerk before the vote tomorrow."
    casework.reply(services, number, desk.actor(EXPERT), english, **act("r"))


def test_with_a_french_expert_at_work_nothing_is_asked(desk: Desk) -> None:
    ticket(desk, "camille", "Que doit faire notre conseil avant de voter une résolution qui divise?")
    desk.deliver()
    assert "ne parle français" not in desk.sent("ticket_opened")[-1].text


def test_nobody_who_is_away_is_suggested_or_told(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        profile = session.get_one(ExpertProfile, EXPERT)
        profile.away = ["2026-11-23/2026-11-23"]
        session.add(profile)
    number = ticket(desk, text=DOXED)
    assert row(desk, number).suggested_id == OTHER_EXPERT
