"""IMAP in: new mail by UID, flagged seen only once it is on record."""

import imaplib
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import structlog
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.email.cursor import Cursor, CursorStore
from bot.channels.email.intake import Intake, Outcome
from bot.settings import LOOPBACK, Settings

if TYPE_CHECKING:
    from io import BufferedReader

TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 15.0
IDLE_SECONDS = 30
_LARGEST = 60_000_000
_LOOK_BACK = timedelta(days=3)
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0
_MONTHS = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{1,60})"')
log = structlog.get_logger()

# What a broken or refused connection raises; anything else is a fault of ours.
CONNECTION_FAULTS = (OSError, imaplib.IMAP4.error, ImapToolsError)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail of the folder, untouched, and when the host received it."""

    uid: int
    raw: bytes
    received_at: datetime


class Mailbox:
    """One open connection to the desk's folder. Use it as a context manager; it is for one thread.

    `tls` replaces the system's certificate store. Raises one of CONNECTION_FAULTS when the server
    can't be reached, refuses the sign-in, or goes away.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._clock = clock
        self._folder = settings.imap_folder
        self._box = _connect(settings, tls or ssl.create_default_context())
        try:
            self._can_idle = self._sign_in(settings)
        except BaseException:  # an interrupt too: no open connection stays behind
            self._box.client.shutdown()
            raise
        self._validity = 0
        self._done: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._box.logout()
        except CONNECTION_FAULTS:
            self._box.client.shutdown()

    def fetch_new(self, cursor: Cursor) -> Iterator[Fetched]:
        """Yield mails the cursor has not passed, oldest first, without marking them.

        In a folder seen for the first time these are the unseen ones. When the server has renumbered the
        folder, they are the unseen ones and all of the last three days: the message key stops a second
        answer to what was read before.
        """
        for uid in self._new_uids(cursor):
            if uid in self._done:
                continue
            fetched = self._fetch(uid)
            if fetched is not None:
                yield fetched

    def uid_validity(self) -> int:
        """Return the server's number for the folder's present numbering."""
        validity = self._box.folder.status(self._folder, ["UIDVALIDITY"])["UIDVALIDITY"]
        if validity != self._validity:
            self._validity = validity
            self._done.clear()
        return validity

    def last_uid(self) -> int:
        """Return the UID of the last mail in the folder, zero when it is empty."""
        # Not UIDNEXT: it may count a mail that this connection's searches do not see yet.
        return max(map(int, self._box.uids("UID *", charset=None)), default=0)

    def mark_seen(self, uid: int) -> None:
        """Flag a mail seen. Nothing is ever expunged: the folder is the city's."""
        self._done.add(uid)
        self._box.client.uid("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)")

    def wait(self, stop: threading.Event) -> None:
        """Return when there may be new mail, or it is time to look; at once when told to stop."""
        if not self._can_idle:
            stop.wait(POLL_SECONDS)
            return
        with self._box.idle as idle:
            for _second in range(IDLE_SECONDS):
                if stop.is_set() or self._has_read_ahead() or idle.poll(timeout=1):
                    break
        # A dropped line looks like a quiet one in IDLE: a real command tells them apart.
        self._box.client.noop()

    def _sign_in(self, settings: Settings) -> bool:
        """Sign in and open the folder; tell whether the server can wait for mail with us."""
        user = settings.imap_user or ""
        password = settings.imap_password.get_secret_value() if settings.imap_password else ""
        plain = user.isascii() and password.isascii()
        (self._box.login if plain else self._box.login_utf8)(user, password, self._folder)
        _typ, answer = self._box.client.capability()
        return b"IDLE" in b" ".join(line for line in answer if line).upper().split()

    def _has_read_ahead(self) -> bool:
        """Tell whether the server's next words came in one packet with its last: the socket then stays quiet."""
        sock, before = self._box.client.sock, self._box.client.sock.gettimeout()
        sock.settimeout(0)
        try:
            return bool(cast("BufferedReader", self._box.client.file).peek(1))
        except OSError:
            return False
        finally:
            sock.settimeout(before)

    def _new_uids(self, cursor: Cursor) -> list[int]:
        if cursor.uid_validity == self.uid_validity():
            found = self._box.uids(f"UID {cursor.last_uid + 1}:*", charset=None)
        else:
            found = self._box.uids("UNSEEN", charset=None)
            if cursor.uid_validity:
                since = self._clock().astimezone(UTC) - _LOOK_BACK
                day = f"{since.day:02d}-{_MONTHS[since.month - 1]}-{since.year}"
                found += self._box.uids(f"SINCE {day}", charset=None)
            return sorted({int(uid) for uid in found})
        # "n:*" names the last mail even when its number is below n.
        return sorted({int(uid) for uid in found if int(uid) > cursor.last_uid})

    def _fetch(self, uid: int) -> Fetched | None:
        typ, answer = self._box.client.uid("FETCH", str(uid), f"(UID INTERNALDATE BODY.PEEK[]<0.{_LARGEST}>)")
        if typ != "OK":
            raise imaplib.IMAP4.error("FETCH was refused")
        raw = next(
            (item[1] for item in answer if isinstance(item, tuple) and b"BODY[" in item[0]),
            None,
        )
        if raw is None:  # deleted since it was found
            return None
        about = b" ".join(item[0] if isinstance(item, tuple) else item for item in answer if item)
        return Fetched(uid, raw, self._arrival(about))

    def _arrival(self, about: bytes) -> datetime:
        stated = _ARRIVED.search(about)
        try:
            arrived = (
                parsedate_to_datetime(stated[1].decode("ascii").strip().replace("-", " ", 2))
                if stated
                else None
            )
        except (ValueError, UnicodeDecodeError):
            arrived = None
        return arrived.astimezone(UTC) if arrived and arrived.tzinfo else self._clock()


