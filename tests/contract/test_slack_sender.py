"""The sender against a recording Web API: where posts go, and what each failure means."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.channels.slack.payloads import address
from bot.channels.slack.sender import SlackSender
from bot.channels.slack.workspace import patient_client
from bot.messages import DeliveryError, Outbound
from escalation.tables import ChannelName
from tests.contract import slack_payloads as given
from tests.support.slack_api import TEAM, SlackAPI

LONG = " & ".join(str(number) for number in range(8000))


@pytest.fixture
def slack() -> Iterator[SlackAPI]:
    with SlackAPI() as api:
        yield api


@pytest.fixture
def sender(slack: SlackAPI) -> SlackSender:
    return SlackSender(patient_client(given.TOKEN, slack.url))


def outbound(text: str = "words", **over: Any) -> Outbound:
    values: dict[str, Any] = {
        "row_id": "row1",
        "channel": ChannelName.SLACK,
        "address": address(given.DM, given.TS, TEAM),
        "kind": "notice",
        "language": "en",
        "text": text,
    }
    return Outbound(**{**values, **over})


def test_a_post_goes_to_its_thread_with_its_row_and_without_previews(
    slack: SlackAPI, sender: SlackSender
) -> None:
    receipt = sender.send(outbound())

    (post,) = slack.posts
    assert receipt.external_id == "1800000000.000001"
    assert (post["channel"], post["thread_ts"], post.token) == (given.DM, given.TS, given.TOKEN)
    assert post["metadata"] == {"event_type": "helpdesk_outbox", "event_payload": {"row_id": "row1"}}
    assert {post["unfurl_links"], post["unfurl_media"]} <= {"0", "false", False}
    assert "words" in str(post["blocks"])
    assert "words" not in post["text"]


def test_a_card_update_goes_under_its_card(slack: SlackAPI, sender: SlackSender) -> None:
    sender.send(outbound(address=address(given.EXPERTS, None, ""), reply_to="1800000000.000009"))
    sender.send(outbound(row_id="row2", address=given.EXPERTS))
    sender.send(outbound(row_id="row3", address=given.EXPERTS, reply_to="<a.mail@example.org>"))

    assert [post.arguments.get("thread_ts") for post in slack.posts] == ["1800000000.000009", None, None]


def test_a_long_message_is_several_posts_and_the_first_is_the_receipt(
    slack: SlackAPI, sender: SlackSender
) -> None:
    receipt = sender.send(outbound(LONG, address=given.EXPERTS))

    posts = slack.posts
    assert len(posts) > 1
    assert receipt.external_id == "1800000000.000001"
    assert {post.arguments.get("thread_ts") for post in posts[1:]} == {receipt.external_id}
    assert all(len(post["blocks"]) <= 50 for post in posts)


def test_a_long_message_goes_on_where_it_failed(slack: SlackAPI, sender: SlackSender) -> None:
    sender.send(outbound(LONG, row_id="whole"))
    whole = len(slack.posts)
    slack.calls.clear()
    slack.rate_limit(retry_after=1)
    with pytest.raises(DeliveryError):
        sender.send(outbound(LONG))
    slack.fail(method="chat.postMessage", error="internal_error")
    with pytest.raises(DeliveryError):
        sender.send(outbound(LONG))
    sender.send(outbound(LONG))

    assert len(slack.posts) == whole + 2
    taken = {json.dumps(post["blocks"]) for post in slack.posts}
    assert len(taken) == whole


@pytest.mark.parametrize(
    ("failure", "permanent", "retry_after"),
    [
        ({"status": 429, "error": "ratelimited", "retry_after": 7}, False, 7.0),
        ({"error": "ratelimited"}, False, 30.0),
        ({"status": 503, "error": "service_unavailable"}, False, None),
        ({"status": 500}, False, None),
        ({"error": "internal_error"}, False, None),
        ({"error": "an_error_slack_invents_later"}, False, None),
        ({"hang_up": True}, False, None),
        ({"error": "not_in_channel"}, True, None),
        ({"error": "channel_not_found"}, True, None),
        ({"error": "is_archived"}, True, None),
        ({"error": "invalid_auth"}, True, None),
        ({"error": "account_inactive"}, True, None),
        ({"error": "token_revoked"}, True, None),
        ({"error": "missing_scope"}, True, None),
        ({"error": "msg_too_long"}, True, None),
    ],
)
def test_a_failure_says_whether_to_try_again_and_carries_no_words(
    slack: SlackAPI, sender: SlackSender, failure: dict[str, Any], permanent: bool, retry_after: float | None
) -> None:
    slack.fail(**failure)
    with pytest.raises(DeliveryError) as caught:
        sender.send(outbound("the secret words"))

    assert (caught.value.permanent, caught.value.retry_after) == (permanent, retry_after)
    assert "secret" not in caught.value.reason
    assert len(slack.posts) == 1  # the SDK repeated nothing by itself


def test_nobody_there_is_worth_another_try() -> None:
    with SlackAPI() as slack:
        url = slack.url
    with pytest.raises(DeliveryError) as caught:
        SlackSender(WebClient(token=given.TOKEN, base_url=url)).send(outbound())

    assert not caught.value.permanent


@pytest.mark.parametrize("code", ["invalid_blocks", "msg_blocks_too_long"])
def test_words_reach_their_reader_when_slack_refuses_the_blocks(
    slack: SlackAPI, sender: SlackSender, code: str
) -> None:
    slack.fail(error=code)
    sender.send(outbound("expert's words", kind="relay"))

    assert slack.posts[-1]["text"] == "expert's words"
    assert "blocks" not in slack.posts[-1].arguments


def test_a_deleted_thread_does_not_keep_words_from_the_official(slack: SlackAPI, sender: SlackSender) -> None:
    slack.fail(error="thread_not_found")
    sender.send(outbound())

    assert "thread_ts" not in slack.posts[-1].arguments


def test_a_deleted_thread_in_a_channel_is_not_answered_in_the_open(
    slack: SlackAPI, sender: SlackSender
) -> None:
    slack.fail(error="thread_not_found")
    with pytest.raises(DeliveryError) as caught:
        sender.send(outbound(address=address(given.CHANNEL, given.TS, TEAM)))

    assert caught.value.permanent
    assert len(slack.posts) == 1


@pytest.mark.parametrize("where", ["", "{}", "[]", '{"channel": 3}', "someone@example.org"])
def test_an_address_of_another_kind_is_refused_for_good(sender: SlackSender, where: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        sender.send(outbound(address=where))

    assert caught.value.permanent
