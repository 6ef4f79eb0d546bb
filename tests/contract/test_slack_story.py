"""The whole desk over Slack: question, answer, person, card, claim, reply, note. Real parts throughout."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.app import build
from bot.channels.slack.app import SlackApp, build_app, handle_http
from bot.channels.slack.sender import SlackSender
from bot.channels.slack.workspace import brisk_client
from bot.database import reading, transaction
from bot.delivery.loop import deliver_due
from bot.services import Services
from bot.settings import Settings, load
from escalation import tickets
from escalation.tables import (
    ChannelName,
    Identity,
    IdentityKind,
    Message,
    Person,
    Role,
    RoleName,
    Ticket,
    TicketState,
)
from tests.contract import slack_payloads as given
from tests.support.desk import DeskFactory
from tests.support.pages import Client
from tests.support.slack_api import TEAM, Call, SlackAPI

NOW = datetime(2026, 9, 21, 15, 0, tzinfo=UTC)
QUESTION = "How should our council prepare for a vote on a divisive resolution next month?"


@dataclass
class Scene:
    """A desk, its Slack app and the Slack it talks to."""

    services: Services
    app: SlackApp
    slack: SlackAPI

    def send(self, body: dict[str, Any]) -> int:
        """Send a signed payload, let the desk do its work, and return the HTTP status."""
        status = self.send_only(body)
        self.services.pool.submit(int).result()  # the only thread: what was before is done
        deliver_due(self.services, ChannelName.SLACK, "test")
        return status

    def send_only(self, body: dict[str, Any]) -> int:
        """Send a signed payload and return the HTTP status; nothing is delivered."""
        raw = given.as_form(body) if body["type"] != "event_callback" else given.as_json(body)
        status, _, _ = handle_http(self.app, given.signed(raw), raw)
        return status

    def answer(self, body: dict[str, Any]) -> str:
        """Send a signed payload and return what Slack is answered."""
        raw = given.as_form(body)
        return str(json.loads(handle_http(self.app, given.signed(raw), raw)[2]))

    def posted(self, channel: str) -> list[Call]:
        return [post for post in self.slack.posts if post["channel"] == channel]


def settings_in(folder: Path, slack_url: str) -> Settings:
    env_file = folder / "empty.env"
    env_file.write_text("")
    return load(
        {
            "HELPDESK_ENV_FILE": str(env_file),
            "HELPDESK_DATA_DIR": str(folder / "data"),
            "SLACK_BOT_TOKEN": given.TOKEN,
            "SLACK_SIGNING_SECRET": given.SECRET,
            "SLACK_EXPERTS_CHANNEL": given.EXPERTS,
            "SLACK_API_URL": slack_url,
        }
    )


@pytest.fixture
def scene(tmp_path: Path, sqlite_desks: DeskFactory) -> Iterator[Scene]:
    sqlite_desks.copy_to(tmp_path)
    with SlackAPI() as slack:
        settings = settings_in(tmp_path, slack.url)
        sender = SlackSender(brisk_client(given.TOKEN, slack.url, timeout=10))
        built = build(settings, senders={ChannelName.SLACK: sender})
        services = replace(built, clock=lambda: NOW, pool=ThreadPoolExecutor(1))
        with transaction(services.engine) as session:
            expert = Person(name="Dana Expert", language="en", verified=True, created_at=NOW)
            session.add(expert)
            session.flush()
            person_id = expert.id or 0
            session.add(
                Identity(person_id=person_id, kind=IdentityKind.SLACK, issuer=TEAM, external_id=given.EXPERT)
            )
            session.add(Role(person_id=person_id, name=RoleName.EXPERT, granted_at=NOW))
        app = build_app(services, token=given.TOKEN, signing_secret=given.SECRET, base_url=slack.url)
        yield Scene(services, app, slack)
        app.close()
        services.pool.shutdown()
        built.pool.shutdown()
        services.engine.dispose()


def buttons(post: Call) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in post["blocks"]:
        for element in block.get("elements", []):
            if element.get("action_id") == "feedback":
                found["feedback"] = element["positive_button"]["value"]
            elif element.get("type") == "button":
                found[element["action_id"]] = element.get("value", element.get("url"))
    return found


def escalated(scene: Scene) -> str:
    """Ask, ask for a person, and return the ticket's number."""
    scene.send(given.direct(QUESTION))
    request = buttons(scene.posted(given.DM)[0])["talk_to_person"]
    scene.send(given.click("talk_to_person", request))
    with reading(scene.services.engine) as session:
        ticket = session.exec(select(Ticket)).one()
    return f"HD-{1000 + (ticket.id or 0)}"


