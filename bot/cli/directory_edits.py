"""`helpdesk directory show`, `add`, `edit`, `away`, `on-call`: one person at a time, through the same door as a CSV file."""

import csv
import io
import json
from typing import Annotated, Any

import typer
from sqlmodel import Session

from bot.cli.common import AsJson, DataDir, Somebody, desk, one_line_errors, out, person_of, plain
from bot.database import reading, transaction
from bot.rendering import times
from bot.services import Services
from escalation import directory, directory_csv
from escalation.access import OPERATOR
from escalation.availability import parse_absence, parse_week
from escalation.directory_csv import CsvFaults, What, experts
from escalation.errors import DirectoryError
from escalation.tables import ExpertProfile

Fields = Annotated[
    list[str],
    typer.Argument(
        help="COLUMN=VALUE, as in the CSV file: roles=expert topics=doxing:3 hours='Mon-Fri 09:00-17:00'."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to `helpdesk directory`."""
    for name, command in (
        ("show", show),
        ("add", add),
        ("edit", edit),
        ("away", away),
        ("on-call", on_call),
    ):
        app.command(name)(one_line_errors(command))


def show(person: Somebody, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show one person: roles, cities, identities; of an expert also what they take, when, and their load."""
    with desk(data_dir) as services, reading(services.engine) as session:
        person_id = person_of(session, person)
        shown = _facts(session, services, person_id)
    if as_json:
        out.print(plain(json.dumps(shown, ensure_ascii=False, indent=2)))
        return
    for name, value in shown.items():
        if value not in ("", None):
            out.print(plain(f"{name.replace('_', ' '):<16} {value}"))


def add(fields: Fields, data_dir: DataDir = None) -> None:
    """Add somebody: name=... and email=... or slack=WORKSPACE/USER, and any other column. With slug=, a city."""
    _take(data_dir, fields, new=True)


def edit(person: Somebody, fields: Fields, data_dir: DataDir = None) -> None:
    """Change what is said of somebody; a value of - empties it. `directory import --help` names the columns."""
    with desk(data_dir) as services:
        _edit(services, person, fields)


def away(
    person: Somebody,
    days: Annotated[
        list[str] | None, typer.Argument(help="2026-12-21/2027-01-03, or one day. Several may be given.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="They are away on no day.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Say when an expert is away: no case goes to them then. What is over is forgotten."""
    with desk(data_dir) as services:
        today = services.clock().date()
        new = [str(_read(parse_absence, day)) for day in days or ()]
        with reading(services.engine) as session:
            known = [] if clear else directory.profile_of(session, person_of(session, person)).away
        kept = sorted({*(one for one in known if parse_absence(one).last >= today), *new})
        _edit(services, person, [f"away={' '.join(kept) or '-'}"])


def on_call(
    person: Somebody,
    weeks: Annotated[
        list[str] | None, typer.Argument(help="Any day of the week: 2026-11-26. Several may be given.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="They are on call in no week.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Say in which weeks an expert is on call, at every hour. What is over is forgotten."""
    with desk(data_dir) as services:
        monday = parse_week(services.clock().date().isoformat())
        new = [_read(parse_week, week).isoformat() for week in weeks or ()]
        with reading(services.engine) as session:
            known = [] if clear else directory.profile_of(session, person_of(session, person)).on_call
        kept = sorted({*(one for one in known if one >= monday.isoformat()), *new})
        _edit(services, person, [f"on_call={' '.join(kept) or '-'}"])


def _edit(services: Services, person: str, fields: list[str]) -> None:
    with reading(services.engine) as session:
        person_id = person_of(session, person)
        email, slack = directory.email_of(session, person_id), directory.slack_of(session, person_id)
        name = directory.get_person(session, person_id).name
    own = {} if email is None else {"email": email}
    if email is None and slack is not None:
        own = {"slack": "/".join(slack)}
    if not own:
        raise DirectoryError(
            f"{name} has no email address or Slack identity, so nothing can be said of them."
        )
    _apply(services, {**own, **_cells(fields)}, new=False)


def _take(data_dir: DataDir, fields: list[str], *, new: bool) -> None:
    with desk(data_dir) as services:
        _apply(services, _cells(fields), new=new)


def _apply(services: Services, cells: dict[str, str], *, new: bool) -> None:
    """Take one line, as an import would, and say what it changed."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([list(cells), list(cells.values())])
    content = text.getvalue().encode()
    try:
        with transaction(services.engine) as session:
            plan = directory_csv.plan(session, content)
            if new and plan.count(What.NEW) == 0:
                raise DirectoryError(f"{plan.changes[0].name} is in the directory already: use edit.")
            directory_csv.apply(session, content, OPERATOR, services.clock(), shown=plan)
    except CsvFaults as error:
        raise DirectoryError("; ".join(fault.text for fault in error.faults)) from None
    for change in plan.changes:
        out.print(plain(f"{change.name or 'done'}: {'; '.join(change.details) or 'nothing to change'}"))
    for note in plan.notes:
        out.print(plain(note.text))


def _cells(fields: list[str]) -> dict[str, str]:
    cells = {}
    for one in fields:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            raise DirectoryError(
                f"{one[:60]!r} is not of the form COLUMN=VALUE, such as zone=America/Toronto"
            )
        cells[name.strip()] = value.strip()
    return cells


def _facts(session: Session, services: Services, person_id: int) -> dict[str, Any]:
    now, zone = services.clock(), services.policy.hub_calendar.zone
    summary = next(one for one in directory.list_people(session) if one.id == person_id)
    facts: dict[str, Any] = {
        "number": summary.id,
        "name": summary.name,
        "roles": ", ".join(summary.roles),
        "cities": ", ".join(summary.cities),
        "known_as": ", ".join(one for one in summary.identities if not one.startswith("web:")),
        "language": summary.language or "",
        "zone": summary.zone or "",
        "verified": "yes" if summary.verified else "no",
    }
    profile = session.get(ExpertProfile, person_id)
    if profile is None:
        return facts
    said = experts.of_profile(profile, experts.known_to(session))
    facts |= {name: experts.cell(said[name]) for name in experts.COLUMNS}
    availability = directory.availability_of(session, person_id, hub_zone=zone)
    hub = services.policy.hub_calendar
    until = availability.away_until(now)
    if until is not None:
        facts["now"] = f"away until {times.date_in_words(until, 'en')}"
    elif availability.working(now, hub):
        facts["now"] = "on duty"
    else:
        next_at = availability.next_working(now, hub)
        facts["now"] = f"not at work before {times.when(next_at, zone, 'en', now)}" if next_at else "off duty"
    return facts


def _read(parse: Any, text: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        raise DirectoryError(f"{error}. Nothing was changed.") from None


__all__ = ["register"]
