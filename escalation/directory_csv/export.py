"""The directory as a CSV file that `plan` takes back without a change."""

import csv
import io
from collections.abc import Iterable

from sqlmodel import Session, col, select

from escalation.directory import list_cities
from escalation.directory_csv import experts
from escalation.directory_csv.sheet import CITIES, COLUMNS, FORMULA, PEOPLE
from escalation.tables import Affiliation, City, ExpertProfile, Identity, IdentityKind, Person, Role


def export_cities(session: Session) -> bytes:
    """Return the cities as CSV, without the demonstration ones."""
    return _written(
        COLUMNS[CITIES],
        (
            (
                city.slug,
                city.name,
                city.country,
                city.region,
                city.zone,
                _yes(city.member),
                _yes(city.has_911),
                city.dispatch_phone or "",
                city.police_contact or "",
                city.police_checked_on.isoformat() if city.police_checked_on else "",
                city.cohort,
                city.population_band,
                city.government,
                ", ".join(city.languages),
                _yes(city.peer_consent),
            )
            for city in list_cities(session)
            if not city.demonstration
        ),
    )


def export_people(session: Session) -> bytes:
    """Return the verified people who have a mail or Slack identity, as CSV.

    Strangers met on a channel and suspended people are left out: taking the file back would vouch
    for them.
    """
    people = session.exec(
        select(Person)
        .where(col(Person.verified), col(Person.suspended_at).is_(None), col(Person.demonstration).is_(False))
        .order_by(col(Person.id))
    ).all()
    known = experts.known_to(session)
    return _written(COLUMNS[PEOPLE], filter(None, (_person(session, person, known) for person in people)))


def _person(session: Session, person: Person, known: experts.Known) -> tuple[str, ...] | None:
    identities = session.exec(
        select(Identity).where(Identity.person_id == person.id).order_by(col(Identity.id))
    ).all()
    email = next((one.external_id for one in identities if one.kind is IdentityKind.EMAIL), "")
    slack = next((one for one in identities if one.kind is IdentityKind.SLACK), None)
    if not email and slack is None:
        return None
    roles = session.exec(select(Role).where(Role.person_id == person.id).order_by(col(Role.id))).all()
    working_for = session.exec(
        select(City.slug, Affiliation.title)
        .join(Affiliation, col(Affiliation.city_id) == col(City.id))
        .where(Affiliation.person_id == person.id)
        .order_by(col(City.slug))
    ).all()
    titles = {title for _slug, title in working_for}
    profile = session.get(ExpertProfile, person.id)
    said = experts.of_profile(profile, known) if profile else None
    return (
        person.name,
        email,
        f"{slack.issuer}/{slack.external_id}" if slack else "",
        ", ".join(role.name.value for role in roles),
        ", ".join(slug for slug, _title in working_for),
        # One cell can't say several titles: left empty, it leaves them as they are.
        titles.pop() if len(titles) == 1 else "",
        person.language or "",
        person.zone or "",
        *(experts.cell(said[name]) if said else "" for name in experts.COLUMNS),
    )


def _written(columns: Iterable[str], rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_neutral(value) for value in row] for row in rows)
    # With a BOM, spreadsheets read the accents right.
    return text.getvalue().encode("utf-8-sig")


def _neutral(value: str) -> str:
    """Return a cell that no spreadsheet computes: an apostrophe makes a formula text."""
    return f"'{value}" if FORMULA.match(value) else value


def _yes(value: bool) -> str:
    return "yes" if value else "no"
