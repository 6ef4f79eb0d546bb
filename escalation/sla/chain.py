"""An escalation as a value: which step comes next and when, what an acknowledgement does. Pure.

The steps are those of the day it began. A delay counts from the send before it. The last step, the fallback, is
taken again and again at its own pace until somebody acknowledges: nobody is forgotten because everybody was told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from escalation.sla.policy import Step

SETTLE = timedelta(seconds=10)
_LEAST_WAIT = timedelta(minutes=1)


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
    if sends >= steps[step].repeat:  # the fallback's turn never ends, nor does it come without a pause
        wait = max(wait, _LEAST_WAIT)
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


def raised(standing: Standing, steps: Sequence[Step], rearm: timedelta, now: datetime) -> Standing:
    """Return it with the quicker steps of a higher priority: from the first of them, and never later than before.

    Whoever has it keeps it, but is given no longer to be silent than the higher priority allows.
    """
    if standing.acknowledged_at is not None:
        soonest = now + rearm if rearm else None
        times = [at for at in (standing.next_at, soonest) if at is not None]
        return replace(standing, next_at=min(times, default=None))
    again = begin(steps, now)
    times = [at for at in (standing.next_at, again.next_at) if at is not None]
    return replace(again, next_at=min(times), lap=standing.lap + 1, last_sent_at=standing.last_sent_at)


def stopped(standing: Standing, now: datetime) -> Standing:
    """Return it ended."""
    return replace(standing, next_at=None, stopped_at=standing.stopped_at or now)
