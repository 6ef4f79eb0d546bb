"""People and their identities, their cities and roles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, or_, select

from escalation.access import Actor
from escalation.availability import Availability, parse_absence, read_hours
from escalation.errors import NotFound
from escalation.identities import SenderIdentity
from escalation.rows import insert_new
from escalation.tables import (
    Affiliation,
    City,
    ExpertProfile,
    Identity,
    IdentityKind,
    Person,
    Role,
    RoleName,
)

HUB_ZONE = "America/Toronto"


@dataclass(frozen=True, slots=True)
class PersonSummary:
    """One person as the directory lists them."""

    id: int
    name: str
    roles: tuple[str, ...]
    cities: tuple[str, ...]
    identities: tuple[str, ...]
    language: str | None
    zone: str | None
    verified: bool
    demonstration: bool


def normal_id(kind: IdentityKind, external_id: str) -> str:
    """Return the form an identity is stored in: mail addresses are compared without case."""
    return external_id.strip().lower() if kind is IdentityKind.EMAIL else external_id.strip()


def person_of(session: Session, kind: IdentityKind, issuer: str, external_id: str) -> Person | None:
    """Return the person known by that identity, or None."""
    identity = session.exec(
        select(Identity).where(
            Identity.kind == kind,
            Identity.issuer == issuer,
            Identity.external_id == normal_id(kind, external_id),
        )
    ).first()
    return session.get(Person, identity.person_id) if identity else None


def get_person(session: Session, person_id: int) -> Person:
    """Return a person, or raise NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person in the directory.")
    return person


def ensure_person(
    session: Session, known: SenderIdentity, now: datetime, *, language: str | None = None
) -> Person:
    """Return the person known by that identity; a stranger gets an unverified entry of their own."""
    if found := person_of(session, known.kind, known.issuer, known.external_id):
        return found
    person = Person(name=known.name[:200], language=language, created_at=now)
    session.add(person)
    session.flush()
    assert person.id is not None
    identity = Identity(
        person_id=person.id,
        kind=known.kind,
        issuer=known.issuer,
        external_id=normal_id(known.kind, known.external_id)[:320],
        verified_how=f"{known.kind} channel" if known.verified else None,
        verified_at=now if known.verified else None,
    )
    if insert_new(session, identity):
        return person
    session.delete(person)  # another delivery of the same stranger won the race
    session.flush()
    found = person_of(session, known.kind, known.issuer, known.external_id)
    if found is None:
        raise NotFound("That identity appeared and vanished again.")
    return found


def lock(session: Session, person: Person) -> None:
    """Let nobody else open a conversation or request for this person until the transaction ends."""
    session.exec(select(Person.id).where(Person.id == person.id).with_for_update()).one()


def actor_of(session: Session, person_id: int) -> Actor:
    """Return who acts, with roles and cities; raise NotFound for an unknown person."""
    person = get_person(session, person_id)
    roles = session.exec(select(Role.name).where(Role.person_id == person_id)).all()
    cities = session.exec(select(Affiliation.city_id).where(Affiliation.person_id == person_id)).all()
    profile = profile_of(session, person_id)
    return Actor(
        person_id=person_id,
        roles=frozenset(RoleName(role).value for role in roles),
        # a declared conflict of interest with a city weighs as much as working for it
        cities=frozenset(cities) | frozenset(profile.conflict_cities),
        suspended=person.suspended_at is not None,
        conflicts=frozenset(profile.conflict_people),
    )


def actor_for(session: Session, kind: IdentityKind, issuer: str, external_id: str) -> Actor | None:
    """Return who acts behind an identity, or None for a stranger."""
    person = person_of(session, kind, issuer, external_id)
    return actor_of(session, person.id) if person and person.id is not None else None


def city_of(session: Session, person_id: int) -> City | None:
    """Return the person's city; the first one when they work for several."""
    return session.exec(
        select(City)
        .join(Affiliation, col(Affiliation.city_id) == col(City.id))
        .where(Affiliation.person_id == person_id)
        .order_by(col(City.id))
    ).first()


