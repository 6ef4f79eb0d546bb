"""A real Bolt app fed signed payloads, against a recording Web API and a recording desk."""

import ast
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk.errors import SlackApiError

import bot.channels.slack
from bot.channels.slack.app import SlackApp, assemble, handle_http, start_socket_mode
from bot.channels.slack.desk import Deed, HomePage, Refusal, Who, Worked
from bot.channels.slack.listeners import COMMAND
from bot.channels.slack.wording import EN, FR
from bot.channels.slack.workspace import brisk_client, experts_channel_fault
from bot.messages import Case, Inbound
from escalation.errors import AlreadyClaimed, EscalationError, Refused
from tests.contract import slack_payloads as given
from tests.support.slack_api import BOT_USER, TEAM, SlackAPI

NOW = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
OFFICIAL = Who(TEAM, given.OFFICIAL)
EXPERT = Who(TEAM, given.EXPERT)


@dataclass
class RecordingDesk:
    """A desk that remembers what it was asked, and refuses when told to."""

    received: list[Inbound] = field(default_factory=list)
    acts: list[tuple[Any, ...]] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    cases: dict[str, Case] = field(default_factory=dict)
    refusal: Refusal | None = None
    error: Exception | None = None
    language: str | None = None

    def receive(self, inbound: Inbound) -> Refusal | None:
        if self.error:
            raise self.error
        if self.refusal is None and inbound.key not in {known.key for known in self.received}:
            self.received.append(inbound)
        return self.refusal

    def answers_in(self, thread_key: str) -> bool:
        return thread_key in self.threads

    def case_of(self, channel: str, thread_ts: str) -> Case | None:
        return self.cases.get(thread_ts) if channel in {given.EXPERTS, given.EXPERT} else None

    def language_of(self, who: Who) -> str | None:
        return self.language

    def _act(self, *what: Any) -> None:
        self.acts.append(what)
        if self.error:
            raise self.error

    def escalate(self, who: Who, request_id: int, source_id: str) -> None:
        self._act("escalate", who, request_id, source_id)

    def claim(self, who: Who, number: str, source_id: str) -> Worked:
        self._act("claim", who, number, source_id)
        return Worked(number, "open", "Dana Expert")

    def check_reply(self, who: Who, number: str) -> None:
        self._act("check_reply", who, number)

    def reply(self, who: Who, number: str, text: str, source_id: str) -> Worked:
        self._act("reply", who, number, text, source_id)
        return Worked(number, "open", "Dana Expert")

    def colleagues(self, who: Who) -> tuple[tuple[str, str], ...]:
        self._act("colleagues", who)
        return (("4", "Noor"),)

    def work(self, who: Who, number: str, deed: Deed, source_id: str) -> Worked:
        self._act("work", who, number, deed, source_id)
        return Worked(number, "solved", "Dana Expert")

    def choose_language(self, who: Who, request_id: int, language: str, source_id: str) -> None:
        self._act("choose_language", who, request_id, language, source_id)

    def feedback(self, who: Who, message_id: str, *, helpful: bool, reason: str | None = None) -> None:
        self._act("feedback", who, message_id, helpful)

    def unsafe(self, who: Who, source_id: str) -> None:
        self._act("unsafe", who, source_id)

    def safe_contact(self, who: Who, request_id: int, text: str) -> None:
        self._act("safe_contact", who, request_id, text)

    def home(self, who: Who, language: str | None) -> HomePage:
        self._act("home", who, language)
        return HomePage(language or "en", NOW)


@pytest.fixture
def slack() -> Iterator[SlackAPI]:
    with SlackAPI() as api:
        yield api


@pytest.fixture
def desk() -> RecordingDesk:
    return RecordingDesk()


@pytest.fixture
def app(slack: SlackAPI, desk: RecordingDesk) -> Iterator[SlackApp]:
    app = assemble(
        desk,
        clock=lambda: NOW,
        experts_channel=given.EXPERTS,
        token=given.TOKEN,
        signing_secret=given.SECRET,
        base_url=slack.url,
    )
    yield app
    app.close()


