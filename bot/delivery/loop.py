"""The outbox's far end: claim a row, send it with no transaction open, record what came of it."""

import secrets
import threading
from dataclasses import replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.database import reading, transaction
from bot.delivery import held_back
from bot.delivery.sealing import open_outbound, vault_of
from bot.messages import DeliveryError, Outbound, Receipt, Sender
from bot.services import Services
from bot.vault import VaultError
from escalation import outbox
from escalation.errors import EscalationError
from escalation.tables import ChannelName, OutboxMessage

POLL_SECONDS = 0.25
BROKEN_SECONDS = 300.0
log = structlog.get_logger()


def deliver_due(
    services: Services, channel: ChannelName, worker: str, *, urgent_only: bool = False, limit: int = 100
) -> int:
    """Send what is due on one channel, at most `limit` rows; return how many were tried.

    At least once: a process that dies between the carrier's yes and our record sends again.
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
            held = row is not None and held_back.recalled(session, services, row, worker, now)
        if row is None:
            break
        tried += 1
        if held:
            continue
        _send(services, sender, row, worker)
    return tried


def _send(services: Services, sender: Sender, row: OutboxMessage, worker: str) -> None:
    try:
        with reading(services.engine) as session:
            outbound = Outbound.loads(open_outbound(session, vault_of(services), row))
            if outbound.reply_to_row:
                known = outbox.external_id_of(session, outbound.reply_to_row)
                outbound = replace(outbound, reply_to=known or outbound.reply_to)
    except (VaultError, EscalationError, ValueError, KeyError, TypeError) as error:
        # wrong key, erased, or not a message of this program: trying again would not mend it
        _record_failure(services, row, worker, DeliveryError(type(error).__name__, permanent=True))
        return
    try:
        receipt = sender.send(outbound)
    except DeliveryError as error:
        _record_failure(services, row, worker, error)
        return
    except Exception as error:  # noqa: BLE001  a fault of ours in one message must not silence the channel
        # the kind of fault alone: its text may quote the message
        fault_name = type(error).__name__
        log.error("delivery broke", action="delivery.broken", outbox_id=row.id, error=fault_name)
        fault = DeliveryError(f"a fault of the desk ({fault_name})", retry_after=BROKEN_SECONDS)
        _record_failure(services, row, worker, fault)
        return
    _record_sent(services, row, worker, receipt)


def _record_sent(services: Services, row: OutboxMessage, worker: str, receipt: Receipt) -> None:
    with transaction(services.engine) as session:
        outbox.mark_sent(session, row.id, worker, receipt.external_id, services.clock())
    log.info("delivered", action="delivery.sent", outbox_id=row.id, channel=row.channel, kind=row.kind)


def _record_failure(services: Services, row: OutboxMessage, worker: str, error: DeliveryError) -> None:
    now = services.clock()
    with transaction(services.engine) as session:
        if error.permanent:
            outbox.mark_dead(session, row.id, worker, error.reason, now)
        else:
            outbox.mark_retry(session, row, worker, error.reason, now, error.retry_after)
    log.warning(
        "not delivered",
        action="delivery.failed",
        outbox_id=row.id,
        channel=row.channel,
        kind=row.kind,
        permanent=error.permanent,
        reason=error.reason,
    )


def run(services: Services, channel: ChannelName, stop: threading.Event, *, urgent_only: bool) -> None:
    """Deliver on one channel until told to stop; a lost database is waited for, not died of.

    A second loop takes urgent rows only, so that a carrier that hangs on a letter never holds a page.
    """
    worker = secrets.token_hex(8)
    wake = services.outbox_ready.listen()
    while not stop.is_set():
        wake.clear()
        pause = POLL_SECONDS
        try:
            deliver_due(services, channel, worker, urgent_only=urgent_only)
        except SQLAlchemyError as error:
            log.error(
                "database unavailable", action="delivery.paused", channel=channel, error=type(error).__name__
            )
            pause = 1.0
        wake.wait(pause)