def cities_of(session: Session, person_id: int) -> frozenset[int]:
    """Return the ids of every city the person works for."""
    return frozenset(
        session.exec(select(Affiliation.city_id).where(Affiliation.person_id == person_id)).all()
    )


def police_lines(session: Session) -> tuple[str, ...]:
    """Return the dispatch lines and police contacts of every city: what the directory itself gives out."""
    rows = session.exec(select(City.dispatch_phone, City.police_contact).order_by(col(City.id))).all()
    return tuple(line for row in rows for line in row if line)


def all_cities_of(session: Session, person_id: int) -> tuple[City, ...]:
    """Return every city the person works for, in order of entry."""
    return tuple(
        session.exec(
            select(City)
            .join(Affiliation, col(Affiliation.city_id) == col(City.id))
            .where(Affiliation.person_id == person_id)
            .order_by(col(City.id))
        ).all()
    )


def zone_of(session: Session, person: Person) -> str | None:
    """Return the person's own IANA zone, else their city's, else None."""
    if person.zone or person.id is None:
        return person.zone
    city = city_of(session, person.id)
    return city.zone if city else None


def email_of(session: Session, person_id: int) -> str | None:
    """Return the address mail for this person goes to, or None."""
    return session.exec(
        select(Identity.external_id)
        .where(Identity.person_id == person_id, Identity.kind == IdentityKind.EMAIL)
        .order_by(col(Identity.id))
    ).first()


def slack_of(session: Session, person_id: int) -> tuple[str, str] | None:
    """Return the person's Slack workspace and user id, or None."""
    identity = session.exec(
        select(Identity)
        .where(Identity.person_id == person_id, Identity.kind == IdentityKind.SLACK)
        .order_by(col(Identity.id))
    ).first()
    return (identity.issuer, identity.external_id) if identity else None


def audience_of(session: Session, person: Person, cities: Sequence[City] | None = None) -> frozenset[str]:
    """Return the opaque tags that say what this person may read in the library.

    `cities` are the person's, where the caller has them already.
    """
    tags = {"public"}
    if person.id is None or person.suspended_at is not None:
        return frozenset(tags)
    roles = {
        RoleName(role).value
        for role in session.exec(select(Role.name).where(Role.person_id == person.id)).all()
    }
    if roles & {"expert", "lead", "admin"}:
        tags |= {"hub", "member"}
    for city in all_cities_of(session, person.id) if cities is None else cities:
        tags.add(f"city:{city.slug}")
        if city.member and person.verified:
            tags.add("member")
    return frozenset(tags)


def people_with(session: Session, *roles: RoleName) -> tuple[Person, ...]:
    """Return everyone who holds one of the roles and is not suspended, in order of entry."""
    holders = select(Role.person_id).where(col(Role.name).in_(roles))
    return tuple(
        session.exec(
            select(Person)
            .where(col(Person.id).in_(holders), col(Person.suspended_at).is_(None))
            .order_by(col(Person.id))
        ).all()
    )


def pagers_on_duty(session: Session, now: datetime) -> tuple[tuple[Person, str], ...]:
    """Return the experts and leads who are there and have a pager, each with what the gateway calls them."""
    people = there(session, people_with(session, RoleName.EXPERT, RoleName.LEAD), now)
    pagers = ((person, profile_of(session, person.id or 0).pager) for person in people)
    return tuple((person, pager) for person, pager in pagers if pager)


