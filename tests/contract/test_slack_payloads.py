"""Slack's payloads become Inbound values: what is heard, what is not, and under which key."""

import json
from datetime import UTC, datetime

import pytest

from bot.channels.slack.payloads import Member, instant, parse
from bot.messages import Case
from escalation.tables import ChannelName, IdentityKind, MessageKind
from tests.contract import slack_payloads as given
from tests.support.slack_api import BOT_USER, TEAM

FULL = Member(name="Robin Doe", full=True)


def test_a_direct_message_starts_a_conversation_that_joins_the_open_request() -> None:
    inbound = parse(given.direct("Someone posted my address"), member=FULL)

    assert inbound is not None
    assert inbound.kind is MessageKind.MESSAGE
    assert inbound.text == "Someone posted my address"
    assert inbound.thread.channel is ChannelName.SLACK
    assert inbound.thread.key == f"{TEAM}:{given.DM}:{given.TS}"
    assert not inbound.thread.threaded
    assert json.loads(inbound.thread.address) == {"channel": given.DM, "thread_ts": given.TS, "team": TEAM}
    assert inbound.occurred_at == datetime.fromtimestamp(1790000000, UTC).replace(microsecond=100)
    assert inbound.external_id == given.TS
    assert inbound.sender.kind is IdentityKind.SLACK
    assert (inbound.sender.issuer, inbound.sender.external_id) == (TEAM, given.OFFICIAL)
    assert inbound.sender.verified


def test_a_reply_in_a_thread_keeps_to_the_thread() -> None:
    inbound = parse(given.direct("and then?", ts="1790000050.000200", thread_ts=given.TS))

    assert inbound is not None
    assert inbound.thread.key == f"{TEAM}:{given.DM}:{given.TS}"
    assert inbound.thread.threaded
    assert json.loads(inbound.thread.address)["thread_ts"] == given.TS


def test_the_two_events_of_one_mention_are_one_message() -> None:
    text = f"<@{BOT_USER}> our meeting is being disrupted"
    mention = parse(given.in_channel(text, kind="app_mention"))
    message = parse(given.in_channel(text))

    assert mention == message
    assert mention is not None
    assert mention.text == "our meeting is being disrupted"
    assert mention.thread.threaded


def test_a_mention_is_stripped_even_while_nobody_knows_the_desks_own_id() -> None:
    body = given.in_channel("<@U0WHOEVER> please help", kind="app_mention")
    body["authorizations"] = []

    inbound = parse(body)

    assert inbound is not None
    assert inbound.text == "please help"


@pytest.mark.parametrize(
    "body",
    [
        given.by_desk("an answer"),
        given.direct("from another app", bot_id="B0OTHER"),
        given.direct("posted for a person by an app", app_id="A0OTHER"),
        given.direct("old style", subtype="bot_message"),
        given.direct("as the desk", user=BOT_USER),
        given.direct("from Slack", user="USLACKBOT"),
        given.direct("joined", subtype="channel_join"),
        given.edited("our card", before="our old card", bot_id="B0DESKBOT"),
        given.edited("same words", before="same words"),
        given.envelope({"type": "reaction_added", "user": given.OFFICIAL}),
        given.envelope({"type": "message"}),
        {"type": "event_callback"},
        {},
    ],
)
def test_machines_and_slacks_own_remarks_are_not_heard(body: dict[str, object]) -> None:
    assert parse(body) is None


def test_a_channel_post_is_heard_only_where_the_desk_is_asked() -> None:
    chatter = given.in_channel("lunch?", ts="1790000050.000200", thread_ts=given.TS)

    assert parse(chatter) is None
    assert parse(chatter, ours=True) is not None


def test_a_post_under_a_ticket_card_is_an_internal_note() -> None:
    body = given.in_channel(
        "he called me", channel=given.EXPERTS, user=given.EXPERT, ts="1790000050.000200", thread_ts=given.TS
    )
    inbound = parse(body, case=Case(ticket_id=7, public=False))

    assert inbound is not None
    assert inbound.case == Case(ticket_id=7, public=False)


