"""How long things stay, what a hold keeps, what an erasure takes, and that a restore brings nothing back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import casework, conversation, health
from bot.backup import tables
from bot.cli import app
from bot.database import reading, transaction
from bot.delivery import sealing
from bot.messages import SenderIdentity, ThreadKey
from bot.privacy import erasures, person_data, retention, safe_contact
from bot.vault import Erased
from escalation import directory, erasure, holds
from escalation.access import OPERATOR
from escalation.errors import IllegalMove
from escalation.tables import (
    AccessLine,
    Attachment,
    ChannelName,
    Erasure,
    HelpRequest,
    Identity,
    IdentityKind,
    Message,
    SafeContact,
    Ticket,
    TicketEvent,
)
from tests.support.desk import EXPERT, Desk, DeskFactory

Run = Callable[..., Result]
SECRET = "quillwort"  # a word that nobody masks
WANTED = f"I want to talk to a person, my number is 208-555-0142. {SECRET}"
MAIL = ThreadKey(ChannelName.EMAIL, "<1@city.example.org>", json.dumps({"to": "mayor@city.example.org"}))
MAYOR = SenderIdentity(IdentityKind.EMAIL, "", "mayor@city.example.org", name="May Or", verified=True)


def say(desk: Desk, words: str, key: str, thread: ThreadKey = MAIL, who: SenderIdentity = MAYOR) -> None:
    message = replace(desk.inbound(words, key=key), thread=thread, sender=who, external_id=f"<{key}@city>")
    conversation.handle(desk.services, conversation.accept(desk.services, message).message_id)


def mayor(desk: Desk) -> int:
    with reading(desk.services.engine) as session:
        found = directory.person_of(session, MAYOR.kind, MAYOR.issuer, MAYOR.external_id)
    assert found is not None
    return found.id or 0


def resolve(desk: Desk, number: str = "HD-1001") -> None:
    expert = desk.actor(EXPERT)
    casework.claim(desk.services, number, expert, channel="t", source_id=f"c{number}")
    casework.resolve(desk.services, number, expert, outcome="helped", channel="t", source_id=f"r{number}")


def passes(desk: Desk, span: timedelta) -> None:
    """Let time go by as it does: the desk looks every few days."""
    end = desk.clock() + span
    while desk.clock() < end:
        desk.clock.now = min(desk.clock() + timedelta(days=7), end)
        retention.run(desk.services)


def body(desk: Desk, row: Message) -> str:
    with reading(desk.services.engine) as session:
        return sealing.open_body(session, sealing.vault_of(desk.services), row)


def hold(desk: Desk, **on: int) -> int:
    values = {"person_id": None, "request_id": None, **on}
    with transaction(desk.services.engine) as session:
        placed = holds.place(
            session,
            author="Superior Court",
            reason="file 12",
            review_on=date(2027, 6, 1),
            now=desk.clock(),
            **values,
        )
        return placed.id or 0


def everything(desk: Desk) -> str:
    """Return every row of every table as text."""
    with reading(desk.services.engine) as session:
        return "\n".join(
            repr(row) for table in tables() for row in session.connection().execute(table.select())
        )


# expiry


def test_originals_go_90_days_after_the_end_and_the_record_after_two_years(desk: Desk) -> None:
    retention.run(desk.services)
    say(desk, WANTED, "1")
    resolve(desk)
    passes(desk, timedelta(days=89))
    (first, *_rest) = desk.messages
    assert body(desk, first) == WANTED
    passes(desk, timedelta(days=2))
    (first, *_rest) = desk.messages
    with pytest.raises(Erased):
        body(desk, first)
    assert "[" in first.masked
    passes(desk, timedelta(days=640))
    for table in (HelpRequest, Message, Ticket, TicketEvent):
        assert desk.rows(table) == [], table
    assert "mayor@city.example.org" not in everything(desk)


def test_what_people_still_work_on_does_not_expire(desk: Desk) -> None:
    retention.run(desk.services)
    say(desk, WANTED, "1")
    passes(desk, timedelta(days=800))
    assert body(desk, desk.messages[0]) == WANTED


def test_a_hold_beats_expiry_until_it_is_released(desk: Desk) -> None:
    retention.run(desk.services)
    say(desk, WANTED, "1")
    resolve(desk)
    number = hold(desk, request_id=1)
    passes(desk, timedelta(days=1000))
    assert body(desk, desk.messages[0]) == WANTED
    with transaction(desk.services.engine) as session:
        holds.release(session, number, "Superior Court", desk.clock())
    retention.run(desk.services)
    assert desk.messages == []


@pytest.mark.parametrize("year", [2040, 1999])
def test_a_clock_that_leaps_costs_nothing(desk: Desk, year: int) -> None:
    retention.run(desk.services)
    say(desk, WANTED, "1")
    resolve(desk)
    right = desk.clock()
    desk.clock.now = datetime(year, 1, 1, tzinfo=UTC)
    behind = [
        fault for fault in health.check(desk.services, sweeping=False).faults if "clock is behind" in fault
    ]
    assert bool(behind) is (year < right.year)
    assert retention.run(desk.services).waits_until is not None
    assert retention.run(desk.services).waits_until is not None
    desk.clock.now = right + timedelta(hours=1)
    retention.run(desk.services)
    assert body(desk, desk.messages[0]) == WANTED


def test_a_hold_needs_an_author_a_reason_and_a_day_to_come(desk: Desk) -> None:
    say(desk, WANTED, "1")
    good = {
        "person_id": None,
        "request_id": 1,
        "author": "Court",
        "reason": "x",
        "review_on": date(2027, 1, 1),
    }
    for change in (
        {"author": " "},
        {"reason": ""},
        {"review_on": date(2026, 1, 1)},
        {"person_id": 1},
        {"request_id": None},
    ):
        with pytest.raises(IllegalMove), transaction(desk.services.engine) as session:
            holds.place(session, now=desk.clock(), **{**good, **change})  # type: ignore[arg-type]


# erasure


def test_an_erasure_leaves_no_word_no_name_and_no_address(desk: Desk) -> None:
    say(desk, WANTED, "1")
    safe_contact.keep(desk.services, 1, desk.actor(mayor(desk)), "call my sister")
    resolve(desk)
    person = mayor(desk)
    account = person_data.erase(desk.services, person, OPERATOR, "she asked", channel="terminal")
    assert account.person_gone
    assert account.conversations == 1
    left = everything(desk)
    for gone in (SECRET, "May Or", "mayor@city", "555-0142", "<1@city"):
        assert gone not in left, gone
    assert desk.rows(SafeContact) == []
    assert desk.rows(Attachment) == []
    assert [row for row in desk.rows(Identity) if row.person_id == person] == []
    assert len(desk.tickets) == 1, "the bare record stays"
    assert any("access log" in line for line in account.stays)
    assert any("backup" in line for line in account.stays)


def test_an_erasure_says_what_a_hold_and_an_open_ticket_keep(desk: Desk) -> None:
    say(desk, WANTED, "1")
    resolve(desk)
    desk.clock.advance(timedelta(days=20))
    other = replace(MAIL, key="<2@city.example.org>")
    say(desk, WANTED, "2", other)
    hold(desk, request_id=1)
    account = person_data.erase(desk.services, mayor(desk), OPERATOR, "she asked", channel="terminal")
    assert not account.person_gone
    assert account.conversations == 0
    assert "HD-1001: a legal hold by Superior Court" in account.stays[0]
    assert "HD-1002: people still work on it" in account.stays[1]
    assert body(desk, desk.messages[0]) == WANTED


def test_an_export_has_the_persons_own_words_and_no_inside_note(desk: Desk) -> None:
    say(desk, WANTED, "1")
    expert = desk.actor(EXPERT)
    casework.note(desk.services, "HD-1001", expert, "She sounds tired.", channel="t", source_id="n")
    casework.reply(desk.services, "HD-1001", expert, "We call you.", channel="t", source_id="r")
    found = person_data.export(desk.services, mayor(desk), OPERATOR, "her request", channel="terminal")
    texts = [one["text"] for one in json.loads(found)["conversations"][0]["messages"]]
    assert WANTED in texts
    assert "We call you." in texts
    assert "tired" not in found
    assert [line.what for line in desk.rows(AccessLine)] == ["export"]


# restore


@pytest.fixture
def terminal(sqlite_desks: DeskFactory) -> Iterator[tuple[Desk, Run]]:
    with sqlite_desks.desk(channels=(ChannelName.EMAIL,)) as desk:
        settings = desk.services.settings
        environ = {
            "HELPDESK_DATA_DIR": str(settings.data_dir),
            "HELPDESK_ENV_FILE": str(settings.data_dir.parent / "empty.env"),
        }

        def run(*arguments: str) -> Result:
            return CliRunner().invoke(app, list(arguments), env=environ, catch_exceptions=False)

        yield desk, run


def test_a_restored_backup_brings_back_nothing_that_was_erased(
    terminal: tuple[Desk, Run], tmp_path: Path
) -> None:
    desk, run = terminal
    say(desk, WANTED, "1")
    resolve(desk)
    say(
        desk,
        "How do we keep order in a meeting?",
        "9",
        replace(MAIL, key="<9@x>", address=json.dumps({"to": "b@x.org"})),
        replace(MAYOR, external_id="b@x.org"),
    )
    person = mayor(desk)
    backup = tmp_path / "desk.backup"
    assert run("backup", str(backup)).exit_code == 0
    assert run("privacy", "erase", str(person), "--reason", "she asked", "--yes").exit_code == 0
    done = run("restore", str(backup), "--replace")
    assert done.exit_code == 0, done.output
    assert "Conversations erased again: 1." in done.output
    left = everything(desk)
    assert "mayor@city.example.org" not in left
    assert "b@x.org" in left
    with pytest.raises(Erased):
        body(desk, next(row for row in desk.messages if row.request_id == 1))
    assert len(desk.rows(Erasure)) == 1


def test_a_number_given_anew_after_a_restore_is_not_erased_for_another(desk: Desk) -> None:
    say(desk, WANTED, "1")
    later = desk.clock() - timedelta(days=3)
    listed = erasure.Erased("0" * 32, mayor(desk), (), True, later)
    with transaction(desk.services.engine) as session:
        erasure.replay(session, [listed], desk.clock())
    assert "mayor@city.example.org" in everything(desk)


def test_the_list_of_erasures_survives_a_line_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    one = erasure.Erased("a" * 32, 7, ("k1",), True, datetime(2026, 1, 1, tzinfo=UTC))
    erasures.write(path, one)
    with path.open("a") as file:
        file.write('{"id": "bbb", "per')
    assert erasures.read(path) == (one,)
    path.write_text("nonsense\n")
    with pytest.raises(ValueError, match="can't be read"):
        erasures.read(path)
