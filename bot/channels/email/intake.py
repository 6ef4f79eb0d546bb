"""Raw mail to the conversation, whatever brought it: the mailbox or a file."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path

import structlog

from bot.channels.email.inbound import to_inbound
from bot.channels.email.own import Signed
from bot.channels.email.parse import parse
from bot.channels.email.sender import SmtpSender
from bot.conversation import NotAccepted
from bot.messages import DeliveryError, Inbound
from escalation.tables import MessageKind

_REMEMBERED = 1_000
log = structlog.get_logger()


class Outcome(Enum):
    """What became of one mail. Only NOT_ACCEPTED must come again."""

    ACCEPTED = auto()
    OWN = auto()
    NOT_ACCEPTED = auto()


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a file's mails, counted."""

    accepted: int
    own: int
    not_accepted: int


class Intake:
    """Hand mails to the conversation, and say which may be acknowledged.

    `receive` is `conversation.receive` with its services bound: it returns once the message is on
    record, or raises NotAccepted. `sender` carries a safety text directly when nothing can be stored.
    """

    def __init__(
        self,
        receive: Callable[[Inbound], object],
        *,
        mailbox: str,
        authserv_id: str | None,
        signed: Signed,
        sender: SmtpSender | None,
    ) -> None:
        self._receive = receive
        self._mailbox = mailbox
        self._authserv_id = authserv_id
        self._signed = signed
        self._sender = sender
        self._told: OrderedDict[str, None] = OrderedDict()

    def take(self, raw: bytes, received_at: datetime) -> Outcome:
        """Put one mail on record. A mail that can't be stored yields NOT_ACCEPTED: bring it again."""
        email = parse(raw)
        inbound = to_inbound(
            email,
            mailbox=self._mailbox,
            received_at=received_at,
            authserv_id=self._authserv_id,
            vault_signed=self._signed,
        )
        if inbound is None:
            return Outcome.OWN
        try:
            self._receive(inbound)
        except NotAccepted as refusal:
            log.warning("mail not accepted", action="email.not_accepted", kind=inbound.kind)
            self._tell(inbound, refusal)
            return Outcome.NOT_ACCEPTED
        if email.kind is not MessageKind.MESSAGE:
            log.info(
                "machine mail",
                action="email.machine",
                kind=email.kind,
                sign=email.kind_reason,
            )
        return Outcome.ACCEPTED

    def ingest(self, raw: bytes, received_at: datetime) -> Ingested:
        """Put the mail, or all mails of an mbox, on record."""
        outcomes = [self.take(one, received_at) for one in mails_in(raw)]
        return Ingested(
            accepted=outcomes.count(Outcome.ACCEPTED),
            own=outcomes.count(Outcome.OWN),
            not_accepted=outcomes.count(Outcome.NOT_ACCEPTED),
        )

    def ingest_file(self, path: Path, received_at: datetime) -> Ingested:
        """Put the mails of a file on record; raise OSError when it can't be read."""
        return self.ingest(path.read_bytes(), received_at)

    def _tell(self, inbound: Inbound, refusal: NotAccepted) -> None:
        if not refusal.safety_text or self._sender is None or inbound.kind is not MessageKind.MESSAGE:
            return
        key = hashlib.sha256(inbound.key.encode()).hexdigest()[:32]
        if key in self._told:
            return
        try:
            self._sender.send_safety(
                key=key,
                to=inbound.thread.address,
                text=refusal.safety_text,
                language=refusal.language,
                reply_to=inbound.external_id,
            )
        except DeliveryError as error:
            log.error(
                "safety text not sent",
                action="email.safety_failed",
                reason=error.reason,
            )
            return
        self._told[key] = None
        if len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)


def mails_in(raw: bytes) -> Iterator[bytes]:
    """Yield the mails of an mbox, or the one mail that the bytes are."""
    if not raw.startswith(b"From "):
        yield raw
        return
    text = raw.replace(b"\r\n", b"\n")
    start = 0
    while start >= 0:
        following = text.find(b"\n\nFrom ", start)
        end = following + 1 if following >= 0 else len(text)
        head, _, mail = text[start:end].partition(b"\n")
        if head.startswith(b"From ") and mail.strip():
            yield mail.replace(b"\n>From ", b"\nFrom ")
        start = following + 2 if following >= 0 else -1
