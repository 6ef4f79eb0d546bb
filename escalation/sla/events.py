"""What happened to a ticket, as values: the log from which every clock is worked out again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from escalation.business_hours import Calendar
from escalation.sla.kinds import EventKind, Priority
from escalation.sla.policy import Policy

_RANK = {kind: rank for rank, kind in enumerate(EventKind)}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. Both instants are aware: when it occurred, and when we learnt of it.

    `kind` is an EventKind, or any other word, which no clock minds. `public_reply` is a person's reply to
    the requester; what the bot says has another kind. `source_id` names the cause: the same cause and kind
    count once. The other fields belong to the kinds named beside them.
    """

    kind: str
    occurred_at: datetime
    recorded_at: datetime
    actor: int | None = None
    source_id: str = ""
    detail: str = ""
    priority: Priority | None = None  # opened, priority_changed
    assignee: int | None = None  # opened, handed_over; None is a level or the pool
    needed_by: datetime | None = None  # opened, needed_by_set; None there withdraws it
    asked_at: datetime | None = None  # absorbed: the other ticket's first message
    escalated_at: datetime | None = None  # absorbed: when the other ticket was opened
    unanswered_since: datetime | None = None  # absorbed: its oldest message without a person's answer
    policy: Policy | None = None  # opened (None: the one the caller gives), policy_applied

    def __post_init__(self) -> None:
        own = (self.occurred_at, self.recorded_at, self.needed_by)
        for at in (*own, self.asked_at, self.escalated_at, self.unanswered_since):
            if at is not None and at.utcoffset() is None:
                raise ValueError(f"event {self.kind}: {at.isoformat()} has no time zone")

    @property
    def at(self) -> datetime:
        """The instant that counts: when it occurred, but never later than it arrived (skewed mail dates)."""
        return min(self.occurred_at, self.recorded_at)


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What clocks need to know besides the events.

    `needed_by` is the deadline known when the ticket was opened; later ones are events. `covered` is
    whether somebody was on duty round the clock for it; None follows the policy.
    """

    first_asked_at: datetime
    needed_by: datetime | None = None
    covered: bool | None = None
    requester_calendar: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The two instants every report shows: the first message asking for help, and the call for people."""

    first_asked_at: datetime
    escalated_at: datetime


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events that matter to clocks in the one order in which they count, each cause once."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for event in sorted((e for e in events if e.kind in _RANK), key=_order):
        if event.source_id and (event.kind, event.source_id) in seen:
            continue
        seen.add((event.kind, event.source_id))
        kept.append(event)
    return tuple(kept)


def origin(facts: TicketFacts, events: Iterable[Event]) -> Origin:
    """Return the earliest instants of the ticket and of those merged into it.

    Raises ValueError when the log does not say when the ticket was opened.
    """
    log = in_order(events)
    opened = [event.at for event in log if event.kind == EventKind.OPENED]
    if not opened:
        raise ValueError("the events do not say when the ticket was opened")
    absorbed = [event for event in log if event.kind == EventKind.ABSORBED]
    asked = [event.asked_at for event in absorbed if event.asked_at is not None]
    escalated = [event.escalated_at for event in absorbed if event.escalated_at is not None]
    return Origin(min([facts.first_asked_at, *asked]), min([*opened, *escalated]))


def write_detail(event: Event) -> str:
    """Return the event's structured fields as words for its stored detail; `read_detail` is the inverse.

    The policy of `policy_applied` is not among them: a policy is stored by its version.
    """
    values = {
        "priority": event.priority,
        "assignee": event.assignee,
        "needed_by": event.needed_by and event.needed_by.isoformat(),
        "asked_at": event.asked_at and event.asked_at.isoformat(),
        "escalated_at": event.escalated_at and event.escalated_at.isoformat(),
        "unanswered_since": event.unanswered_since and event.unanswered_since.isoformat(),
    }
    return " ".join(f"{key}={value}" for key, value in values.items() if value is not None)


def read_detail(event: Event) -> Event:
    """Return the event with the fields filled in that its detail tells. Other words are left alone."""
    words = dict(word.split("=", 1) for word in event.detail.split() if "=" in word)

    def instant(key: str) -> datetime | None:
        return datetime.fromisoformat(words[key]) if key in words else None

    return replace(
        event,
        priority=Priority(words["priority"]) if "priority" in words else event.priority,
        assignee=int(words["assignee"]) if "assignee" in words else event.assignee,
        needed_by=instant("needed_by") or event.needed_by,
        asked_at=instant("asked_at") or event.asked_at,
        escalated_at=instant("escalated_at") or event.escalated_at,
        unanswered_since=instant("unanswered_since") or event.unanswered_since,
    )


def _order(event: Event) -> tuple[bool, datetime, int, str, str, datetime]:
    # What opened the ticket comes first even when another machine's clock dates something before it. The
    # order of delivery has no say: the moment of recording only parts two copies of one event.
    opens = event.kind == EventKind.OPENED
    return (
        not opens,
        event.at,
        _RANK[EventKind(event.kind)],
        event.source_id,
        _tie(event),
        event.recorded_at,
    )


def _tie(event: Event) -> str:
    return f"{event.actor} {write_detail(event)}"
