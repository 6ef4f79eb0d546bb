"""Bytes of one mail to `InboundEmail`: pure, and it never raises, whatever the bytes are."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.email import kinds, own
from bot.channels.email.letter import Letter, MailFile, files, letter
from bot.channels.email.mime import Part, read
from bot.channels.email.words import Address, addresses, date, message_ids
from escalation.tables import MessageKind

_MAX_ID = 400
_MAX_SUBJECT = 1_000
_MAX_RESULTS = 20
_DELIVERED = (
    "to",
    "cc",
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "apparently-to",
)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})?")


@dataclass(frozen=True, slots=True)
class InboundEmail:
    """One mail, read.

    Addresses are in lower case. `from_count` counts the addresses of every From header: more than one
    proves nothing about who wrote. `text` is what the writer newly wrote, `full_text` all of it.
    `references` and `in_reply_to` are Message-IDs with their angle brackets, oldest first, capped at 50.
    `tags` are (address, plus-tag) of every recipient. `fingerprint` is a hash of sender, date and body,
    the same for the same mail however its lines end. `instance` is the desk's own header, unchecked.
    """

    message_id: str | None
    date: datetime | None
    from_address: str
    from_name: str
    from_count: int
    to: tuple[str, ...]
    cc: tuple[str, ...]
    reply_to: tuple[str, ...]
    subject: str
    text: str = field(repr=False)
    full_text: str = field(repr=False)
    html_had_text: bool
    forwarded: bool
    language_hints: tuple[str, ...]
    in_reply_to: str | None
    references: tuple[str, ...]
    kind: MessageKind
    kind_reason: str
    attachments: tuple[MailFile, ...]
    authentication_results: tuple[str, ...]
    recipients: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    fingerprint: str
    instance: str | None
    raw: bytes = field(repr=False)

    @property
    def plus_tag(self) -> str | None:
        """Return the first plus-tag among the recipients, or None."""
        return self.tags[0][1] if self.tags else None


def parse(raw: bytes) -> InboundEmail:
    """Return what the bytes of one mail say. Any bytes do; time is linear in their number."""
    root = read(raw)
    senders = _addresses(root, "from")
    sender = _sender(root, senders)
    subject = root.text_of("subject")[:_MAX_SUBJECT]
    words = letter(root, subject)
    attached = files(root)
    references, in_reply_to = _ancestors(root)
    recipients = tuple(
        dict.fromkeys(found.address for name in _DELIVERED for found in _addresses(root, name))
    )
    tags = tuple((base, tag) for base, tag in map(own.split_tag, recipients) if tag)
    kind, reason = kinds.kind_of(
        root,
        _facts(
            sender, subject, words, attached=attached, is_reply=bool(references or in_reply_to), tags=tags
        ),
    )
    if kind is MessageKind.BOUNCE and in_reply_to is None:
        in_reply_to = _bounced(root)
    return InboundEmail(
        message_id=_own_id(root),
        date=next((date(value) for value in root.all("date")), None),
        from_address=sender.address,
        from_name=sender.name,
        from_count=max(len(senders), len(root.all("from"))),
        to=tuple(found.address for found in _addresses(root, "to")),
        cc=tuple(found.address for found in _addresses(root, "cc")),
        reply_to=tuple(found.address for found in _addresses(root, "reply-to")),
        subject=subject,
        text=words.text,
        full_text=words.full_text,
        html_had_text=words.html_had_text,
        forwarded=words.forwarded,
        language_hints=_languages(root),
        in_reply_to=in_reply_to,
        references=references,
        kind=kind,
        kind_reason=reason,
        attachments=attached,
        authentication_results=tuple(
            value.decode("ascii", "replace") for value in root.all("authentication-results")[:_MAX_RESULTS]
        ),
        recipients=recipients,
        tags=tags,
        fingerprint=_fingerprint(root, raw),
        instance=root.text_of(own.INSTANCE_HEADER.lower()) or None,
        raw=raw,
    )


def _facts(
    sender: Address,
    subject: str,
    words: Letter,
    *,
    attached: tuple[MailFile, ...],
    is_reply: bool,
    tags: tuple[tuple[str, str], ...],
) -> kinds.Facts:
    return kinds.Facts(
        from_address=sender.address,
        from_name=sender.name,
        subject=subject,
        text=words.text,
        file_names=tuple(file.name for file in attached),
        is_reply=is_reply,
        bounce_address=any(own.is_bounce_tag(tag) for _base, tag in tags),
    )


def _addresses(root: Part, name: str) -> tuple[Address, ...]:
    return tuple(found for value in root.all(name)[:20] for found in addresses(value))


def _sender(root: Part, senders: tuple[Address, ...]) -> Address:
    if senders:
        return senders[0]
    others = (found for name in ("sender", "reply-to", "return-path") for found in _addresses(root, name))
    return next(others, Address(""))


def _own_id(root: Part) -> str | None:
    found = next(
        (ids[0] for value in root.all("message-id") if (ids := message_ids(value))),
        None,
    )
    return _short(found) if found else None


def _ancestors(root: Part) -> tuple[tuple[str, ...], str | None]:
    references = next((ids for value in root.all("references") if (ids := message_ids(value))), ())
    parents = next((ids for value in root.all("in-reply-to") if (ids := message_ids(value))), ())
    return tuple(map(_short, references)), _short(parents[0]) if parents else None


def _short(message_id: str) -> str:
    """Return the id, or for one longer than a key may be, a hash of it in the form of an id."""
    if len(message_id) <= _MAX_ID:
        return message_id
    return f"<{hashlib.sha256(message_id.encode()).hexdigest()}{own.STAND_IN}"


def _bounced(root: Part) -> str | None:
    """Return the Message-ID of the mail that came back, when the bounce carries it or its headers."""
    for part in root.walk():
        if part.media_type in {
            "message/rfc822",
            "text/rfc822-headers",
            "message/rfc822-headers",
        }:
            inner = read(part.content()[:200_000].lstrip(b"\r\n") + b"\n\n")
            if found := _own_id(inner):
                return found
    return None


def _languages(root: Part) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("content-language", "accept-language", "x-accept-language"):
        for word in root.text_of(name)[:200].lower().split(","):
            match = _LANGUAGE.fullmatch(word.split(";")[0].strip())
            if match:
                found.append(match[1])
    return tuple(dict.fromkeys(found))


def _fingerprint(root: Part, raw: bytes) -> str:
    digest = hashlib.sha256()
    for name in ("from", "date"):
        for value in root.all(name):
            digest.update(b" ".join(value.split()) + b"\0")
    digest.update(b"\0")
    body = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").partition(b"\n\n")[2]
    digest.update(body.rstrip())
    return digest.hexdigest()
