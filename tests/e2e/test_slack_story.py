"""The main job over Slack: signed requests to a running server, answers to a recording Web API."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract import slack_payloads as given
from tests.support.desk import DeskFactory
from tests.support.process import Desk, helpdesk, running_desk
from tests.support.slack_api import TEAM, Call, SlackAPI

EXPERT_CSV = f"""name,email,slack,roles,language
Jo Expert,jo@hub.test,{TEAM}/{given.EXPERT},expert,en
"""
QUESTION = "How do we keep order when people shout during a council meeting?"


@pytest.fixture(scope="module")
def slack() -> Iterator[SlackAPI]:
    with SlackAPI() as api:
        yield api


@pytest.fixture(scope="module")
def desk(
    slack: SlackAPI, tmp_path_factory: pytest.TempPathFactory, sqlite_desks: DeskFactory
) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("slack-desk")
    sqlite_desks.copy_to(folder)
    (folder / "people.csv").write_text(EXPERT_CSV)
    helpdesk(folder / "data", "directory", "import", str(folder / "people.csv"), "--yes")
    settings = {
        "SLACK_BOT_TOKEN": given.TOKEN,
        "SLACK_SIGNING_SECRET": given.SECRET,
        "SLACK_EXPERTS_CHANNEL": given.EXPERTS,
        "SLACK_API_URL": slack.url,
    }
    with running_desk(folder / "data", **settings) as running:
        yield running


def post(desk: Desk, body: dict[str, Any], **changes: str) -> int:
    """Send one signed request as Slack does, and return the status."""
    raw = given.as_json(body) if body["type"] == "event_callback" else given.as_form(body)
    kind = "application/json" if body["type"] == "event_callback" else "application/x-www-form-urlencoded"
    signed = {name.lower(): value for name, value in given.signed(raw).items()}
    headers = {**signed, "content-type": kind, **changes}
    return httpx.post(f"{desk.address}/slack/events", content=raw, headers=headers, timeout=30).status_code


def waited(slack: SlackAPI, words: str, channel: str) -> Call:
    """Wait for a post with these words in that channel."""
    found = slack.wait_for("chat.postMessage", where=lambda c: c["channel"] == channel and words in c.words)
    return found[-1]


def test_the_story_of_a_request(desk: Desk, slack: SlackAPI) -> None:
    assert post(desk, given.direct(QUESTION)) == 200
    answer = waited(slack, "When a council meeting", given.DM)
    assert answer["thread_ts"] == given.TS
    person = next(
        element
        for block in answer["blocks"]
        for element in block.get("elements", [])
        if element.get("action_id") == "talk_to_person"
    )
    assert post(desk, given.click("talk_to_person", person["value"])) == 200
    promise = waited(slack, "Your request number is", given.DM)
    number = re.search(r"HD-\d+", promise.words)
    assert number is not None
    card = waited(slack, number[0], given.EXPERTS)
    assert "HD-" in card.words

    assert post(desk, given.click("claim", number[0], user=given.EXPERT, channel=given.EXPERTS)) == 200
    waited(slack, "has taken your request", given.DM)
    assert post(desk, given.submitted(number[0], "Call the city solicitor first, then us.")) == 200
    relayed = waited(slack, "Call the city solicitor first, then us.", given.DM)
    assert relayed["thread_ts"] == given.TS
    ending = {
        "private_metadata": f"resolve:{number[0]}",
        "callback_id": "work",
        "blocks": [{"block_id": "choice"}],
    }
    assert post(desk, given.filled(ending, choice="advice", words="")) == 200
    waited(slack, "is marked as done", given.DM)


def test_a_retry_of_slack_makes_no_second_answer(desk: Desk, slack: SlackAPI) -> None:
    body = given.direct("bonjour, comment préparer un vote sur une résolution?", ts="1790000500.000100")
    for retry in ("0", "1"):
        assert post(desk, body, **{"x-slack-retry-num": retry}) == 200
    waited(slack, "bibliothèque", given.DM)
    assert post(desk, given.direct("merci", ts="1790000600.000100", thread_ts="1790000500.000100")) == 200
    waited(slack, "Avec plaisir", given.DM)  # sent after anything the retry might have caused
    assert len([post for post in slack.posts if "bibliothèque" in post.words]) == 1


def test_what_slack_did_not_sign_is_refused(desk: Desk) -> None:
    body = given.direct("let me in", ts="1790000700.000100")
    assert post(desk, body, **{"x-slack-signature": "v0=" + "0" * 64}) == 401
    garbage = httpx.post(f"{desk.address}/slack/events", content=b"\xff\x00{", timeout=10)
    assert garbage.status_code in {400, 401}
    health = json.loads(httpx.get(f"{desk.address}/healthz", timeout=10).text)
    assert health["faults"] == []
