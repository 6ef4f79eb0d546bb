"""What a file may say of an expert: one column each, read, shown, compared and written the same way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session, select

from escalation.directory_csv import cells
from escalation.directory_csv.cells import CellError
from escalation.directory_csv.plan import Fault
from escalation.directory_csv.sheet import Row
from escalation.tables import City, ExpertProfile, Identity, IdentityKind

COLUMNS: Final = (
    "topics",
    "languages",
    "jurisdictions",
    "capacity",
    "on_duty",
    "takes_danger",
    "hours",
    "on_call",
    "away",
    "backup",
    "conflict_cities",
    "conflict_people",
    "pager",
)
Values = tuple[tuple[str, Any], ...]
_NONE: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """Cities by slug and people by email address, as ids."""

    cities: Mapping[str, int]
    people: Mapping[str, int]

    def slug_of(self, city_id: int) -> str:
        return next((slug for slug, known in self.cities.items() if known == city_id), f"#{city_id}")

    def email_of(self, person_id: int) -> str:
        return next((mail for mail, known in self.people.items() if known == person_id), f"#{person_id}")


def known_to(session: Session) -> Known:
    """Return who and what a file may name."""
    cities = {city.slug: city.id or 0 for city in session.exec(select(City)).all()}
    mails = session.exec(select(Identity).where(Identity.kind == IdentityKind.EMAIL)).all()
    return Known(cities, {one.external_id: one.person_id for one in mails})


def read(row: Row, known: Known, faults: list[Fault]) -> Values:
    """Return what a line says of an expert, by column; what is wrong is added to `faults`."""
    reader = cells.Cells(row, faults)
    parsers: dict[str, tuple[Callable[[str], Any], Any]] = {
        "topics": (cells.levelled, _NONE),
        "languages": (cells.languages, _NONE),
        "jurisdictions": (cells.regions, _NONE),
        "capacity": (cells.count, 0),
        "on_duty": (cells.yes_no, False),
        "takes_danger": (cells.yes_no, False),
        "hours": (cells.hours, ""),
        "on_call": (cells.weeks, _NONE),
        "away": (cells.absences, _NONE),
        "backup": (_one_of("person", known.people), ""),
        "conflict_cities": (_all_of("city", known.cities), _NONE),
        "conflict_people": (_all_of("person", known.people), _NONE),
        "pager": (cells.words(80), ""),
    }
    said = ((name, reader.read(name, parse, cleared=empty)) for name, (parse, empty) in parsers.items())
    return tuple((name, value) for name, value in said if value is not None)


def of_profile(profile: ExpertProfile, known: Known) -> dict[str, Any]:
    """Return what is on record of an expert, in the same form."""
    return {
        "topics": tuple(
            f"{topic}:{profile.levels[topic]}" if topic in profile.levels else topic
            for topic in profile.topics
        ),
        "languages": tuple(profile.languages),
        "jurisdictions": tuple(profile.jurisdictions),
        "capacity": profile.capacity,
        "on_duty": profile.on_duty,
        "takes_danger": profile.takes_danger,
        "hours": profile.hours,
        "on_call": tuple(profile.on_call),
        "away": tuple(profile.away),
        "backup": known.email_of(profile.backup_id) if profile.backup_id is not None else "",
        "conflict_cities": tuple(known.slug_of(one) for one in profile.conflict_cities),
        "conflict_people": tuple(known.email_of(one) for one in profile.conflict_people),
        "pager": profile.pager or "",
    }


def write(profile: ExpertProfile, said: Values, known: Known) -> None:
    """Put what was said on record. Lists are replaced whole: a change in place is not seen."""
    for name, value in said:
        match name:
            case "topics":
                pairs = [word.partition(":") for word in value]
                profile.topics = [topic for topic, _, _level in pairs]
                profile.levels = {topic: int(level) for topic, _, level in pairs if level}
            case "backup":
                profile.backup_id = known.people[value] if value else None
            case "conflict_cities":
                profile.conflict_cities = [known.cities[slug] for slug in value]
            case "conflict_people":
                profile.conflict_people = [known.people[mail] for mail in value]
            case "pager":
                profile.pager = value or None
            case _:
                setattr(profile, name, list(value) if isinstance(value, tuple) else value)


def cell(value: Any) -> str:
    """Return a value as a cell says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def shown(name: str, value: Any) -> str:
    """Return a value for a preview."""
    return " ".join(value) if isinstance(value, tuple) and name != "hours" else cell(value)


def _one_of(what: str, known: Mapping[str, int]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        name = text.strip().lower()
        if name not in known:
            raise CellError(cells.unknown(what, name, known))
        return name

    return parse


def _all_of(what: str, known: Mapping[str, int]) -> Callable[[str], tuple[str, ...]]:
    one = _one_of(what, known)
    return lambda text: tuple(dict.fromkeys(one(part) for part in cells.parts(text)))