def find_named(session: Session, name: str) -> Person | None:
    """Return the one person of this name or mail address who is not suspended, or None."""
    wanted = name.strip()
    mail = select(Identity.person_id).where(
        Identity.kind == IdentityKind.EMAIL, Identity.external_id == normal_id(IdentityKind.EMAIL, wanted)
    )
    found = session.exec(
        select(Person)
        .where(
            # SQLite lowers ASCII only: an accented name is also compared as it is written
            or_(
                Person.name == wanted,
                func.lower(Person.name) == wanted.lower(),
                col(Person.id).in_(mail),
            ),
            col(Person.suspended_at).is_(None),
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def profile_of(session: Session, person_id: int) -> ExpertProfile:
    """Return the expert's profile; somebody without one takes anything within a default load."""
    return session.get(ExpertProfile, person_id) or ExpertProfile(person_id=person_id)


def availability_of(session: Session, person_id: int, *, hub_zone: str = HUB_ZONE) -> Availability:
    """Return when an expert is there, on their own clock; on the hub's when theirs is not known."""
    profile = profile_of(session, person_id)
    zone = zone_of(session, get_person(session, person_id)) or hub_zone
    return Availability(
        zone=zone,
        on_duty=profile.on_duty,
        hours=read_hours(profile.hours),
        on_call=frozenset(date.fromisoformat(monday) for monday in profile.on_call),
        away=tuple(parse_absence(absence) for absence in profile.away),
    )


def there(session: Session, people: Iterable[Person], now: datetime) -> tuple[Person, ...]:
    """Return those who take cases at the moment: on duty, and not away."""
    return tuple(person for person in people if availability_of(session, person.id or 0).there(now))


def backup_of(session: Session, person_id: int) -> Person | None:
    """Return who is asked when this expert is away, or None."""
    backup = profile_of(session, person_id).backup_id
    return session.get(Person, backup) if backup is not None else None


def list_people(session: Session) -> tuple[PersonSummary, ...]:
    """Return the directory, in order of entry. Strangers met on a channel are in it too."""
    people = session.exec(select(Person).order_by(col(Person.id))).all()
    roles: dict[int, list[str]] = {}
    for role in session.exec(select(Role).order_by(col(Role.id))).all():
        roles.setdefault(role.person_id, []).append(role.name.value)
    identities: dict[int, list[str]] = {}
    for identity in session.exec(select(Identity).order_by(col(Identity.id))).all():
        issuer = f"{identity.issuer}/" if identity.issuer else ""
        identities.setdefault(identity.person_id, []).append(
            f"{identity.kind.value}:{issuer}{identity.external_id}"
        )
    cities: dict[int, list[str]] = {}
    for person_id, slug in session.exec(
        select(Affiliation.person_id, City.slug).join(City, col(City.id) == col(Affiliation.city_id))
    ).all():
        cities.setdefault(person_id, []).append(slug)
    return tuple(
        PersonSummary(
            id=person.id,
            name=person.name,
            roles=tuple(roles.get(person.id, ())),
            cities=tuple(cities.get(person.id, ())),
            identities=tuple(identities.get(person.id, ())),
            language=person.language,
            zone=person.zone,
            verified=person.verified,
            demonstration=person.demonstration,
        )
        for person in people
        if person.id is not None
    )


def list_cities(session: Session) -> tuple[City, ...]:
    """Return every city, by slug."""
    return tuple(session.exec(select(City).order_by(col(City.slug))).all())


def verify(session: Session, person_id: int, how: str, now: datetime) -> None:
    """Note that a person is who they say. What they asked before stays as it is."""
    person = get_person(session, person_id)
    person.verified = True
    session.add(person)
    for identity in session.exec(
        select(Identity).where(Identity.person_id == person_id, col(Identity.verified_at).is_(None))
    ).all():
        identity.verified_how, identity.verified_at = how[:80], now
        session.add(identity)
    session.flush()


def remove_demonstration(session: Session, now: datetime) -> tuple[int, ...]:
    """Take the demonstration people out of service and return their ids.

    What they asked stays on record, so their rows stay too: without identity, role or city.
    """
    people = session.exec(select(Person).where(col(Person.demonstration).is_(True))).all()
    for person in people:
        for table in (Identity, Role, Affiliation):
            for row in session.exec(select(table).where(table.person_id == person.id)).all():
                session.delete(row)
        if profile := session.get(ExpertProfile, person.id):
            session.delete(profile)
        person.name = f"{person.name} (demonstration, removed)"
        person.verified, person.suspended_at = False, now
        person.demonstration = False
        session.add(person)
    session.flush()
    for city in session.exec(select(City).where(col(City.demonstration).is_(True))).all():
        if session.exec(select(Affiliation.id).where(Affiliation.city_id == city.id)).first() is None:
            session.delete(city)
    return tuple(person.id for person in people if person.id is not None)
