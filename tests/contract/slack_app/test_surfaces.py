"""Socket Mode, the Home tab, the command, the experts' channel, the manifest."""

import ast
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.errors import SlackApiError

import bot.channels.slack
from bot.channels.slack.app import SlackApp, handle_http, start_socket_mode
from bot.channels.slack.desk import Refusal
from bot.channels.slack.listeners import COMMAND
from bot.channels.slack.wording import EN
from bot.channels.slack.workspace import brisk_client, experts_channel_fault
from tests.contract import slack_payloads as given
from tests.contract.slack_app.recording import RecordingDesk, send
from tests.support.slack_api import TEAM, SlackAPI


def test_socket_mode_asks_the_configured_slack_and_says_when_it_is_refused(
    app: SlackApp, slack: SlackAPI
) -> None:
    slack.fail(method="apps.connections.open", error="invalid_auth")
    with pytest.raises(SlackApiError):
        start_socket_mode(app, "xapp-not-a-real-token")

    assert [call.token for call in slack.of("apps.connections.open")] == ["xapp-not-a-real-token"]


def test_home_is_published_for_whoever_opens_it(app: SlackApp, slack: SlackAPI) -> None:
    event = {"type": "app_home_opened", "user": given.OFFICIAL, "channel": given.DM, "tab": "home"}
    send(app, given.envelope(event))

    (published,) = slack.wait_for("views.publish")
    assert published["user_id"] == given.OFFICIAL
    assert published["view"]["type"] == "home"


def test_the_messages_tab_suggests_first_questions_without_a_thread(app: SlackApp, slack: SlackAPI) -> None:
    event = {"type": "app_home_opened", "user": given.OFFICIAL, "channel": given.DM, "tab": "messages"}
    send(app, given.envelope(event))

    (call,) = slack.wait_for("assistant.threads.setSuggestedPrompts")
    assert "thread_ts" not in call.arguments
    assert 1 <= len(call["prompts"]) <= 4


def command(text: str) -> dict[str, Any]:
    return {
        "type": "command",
        "command": COMMAND,
        "text": text,
        "team_id": TEAM,
        "user_id": given.OFFICIAL,
        "channel_id": given.CHANNEL,
        "trigger_id": "1.2.3",
    }


def send_command(app: SlackApp, text: str) -> dict[str, Any]:
    raw = urlencode({name: value for name, value in command(text).items() if name != "type"}).encode()
    status, _, answer = handle_http(app, given.signed(raw), raw)
    assert status == 200
    answered: dict[str, Any] = json.loads(answer)
    return answered


def test_a_question_by_command_is_answered_in_direct_messages(app: SlackApp, desk: RecordingDesk) -> None:
    answer = send_command(app, "we are being threatened &amp; need help")

    (inbound,) = desk.received
    assert inbound.text == "we are being threatened & need help"
    assert json.loads(inbound.thread.address)["channel"] == given.OFFICIAL
    assert answer == {"text": EN.answering_privately, "response_type": "ephemeral"}


def test_a_command_that_could_not_be_stored_shows_the_safety_reply(
    app: SlackApp, desk: RecordingDesk
) -> None:
    desk.refusal = Refusal("Call 911.", "Not stored.", lasting=False)

    assert send_command(app, "he has a gun")["text"] == "Call 911.\n\nNot stored."


def test_a_command_without_a_question_explains_itself(app: SlackApp, desk: RecordingDesk) -> None:
    assert send_command(app, " ")["text"] == EN.command_help
    assert desk.received == []


@pytest.mark.parametrize(
    ("info", "said"),
    [
        (None, "invite"),
        ({"is_member": False, "is_private": True}, "invite"),
        ({"is_member": True, "is_private": False}, "public"),
        ({"is_member": True, "is_private": True, "is_ext_shared": True}, "shared"),
        ({"is_member": True, "is_private": True, "is_archived": True}, "archived"),
    ],
)
def test_an_unfit_experts_channel_is_named(slack: SlackAPI, info: dict[str, bool] | None, said: str) -> None:
    if info is not None:
        slack.channels[given.EXPERTS] = info

    assert said in str(experts_channel_fault(brisk_client(given.TOKEN, slack.url), given.EXPERTS))


def test_a_private_channel_with_the_desk_in_it_is_fit(slack: SlackAPI) -> None:
    slack.channels[given.EXPERTS] = {"is_member": True, "is_private": True}

    assert experts_channel_fault(brisk_client(given.TOKEN, slack.url), given.EXPERTS) is None


# What each Web API method and each event that the code names asks of the manifest.
SCOPES = {
    "chat_postMessage": {"chat:write"},
    "chat_postEphemeral": {"chat:write"},
    "chat_update": {"chat:write"},
    "views_open": set(),
    "views_publish": set(),
    "auth.test": set(),
    "users.info": {"users:read"},
    "conversations_info": {"groups:read"},
    "assistant_threads_setSuggestedPrompts": {"assistant:write"},
    "command": {"commands", "im:write"},  # its answer opens a direct message
    "app_mention": {"app_mentions:read"},
    "message": {"im:history", "groups:history"},
    "app_home_opened": set(),
    "app_uninstalled": set(),
    "tokens_revoked": set(),
}
SUBSCRIPTIONS = {"message": {"message.im", "message.groups"}}
METHOD = ("chat_", "views_", "users_", "conversations_", "assistant_", "auth_", "reactions_", "files_", "im_")


def named_in_code() -> tuple[set[str], set[str]]:
    methods, events = set(), set()
    for path in Path(bot.channels.slack.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            if node.func.attr.startswith(METHOD):
                methods.add(node.func.attr)
            elif node.func.attr in {"_ask", "api_call"} and isinstance(first, str):
                methods.add(first)
            elif node.func.attr == "event" and isinstance(first, str):
                events.add(first)
            elif node.func.attr == "command":
                methods.add("command")
    return methods, events


def test_the_manifest_asks_for_exactly_what_the_code_uses() -> None:
    manifest = json.loads((Path(__file__).parents[3] / "slack-manifest.json").read_text("utf-8"))
    methods, events = named_in_code()

    scopes = set().union(*(SCOPES[name] for name in methods | events))
    subscriptions = set().union(*(SUBSCRIPTIONS.get(event, {event}) for event in events))
    assert scopes == set(manifest["oauth_config"]["scopes"]["bot"])
    assert subscriptions == set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == [COMMAND]
    assert "user" not in manifest["oauth_config"]["scopes"]
