"""Need to know: which requests are sealed, who is named for them, and who is kept away.

Every list asks `knowable`, every reading asks `access.may` over `about`: a request that somebody may
not know of looks to them like one that is not there.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from escalation import directory
from escalation.access import Actor, Thing, Verb, is_partner, may
from escalation.errors import Forbidden, NotFound
from escalation.rows import insert_new
from escalation.tables import Affiliation, HelpRequest, NamedPerson, Seal, Standing, Ticket

SELF_HARM = "self_harm"
COMPLAINT = "complaint"
BY_HAND = "by_hand"


def about(session: Session, request_id: int, assignee_id: int | None = None) -> Thing:
    """Return what `access.may` needs to know of a request: whose, which cities, sealed to whom."""
    found = about_all(session, {request_id: assignee_id})
    if request_id not in found:
        raise NotFound("There is no such request.")
    return found[request_id]


def about_all(session: Session, assignees: dict[int, int | None]) -> dict[int, Thing]:
    """Return the same for many requests at once, in four queries. `assignees` is by request."""
    ids = list(assignees)
    owners = dict(
        session.exec(select(HelpRequest.id, HelpRequest.person_id).where(col(HelpRequest.id).in_(ids))).all()
    )
    cities: dict[int, set[int]] = {}
    for person_id, city_id in session.exec(
        select(Affiliation.person_id, Affiliation.city_id).where(
            col(Affiliation.person_id).in_(set(owners.values()))
        )
    ).all():
        cities.setdefault(person_id, set()).add(city_id)
    sealed = set(session.exec(select(Seal.request_id).where(col(Seal.request_id).in_(ids))).all())
    standing: dict[tuple[int, Standing], set[int]] = {}
    for row in session.exec(select(NamedPerson).where(col(NamedPerson.request_id).in_(ids))).all():
        standing.setdefault((row.request_id, row.standing), set()).add(row.person_id)
    return {
        request_id: Thing(
            requester_id=person_id,
            cities=frozenset(cities.get(person_id, ())),
            assignee_id=assignees[request_id],
            sealed=request_id in sealed,
            named=frozenset(standing.get((request_id, Standing.NAMED), ())),
            kept_away=frozenset(standing.get((request_id, Standing.KEPT_AWAY), ())),
        )
        for request_id, person_id in owners.items()
        if request_id is not None
    }


def knowable(actor: Actor, request_id: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions a query needs so that it finds only requests the actor may know of.

    `request_id` is the query's column that holds the request. Left out are requests of the actor's own
    city, those sealed to others, those the actor is kept away from or has a conflict with, and for a
    partner all they were not invited to.
    """
    own = actor.person_id or 0
    named, kept_away = (
        select(NamedPerson.request_id).where(NamedPerson.person_id == own, NamedPerson.standing == standing)
        for standing in (Standing.NAMED, Standing.KEPT_AWAY)
    )
    sealed = select(Seal.request_id).where(col(Seal.request_id).not_in(named))
    conditions = [request_id.not_in(sealed), request_id.not_in(kept_away)]
    if is_partner(actor):
        conditions.append(request_id.in_(named))
    if actor.conflicts:
        tied = select(HelpRequest.id).where(col(HelpRequest.person_id).in_(actor.conflicts))
        conditions.append(request_id.not_in(tied))
    if actor.cities:
        same_city = (
            select(HelpRequest.id)
            .join(Affiliation, col(Affiliation.person_id) == col(HelpRequest.person_id))
            .where(col(Affiliation.city_id).in_(actor.cities), HelpRequest.person_id != own)
        )
        conditions.append(request_id.not_in(same_city))
    return tuple(conditions)


def is_sealed(session: Session, request_id: int) -> bool:
    """Tell whether only named people may know of the request."""
    return session.get(Seal, request_id) is not None