def test_a_question_is_answered_in_its_thread_with_sources(scene: Scene) -> None:
    assert scene.send(given.direct(QUESTION)) == 200

    (answer,) = scene.posted(given.DM)
    assert answer["thread_ts"] == given.TS
    assert "http" in answer.words
    assert {"talk_to_person", "feedback"} <= buttons(answer).keys()
    assert answer["metadata"]["event_type"] == "helpdesk_outbox"


def test_a_second_delivery_of_the_same_post_answers_nothing_more(scene: Scene) -> None:
    for _ in range(3):
        assert scene.send(given.direct(QUESTION)) == 200

    assert len(scene.posted(given.DM)) == 1


def test_feedback_is_stored_on_the_answer(scene: Scene) -> None:
    scene.send(given.direct(QUESTION))
    scene.send(given.click("feedback", buttons(scene.posted(given.DM)[0])["feedback"]))

    with reading(scene.services.engine) as session:
        assert session.execute(text("SELECT helpful FROM answer")).scalar_one()


def test_asking_for_a_person_opens_one_ticket_and_shows_one_card(scene: Scene) -> None:
    number = escalated(scene)
    scene.send(given.click("talk_to_person", buttons(scene.posted(given.DM)[0])["talk_to_person"]))

    (card,) = scene.posted(given.EXPERTS)
    assert number in card.words
    assert buttons(card)["claim"] == number
    assert any(number in post.words for post in scene.posted(given.DM))


def test_the_experts_words_reach_the_official_and_no_lock_screen(scene: Scene) -> None:
    number = escalated(scene)
    (card,) = scene.posted(given.EXPERTS)
    claim = given.click("claim", number, user=given.EXPERT, channel=given.EXPERTS, blocks=card["blocks"])
    assert scene.send(claim) == 200
    scene.slack.wait_for("chat.update", where=lambda call: "Dana Expert" in call.words)

    assert scene.send(given.submitted(number, "Call me at 555-0100 <now>.")) == 200
    assert scene.send(given.submitted(number, "Call me at 555-0100 <now>.")) == 200
    relays = [post for post in scene.posted(given.DM) if "555-0100" in post.words]
    assert len(relays) == 1
    assert relays[0]["thread_ts"] == given.TS
    assert "555-0100 &lt;now&gt;" in json.dumps(relays[0]["blocks"])
    assert relays[0]["text"] == f"New message about your request {number}"


def test_words_under_the_card_stay_inside(scene: Scene) -> None:
    escalated(scene)
    before = len(scene.posted(given.DM))
    with reading(scene.services.engine) as session:
        card_ts = session.execute(
            text("SELECT external_id FROM outbox_message WHERE kind = 'ticket_card' AND channel = 'slack'")
        ).scalar_one()
    note = given.in_channel(
        "I know this family",
        channel=given.EXPERTS,
        user=given.EXPERT,
        ts="1800000500.000200",
        thread_ts=card_ts,
    )
    assert scene.send(note) == 200

    assert len(scene.posted(given.DM)) == before
    with reading(scene.services.engine) as session:
        stored = session.exec(
            select(Message).where(Message.dedupe_key == f"slack:{TEAM}:{given.EXPERTS}:1800000500.000200")
        ).one()
    assert stored.case_ticket_id is not None
    assert not stored.case_public


@pytest.mark.parametrize("user", [given.OFFICIAL, "U0STRANGER"])
def test_nobody_without_the_right_can_work_a_ticket(scene: Scene, user: str) -> None:
    number = escalated(scene)
    for action in ("claim", "reply", "resolve"):
        assert scene.send(given.click(action, number, user=user, channel=given.EXPERTS)) == 200
    scene.send(given.submitted(number, "I am an expert", user=user))

    scene.slack.wait_for("chat.postEphemeral", 3)
    assert scene.slack.of("views.open") == []
    assert not any("I am an expert" in post.words for post in scene.slack.posts)
    with reading(scene.services.engine) as session:
        assert session.exec(select(Ticket)).one().assignee_id is None


