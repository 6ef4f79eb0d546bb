"""Header values as text: encoded words, addresses, Message-IDs, dates."""

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.channels.email.charsets import clean, decode

_ENCODED = re.compile(rb"=\?([!-)+->@-~]{1,60})(?:\*[!->@-~]{0,20})?\?([bBqQ])\?([^?\n]{0,20000})\?=")
_SPACES = re.compile(r"\s+")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,200}@[^\s@<>,;:\"()\\]{1,255}")
_MAX_ADDRESSES = 200
_MAX_ADDRESS_BYTES = 20_000
_MAX_REFERENCES = 50


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: `address` in lower case and with an @, `name` as shown."""

    address: str
    name: str = ""


def decode_words(value: bytes) -> str:
    """Return a raw header value as one line of text, its encoded words decoded. Never raises.

    Neighbouring words of one charset are joined before decoding: programs cut inside a character.
    """
    parts: list[str] = []
    pending, charset, position = bytearray(), "", 0
    for match in _ENCODED.finditer(value):
        between = value[position : match.start()]
        label = match[1].decode("ascii", "replace").lower()
        if (between.strip() or label != charset) and pending:
            parts.append(decode(bytes(pending), charset))
            pending.clear()
        if between.strip() or (between and not position):
            parts.append(decode(between, None))
        charset = label
        pending += _word(match[2], match[3])
        position = match.end()
    if pending:
        parts.append(decode(bytes(pending), charset))
    parts.append(decode(value[position:], None))
    return _SPACES.sub(" ", clean("".join(parts))).strip()


def _word(form: bytes, payload: bytes) -> bytes:
    if form in b"qQ":
        return binascii.a2b_qp(payload.replace(b" ", b"_"), header=True)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", payload)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def addresses(value: bytes) -> tuple[Address, ...]:
    """Return the mailboxes of an address header; groups are opened, comments and nonsense left out."""
    found: list[Address] = []
    for piece in _mailboxes(decode(value[:_MAX_ADDRESS_BYTES], None).replace("\n", " ")):
        address = _mailbox(piece)
        if address is not None:
            found.append(address)
        if len(found) == _MAX_ADDRESSES:
            break
    return tuple(found)


def _mailboxes(text: str) -> list[str]:
    """Cut at commas, semicolons and group names that stand outside quotes, comments and angles."""
    pieces: list[str] = []
    start, quoted, comment, angle, skip = 0, False, 0, False, False
    for position, letter in enumerate(text):
        if skip:
            skip = False
        elif letter == "\\" and (quoted or comment):
            skip = True
        elif letter == '"' and not comment:
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            comment += 1
        elif letter == ")":
            comment = max(0, comment - 1)
        elif comment:
            continue
        elif letter in "<>":
            angle = letter == "<"
        elif letter in ",;" and not angle:
            pieces.append(text[start:position])
            start = position + 1
        elif letter == ":" and not angle and "@" not in text[start:position]:
            start = position + 1
    pieces.append(text[start:])
    if (quoted or comment) and len(pieces) == 1 and text.count(",") < _MAX_ADDRESSES:
        return text.split(",")  # a quote that never closes hides nothing
    return pieces


def _mailbox(piece: str) -> Address | None:
    open_at, close_at = piece.rfind("<"), piece.rfind(">")
    if 0 <= open_at < close_at:
        inner, name = piece[open_at + 1 : close_at], piece[:open_at]
        inner = inner.rpartition(":")[2] if inner.startswith("@") else inner  # an old source route
    else:
        inner, name = _without_comments(piece)
    match = _ADDRESS.search(inner.replace('"', "").strip())
    if match is None:
        return None
    shown = decode_words(name.replace('\\"', "'").replace('"', "").encode("utf-8", "replace"))
    return Address(match[0].rstrip(".").lower(), shown[:200])


def _without_comments(text: str) -> tuple[str, str]:
    outside: list[str] = []
    inside: list[str] = []
    depth = 0
    for letter in text:
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth = max(0, depth - 1)
        else:
            (inside if depth else outside).append(letter)
    return "".join(outside), "".join(inside)


def message_ids(value: bytes) -> tuple[str, ...]:
    """Return the Message-IDs in a header, with their angle brackets, oldest first, each once.

    Of a very long chain the root and the newest are kept.
    """
    text = decode(value, None)
    found = list(dict.fromkeys(f"<{inner}>" for inner in _MESSAGE_ID.findall(text)))
    if not found and "<" not in text:  # some programs forget the brackets
        found = [f"<{word}>" for word in text.split()[:1] if "@" in word and len(word) < 900]
    return tuple(found if len(found) <= _MAX_REFERENCES else [found[0], *found[1 - _MAX_REFERENCES :]])


def date(value: bytes) -> datetime | None:
    """Return a Date header as aware UTC, or None when it says nothing usable."""
    try:
        stated = parsedate_to_datetime(decode(value[:200], None))
        return (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
