"""Posts as they arrive: what is stored, what is only acknowledged, what comes again."""

import json
import time
from typing import Any

import pytest

from bot.channels.slack.app import SlackApp, handle_http
from bot.channels.slack.desk import Refusal
from bot.messages import Case
from tests.contract import slack_payloads as given
from tests.contract.slack_app.recording import RecordingDesk, send
from tests.support.slack_api import BOT_USER, TEAM, SlackAPI


def test_nothing_is_asked_of_slack_before_the_first_request(app: SlackApp, slack: SlackAPI) -> None:
    assert slack.calls == []


def test_a_direct_message_is_stored_before_slack_is_told_so(app: SlackApp, desk: RecordingDesk) -> None:
    assert send(app, given.direct("someone posted my address")) == (200, "")

    (inbound,) = desk.received
    assert inbound.text == "someone posted my address"
    assert inbound.sender.verified
    assert inbound.sender.name == f"Person {given.OFFICIAL}"


def test_mention_and_message_of_one_post_and_redeliveries_are_one(app: SlackApp, desk: RecordingDesk) -> None:
    text = f"<@{BOT_USER}> help"
    for _ in range(2):
        send(app, given.in_channel(text))
        send(app, given.in_channel(text, kind="app_mention"))

    assert len(desk.received) == 1


def test_the_desk_asks_who_it_is_only_when_the_payload_does_not_tell(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI
) -> None:
    send(app, given.direct("told"))
    assert slack.of("auth.test") == []


def test_the_desk_asks_once_who_it_is(app: SlackApp, desk: RecordingDesk, slack: SlackAPI) -> None:
    for ts in ("1790000001.000100", "1790000002.000100"):
        send(app, {**given.in_channel(f"<@{BOT_USER}> help", ts=ts), "authorizations": None})

    assert len(slack.of("auth.test")) == 1
    assert [inbound.text for inbound in desk.received] == ["help", "help"]


def test_own_and_other_bots_posts_cause_nothing_but_an_acknowledgement(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI
) -> None:
    for body in (
        given.by_desk("answer"),
        given.direct("x", bot_id="B0OTHER"),
        given.direct("x", user=BOT_USER),
    ):
        assert send(app, body)[0] == 200

    assert desk.received == []
    assert slack.posts == []


@pytest.mark.parametrize(
    "event",
    [
        {"type": "reaction_added", "user": "U1"},
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"bot": ["U1"]}},
        {
            "type": "message",
            "subtype": "channel_join",
            "channel": "C1",
            "user": "U1",
            "ts": "1790000000.000100",
        },
        {"type": "something_slack_invents_later"},
    ],
)
def test_events_nobody_wants_are_acknowledged(
    app: SlackApp, desk: RecordingDesk, event: dict[str, Any]
) -> None:
    assert send(app, given.envelope(event))[0] == 200
    assert desk.received == []


def test_edits_and_deletions_are_received(app: SlackApp, desk: RecordingDesk) -> None:
    send(app, given.edited("he has a gun", before="help"))
    send(app, given.deleted())

    assert [inbound.kind.value for inbound in desk.received] == ["edit", "deletion"]


def test_channel_talk_is_heard_only_in_threads_the_desk_answers(app: SlackApp, desk: RecordingDesk) -> None:
    talk = given.in_channel("and now?", ts="1790000050.000200", thread_ts=given.TS)
    send(app, talk)
    assert desk.received == []

    desk.threads.add(f"{TEAM}:{given.CHANNEL}:{given.TS}")
    send(app, talk)
    assert len(desk.received) == 1


def test_what_an_expert_writes_under_a_card_in_their_own_messages_belongs_to_the_case(
    app: SlackApp, desk: RecordingDesk
) -> None:
    desk.cases[given.TS] = Case(ticket_id=7, public=False)
    for user, ts in ((given.EXPERT, "1790000002.000100"), (given.OFFICIAL, "1790000003.000100")):
        body = given.as_json(given.direct("she is safe now", user=user, ts=ts, thread_ts=given.TS))
        handle_http(app, given.signed(body), body)
    assert [inbound.case for inbound in desk.received] == [Case(ticket_id=7, public=False), None]


