"""What is known of a ticket, told from its events alone. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol, TypeVar

from escalation.kinds import TicketState
from escalation.sla import EventKind, Priority
from escalation.tickets.monitoring import Monitoring, monitored
from escalation.tickets.moves import MOVES, Act, after_event

NONE: Final = "-"
T = TypeVar("T")


class Happened(Protocol):
    """An event as it is stored."""

    @property
    def kind(self) -> str: ...
    @property
    def actor_id(self) -> int | None: ...
    @property
    def detail(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Derived:
    """A ticket as its events tell it. `accepted`: whoever owns it has said so themselves.

    `language` is the one the official agreed to be answered in, None while nobody asked.
    """

    state: TicketState = TicketState.NEW
    priority: Priority | None = None
    assignee_id: int | None = None
    accepted: bool = False
    topic: str | None = None
    service: str | None = None
    needed_by: datetime | None = None
    snoozed_until: datetime | None = None
    language: str | None = None
    verified: bool = False
    merged_into: int | None = None
    absorbed: tuple[int, ...] = ()
    linked: tuple[int, ...] = ()
    split_from: int | None = None
    watchers: tuple[int, ...] = ()
    checked: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    outcome: str | None = None
    score: int | None = None
    monitoring: Monitoring = field(default_factory=Monitoring)


def words_of(detail: str) -> dict[str, str]:
    """Return the `name=value` words of an event's detail."""
    return dict(word.split("=", 1) for word in detail.split() if "=" in word)


def derive(events: Iterable[Happened]) -> Derived:
    """Return what the events, in the order they were recorded, say of the ticket."""
    known = Derived()
    for event in events:
        known = _apply(known, event)
    return known


def _apply(known: Derived, event: Happened) -> Derived:
    state = after_event(known.state, event.kind)
    change = _CHANGES.get(event.kind)
    known = change(_Turn(known, event)) if change else known
    if state is TicketState.OPEN and known.assignee_id is None:
        state = TicketState.NEW  # open means that somebody owns it
    return replace(known, state=state)


class _Turn:
    """What was known before an event, and what the event says."""

    def __init__(self, known: Derived, event: Happened) -> None:
        self.known = known
        self.event = event
        self.words: dict[str, str] = words_of(event.detail) if event.kind not in _IN_WORDS else {}

    def number(self, name: str) -> int:
        return int(self.words[name])

    def some(self, name: str) -> int | None:
        return int(self.words[name]) if name in self.words else None

    def text(self, name: str) -> str | None:
        word = self.words.get(name, NONE)
        return None if word == NONE else word

    def instant(self, name: str) -> datetime | None:
        return datetime.fromisoformat(self.words[name]) if name in self.words else None


def _opened(turn: _Turn) -> Derived:
    origin = turn.some("split_from")
    return replace(
        turn.known,
        priority=Priority(turn.words["priority"]),
        topic=turn.text("topic"),
        needed_by=turn.instant("needed_by"),
        split_from=origin,
        linked=(origin,) if origin is not None else turn.known.linked,
    )


def _replied(turn: _Turn) -> Derived:
    known = turn.known
    return replace(known, accepted=known.accepted or turn.event.actor_id == known.assignee_id)


def _absorbed(turn: _Turn) -> Derived:
    return replace(turn.known, absorbed=_with(turn.known.absorbed, turn.number("ticket")))


def _with(known: tuple[T, ...], one: T) -> tuple[T, ...]:
    return tuple(dict.fromkeys((*known, one)))


def _without(known: tuple[T, ...], one: T) -> tuple[T, ...]:
    return tuple(other for other in known if other != one)


# Kinds whose detail is words for people, not `name=value`.
_IN_WORDS: Final = frozenset({MOVES[Act.RESOLVE].event, MOVES[Act.NAME_SOURCE].event})
_BY_ACT: Final[Mapping[Act, Callable[[_Turn], Derived]]] = {
    Act.CLAIM: lambda t: replace(t.known, assignee_id=t.event.actor_id, accepted=True),
    Act.HAND_OVER: lambda t: replace(
        t.known, assignee_id=t.some("assignee"), accepted=False, snoozed_until=None
    ),
    Act.RETURN: lambda t: replace(t.known, assignee_id=None, accepted=False, snoozed_until=None),
    Act.REPLY: _replied,
    Act.REQUESTER_WRITES: lambda t: replace(t.known, snoozed_until=None),
    Act.SET_PRIORITY: lambda t: replace(t.known, priority=Priority(t.words["priority"])),
    Act.SET_TOPIC: lambda t: replace(t.known, topic=t.text("topic")),
    Act.SET_SERVICE: lambda t: replace(t.known, service=t.text("service")),
    Act.SET_NEEDED_BY: lambda t: replace(t.known, needed_by=t.instant("needed_by")),
    Act.SNOOZE: lambda t: replace(t.known, snoozed_until=t.instant("until")),
    Act.CHOOSE_LANGUAGE: lambda t: replace(t.known, language=t.text("language")),
    Act.VERIFY: lambda t: replace(t.known, verified=True),
    Act.MERGE: lambda t: replace(t.known, merged_into=t.number("ticket")),
    Act.ABSORB: _absorbed,
    Act.LINK: lambda t: replace(t.known, linked=_with(t.known.linked, t.number("ticket"))),
    Act.WATCH: lambda t: replace(t.known, watchers=_with(t.known.watchers, t.number("person"))),
    Act.UNWATCH: lambda t: replace(t.known, watchers=_without(t.known.watchers, t.number("person"))),
    Act.CHECK: lambda t: replace(t.known, checked=_with(t.known.checked, t.words["item"])),
    Act.UNCHECK: lambda t: replace(t.known, checked=_without(t.known.checked, t.words["item"])),
    Act.RESOLVE: lambda t: replace(t.known, outcome=t.event.detail, sources=(), snoozed_until=None),
    Act.NAME_SOURCE: lambda t: replace(t.known, sources=_with(t.known.sources, t.event.detail)),
    Act.RATE: lambda t: replace(t.known, score=t.number("score")),
    Act.MONITOR: lambda t: replace(t.known, monitoring=monitored(t.known.monitoring, t.event, t.words)),
}
_CHANGES: Final[Mapping[str, Callable[[_Turn], Derived]]] = {
    EventKind.OPENED.value: _opened,
    **{MOVES[act].event: change for act, change in _BY_ACT.items()},
}
