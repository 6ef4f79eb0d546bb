"""How often mail may be answered: the guard that stops a loop nothing else recognised. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `burst` automatic mails in `window`, and `daily` in a day."""

    burst: int
    window: timedelta
    daily: int


PER_THREAD = Pace(burst=6, window=timedelta(minutes=10), daily=20)
PER_SENDER = Pace(burst=10, window=timedelta(minutes=10), daily=40)
_DAY = timedelta(days=1)


def may_answer(recent_sent_times: Iterable[datetime], now: datetime, pace: Pace = PER_SENDER) -> bool:
    """Tell whether one more automatic mail may go out, given when the earlier ones went.

    Ask it with the times of one sender (`PER_SENDER`) and of one thread (`PER_THREAD`). Safety replies
    and people's own words do not ask. What is not answered is still stored.
    """
    ages = [now - sent for sent in recent_sent_times]
    return (
        sum(age < pace.window for age in ages) < pace.burst and sum(age < _DAY for age in ages) < pace.daily
    )
