"""docs/sla.md shows what the code does. To write it anew: HELPDESK_EVERY_STEP=write ./helpdesk test tests/unit/test_sla_page.py"""

import os
import re
from datetime import datetime
from pathlib import Path

import pytest

from bot.cli.sla_story import lines_of
from escalation.business_hours import from_wall
from escalation.sla import (
    Duration,
    Event,
    EventKind,
    Priority,
    Target,
    TicketFacts,
    clocks,
    default_policy,
    tell,
)
from escalation.sla.wording import ENGLISH
from escalation.tickets import moves

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "sla.md"
_HEADS = {
    Target.ACKNOWLEDGE: "taking the case",
    Target.FIRST_RESPONSE: "first reply",
    Target.NEXT_RESPONSE: "next reply",
    Target.UPDATE: "update",
    Target.RESOLUTION: "resolution",
}


def policy() -> str:
    """Return the default policy as a table."""
    lines = [
        f"| | meaning | counted | {' | '.join(_HEADS.values())} |",
        f"|---|---|---|{'---|' * len(_HEADS)}",
    ]
    for rule in default_policy().rules:
        counted = "round the clock" if rule.calendar == "elapsed" else "opening hours"
        cells = [
            _said(rule.update) if target is Target.UPDATE else _said(_one(rule.allowed(target)))
            for target in _HEADS
        ]
        lines.append(f"| {rule.priority} | {rule.meaning} | {counted} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _one(allowed: Duration | None) -> tuple[Duration, ...]:
    return (allowed,) if allowed else ()


def _said(steps: tuple[Duration, ...]) -> str:
    return ", then ".join(map(str, steps)) or "-"


def story() -> str:
    """Return the story of a ticket across a holiday, a pause and a weekend; docs/sla.md checks it by hand."""

    def event(kind: EventKind, moment: str, priority: Priority | None = None) -> Event:
        at = from_wall("America/Toronto", datetime.fromisoformat(f"2026-11-{moment}"))
        return Event(kind, at, at, source_id=f"{kind}{moment}", actor=3, priority=priority)

    log = (
        event(EventKind.OPENED, "25T15:00", Priority.P3),
        event(EventKind.CLAIMED, "25T15:40"),
        event(EventKind.PUBLIC_REPLY, "27T09:30"),
        event(EventKind.WAITING_REQUESTER, "27T09:30"),
        event(EventKind.REQUESTER_MESSAGE, "30T11:00"),
    )
    now = from_wall("America/Toronto", datetime.fromisoformat("2026-11-30T12:00"))
    policy = default_policy()
    states = clocks(policy, TicketFacts(log[0].at), log, now)
    told = [line for state in states for line in lines_of(tell(policy, state, log, now), ENGLISH)]
    return "\n".join(["```", *told[1:], "```"])


@pytest.mark.parametrize(("name", "made"), [("policy", policy), ("story", story), ("moves", moves.table)])
def test_the_page_shows_what_the_code_does(name: str, made) -> None:  # type: ignore[no-untyped-def]
    text = PAGE.read_text("utf-8")
    block = re.compile(rf"(<!-- {name}: [^\n]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)
    found = block.search(text)
    assert found, name
    if os.environ.get("HELPDESK_EVERY_STEP") == "write":
        PAGE.write_text(block.sub(lambda m: f"{m[1]}{made()}\n{m[3]}", text, count=1), "utf-8")
        return
    assert found[2].strip() == made()