def test_words_under_a_ticket_card_are_an_internal_note(app: SlackApp, desk: RecordingDesk) -> None:
    desk.cases[given.TS] = Case(ticket_id=7, public=False)
    send(
        app,
        given.in_channel(
            "called her", channel=given.EXPERTS, user=given.EXPERT, ts="1790000050.000200", thread_ts=given.TS
        ),
    )

    (inbound,) = desk.received
    assert inbound.case == Case(ticket_id=7, public=False)


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted", "is_stranger", "deleted", "is_bot"])
def test_guests_and_outsiders_are_not_vouched_for(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI, flag: str
) -> None:
    slack.users[given.OFFICIAL] = {flag: True}
    send(app, given.direct("hello"))

    assert not desk.received[0].sender.verified


def test_a_message_is_stored_even_when_slack_answers_nothing(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI
) -> None:
    slack.fail(20, hang_up=True)
    assert send(app, given.direct("help"))[0] == 200

    (inbound,) = desk.received
    assert not inbound.sender.verified


def test_a_revoked_token_does_not_turn_messages_away(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI
) -> None:
    slack.fail(20, error="invalid_auth")
    assert send(app, given.direct("help"))[0] == 200
    assert len(desk.received) == 1


def test_what_could_not_be_stored_is_refused_and_the_safety_reply_sent_directly(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI
) -> None:
    desk.refusal = Refusal("Call 911 <now>.", "Not stored.", lasting=False)
    assert send(app, given.direct("he has a gun"))[0] == 500

    (post,) = slack.posts
    assert (post["channel"], post["thread_ts"], post["text"]) == (given.DM, given.TS, "Call 911 &lt;now&gt;.")


def test_a_refusal_is_told_when_slack_will_not_come_again(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI
) -> None:
    desk.refusal = Refusal(None, "We can't take this.", lasting=False)
    for retry in (1, 2, 3):
        assert send(app, given.direct("a question"), retry=retry)[0] == 500

    assert [post["text"] for post in slack.posts] == ["We can't take this."]


def test_a_lasting_refusal_is_told_once(app: SlackApp, desk: RecordingDesk, slack: SlackAPI) -> None:
    desk.refusal = Refusal(None, "Safety only.", lasting=True)
    send(app, given.direct("a question"))
    send(app, given.direct("a question"), retry=1)

    assert [post["text"] for post in slack.posts] == ["Safety only."]


def test_a_fault_in_the_desk_fails_the_delivery_so_that_it_comes_again(
    app: SlackApp, desk: RecordingDesk
) -> None:
    desk.error = RuntimeError("database gone")
    assert send(app, given.direct("help")) == (500, "")

    desk.error = None
    assert send(app, given.direct("help"))[0] == 200
    assert len(desk.received) == 1


def test_the_door_answers_garbage_without_a_traceback(app: SlackApp, desk: RecordingDesk) -> None:
    good = given.as_json(given.direct("x"))
    signed = given.signed(good)
    late = given.signed(good, at=int(time.time()) - 600)
    garbage = [b"{", b"\xff\xfe", b"[]", b'"x"', b"payload=%7B", b"", b"{" * 100_000, b"payload=[]"]

    assert handle_http(app, {}, good)[0] == 401
    assert handle_http(app, {**signed, "X-Slack-Request-Timestamp": "soon"}, good)[0] == 401
    assert handle_http(app, {**signed, "X-Slack-Request-Timestamp": "9" * 400}, good)[0] == 401
    assert handle_http(app, {**signed, "X-Slack-Signature": "v0=é"}, good)[0] == 401
    assert handle_http(app, signed, good + b" ")[0] == 401
    assert handle_http(app, given.signed(good, secret="another"), good)[0] == 401
    assert handle_http(app, late, good)[0] == 401
    assert handle_http(app, given.signed(b"x" * 1_000_001), b"x" * 1_000_001)[0] == 413
    for body in garbage:
        assert handle_http(app, {}, body)[0] in {400, 401}
        assert handle_http(app, given.signed(body), body)[0] in {400, 404}
    assert desk.received == []


def test_slacks_own_checks_of_the_address_are_answered(app: SlackApp) -> None:
    challenge = given.as_json({"type": "url_verification", "challenge": "abc", "token": "t"})
    status, _, answer = handle_http(app, given.signed(challenge), challenge)

    assert (status, json.loads(answer)) == (200, {"challenge": "abc"})
    assert handle_http(app, {}, b"ssl_check=1&token=t")[0] == 200
