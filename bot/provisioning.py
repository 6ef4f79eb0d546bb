"""Make a desk ready to work: data directory, key, schema, starter library, demonstration people.

Every command that needs data calls `prepare`; the second call finds everything in place.
"""

import contextlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from bot import demonstration, migrations
from bot.database import reading, transaction
from bot.settings import Settings
from bot.tables import MasterKey
from bot.vault import Vault, VaultError, read_key_file, write_key_file
from knowledge_base import library, starter
from knowledge_base.errors import ReadError

Say = Callable[[str], None]


class NotReady(Exception):
    """The desk can't work here. The text is one line that says what to mend."""


def make_data_dir(settings: Settings) -> None:
    """Create the data directory, or raise NotReady in words."""
    try:
        # for the desk's own user alone: what is in it is sealed, but who asked, and when, is not
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.index_dir.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise NotReady(
            f"the data directory {settings.data_dir} can't be made or written: {error.strerror or error}"
        ) from None
    if not os.access(settings.data_dir, os.W_OK):
        raise NotReady(
            f"the data directory {settings.data_dir} can't be written: mend its rights or choose another"
        )


def migrate(settings: Settings, engine: Engine, *, may_upgrade: bool) -> bool:
    """Bring the schema up to date, or raise NotReady; return whether anything changed.

    SQLite is always upgraded here. A PostgreSQL database that others may be using is set up when it is
    empty, and upgraded only when asked for.
    """
    try:
        found = migrations.current(engine)
        if found is None or may_upgrade or engine.dialect.name == "sqlite":
            return migrations.upgrade(engine)
        migrations.check(engine)
    except migrations.SchemaError as error:
        raise NotReady(str(error)) from None
    except DBAPIError as error:
        raise NotReady(describe(error, settings)) from None
    return False


def describe(error: DBAPIError, settings: Settings) -> str:
    """Return a database error as one line for the operator."""
    original = str(error.orig).strip().split("\n")[0]
    where = "the database" if settings.database_url else f"the database in {settings.data_dir}"
    for sign, words in (
        ("readonly", "is read-only: mend its rights"),
        ("read-only", "is read-only: mend its rights"),
        ("locked", "is locked by another program: stop it, or wait and try again"),
        ("disk is full", "can't be written: the disk is full"),
        ("disk I/O", "can't be written: the disk is full or does not answer"),
        ("not a database", "is not a database of this program, or is damaged: restore a backup"),
        ("malformed", "is damaged: restore a backup"),
        ("unable to open", "can't be opened: mend its rights"),
    ):
        if sign in original:
            return f"{where} {words}"
    return f"{where} does not answer: {original}"


def open_vault(settings: Settings, engine: Engine, now: datetime) -> Vault:
    """Return the vault under the key this database is sealed with.

    A new database gets a new key file. Raise VaultError when the key is missing or is not this
    database's own: the desk then gives safety replies and stores nothing.
    """
    with reading(engine) as session:
        sealed_under = {row.fingerprint: row.earlier for row in session.exec(select(MasterKey)).all()}
    if settings.master_key is not None:
        key = settings.master_key.get_secret_value()
    elif not sealed_under and not settings.key_path.exists():
        try:
            key = write_key_file(settings.key_path)
        except FileExistsError:  # another process made it a moment ago
            key = read_key_file(settings.key_path)
        except OSError as error:
            raise NotReady(
                f"the key file {settings.key_path} can't be written ({error.strerror}): set HELPDESK_KEY_FILE"
            ) from None
    else:
        take_up_new_key(settings.key_path, frozenset(sealed_under))
        key = read_key_file(settings.key_path)
    fingerprint = Vault(key).fingerprint
    if not sealed_under:
        with transaction(engine) as session:
            if session.get(MasterKey, fingerprint) is None:
                session.add(MasterKey(fingerprint=fingerprint, created_at=now))
    elif fingerprint not in sealed_under:
        raise VaultError("the master key is not the one this database is sealed with: restore the right key")
    return Vault(key, sealed_under.get(fingerprint))


def new_key_path(key_path: Path) -> Path:
    """Return where a new master key lies until the database is sealed under it."""
    return key_path.with_name(key_path.name + ".new")


def take_up_new_key(key_path: Path, sealed_under: frozenset[str]) -> bool:
    """Put a new key into its place once the database is sealed under it; the old one stays beside it.

    This ends a rotation that was stopped half-way. False when there is nothing to do.
    """
    waiting = new_key_path(key_path)
    if not waiting.is_file() or Vault(read_key_file(waiting)).fingerprint not in sealed_under:
        return False
    try:
        if key_path.is_file():
            old = Vault(read_key_file(key_path)).fingerprint
            with contextlib.suppress(FileExistsError):
                os.link(key_path, key_path.with_name(f"{key_path.name}.{old}"))
        waiting.replace(key_path)
    except OSError as error:
        raise VaultError(f"the new key {waiting} can't take its place: {error.strerror}") from None
    return True


def import_starter(engine: Engine, now: datetime, say: Say) -> int:
    """Add the starter library to a library that has no document yet; return how many were added."""
    with reading(engine) as session:
        if not library.is_empty(session):
            return 0
    say("importing the starter library")
    try:
        documents = tuple(starter.documents())
    except ReadError as error:
        raise NotReady(f"the starter library is damaged: {error}") from None
    with transaction(engine) as session:  # all or none: a desk that dies here begins anew
        for name, document in documents:
            library.add(session, document, source_name=name, by="starter library", now=now)
    return len(documents)


def seed_demonstration(settings: Settings, engine: Engine, now: datetime) -> bool:
    """Add the demonstration people where they are allowed and nobody else is in the directory."""
    if not settings.demonstration_allowed:
        return False
    with transaction(engine) as session:
        return demonstration.seed(session, now)
