"""Which act is allowed in which state, and where it leads: one table. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from escalation.errors import IllegalMove
from escalation.kinds import TicketState


class Act(StrEnum):
    """What people do with a ticket."""

    CLAIM = "claim"
    REPLY = "reply"
    NOTE = "note"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    REQUESTER_WRITES = "requester_writes"


@dataclass(frozen=True, slots=True)
class Move:
    """From any of these states to that one; `to` None leaves the state as it is."""

    states: frozenset[TicketState]
    to: TicketState | None


_NEW, _OPEN, _SOLVED = TicketState.NEW, TicketState.OPEN, TicketState.SOLVED
_WAITING = frozenset({TicketState.WAITING_REQUESTER, TicketState.WAITING_THIRD_PARTY})
_UNFINISHED = frozenset({_NEW, _OPEN}) | _WAITING
_SAID = {
    TicketState.SOLVED: "is already resolved",
    TicketState.CLOSED: "is closed",
    TicketState.CANCELLED: "was cancelled",
}

MOVES: dict[Act, Move] = {
    Act.CLAIM: Move(frozenset({_NEW, _OPEN}) | _WAITING, _OPEN),
    Act.REPLY: Move(_UNFINISHED, _OPEN),
    Act.NOTE: Move(frozenset(TicketState), None),
    Act.RESOLVE: Move(_UNFINISHED, _SOLVED),
    Act.REOPEN: Move(frozenset({_SOLVED}), _OPEN),
    Act.REQUESTER_WRITES: Move(_UNFINISHED, None),
}


def takes_replies(state: TicketState) -> bool:
    """Tell whether an expert's public words may still go out."""
    return state in MOVES[Act.REPLY].states


def after(state: TicketState, act: Act, number: str) -> TicketState:
    """Return the state that the act leads to, or raise IllegalMove in words."""
    move = MOVES[act]
    if state not in move.states:
        raise IllegalMove(f"{number} {_SAID.get(state, 'does not allow this now')}. Nothing was changed.")
    return move.to or state
