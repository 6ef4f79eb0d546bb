"""The backup as a file: a zip with a manifest and one file of lines per table, and what may be wrong with it."""

import hashlib
import json
import os
import secrets
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from pydantic import BaseModel, ConfigDict, ValidationError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_LARGEST_MANIFEST = 1_000_000
# What zipfile raises, by experiment, for files with altered bytes.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class BackupError(Exception):
    """The backup can't be made, read or restored. The text is one line for the operator."""


class Member(BaseModel):
    """One table in a backup. `last_id` is the highest number its ids have reached, if it hands them out."""

    model_config = ConfigDict(frozen=True, strict=True)

    table: str
    rows: int
    sha256: str
    last_id: int | None = None

    @property
    def file(self) -> str:
        """Return the name of the table's file in the zip."""
        return f"{self.table}.jsonl"


class Manifest(BaseModel):
    """What a backup says about itself."""

    model_config = ConfigDict(frozen=True)

    format: int
    schema_revision: str
    created_at: datetime
    master_key_fingerprint: str | None
    tables: tuple[Member, ...]

    @property
    def rows(self) -> int:
        """Return how many rows the backup holds."""
        return sum(member.rows for member in self.tables)


def lines_in(archive: zipfile.ZipFile, member: Member, path: Path) -> Iterator[bytes]:
    """Yield a table's lines; raise BackupError at the end unless they are those that were written."""
    digest, rows = hashlib.sha256(), 0
    try:
        with archive.open(member.file) as source:
            for line in source:
                digest.update(line)
                rows += 1
                yield line
    except _DAMAGED as error:
        raise damaged(path, member.file) from error
    if rows != member.rows or digest.hexdigest() != member.sha256:
        raise damaged(path, member.file)


def manifest_of(archive: zipfile.ZipFile, path: Path) -> Manifest:
    """Return the manifest of an open backup, or raise BackupError."""
    try:
        if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
            raise damaged(path, MANIFEST)
        raw = json.loads(archive.read(MANIFEST))
        # A newer format may look different in everything but this number.
        if isinstance(raw, dict) and isinstance(raw.get("format"), int) and raw["format"] > FORMAT:
            raise BackupError(f"{path} was made by a newer version of this program: update it first")
        return Manifest.model_validate(raw)
    except KeyError:
        raise BackupError(f"{path} is not a backup of a help desk") from None
    except (*_DAMAGED, ValidationError) as error:
        raise damaged(path, MANIFEST) from error


def check_version(manifest: Manifest, path: Path, head: str) -> None:
    """Raise BackupError unless the backup is of this format and of the schema revision `head`."""
    if manifest.format != FORMAT:
        raise BackupError(f"{path} has the format {manifest.format}, which this program does not know")
    if manifest.schema_revision == head:
        return
    if manifest.schema_revision < head:
        raise BackupError(
            f"{path} was made by an older version (schema {manifest.schema_revision}, this program has {head}): "
            "restore it with that version, then update"
        )
    raise BackupError(
        f"{path} was made by a newer version (schema {manifest.schema_revision}, this program has {head}): "
        "update this program first"
    )


def check_members(archive: zipfile.ZipFile, manifest: Manifest, path: Path, tables: Iterable[str]) -> None:
    """Read every member once and raise BackupError for the first that is missing, extra or altered."""
    names = [member.table for member in manifest.tables]
    if sorted(names) != sorted(tables):
        raise damaged(path, MANIFEST)
    if sorted(archive.namelist()) != sorted([MANIFEST, *(member.file for member in manifest.tables)]):
        raise damaged(path, "its list of contents")
    for member in manifest.tables:
        for _line in lines_in(archive, member, path):
            pass


def damaged(path: Path, what: str) -> BackupError:
    """Return the error that says which part of a backup can't be trusted."""
    return BackupError(f"{path} is damaged ({what}): use another backup; nothing was changed")


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Yield a backup opened for reading, or raise BackupError in words."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BackupError(f"there is no file {path}") from None
    except OSError as error:
        raise BackupError(f"{path} can't be read: {error.strerror or type(error).__name__}") from None
    except _DAMAGED:
        raise BackupError(f"{path} is not a backup, or is damaged: nothing was changed") from None
    with archive:
        yield archive


def is_backup(path: Path) -> bool:
    """Tell whether a file is one of our backups."""
    try:
        with opened(path) as archive:
            manifest_of(archive, path)
    except BackupError:
        return False
    return True


@contextmanager
def appearing_whole(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write that takes its name only when it is complete and on the disk."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:  # an interrupt too: no half-written file stays behind
        part.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
