"""One Outbound as the bytes of a mail: pure, and no value of it can add a header."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING

from bot.channels.email import own
from bot.channels.email.address import Destination
from bot.channels.email.own import Sign
from bot.messages import Outbound

TO_EXPERTS = frozenset({"ticket_card", "ticket_update", "reminder", "escalation", "page"})
_LONGEST_SUBJECT = 250
_LONGEST_CHAIN = 20
_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,600}>")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_REPLY = re.compile(r"\s{0,5}(?:re|r\u00e9|r\u00e9p)\s{0,3}:", re.IGNORECASE)
# Legacy headers are never turned into encoded words, and a Message-ID stays on the line of its name: some
# servers lose one that is folded. Subject and References are folded here.
_POLICY = compat32.clone(linesep="\r\n", mangle_from_=False, max_line_length=998)

if TYPE_CHECKING:  # generic for the type checker alone
    _Mail = Message[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk as its mail names it. `sign` is None while the master key is missing."""

    address: str
    name: str
    sign: Sign | None

    @property
    def domain(self) -> str:
        """Return the domain of the desk's Message-IDs."""
        return self.address.rpartition("@")[2]


def message_id(message: Outbound, desk: Desk) -> str:
    """Return the Message-ID of an outbox row: the same however often it is sent."""
    row = re.sub(r"[^A-Za-z0-9-]", "-", message.row_id)[:64]
    return own.message_id(row, desk.domain, desk.sign) if desk.sign else f"<{row}@{desk.domain}>"


def compose(message: Outbound, to: Destination, desk: Desk, now: datetime) -> bytes:
    """Return the mail, ready for SMTP: plain text, and HTML beside it when the message has some."""
    plain = _part(message.text, "plain")
    mail = plain
    if message.html:
        mail = _new("multipart/alternative")
        mail.attach(plain)
        mail.attach(_part(_document(message), "html"))
    identifier = message_id(message, desk)
    mail["From"] = formataddr((_one_line(desk.name), desk.address))
    mail["To"] = to.to
    mail["Subject"] = _header(_subject(message, to))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = identifier
    _thread(mail, message)
    if message.kind in TO_EXPERTS and message.ticket_id is not None and desk.sign:
        mail["Reply-To"] = own.ticket_address(desk.address, message.ticket_id, desk.sign)
    if message.automatic:
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    if desk.sign:
        mail[own.INSTANCE_HEADER] = own.instance(identifier, desk.sign)
    if re.fullmatch(r"[a-z]{2,3}", message.language):
        mail["Content-Language"] = message.language
    return mail.as_bytes(policy=_POLICY)


def _part(text: str, subtype: str) -> "_Mail":
    charset = Charset("utf-8")
    charset.body_encoding = QP  # readable in transit, and no line is too long
    part = _new(f"text/{subtype}")
    part.set_payload(_lines(text), charset)
    return part


def _new(media_type: str) -> "_Mail":
    part: _Mail = Message(policy=_POLICY)
    part["MIME-Version"] = "1.0"
    part["Content-Type"] = media_type
    return part


def _thread(mail: "_Mail", message: Outbound) -> None:
    chain = [word for word in dict.fromkeys(message.references) if _is_id(word)]
    if message.reply_to and _is_id(message.reply_to):
        mail["In-Reply-To"] = message.reply_to
        chain = [word for word in chain if word != message.reply_to] + [message.reply_to]
    if len(chain) > _LONGEST_CHAIN:
        chain = [chain[0], *chain[1 - _LONGEST_CHAIN :]]
    if chain:
        mail["References"] = "\n ".join(chain)


def _is_id(word: str) -> bool:
    # The desk's stand-ins for a missing or endless Message-ID mean nothing to anybody else.
    return _ID.fullmatch(word) is not None and not word.endswith(own.STAND_IN)


def _subject(message: Outbound, to: Destination) -> str:
    if message.subject and _one_line(message.subject):
        return _one_line(message.subject)[:_LONGEST_SUBJECT]
    thread = _one_line(to.subject)[:_LONGEST_SUBJECT]
    if not thread:
        return "R\u00e9ponse" if message.language == "fr" else "Reply"
    return thread if _REPLY.match(thread) else f"Re: {thread}"


def _header(text: str) -> str:
    # An ASCII subject that looks like an encoded word would be read as one.
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, header_name="Subject").encode()


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text.encode("utf-8", "replace").decode("utf-8")).strip()


def _lines(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def _document(message: Outbound) -> str:
    body = message.html or ""
    if "<html" in body[:500].lower():
        return body
    language = message.language if re.fullmatch(r"[a-z]{2,3}", message.language) else "en"
    return f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"></head>\n<body>\n{body}\n</body></html>\n'
