"""Strange and hostile input: danger is seen in it, and nothing personal travels further."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from bot import conversation
from bot.channels.email.intake import Outcome
from bot.database import transaction
from bot.encoded import concealed, encoded, revealed
from bot.messages import SenderIdentity, ThreadKey
from bot.safety.assessment import Assessment
from bot.worker import beat, intake
from escalation.kinds import ChannelName
from escalation.sla import Priority
from escalation.tables import City, IdentityKind, MessageKind
from tests.support.desk import Desk, DeskFactory, RecordingSender

GUN = "there is a man with a gun at my door right now"
HOME = "412 Maple Street, Boise, ID 83702"
PHONE = "208-555-0142"


@pytest.fixture
def desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk() as made:
        yield made


def everything_stored(desk: Desk) -> str:
    """Return every value of every table as one text."""
    with desk.services.engine.connect() as connection:
        names = [
            row[0] for row in connection.execute(sql("SELECT name FROM sqlite_master WHERE type='table'"))
        ]
        return "\n".join(
            str(row) for name in names for row in connection.execute(sql(f'SELECT * FROM "{name}"'))
        )


def bot_said(desk: Desk) -> str:
    return "\n".join(message.masked for message in desk.messages if message.author == "bot")


def test_danger_is_seen_at_the_end_of_two_hundred_thousand_characters(desk: Desk) -> None:
    filler = "We had a long meeting about the budget and nobody was happy with it. " * 2880
    accepted = desk.say(f"{filler[:199_900]} {GUN}")
    assert accepted.assessment.immediate_danger
    assert "911" in bot_said(desk)[:200]


def test_danger_below_more_text_than_is_kept_is_seen(desk: Desk) -> None:
    pasted = "We had a long meeting about the budget and nobody was happy with it. " * 4300
    assert desk.say(f"{pasted} {GUN}").assessment.immediate_danger


@pytest.mark.parametrize("words", [PHONE, "+1 (514) 555 0177", f"{HOME}", f"{PHONE}\n{HOME}"])
def test_a_message_that_is_only_a_number_or_an_address_is_no_question(desk: Desk, words: str) -> None:
    desk.say(words)
    assert "few more words" in bot_said(desk)
    assert words not in everything_stored(desk)


def test_the_lines_that_the_directory_gives_out_survive_and_an_officials_own_does_not(desk: Desk) -> None:
    with transaction(desk.services.engine) as session:
        city = session.exec(select(City)).first()
        assert city is not None
        city.dispatch_phone = "208-555-0111"
        city.police_contact = "Sgt. Rivera, 208-555-0112, 40 Justice Way, Boise, ID 83702"
        session.add(city)
    desk.say(
        f"I called 208 555 0111 and (208) 555-0112, they are at 40 Justice Way. My own is {PHONE}, at {HOME}; his is 1240 Justice Way."
    )
    (asked,) = [message.masked for message in desk.messages if message.author == "requester"]
    assert "208 555 0111" in asked
    assert "(208) 555-0112" in asked
    assert "at 40 Justice Way." in asked
    assert PHONE not in asked
    assert "Maple" not in asked
    assert "1240" not in asked


def test_danger_in_base64_is_seen_and_an_address_in_it_is_not_shown(desk: Desk) -> None:
    hidden = base64.b64encode(f"{GUN}, I am at {HOME}".encode()).decode()
    desk.say(f"please read {hidden} thanks")
    (message,) = [m for m in desk.messages if m.author == "requester"]
    assert message.immediate_danger
    assert message.masked == "please read [encoded text 1] thanks"
    assert hidden not in everything_stored(desk)


@pytest.mark.parametrize(
    "plain",
    [
        "Our file is at https://example.org/a/very/long/path/that/goes/on/and/on",
        "supercalifragilisticexpialidociousness",
        "3f2504e04f8911d39a0c0305e82c3301aabbccddeeff00112233",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "council meeting disruption protocol review committee",
    ],
)
def test_what_only_looks_like_base64_stays_as_it_is(plain: str) -> None:
    assert encoded(plain) == ()
    assert concealed(plain, "en") == revealed(plain) == plain


def test_an_address_in_a_hidden_part_of_an_html_mail_is_stored_nowhere_in_the_clear(desk: Desk) -> None:
    desk.services = replace(
        desk.services,
        settings=desk.services.settings.model_copy(update={"email_address": "help@hub.test"}),
    )
    taken = intake(desk.services, conversation.receive_and_answer).take(
        _mail_with_hidden_part(), desk.clock()
    )
    assert taken is Outcome.ACCEPTED
    (message,) = [m for m in desk.messages if m.author == "requester"]
    assert "council meeting" in message.masked
    stored = everything_stored(desk)
    for secret in ("412 Maple", "83702", PHONE, "9 Oak Lane"):
        assert secret not in stored
        assert secret not in bot_said(desk)


def _mail_with_hidden_part() -> bytes:
    html = (
        "<html><body><p>How do we keep order in a council meeting?</p>"
        f'<div style="display:none">{HOME}</div>'
        f'<span hidden>{PHONE}</span><p style="font-size:0">9 Oak Lane, Boise</p>'
        "<!-- 412 Maple Street --></body></html>"
    )
    lines = (
        "From: Avery <avery@riverbend.test>",
        "To: help@hub.test",
        "Subject: A question",
        "Message-ID: <hidden@riverbend.test>",
        "MIME-Version: 1.0",
        "Content-Type: text/html; charset=utf-8",
        "",
        html,
    )
    return "\r\n".join(lines).encode()


# Every human gets the safety reply, whatever else is true of them


SENDERS = {
    "a stranger on the web": SenderIdentity(IdentityKind.WEB, "browser", "nobody-knows"),
    "a guest of the workspace": SenderIdentity(IdentityKind.SLACK, "T0HUB", "U0GUEST", verified=False),
    "somebody of another workspace": SenderIdentity(IdentityKind.SLACK, "T0OTHER", "U0OUT", verified=False),
    "mail that nobody vouches for": SenderIdentity(IdentityKind.EMAIL, "", "who@elsewhere.test"),
}
CHANNELS = {
    IdentityKind.WEB: ChannelName.WEB,
    IdentityKind.SLACK: ChannelName.SLACK,
    IdentityKind.EMAIL: ChannelName.EMAIL,
}


@pytest.mark.parametrize("who", SENDERS)
def test_every_human_gets_the_safety_reply(desk: Desk, who: str) -> None:
    sender = SENDERS[who]
    carriers = {channel: RecordingSender() for channel in set(CHANNELS.values())}
    desk.carriers = carriers
    desk.services = replace(desk.services, senders=carriers)
    channel = CHANNELS[sender.kind]
    desk.clock.advance(timedelta(seconds=1))
    inbound = replace(
        desk.inbound(GUN, key="k"), sender=sender, thread=ThreadKey(channel, "conversation", "address")
    )
    conversation.accept(desk.services, inbound)
    desk.deliver()
    assert [
        "911" in message.text[:200] for message in carriers[channel].sent if message.kind == "safety"
    ] == [True]


def test_a_suspended_person_gets_the_safety_reply(desk: Desk) -> None:
    desk.say("hello", who="later-suspended")
    with desk.services.engine.begin() as connection:
        connection.execute(sql("UPDATE person SET suspended_at = '2026-11-20 00:00:00' WHERE id > 5"))
    desk.say(GUN, who="later-suspended")
    assert "911" in bot_said(desk)


def test_whoever_writes_faster_than_mail_is_answered_still_gets_every_safety_reply(desk: Desk) -> None:
    mail = RecordingSender()
    desk.carriers = {ChannelName.EMAIL: mail}
    desk.services = replace(desk.services, senders={ChannelName.EMAIL: mail})
    sender = SenderIdentity(IdentityKind.EMAIL, "", "avery@riverbend.test")
    for number in range(15):
        where = ThreadKey(ChannelName.EMAIL, "one", "a")
        inbound = replace(desk.inbound(GUN, key=f"k{number}"), sender=sender, thread=where)
        conversation.accept(desk.services, inbound)
    beat(desk.services)
    desk.deliver()
    assert len([message for message in mail.sent if message.kind == "safety"]) == 15


def test_a_machine_gets_no_safety_reply_and_the_expert_on_duty_is_alerted(desk: Desk) -> None:
    for number, kind in enumerate((MessageKind.AUTO_REPLY, MessageKind.LIST, MessageKind.BOUNCE)):
        desk.say(GUN, kind=kind, thread=f"t{number}", who=f"machine-{number}")
    assert bot_said(desk) == ""
    assert len([row for row in desk.outbox if row.kind == "page"]) == 3
    assert {ticket.reason for ticket in desk.tickets} == {"machine_alert"}


def in_doubt(text: str, **_more: object) -> Assessment:
    return Assessment(
        False,
        False,
        "person" in text,
        Priority.P3,
        (),
        "fr" if "comment" in text.lower() else "en",
        in_doubt=True,
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            "How do we keep order when people shout during a council meeting?",
            "call 911 (or your local emergency number) first.",
        ),
        ("Comment garder le calme pendant une séance du conseil?", "appelez d’abord le 911"),
        ("I need to talk to a person about it", "call 911 (or your local emergency number) first."),
    ],
)
def test_real_doubt_is_answered_normally_with_one_short_line(desk: Desk, words: str, line: str) -> None:
    desk.services = replace(desk.services, checks=(in_doubt,))  # type: ignore[arg-type]
    desk.say(words)
    (reply,) = [message.masked for message in desk.messages if message.author == "bot"]
    assert line in reply.split("\n\n")[0]
    assert reply.count("911") == 1
