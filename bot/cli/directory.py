"""`helpdesk directory`: people, identities, roles and cities, in and out as CSV."""

import json
import os
import re
import secrets
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table

from bot.cli import directory_edits
from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    LoggedReason,
    Somebody,
    acting,
    cell,
    desk,
    err,
    one_line_errors,
    out,
    plain,
    send_due,
)
from bot.console.sign_in import create_link
from bot.database import reading, transaction
from bot.privacy import unsafe
from bot.provisioning import NotReady
from escalation import directory, directory_csv
from escalation.access import OPERATOR
from escalation.directory_csv import CsvFaults, Plan, What
from escalation.errors import DirectoryError, NotFound
from escalation.tables import ChannelName

LINK_MINUTES = 15
_MANY = 40
app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """People, identities, roles and cities."""


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app, name="directory")


@app.command("import")
@one_line_errors
def import_file(
    file: Annotated[Path, typer.Argument(help="Cities or people, as CSV.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before changing anything.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Take cities or people from a CSV file, all of it or nothing.

    Cities have the columns slug, name, country, region, zone, member, has_911, dispatch_phone (the ten-digit
    line that reaches the city's own dispatch), police_contact, police_checked_on (YYYY-MM-DD), cohort,
    population_band, government, languages, peer_consent; people have name, email, slack (WORKSPACE/USER), roles,
    city, title, language, zone, and of experts topics (doxing:3 with a level of 1 to 3), languages, jurisdictions
    (US, CA-QC), capacity, on_duty, takes_danger, hours (Mon-Fri 09:00-17:00), on_call (a day of each week), away
    (2026-12-21/2027-01-03), backup (an email), conflict_cities, conflict_people (emails), pager. A column that is
    not there and an empty cell leave things as they are; a cell with - empties it. People are the same
    by email address or Slack identity, never by name.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise NotReady(f"{file} can't be read: {error.strerror or type(error).__name__}") from None
    with desk(data_dir) as services:
        try:
            with reading(services.engine) as session:
                plan = directory_csv.plan(session, content)
        except CsvFaults as error:
            _show_faults(file, error)
            raise typer.Exit(1) from None
        _show(plan)
        if dry_run or plan.empty:
            out.print("Nothing was changed." if dry_run else "The directory says all of this already.")
            return
        if not (yes or _agreed()):
            err.print("helpdesk: nothing was changed (add --yes to take the file without being asked)")
            raise typer.Exit(1)
        with transaction(services.engine) as session:
            directory_csv.apply(session, content, OPERATOR, services.clock(), shown=plan)
        out.print("Taken.")


def _agreed() -> bool:
    try:
        return typer.confirm("Take these changes?", err=True)
    except typer.Abort:
        err.print()
        return False


def _show_faults(file: Path, error: CsvFaults) -> None:
    for fault in error.faults:
        err.print(plain(f"helpdesk: {file.name} line {fault.line}: {fault.text}"))
    err.print("helpdesk: nothing was changed")


def _show(plan: Plan) -> None:
    many = len(plan.changes) > _MANY
    shown = [change for change in plan.changes if not (many and change.what is What.UNCHANGED)]
    if shown:
        table = _table("line", "", "city" if plan.kind == directory_csv.CITIES else "person", "what changes")
        for change in shown:
            table.add_row(
                str(change.line), change.what.value, cell(change.name), cell("\n".join(change.details))
            )
        out.print(table)
    for note in plan.notes:
        out.print(plain(f"line {note.line}: {note.text}"))
    out.print(", ".join(f"{plan.count(what)} {what.value}" for what in What))


@app.command("export")
@one_line_errors
def export(
    file: Annotated[Path, typer.Argument(help="A new CSV file.")],
    cities: Annotated[bool, typer.Option("--cities", help="Write the cities instead of the people.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Write the verified people, or the cities, as CSV that `import` takes back without a change."""
    with desk(data_dir) as services, reading(services.engine) as session:
        content = (directory_csv.export_cities if cities else directory_csv.export_people)(session)
    try:
        handle = os.open(
            file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
        )  # names and addresses: for its owner
        with os.fdopen(handle, "wb") as target:
            target.write(content)
    except FileExistsError:
        raise NotReady(f"{file} is there already: choose another name") from None
    except OSError as error:
        raise NotReady(f"{file} can't be written: {error.strerror or type(error).__name__}") from None
    out.print(plain(f"{file}: written."))


@app.command("list")
@one_line_errors
def list_people(as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """List the people of the directory, with their roles, cities and identities."""
    with desk(data_dir) as services, reading(services.engine) as session:
        people = directory.list_people(session)
    if as_json:
        rows = [asdict(person) for person in people]
        out.print(plain(json.dumps(rows, ensure_ascii=False, indent=2)))
        return
    table = _table("no.", "name", "roles", "cities", "known as", "verified")
    for person in people:
        name = f"{person.name or '(no name)'}{' (demonstration)' if person.demonstration else ''}"
        known_as = (identity for identity in person.identities if not identity.startswith("web:"))
        table.add_row(
            str(person.id),
            cell(name),
            cell(", ".join(person.roles)),
            cell(", ".join(person.cities)),
            cell("\n".join(known_as)),
            "yes" if person.verified else "no",
        )
    out.print(table)


@app.command("sign-in-link")
@one_line_errors
def sign_in_link(
    person: Somebody,
    data_dir: DataDir = None,
) -> None:
    """Print a link that signs one person in, once, within 15 minutes. Give it to nobody else."""
    with desk(data_dir) as services:
        actor = acting(services, person)
        if actor.person_id is None:
            raise NotFound("Name somebody of the directory. See: helpdesk directory list")
        if actor.suspended:
            raise DirectoryError("This person is suspended and can't sign in.")
        with transaction(services.engine) as session:
            token = create_link(session, actor.person_id, services.clock(), LINK_MINUTES)
            name = directory.get_person(session, actor.person_id).name
        out.print(plain(f"For {name}, once, within {LINK_MINUTES} minutes:"))
        out.print(sign_in_address(services.settings.base_url, token))


@app.command("suspend")
@one_line_errors
def suspend(
    person: Somebody,
    reason: LoggedReason,
    safe_email: Annotated[
        str | None,
        typer.Option("--safe-email", help="A mailbox that is safe: messages go there from now on."),
    ] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Stop every channel of somebody whose phone or mailbox isn't safe, and open a P2 for people.

    Their sessions, sign-in links and rights in Slack and by mail end at once. What waits to be sent goes to
    the safe mailbox if one is named, and to nobody otherwise. Check by phone that it is really them.
    """
    with desk(data_dir) as services:
        actor, other = acting(services, who), acting(services, person)
        if other.person_id is None:
            raise NotFound("Name somebody of the directory. See: helpdesk directory list")
        safe = None
        if safe_email is not None:
            if not re.fullmatch(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+", safe_email.strip()):
                raise DirectoryError("--safe-email is not a mail address.")
            address = json.dumps({"to": safe_email.strip()}, separators=(",", ":"))
            safe = (ChannelName.EMAIL, address)
        source = f"terminal:{secrets.token_hex(8)}"
        report = unsafe.Report(actor.person_id, "terminal", source, reason)
        number = unsafe.suspend(services, other.person_id, report, safe=safe)
        out.print(
            plain(f"Everything to this person has stopped. {number} tells people to reach them safely.")
        )
        send_due(services)


@app.command("reinstate")
@one_line_errors
def reinstate(
    person: Somebody,
    reason: LoggedReason,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Give somebody their channels back. They sign in anew."""
    with desk(data_dir) as services:
        actor, other = acting(services, who), acting(services, person)
        if other.person_id is None:
            raise NotFound("Name somebody of the directory. See: helpdesk directory list")
        unsafe.reinstate(services, other.person_id, actor, reason, channel="terminal")
        out.print("This person can be written to again, on their own channels.")


directory_edits.register(app)


def _table(*columns: str) -> Table:
    """Return a table that breaks a long name rather than cutting it off."""
    return Table(*(Column(column, overflow="fold") for column in columns))


def sign_in_address(base_url: str, token: str) -> str:
    """Return the address that a one-time link's token is used at."""
    return f"{base_url}/console/sign-in/{token}"


__all__ = ["app", "sign_in_address"]
