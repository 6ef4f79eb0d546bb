"""The people of a file, compared with the directory and taken."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from escalation.directory import list_cities
from escalation.directory_csv import cells, experts
from escalation.directory_csv.plan import Change, CsvFaults, Fault, Plan, What
from escalation.directory_csv.sheet import PEOPLE, Row, Sheet
from escalation.tables import Affiliation, City, ExpertProfile, Identity, IdentityKind, Person, Role, RoleName

VERIFIED_HOW = "directory import"
_EXPERTS = frozenset({RoleName.EXPERT, RoleName.LEAD})
_NO_WORDS: tuple[str, ...] = ()
_NO_ROLES: tuple[RoleName, ...] = ()
_Key = tuple[IdentityKind, str, str]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a line says of a person; None leaves it as it is, an empty value empties it."""

    line: int
    name: str | None
    identities: tuple[_Key, ...]
    roles: tuple[RoleName, ...] | None
    cities: tuple[str, ...] | None
    title: str | None
    language: str | None
    zone: str | None
    expert: experts.Values


@dataclass(slots=True)
class _OnRecord:
    """A person of the directory with everything that a file may say of them."""

    person: Person
    identities: list[Identity] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    affiliations: dict[str, Affiliation] = field(default_factory=dict)
    profile: ExpertProfile | None = None


@dataclass(frozen=True, slots=True)
class _Match:
    """A line and whom it is about; `known` is None for somebody new."""

    said: _Said
    known: _OnRecord | None

    @property
    def roles(self) -> tuple[RoleName, ...]:
        """Return the roles the person will hold. Somebody new is an official unless the file says more."""
        if self.said.roles is not None:
            return self.said.roles
        return tuple(role.name for role in self.known.roles) if self.known else (RoleName.OFFICIAL,)

    @property
    def has_profile(self) -> bool:
        """Tell whether an expert's topics, languages and duty are kept for this person."""
        return bool(_EXPERTS & set(self.roles)) or bool(self.known and self.known.profile)


def plan_people(session: Session, sheet: Sheet) -> Plan:
    """Return what the file would do; raise CsvFaults with everything that is wrong."""
    matches, known = _matches(session, sheet), experts.known_to(session)
    return Plan(
        PEOPLE,
        tuple(_change(match, known) for match in matches),
        tuple(note for match in matches for note in _notes(match)),
    )


def apply_people(session: Session, sheet: Sheet, now: datetime) -> None:
    """Write the file's people: what it says, and that they and their identities are verified."""
    cities = {city.slug: city for city in list_cities(session)}
    known = experts.known_to(session)
    for match in _matches(session, sheet):
        if _change(match, known).what is not What.UNCHANGED:
            _write(session, match, cities, known, now)
    session.flush()


def _matches(session: Session, sheet: Sheet) -> tuple[_Match, ...]:
    faults = list(sheet.faults)
    cities = {city.slug for city in list_cities(session)}
    by_identity, named = _on_record(session), experts.known_to(session)
    seen: dict[_Key | int, int] = {}
    matches = []
    for row in sheet.rows:
        said = _said(row, cities, named, faults)
        known = [by_identity[key] for key in said.identities if key in by_identity]
        ids = {person.person.id or 0 for person in known}
        if len(ids) > 1:
            names = " and ".join(sorted(person.person.name for person in known))
            faults.append(
                Fault(said.line, f"email and slack belong to two people of the directory ({names})")
            )
        keys: list[_Key | int] = [*said.identities, *ids]
        earlier = [seen[key] for key in keys if key in seen]
        if earlier:
            faults.append(Fault(said.line, f"the same person is on line {min(earlier)} already"))
        for key in keys:
            seen.setdefault(key, said.line)
        if not known and said.identities and said.name is None and "name" not in row.cells:
            faults.append(Fault(said.line, "somebody new needs a name"))
        matches.append(_Match(said, known[0] if known else None))
    if faults:
        raise CsvFaults(faults)
    return tuple(matches)


