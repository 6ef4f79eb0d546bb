"""Who may do what: one pure table, asked on every read and every act."""

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What somebody wants to do."""

    ASK = "ask"
    READ_REQUEST = "read_request"
    READ_TICKET = "read_ticket"
    READ_QUEUE = "read_queue"
    WORK_TICKET = "work_ticket"
    READ_LIBRARY = "read_library"
    EDIT_LIBRARY = "edit_library"
    EDIT_DIRECTORY = "edit_directory"
    CHANGE_POLICY = "change_policy"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: who they are, what they are, where they work.

    `person_id` None is the operator at the machine's own terminal, who owns the data files anyway.
    """

    person_id: int | None
    roles: frozenset[str] = frozenset()
    cities: frozenset[int] = frozenset()
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """What is acted on: whose it is and which cities it concerns."""

    requester_id: int | None = None
    cities: frozenset[int] = frozenset()
    assignee_id: int | None = None


OPERATOR = Actor(None, frozenset({"operator"}))
NOTHING = Thing()

_STAFF = frozenset({"expert", "lead"})
_TABLE: dict[Verb, frozenset[str]] = {
    Verb.ASK: frozenset({"anyone"}),
    Verb.READ_REQUEST: frozenset({"requester", "expert", "lead", "operator"}),
    Verb.READ_TICKET: frozenset({"expert", "lead", "auditor", "operator"}),
    Verb.READ_QUEUE: frozenset({"expert", "lead", "auditor", "operator"}),
    Verb.WORK_TICKET: frozenset({"expert", "lead", "operator"}),
    Verb.READ_LIBRARY: frozenset({"anyone"}),
    Verb.EDIT_LIBRARY: frozenset({"admin", "operator"}),
    Verb.EDIT_DIRECTORY: frozenset({"admin", "operator"}),
    Verb.CHANGE_POLICY: frozenset({"admin", "operator"}),
}
_ABOUT_A_CASE = frozenset({Verb.READ_REQUEST, Verb.READ_TICKET, Verb.WORK_TICKET})


def may(actor: Actor, verb: Verb, thing: Thing = NOTHING) -> bool:
    """Tell whether `actor` may do `verb` to `thing`.

    An expert from the requester's own city has a conflict of interest and may do nothing with the
    case; a suspended person may only ask.
    """
    if actor.suspended:
        return verb is Verb.ASK
    held = set(actor.roles) | {"anyone"}
    if actor.person_id is not None and actor.person_id == thing.requester_id:
        held.add("requester")
    granted = held & _TABLE[verb]
    conflict = bool(actor.cities & thing.cities) and actor.person_id != thing.requester_id
    if verb in _ABOUT_A_CASE and conflict:
        granted -= _STAFF | {"auditor"}
    return bool(granted)
