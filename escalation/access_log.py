"""The access log: who opened what that is private, when and why. Lines are added, never changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete
from sqlmodel import Session, col, select

from escalation.errors import IllegalMove
from escalation.identifiers import new_id
from escalation.tables import AccessLine, LegalHold

LONGEST_REASON = 500
LIST = 500


class Opened(StrEnum):
    """What a line is about."""

    ORIGINALS = "originals"
    SAFE_CONTACT = "safe_contact"
    SEALED = "sealed"
    UNSEALED = "unsealed"
    NAMED = "named"
    KEPT_AWAY = "kept_away"
    LET_BACK = "let_back"
    EXPORT = "export"
    ERASURE = "erasure"
    HOLD = "hold"
    HOLD_RELEASED = "hold_released"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing that somebody is about to see or do. `reason` is masked by the caller."""

    what: Opened
    actor_id: int | None
    channel: str
    reason: str
    request_id: int | None = None
    ticket_id: int | None = None
    person_id: int | None = None


def record(session: Session, opening: Opening, now: datetime, *, keep: timedelta) -> AccessLine:
    """Add a line that stays for `keep`. Commit before anything is shown. Raise IllegalMove without a reason."""
    reason = " ".join(opening.reason.split())[:LONGEST_REASON]
    if not any(character.isalnum() for character in reason):
        raise IllegalMove("Say why you need to see it: the reason is kept in the access log.")
    line = AccessLine(
        id=new_id(now),
        occurred_at=now,
        actor_id=opening.actor_id,
        channel=opening.channel,
        what=opening.what.value,
        request_id=opening.request_id,
        ticket_id=opening.ticket_id,
        person_id=opening.person_id,
        reason=reason,
        keep_until=now + keep,
    )
    session.add(line)
    session.flush()
    return line


def lines(session: Session, *, request_id: int | None = None, limit: int = LIST) -> tuple[AccessLine, ...]:
    """Return the newest lines first, of one request or of all."""
    query = select(AccessLine)
    if request_id is not None:
        query = query.where(AccessLine.request_id == request_id)
    query = query.order_by(col(AccessLine.occurred_at).desc(), col(AccessLine.id).desc())
    return tuple(session.exec(query.limit(limit)).all())


def of_person(session: Session, person_id: int) -> tuple[AccessLine, ...]:
    """Return the lines about one person's data, the oldest first."""
    query = select(AccessLine).where(AccessLine.person_id == person_id).order_by(col(AccessLine.id))
    return tuple(session.exec(query).all())


def expire(session: Session, now: datetime) -> int:
    """Remove the lines whose time is over, but for held people and requests; return how many."""
    held = select(LegalHold).where(col(LegalHold.released_at).is_(None))
    holds = session.exec(held).all()
    people = {hold.person_id for hold in holds if hold.person_id is not None}
    requests = {hold.request_id for hold in holds if hold.request_id is not None}
    over = session.exec(select(AccessLine).where(AccessLine.keep_until <= now)).all()
    gone = [line.id for line in over if line.person_id not in people and line.request_id not in requests]
    for start in range(0, len(gone), LIST):
        session.connection().execute(
            delete(AccessLine).where(col(AccessLine.id).in_(gone[start : start + LIST]))
        )
    return len(gone)
