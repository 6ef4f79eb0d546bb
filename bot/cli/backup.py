"""`helpdesk backup`, `restore`, `keys export`: the whole desk in one file, and its key apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine
from sqlmodel import Session, select

from bot import backup, curation, migrations
from bot.app import real_clock
from bot.cli.common import DataDir, err, one_line_errors, out, plain, settings_for
from bot.database import open_engine, reading
from bot.privacy import erasures, key_rotation
from bot.provisioning import (
    NotReady,
    make_data_dir,
    migrate,
    new_key_path,
    open_vault,
    take_up_new_key,
)
from bot.settings import Settings
from bot.tables import SWEEP, Beat, MasterKey
from bot.vault import Vault, VaultError, read_key_file, write_key_file
from escalation import erasure

_RUNNING = timedelta(seconds=60)
keys = typer.Typer(no_args_is_help=True)


@keys.callback()
def _group() -> None:
    """Look after the master key."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)
    app.add_typer(keys, name="keys", help="Look after the master key.")


@one_line_errors
def backup_command(
    file: Annotated[
        Path, typer.Argument(help="The file to write. An older backup of that name is replaced.")
    ],
    data_dir: DataDir = None,
) -> None:
    """Write everything the desk holds, but no key, to one file; the desk may go on working.

    The file serves SQLite and PostgreSQL alike. Keep the key apart: helpdesk keys export.
    """
    settings = settings_for(data_dir)
    _must_exist(settings)
    engine = open_engine(settings.url)
    with _told(file), _bar("backing up") as progress:
        if migrations.current(engine) is None:
            raise backup.BackupError("there is no desk in this database yet: nothing to back up")
        made = backup.make(engine, file, real_clock(), progress=progress)
    engine.dispose()
    out.print(plain(f"{file}: {made.rows} rows of {len(made.tables)} tables."))
    if made.master_key_fingerprint:
        out.print(
            f"The key {made.master_key_fingerprint} is not in it: keep a copy apart (helpdesk keys export)."
        )


