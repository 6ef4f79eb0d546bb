"""The master key: changed without losing a word, whatever is killed; wrong, nothing is stored; nothing swapped is read."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot import conversation, provisioning
from bot.cli import app
from bot.conversation import NotAccepted
from bot.database import reading, transaction
from bot.delivery import sealing
from bot.privacy import key_rotation
from bot.tables import MasterKey
from bot.vault import Vault, VaultError, new_master_key, read_key_file, write_key_file
from escalation.tables import DataKey, Message
from tests.support.desk import Desk, DeskFactory

WORDS = "Somebody posted my address, 12 Elm Street, and a quillwort."


def nothing(_done: int, _of: int) -> None:
    return None


def vault(desk: Desk) -> Vault:
    assert desk.services.vault is not None
    return desk.services.vault


def first_words(desk: Desk, under: Vault) -> str:
    with reading(desk.services.engine) as session:
        return sealing.open_body(session, under, session.get_one(Message, desk.messages[0].id))


def test_a_new_key_opens_everything_and_the_old_one_nothing(desk: Desk) -> None:
    desk.say(WORDS)
    old, new = vault(desk), Vault(new_master_key())
    address, cookie = old.sign("ticket-address", "7"), old.sign("cookie", "abc")
    count = key_rotation.rotate(desk.services.engine, old, new, desk.clock(), progress=nothing)
    assert count == len(desk.rows(DataKey))
    assert first_words(desk, new) == WORDS
    with pytest.raises(VaultError):
        first_words(desk, old)
    (row,) = desk.rows(MasterKey)
    key = new_master_key()
    with pytest.raises(VaultError):
        Vault(key, row.earlier)
    assert new.fingerprint == row.fingerprint
    with pytest.raises(VaultError):
        key_rotation.rotate(desk.services.engine, old, Vault(key), desk.clock(), progress=nothing)
    assert not new.signed("cookie", "abc", cookie)
    assert not new.signed("ticket-address", "7", address), "only a vault that was told of the earlier key"


def test_mail_signed_before_is_still_ours_and_sessions_are_not(sqlite_desks: DeskFactory) -> None:
    old, key = Vault(new_master_key()), new_master_key()
    first = Vault(key, Vault(key).succeed(old))
    later_key = new_master_key()
    later = Vault(later_key, Vault(later_key).succeed(first))
    for known in (first, later):
        assert known.signed("ticket-address", "7", old.sign("ticket-address", "7"))
        assert known.signed("message-id", "x", old.sign("message-id", "x"))
        assert not known.signed("cookie", "x", old.sign("cookie", "x"))
    assert later.signed("ticket-address", "7", first.sign("ticket-address", "7"))


def test_a_rotation_that_dies_on_the_way_changes_nothing(desk: Desk) -> None:
    for turn in range(3):
        desk.say(WORDS, thread=f"t{turn}", who=f"w{turn}")

    def die(done: int, _of: int) -> None:
        if done:
            raise KeyboardInterrupt

    old = vault(desk)
    with pytest.raises(KeyboardInterrupt):
        key_rotation.rotate(desk.services.engine, old, Vault(new_master_key()), desk.clock(), progress=die)
    assert first_words(desk, old) == WORDS
    assert [row.fingerprint for row in desk.rows(MasterKey)] == [old.fingerprint]


def test_a_process_that_missed_the_change_seals_nothing_that_nobody_could_open(desk: Desk) -> None:
    new = Vault(new_master_key())
    key_rotation.rotate(desk.services.engine, vault(desk), new, desk.clock(), progress=nothing)
    with pytest.raises(NotAccepted) as refused:
        conversation.accept(desk.services, desk.inbound("he has a gun at my door", key="k"))
    assert "911" in (refused.value.safety_text or "")
    assert desk.messages == []


@pytest.fixture
def run(sqlite_desks: DeskFactory) -> "tuple[Desk, Callable[..., Result]]":
    with sqlite_desks.desk() as desk:
        settings = desk.services.settings
        environ = {
            "HELPDESK_DATA_DIR": str(settings.data_dir),
            "HELPDESK_ENV_FILE": str(settings.data_dir.parent / "empty.env"),
        }
        yield (  # type: ignore[misc]
            desk,
            lambda *words: CliRunner().invoke(app, list(words), env=environ, catch_exceptions=False),
        )


def opened(desk: Desk) -> Vault:
    return provisioning.open_vault(desk.services.settings, desk.services.engine, desk.clock())


def test_the_command_changes_the_key_and_leaves_the_old_one_beside_it(
    run: "tuple[Desk, Callable[..., Result]]",
) -> None:
    desk, command = run
    desk.say(WORDS)
    path, old = desk.services.settings.key_path, vault(desk)
    before = path.read_text()
    done = command("keys", "rotate")
    assert done.exit_code == 0, done.output
    new = opened(desk)
    assert new.fingerprint != old.fingerprint
    assert first_words(desk, new) == WORDS
    assert new.signed("ticket-address", "7", old.sign("ticket-address", "7"))
    assert path.with_name(f"{path.name}.{old.fingerprint}").read_text() == before
    assert path.stat().st_mode & 0o077 == 0


def test_a_rotation_killed_before_the_new_key_takes_its_place_ends_at_the_next_start(
    run: "tuple[Desk, Callable[..., Result]]",
) -> None:
    desk, command = run
    desk.say(WORDS)
    path = desk.services.settings.key_path
    new = Vault(write_key_file(provisioning.new_key_path(path)))
    assert opened(desk).fingerprint == vault(desk).fingerprint, "killed before the commit: the old key rules"
    key_rotation.rotate(desk.services.engine, vault(desk), new, desk.clock(), progress=nothing)
    assert opened(desk).fingerprint == new.fingerprint
    assert first_words(desk, opened(desk)) == WORDS
    assert Vault(read_key_file(path)).fingerprint == new.fingerprint
    assert command("keys", "rotate").exit_code == 0


# bad input


def test_under_a_wrong_key_nothing_is_stored_and_the_reason_says_how_to_mend_it(
    run: "tuple[Desk, Callable[..., Result]]",
) -> None:
    desk, command = run
    desk.say(WORDS)
    path: Path = desk.services.settings.key_path
    path.write_text(new_master_key() + "\n")
    with pytest.raises(VaultError, match="restore the right key"):
        opened(desk)
    count = len(desk.messages)
    safety_only = replace(desk.services, vault=None, vault_fault="wrong key")
    with pytest.raises(NotAccepted):
        conversation.accept(safety_only, desk.inbound(WORDS, key="k2"))
    assert len(desk.messages) == count
    told = command("ask", "What do we do about a bogbean meeting?")
    assert told.exit_code == 1
    assert len(desk.messages) == count
    assert b"bogbean" not in (desk.services.settings.data_dir / "helpdesk.sqlite3").read_bytes()


def test_two_ciphertexts_swapped_between_rows_are_refused(desk: Desk) -> None:
    desk.say(WORDS)
    desk.say("How do we keep order in a meeting? Another word: bogbean.")
    mine, other = [row for row in desk.messages if row.author.value == "requester"]
    with transaction(desk.services.engine) as session:
        for target, body in ((mine.id, other.body), (other.id, mine.body)):
            session.connection().execute(
                text("UPDATE message SET body = :body WHERE id = :id"), {"body": body, "id": target}
            )
    with reading(desk.services.engine) as session:
        for row in (mine, other):
            with pytest.raises(VaultError, match="altered or moved"):
                sealing.open_body(session, vault(desk), session.get_one(Message, row.id))


def test_a_data_key_moved_to_another_request_opens_nothing(desk: Desk) -> None:
    desk.say(WORDS)
    desk.say(WORDS, thread="t2", who="other")
    first, second, *_more = desk.rows(DataKey)
    with transaction(desk.services.engine) as session:
        session.get_one(DataKey, first.id).wrapped = second.wrapped
    with pytest.raises(VaultError, match="altered or moved"):
        first_words(desk, vault(desk))
