"""Notices: values saying that somebody must be told something. Services return them; bot sends."""

from dataclasses import dataclass
from datetime import datetime

from escalation.sla import EventKind, Priority, Target


@dataclass(frozen=True, slots=True)
class DangerSeen:
    """A message tells of danger or self-harm. `human`: its writer gets the safety reply."""

    message_id: str
    human: bool


@dataclass(frozen=True, slots=True)
class TicketOpened:
    """A request was handed to people: tell the experts, and the official what was promised."""

    ticket_id: int
    priority: Priority
    page: bool


@dataclass(frozen=True, slots=True)
class TicketClaimed:
    """An expert owns the ticket now."""

    ticket_id: int
    expert_id: int | None


@dataclass(frozen=True, slots=True)
class RequesterWrote:
    """The official added something to a ticket that people work on."""

    ticket_id: int
    message_id: str


@dataclass(frozen=True, slots=True)
class PublicReply:
    """An expert's words for the official."""

    ticket_id: int
    message_id: str


@dataclass(frozen=True, slots=True)
class TicketResolved:
    """The work is done."""

    ticket_id: int
    event_id: str


@dataclass(frozen=True, slots=True)
class TicketReopened:
    """The official came back to a solved ticket."""

    ticket_id: int
    event_id: str


@dataclass(frozen=True, slots=True)
class ReminderDue:
    """A clock reached a point; its key is already stored, so this is said once."""

    reminder_id: int
    ticket_id: int
    target: Target
    point: str
    full_point: str
    cycle: int
    due_at: datetime
    recipient: str
    breached: bool


@dataclass(frozen=True, slots=True)
class PromiseChanged:
    """The first reply is promised for another moment than the official was told."""

    ticket_id: int
    event_id: str
    cause: EventKind
    due_before: datetime
    due_after: datetime


Notice = (
    DangerSeen
    | TicketOpened
    | TicketClaimed
    | RequesterWrote
    | PublicReply
    | TicketResolved
    | TicketReopened
    | ReminderDue
    | PromiseChanged
)
