"""The watchdog: apart from the sweep, it asks whether the sweep runs and whether any open ticket is forgotten.

What it finds goes to the log and the leads; while all is well it may tell a dead man's switch outside, which
alerts somebody when the desk itself has stopped.
"""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.database import reading, transaction
from bot.delivery import duty
from bot.delivery.enqueue import Words, to_desk
from bot.delivery.sealing import desk_key, vault_of
from bot.rendering import AlarmContext
from bot.services import Services
from bot.tables import SWEEP, Beat
from bot.vault import VaultError
from escalation import confidentiality, request_log, tickets, watchdog
from escalation.tables import Lane, Ticket

LOOK_SECONDS = 30.0
SWEEP_LATE = timedelta(seconds=60)
AGAIN = timedelta(hours=1)
PING_TIMEOUT = 5.0
_LISTED = 20
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong; nothing when all is well."""

    sweep_late: bool = False
    forgotten: tuple[int, ...] = ()

    @property
    def well(self) -> bool:
        """Tell whether there is nothing to report."""
        return not (self.sweep_late or self.forgotten)


def look(services: Services) -> Findings:
    """Return what is wrong at this moment. Reads only."""
    now = services.clock()
    with reading(services.engine) as session:
        return _look(session, now)


def watch(services: Services) -> Findings:
    """Look once; mend what can be mended, tell the leads of the rest, ping the switch when all is well."""
    found = look(services)
    if found.forgotten:
        _plan_again(services, found.forgotten)
        found = look(services)
    if found.well:
        _ping(services)
        return found
    log.error(
        "watchdog",
        action="watchdog.alarm",
        sweep_late=found.sweep_late,
        forgotten=len(found.forgotten),
    )
    _tell_leads(services, found)
    return found


def run(services: Services, stop: threading.Event) -> None:
    """Watch until told to stop. A database that is away is the health check's to report."""
    while not stop.wait(LOOK_SECONDS):
        try:
            watch(services)
        except (SQLAlchemyError, VaultError) as error:
            log.error("watchdog can't look", action="watchdog.blind", error=type(error).__name__)


def _look(session: Session, now: datetime) -> Findings:
    beat = session.get(Beat, SWEEP)
    late = beat is None or now - beat.at > SWEEP_LATE
    return Findings(late, watchdog.forgotten(session, now))


def _plan_again(services: Services, forgotten: tuple[int, ...]) -> None:
    """Work out the clocks of these tickets anew from their events, one transaction each."""
    for ticket_id in forgotten:
        with _one_fault_is_one_ticket(), transaction(services.engine) as session:
            ticket = session.get_one(Ticket, ticket_id)
            request_log.lock_request(session, ticket.request_id)
            session.refresh(ticket)
            tickets.clocks.refresh(session, ticket, services.policy, services.clock())


@contextmanager
def _one_fault_is_one_ticket() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001  what can't be mended must still be told, and the watch go on
        log.error("not planned again", action="watchdog.not_mended", error=type(error).__name__)


def _tell_leads(services: Services, found: Findings) -> None:
    now = services.clock()
    hour = now.replace(minute=0, second=0, microsecond=0)
    with transaction(services.engine) as session:
        numbers = _for_all(session, found.forgotten)
        context = AlarmContext(
            sweep_late=found.sweep_late,
            numbers=numbers,
            more=len(found.forgotten) - len(numbers),
            url=f"{services.settings.base_url}/console",
        )
        cause = f"{'sweep' if found.sweep_late else ''}:{','.join(numbers)}{'+' if context.more else ''}"
        key = desk_key(session, vault_of(services), now)
        for destination in duty.leads(session, services):
            to_desk(
                session,
                services,
                Words("alarm", destination.language, context, lane=Lane.URGENT),
                destination,
                key,
                dedupe_key=f"alarm:{hour.isoformat()}:{cause}:{destination.channel.value}:{destination.address}"[
                    :300
                ],
                now=now,
            )
    services.outbox_ready.set()


def _for_all(session: Session, forgotten: tuple[int, ...]) -> tuple[str, ...]:
    """Return the numbers to list where every expert looks. Sealed requests are counted only."""
    rows = [tickets.get(session, ticket_id) for ticket_id in forgotten]
    things = confidentiality.about_all(session, {row.request_id: row.assignee_id for row in rows})
    open_to_all = [row for row in rows if not things[row.request_id].sealed]
    return tuple(tickets.number_of(row.id or 0) for row in open_to_all[:_LISTED])


def _ping(services: Services) -> None:
    """Tell the switch that the desk is alive; its own silence is what raises the alarm, so a failure is only logged."""
    address = services.settings.dead_man_url
    if address is None:
        return
    request = urllib.request.Request(address, headers={"User-Agent": "hub-help-desk"})  # noqa: S310  http and https alone
    try:
        with urllib.request.urlopen(request, timeout=PING_TIMEOUT):  # noqa: S310  checked by the settings
            pass
    except (OSError, HTTPException) as error:
        log.warning(
            "dead man's switch not reached", action="watchdog.ping_failed", error=type(error).__name__
        )
