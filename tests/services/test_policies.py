"""Policies are versions: new tickets get the newest, open ones keep theirs until somebody applies another."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import casework, promises
from bot.cli import app
from bot.database import reading, transaction
from bot.privacy import need_to_know
from escalation import policy_store, tickets
from escalation.access import OPERATOR
from escalation.kinds import MessageKind, PolicyOrigin
from escalation.sla import Priority, Target, default_policy_text, parse_duration, write_policy
from escalation.tables import PolicyVersion, TicketEvent
from tests.support.desk import EXPERT, Desk, DeskFactory

NEED = "I need to talk to a person about our council vote on the flag"


def quicker(desk: Desk) -> str:
    """Return the policy in force with a first reply to P3 within two hours."""
    policy = desk.services.policy
    rules = tuple(
        replace(rule, first_response=parse_duration("2 h")) if rule.priority is Priority.P3 else rule
        for rule in policy.rules
    )
    return write_policy(replace(policy, rules=rules))


def promised(desk: Desk, ticket_id: int) -> timedelta:
    with reading(desk.services.engine) as session:
        ticket = tickets.get(session, ticket_id)
        states = tickets.clocks.states(session, ticket, desk.services.policy, desk.clock())
        first = next(s for s in states if s.target is Target.FIRST_RESPONSE)
        return first.due_at - first.started_at


def test_a_new_policy_counts_for_new_tickets_only(desk: Desk) -> None:
    desk.say(NEED, thread="before", who="before")
    promises.save(desk.services, quicker(desk), OPERATOR)
    desk.say(NEED, thread="after", who="after")
    assert [promised(desk, ticket.id) for ticket in desk.tickets] == [timedelta(hours=21), timedelta(hours=2)]


def test_applied_to_open_tickets_it_moves_them_once_and_tells_the_official_why(desk: Desk) -> None:
    desk.say(NEED)
    saved = promises.save(desk.services, quicker(desk), OPERATOR)
    assert len(promises.preview(desk.services, saved)) == 1
    assert promises.apply_to_open(desk.services, saved, OPERATOR) == 1
    assert promises.apply_to_open(desk.services, saved, OPERATOR) == 0
    assert promises.preview(desk.services, saved) == ()
    assert promised(desk, desk.tickets[0].id) == timedelta(hours=2)
    told = [m for m in desk.messages if m.kind is MessageKind.NOTICE and "now promised" in m.masked]
    assert len(told) == 1
    assert "the hub changed its answer times" in told[0].masked
    applied = [e for e in desk.rows(TicketEvent) if e.kind == "policy_applied"]
    assert [e.detail for e in applied] == [f"policy={saved.version}"]


def test_a_preview_shows_no_ticket_that_is_sealed_to_others(desk: Desk) -> None:
    desk.say(NEED)
    need_to_know.seal(desk.services, "HD-1001", desk.actor(EXPERT), "told in confidence", channel="test")
    saved = promises.save(desk.services, quicker(desk), OPERATOR)
    assert promises.preview(desk.services, saved) == ()
    assert len(promises.preview(desk.services, saved, by=desk.actor(EXPERT))) == 1


def test_finished_tickets_keep_their_policy(desk: Desk) -> None:
    desk.say(NEED)
    number = tickets.number_of(desk.tickets[0].id)
    casework.resolve(desk.services, number, desk.actor(EXPERT), outcome="done", channel="web", source_id="r")
    saved = promises.save(desk.services, quicker(desk), OPERATOR)
    assert promises.apply_to_open(desk.services, saved, OPERATOR) == 0
    assert promises.preview(desk.services, saved) == ()


def test_a_stated_deadline_and_a_rise_in_priority_are_told_with_their_reason(desk: Desk) -> None:
    desk.say(NEED)
    desk.say("The vote is tonight at 17:00, please hurry")
    told = [m.masked for m in desk.messages if "now promised" in m.masked]
    assert len(told) == 1
    assert "Why: " in told[0]


def test_a_file_edited_since_becomes_a_version_and_an_applied_one_stays_until_then(desk: Desk) -> None:
    engine, now = desk.services.engine, desk.clock()
    edited = quicker(desk)
    with transaction(engine) as session:
        assert policy_store.taken_up(session, default_policy_text(), PolicyOrigin.DEFAULT) is not None
        assert policy_store.taken_up(session, edited, PolicyOrigin.FILE) is None
        by_file = policy_store.save(session, edited, PolicyOrigin.FILE, now)
        by_command = policy_store.save(session, default_policy_text(), PolicyOrigin.COMMAND, now)
        again = policy_store.save(session, default_policy_text(), PolicyOrigin.COMMAND, now)
        assert again.version == by_command.version > by_file.version
        kept = policy_store.taken_up(session, edited, PolicyOrigin.FILE)
    assert kept is not None
    assert kept.version == by_command.version


# At the command line


class Terminal:
    """`helpdesk` on a desk's own data."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        settings = desk.services.settings
        (folder / "empty.env").touch()
        self.folder = folder
        self._environ = {
            "HELPDESK_DATA_DIR": str(settings.data_dir),
            "HELPDESK_KEY_FILE": str(settings.key_path),
            "HELPDESK_ENV_FILE": str(folder / "empty.env"),
        }

    def run(self, *arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, ["sla", *arguments], env=self._environ, input=typed)

    def policy(self, text: str) -> str:
        file = self.folder / "policy.toml"
        file.write_text(text)
        return str(file)


