"""A zip of documents: its members one by one, nothing written to disk."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from knowledge_base.errors import ReadError
from knowledge_base.readers.sniffing import SUFFIXES

_MOST_MEMBERS = 20_000
_MOST_UNPACKED = 1_000_000_000
_SUSPICIOUS_BYTES = 20_000_000
_SUSPICIOUS_RATIO = 300
_DRIVE = re.compile(r"\A[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the archive: its name behind the archive's, and its content or what is wrong with it."""

    name: str
    data: bytes = b""
    fault: ReadError | None = None


def members(name: str, data: bytes, largest: int, skip: int) -> Iterator[Member]:
    """Yield the documents of an archive in the order of their names, from the number `skip` on.

    Files that are no documents, and what systems add, are passed over. Raise ReadError for an
    archive that can't be opened.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as source:
            entries = [entry for entry in source.infolist() if _is_document(entry)]
            if len(entries) > _MOST_MEMBERS or sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
                raise ReadError(name, None, "the archive unpacks to far more than documents hold")
            if not entries:
                known = ", ".join(sorted(SUFFIXES))
                raise ReadError(name, None, f"there is no document in this archive ({known})")
            for entry in sorted(entries, key=lambda entry: entry.filename)[skip:]:
                yield _member(source, entry, f"{name}/{entry.filename.lstrip('/')}", largest)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(name, None, "the archive is damaged or cut short") from error


def _is_document(entry: zipfile.ZipInfo) -> bool:
    parts = _parts(entry)
    added = any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts)
    return not entry.is_dir() and not added and PurePosixPath(entry.filename).suffix.lower() in SUFFIXES


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    return PurePosixPath(entry.filename.replace("\\", "/")).parts


def _member(source: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, largest: int) -> Member:
    reason = _refused(entry, largest)
    if reason is None:
        try:
            return Member(name, source.read(entry))
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ):
            reason = "the file is damaged or cut short"
    return Member(name, fault=ReadError(name, None, reason))


def _refused(entry: zipfile.ZipInfo, largest: int) -> str | None:
    outside = ".." in _parts(entry) or entry.filename.startswith(("/", "\\")) or _DRIVE.match(entry.filename)
    if outside:
        return "its name leads out of the archive: not read"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "it is a link to another file: not followed"
    if entry.flag_bits & 0x1:
        return "the file is locked with a password; save it without one and add it again"
    if entry.file_size > largest:
        return f"the file has {entry.file_size // 1_000_000} MB; the limit is {largest // 1_000_000} MB"
    if entry.file_size > _SUSPICIOUS_BYTES and entry.file_size > entry.compress_size * _SUSPICIOUS_RATIO:
        return "it unpacks to far more than a document holds"
    return None
