"""An escalation as a value: which step comes next and when, what an acknowledgement does. Pure.

The steps are those of the day it began. A delay counts from the send before it. After the last step, the
fallback, it goes on more slowly for ever: nobody is forgotten because everybody was told already.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation.sla.policy import Step

SETTLE = timedelta(seconds=10)
SLOWER = 6


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an escalation stands. `step` and `sends` name the send that is next: the step, its repetition.

    `lap` counts how often it was armed. While acknowledged, `next_at` is when silence arms it again.
    """

    step: int = 0
    sends: int = 0
    lap: int = 0
    last_sent_at: datetime | None = None
    next_at: datetime | None = None
    acknowledged_at: datetime | None = None
    stopped_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Tell whether it will still do something by itself."""
        return self.stopped_at is None


def begin(steps: Sequence[Step], now: datetime, *, settle: bool = False) -> Standing:
    """Return an escalation that starts now; `settle` waits a moment first, lest a change of hands makes a storm."""
    start = now + SETTLE if settle else now
    return Standing(next_at=start + steps[0].wait)


def sent(standing: Standing, steps: Sequence[Step], now: datetime) -> Standing:
    """Return it after the send that was due."""
    step, sends = standing.step, standing.sends + 1
    if sends >= steps[step].repeat and step + 1 < len(steps):
        step, sends = step + 1, 0
    wait = steps[step].wait
    if sends >= steps[step].repeat:  # the fallback has had all its turns
        wait = max(wait * SLOWER, timedelta(minutes=1))
    return replace(standing, step=step, sends=sends, last_sent_at=now, next_at=now + wait)


def skipped(standing: Standing, steps: Sequence[Step], now: datetime) -> Standing:
    """Return it after a step that could tell nobody: the next step's turn is now.

    The fallback is not skipped: it waits for its own next turn, so that it is tried again.
    """
    if standing.step + 1 < len(steps):
        return replace(standing, step=standing.step + 1, sends=0, next_at=now)
    return sent(standing, steps, now)


def acknowledged(standing: Standing, rearm: timedelta, now: datetime) -> Standing:
    """Return it quiet: until `rearm` has passed in silence, or for good when that is nothing."""
    if not standing.live:
        return standing
    if not rearm:
        return replace(standing, acknowledged_at=now, next_at=None, stopped_at=now)
    return replace(standing, acknowledged_at=now, next_at=now + rearm)


def rearmed(standing: Standing, steps: Sequence[Step], now: datetime) -> Standing:
    """Return it armed again after a silence, from its first step, once it has settled."""
    again = begin(steps, now, settle=True)
    return replace(again, next_at=now + SETTLE, lap=standing.lap + 1, last_sent_at=standing.last_sent_at)


def stopped(standing: Standing, now: datetime) -> Standing:
    """Return it ended."""
    return replace(standing, next_at=None, stopped_at=standing.stopped_at or now)