def test_a_french_expert_is_refused_in_french_wherever_they_press(scene: Scene) -> None:
    number = escalated(scene)
    with transaction(scene.services.engine) as session:
        expert = session.exec(select(Person).where(Person.name == "Dana Expert")).one()
        expert.language = "fr"
    for act in ("claim", "reply", "note"):
        scene.send(given.click(act, "HD-9999", user=given.EXPERT, channel=given.EXPERTS))
    told = scene.slack.wait_for("chat.postEphemeral", 3)
    assert {call["text"] for call in told} == {"Il n’y a pas de demande HD-9999."}

    scene.send(given.click("claim", number, user=given.EXPERT, channel=given.EXPERTS))
    with transaction(scene.services.engine) as session:
        session.exec(select(Ticket)).one().state = TicketState.CLOSED
    assert "Il n’y a pas de demande" in scene.answer(given.submitted("HD-9999", "Appelez-moi."))
    assert f"{number} est fermée" in scene.answer(given.submitted(number, "Appelez-moi."))


def test_a_resolved_request_asks_its_official_how_it_went_and_keeps_the_answer(scene: Scene) -> None:
    number = escalated(scene)
    for act in ("claim", "resolve"):
        scene.send(given.click(act, number, user=given.EXPERT, channel=given.EXPERTS))
    form = scene.slack.wait_for("views.open")[0]["view"]
    scene.send(given.filled(form, choice="advice", words="advised by phone"))

    done = scene.posted(given.DM)[-1]
    links = re.findall(r"https?://[^/\s|>]+(/satisfaction/[^\s|>]+)", json.dumps(done["blocks"]))
    assert links
    assert not any("/satisfaction/" in post.words for post in scene.posted(given.EXPERTS))
    browser = Client(scene.services, "http://127.0.0.1:8000", "127.0.0.1")
    assert "How did it go?" in browser.get(links[0]).text
    browser.post(links[0], {"score": "4", "comment": ""})
    with reading(scene.services.engine) as session:
        ticket = session.exec(select(Ticket)).one()
        assert tickets.derived(session, ticket.id or 0).score == 4


def test_somebody_else_cannot_hand_over_another_persons_request(scene: Scene) -> None:
    scene.send(given.direct(QUESTION))
    request = buttons(scene.posted(given.DM)[0])["talk_to_person"]
    scene.send(given.direct("hello", user="U0NOSY", channel="D0NOSY", ts="1790000500.000100"))
    scene.send(given.click("talk_to_person", request, user="U0NOSY", channel="D0NOSY"))

    scene.slack.wait_for("chat.postEphemeral")
    assert scene.posted(given.EXPERTS) == []


def test_danger_is_answered_at_once_in_the_thread(scene: Scene) -> None:
    scene.send(given.direct("A man with a gun is at my door right now and says he will kill me"))

    safety = scene.posted(given.DM)[0]
    assert "911" in safety["text"]
    assert safety["thread_ts"] == given.TS


def test_home_shows_each_person_their_own(scene: Scene) -> None:
    number = escalated(scene)
    for user, expected in ((given.EXPERT, True), (given.OFFICIAL, True), ("U0STRANGER", False)):
        event = {"type": "app_home_opened", "user": user, "channel": "D0X", "tab": "home"}
        scene.send(given.envelope(event))
        (published,) = scene.slack.wait_for(
            "views.publish",
            where=lambda call, user=user: call["user_id"] == user,  # type: ignore[misc]
        )
        assert (number in json.dumps(published["view"])) is expected


def test_a_full_stop_of_the_database_loses_nothing(scene: Scene) -> None:
    with scene.services.engine.connect() as locker:
        locker.exec_driver_sql("SELECT 1")  # begins IMMEDIATE: nobody else can write
        assert scene.send_only(given.direct("A man with a gun is at my door right now")) == 500
    assert "911" in scene.slack.posts[0]["text"]

    assert scene.send(given.direct("A man with a gun is at my door right now")) == 200
