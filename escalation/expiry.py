"""What is over by now: requests whose original words, or whose whole record, have been kept long enough."""

from datetime import datetime

from sqlalchemy import case
from sqlmodel import Session, col, or_, select

from escalation import holds
from escalation.tables import (
    UNFINISHED,
    Affiliation,
    DataKey,
    HelpRequest,
    LegalHold,
    Message,
    NamedPerson,
    Person,
    Role,
    Ticket,
)

BATCH = 200


def closed_before(session: Session, then: datetime, *, with_originals: bool) -> tuple[int, ...]:
    """Return requests that ended before then and that no hold keeps, the oldest first, a batch at most.

    A request ends with its last word, or with its ticket if that came later; one with an unfinished ticket
    has not ended. `with_originals`: only those whose original words are still there.
    """
    working = select(Ticket.request_id).where(col(Ticket.state).in_(UNFINISHED))
    held = select(LegalHold.request_id).where(
        col(LegalHold.released_at).is_(None), col(LegalHold.request_id).is_not(None)
    )
    held_people = select(LegalHold.person_id).where(
        col(LegalHold.released_at).is_(None), col(LegalHold.person_id).is_not(None)
    )
    finished, spoke = col(HelpRequest.finished_at), col(HelpRequest.last_message_at)
    ended = case((or_(finished.is_(None), finished < spoke), spoke), else_=finished)
    query = select(HelpRequest.id).where(
        ended <= then,
        col(HelpRequest.id).not_in(working),
        col(HelpRequest.id).not_in(held),
        col(HelpRequest.person_id).not_in(held_people),
    )
    if with_originals:
        query = query.join(DataKey, col(DataKey.id) == col(HelpRequest.data_key_id)).where(
            col(DataKey.destroyed_at).is_(None)
        )
    found = session.exec(query.order_by(col(HelpRequest.id)).limit(BATCH)).all()
    return tuple(request_id for request_id in found if request_id is not None)


def strangers_without_record(session: Session, people: tuple[int, ...]) -> tuple[Person, ...]:
    """Return those of the people of whom nothing is left but an address: nobody of the directory."""
    asked = select(HelpRequest.person_id)
    wrote = select(Message.person_id).where(col(Message.person_id).is_not(None))
    rows = session.exec(
        select(Person).where(
            col(Person.id).in_(people),
            col(Person.verified).is_(False),
            col(Person.id).not_in(asked),
            col(Person.id).not_in(wrote),
            col(Person.id).not_in(select(Role.person_id)),
            col(Person.id).not_in(select(Affiliation.person_id)),
            col(Person.id).not_in(select(NamedPerson.person_id)),
        )
    ).all()
    return tuple(person for person in rows if holds.on_person(session, person.id or 0) is None)
