"""Marked tests of the way to a person. They are no tickets, so no figure counts them."""

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from escalation.tables import SelfTest

PAGER = "pager"
ANSWER_WITHIN = timedelta(minutes=30)
GOOD_FOR = timedelta(days=35)


def begin(session: Session, now: datetime, *, daily: bool = False) -> SelfTest:
    """Return a new test, not yet sent anywhere."""
    row = SelfTest(code=secrets.token_hex(8), started_at=now, daily=daily)
    session.add(row)
    session.flush()
    return row


def paged(session: Session, row: SelfTest, channel: str, outbox_id: str) -> None:
    """Note how the test's page goes out."""
    row.channel, row.outbox_id = channel, outbox_id
    session.add(row)
    session.flush()


def acknowledge(session: Session, outbox_id: str, how: str, now: datetime) -> bool:
    """Note that somebody answered the test's page; False when the page is of no test. The first answer counts."""
    row = session.exec(select(SelfTest).where(SelfTest.outbox_id == outbox_id)).first()
    if row is None:
        return False
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_how = now, how[:80]
        session.add(row)
        session.flush()
    return True


def latest(session: Session) -> SelfTest | None:
    """Return the newest test, or None before the first."""
    return session.exec(select(SelfTest).order_by(col(SelfTest.id).desc()).limit(1)).first()


def proven(session: Session, now: datetime) -> bool:
    """Tell whether the pager is known to wake somebody: its newest test with an outcome was acknowledged.

    A test still open for an answer decides nothing yet; one that is a month old proves nothing any more.
    """
    row = session.exec(
        select(SelfTest)
        .where(
            SelfTest.channel == PAGER,
            (col(SelfTest.acknowledged_at).is_not(None)) | (col(SelfTest.started_at) <= now - ANSWER_WITHIN),
        )
        .order_by(col(SelfTest.id).desc())
        .limit(1)
    ).first()
    return row is not None and row.acknowledged_at is not None and row.acknowledged_at > now - GOOD_FOR


def began_today(session: Session, since: datetime) -> bool:
    """Tell whether a daily test began at or after this moment."""
    return (
        session.exec(
            select(SelfTest.id).where(col(SelfTest.daily).is_(True), SelfTest.started_at >= since).limit(1)
        ).first()
        is not None
    )
