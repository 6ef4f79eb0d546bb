"""Which act is allowed in which state, and where it leads: one table. Pure.

The table is the whole rule: an act that is not listed for a state is refused there. Every act is recorded as
an event of the kind named beside it, so the same table tells the state from a ticket's events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from escalation.errors import WrongState
from escalation.kinds import TicketState


class Act(StrEnum):
    """What is done with a ticket."""

    CLAIM = "claim"
    ACKNOWLEDGE = "acknowledge"
    HAND_OVER = "hand_over"
    RETURN = "return"
    SET_PRIORITY = "set_priority"
    SET_TOPIC = "set_topic"
    SET_SERVICE = "set_service"
    SET_NEEDED_BY = "set_needed_by"
    CHOOSE_LANGUAGE = "choose_language"
    VERIFY = "verify"
    REPLY = "reply"
    NOTE = "note"
    REQUESTER_WRITES = "requester_writes"
    WAIT_FOR_REQUESTER = "wait_for_requester"
    WAIT_FOR_THIRD_PARTY = "wait_for_third_party"
    RESUME = "resume"
    SNOOZE = "snooze"
    ABSORB = "absorb"
    MERGE = "merge"
    LINK = "link"
    SPLIT = "split"
    CHECK = "check"
    UNCHECK = "uncheck"
    WATCH = "watch"
    UNWATCH = "unwatch"
    MONITOR = "monitor"
    APPLY_POLICY = "apply_policy"
    RESOLVE = "resolve"
    NAME_SOURCE = "name_source"
    REOPEN = "reopen"
    CLOSE = "close"
    CANCEL = "cancel"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Move:
    """One act: the kind of event that records it, and from which state it leads where."""

    event: str
    leads: Mapping[TicketState, TicketState]

    def allowed(self, state: TicketState) -> bool:
        """Tell whether the act may be done in that state."""
        return state in self.leads


_NEW, _OPEN = TicketState.NEW, TicketState.OPEN
_ASKED, _ELSEWHERE = TicketState.WAITING_REQUESTER, TicketState.WAITING_THIRD_PARTY
_SOLVED, _CLOSED, _CANCELLED = TicketState.SOLVED, TicketState.CLOSED, TicketState.CANCELLED
_WORKED = (_OPEN, _ASKED, _ELSEWHERE)
_UNFINISHED = (_NEW, *_WORKED)
_NOT_CANCELLED = (*_UNFINISHED, _SOLVED, _CLOSED)


def _stay(states: Iterable[TicketState]) -> dict[TicketState, TicketState]:
    return {state: state for state in states}


def _to(goal: TicketState, states: Iterable[TicketState]) -> dict[TicketState, TicketState]:
    return dict.fromkeys(states, goal)


def _move(event: str, *leads: Mapping[TicketState, TicketState]) -> Move:
    merged: dict[TicketState, TicketState] = {}
    for part in leads:
        merged |= part
    return Move(event, MappingProxyType(merged))


MOVES: Final[Mapping[Act, Move]] = MappingProxyType(
    {
        Act.CLAIM: _move("claimed", _stay(_WORKED), {_NEW: _OPEN}),
        # An acknowledgement that comes late opens nothing again.
        Act.ACKNOWLEDGE: _move("acknowledged", _stay(TicketState)),
        Act.HAND_OVER: _move("handed_over", _stay(_WORKED), {_NEW: _OPEN}),
        Act.RETURN: _move("returned", _stay((_ASKED, _ELSEWHERE)), {_OPEN: _NEW}),
        Act.SET_PRIORITY: _move("priority_changed", _stay(_UNFINISHED)),
        Act.SET_TOPIC: _move("topic_set", _stay(_NOT_CANCELLED)),
        Act.SET_SERVICE: _move("service_set", _stay(_NOT_CANCELLED)),
        Act.SET_NEEDED_BY: _move("needed_by_set", _stay(_UNFINISHED)),
        Act.CHOOSE_LANGUAGE: _move("language_chosen", _stay(_UNFINISHED)),
        Act.VERIFY: _move("verified", _stay(TicketState)),
        Act.REPLY: _move("public_reply", _stay(_WORKED), {_NEW: _OPEN}),
        Act.NOTE: _move("noted", _stay(TicketState)),
        Act.REQUESTER_WRITES: _move(
            "requester_message", _stay((_NEW, _OPEN, _ELSEWHERE, _SOLVED)), {_ASKED: _OPEN}
        ),
        Act.WAIT_FOR_REQUESTER: _move("waiting_requester", _to(_ASKED, _WORKED)),
        Act.WAIT_FOR_THIRD_PARTY: _move("waiting_third_party", _to(_ELSEWHERE, _WORKED)),
        Act.RESUME: _move("resumed", _to(_OPEN, (_ASKED, _ELSEWHERE))),
        Act.SNOOZE: _move("snoozed", _stay(_WORKED)),
        Act.ABSORB: _move("absorbed", _stay(_UNFINISHED)),
        Act.MERGE: _move("merged", _to(_CANCELLED, _UNFINISHED)),
        Act.LINK: _move("linked", _stay(TicketState)),
        Act.SPLIT: _move("split", _stay(_UNFINISHED)),
        Act.CHECK: _move("checked", _stay(_NOT_CANCELLED)),
        Act.UNCHECK: _move("unchecked", _stay(_NOT_CANCELLED)),
        Act.WATCH: _move("watching", _stay(TicketState)),
        Act.UNWATCH: _move("unwatching", _stay(TicketState)),
        Act.MONITOR: _move("monitoring", _stay(_NOT_CANCELLED)),
        Act.APPLY_POLICY: _move("policy_applied", _stay(_UNFINISHED)),
        Act.RESOLVE: _move("solved", _to(_SOLVED, _UNFINISHED)),
        Act.NAME_SOURCE: _move("source_used", _stay((_SOLVED,))),
        Act.REOPEN: _move("reopened", {_SOLVED: _OPEN}),
        Act.CLOSE: _move("closed", {_SOLVED: _CLOSED}),
        Act.CANCEL: _move("cancelled", _to(_CANCELLED, _UNFINISHED)),
        Act.RATE: _move("rated", _stay((_SOLVED, _CLOSED))),
    }
)
ACT_OF: Final[Mapping[str, Act]] = MappingProxyType({move.event: act for act, move in MOVES.items()})

_SAID: Final[Mapping[TicketState, str]] = {
    _NEW: "has no owner yet: claim it first",
    _OPEN: "is being worked on",
    _ASKED: "waits for the official",
    _ELSEWHERE: "waits for somebody else",
    _SOLVED: "is already resolved",
    _CLOSED: "is closed",
    _CANCELLED: "was cancelled",
}


def said_of(state: TicketState) -> str:
    """Return what a refusal says of the state: "is closed"."""
    return _SAID[state]


def takes_replies(state: TicketState) -> bool:
    """Tell whether an expert's public words may still go out."""
    return MOVES[Act.REPLY].allowed(state)


def after(state: TicketState, act: Act, number: str) -> TicketState:
    """Return the state that the act leads to, or raise IllegalMove in words."""
    move = MOVES[act]
    if not move.allowed(state):
        raise WrongState(number, said_of(state), state.value)
    return move.leads[state]


def after_event(state: TicketState, kind: str) -> TicketState:
    """Return the state after an event that was recorded; what is no act, or came late, changes nothing."""
    act = ACT_OF.get(kind)
    return MOVES[act].leads.get(state, state) if act is not None else state


def table() -> str:
    """Return the whole table as Markdown, for docs/tickets.md: a dash where the act is refused."""
    names = [state.value.replace("_", " ") for state in TicketState]
    lines = [
        f"| act | recorded as | {' | '.join(names)} |",
        f"|---|---|{'---|' * len(names)}",
    ]
    for act, move in MOVES.items():
        cells = []
        for state in TicketState:
            goal = move.leads.get(state)
            cells.append("-" if goal is None else "stays" if goal is state else goal.value.replace("_", " "))
        lines.append(f"| {act.value.replace('_', ' ')} | `{move.event}` | {' | '.join(cells)} |")
    return "\n".join(lines)
