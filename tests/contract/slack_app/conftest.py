"""A real Bolt app, a recording Web API and a recording desk."""

from collections.abc import Iterator

import pytest

from bot.channels.slack.app import SlackApp, assemble
from tests.contract import slack_payloads as given
from tests.contract.slack_app.recording import NOW, RecordingDesk
from tests.support.slack_api import SlackAPI


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
