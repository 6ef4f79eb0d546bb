"""Who may do what: one pure table, asked on every read and every act."""

from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What somebody wants to do."""

    ASK = "ask"
    READ_REQUEST = "read_request"
    READ_TICKET = "read_ticket"
    READ_ORIGINAL = "read_original"
    READ_QUEUE = "read_queue"
    WORK_TICKET = "work_ticket"
    READ_LIBRARY = "read_library"
    EDIT_LIBRARY = "edit_library"
    EDIT_DIRECTORY = "edit_directory"
    CHANGE_POLICY = "change_policy"
    READ_ACCESS_LOG = "read_access_log"
    SEAL_TICKET = "seal_ticket"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: who they are, what they are, where they work.

    `person_id` None is the operator at the machine's own terminal, who owns the data files anyway.
    `conflicts` are people whose cases this one must not know of.
    """

    person_id: int | None
    roles: frozenset[str] = frozenset()
    cities: frozenset[int] = frozenset()
    suspended: bool = False
    conflicts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Thing:
    """What is acted on: whose it is and which cities it concerns.

    `sealed`: only the people `named` may know that it exists. `kept_away` are those with a conflict of
    interest that no city shows.
    """

    requester_id: int | None = None
    cities: frozenset[int] = frozenset()
    assignee_id: int | None = None
    sealed: bool = False
    named: frozenset[int] = frozenset()
    kept_away: frozenset[int] = frozenset()


OPERATOR = Actor(None, frozenset({"operator"}))
NOTHING = Thing()

_STAFF = frozenset({"expert", "lead"})
_TABLE: dict[Verb, frozenset[str]] = {
    Verb.ASK: frozenset({"anyone"}),
    Verb.READ_REQUEST: frozenset({"requester", "expert", "lead", "operator"}),
    Verb.READ_TICKET: frozenset({"expert", "lead", "auditor", "operator", "named", "invited"}),
    Verb.READ_ORIGINAL: frozenset({"requester", "assignee", "named"}),
    Verb.READ_QUEUE: frozenset({"expert", "lead", "auditor", "operator", "partner"}),
    Verb.WORK_TICKET: frozenset({"expert", "lead", "operator"}),
    Verb.READ_LIBRARY: frozenset({"anyone"}),
    Verb.EDIT_LIBRARY: frozenset({"admin", "operator"}),
    Verb.EDIT_DIRECTORY: frozenset({"admin", "operator"}),
    Verb.CHANGE_POLICY: frozenset({"admin", "operator"}),
    Verb.READ_ACCESS_LOG: frozenset({"auditor", "operator"}),
    Verb.SEAL_TICKET: frozenset({"lead", "assignee", "named", "operator"}),
}
_ABOUT_A_CASE = frozenset(
    {Verb.READ_REQUEST, Verb.READ_TICKET, Verb.READ_ORIGINAL, Verb.WORK_TICKET, Verb.SEAL_TICKET}
)


def may(actor: Actor, verb: Verb, thing: Thing = NOTHING) -> bool:
    """Tell whether `actor` may do `verb` to `thing`.

    An expert from the requester's own city has a conflict of interest and may do nothing with the case,
    named or not; a sealed case is there for its named people and its requester alone, and not for the
    operator; a suspended person may only ask.
    """
    if actor.suspended:
        return verb is Verb.ASK
    held = set(actor.roles) | {"anyone"} | _standing(actor, thing)
    granted = held & _TABLE[verb]
    if verb in _ABOUT_A_CASE and _must_not_know(actor, thing):
        # The operator may name somebody for a case that nobody is left to see, without seeing it.
        granted &= {"requester", "operator"} if verb is Verb.SEAL_TICKET else {"requester"}
    return bool(granted)


def is_partner(actor: Actor) -> bool:
    """Tell whether somebody is a partner and nothing more: they see only what they were invited to."""
    return "partner" in actor.roles and not actor.roles & {*_STAFF, "auditor"}


def _standing(actor: Actor, thing: Thing) -> set[str]:
    """Return what somebody is to this one case, beside the roles they hold."""
    if actor.person_id is None:
        return set()
    standing = set()
    if actor.person_id == thing.requester_id:
        standing.add("requester")
    if actor.person_id == thing.assignee_id and actor.roles & _STAFF:
        standing.add("assignee")
    if actor.person_id in thing.named:
        # a partner sees the tickets they were invited to, masked
        standing.add("invited" if is_partner(actor) else "named")
    return standing


def _must_not_know(actor: Actor, thing: Thing) -> bool:
    if actor.person_id in thing.kept_away or thing.requester_id in actor.conflicts:
        return True
    if actor.cities & thing.cities and actor.person_id != thing.requester_id:
        return True
    return thing.sealed and actor.person_id not in thing.named
