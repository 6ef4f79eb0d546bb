"""What a file is, told by its content first and its name second: a wrong ending is a slip, not a reason to refuse."""

import re
import zipfile
from enum import StrEnum
from io import BytesIO
from pathlib import PurePosixPath

from knowledge_base.errors import ReadError


class Format(StrEnum):
    """The value is the name of the module that reads it."""

    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    PPTX = "pptx"
    PLAIN = "plain"


_SUFFIXES = {
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
    ".docm": Format.DOCX,
    ".pptx": Format.PPTX,
    ".pptm": Format.PPTX,
    ".ppsx": Format.PPTX,
    ".txt": Format.PLAIN,
    ".text": Format.PLAIN,
}
ARCHIVES = frozenset({".zip"})
SUFFIXES = frozenset(_SUFFIXES) | ARCHIVES

_HTML = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NO_READER = {
    "spreadsheet": "spreadsheets are not read; save what matters as a document or PDF",
    "open": "OpenDocument files are not read; save it as .docx or PDF",
    "book": "e-books are not read; save it as PDF",
    "rtf": "RTF files are not read; save it as .docx or PDF",
    "old": "files of old Office programs are not read; save it as .docx, .pptx or PDF",
    "archive": "an archive inside an archive is not opened; add its files by themselves",
}
_LOCKED = "the file is locked with a password; save it without one and add it again"


def format_of(name: str, data: bytes) -> Format:
    """Return what a file is; raise ReadError for one that no reader takes."""
    suffix = PurePosixPath(name).suffix.lower()
    wanted = _SUFFIXES.get(suffix)
    if not data:
        raise ReadError(name, None, "the file is empty")
    if data[:5] == b"%PDF-" or (wanted is Format.PDF and b"%PDF-" in data[:1024]):
        return Format.PDF
    if data.startswith(_ZIP):
        return _zipped(name, data, wanted)
    if data.startswith(_OLD_OFFICE):
        raise ReadError(name, None, _LOCKED if _ENCRYPTED in data else _NO_READER["old"])
    if data.startswith(b"{\\rtf"):
        raise ReadError(name, None, _NO_READER["rtf"])
    if _HTML.match(data[:4096]):
        return Format.HTML
    if wanted is None and suffix not in ARCHIVES:
        known = ", ".join(sorted(SUFFIXES))
        raise ReadError(
            name, None, f"files ending in {suffix or 'nothing'} can't be read; these can: {known}"
        )
    if wanted in (Format.PDF, Format.DOCX, Format.PPTX, None):
        called = {Format.PDF: "PDF", Format.DOCX: "Word", Format.PPTX: "PowerPoint"}.get(wanted, "zip")  # type: ignore[arg-type]  # None has no name
        raise ReadError(name, None, f"this is not a {called} file, whatever its name says")
    return Format(wanted)


def is_archive(data: bytes) -> bool:
    """Say whether a file is a zip of several documents, and none of the documents that are zips inside."""
    if not data.startswith(_ZIP):
        return False
    try:
        names = _names(data)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return "[Content_Types].xml" not in names and "mimetype" not in names


def _zipped(name: str, data: bytes, wanted: Format | None) -> Format:
    try:
        names = _names(data)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        # One that is cut short has lost its list of contents.
        raise ReadError(name, None, "the file is damaged or cut short") from error
    if "word/document.xml" in names or (
        wanted is Format.DOCX and any(one.startswith("word/") for one in names)
    ):
        return Format.DOCX
    if any(one.startswith("ppt/") for one in names):
        return Format.PPTX
    if any(one.startswith("xl/") for one in names):
        raise ReadError(name, None, _NO_READER["spreadsheet"])
    if "mimetype" in names:
        book = "META-INF/container.xml" in names
        raise ReadError(name, None, _NO_READER["book" if book else "open"])
    raise ReadError(name, None, _NO_READER["archive"])


def _names(data: bytes) -> frozenset[str]:
    with zipfile.ZipFile(BytesIO(data)) as opened:
        return frozenset(entry.filename.lstrip("/") for entry in opened.infolist())