@pytest.fixture
def own_desk(sqlite_desks: DeskFactory) -> Iterator[Desk]:
    with sqlite_desks.desk() as made:
        yield made


@pytest.fixture
def terminal(own_desk: Desk, tmp_path: Path) -> Terminal:
    return Terminal(own_desk, tmp_path)


def test_explain_tells_every_clock_of_a_ticket(own_desk: Desk, terminal: Terminal) -> None:
    own_desk.say(NEED)
    shown = terminal.run("explain", "HD-1001")
    assert shown.exit_code == 0, shown.output
    assert "First reply (P3): 8 h of opening hours" in shown.stdout
    assert "started, because the request was handed to people" in shown.stdout
    clocks = json.loads(terminal.run("explain", "HD-1001", "--json").stdout)
    assert [clock["target"] for clock in clocks] == ["acknowledge", "first_response", "resolution"]
    assert clocks[0]["sum"][-1]["day"] == "2026-11-23"
    missing = terminal.run("explain", "HD-4711")
    assert (missing.exit_code, missing.stderr) == (1, "helpdesk: There is no ticket 'HD-4711'.\n")
    assert terminal.run("explain", "HD-1001", "--as", "Avery Demo").exit_code == 1


def test_preview_shows_what_would_move_and_changes_nothing(own_desk: Desk, terminal: Terminal) -> None:
    file = terminal.policy(quicker(own_desk))
    assert terminal.run("preview", "--policy", file).stdout == "There are no open tickets.\n"
    own_desk.say(NEED)
    shown = terminal.run("preview", "--policy", file)
    assert "1 of 1 open tickets would move:\nHD-1001  P3\n    the first reply: " in shown.stdout
    moves = json.loads(terminal.run("preview", "--policy", file, "--json").stdout)
    assert moves[0]["shifts"][0]["target"] == "first_response"
    same = terminal.policy(write_policy(own_desk.services.policy))
    assert (
        terminal.run("preview", "--policy", same).stdout == "No due time would move on the 1 open tickets.\n"
    )
    assert len(own_desk.rows(PolicyVersion)) == 1


def test_apply_asks_first_and_an_official_may_not(own_desk: Desk, terminal: Terminal) -> None:
    own_desk.say(NEED)
    file = terminal.policy(quicker(own_desk))
    assert "Nothing was changed." in terminal.run("apply", "--policy", file, typed="n\n").stdout
    assert terminal.run("apply", "--policy", file, "--yes", "--as", "Avery Demo").exit_code == 1
    assert len(own_desk.rows(PolicyVersion)) == 1
    done = terminal.run(
        "apply", "--policy", file, "--open-tickets", "--yes", "--note", "quicker", "--as", "Sam Demo"
    )
    assert done.exit_code == 0, done.output
    assert "Officials told of a new time: 1." in done.stdout
    listed = terminal.run("policy", "--versions").stdout.splitlines()
    assert listed[0].endswith("command  Sam Demo  quicker")
    assert terminal.run("policy").stdout.strip() == quicker(own_desk).strip()
    assert terminal.run("policy", "--version", "99").exit_code == 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"2 h"', '"-2 h"', "is no duration"),
        ('fallback = "everyone"', 'fallback = "Nobody Known"', "not one person of the directory"),
        ("America/Toronto", "America/Trontoo", "unknown time zone"),
        ("name = ", "nom = ", "this is not a setting of a policy"),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_in_words(
    own_desk: Desk, terminal: Terminal, old: str, new: str, says: str
) -> None:
    file = terminal.policy(quicker(own_desk).replace(old, new, 1))
    refused = terminal.run("apply", "--policy", file, "--yes")
    assert refused.exit_code == 1
    assert says in refused.stderr
    assert "Traceback" not in refused.output
    assert len(own_desk.rows(PolicyVersion)) == 1


def test_holidays_are_rows_an_admin_edits(own_desk: Desk, terminal: Terminal) -> None:
    assert "Thu 2026-11-26  US     Thanksgiving Day" in terminal.run("holidays").stdout
    assert terminal.run("holidays", "--add", "2026-11-24", "--name", "Moving day").exit_code == 0
    assert "Tue 2026-11-24         Moving day" in terminal.run("holidays").stdout
    assert "no date there is" in terminal.run("holidays", "--add", "2027-02-29").stderr
    assert terminal.run("holidays", "--add", "2026-11-25", "--as", "Jordan Demo").exit_code == 1
    own_desk.services.policies.refresh(own_desk.services.engine)
    own_desk.say(NEED)
    assert promised(own_desk, own_desk.tickets[0].id) > timedelta(hours=24)
