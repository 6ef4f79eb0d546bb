"""SMTP out: one connection per mail, and every refusal named transient or permanent."""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from datetime import datetime

from bot.channels.email import own
from bot.channels.email.address import Destination, read_destination
from bot.channels.email.compose import Desk, compose, message_id
from bot.channels.email.own import Sign
from bot.messages import DeliveryError, Outbound, Receipt
from bot.settings import LOOPBACK, Settings
from escalation.tables import ChannelName

TIMEOUT_SECONDS = 15.0
_ENHANCED = re.compile(rb"\b([245]\.\d{1,3}\.\d{1,3})\b")
_PERMANENT = 500


class SmtpSender:
    """The mail channel's way out (a `Sender`).

    `clock` dates the mails; `sign` is the vault's, or None while the master key is missing (safety
    replies still go out). `tls` replaces the system's certificate store.
    """

    def __init__(
        self,
        settings: Settings,
        sign: Sign | None,
        *,
        clock: Callable[[], datetime],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._tls = tls
        self._desk = Desk(settings.email_address or "", settings.hub_name, sign)

    def send(self, message: Outbound) -> Receipt:
        """Carry one message, or raise DeliveryError. The receipt's id is the mail's Message-ID."""
        to = read_destination(message.address)
        if to is None:
            raise DeliveryError("there is no mail address to send to", permanent=True)
        to = Destination(_to_ascii(to.to), to.subject)
        mail = compose(message, to, self._desk, self._clock())
        with _named_refusals(), self._connected() as server:
            self._hand_over(server, message.row_id, to.to, mail)
        return Receipt(message_id(message, self._desk))

    def send_safety(self, *, key: str, to: str, text: str, language: str, reply_to: str | None) -> Receipt:
        """Send a safety text at once, past the outbox; `key` makes its Message-ID the same each time."""
        return self.send(
            Outbound(
                row_id=f"safety-{key}",
                channel=ChannelName.EMAIL,
                address=to,
                kind="safety",
                language=language,
                text=text,
                reply_to=reply_to,
            )
        )

    def check(self) -> None:
        """Connect and sign in without sending, or raise DeliveryError with what is wrong."""
        with _named_refusals(), self._connected() as server:
            server.noop()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        settings = self._settings
        host, security = settings.smtp_host or "", settings.smtp_security
        if security == "none" and host not in LOOPBACK:
            raise DeliveryError("SMTP_SECURITY=none is for a server on this machine only")
        tls = self._tls or ssl.create_default_context()
        # Naming ourselves saves smtplib a reverse look-up that can take longer than the time limit.
        name = self._desk.domain
        server: smtplib.SMTP
        if security == "tls":
            server = smtplib.SMTP_SSL(host, settings.smtp_port, name, timeout=TIMEOUT_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(host, settings.smtp_port, name, timeout=TIMEOUT_SECONDS)
        try:
            if security == "starttls":
                server.starttls(context=tls)
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            yield server
            # The mail is taken by now: a line that drops at the farewell changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()

    def _hand_over(self, server: smtplib.SMTP, row_id: str, to: str, mail: bytes) -> None:
        plain = self._desk.address
        tagged = own.return_address(plain, row_id)
        try:
            server.sendmail(tagged, [to], mail)
        except smtplib.SMTPSenderRefused as error:
            # Some hosts let an account send under its bare address only.
            if error.smtp_code < _PERMANENT or tagged == plain:
                raise
            server.sendmail(plain, [to], mail)


@contextlib.contextmanager
def _named_refusals() -> Iterator[None]:
    """Turn what SMTP raises into a DeliveryError that says whether to try again. No reason quotes the server."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()), (450, b""))
        raise _refusal("recipient", code, answer) from None
    except smtplib.SMTPSenderRefused as error:
        raise _refusal("sender", error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPDataError as error:
        raise _refusal("message", error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPAuthenticationError as error:
        # A wrong password is the desk's fault, not the message's: keep the message.
        raise DeliveryError(f"the mail server refused the sign-in ({error.smtp_code})") from None
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(f"the mail server is not ready ({error.smtp_code})") from None
    except smtplib.SMTPNotSupportedError:
        raise DeliveryError(
            "the mail server does not offer what SMTP_SECURITY and SMTP_USER ask for"
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"the mail server can't be reached ({type(error).__name__})") from None


def _refusal(what: str, code: int, answer: bytes | str) -> DeliveryError:
    text = answer if isinstance(answer, bytes) else answer.encode("ascii", "replace")
    enhanced = _ENHANCED.search(text[:200])
    detail = f"{code} {enhanced[1].decode('ascii')}" if enhanced else str(code)
    return DeliveryError(f"the mail server refused the {what} ({detail})", permanent=code >= _PERMANENT)


def _to_ascii(address: str) -> str:
    local, _, domain = address.rpartition("@")
    try:
        local.encode("ascii")
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise DeliveryError(
            "the mail address has letters that mail servers can't carry", permanent=True
        ) from None
