"""The demonstration directory: clearly marked people in two invented cities, for a first look."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

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

_CITIES = (
    ("demo-riverbend", "Riverbend (demonstration)", "US", "US-ID", "America/Boise"),
    ("demo-val-des-bouleaux", "Val-des-Bouleaux (démonstration)", "CA", "CA-QC", "America/Toronto"),
)


@dataclass(frozen=True, slots=True)
class _Cast:
    key: str
    name: str
    title: str
    language: str
    roles: tuple[RoleName, ...]
    city: str | None = None
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


_CAST = (
    _Cast("official-us", "Avery Demo", "councillor", "en", (RoleName.OFFICIAL,), "demo-riverbend"),
    _Cast("official-ca", "Camille Démo", "mairesse", "fr", (RoleName.OFFICIAL,), "demo-val-des-bouleaux"),
    _Cast(
        "expert-safety",
        "Jordan Demo",
        "expert, personal safety",
        "en",
        (RoleName.EXPERT, RoleName.LEAD),
        topics=("doxing", "threats-and-personal-safety", "swatting", "online-harassment"),
        languages=("en",),
    ),
    _Cast(
        "expert-council",
        "Noor Démo",
        "experte, vie municipale",
        "fr",
        (RoleName.EXPERT,),
        topics=("divisive-resolutions", "council-meeting-disruption", "crisis-communications"),
        languages=("fr", "en"),
    ),
    _Cast("admin", "Sam Demo", "admin", "en", (RoleName.ADMIN,)),
)


@dataclass(frozen=True, slots=True)
class DemonstrationPerson:
    """Somebody to try the desk as."""

    id: int
    name: str
    title: str
    official: bool


def seed(session: Session, now: datetime) -> bool:
    """Add the demonstration people to an empty directory; return False when it has people already."""
    if session.exec(select(Person.id).limit(1)).first() is not None:
        return False
    cities: dict[str, int] = {}
    for slug, name, country, region, zone in _CITIES:
        city = City(
            slug=slug,
            name=name,
            country=country,
            region=region,
            zone=zone,
            demonstration=True,
            created_at=now,
        )
        session.add(city)
        session.flush()
        cities[slug] = city.id or 0
    for member in _CAST:
        person = Person(
            name=member.name, language=member.language, verified=True, demonstration=True, created_at=now
        )
        session.add(person)
        session.flush()
        person_id = person.id or 0
        session.add(
            Identity(
                person_id=person_id,
                kind=IdentityKind.TERMINAL,
                issuer="demonstration",
                external_id=member.key,
                verified_how="demonstration",
                verified_at=now,
            )
        )
        for role in member.roles:
            session.add(Role(person_id=person_id, name=role, granted_at=now))
        if member.city:
            session.add(Affiliation(person_id=person_id, city_id=cities[member.city], title=member.title))
        if RoleName.EXPERT in member.roles:
            session.add(
                ExpertProfile(
                    person_id=person_id,
                    topics=list(member.topics),
                    languages=list(member.languages),
                    jurisdictions=["US", "CA"],
                )
            )
    session.flush()
    return True


def people(session: Session) -> tuple[DemonstrationPerson, ...]:
    """Return the demonstration people; none once they were removed."""
    rows = session.exec(
        select(Person, Identity.external_id)
        .join(Identity, col(Identity.person_id) == col(Person.id))
        .where(col(Person.demonstration).is_(True), Identity.issuer == "demonstration")
        .order_by(col(Person.id))
    ).all()
    cast = {member.key: member for member in _CAST}
    return tuple(
        DemonstrationPerson(
            id=person.id or 0,
            name=person.name,
            title=cast[key].title,
            official=RoleName.OFFICIAL in cast[key].roles,
        )
        for person, key in rows
    )
