"""Legal holds: what nobody may erase, and what does not expire, until a named author lets it go."""

from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from escalation.errors import IllegalMove, NotFound
from escalation.tables import HelpRequest, LegalHold


def place(
    session: Session,
    *,
    person_id: int | None,
    request_id: int | None,
    author: str,
    reason: str,
    review_on: date,
    now: datetime,
) -> LegalHold:
    """Hold everything of a person, or one request. Raise IllegalMove without author, reason or a day to come."""
    if (person_id is None) == (request_id is None):
        raise IllegalMove("A hold is on a person or on one request.")
    if not author.strip() or not reason.strip():
        raise IllegalMove("A hold has an author and a reason.")
    if review_on <= now.date():
        raise IllegalMove("The day on which the hold is reviewed must lie ahead.")
    hold = LegalHold(
        person_id=person_id,
        request_id=request_id,
        author=author.strip()[:200],
        reason=" ".join(reason.split())[:500],
        review_on=review_on,
        placed_at=now,
    )
    session.add(hold)
    session.flush()
    return hold


def release(session: Session, hold_id: int, by: str, now: datetime) -> LegalHold:
    """Let a hold go. Raise NotFound for one that is not there or was released already."""
    hold = session.get(LegalHold, hold_id)
    if hold is None or hold.released_at is not None:
        raise NotFound(f"There is no hold {hold_id} in force. See: helpdesk privacy holds")
    hold.released_at, hold.released_by = now, by.strip()[:200] or "operator"
    session.add(hold)
    session.flush()
    return hold


def in_force(session: Session) -> tuple[LegalHold, ...]:
    """Return the holds in force, the next to be reviewed first."""
    query = select(LegalHold).where(col(LegalHold.released_at).is_(None))
    return tuple(session.exec(query.order_by(col(LegalHold.review_on), col(LegalHold.id))).all())


def on_person(session: Session, person_id: int) -> LegalHold | None:
    """Return the hold on everything of a person, or None."""
    return next((hold for hold in in_force(session) if hold.person_id == person_id), None)


def on_requests(session: Session, request_ids: Collection[int]) -> dict[int, LegalHold]:
    """Return which of the requests are held, each with a hold that does it."""
    rows = session.exec(
        select(HelpRequest.id, LegalHold)
        .join(
            LegalHold,
            or_(
                col(LegalHold.request_id) == col(HelpRequest.id),
                col(LegalHold.person_id) == col(HelpRequest.person_id),
            ),
        )
        .where(col(HelpRequest.id).in_(request_ids), col(LegalHold.released_at).is_(None))
    ).all()
    return {request_id: hold for request_id, hold in rows if request_id is not None}
