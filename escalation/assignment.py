"""Who should take a request, read from the directory and the queue; the choice itself is `routing`'s."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from escalation import confidentiality, directory, routing
from escalation.business_hours import Calendar, zone_of
from escalation.routing import offset_of
from escalation.tables import UNFINISHED, HelpRequest, Person, RoleName, Ticket

EXPERTS = (RoleName.EXPERT, RoleName.LEAD)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nobody on duty speaks the language of a request. From `at` somebody does; None: nobody is known to."""

    at: datetime | None


def suggest(
    session: Session, request: HelpRequest, hub: Calendar, now: datetime, *, danger: bool
) -> routing.Choice:
    """Return the expert who should take the request and why, among those who may know of it."""
    people = directory.people_with(session, *EXPERTS)
    may_know = set(confidentiality.readers(session, request.id or 0, [person.id or 0 for person in people]))
    load = _load(session)
    candidates = [
        _candidate(session, person, hub, now, load.get(person.id or 0, 0), may_know) for person in people
    ]
    return routing.choose(_need(session, request, now, danger=danger), candidates)


def wait_for_language(session: Session, request: HelpRequest, hub: Calendar, now: datetime) -> Wait | None:
    """Return from when somebody able speaks the request's language; None when somebody on duty does."""
    choice = suggest(session, request, hub, now, danger=False)
    if choice.speaks:
        return None
    starts = []
    for one in choice.considered:
        if one.bar is not None and one.bar is not routing.Bar.AWAY:
            continue
        if request.language in _languages(session, directory.get_person(session, one.person_id)):
            availability = directory.availability_of(session, one.person_id, hub_zone=hub.zone)
            starts.append(availability.next_working(now, hub))
    return Wait(min((at for at in starts if at is not None), default=None))


def _need(session: Session, request: HelpRequest, now: datetime, *, danger: bool) -> routing.Need:
    city = directory.city_of(session, request.person_id)
    zone = directory.zone_of(session, directory.get_person(session, request.person_id))
    return routing.Need(
        topic=request.topic,
        language=request.language,
        region=city.region if city else "",
        cities=directory.cities_of(session, request.person_id),
        requester_id=request.person_id,
        danger=danger,
        offset=offset_of(now.astimezone(zone_of(zone))) if zone else None,
    )


def _candidate(
    session: Session, person: Person, hub: Calendar, now: datetime, open_cases: int, may_know: set[int]
) -> routing.Candidate:
    assert person.id is not None
    profile = directory.profile_of(session, person.id)
    availability = directory.availability_of(session, person.id, hub_zone=hub.zone)
    return routing.Candidate(
        person_id=person.id,
        name=person.name,
        topics=frozenset(profile.topics),
        levels=tuple(sorted(profile.levels.items())),
        languages=_languages(session, person),
        jurisdictions=frozenset(profile.jurisdictions),
        cities=directory.cities_of(session, person.id) | frozenset(profile.conflict_cities),
        open_cases=open_cases,
        capacity=profile.capacity,
        on_duty=profile.on_duty,
        working=availability.working(now, hub),
        away=availability.away_until(now) is not None,
        takes_danger=profile.takes_danger,
        conflicts=frozenset(profile.conflict_people),
        may_know=person.id in may_know,
        offset=offset_of(now.astimezone(zone_of(availability.zone))),
    )


def _languages(session: Session, person: Person) -> frozenset[str]:
    profile = directory.profile_of(session, person.id or 0)
    return frozenset(profile.languages or [person.language or "en"])


def _load(session: Session) -> dict[int, int]:
    rows = session.exec(
        select(Ticket.assignee_id, func.count())
        .where(col(Ticket.assignee_id).is_not(None), col(Ticket.state).in_(UNFINISHED))
        .group_by(col(Ticket.assignee_id))
    ).all()
    return {person_id: count for person_id, count in rows if person_id is not None}