def seal(session: Session, request_id: int, reason: str, people: Iterable[int], now: datetime) -> bool:
    """Seal a request to these people and to whoever owns its ticket; False when it is sealed already.

    More people are named all the same. Nobody with a conflict of interest is.
    """
    new = insert_new(session, Seal(request_id=request_id, reason=reason, sealed_at=now))
    owners = select(Ticket.assignee_id).where(
        Ticket.request_id == request_id, col(Ticket.assignee_id).is_not(None)
    )
    for person_id in {*people, *(owner for owner in session.exec(owners).all() if owner is not None)}:
        if eligible(session, request_id, person_id):
            _stand(session, request_id, person_id, Standing.NAMED, now)
    session.flush()
    return new


def copy(session: Session, source_id: int, request_id: int, now: datetime) -> None:
    """Let a request that was split off be known to the same people as the one it came from."""
    for row in session.exec(select(NamedPerson).where(NamedPerson.request_id == source_id)).all():
        _stand(session, request_id, row.person_id, row.standing, now)
    if sealed := session.get(Seal, source_id):
        insert_new(session, Seal(request_id=request_id, reason=sealed.reason, sealed_at=now))


def unseal(session: Session, request_id: int) -> bool:
    """Open a request to every expert again; False when it was not sealed. Whoever was named stays named."""
    row = session.get(Seal, request_id)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def name(session: Session, request_id: int, person_id: int, now: datetime) -> None:
    """Let one more person know of the request and read it. Raise Forbidden for a conflict of interest."""
    if not eligible(session, request_id, person_id):
        raise Forbidden("This person can't be named: it would be a conflict of interest.")
    _stand(session, request_id, person_id, Standing.NAMED, now)


def keep_away(session: Session, request_id: int, person_id: int, now: datetime) -> None:
    """Keep somebody with a conflict of interest away from the request, even if they were named."""
    _forget(session, request_id, person_id)
    _stand(session, request_id, person_id, Standing.KEPT_AWAY, now)


def let_back(session: Session, request_id: int, person_id: int) -> None:
    """Take back that somebody was named or kept away."""
    _forget(session, request_id, person_id)


def eligible(session: Session, request_id: int, person_id: int) -> bool:
    """Tell whether somebody may be named: no conflict of interest, not suspended, not the requester."""
    thing = about(session, request_id)
    actor = directory.actor_of(session, person_id)
    conflict = (
        bool(actor.cities & thing.cities)
        or person_id in thing.kept_away
        or thing.requester_id in actor.conflicts
    )
    return not (actor.suspended or conflict or person_id == thing.requester_id)


def readers(session: Session, request_id: int, people: Collection[int]) -> tuple[int, ...]:
    """Return which of these people may read the ticket of the request, in their order."""
    thing = about(session, request_id)
    return tuple(
        person_id
        for person_id in people
        if may(directory.actor_of(session, person_id), Verb.READ_TICKET, thing)
    )


def visible(session: Session, actor: Actor, found: Collection[Ticket]) -> tuple[Ticket, ...]:
    """Return those of the tickets that the actor may know of, in their order."""
    things = about_all(session, {ticket.request_id: ticket.assignee_id for ticket in found})
    return tuple(ticket for ticket in found if may(actor, Verb.READ_TICKET, things[ticket.request_id]))


def _stand(session: Session, request_id: int, person_id: int, standing: Standing, now: datetime) -> None:
    insert_new(
        session,
        NamedPerson(request_id=request_id, person_id=person_id, standing=standing, added_at=now),
    )


def _forget(session: Session, request_id: int, person_id: int) -> None:
    session.connection().execute(
        delete(NamedPerson).where(
            col(NamedPerson.request_id) == request_id, col(NamedPerson.person_id) == person_id
        )
    )


__all__ = [
    "BY_HAND",
    "COMPLAINT",
    "SELF_HARM",
    "about",
    "about_all",
    "copy",
    "eligible",
    "is_sealed",
    "keep_away",
    "knowable",
    "let_back",
    "name",
    "readers",
    "seal",
    "unseal",
    "visible",
]