def _connect(settings: Settings, tls: ssl.SSLContext) -> BaseMailBox:
    host, port = settings.imap_host or "", settings.imap_port
    if settings.imap_security == "tls":
        return MailBox(host, port, timeout=TIMEOUT_SECONDS, ssl_context=tls)
    if settings.imap_security == "starttls":
        return MailBoxStartTls(host, port, timeout=TIMEOUT_SECONDS, ssl_context=tls)
    if host not in LOOPBACK:
        raise OSError("IMAP_SECURITY=none is for a server on this machine only")
    return MailBoxUnencrypted(host, port, timeout=TIMEOUT_SECONDS)


def poll_once(mailbox: Mailbox, cursors: CursorStore, intake: Intake) -> int:
    """Bring every new mail to the conversation; return how many are on record now.

    A mail that was not accepted stays unseen and the cursor stays below it, so it comes again; those
    behind it are not held up.
    """
    cursor = cursors.load()
    validity = mailbox.uid_validity()
    renumbered = cursor.uid_validity != validity
    ceiling = mailbox.last_uid() if renumbered else 0
    waiting, taken = False, 0
    for fetched in mailbox.fetch_new(cursor):
        if _take(intake, fetched) is Outcome.NOT_ACCEPTED:
            waiting = True
            continue
        mailbox.mark_seen(fetched.uid)
        taken += 1
        if not waiting and not renumbered:
            cursors.save(Cursor(validity, fetched.uid))
    if renumbered and not waiting:
        # What is unread may lie anywhere below the ceiling: pass it only when all of it was taken.
        cursors.save(Cursor(validity, ceiling))
    return taken


def _take(intake: Intake, fetched: Fetched) -> Outcome:
    try:
        return intake.take(fetched.raw, fetched.received_at)
    except Exception as error:  # noqa: BLE001  one mail that finds a fault of ours must not hold up the others
        log.error(
            "mail failed",
            action="email.failed",
            uid=fetched.uid,
            error=type(error).__name__,
        )
        return Outcome.NOT_ACCEPTED


def run(
    connect: Callable[[], Mailbox],
    cursors: CursorStore,
    intake: Intake,
    stop: threading.Event,
) -> None:
    """Read the mailbox until told to stop; a lost connection is made again, after longer and longer pauses."""
    pause = _FIRST_PAUSE
    while not stop.is_set():
        try:
            with connect() as mailbox:
                log.info("mailbox open", action="email.connected")
                while not stop.is_set():
                    poll_once(mailbox, cursors, intake)
                    pause = _FIRST_PAUSE
                    mailbox.wait(stop)
        except (*CONNECTION_FAULTS, SQLAlchemyError) as error:
            log.warning(
                "mailbox lost",
                action="email.lost",
                error=type(error).__name__,
                pause=pause,
            )
            stop.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
