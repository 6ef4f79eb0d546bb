"""My phone or mailbox isn't safe: everything to the person stops at once, and people are told."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import casework, conversation
from bot.channels.slack.desk import Who
from bot.channels.slack.service_desk import ServiceDesk
from bot.console import sign_in
from bot.database import reading, transaction
from bot.messages import Case, SenderIdentity, ThreadKey
from bot.privacy import opening, unsafe
from escalation import directory, erasure, outbox
from escalation.access_log import Opened
from escalation.errors import IllegalMove, NotFound
from escalation.tables import (
    AccessLine,
    Chain,
    ChannelName,
    Identity,
    IdentityKind,
    MessageKind,
    OutboxDestination,
    OutboxState,
    SafeChannel,
    SafeContact,
)
from tests.support.desk import EXPERT, OTHER_EXPERT, Desk, DeskFactory
from tests.support.pages import Tab

SLACK = ThreadKey(ChannelName.SLACK, "T1:D0MAYOR:1.1", json.dumps({"channel": "D0MAYOR", "thread_ts": None}))
MAYOR = SenderIdentity(IdentityKind.SLACK, "T1", "U0MAYOR", name="May Or", verified=True)
MAIL = ThreadKey(ChannelName.EMAIL, "<1@x>", json.dumps({"to": "mayor@city.example.org"}))
BY_MAIL = SenderIdentity(IdentityKind.EMAIL, "", "mayor@city.example.org", verified=True)
SAFE = (ChannelName.EMAIL, json.dumps({"to": "safe@home.example.org"}))
QUESTION = "How do we keep order when people shout during a council meeting?"


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk(channels=(ChannelName.WEB, ChannelName.SLACK, ChannelName.EMAIL)) as made:
        yield made


def say(desk: Desk, text: str, key: str, thread: ThreadKey = SLACK, who: SenderIdentity = MAYOR) -> None:
    message = replace(desk.inbound(text, key=key), thread=thread, sender=who)
    conversation.handle(desk.services, conversation.accept(desk.services, message).message_id)


def mayor_of(desk: Desk, sender: SenderIdentity = MAYOR) -> int:
    with reading(desk.services.engine) as session:
        found = directory.person_of(session, sender.kind, sender.issuer, sender.external_id)
    assert found is not None
    assert found.id is not None
    return found.id


def test_words_on_the_way_go_to_the_safe_channel_and_later_ones_follow(desk: Desk) -> None:
    say(desk, "I want to talk to a person about our meeting", "1")
    casework.claim(desk.services, "HD-1001", desk.actor(EXPERT), channel="test", source_id="c")
    casework.reply(
        desk.services, "HD-1001", desk.actor(EXPERT), "The plan for her.", channel="t", source_id="r"
    )
    report = unsafe.Report(None, "terminal", "s1", "she called from a neighbour's phone")
    number = unsafe.suspend(desk.services, mayor_of(desk), report, safe=SAFE)
    casework.reply(
        desk.services, "HD-1001", desk.actor(EXPERT), "One more thing.", channel="t", source_id="r2"
    )
    desk.deliver()
    assert number == "HD-1001"
    assert [ticket.priority.value for ticket in desk.tickets] == ["P2"]
    relayed = desk.sent("relay")
    assert [("plan" in m.text, m.channel, "safe@home" in m.address) for m in relayed] == [
        (True, ChannelName.EMAIL, True),
        (False, ChannelName.EMAIL, True),
    ]
    assert desk.carriers[ChannelName.SLACK].sent == []
    assert b"safe@home" not in desk.rows(SafeChannel)[0].address


def test_without_a_safe_channel_nothing_is_sent_and_people_are_told_by_a_p2(desk: Desk) -> None:
    say(desk, QUESTION, "1")
    unsafe.suspend(desk.services, mayor_of(desk), unsafe.Report(None, "terminal", "s1", "she called"))
    desk.deliver()
    assert desk.carriers[ChannelName.SLACK].sent == []
    (ticket,) = desk.tickets
    assert (ticket.priority.value, ticket.reason) == ("P2", "unsafe_channel")
    assert {row.state for row in desk.outbox if row.kind == "answer"} == {OutboxState.CANCELLED}
    assert [line.what for line in desk.rows(AccessLine)] == ["suspended"]


def test_twice_is_once_and_a_reinstated_person_is_written_to_again(desk: Desk) -> None:
    say(desk, QUESTION, "1")
    mayor = mayor_of(desk)
    report = unsafe.Report(None, "terminal", "s1", "she called")
    assert unsafe.suspend(desk.services, mayor, report) == unsafe.suspend(desk.services, mayor, report)
    assert len([m for m in desk.messages if m.kind is MessageKind.NOTE]) == 1
    lead = desk.actor(EXPERT)
    with pytest.raises(IllegalMove):
        unsafe.reinstate(desk.services, mayor, lead, "", channel="test")
    unsafe.reinstate(desk.services, mayor, lead, "new phone", channel="test")
    casework.reply(desk.services, "HD-1001", lead, "Welcome back.", channel="t", source_id="r")
    desk.deliver()
    assert [message.kind for message in desk.carriers[ChannelName.SLACK].sent] == ["relay"]


@pytest.mark.parametrize(
    ("phrase", "reply"),
    [
        ("my phone isn't safe", "Thank you, this is noted."),
        ("mon téléphone n'est pas sûr", "Merci, c’est noté."),
    ],
)
def test_the_phrase_does_it_too_and_the_answer_gives_nothing_away(
    desk: Desk, phrase: str, reply: str
) -> None:
    say(desk, phrase, "1")
    say(desk, QUESTION, "2")  # whoever holds the phone now asks on
    desk.deliver()
    (said,) = desk.carriers[ChannelName.SLACK].sent
    assert said.text.startswith(reply)
    assert "HD-" not in said.text
    assert [ticket.reason for ticket in desk.tickets] == ["unsafe_channel"]


def test_danger_is_answered_even_on_a_channel_that_is_not_safe(desk: Desk) -> None:
    say(desk, "my phone isn't safe", "1")
    say(desk, "there is a man with a gun at my door right now", "2")
    desk.deliver()
    assert [message.kind for message in desk.sent("safety")] == ["safety"]
    assert "911" in desk.sent("safety")[0].text


def test_mail_that_nobody_vouches_for_cuts_nobody_off(desk: Desk) -> None:
    say(desk, QUESTION, "1", MAIL, BY_MAIL)
    say(desk, "my phone isn't safe", "2", MAIL, replace(BY_MAIL, verified=False))
    with reading(desk.services.engine) as session:
        assert directory.get_person(session, mayor_of(desk, BY_MAIL)).suspended_at is None


def test_an_experts_own_rights_end_at_once_everywhere(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        for kind, issuer, external in (
            (IdentityKind.SLACK, "T1", "U0EXPERT"),
            (IdentityKind.EMAIL, "", "expert@hub.example.org"),
        ):
            session.add(Identity(person_id=OTHER_EXPERT, kind=kind, issuer=issuer, external_id=external))
        token = sign_in.create_link(session, OTHER_EXPERT, desk.clock(), 15)
    say(desk, "I want to talk to a person", "1")
    tab = Tab(desk.services)
    assert desk.services.vault is not None
    tab.open(f"/demo/sign-in/{sign_in.demonstration_token(desk.services.vault, OTHER_EXPERT)}")
    assert "HD-1001" in tab.open("/console").text
    unsafe.suspend(desk.services, OTHER_EXPERT, unsafe.Report(None, "terminal", "s", "stolen phone"))
    assert "HD-1001" not in tab.open("/console").text
    assert tab.path == "/console/sign-in"
    slack = ServiceDesk(desk.services)
    with pytest.raises(NotFound):
        slack.claim(Who("T1", "U0EXPERT"), "HD-1001", "s")
    assert slack.home(Who("T1", "U0EXPERT"), "en").queue is None
    with transaction(desk.services.engine) as session:
        assert sign_in.redeem(session, token, desk.clock()) is None
    by_mail = replace(
        desk.inbound("Tell her I will come over.", key="m1"),
        thread=ThreadKey(ChannelName.EMAIL, "<9@x>", json.dumps({"to": "expert@hub.example.org"})),
        sender=SenderIdentity(IdentityKind.EMAIL, "", "expert@hub.example.org", verified=True),
        case=Case(1, public=True),
    )
    conversation.handle(desk.services, conversation.accept(desk.services, by_mail).message_id)
    desk.deliver()
    assert desk.sent("relay") == []


def test_the_button_of_the_chat_page_ends_the_browsers_own_session(desk: Desk) -> None:
    tab = Tab(desk.services).ask(QUESTION)
    thread = tab.path
    tab.open("/").send("/chat/unsafe")
    assert "Everything has stopped" in tab.text
    assert tab.open(thread).status == 404
    assert [ticket.reason for ticket in desk.tickets] == ["unsafe_channel"]


def test_how_to_reach_somebody_is_asked_in_slack_and_opens_only_on_record(desk: Desk) -> None:
    say(desk, "I want to talk to a person", "1")
    desk.deliver()
    (opened,) = desk.sent("ticket_opened")
    assert [action.name for action in opened.actions] == ["safe_contact", "unsafe"]
    slack, who = ServiceDesk(desk.services), Who("T1", "U0MAYOR")
    for _press in range(2):
        slack.safe_contact(who, int(opened.actions[0].value), "Call my sister. The clerk must not know.")
    (row,) = desk.rows(SafeContact)
    assert b"clerk" not in row.body
    assert not any("clerk" in message.masked for message in desk.messages)
    expert = desk.actor(EXPERT)
    casework.claim(desk.services, "HD-1001", expert, channel="test", source_id="c")
    granted = opening.grant(
        desk.services, "HD-1001", expert, "to call her", what=Opened.SAFE_CONTACT, channel="test"
    )
    with reading(desk.services.engine) as session:
        assert opening.safe_contacts(session, desk.services, granted) == (
            "Call my sister. The clerk must not know.",
        )


def test_danger_over_an_unsafe_channel_is_a_p1_with_its_escalation(desk: Desk) -> None:
    say(desk, QUESTION, "1")
    unsafe.suspend(desk.services, mayor_of(desk), unsafe.Report(None, "terminal", "s1", "she called"))
    say(desk, "there is a man with a gun at my door right now", "2")
    assert [ticket.priority.value for ticket in desk.tickets] == ["P1"]
    assert [chain.priority.value for chain in desk.rows(Chain)] == ["P1"]


@pytest.mark.parametrize("by_age", [False, True])
def test_the_safe_address_goes_with_the_person(desk: Desk, by_age: bool) -> None:
    say(desk, QUESTION, "1")
    mayor = mayor_of(desk)
    unsafe.suspend(desk.services, mayor, unsafe.Report(None, "terminal", "s1", "she called"), safe=SAFE)
    casework.claim(desk.services, "HD-1001", desk.actor(EXPERT), channel="test", source_id="c")
    casework.reply(desk.services, "HD-1001", desk.actor(EXPERT), "Here.", channel="t", source_id="r")
    desk.deliver()
    unsafe.reinstate(desk.services, mayor, desk.actor(EXPERT), "new phone", channel="test")
    casework.resolve(desk.services, "HD-1001", desk.actor(EXPERT), outcome="done", channel="t", source_id="z")
    assert any("safe@home" in row.address for row in desk.rows(OutboxDestination))
    with transaction(desk.services.engine) as session:
        if by_age:
            erasure.remove_records(session, [1])
        erasure.forget_person(session, directory.get_person(session, mayor), desk.clock())
    assert not any("safe@home" in row.address for row in desk.rows(OutboxDestination))


def test_what_a_carrier_was_just_trying_is_not_tried_again(desk: Desk) -> None:
    say(desk, QUESTION, "1")
    with transaction(desk.services.engine) as session:
        row = outbox.claim(session, ChannelName.SLACK, "carrier", desk.clock())
    assert row is not None
    unsafe.suspend(desk.services, mayor_of(desk), unsafe.Report(None, "terminal", "s1", "she called"))
    with transaction(desk.services.engine) as session:
        outbox.mark_retry(session, row, "carrier", "busy", desk.clock(), None)
    desk.clock.advance(timedelta(minutes=5))
    desk.deliver()
    assert desk.carriers[ChannelName.SLACK].sent == []