def send(app: SlackApp, body: dict[str, Any], *, retry: int | None = None) -> tuple[int, str]:
    raw = given.as_form(body) if body["type"] != "event_callback" else given.as_json(body)
    headers = given.signed(raw)
    if retry is not None:
        headers["X-Slack-Retry-Num"] = str(retry)
    status, _, answer = handle_http(app, headers, raw)
    return status, answer.decode()


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


def test_talk_to_a_person_hands_the_request_over(app: SlackApp, desk: RecordingDesk) -> None:
    body = given.click("talk_to_person", "17")
    assert send(app, body)[0] == 200
    send(app, body)
    send(app, given.click("talk_to_person", "17", action_ts="1790000101.000001"))

    assert [act[:3] for act in desk.acts] == [("escalate", OFFICIAL, 17)] * 3
    sources = [act[3] for act in desk.acts]
    assert sources[0] == sources[1] != sources[2]
    assert all(len(source) <= 200 for source in sources)


def test_a_click_is_the_act_of_the_users_own_workspace(app: SlackApp, desk: RecordingDesk) -> None:
    send(app, given.click("claim", "HD-1042", team="T0OTHER"))

    assert desk.acts[0][1] == Who("T0OTHER", given.OFFICIAL)


@pytest.mark.parametrize(
    ("action", "value", "helpful"),
    [
        ("feedback", "helpful:m1", True),
        ("feedback", "not_helpful:m1", False),
        ("helpful", "m1", True),
        ("not_helpful", "m1", False),
    ],
)
def test_feedback_is_stored_and_thanked_privately(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI, action: str, value: str, helpful: bool
) -> None:
    desk.language = "fr"
    assert send(app, given.click(action, value))[0] == 200

    assert desk.acts == [("feedback", OFFICIAL, "m1", helpful)]
    (thanks,) = slack.wait_for("chat.postEphemeral")
    assert (thanks["user"], thanks["text"]) == (given.OFFICIAL, FR.thanks if helpful else FR.sorry)


def test_a_claim_is_shown_on_the_card(app: SlackApp, desk: RecordingDesk, slack: SlackAPI) -> None:
    card = [{"type": "section", "text": {"type": "mrkdwn", "text": "New request"}}]
    send(app, given.click("claim", "HD-1042", user=given.EXPERT, channel=given.EXPERTS, blocks=card))

    assert desk.acts[0][:3] == ("claim", EXPERT, "HD-1042")
    (update,) = slack.wait_for("chat.update")
    assert update["ts"] == given.TS
    assert "Dana Expert" in update.words


@pytest.mark.parametrize(
    "error",
    [AlreadyClaimed("HD-1042", "Dana Expert", NOW), EscalationError("You can't work on HD-1042 <here>.")],
)
def test_a_refused_click_is_one_private_sentence(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI, error: Exception
) -> None:
    desk.error = error
    assert send(app, given.click("claim", "HD-1042", user=given.EXPERT, channel=given.EXPERTS))[0] == 200

    (told,) = slack.wait_for("chat.postEphemeral")
    assert told["user"] == given.EXPERT
    assert told["text"] == str(error).replace("<", "&lt;").replace(">", "&gt;")
    assert slack.of("chat.update") == []


def test_a_click_that_broke_is_not_called_done(app: SlackApp, desk: RecordingDesk) -> None:
    desk.error = RuntimeError("database gone")

    assert send(app, given.click("claim", "HD-1042"))[0] == 500


@pytest.mark.parametrize("value", ["", "HD-", "1042; drop", "x" * 2000])
def test_a_value_that_is_no_ticket_number_does_nothing(
    app: SlackApp, desk: RecordingDesk, value: str
) -> None:
    assert send(app, given.click("claim", value))[0] == 200
    assert send(app, given.click("talk_to_person", value))[0] == 200
    assert desk.acts == []


