"""The cities of a file, compared with the directory and taken."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from escalation.directory import list_cities
from escalation.directory_csv import cells
from escalation.directory_csv.plan import Change, CsvFaults, Fault, Plan, What
from escalation.directory_csv.sheet import CITIES, Sheet
from escalation.tables import City

_FIELDS = (
    "name",
    "country",
    "region",
    "zone",
    "member",
    "has_911",
    "dispatch_phone",
    "police_contact",
    "police_checked_on",
    "cohort",
    "population_band",
    "government",
    "languages",
    "peer_consent",
)
# Emptied by a dash: no text and no date, rather than an empty one.
_NONE_WHEN_EMPTY = frozenset({"dispatch_phone", "police_contact", "police_checked_on"})
_NO_DATE = date.min
_NO_LANGUAGES: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line says of a city; None leaves it as it is."""

    line: int
    slug: str
    values: tuple[tuple[str, str | bool | date | list[str] | None], ...]
    known: City | None


def plan_cities(session: Session, sheet: Sheet) -> Plan:
    """Return what the file would do; raise CsvFaults with everything that is wrong."""
    return Plan(CITIES, tuple(_change(line) for line in _lines(session, sheet)))


def apply_cities(session: Session, sheet: Sheet, now: datetime) -> None:
    """Write the file's cities."""
    for line in _lines(session, sheet):
        city = line.known or City(slug=line.slug, name="", country="", zone="", created_at=now)
        for name, value in line.values:
            setattr(city, name, value)
        session.add(city)
    session.flush()


def _lines(session: Session, sheet: Sheet) -> tuple[_Line, ...]:
    known = {city.slug: city for city in list_cities(session)}
    faults, seen, lines = list(sheet.faults), dict[str, int](), []
    for row in sheet.rows:
        told = len(faults)
        read = cells.Cells(row, faults)
        slug = read.read("slug", cells.slug)
        city = known.get(slug or "")
        country = read.read("country", cells.country)
        region = read.read("region", cells.region, cleared="")
        values = {
            "name": read.read("name", cells.words(200)),
            "country": country,
            "region": _full_region(region, country or (city.country if city else None), row.line, faults),
            "zone": read.read("zone", cells.zone),
            "member": read.read("member", cells.yes_no, cleared=False),
            "has_911": read.read("has_911", cells.yes_no, cleared=False),
            "dispatch_phone": read.read("dispatch_phone", cells.phone, cleared=""),
            "police_contact": read.read("police_contact", cells.words(200), cleared=""),
            "police_checked_on": read.read("police_checked_on", cells.date, cleared=_NO_DATE),
            "cohort": read.read("cohort", cells.words(80), cleared=""),
            "population_band": read.read("population_band", cells.words(20), cleared=""),
            "government": read.read("government", cells.words(80), cleared=""),
            "languages": _as_list(read.read("languages", cells.languages, cleared=_NO_LANGUAGES)),
            "peer_consent": read.read("peer_consent", cells.yes_no, cleared=False),
        }
        if slug is None and len(faults) == told:
            faults.append(Fault(row.line, "a city needs a slug"))
        if slug is not None and slug in seen:
            faults.append(Fault(row.line, f"the city {slug} is on line {seen[slug]} already"))
        if city is not None and city.demonstration:
            faults.append(Fault(row.line, f"{city.slug} is a demonstration city: choose another slug"))
        if slug is not None and city is None and len(faults) == told:
            missing = [name for name in ("name", "country", "zone") if values[name] is None]
            if missing:
                faults.append(Fault(row.line, f"a new city needs {' and '.join(missing)}"))
        if slug is not None:
            seen.setdefault(slug, row.line)
            said = tuple(
                (name, None if name in _NONE_WHEN_EMPTY and value in ("", _NO_DATE) else value)
                for name, value in values.items()
                if value is not None
            )
            lines.append(_Line(row.line, slug, said, city))
    if faults:
        raise CsvFaults(faults)
    return tuple(lines)


def _as_list(codes: tuple[str, ...] | None) -> list[str] | None:
    return None if codes is None else list(codes)


def _full_region(region: str | None, country: str | None, line: int, faults: list[Fault]) -> str | None:
    if not region or country is None:
        return region
    if "-" not in region:
        return f"{country}-{region}"
    if not region.startswith(f"{country}-"):
        faults.append(Fault(line, f"region: {region} is not in {country}"))
    return region


def _change(line: _Line) -> Change:
    values = dict(line.values)
    if line.known is None:
        details = tuple(f"{name}: {_shown(values[name])}" for name in _FIELDS if name in values)
        return Change(line.line, What.NEW, line.slug, details)
    details = tuple(
        f"{name}: {_shown(getattr(line.known, name))} -> {_shown(values[name])}"
        for name in _FIELDS
        if name in values and values[name] != getattr(line.known, name)
    )
    return Change(line.line, What.CHANGED if details else What.UNCHANGED, line.slug, details)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = " ".join(value)
    return "(none)" if value in (None, "") else str(value)
