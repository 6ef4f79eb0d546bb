"""Bytes to text: what a file says of its encoding, else UTF-8, else the old encoding that fits best."""

import codecs
import re

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What offices in Canada and the US wrote before UTF-8: Windows, Macintosh, DOS.
_OLD = ("cp1252", "mac_roman", "cp850")
# Tried when the text is neither English nor French.
_OTHERS = ("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859_2", "koi8_r", "shift_jis", "gb18030",
           "big5", "euc_kr", "cp437")  # fmt: skip
_SAMPLE = 100_000
_LETTERS = re.compile(rb"[\x80-\xff]")
# Letters and marks of French and English: an encoding that yields others was not the one.
_EXPECTED = frozenset("àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛŒ’‘“”«»–—…•€°©®·½¼£§\u00a0ñáíóú")


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode text; `declared` is what the file itself says, which is believed when it fits."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    for name in ("utf-8", *([declared] if declared else [])):
        try:
            codec = codecs.lookup(name)
            # The web's oldest rule: who says Latin-1 means Windows-1252.
            wanted = "cp1252" if codec.name in ("iso8859-1", "ascii") else codec.name
            return data.decode(wanted)
        except (LookupError, UnicodeDecodeError):
            continue
    half = _without_mark(data)
    return half if half is not None else data.decode(_best_old(data), "replace")


def is_binary(data: bytes) -> bool:
    """Say whether bytes are no text in any encoding that is read here."""
    head = data[:8192]
    if any(head.startswith(mark) for mark, _ in _MARKS):
        return False
    return b"\x00" in head and _without_mark(head) is None


def _without_mark(data: bytes) -> str | None:
    """Decode UTF-16 without a mark, told by every other byte of Latin text being nought."""
    head = data[:2000]
    if len(head) < 4:
        return None
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        noughts = head[offset::2]
        if noughts.count(0) > 0.7 * len(noughts) and head[1 - offset :: 2].count(0) == 0:
            return data[: len(data) // 2 * 2].decode(encoding, "replace")
    return None


def _best_old(data: bytes) -> str:
    sample = data[:_SAMPLE]
    fitting = {encoding: _fit(sample, encoding) for encoding in _OLD}
    best = max(fitting, key=lambda encoding: fitting[encoding])
    if fitting[best] >= 0.8:
        return best
    # Neither English nor French: ask the one who knows the others.
    found = from_bytes(sample, cp_isolation=[*_OLD, *_OTHERS]).best()
    return found.encoding if found is not None else "cp1252"


def _fit(sample: bytes, encoding: str) -> float:
    """Return the share of the special bytes that are letters or marks one expects."""
    special = _LETTERS.findall(sample)
    expected = sum(byte.decode(encoding, "replace") in _EXPECTED for byte in special)
    return expected / max(1, len(special))