def test_reply_opens_a_form_and_the_form_reaches_the_desk(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI
) -> None:
    assert send(app, given.click("reply", "HD-1042", user=given.EXPERT))[0] == 200
    (opened,) = slack.of("views.open")
    assert opened["view"]["private_metadata"] == "HD-1042"

    assert send(app, given.submitted("HD-1042", "  I will call you.\n")) == (200, "")
    assert desk.acts[-1][:4] == ("reply", EXPERT, "HD-1042", "I will call you.")


def test_a_form_sent_twice_has_one_source(app: SlackApp, desk: RecordingDesk) -> None:
    for _ in range(2):
        send(app, given.submitted("HD-1042", "hello"))
    send(app, given.submitted("HD-1042", "hello", view_id="V0OTHER"))

    sources = [act[4] for act in desk.acts]
    assert sources[0] == sources[1] != sources[2]


def test_nobody_without_the_right_gets_the_form(app: SlackApp, desk: RecordingDesk, slack: SlackAPI) -> None:
    desk.error = EscalationError("You can't do this.")
    send(app, given.click("reply", "HD-1042"))

    slack.wait_for("chat.postEphemeral")
    assert slack.of("views.open") == []


def test_a_form_that_slack_does_not_open_is_explained(app: SlackApp, slack: SlackAPI) -> None:
    slack.fail(method="views.open", error="expired_trigger_id")
    send(app, given.click("reply", "HD-1042", user=given.EXPERT))

    (told,) = slack.wait_for("chat.postEphemeral")
    assert told["text"] == EN.press_again


def test_what_is_wrong_with_a_reply_is_said_in_the_form(app: SlackApp, desk: RecordingDesk) -> None:
    status, answer = send(app, given.submitted("HD-1042", None))
    assert (status, json.loads(answer)["errors"]) == (200, {"reply": EN.reply_empty})

    desk.error = EscalationError("HD-1042 is closed.")
    status, answer = send(app, given.submitted("HD-1042", "hello"))
    assert (status, json.loads(answer)["errors"]) == (200, {"reply": "HD-1042 is closed."})


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
    manifest = json.loads((Path(__file__).parents[2] / "slack-manifest.json").read_text("utf-8"))
    methods, events = named_in_code()

    scopes = set().union(*(SCOPES[name] for name in methods | events))
    subscriptions = set().union(*(SUBSCRIPTIONS.get(event, {event}) for event in events))
    assert scopes == set(manifest["oauth_config"]["scopes"]["bot"])
    assert subscriptions == set(manifest["settings"]["event_subscriptions"]["bot_events"])
    assert [command["command"] for command in manifest["features"]["slash_commands"]] == [COMMAND]
    assert "user" not in manifest["oauth_config"]["scopes"]


# Forms of the acts on a ticket


@pytest.mark.parametrize("act", ["note", "hand_over", "wait", "resolve"])
def test_a_button_opens_the_form_of_its_act_and_the_form_does_it(
    app: SlackApp, desk: RecordingDesk, slack: SlackAPI, act: str
) -> None:
    send(app, given.click(act, "HD-1001", user=given.EXPERT, channel=given.EXPERTS))
    view = slack.wait_for("views.open")[0]["view"]
    view = json.loads(view) if isinstance(view, str) else view
    assert (view["callback_id"], view["private_metadata"]) == ("work", f"{act}:HD-1001")
    assert all(len(view[part]["text"]) <= 24 for part in ("title", "submit", "close"))
    form = given.filled(view, choice="4" if act == "hand_over" else "official", words="my shift ends")
    assert send(app, form)[0] == 200
    deed = Deed(act, "my shift ends", "" if act == "note" else "4" if act == "hand_over" else "official")
    assert [done[3] for done in desk.acts if done[0] == "work"] == [deed]


def test_a_refusal_stays_in_the_form(app: SlackApp, desk: RecordingDesk) -> None:
    desk.error = Refused("no_outcome", "Say how it ended.")
    view = {"private_metadata": "resolve:HD-1001", "callback_id": "work", "blocks": []}
    status, answer = send(app, given.filled(view, choice="", words="x"))
    assert status == 200
    assert "Say how it ended" in answer
