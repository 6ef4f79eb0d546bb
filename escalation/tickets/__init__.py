"""Tickets: requests handed to people."""

from escalation.tickets import clocks
from escalation.tickets.lifecycle import (
    NOTED,
    Cause,
    NewTicket,
    claim,
    note,
    open_new,
    reopen,
    reply,
    requester_wrote,
    resolve,
    seen,
)
from escalation.tickets.reading import (
    by_number,
    events,
    get,
    latest,
    number_of,
    open_cases,
    reopenable,
    requester,
    thing,
    unfinished,
)

__all__ = [
    "NOTED",
    "Cause",
    "NewTicket",
    "by_number",
    "claim",
    "clocks",
    "events",
    "get",
    "latest",
    "note",
    "number_of",
    "open_cases",
    "open_new",
    "reopen",
    "reopenable",
    "reply",
    "requester",
    "requester_wrote",
    "resolve",
    "seen",
    "thing",
    "unfinished",
]
