"""Ten thousand events of one ticket, delivered in any order, give the same clocks."""

import random
from datetime import UTC, datetime, timedelta

from escalation.sla import Event, EventKind, Priority, TicketFacts, clocks, default_policy

START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
KINDS = (
    EventKind.REQUESTER_MESSAGE,
    EventKind.PUBLIC_REPLY,
    EventKind.CLAIMED,
    EventKind.HANDED_OVER,
    EventKind.WAITING_REQUESTER,
    EventKind.WAITING_THIRD_PARTY,
    EventKind.RESUMED,
    EventKind.PRIORITY_CHANGED,
    EventKind.ACKNOWLEDGED,
    EventKind.SOLVED,
    EventKind.REOPENED,
)
WEIGHTS = (10, 10, 3, 2, 4, 2, 4, 1, 2, 1, 1)


def test_the_order_of_delivery_has_no_say() -> None:
    rng = random.Random(3)
    log = [Event(EventKind.OPENED, START, START, source_id="o", priority=Priority.P3)]
    for number in range(10_000):
        at = START + timedelta(minutes=rng.randrange(300 * 24 * 60))
        kind = rng.choices(KINDS, WEIGHTS)[0]
        priority = rng.choice(list(Priority)) if kind is EventKind.PRIORITY_CHANGED else None
        log.append(Event(kind, at, at, actor=rng.randrange(3), source_id=str(number), priority=priority))
    now = START + timedelta(days=301)
    policy, facts = default_policy(), TicketFacts(START)
    expected = clocks(policy, facts, log, now)
    assert len(expected) > 1000
    assert len(log) == 10_001
    rng.shuffle(log)
    assert clocks(policy, facts, log + log[:500], now) == expected
