"""Buttons and forms: each act reaches the desk once, and a refusal is one sentence."""

import json

import pytest

from bot.channels.slack.app import SlackApp
from bot.channels.slack.desk import Deed, Who
from bot.channels.slack.wording import EN, FR
from escalation.errors import AlreadyClaimed, EscalationError, Refused
from tests.contract import slack_payloads as given
from tests.contract.slack_app.recording import EXPERT, NOW, OFFICIAL, RecordingDesk, send
from tests.support.slack_api import SlackAPI


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
