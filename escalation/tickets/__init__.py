"""Tickets: requests handed to people."""

from escalation.tickets import checklists, clocks, policies
from escalation.tickets.derived import Derived, derive
from escalation.tickets.ending import Why, cancel, close, may_be_rated, rate, resolve
from escalation.tickets.facts import (
    choose_language,
    set_needed_by,
    set_priority,
    set_service,
    set_topic,
    verify,
)
from escalation.tickets.helping import monitor, tick, unwatch, watch
from escalation.tickets.joining import link, merge, note_split
from escalation.tickets.monitoring import Monitoring, Step
from escalation.tickets.moves import MOVES, Act
from escalation.tickets.opening import NewTicket, open_new, reopen
from escalation.tickets.ownership import acknowledge, claim, give_back, hand_over
from escalation.tickets.reading import (
    Standing,
    absorbed_by,
    by_number,
    derived,
    events,
    events_seen_by,
    get,
    joined_by,
    latest,
    number_of,
    open_cases,
    reopenable,
    requester,
    standing,
    thing,
    unfinished,
    watched_by,
)
from escalation.tickets.record import Cause, seen
from escalation.tickets.waiting import (
    asleep,
    resume,
    sleepers_due,
    snooze,
    wait_for_requester,
    wait_for_third_party,
    wake,
)
from escalation.tickets.words import note, reply, requester_wrote, takes_replies

NOTED = MOVES[Act.NOTE].event

__all__ = [
    "MOVES",
    "NOTED",
    "Act",
    "Cause",
    "Derived",
    "Monitoring",
    "NewTicket",
    "Standing",
    "Step",
    "Why",
    "absorbed_by",
    "acknowledge",
    "asleep",
    "by_number",
    "cancel",
    "checklists",
    "choose_language",
    "claim",
    "clocks",
    "close",
    "derive",
    "derived",
    "events",
    "events_seen_by",
    "get",
    "give_back",
    "hand_over",
    "joined_by",
    "latest",
    "link",
    "may_be_rated",
    "merge",
    "monitor",
    "note",
    "note_split",
    "number_of",
    "open_cases",
    "open_new",
    "policies",
    "rate",
    "reopen",
    "reopenable",
    "reply",
    "requester",
    "requester_wrote",
    "resolve",
    "resume",
    "seen",
    "set_needed_by",
    "set_priority",
    "set_service",
    "set_topic",
    "sleepers_due",
    "snooze",
    "standing",
    "takes_replies",
    "thing",
    "tick",
    "unfinished",
    "unwatch",
    "verify",
    "wait_for_requester",
    "wait_for_third_party",
    "wake",
    "watch",
    "watched_by",
]
