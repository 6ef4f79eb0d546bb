"""Bytes of a stated, misstated or unstated charset, as clean text."""

import codecs
import re

from charset_normalizer import from_bytes

_LABEL = re.compile(r"[a-z0-9._:+-]{1,40}")
_GUESS_SAMPLE = 4096
# What a mail says and what its sender's program really wrote.
_MEANT = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "x-mac-roman": "mac_roman",
    "ansi": "cp1252",
    "cp-850": "cp850",
    "windows-874": "cp874",
}
# These decode, but into something else, or in quadratic time.
_NOT_FOR_MAIL = frozenset(
    {
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "mbcs",
        "oem",
    }
)
_WESTERN = ("cp1252", "mac_roman", "cp850")
_COMMON = frozenset("éèêàçùâîôûëïœ«»’“”–—…\u00a0")
_RARE = frozenset("äöüÿæÉÈÊËÀÂÄÇÎÏÔÖÛÙÜŒÆñÑáíóúÁÍÓÚ‘°€·•")
_UNPRINTABLE = dict.fromkeys((*range(9), 11, *range(14, 32), 127, 65279)) | {12: "\n"}


def decode(data: bytes, label: str | None) -> str:
    """Return `data` as text, whatever the label says or leaves out. Never raises."""
    return clean(_decode(data, (label or "").strip().strip("\"'").lower()))


def clean(text: str) -> str:
    """Return `text` with line ends as \\n and without control characters or lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNPRINTABLE)
    return text.encode("utf-8", "replace").decode("utf-8")


def _decode(data: bytes, label: str) -> str:
    if (
        data.isascii()
        and b"\x1b" not in data
        and not label.startswith(("utf-16", "utf-32", "utf-7", "unicode"))
    ):
        return data.decode("ascii")
    codec = _codec(_MEANT.get(label, label))
    # Text that is valid UTF-8 and not ASCII is UTF-8, whatever a Western label claims.
    for candidate in ("utf-8", codec) if codec in {None, "cp1252", "utf-8"} else (codec, "utf-8"):
        if candidate is None:
            continue
        try:
            return data.decode(candidate)
        except (UnicodeError, ValueError):
            continue
    if codec is not None and codec != "utf-8":
        return data.decode(codec, "replace")
    if label in {"utf-8", "utf8"}:
        text = data.decode("utf-8", "replace")
        broken = text.count("\ufffd")
        if broken <= sum(letter > "\x7f" for letter in text) - broken:
            return text
    return _guess(data)


def _codec(label: str) -> str | None:
    if not _LABEL.fullmatch(label):
        return None
    try:
        name = codecs.lookup(label).name
        b"aa".decode(name, "replace")  # refuses codecs that make bytes of bytes
    except (LookupError, ValueError):
        return None
    if name.replace("-", "_") in _NOT_FOR_MAIL:
        return None
    return "cp1252" if name == "iso8859-1" else name


def _guess(data: bytes) -> str:
    high = bytes(byte for byte in data[:65536] if byte > 0x7F)
    best, share = "cp1252", 0.0
    for name in _WESTERN:
        letters = high.decode(name, "replace")
        points = sum((letter in _COMMON) + 0.5 * (letter in _RARE) for letter in letters)
        found = points / max(1, len(letters))
        if found > share:
            best, share = name, found
    if share < 0.7:
        match = from_bytes(data[:_GUESS_SAMPLE]).best()
        if match is not None:
            best = match.encoding
    return data.decode(best, "replace")
