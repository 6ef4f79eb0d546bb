"""One suite for every channel: the same conversation makes the same records."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot import casework
from bot.database import reading
from bot.delivery.sealing import open_body, vault_of
from escalation.kinds import Author, ChannelName, MessageKind, MessageState, TicketState
from escalation.tables import Answer, Citation, HelpRequest, Message, Thread, TicketEvent
from escalation.tickets import number_of
from tests.contract import slack_payloads as slack
from tests.contract.channel_contract import Driver, SlackDriver, driver
from tests.support.desk import EXPERT, Desk, DeskFactory

CHANNELS = (ChannelName.WEB, ChannelName.SLACK, ChannelName.EMAIL)
QUESTION = "How do we keep order when people shout during a council meeting?"
FOLLOW_UP = "and if they still will not stop?"
DANGER = "there is a man with a gun at my door right now"


@pytest.fixture(params=CHANNELS, ids=lambda channel: channel.value)
def given(request: pytest.FixtureRequest, sqlite_desks: DeskFactory) -> Iterator[tuple[Desk, Driver]]:
    """Yield a desk and the driver of one channel."""
    with driver(request.param, sqlite_desks) as made:
        yield made


def asked(desk: Desk) -> list[Message]:
    return [message for message in desk.messages if message.author is Author.REQUESTER]


def test_a_question_becomes_the_same_records_everywhere(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    assert channel.ask(QUESTION, number=1)
    question = asked(desk)[0]
    assert question.kind is MessageKind.MESSAGE
    assert question.state is MessageState.HANDLED
    assert (question.language, question.urgency, question.immediate_danger) == ("en", "P3", False)
    assert QUESTION in question.masked
    with reading(desk.services.engine) as session:
        assert QUESTION in open_body(session, vault_of(desk.services), question)
    assert [thread.channel for thread in desk.rows(Thread)] == [channel.channel]
    assert not desk.rows(Answer)[0].abstained
    assert desk.rows(Citation)[0].document_id == "council-meeting-disruption-en"


def test_the_answer_reaches_the_official_with_its_sources(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    channel.ask(QUESTION, number=1)
    heard = "\n".join(channel.heard())
    for citation in desk.rows(Citation):
        assert " ".join(citation.excerpt.split())[:60] in " ".join(heard.split())
    assert desk.rows(Citation)[0].title in heard


def test_a_second_delivery_changes_nothing(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    channel.ask(QUESTION, number=1)
    before = (len(desk.messages), len(desk.outbox), len(desk.tickets))
    assert channel.ask(QUESTION, number=1), "a duplicate is acknowledged"
    assert (len(desk.messages), len(desk.outbox), len(desk.tickets)) == before


def test_a_follow_up_stays_in_the_thread_and_request(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    channel.ask(QUESTION, number=1)
    channel.ask(FOLLOW_UP, number=2)
    assert len(asked(desk)) == 2
    assert len(desk.rows(Thread)) == 1
    assert len(desk.rows(HelpRequest)) == 1


def test_danger_is_answered_with_911_before_anything_else(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    channel.ask(DANGER, number=1)
    heard = channel.heard()
    assert any("911" in words for words in heard)
    assert desk.tickets[0].priority == "P1"
    kinds = [row.kind for row in sorted(desk.outbox, key=lambda row: row.id) if row.kind != "page"]
    assert kinds[0] == "safety"


def test_asking_for_a_person_opens_a_ticket_and_says_its_number(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    channel.ask(QUESTION, number=1)
    channel.press_person(desk.rows(HelpRequest)[0].id)
    ticket = desk.tickets[0]
    assert (ticket.state, ticket.reason) == (TicketState.NEW, "wants_human")
    assert number_of(ticket.id) in "\n".join(channel.heard())


def test_the_experts_reply_arrives_unmasked_and_the_note_never(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    channel.ask(QUESTION, number=1)
    channel.press_person(desk.rows(HelpRequest)[0].id)
    number, expert = number_of(desk.tickets[0].id), desk.actor(EXPERT)
    casework.claim(desk.services, number, expert, channel="console", source_id="c")
    casework.note(desk.services, number, expert, "Quiet word between us.", channel="console", source_id="n")
    casework.reply(
        desk.services, number, expert, "Call 208-555-0142 today.", channel="console", source_id="r"
    )
    casework.resolve(desk.services, number, expert, outcome="answered", channel="console", source_id="s")
    heard = "\n".join(channel.heard())
    assert "Call 208-555-0142 today." in heard
    assert "Quiet word" not in heard
    happened = [event.kind for event in desk.rows(TicketEvent)]
    assert happened == ["opened", "claimed", "noted", "public_reply", "solved"]


def test_our_own_posts_and_other_bots_leave_no_trace(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    channel.ask(QUESTION, number=1)
    channel.heard()
    before = len(desk.messages)
    channel.own_or_bots_post()
    assert len(desk.messages) == before


def test_what_could_not_be_committed_is_not_acknowledged_and_comes_again(given: tuple[Desk, Driver]) -> None:
    desk, channel = given

    with locked_database(desk):
        assert not channel.ask(DANGER, number=1)
    assert asked(desk) == []
    assert channel.ask(DANGER, number=1)
    assert len(asked(desk)) == 1
    assert len(desk.tickets) == 1


def test_every_message_was_assessed_before_it_was_searched(given: tuple[Desk, Driver]) -> None:
    desk, channel = given
    channel.ask("I don't want to wake up tomorrow. Everyone would be better off without me.", number=1)
    assert asked(desk)[0].self_harm
    heard = "\n".join(channel.heard())
    assert "988" in heard
    assert desk.rows(Citation) == []


@contextmanager
def locked_database(desk: Desk) -> Iterator[None]:
    """Hold the database's write lock, as a program that hangs would."""
    other = sqlite3.connect(desk.services.settings.data_dir / "helpdesk.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_the_slack_button_asks_for_the_steps_once_in_the_same_conversation(
    sqlite_desks: DeskFactory,
) -> None:
    with driver(ChannelName.SLACK, sqlite_desks) as (desk, channel):
        assert isinstance(channel, SlackDriver)
        channel.ask(DANGER, number=1)
        channel.heard()
        press = slack.click("show_steps", "en", message_ts="1800000000.000001")
        press["message"]["thread_ts"] = "1790000001.000100"
        for _ in range(2):
            assert channel._send(press) == 200
        assert len(desk.rows(Thread)) == 1
        assert len([message for message in desk.messages if message.kind is MessageKind.ANSWER]) == 1
        assert desk.rows(Citation)
