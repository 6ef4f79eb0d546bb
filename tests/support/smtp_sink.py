"""A mail server that keeps what it is given and can be told to refuse, stall or hang up."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

DROP = "drop"


@dataclass(frozen=True, slots=True)
class Caught:
    """One mail: its envelope and its bytes."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """Return the mail, parsed by the standard library (not by the code under test)."""
        return message_from_bytes(self.raw, policy=policy.default)

    def body(self, subtype: str = "plain") -> str:
        """Return the text of its plain or HTML form."""
        part = self.mail.get_body((subtype,))
        return str(part.get_content()) if part is not None else ""


@dataclass(slots=True)
class SmtpSink:
    """What arrived, and how to behave.

    `on_sender`, `on_recipient` and `on_data` are answers such as "451 4.3.0 busy"; DROP closes the line;
    empty means take it. Each holds until it is changed.
    """

    port: int = 0
    caught: list[Caught] = field(default_factory=list)
    on_sender: str = ""
    on_recipient: str = ""
    on_data: str = ""
    refuse_tagged_senders: bool = False

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take the envelope's sender, or not."""
        if self.refuse_tagged_senders and "+" in address:
            return "550 5.7.60 not allowed to send as this sender"
        if self.on_sender:
            return self._answer(server, self.on_sender)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take a recipient, or not."""
        if self.on_recipient:
            return self._answer(server, self.on_recipient)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the mail, or refuse it."""
        if self.on_data:
            return self._answer(server, self.on_data)
        self.caught.append(
            Caught(envelope.mail_from or "", tuple(envelope.rcpt_tos), bytes(envelope.content))
        )
        return "250 OK"

    def _answer(self, server: Any, answer: str) -> str:
        if answer == DROP:
            server.transport.abort()
            return "421 closing"
        return answer


@contextmanager
def smtp_sink() -> Iterator[SmtpSink]:
    """Run a sink on a free port of this machine; `port` says which."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        sink = SmtpSink(port=free.getsockname()[1])
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, ready_timeout=10)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