def test_an_edit_has_a_key_of_its_own_and_the_same_conversation() -> None:
    original = parse(given.direct("help"))
    first = parse(given.edited("help, he has a gun", before="help"))
    again = parse(given.edited("help, he has a gun!", before="help", edited={"ts": "1790000070.000000"}))

    assert original is not None
    assert first is not None
    assert again is not None
    assert first.kind is MessageKind.EDIT
    assert first.thread == original.thread
    assert first.external_id == original.external_id
    assert len({original.key, first.key, again.key}) == 3


def test_a_deletion_is_recorded_without_the_deleted_words() -> None:
    inbound = parse(given.deleted())

    assert inbound is not None
    assert inbound.kind is MessageKind.DELETION
    assert inbound.text == ""
    assert inbound.thread.key == f"{TEAM}:{given.DM}:{given.TS}"


def test_a_deleted_root_that_leaves_a_stone_is_a_deletion_too() -> None:
    body = given.edited("This message was deleted.", before="secret", subtype="tombstone", user="USLACKBOT")
    body["event"]["previous_message"]["subtype"] = None
    body["event"]["previous_message"]["user"] = given.OFFICIAL

    inbound = parse(body)

    assert inbound is not None
    assert inbound.kind is MessageKind.DELETION


def test_a_post_with_a_file_is_kept_and_names_it() -> None:
    inbound = parse(given.direct("look", subtype="file_share", files=[{"name": "threat <1>.png"}]))

    assert inbound is not None
    assert inbound.text == "look\n[threat <1>.png]"


def test_a_forwarded_message_brings_its_words() -> None:
    shared = {"is_share": True, "text": "We know where you live"}
    inbound = parse(given.direct("what do I do", attachments=[shared, {"text": "a preview"}]))

    assert inbound is not None
    assert inbound.text == "what do I do\nWe know where you live"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("ask <@U0FRIEND> or <@U0FRIEND|Sam>", "ask @U0FRIEND or @Sam"),
        ("<!here> and <!subteam^S012|@clerks>", "@here and @clerks"),
        ("in <#C012|council> now", "in #council now"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<https://example.org/a|the page>", "the page (https://example.org/a)"),
        ("<http://example.org|example.org>", "example.org"),
        ("<mailto:clerk@example.org|clerk@example.org>", "clerk@example.org"),
        ("<tel:+15550100|555-0100>", "555-0100 (+15550100)"),
        ("<!date^1790000000^{date}|today>", "today"),
        ("not a link: &lt;https://example.org&gt;", "not a link: <https://example.org>"),
        (f"hey <@{BOT_USER}>, help", "hey, help"),
        ("", ""),
    ],
)
def test_markup_becomes_what_the_person_wrote(written: str, read: str) -> None:
    inbound = parse(given.direct(written))

    assert inbound is not None
    assert inbound.text == read


@pytest.mark.parametrize(
    ("over", "member", "verified"),
    [
        ({}, FULL, True),
        ({}, Member(name="A Guest", full=False), False),
        ({"user_team": "T0OTHER", "source_team": "T0OTHER"}, FULL, False),
    ],
)
def test_only_full_members_of_our_own_workspace_are_vouched_for(
    over: dict[str, str], member: Member, verified: bool
) -> None:
    inbound = parse(given.direct("hello", **over), member=member)

    assert inbound is not None
    assert inbound.sender.verified is verified
    assert inbound.sender.issuer == over.get("user_team", TEAM)


@pytest.mark.parametrize("ts", ["", "now", "1790000000", "1790000000.0001", "1e9.000100", "-1.000000"])
def test_what_is_no_slack_timestamp_gives_no_instant(ts: str) -> None:
    assert instant(ts) is None


def test_a_timestamp_keeps_every_microsecond() -> None:
    assert instant("1790000000.999999") == datetime(2026, 9, 21, 14, 13, 20, 999999, tzinfo=UTC)
