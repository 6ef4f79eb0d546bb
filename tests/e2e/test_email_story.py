"""The main job by email: files in, answers caught by a local SMTP server, an expert at the terminal."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.support.desk import DeskFactory
from tests.support.process import environment_of, helpdesk
from tests.support.smtp_sink import Caught, SmtpSink, smtp_sink

DESK = "helpdesk@helpdesk.test"
OFFICIAL = "avery@riverbend.test"


@pytest.fixture
def box(tmp_path: Path, sqlite_desks: DeskFactory) -> Iterator["Mailbox"]:
    sqlite_desks.copy_to(tmp_path)
    with smtp_sink() as running:
        yield Mailbox(tmp_path, running)


class Mailbox:
    """A desk that takes mail from files and sends to the sink."""

    def __init__(self, folder: Path, sink: SmtpSink) -> None:
        self.folder = folder
        self.sink = sink
        self._settings = {
            "EMAIL_ADDRESS": DESK,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(sink.port),
            "SMTP_SECURITY": "none",
        }

    def run(self, *arguments: str, apart: bool = False) -> str:
        """Run a command, in a process `apart` or in this one, and return what it printed."""
        if apart:
            return helpdesk(self.folder / "data", *arguments, **self._settings)
        environ = environment_of(self.folder / "data", self._settings)
        done = CliRunner().invoke(app, [*arguments, "--data-dir", str(self.folder / "data")], env=environ)
        assert done.exit_code == 0, done.output
        return done.stdout

    def receive(self, number: int, text: str, *headers: str, apart: bool = False) -> list[Caught]:
        """Put one mail on record and return what the desk sent to the official because of it."""
        before = len(self.sink.caught)
        lines = [
            f"From: Avery <{OFFICIAL}>",
            f"To: {DESK}",
            "Subject: Council meeting",
            f"Message-ID: <q{number}@riverbend.test>",
            *headers,
            "",
            text,
            "",
        ]
        path = self.folder / f"mail{number}.eml"
        path.write_bytes("\r\n".join(lines).encode())
        assert "1 on record" in self.run("email", "ingest", str(path), apart=apart)
        return [caught for caught in self.sink.caught[before:] if OFFICIAL in caught.recipients]


def test_the_story_of_a_request(box: Mailbox) -> None:
    (answer,) = box.receive(1, "How do we keep order when people shout during a council meeting?", apart=True)
    assert "When a council meeting" in answer.body()
    assert answer.mail["In-Reply-To"] == "<q1@riverbend.test>"
    assert answer.mail["Auto-Submitted"] == "auto-replied"

    references = f"References: <q1@riverbend.test> {answer.mail['Message-ID']}"
    sent = box.receive(2, "Thanks. Could I talk to a person about this, please?", references)
    promise = "\n".join(caught.body() for caught in sent)
    number = re.search(r"HD-\d+", promise)
    assert number is not None

    box.run("tickets", "claim", number[0])
    box.run("tickets", "note", number[0], "Sounds worn out.")
    box.run("tickets", "reply", number[0], "Call me at 208-555-0142.", apart=True)
    box.run("tickets", "resolve", number[0], "--outcome", "answered by phone")
    to_official = [caught for caught in box.sink.caught if OFFICIAL in caught.recipients]
    relayed = next(caught for caught in to_official if "208-555-0142" in caught.body())
    assert relayed.mail["Auto-Submitted"] is None, "a person's words are not an automatic reply"
    assert references.split()[1] in (relayed.mail["References"] or "")
    assert any("marked as done" in caught.body() for caught in to_official)
    assert not any("worn out" in caught.body() for caught in box.sink.caught)
    shown = json.loads(box.run("tickets", "show", number[0], "--json"))
    assert shown["state"] == "solved"
    assert [event["kind"] for event in shown["events"]] == [
        "opened",
        "claimed",
        "noted",
        "public_reply",
        "solved",
    ]


def test_mail_that_comes_again_and_mail_of_machines_is_not_answered(box: Mailbox) -> None:
    question = "How do we keep order when people shout during a council meeting?"
    assert len(box.receive(1, question)) == 1
    assert box.receive(1, question) == []
    assert box.receive(3, "I am away until Monday.", "Auto-Submitted: auto-replied") == []
    assert len(box.sink.caught) == 1
