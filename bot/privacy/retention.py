"""Retention: what has been kept long enough goes by itself, a batch at a time, unless a hold keeps it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, delete, select

from bot import curation
from bot.database import reading, transaction
from bot.services import Services
from bot.tables import Beat, note_beat
from escalation import access_log, erasure, expiry
from escalation.tables import HelpRequest

LAST_RUN = "retention"
WAIT_UNTIL = "retention_waits"
# A clock that leaps says nothing of how long things were kept: wait until days have really passed.
_LEAP = timedelta(days=8)
_PATIENCE = timedelta(days=7)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Expired:
    """What one run took away. `waits_until` is set when the clock leapt, and nothing was."""

    originals: int = 0
    records: int = 0
    access_lines: int = 0
    waits_until: datetime | None = None


def run(services: Services) -> Expired:
    """Take away what is over, class by class. Safe to run at any time, any number of times."""
    now = services.clock()
    waits_until = _waits(services, now)
    if waits_until is not None:
        return Expired(waits_until=waits_until)
    settings = services.settings
    originals = records = 0
    while batch := _closed(services, now - timedelta(days=settings.keep_originals_days), originals=True):
        with transaction(services.engine) as session:
            originals += erasure.forget_originals(session, batch, now)
    oldest_record = max(settings.keep_record_days, settings.keep_originals_days)
    while batch := _closed(services, now - timedelta(days=oldest_record), originals=False):
        with transaction(services.engine) as session:
            owners = select(HelpRequest.person_id).where(col(HelpRequest.id).in_(batch))
            people = tuple(session.exec(owners).all())
            curation.take_back_material(session, batch, now)
            erasure.remove_records(session, batch)
            for person in expiry.strangers_without_record(session, people):
                erasure.forget_person(session, person, now)
        records += len(batch)
    with transaction(services.engine) as session:
        lines = access_log.expire(session, now)
        note_beat(session, LAST_RUN, now)
    if originals or records or lines:
        log.info(
            "expired", action="privacy.expired", originals=originals, records=records, access_lines=lines
        )
    return Expired(originals, records, lines)


def _closed(services: Services, then: datetime, *, originals: bool) -> tuple[int, ...]:
    with reading(services.engine) as session:
        return expiry.closed_before(session, then, with_originals=originals)


def _waits(services: Services, now: datetime) -> datetime | None:
    """Return until when nothing expires because the clock leapt, or None.

    A clock set to another year must not cost a single word: after a leap, forward or back, a week has to
    pass on the clock as it is now.
    """
    with transaction(services.engine) as session:
        last, waiting = session.get(Beat, LAST_RUN), session.get(Beat, WAIT_UNTIL)
        leapt = last is not None and not timedelta(0) <= now - last.at <= _LEAP
        if last is None or leapt:
            note_beat(session, LAST_RUN, now)
        if leapt:
            log.error(
                "the clock leapt: nothing expires for a week",
                action="privacy.clock_leapt",
                at=now.isoformat(),
            )
            note_beat(session, WAIT_UNTIL, now + _PATIENCE)
            return now + _PATIENCE
        if waiting is None:
            return None
        if waiting.at > now and waiting.at - now <= _PATIENCE:
            note_beat(session, LAST_RUN, now)
            return waiting.at
        session.exec(delete(Beat).where(col(Beat.name) == WAIT_UNTIL))
        return None
