"""Cut a mail into its parts: own, iterative and linear, because hostile mail breaks the general parsers.

The standard library recurses once per nested part and spends quadratic time on a header of a million
semicolons. Here each line is looked at a bounded number of times, whatever the bytes are.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from bot.channels.email.charsets import decode
from bot.channels.email.words import decode_words

MAX_BYTES = 60_000_000
MAX_DEPTH = 20
MAX_PARTS = 500
_MAX_HEADERS = 1_000
_MAX_HEADER = 65_536
_MAX_PARAMETERS = 8_192
_NAME = re.compile(rb"[!-9;-~]{1,200}")
_HEADER_END = re.compile(rb"\r?\n\r?\n|\r\r")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,90}/[a-z0-9!#$&^_.+-]{1,100}")


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME entity. `headers` are raw, unfolded, in their order; `body` is still encoded."""

    headers: tuple[tuple[str, bytes], ...]
    media_type: str
    parameters: dict[str, str]
    disposition: str
    filename: str | None
    body: bytes
    children: tuple["Part", ...] = field(default=())

    def all(self, name: str) -> list[bytes]:
        """Return the raw values of every header of that (lower-case) name, topmost first."""
        return [value for key, value in self.headers if key == name]

    def text_of(self, name: str) -> str:
        """Return the first header of that name as decoded text, empty when there is none."""
        return next((decode_words(value) for value in self.all(name)), "")

    @property
    def is_attachment(self) -> bool:
        """Tell whether the part is a file beside the letter, not the letter itself."""
        return self.disposition == "attachment" or (
            self.filename is not None
            and not (self.disposition == "inline" and self.media_type == "text/plain")
        )

    def content(self) -> bytes:
        """Return the body with its transfer encoding undone; a broken encoding gives what can be had."""
        raw = self.all("content-transfer-encoding")
        encoding = raw[0].strip().lower() if raw else b""
        if encoding == b"base64":
            return _base64(self.body)
        if encoding == b"quoted-printable":
            return binascii.a2b_qp(self.body)
        if encoding in {b"x-uuencode", b"uuencode", b"x-uue", b"uue"}:
            return _uuencoded(self.body)
        return self.body

    def decoded(self) -> str:
        """Return the part's text in its charset, or the nearest that fits."""
        return decode(self.content(), self.parameters.get("charset"))

    def walk(self) -> Iterator["Part"]:
        """Yield this part and all below it, in the order of the mail."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


def read(raw: bytes) -> Part:
    """Return the tree of parts. Never raises; what is beyond a limit stays text of the part it is in."""
    if raw.startswith((b"From ", b">From ")):  # an mbox separator in front of the headers
        raw = raw.partition(b"\n")[2]
    budget = [MAX_PARTS]
    return _entity(raw[:MAX_BYTES], "text/plain", MAX_DEPTH, budget)


def _entity(raw: bytes, default_type: str, depth: int, budget: list[int]) -> Part:
    headers, body = _split(raw)
    content_type = _first(headers, "content-type")
    media_type, parameters = _parameterised(content_type, default_type)
    if not _TYPE.fullmatch(media_type):
        media_type = default_type
    disposition, named = _parameterised(_first(headers, "content-disposition"), "")
    children: tuple[Part, ...] = ()
    boundary = parameters.get("boundary", "").rstrip()
    if media_type.startswith("multipart/") and boundary and depth:
        inner = "message/rfc822" if media_type == "multipart/digest" else "text/plain"
        pieces = _pieces(body, boundary.encode("utf-8", "replace"), budget)
        children = tuple(_entity(piece, inner, depth - 1, budget) for piece in pieces)
    if media_type.startswith("multipart/") and not children:
        # No boundary, none of it found, or too deep: the words are still there, so show them.
        media_type, parameters = "text/plain", {}
    return Part(
        headers,
        media_type,
        parameters,
        disposition,
        named.get("filename") or parameters.get("name"),
        body,
        children,
    )


def _split(raw: bytes) -> tuple[tuple[tuple[str, bytes], ...], bytes]:
    """Return the headers and the body. A first line that is no header begins the body."""
    if raw.startswith((b"\n", b"\r\n")):
        return (), raw.partition(b"\n")[2]
    end = _HEADER_END.search(raw)
    head, body = (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")
    headers: list[tuple[str, bytearray]] = []
    lines = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for number, line in enumerate(lines):
        if line[:1] in {b" ", b"\t"} and headers:
            if len(headers[-1][1]) < _MAX_HEADER:
                headers[-1][1].extend(b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        if colon and _NAME.fullmatch(name.rstrip()):
            if len(headers) < _MAX_HEADERS:
                headers.append(
                    (
                        name.rstrip().decode("ascii").lower(),
                        bytearray(value.strip()[:_MAX_HEADER]),
                    )
                )
        elif line.strip() and not headers:
            return (), raw
        elif line.strip() and not line.startswith((b"From ", b">From ")):
            body = b"\n".join(lines[number:]) + (b"\n\n" + body if end else b"")
            break
    return tuple((name, bytes(value[:_MAX_HEADER])) for name, value in headers), body


def _pieces(body: bytes, boundary: bytes, budget: list[int]) -> list[bytes]:
    delimiter = b"--" + boundary
    pieces: list[bytes] = []
    begin: int | None = None
    at = 0 if body.startswith(delimiter) else _next(body, delimiter, 0)
    while at >= 0:
        if begin is not None:
            end = at - 1 if body[at - 1 : at] == b"\n" else at
            pieces.append(body[begin : end - 1 if body[end - 1 : end] == b"\r" else end])
            budget[0] -= 1
        line_end = body.find(b"\n", at)
        rest = body[at + len(delimiter) : line_end if line_end >= 0 else len(body)]
        if rest.startswith(b"--") or line_end < 0:
            begin = None
            break
        if budget[0] <= 0:
            begin = at
            break
        if not rest.strip():  # otherwise it is the line of a longer boundary
            begin = line_end + 1
        elif begin is not None:
            pieces.pop()
            budget[0] += 1
        at = _next(body, delimiter, line_end)
    if begin is not None:  # cut off before its end
        pieces.append(body[begin:])
    return pieces


def _next(body: bytes, delimiter: bytes, start: int) -> int:
    found = body.find(b"\n" + delimiter, start)
    return found + 1 if found >= 0 else -1


def _first(headers: tuple[tuple[str, bytes], ...], name: str) -> bytes:
    return next((value for key, value in headers if key == name), b"")


def _parameterised(value: bytes, default: str) -> tuple[str, dict[str, str]]:
    """Return the token and the parameters of a header such as Content-Type, RFC 2231 forms undone."""
    text = decode(value[:_MAX_PARAMETERS], None)
    fields = split_outside_quotes(text, ";")
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[str, bool]]] = {}
    for item in fields[1:60]:
        name, equals, content = item.partition("=")
        name, content = name.strip().lower(), unquote(content.strip())
        if not equals or not name:
            continue
        base, star, index = name.partition("*")
        if not star:
            plain.setdefault(name, decode_words(content.encode("utf-8", "replace")))
            continue
        encoded = index.endswith("*") or index == ""
        number = index.rstrip("*")
        if number.isascii() and (number.isdigit() or not number):
            extended.setdefault(base, {})[int(number[:4] or 0)] = (content, encoded)
    for base, chunks in extended.items():
        plain[base] = _rfc2231(chunks)
    return fields[0].strip().lower() or default, plain


def _rfc2231(chunks: dict[int, tuple[str, bool]]) -> str:
    charset: str | None = None
    collected = bytearray()
    for number in sorted(chunks):
        content, encoded = chunks[number]
        if encoded and not collected and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        collected += unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace")
    return decode(bytes(collected), charset or "utf-8")


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """Return `text` cut at each separator that stands outside a quoted string."""
    fields: list[str] = []
    start, quoted, escaped = 0, False, False
    for position, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\\" and quoted:
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif letter == separator and not quoted:
            fields.append(text[start:position])
            start = position + 1
    fields.append(text[start:])
    return fields


def unquote(text: str) -> str:
    """Return a quoted string's content, or the text itself when it is not quoted."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text.strip('"')


def _base64(body: bytes) -> bytes:
    letters = bytearray()
    after_gap = False
    for line in body.split(b"\n"):
        bare = line.strip()
        # Lists add a footer in plain words, behind the padding or an empty line: that is not ours to decode.
        if after_gap and bare and not _BASE64_LINE.fullmatch(bare):
            break
        after_gap = not bare and bool(letters)
        content, padding, _rest = bare.partition(b"=")
        letters += _NOT_BASE64.sub(b"", content)
        if padding:
            break
    return binascii.a2b_base64(bytes(letters[: len(letters) // 4 * 4]) + _tail(letters))


def _tail(letters: bytearray) -> bytes:
    rest = bytes(letters[len(letters) // 4 * 4 :])
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _uuencoded(body: bytes) -> bytes:
    collected = bytearray()
    inside = False
    for line in body.splitlines():
        if not inside:
            inside = line.startswith(b"begin ")
        elif line.strip() == b"end":
            break
        else:
            try:
                collected += binascii.a2b_uu(line)
            except binascii.Error:
                continue
    return bytes(collected) if inside else body
