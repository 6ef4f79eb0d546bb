"""The outbox's far end: claim a row, send it with no transaction open, record what came of it."""

import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot.database import reading, transaction
from bot.delivery import discretion, held_back
from bot.delivery.sealing import open_outbound, vault_of
from bot.messages import DeliveryError, Outbound, Receipt, Sender
from bot.services import Services
from bot.vault import VaultError
from escalation import outbox
from escalation.errors import EscalationError
from escalation.tables import ChannelName, OutboxMessage

POLL_SECONDS = 0.25
AWAY_SECONDS = 1.0
BROKEN_SECONDS = 300.0
T = TypeVar("T")
log = structlog.get_logger()


def deliver_due(
    services: Services,
    channel: ChannelName,
    worker: str,
    *,
    urgent_only: bool = False,
    limit: int = 100,
    stop: threading.Event | None = None,
) -> int:
    """Send what is due on one channel, at most `limit` rows; return how many were tried.

    At least once: a process that dies between the carrier's yes and our record sends again. A database that
    goes away in between is waited for until `stop`, so that it costs nobody a second copy.
    """
    sender = services.senders.get(channel)
    if sender is None or services.vault is None:
        return 0
    tried = 0
    while tried < limit:
        now = services.clock()
        with reading(services.engine) as session:
            if not outbox.has_due(session, channel, now, urgent_only=urgent_only):
                break
        with transaction(services.engine) as session:
            row = outbox.claim(session, channel, worker, now, urgent_only=urgent_only)
            held = row is not None and (
                held_back.recalled(session, services, row, worker, now)
                or discretion.overheard(session, services, row, worker, now)
            )
        if row is None:
            break
        tried += 1
        if held:
            continue
        _send(services, sender, row, worker, stop)
    return tried


def _send(
    services: Services, sender: Sender, row: OutboxMessage, worker: str, stop: threading.Event | None
) -> None:
    try:
        outbound = _patiently(lambda: _opened(services, row), stop)
    except (VaultError, EscalationError, ValueError, KeyError, TypeError) as error:
        # wrong key, erased, or not a message of this program: trying again would not mend it
        _record_failure(services, row, worker, DeliveryError(type(error).__name__, permanent=True), stop)
        return
    try:
        receipt = sender.send(outbound)
    except DeliveryError as error:
        _record_failure(services, row, worker, error, stop)
        return
    except Exception as error:  # noqa: BLE001  a fault of ours in one message must not silence the channel
        # the kind of fault alone: its text may quote the message
        fault_name = type(error).__name__
        log.error("delivery broke", action="delivery.broken", outbox_id=row.id, error=fault_name)
        fault = DeliveryError(f"a fault of the desk ({fault_name})", retry_after=BROKEN_SECONDS)
        _record_failure(services, row, worker, fault, stop)
        return
    _record_sent(services, row, worker, receipt, stop)


def _record_sent(
    services: Services, row: OutboxMessage, worker: str, receipt: Receipt, stop: threading.Event | None
) -> None:
    def sent(session: Session) -> None:
        outbox.mark_sent(session, row.id, worker, receipt.external_id, services.clock())

    _record(services, sent, stop)
    log.info("delivered", action="delivery.sent", outbox_id=row.id, channel=row.channel, kind=row.kind)


def _record_failure(
    services: Services,
    row: OutboxMessage,
    worker: str,
    error: DeliveryError,
    stop: threading.Event | None,
) -> None:
    def failed(session: Session) -> None:
        now = services.clock()
        if error.permanent:
            outbox.mark_dead(session, row.id, worker, error.reason, now)
        else:
            outbox.mark_retry(session, row, worker, error.reason, now, error.retry_after)

    _record(services, failed, stop)
    log.warning(
        "not delivered",
        action="delivery.failed",
        outbox_id=row.id,
        channel=row.channel,
        kind=row.kind,
        permanent=error.permanent,
        reason=error.reason,
    )


def _opened(services: Services, row: OutboxMessage) -> Outbound:
    with reading(services.engine) as session:
        outbound = Outbound.loads(open_outbound(session, vault_of(services), row))
        if outbound.reply_to_row:
            known = outbox.external_id_of(session, outbound.reply_to_row)
            outbound = replace(outbound, reply_to=known or outbound.reply_to)
        return outbound


def _record(services: Services, act: Callable[[Session], None], stop: threading.Event | None) -> None:
    """Write down what came of a send."""

    def write() -> None:
        with transaction(services.engine) as session:
            act(session)

    _patiently(write, stop)


def _patiently(act: Callable[[], T], stop: threading.Event | None) -> T:
    """Do it with a row that is ours, however long the database is away: nobody else sends it for a minute."""
    while True:
        try:
            return act()
        except (OperationalError, PoolTimeout):
            if stop is None or stop.wait(AWAY_SECONDS):
                raise


def run(services: Services, channel: ChannelName, stop: threading.Event, *, urgent_only: bool) -> None:
    """Deliver on one channel until told to stop; a lost database is waited for, not died of, and told once.

    A second loop takes urgent rows only, so that a carrier that hangs on a letter never holds a page.
    """
    worker = secrets.token_hex(8)
    wake = services.outbox_ready.listen()
    away = False
    while not stop.is_set():
        wake.clear()
        pause = POLL_SECONDS
        try:
            deliver_due(services, channel, worker, urgent_only=urgent_only, stop=stop)
        except Exception as error:  # noqa: BLE001  a loop that ends is a channel that falls silent for good
            # the kind of fault alone: its text may quote a message
            if not away:
                log.error(
                    "delivery waits", action="delivery.paused", channel=channel, error=type(error).__name__
                )
            away, pause = True, AWAY_SECONDS
        else:
            if away:
                log.info("delivery goes on", action="delivery.resumed", channel=channel)
            away = False
        wake.wait(pause)