@one_line_errors
def restore_command(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the backup in the place of the data that is there.")
    ] = False,
    erasures_file: Annotated[
        Path | None,
        typer.Option(
            "--erasures", help="The erasures.jsonl of another machine: what was erased there since."
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Bring a backup back, on SQLite or PostgreSQL, whole or not at all. Stop the desk first.

    What was erased after the backup was made is erased again before anything else: the list is taken from
    the database that is replaced and from erasures.jsonl in the data directory.
    """
    settings = settings_for(data_dir)
    with _told(file):
        backup.check(file)  # what can't be restored is told before anything is set up
    make_data_dir(settings)
    engine = open_engine(settings.url)
    migrate(settings, engine, may_upgrade=True)
    with reading(engine) as session:
        swept = session.get(Beat, SWEEP)
    if swept is not None and real_clock() - swept.at < _RUNNING:
        raise NotReady("the desk is running: stop it, wait a minute, and restore then")
    known = _erasures(settings, engine, erasures_file)
    again: list[int] = []

    def erase_again(session: Session) -> None:
        now = real_clock()
        curation.take_back_material(session, erasure.brought_back(session, known), now)
        again.append(erasure.replay(session, known, now))

    with _told(file), _bar("restoring") as progress:
        restored = backup.restore(engine, file, replace=replace, progress=progress, first=erase_again)
    engine.dispose()
    _forget_index(settings)
    manifest = restored.manifest
    out.print(
        plain(
            f"{file}: {manifest.rows} rows restored, as they were at {manifest.created_at:%Y-%m-%d %H:%M} UTC."
        )
    )
    if known:
        out.print(f"Erasures replayed: {len(known)}. Conversations erased again: {sum(again)}.")
    if restored.waiting:
        out.print(
            f"Messages that were still to be sent then: {restored.waiting}. They leave when the desk starts."
        )
    _tell_about_key(settings, manifest)


@keys.command("export")
@one_line_errors
def export(
    file: Annotated[Path, typer.Argument(help="A new file, apart from the data and its backups.")],
    data_dir: DataDir = None,
) -> None:
    """Write the master key to a new file that only you can read. Without it no backup can be opened."""
    settings = settings_for(data_dir)
    with _told(file):
        fingerprint = backup.export_key(_master_key(settings), file, data_dir=settings.data_dir)
    out.print(plain(f"{file}: the key {fingerprint}. Keep it where the backups are not."))
    out.print(
        plain(f"To use it on another machine, put it at {settings.key_path} there, or set HELPDESK_KEY_FILE.")
    )


@keys.command("rotate")
@one_line_errors
def rotate(
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Where to write the new key, when it comes from HELPDESK_MASTER_KEY."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Change the master key. Stop every process of the desk first.

    Every data key is wrapped anew; the messages themselves are not touched. If it is stopped half-way, run
    it again: nothing is lost. Everybody signs in anew. Keep the old key for as long as you keep older backups.
    """
    settings = settings_for(data_dir)
    _must_exist(settings)
    if settings.master_key is not None and to is None:
        raise NotReady("the key is in HELPDESK_MASTER_KEY: say where the new one goes (--to FILE)")
    waiting = to or new_key_path(settings.key_path)
    engine = open_engine(settings.url)
    with reading(engine) as session:
        swept = session.get(Beat, SWEEP)
        sealed_under = frozenset(session.exec(select(MasterKey.fingerprint)).all())
    if swept is not None and real_clock() - swept.at < _RUNNING:
        raise NotReady("the desk is running: stop it, wait a minute, and change the key then")
    with _told(waiting):
        new_key = read_key_file(waiting) if waiting.exists() else write_key_file(waiting)
    new = Vault(new_key)
    if new.fingerprint not in sealed_under:
        old = open_vault(settings, engine, real_clock())
        with _bar("changing the key") as progress:
            count = key_rotation.rotate(engine, old, new, real_clock(), progress=progress)
        out.print(f"Data keys wrapped anew: {count}. The database is sealed under the key {new.fingerprint}.")
    engine.dispose()
    if to is not None:
        out.print(
            plain(f"{to}: the new key. Put its content into HELPDESK_MASTER_KEY before you start the desk.")
        )
        return
    take_up_new_key(settings.key_path, frozenset({new.fingerprint}))
    out.print(plain(f"{settings.key_path}: the new key. The old one lies beside it, for older backups."))
    out.print("Export the new key now, and keep it where the backups are not: helpdesk keys export")


def _erasures(settings: Settings, engine: Engine, extra: Path | None) -> tuple[erasure.Erased, ...]:
    """Return every erasure that is known here, each once."""
    with reading(engine) as session:
        found = {erased.id: erased for erased in erasure.noted(session)}
    if extra is not None and not extra.is_file():
        raise NotReady(f"there is no file {extra}")
    for path in filter(None, (settings.erasures_path, extra)):
        try:
            found |= {erased.id: erased for erased in erasures.read(path)}
        except (OSError, ValueError) as error:
            raise NotReady(f"{path}: {error}; nothing was restored") from None
    return tuple(found[name] for name in sorted(found))


def _must_exist(settings: Settings) -> None:
    # Connecting would create the file.
    if settings.database_url is None and not Path(open_engine(settings.url).url.database or "").is_file():
        raise NotReady(f"there is no desk in {settings.data_dir} yet: nothing to back up")


def _master_key(settings: Settings) -> str:
    if settings.master_key is not None:
        return settings.master_key.get_secret_value()
    return read_key_file(settings.key_path)


def _tell_about_key(settings: Settings, manifest: backup.Manifest) -> None:
    where = "HELPDESK_MASTER_KEY" if settings.master_key else str(settings.key_path)
    try:
        fault = backup.key_fault(manifest, _master_key(settings))
    except VaultError:
        fault = backup.key_fault(manifest, None)
    if fault:
        err.print(plain(f"helpdesk: {fault}. Put it at {where} before you start the desk; until then it can"))
        err.print("helpdesk: only give safety replies and stores nothing.")


def _forget_index(settings: Settings) -> None:
    """Remove the index files of the data that was replaced: they are built again at the next start.

    Their numbers may be higher than the restored ones, and the newest few are all that is kept.
    """
    for path in settings.index_dir.glob("generation-*"):
        path.unlink(missing_ok=True)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except backup.BackupError as error:
        raise NotReady(str(error)) from None
    except OSError as error:
        gone = isinstance(error, FileNotFoundError) and not file.parent.is_dir()
        reason = "there is no such folder" if gone else error.strerror or type(error).__name__
        raise NotReady(f"{file}: {reason}") from None


@contextmanager
def _bar(label: str) -> Iterator[backup.Progress]:
    """Yield what shows how far the work is: a bar on a terminal, nothing elsewhere."""
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(label, total=None)

        def show(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        yield show