def _said(row: Row, cities: set[str], known: experts.Known, faults: list[Fault]) -> _Said:
    read = cells.Cells(row, faults)
    told = len(faults)
    email = read.read("email", cells.email)
    slack = read.read("slack", cells.slack)
    identities: list[_Key] = []
    if email is not None:
        identities.append((IdentityKind.EMAIL, "", email))
    if slack is not None:
        identities.append((IdentityKind.SLACK, *slack))
    if not identities and len(faults) == told:
        faults.append(Fault(row.line, "a person needs an email address or a Slack identity"))
    worked_for = read.read("city", cells.slugs, cleared=_NO_WORDS)
    for slug in worked_for or ():
        if slug not in cities:
            faults.append(Fault(row.line, f"city: {cells.unknown('city', slug, cities)}"))
    return _Said(
        line=row.line,
        name=read.read("name", cells.words(200)),
        identities=tuple(identities),
        roles=read.read("roles", cells.roles, cleared=_NO_ROLES),
        cities=worked_for,
        title=read.read("title", cells.words(200), cleared=""),
        language=read.read("language", cells.language, cleared=""),
        zone=read.read("zone", cells.zone, cleared=""),
        expert=experts.read(row, known, faults),
    )


def _on_record(session: Session) -> dict[_Key, _OnRecord]:
    """Return everybody with a mail or Slack identity, by each of their identities."""
    kinds = (IdentityKind.EMAIL, IdentityKind.SLACK)
    people: dict[int, _OnRecord] = {}
    found: dict[_Key, _OnRecord] = {}
    for identity, person in session.exec(
        select(Identity, Person)
        .join(Person, col(Person.id) == col(Identity.person_id))
        .where(col(Identity.kind).in_(kinds))
        .order_by(col(Identity.id))
    ).all():
        record = people.setdefault(identity.person_id, _OnRecord(person))
        record.identities.append(identity)
        found[(identity.kind, identity.issuer, identity.external_id)] = record
    for role in session.exec(select(Role).order_by(col(Role.id))).all():
        if role.person_id in people:
            people[role.person_id].roles.append(role)
    for affiliation, slug in session.exec(
        select(Affiliation, City.slug).join(City, col(City.id) == col(Affiliation.city_id))
    ).all():
        if affiliation.person_id in people:
            people[affiliation.person_id].affiliations[slug] = affiliation
    for profile in session.exec(select(ExpertProfile)).all():
        if profile.person_id in people:
            people[profile.person_id].profile = profile
    return found


def _change(match: _Match, named: experts.Known) -> Change:
    said, known = match.said, match.known
    if known is None:
        details = [_shown_key(key) for key in said.identities]
        details += _facts(match, ExpertProfile(person_id=0, on_duty=True), named)
        return Change(said.line, What.NEW, said.name or "", tuple(details))
    details = []
    if said.name is not None and said.name != known.person.name:
        details.append(f"name: {known.person.name or '(none)'} -> {said.name}")
    if not known.person.verified:
        details.append("becomes verified")
    for key in said.identities:
        held, old = _held(known, key)
        if held is None:
            details.append(
                f"{key[0].value}: {_id_of(old) + ' -> ' if old else ''}{_shown_key(key).partition(' ')[2]}"
            )
        elif held.verified_at is None and known.person.verified:
            details.append(f"{key[0].value} becomes verified")
    details += _facts(match, known.profile or ExpertProfile(person_id=0, on_duty=True), named)
    what = What.CHANGED if details else What.UNCHANGED
    return Change(said.line, what, said.name or known.person.name, tuple(details))


def _facts(match: _Match, profile: ExpertProfile, named: experts.Known) -> list[str]:
    """Return in words what changes beside name and identities."""
    said, known = match.said, match.known
    titles = {slug: affiliation.title for slug, affiliation in known.affiliations.items()} if known else {}
    held = {role.name for role in known.roles} if known else set()
    details: list[str] = []

    def compare(name: str, old: str, new: str) -> None:
        if old != new:
            details.append(
                f"{name}: {new}" if known is None else f"{name}: {old or '(none)'} -> {new or '(none)'}"
            )

    compare("roles", " ".join(sorted(held)), " ".join(sorted(match.roles)))
    working_for = titles if said.cities is None else said.cities
    compare("city", " ".join(sorted(titles)), " ".join(sorted(working_for)))
    if said.title is not None and working_for:
        compare("title", " / ".join(sorted({titles.get(slug, "") for slug in working_for})), said.title)
    if said.language is not None:
        compare("language", (known and known.person.language) or "", said.language)
    if said.zone is not None:
        compare("zone", (known and known.person.zone) or "", said.zone)
    if match.has_profile:
        held_now = experts.of_profile(profile, named)
        for name, value in said.expert:
            if name == "on_duty":
                if value != profile.on_duty:
                    details.append("goes on duty" if value else "goes off duty")
            else:
                compare(name, experts.shown(name, held_now[name]), experts.shown(name, value))
    return details


