"""Needs: one person's request for help, and the key its words are sealed under."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from escalation.errors import NotFound
from escalation.tables import UNFINISHED, DataKey, HelpRequest, Ticket

STAYS_OPEN = timedelta(hours=24)


def open_request_of(session: Session, person_id: int, now: datetime) -> HelpRequest | None:
    """Return the person's open request: one with an unfinished ticket, else one of the last day."""
    with_ticket = session.exec(
        select(HelpRequest)
        .join(Ticket, col(Ticket.request_id) == col(HelpRequest.id))
        .where(HelpRequest.person_id == person_id, col(Ticket.state).in_(UNFINISHED))
        .order_by(col(HelpRequest.last_message_at).desc())
    ).first()
    if with_ticket is not None:
        return with_ticket
    return session.exec(
        select(HelpRequest)
        .where(
            HelpRequest.person_id == person_id,
            col(HelpRequest.finished_at).is_(None),
            HelpRequest.last_message_at > now - STAYS_OPEN,
        )
        .order_by(col(HelpRequest.last_message_at).desc())
    ).first()


def open_request(
    session: Session, *, person_id: int, key: DataKey, language: str, asked_at: datetime
) -> HelpRequest:
    """Open a new need under its own data key. `asked_at` is t0, the moment help was first asked for."""
    session.add(key)
    session.flush()
    request = HelpRequest(
        person_id=person_id,
        data_key_id=key.id,
        language=language,
        opened_at=asked_at,
        last_message_at=asked_at,
    )
    session.add(request)
    session.flush()
    return request


def get_request(session: Session, request_id: int) -> HelpRequest:
    """Return a request, or raise NotFound."""
    request = session.get(HelpRequest, request_id)
    if request is None:
        raise NotFound("There is no such request.")
    return request


def lock_request(session: Session, request_id: int) -> HelpRequest:
    """Return a request, locked until the transaction ends: whatever concerns one need happens in turn.

    Every act on a ticket and every answer takes this lock first, before any other row of the request.
    SQLite has one writer anyway.
    """
    query = select(HelpRequest).where(HelpRequest.id == request_id).with_for_update()
    request = session.exec(query.execution_options(populate_existing=True)).first()
    if request is None:
        raise NotFound("There is no such request.")
    return request


def get_key(session: Session, key_id: str) -> DataKey:
    """Return a data key row, or raise NotFound."""
    key = session.get(DataKey, key_id)
    if key is None:
        raise NotFound("The key of this record is missing.")
    return key
