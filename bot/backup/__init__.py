"""Copy a whole desk into one file, and bring it back, on either database.

A backup is a zip: manifest.json, and one <table>.jsonl per table in foreign-key order. It is read from
one snapshot while the desk works, and holds no key: what was sealed stays sealed. A restore is one
transaction, so a damaged file changes nothing.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlmodel import Session

import bot.tables
import escalation.tables
import knowledge_base.tables
from bot import migrations
from bot.backup.archive import (
    FORMAT,
    MANIFEST,
    BackupError,
    Manifest,
    Member,
    appearing_whole,
    check_members,
    check_version,
    damaged,
    is_backup,
    lines_in,
    manifest_of,
    opened,
)
from bot.backup.rows import ROWS_AT_ONCE, as_stored, continue_ids, last_id, lines_from, read_row
from bot.database import reading, transaction
from bot.vault import Vault, VaultError

__all__ = [
    "BackupError",
    "Manifest",
    "Progress",
    "Restored",
    "check",
    "export_key",
    "key_fault",
    "make",
    "restore",
    "tables",
]

_METADATA: Final[tuple[MetaData, ...]] = (
    bot.tables.metadata,
    escalation.tables.metadata,
    knowledge_base.tables.metadata,
)
# One row may hold a file of 60 MB: batches end by size as well as by number.
_BYTES_AT_ONCE = 8_000_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back. `waiting` messages will be sent once the desk starts."""

    manifest: Manifest
    waiting: int


def _nothing(_done: int, _of: int) -> None:
    return None


def _nothing_first(_session: Session) -> None:
    return None


def tables() -> tuple[Table, ...]:
    """Return every table of the three packages, each after those its foreign keys name."""
    return tuple(table for metadata in _METADATA for table in metadata.sorted_tables)


def make(engine: Engine, path: Path, now: datetime, *, progress: Progress = _nothing) -> Manifest:
    """Write the desk's data to `path`, readable by its owner alone, and return what was written.

    The file appears whole or not at all; an older backup of that name is replaced, any other file is
    not. Raise BackupError, or OSError when the disk refuses.
    """
    try:
        migrations.check(engine)
    except migrations.SchemaError as error:
        raise BackupError(str(error)) from None
    if path.exists() and not is_backup(path):
        raise BackupError(f"{path} is there already and is not a backup: choose another name")
    with (
        appearing_whole(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        reading(engine) as session,
    ):
        connection = session.connection()
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables()
        }
        total, done, members = sum(counts.values()), 0, []
        progress(0, total)
        for table in tables():
            digest, rows = hashlib.sha256(), 0
            with (
                archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as target,
                closing(lines_from(connection, table)) as lines,
            ):
                for line in lines:
                    target.write(line)
                    digest.update(line)
                    rows, done = rows + 1, done + 1
                    progress(done, total)
            members.append(
                Member(
                    table=table.name,
                    rows=rows,
                    sha256=digest.hexdigest(),
                    last_id=last_id(connection, table),
                )
            )
        manifest = Manifest(
            format=FORMAT,
            schema_revision=migrations.head(),
            created_at=now,
            master_key_fingerprint=_fingerprint(connection),
            tables=tuple(members),
        )
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
    return manifest


def check(path: Path) -> Manifest:
    """Read a backup through and return what it says about itself; raise BackupError unless it can be restored."""
    with opened(path) as archive:
        manifest = manifest_of(archive, path)
        check_version(manifest, path, migrations.head())
        check_members(archive, manifest, path, [table.name for table in tables()])
    return manifest


