"""Notices: values saying that somebody must be told something. Services return them; bot sends."""

from dataclasses import dataclass
from datetime import datetime

from escalation.kinds import SubjectKind
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
class TicketMoved:
    """Something else was done with a ticket: `what` names it. `official` is the message its requester gets."""

    ticket_id: int
    event_id: str
    what: str
    official: str | None = None


@dataclass(frozen=True, slots=True)
class ReminderItem:
    """One point of one clock that somebody is reminded of; its key is already stored, so this is said once.

    `ticket_id` is None for an article under review. `repeat` is the point's own name: 50, due, after-2.
    """

    subject_kind: SubjectKind
    subject_id: int
    ticket_id: int | None
    target: Target
    point: str
    full_point: str
    cycle: int
    due_at: datetime
    breached: bool
    priority: Priority


@dataclass(frozen=True, slots=True)
class RemindersDue:
    """What one recipient is reminded of now, in one message. P1 always comes alone."""

    recipient: str
    items: tuple[ReminderItem, ...]


@dataclass(frozen=True, slots=True)
class ChainStep:
    """An escalation wakes somebody. `silent`: somebody took the case, and then nothing happened."""

    ticket_id: int
    priority: Priority
    cycle: int
    point: str
    recipient: str
    silent: bool


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
    | RemindersDue
    | ChainStep
    | TicketMoved
    | PromiseChanged
)