def _notes(match: _Match) -> list[Fault]:
    said, notes = match.said, []
    working_for = (
        said.cities if said.cities is not None else (match.known.affiliations if match.known else ())
    )
    if said.title and not working_for:
        notes.append(Fault(said.line, "the title is not kept: a title belongs to a city"))
    if any(value for _name, value in said.expert) and not match.has_profile:
        names = ", ".join(name for name, _value in said.expert)
        notes.append(Fault(said.line, f"not kept, because it belongs to experts: {names}"))
    if match.known and match.known.person.suspended_at is not None:
        notes.append(Fault(said.line, f"{match.known.person.name} is suspended, and stays so"))
    return notes


def _held(known: _OnRecord, key: _Key) -> tuple[Identity | None, Identity | None]:
    """Return the person's identity of that key, and the one that the key takes the place of, if any.

    Of mail addresses the first is the one that mail goes to; in a Slack workspace one has one identity.
    """
    same = [identity for identity in known.identities if (identity.kind, identity.issuer) == key[:2]]
    held = next((identity for identity in same if identity.external_id == key[2]), None)
    return held, same[0] if same and held is None else None


def _write(
    session: Session, match: _Match, cities: dict[str, City], named: experts.Known, now: datetime
) -> None:
    said, known = match.said, match.known or _OnRecord(Person(created_at=now))
    person = known.person
    person.name = said.name if said.name is not None else person.name
    person.language = person.language if said.language is None else said.language or None
    person.zone = person.zone if said.zone is None else said.zone or None
    person.verified = True
    session.add(person)
    session.flush()
    assert person.id is not None
    for key in said.identities:
        _write_identity(session, known, person.id, key, now)
    for role in known.roles:
        if role.name not in match.roles:
            session.delete(role)
    held = {role.name for role in known.roles}
    for name in match.roles:
        if name not in held:
            session.add(Role(person_id=person.id, name=name, granted_at=now))
    _write_affiliations(session, known, person.id, said, cities)
    if match.has_profile and said.expert:
        profile = known.profile or ExpertProfile(person_id=person.id)
        experts.write(profile, said.expert, named)
        session.add(profile)


def _write_identity(session: Session, known: _OnRecord, person_id: int, key: _Key, now: datetime) -> None:
    held, old = _held(known, key)
    if held is not None and held.verified_at is not None:
        return
    identity = held or old or Identity(person_id=person_id, kind=key[0], issuer=key[1], external_id=key[2])
    identity.external_id = key[2]
    identity.verified_how, identity.verified_at = VERIFIED_HOW, now
    session.add(identity)


def _write_affiliations(
    session: Session, known: _OnRecord, person_id: int, said: _Said, cities: dict[str, City]
) -> None:
    kept = dict(known.affiliations)
    if said.cities is not None:
        for slug in kept.keys() - set(said.cities):
            session.delete(kept.pop(slug))
        for slug in said.cities:
            if slug not in kept:
                kept[slug] = Affiliation(person_id=person_id, city_id=cities[slug].id or 0)
    for affiliation in kept.values():
        affiliation.title = affiliation.title if said.title is None else said.title
        session.add(affiliation)


def _shown_key(key: _Key) -> str:
    return f"{key[0].value} {key[1] + '/' if key[1] else ''}{key[2]}"


def _id_of(identity: Identity) -> str:
    return f"{identity.issuer}/{identity.external_id}" if identity.issuer else identity.external_id