def restore(
    engine: Engine,
    path: Path,
    *,
    replace: bool = False,
    progress: Progress = _nothing,
    first: Callable[[Session], None] = _nothing_first,
) -> Restored:
    """Bring a backup into a database that has the schema and no data; `replace` empties it first.

    `first` is done to the restored data in the same transaction, before anybody else can see it.

    All or nothing: raise BackupError, with the database as it was, when the file is damaged, is of
    another version, or doesn't fit. No desk may work on the database meanwhile.
    """
    manifest = check(path)
    with opened(path) as archive, transaction(engine) as session:
        connection = session.connection()
        _make_room(connection, replace=replace)
        done = 0
        progress(0, manifest.rows)
        members = {member.table: member for member in manifest.tables}
        for table in tables():
            member = members[table.name]
            for rows in _batches(archive, table, member, path):
                _insert(connection, table, rows)
                done += len(rows)
                progress(done, manifest.rows)
            continue_ids(connection, table, member.last_id)
        first(session)
        waiting = _waiting(connection)
    return Restored(manifest, waiting)


def key_fault(manifest: Manifest, master_key: str | None) -> str | None:
    """Return what is wrong with the key for a backup's data, or None when the key opens it."""
    wanted = manifest.master_key_fingerprint
    if wanted is None:
        return None
    if master_key is None:
        return f"the key that opens this data (fingerprint {wanted}) is not here"
    try:
        found = Vault(master_key).fingerprint
    except VaultError as error:
        return str(error)
    return None if found == wanted else f"this data needs the key {wanted}; the key that is here is {found}"


def export_key(master_key: str, path: Path, *, data_dir: Path) -> str:
    """Write the master key to a new file that its owner alone can read; return its fingerprint.

    Raise BackupError for a place in the data directory, where a copy of the data would take the key
    along, and for a file that is there already.
    """
    fingerprint = Vault(master_key).fingerprint
    if path.resolve().is_relative_to(data_dir.resolve()):
        raise BackupError("the key must not lie in the data directory: choose a place apart from the data")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupError(f"{path} is there already: choose another name") from None
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(master_key.strip() + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return fingerprint


def _fingerprint(connection: Connection) -> str | None:
    keys = bot.tables.metadata.tables["master_key"]
    newest = select(keys.c.fingerprint).order_by(keys.c.created_at.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def _make_room(connection: Connection, *, replace: bool) -> None:
    """Empty the tables, or raise BackupError when they hold data that may not be lost."""
    if not replace:
        for table in tables():
            if connection.execute(select(1).select_from(table).limit(1)).first() is not None:
                raise BackupError(
                    "this database holds data already: restore into a new one, or put the backup in its "
                    "place with --replace"
                )
    names = ", ".join(f'"{table.name}"' for table in tables())
    if connection.dialect.name == "postgresql":
        try:
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        except OperationalError as error:
            if "lock timeout" in str(error.orig):
                raise BackupError("the database is in use: stop the desk and its workers first") from None
            raise
        return
    # The access log lets no line go, and a restore replaces it whole: its guards step aside meanwhile.
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _sql in triggers:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    for table in reversed(tables()):
        connection.execute(table.delete())
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    try:
        connection.execute(insert(as_stored(table)), rows)
    except (DataError, IntegrityError, ValueError) as error:
        raise BackupError(
            f"the backup's rows of {table.name} don't fit this database ({_reason(error)}); nothing was changed"
        ) from None


def _reason(error: Exception) -> str:
    original = getattr(error, "orig", None)
    return str(original).strip().split("\n")[0] if original is not None else type(error).__name__


def _waiting(connection: Connection) -> int:
    outbox = escalation.tables.metadata.tables["outbox_message"]
    unfinished = (escalation.tables.OutboxState.PENDING, escalation.tables.OutboxState.CLAIMED)
    count: int = connection.execute(
        select(func.count()).select_from(outbox).where(outbox.c.state.in_(unfinished))
    ).scalar_one()
    return count


def _batches(
    archive: zipfile.ZipFile, table: Table, member: Member, path: Path
) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for line in lines_in(archive, member, path):
        try:
            batch.append(read_row(table, line))
        except ValueError as error:
            raise damaged(path, member.file) from error
        size += len(line)
        if len(batch) >= ROWS_AT_ONCE or size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
