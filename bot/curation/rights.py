"""Who may change the library, who must read a version before it goes out, and how the history names them."""

from sqlmodel import Session

from escalation import directory
from escalation.access import Actor, Verb, may
from escalation.errors import Forbidden, NotFound
from escalation.tables import RoleName
from knowledge_base import library
from knowledge_base.errors import SecondAdminNeeded

_OPERATOR = "operator"
_PERSON = "person:"
_FROM_TWO = 2


def by_of(actor: Actor) -> str:
    """Return how the library's history names an actor: by number, because names change."""
    return _OPERATOR if actor.person_id is None else f"{_PERSON}{actor.person_id}"


def who(session: Session, by: str) -> str:
    """Return the name behind an entry of the history."""
    number = by.removeprefix(_PERSON)
    if number == by or not number.isdecimal():
        return by
    try:
        return directory.get_person(session, int(number)).name or by
    except NotFound:
        return by


def check_editor(actor: Actor) -> None:
    """Raise Forbidden unless the actor may change the library."""
    if not may(actor, Verb.EDIT_LIBRARY):
        raise Forbidden("Only an admin may change the library.")


def needs_second(session: Session, actor: Actor, document_id: str, number: int) -> bool:
    """Tell whether another admin must publish this version.

    Where the hub has two admins, nobody publishes what they wrote. A version that was published before was
    read before: going back to it waits for nobody.
    """
    if len(directory.people_with(session, RoleName.ADMIN)) < _FROM_TWO:
        return False
    version = next(one for one in library.list_versions(session, document_id) if one.number == number)
    return version.created_by == by_of(actor) and version.published_at is None


def check_second(session: Session, actor: Actor, document_id: str, number: int) -> None:
    """Raise SecondAdminNeeded when another admin must publish this version."""
    if needs_second(session, actor, document_id, number):
        raise SecondAdminNeeded(document_id, number)
