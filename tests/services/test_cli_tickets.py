"""`helpdesk tickets` and `helpdesk routing`: every act at the terminal, refusals in one line."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.support.desk import DeskFactory


@pytest.fixture
def run(tmp_path: Path, sqlite_desks: DeskFactory):  # type: ignore[no-untyped-def]
    runner = CliRunner()
    data_dir = sqlite_desks.copy_to(tmp_path)

    def invoke(*words: str, code: int = 0) -> str:
        done = runner.invoke(app, [*words, "--data-dir", str(data_dir)])
        assert done.exit_code == code, done.output
        return done.output

    return invoke


def test_the_acts_of_a_tickets_life(run) -> None:  # type: ignore[no-untyped-def]
    run("ask", "Somebody posted my home address online. I want to talk to a person.", "--as", "Camille")
    for words, said in (
        (("claim", "HD-1001", "--as", "Jordan"), "Jordan Demo's now"),
        (("hand-over", "HD-1001", "Noor", "-r", "my shift ends", "--as", "Jordan"), "must accept"),
        (("claim", "HD-1001", "--as", "Noor"), "Noor"),
        (("service", "HD-1001", "monitoring", "--as", "Noor"), "monitoring"),
        (("topic", "HD-1001", "doxing", "--as", "Noor"), "doxing"),
        (("priority", "HD-1001", "p2", "-r", "spreads", "--as", "Noor"), "P2"),
        (("check", "HD-1001", "doxing.police", "--as", "Noor"), "done"),
        (("watch", "HD-1001", "Jordan", "--as", "Noor"), "watched"),
        (("note", "HD-1001", "Call her sister, never her office.", "--as", "Noor"), "Noted"),
        (("ask", "HD-1001", "Which sites?", "--as", "Noor"), "waits for the official"),
        (("resume", "HD-1001", "--as", "Noor"), "open again"),
        (("wait", "HD-1001", "--for", "the police", "--as", "Noor"), "waits for the police"),
        (("resolve", "HD-1001", "-o", "posts removed", "-s", "doxing-en", "--as", "Noor"), "resolved"),
        (("close", "HD-1001", "--as", "Noor"), "closed"),
    ):
        assert said in run("tickets", *words)
    shown = json.loads(run("tickets", "show", "HD-1001", "--json"))
    assert (shown["state"], shown["known"]["service"]) == ("closed", "monitoring")
    assert shown["known"]["sources"] == ["doxing-en"]
    assert [event["kind"] for event in shown["events"]].count("claimed") == 2
    # the official's own view of the conversation never holds the note
    thread = shown["transcript"][0]
    assert thread["author"] == "requester"


def test_bad_input_is_one_line_and_changes_nothing(run) -> None:  # type: ignore[no-untyped-def]
    run("ask", "I want to talk to a person about our council meeting.", "--as", "Avery")
    before = run("tickets", "show", "HD-1001", "--json")
    for words, said in (
        (("reply", "HD-9999", "Hello"), "There is no ticket"),
        (("claim", "HD-1001", "--as", "Avery"), "Only experts of the hub can claim a ticket"),  # her own
        (("claim", "HD-1001", "--as", "Camille"), "There is no ticket"),  # a stranger to it
        (("resolve", "HD-1001", "--as", "Jordan"), "without an outcome"),
        (("hand-over", "HD-1001", "Avery", "--as", "Jordan"), "not an expert"),
        (("snooze", "HD-1001", "2027-02-29T10:00", "--as", "Jordan"), "no 29 February in 2027"),
        (("wait", "HD-1001", "--as", "Jordan"), "claim it first"),
        (("priority", "HD-1001", "P1", "--as", "Jordan"), "Say why"),
        (("merge", "HD-1001", "hd1001", "--as", "Jordan"), "same ticket twice"),
    ):
        out = run("tickets", *words, code=1)
        assert said in out.splitlines()[-1], words
        assert "Traceback" not in out, words
    assert run("tickets", "show", "HD-1001", "--json") == before


def test_nothing_is_handed_to_somebody_who_is_away(run) -> None:  # type: ignore[no-untyped-def]
    expert = ("roles=expert", "city=", "languages=en", "on_duty=yes")
    run("directory", "add", "name=Sam Vale", "email=sam@hub.test", *expert)
    run("directory", "add", "name=Alex Roy", "email=alex@hub.test", "backup=sam@hub.test", *expert)
    run("ask", "I want to talk to a person about our council meeting.")
    run("tickets", "claim", "HD-1001", "--as", "Jordan")
    run("directory", "away", "Alex", "2026-11-01/2099-12-31")
    before = run("tickets", "show", "HD-1001", "--json")
    handing = ("tickets", "hand-over", "HD-1001", "Alex", "-r", "my shift ends", "--as", "Jordan")
    said = (
        "helpdesk: Alex Roy is away until 31 December 2099: choose somebody else. Their back-up is Sam Vale."
    )
    assert run(*handing, code=1).splitlines() == [said]
    assert run("tickets", "show", "HD-1001", "--json") == before
    run("directory", "away", "Alex", "--clear")
    assert "handed to Alex Roy" in run(*handing)


def test_routing_says_who_and_why_and_who_comes_second(run) -> None:  # type: ignore[no-untyped-def]
    run("ask", "Somebody posted my home address online. I want to talk to a person.")
    out = run("routing", "explain", "HD-1001")
    assert re.search(r"Best now: +Jordan Demo\. .*knows doxing", out)
    assert re.search(r"Second: +Noor", out)
    shown = json.loads(run("routing", "explain", "HD-1001", "--json"))
    assert (shown["best"], shown["second"]) == ("Jordan Demo", "Noor Démo")
