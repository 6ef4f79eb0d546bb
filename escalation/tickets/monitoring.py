"""Monitoring is a named analyst's work, and is only called "on" when all that it rests on is on record. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """What is recorded of monitoring, each as an event of its own."""

    ANALYST = "analyst"
    CONSENT = "consent"
    SCOPE = "scope"
    START = "start"
    LOOK = "look"
    END = "end"


class Recorded(Protocol):
    """One event about monitoring."""

    @property
    def actor_id(self) -> int | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What is on record. `consent` and `scope` are words, masked; `looks` counts the looks so far."""

    analyst_id: int | None = None
    consent: str = ""
    consent_at: datetime | None = None
    scope: str = ""
    started_at: datetime | None = None
    looked_at: datetime | None = None
    looks: int = 0
    ended_at: datetime | None = None

    @property
    def on(self) -> bool:
        """Tell whether "Monitoring: on" is true: somebody does it, may do it, began, and has looked."""
        return self.ended_at is None and not self.missing

    @property
    def missing(self) -> tuple[Step, ...]:
        """Return what is not on record yet, in the order in which it is done."""
        known = {
            Step.ANALYST: self.analyst_id is not None,
            Step.CONSENT: self.consent_at is not None,
            Step.SCOPE: bool(self.scope),
            Step.START: self.started_at is not None,
            Step.LOOK: self.looked_at is not None,
        }
        return tuple(step for step, there in known.items() if not there)

    def blocked(self, step: Step) -> Step | None:
        """Return what must be on record before `step` may be, or None."""
        needs = {
            Step.START: (Step.ANALYST, Step.CONSENT, Step.SCOPE),
            Step.LOOK: (Step.ANALYST, Step.CONSENT, Step.SCOPE, Step.START),
            Step.END: (Step.START,),
        }.get(step, ())
        return next((need for need in needs if need in self.missing), None)


def monitored(known: Monitoring, event: Recorded, words: Mapping[str, str]) -> Monitoring:
    """Return what is on record after one more event. A start after an end begins anew."""
    at = event.occurred_at
    match Step(words["step"]):
        case Step.ANALYST:
            return replace(known, analyst_id=int(words["person"]))
        case Step.CONSENT:
            return replace(known, consent=event.reason, consent_at=at)
        case Step.SCOPE:
            return replace(known, scope=event.reason)
        case Step.START:
            return replace(known, started_at=at, looked_at=None, looks=0, ended_at=None)
        case Step.LOOK:
            return replace(known, looked_at=at, looks=known.looks + 1)
        case Step.END:
            # consent ends with it: the next time it is asked for again
            return Monitoring(scope=known.scope, started_at=known.started_at, ended_at=at)
