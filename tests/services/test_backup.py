"""A backup is a consistent copy of everything but the key, and comes back whole or not at all."""

import json
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlmodel
from sqlalchemy import Engine, insert, select
from typer.testing import CliRunner, Result

from bot import backup
from bot.backup import BackupError
from bot.backup.rows import as_stored
from bot.cli import app
from bot.database import open_engine, reading, transaction
from bot.migrations import upgrade
from bot.vault import Vault, new_master_key
from escalation.tables import City, OutboxState, Person
from knowledge_base.documents import DocumentKind
from knowledge_base.tables import Document, DocumentState
from tests.support.desk import MONDAY_NOON, Desk, DeskFactory

SECRET = "they put my home at 12 Larch Lane online"


def contents(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table as it is stored, in order."""
    with reading(engine) as session:
        found = {}
        for table in backup.tables():
            stored = as_stored(table)
            query = select(stored).order_by(*(stored.c[key.name] for key in table.primary_key))
            found[table.name] = [tuple(row) for row in session.connection().execute(query)]
        return found


@contextmanager
def empty(desks: DeskFactory, folder: Path) -> Iterator[Engine]:
    """Yield a database of the same kind that has the schema and nothing else."""
    if desks._server is None:
        engine = open_engine(f"sqlite:///{folder / 'empty.sqlite3'}")
    else:
        name = f"empty_{folder.name}".replace("-", "_").lower()
        desks._administer(f'CREATE DATABASE "{name}"')
        engine = open_engine(desks._server.replace("/postgres?", f"/{name}?"))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def lived_in(desk: Desk) -> Desk:
    """Return a desk with a conversation, a ticket and messages that were not sent yet."""
    desk.say(SECRET)
    desk.say("I want to talk to a person", wants_human=True)
    with transaction(desk.services.engine) as session:
        city = City(
            slug="é-ville", name="Ville d'été 🏔", country="CA", zone="America/Toronto", created_at=MONDAY_NOON
        )
        session.add(city)
    return desk


@pytest.fixture(scope="session")
def other_engine(desks: DeskFactory, request: pytest.FixtureRequest) -> DeskFactory:
    """Return the maker of desks on the engine that `desks` is not on."""
    if desks._server is not None:
        made: DeskFactory = request.getfixturevalue("sqlite_desks")
        return made
    folder = request.getfixturevalue("tmp_path_factory").mktemp("across")
    return DeskFactory(folder, request.getfixturevalue("postgresql_server"))


def test_a_backup_restored_into_an_empty_database_is_the_same_desk(
    lived_in: Desk, desks: DeskFactory, tmp_path: Path
) -> None:
    before = contents(lived_in.services.engine)
    made = backup.make(lived_in.services.engine, tmp_path / "desk.zip", MONDAY_NOON)
    with empty(desks, tmp_path) as engine:
        restored = backup.restore(engine, tmp_path / "desk.zip")
        assert contents(engine) == before
        assert restored.manifest == made
        assert restored.waiting == sum(
            row.state in (OutboxState.PENDING, OutboxState.CLAIMED) for row in lived_in.outbox
        )


def test_a_backup_moves_a_desk_to_the_other_engine_and_back(
    lived_in: Desk, desks: DeskFactory, other_engine: DeskFactory, tmp_path: Path
) -> None:
    before = contents(lived_in.services.engine)
    backup.make(lived_in.services.engine, tmp_path / "there.zip", MONDAY_NOON)
    with empty(other_engine, tmp_path) as across:
        backup.restore(across, tmp_path / "there.zip")
        assert contents(across) == before
        backup.make(across, tmp_path / "back.zip", MONDAY_NOON)
    backup.restore(lived_in.services.engine, tmp_path / "back.zip", replace=True)
    assert contents(lived_in.services.engine) == before


def draft(slug: str) -> Document:
    """Return a document that nobody has published."""
    return Document(
        slug=slug,
        language="en",
        kind=DocumentKind.ARTICLE,
        title="x",
        visibility=(),
        topics=(),
        jurisdiction=(),
        owner="",
        reviewed=False,
        state=DocumentState.DRAFT,
        created_at=MONDAY_NOON,
        changed_at=MONDAY_NOON,
    )


def test_ids_go_on_after_the_highest_ever_given_even_when_that_row_is_gone(
    desk: Desk, desks: DeskFactory, tmp_path: Path
) -> None:
    with transaction(desk.services.engine) as session:
        last = max(session.exec(sqlmodel.select(Document.id)).all(), key=lambda number: number or 0)
        extra = draft("short-lived")
        session.add(extra)
        session.flush()
        gone = extra.id
        session.delete(extra)
    assert gone is not None
    assert last is not None
    assert gone > last
    backup.make(desk.services.engine, tmp_path / "desk.zip", MONDAY_NOON)
    with empty(desks, tmp_path) as engine:
        backup.restore(engine, tmp_path / "desk.zip")
        with transaction(engine) as session:
            person = Person(name="New", created_at=MONDAY_NOON)
            session.add(person)
            document = draft("next")
            session.add(document)
            session.flush()
            assert document.id == gone + 1
            assert person.id is not None


def test_a_backup_is_one_moment_however_long_it_takes(desk: Desk, tmp_path: Path) -> None:
    started, written = threading.Event(), threading.Event()

    def ask() -> None:
        started.wait(10)
        desk.say("Somebody writes while the backup runs")
        written.set()

    asker = threading.Thread(target=ask)
    asker.start()
    before = contents(desk.services.engine)

    def progress(done: int, _of: int) -> None:
        if done == 1:
            started.set()
            assert written.wait(10)

    backup.make(desk.services.engine, tmp_path / "desk.zip", MONDAY_NOON, progress=progress)
    asker.join()
    counts = {member.table: member.rows for member in backup.check(tmp_path / "desk.zip").tables}
    assert counts == {name: len(rows) for name, rows in before.items()}
    assert contents(desk.services.engine) != before


def test_the_key_and_the_open_text_are_not_in_a_backup(lived_in: Desk, tmp_path: Path) -> None:
    path = tmp_path / "desk.zip"
    backup.make(lived_in.services.engine, path, MONDAY_NOON)
    with zipfile.ZipFile(path) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"12 Larch Lane" not in everything
    assert lived_in.services.settings.key_path.read_bytes().strip() not in everything


def test_a_backup_is_for_its_owner_alone_and_leaves_no_other_file(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "desk.zip"
    backup.make(desk.services.engine, path, MONDAY_NOON)
    backup.make(desk.services.engine, path, MONDAY_NOON)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_backup_that_fails_leaves_the_older_one(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "desk.zip"
    backup.make(desk.services.engine, path, MONDAY_NOON)
    older = path.read_bytes()

    def full_disk(done: int, _of: int) -> None:
        if done == 5:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        backup.make(desk.services.engine, path, MONDAY_NOON, progress=full_disk)
    assert path.read_bytes() == older
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_no_backup_is_not_replaced(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "letters.txt"
    path.write_text("dear all")
    with pytest.raises(BackupError, match="is not a backup: choose another name"):
        backup.make(desk.services.engine, path, MONDAY_NOON)
    assert path.read_text() == "dear all"


def test_a_database_with_data_is_replaced_only_when_asked(desk: Desk, tmp_path: Path) -> None:
    before = contents(desk.services.engine)
    backup.make(desk.services.engine, tmp_path / "desk.zip", MONDAY_NOON)
    desk.say("Asked after the backup")
    after = contents(desk.services.engine)
    with pytest.raises(BackupError, match=r"holds data already: .*--replace"):
        backup.restore(desk.services.engine, tmp_path / "desk.zip")
    assert contents(desk.services.engine) == after
    backup.restore(desk.services.engine, tmp_path / "desk.zip", replace=True)
    assert contents(desk.services.engine) == before
    desk.say("The desk works on")
    assert "The desk works on" in [message.masked for message in desk.messages]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Path]:
    """Return a SQLite database with a little data, and its backup."""
    folder = tmp_path_factory.mktemp("small")
    engine = open_engine(f"sqlite:///{folder / 'small.sqlite3'}")
    upgrade(engine)
    with transaction(engine) as session:
        for number in range(30):
            session.add(Person(name=f"Person {number}", created_at=MONDAY_NOON))
    backup.make(engine, folder / "small.zip", MONDAY_NOON)
    return engine, folder / "small.zip"


def rewritten(source: Path, target: Path, *, member: str, change: object) -> Path:
    """Return a copy of a backup in which one member was passed through `change`, or left out for None."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == member:
                if change is None:
                    continue
                content = change(content)  # type: ignore[operator]
            new.writestr(name, content)
    return target


def manifest_with(**fields: object) -> object:
    return lambda content: json.dumps({**json.loads(content), **fields}).encode()


@pytest.mark.parametrize(
    ("member", "change", "words"),
    [
        ("person.jsonl", lambda content: content.replace(b"Person 7", b"Person 8"), "damaged"),
        ("person.jsonl", lambda content: content.split(b"\n", 1)[1], "damaged"),
        ("person.jsonl", None, "damaged"),
        ("manifest.json", None, "is not a backup of a help desk"),
        ("manifest.json", lambda content: content[:-20], "damaged"),
        ("manifest.json", lambda _content: b"[]", "damaged"),
        ("manifest.json", manifest_with(format=2), "newer version"),
        ("manifest.json", manifest_with(format=0), "format 0"),
        ("manifest.json", manifest_with(schema_revision="9999"), "newer version"),
        ("manifest.json", manifest_with(schema_revision="0000"), "older version"),
        ("manifest.json", manifest_with(tables=[]), "damaged"),
    ],
)
def test_an_altered_backup_is_refused_in_words_and_changes_nothing(
    small: tuple[Engine, Path], tmp_path: Path, member: str, change: object, words: str
) -> None:
    engine, path = small
    before = contents(engine)
    with pytest.raises(BackupError, match=words):
        backup.restore(
            engine, rewritten(path, tmp_path / "altered.zip", member=member, change=change), replace=True
        )
    assert contents(engine) == before


def test_no_single_damaged_byte_or_lost_end_brings_wrong_data(
    small: tuple[Engine, Path], tmp_path: Path
) -> None:
    engine, path = small
    before, whole = contents(engine), path.read_bytes()
    damaged = [
        whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :]
        for place in range(0, len(whole), 61)
    ]
    damaged += [whole[:length] for length in range(0, len(whole), len(whole) // 20)]
    for content in damaged:
        (tmp_path / "damaged.zip").write_bytes(content)
        try:
            backup.check(tmp_path / "damaged.zip")
        except BackupError:
            continue
        # A byte that says nothing about the rows (a date in the zip): what comes back is right.
        backup.restore(engine, tmp_path / "damaged.zip", replace=True)
        assert contents(engine) == before


def test_rows_that_break_a_rule_of_the_database_undo_the_whole_restore(
    small: tuple[Engine, Path], tmp_path: Path
) -> None:
    engine, _path = small
    broken = open_engine(f"sqlite:///{tmp_path / 'broken.sqlite3'}")
    upgrade(broken)
    with sqlite3.connect(tmp_path / "broken.sqlite3") as raw:  # which does not ask about foreign keys
        raw.execute(
            "INSERT INTO role (person_id, name, granted_at) VALUES (99, 'admin', '2026-01-01 00:00:00.000000')"
        )
    raw.close()
    backup.make(broken, tmp_path / "broken.zip", MONDAY_NOON)
    broken.dispose()
    before = contents(engine)
    with pytest.raises(BackupError, match=r"rows of role don't fit .* nothing was changed"):
        backup.restore(engine, tmp_path / "broken.zip", replace=True)
    assert contents(engine) == before


def test_the_key_that_a_backup_needs_is_named(desk: Desk, tmp_path: Path) -> None:
    made = backup.make(desk.services.engine, tmp_path / "desk.zip", MONDAY_NOON)
    key = desk.services.settings.key_path.read_text().strip()
    assert made.master_key_fingerprint == Vault(key).fingerprint
    assert backup.key_fault(made, key) is None
    assert made.master_key_fingerprint in str(backup.key_fault(made, None))
    assert made.master_key_fingerprint in str(backup.key_fault(made, new_master_key()))


def test_a_key_is_exported_to_a_new_file_apart_from_the_data(tmp_path: Path) -> None:
    key, data_dir = new_master_key(), tmp_path / "data"
    data_dir.mkdir()
    (tmp_path / "way-in").symlink_to(data_dir)
    backup.export_key(key, tmp_path / "copy.key", data_dir=data_dir)
    assert (tmp_path / "copy.key").read_text() == key + "\n"
    assert stat.S_IMODE((tmp_path / "copy.key").stat().st_mode) == 0o600
    for place in (data_dir / "copy.key", tmp_path / "way-in" / "copy.key"):
        with pytest.raises(BackupError, match="data directory"):
            backup.export_key(key, place, data_dir=data_dir)
        assert not place.exists()
    with pytest.raises(BackupError, match="is there already"):
        backup.export_key(new_master_key(), tmp_path / "copy.key", data_dir=data_dir)
    assert (tmp_path / "copy.key").read_text() == key + "\n"


def test_a_table_larger_than_memory_should_hold_goes_through_in_batches(tmp_path: Path) -> None:
    source = open_engine(f"sqlite:///{tmp_path / 'source.sqlite3'}")
    upgrade(source)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    with transaction(source) as session:
        rows = [
            {"name": f"P{n}", "verified": False, "demonstration": False, "created_at": moment}
            for n in range(1300)
        ]
        session.connection().execute(insert(Person), rows)
    steps: list[int] = []
    backup.make(source, tmp_path / "source.zip", moment)
    target = open_engine(f"sqlite:///{tmp_path / 'target.sqlite3'}")
    upgrade(target)
    backup.restore(target, tmp_path / "source.zip", progress=lambda done, _of: steps.append(done))
    assert steps == [0, 500, 1000, 1300]
    assert contents(target) == contents(source)
    for engine in (source, target):
        engine.dispose()


def command(folder: Path, *arguments: str) -> Result:
    """Run `helpdesk ...` on the desk in a folder."""
    (folder / "empty.env").touch()
    environ = {"HELPDESK_DATA_DIR": str(folder / "data"), "HELPDESK_ENV_FILE": str(folder / "empty.env")}
    return CliRunner().invoke(app, list(arguments), env=environ, catch_exceptions=False)


def test_a_backup_and_its_key_make_the_desk_anew_on_another_machine(
    sqlite_desks: DeskFactory, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    with sqlite_desks.desk() as desk:
        desk.say(SECRET)
        before = contents(desk.services.engine)
        (here / "data").symlink_to(desk.services.settings.data_dir)
        (here / "data.key").symlink_to(desk.services.settings.key_path)
        assert command(here, "backup", str(tmp_path / "desk.zip")).exit_code == 0
        assert command(here, "keys", "export", str(tmp_path / "copy.key")).exit_code == 0
    restored = command(there, "restore", str(tmp_path / "desk.zip"))
    assert restored.exit_code == 0, restored.output
    assert f"Put it at {there / 'data.key'}" in restored.stderr
    engine = open_engine(f"sqlite:///{there / 'data' / 'helpdesk.sqlite3'}")
    assert contents(engine) == before
    engine.dispose()
    assert command(there, "doctor").exit_code == 1
    (tmp_path / "copy.key").rename(there / "data.key")
    well = command(there, "doctor")
    assert well.exit_code == 0, well.output


def test_index_files_of_the_replaced_data_are_let_go(sqlite_desks: DeskFactory, tmp_path: Path) -> None:
    with sqlite_desks.desk() as desk:
        (tmp_path / "data").symlink_to(desk.services.settings.data_dir)
        (tmp_path / "data.key").symlink_to(desk.services.settings.key_path)
        command(tmp_path, "backup", str(tmp_path / "desk.zip"))
        for number in (900, 901, 902, 903):
            (desk.services.settings.index_dir / f"generation-{number:08d}-{'0' * 16}.index").touch()
        assert command(tmp_path, "restore", "--replace", str(tmp_path / "desk.zip")).exit_code == 0
        found = command(tmp_path, "kb", "search", "somebody posted my home address")
        assert "doxing-en" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("restore", "nowhere.zip"), "there is no file"),
        (("restore", "letters.txt"), "is not a backup"),
        (("backup", "desk.zip"), "there is no desk in"),
        (("keys", "export", "copy.key"), "the key file"),
    ],
)
def test_a_slip_is_one_line_and_sets_nothing_up(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    (tmp_path / "letters.txt").write_text("dear all")
    done = command(tmp_path, *arguments[:-1], str(tmp_path / arguments[-1]))
    assert done.exit_code == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.env", "letters.txt"]
