"""The directory as CSV files: cities, and people with their identities, roles and cities.

A file is read whole, compared with the directory, and taken whole or not at all. Every fault is told
at once, with its line. A person of the file is the one in the directory with the same email address or
the same Slack identity, never one with an equal name. A column that the file does not have, and an
empty cell, leave what is on record as it is; a cell with "-" empties it.
"""

from datetime import datetime

from sqlmodel import Session

from escalation.access import Actor, Verb, may
from escalation.directory_csv.cities import apply_cities, plan_cities
from escalation.directory_csv.export import export_cities, export_people
from escalation.directory_csv.people import apply_people, plan_people
from escalation.directory_csv.plan import Change, CsvFaults, Fault, Plan, What
from escalation.directory_csv.sheet import CITIES, PEOPLE, read_sheet
from escalation.errors import DirectoryError, Forbidden

__all__ = [
    "CITIES",
    "PEOPLE",
    "Change",
    "CsvFaults",
    "Fault",
    "Plan",
    "What",
    "apply",
    "export_cities",
    "export_people",
    "plan",
]


def plan(session: Session, content: bytes) -> Plan:
    """Return what taking the file would do, line by line; raise CsvFaults with everything that is wrong."""
    sheet = read_sheet(content)
    return (plan_cities if sheet.kind is CITIES else plan_people)(session, sheet)


def apply(session: Session, content: bytes, by: Actor, now: datetime, *, shown: Plan | None = None) -> Plan:
    """Take the file and return what was done.

    `shown` is the plan that somebody agreed to: raise DirectoryError when the directory has changed
    since in a way that makes it another one. Identities from a file are verified, and so is the person.
    """
    if not may(by, Verb.EDIT_DIRECTORY):
        raise Forbidden("Only an admin may change the directory.")
    found = plan(session, content)
    if shown is not None and found != shown:
        raise DirectoryError(
            "The directory has changed meanwhile; nothing was taken. Look at the preview again."
        )
    sheet = read_sheet(content)
    (apply_cities if sheet.kind is CITIES else apply_people)(session, sheet, now)
    return found
