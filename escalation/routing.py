"""Which expert should take a case, and why. Pure.

In this order: on duty (and able for danger, where there is some), level in the topic, language, jurisdiction,
load, hours apart. Never somebody tied to the requester's own city, or to the requester; nobody away or full.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Bar(StrEnum):
    """Why somebody is not considered at all."""

    CONFLICT = "conflict"
    AWAY = "away"
    OFF_DUTY = "off_duty"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Need:
    """What the case asks for. `offset` is the requester's clock, in minutes from UTC."""

    topic: str | None
    language: str
    region: str
    cities: frozenset[int]
    requester_id: int | None = None
    danger: bool = False
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One expert as routing sees them.

    `on_duty` is whether they take cases at all, `away` whether they are on leave, `working` whether they are
    at work this minute. `levels` is by topic, 1 to 3; a topic without a level counts as 1.
    """

    person_id: int
    name: str
    topics: frozenset[str]
    languages: frozenset[str]
    jurisdictions: frozenset[str]
    cities: frozenset[int]
    open_cases: int
    capacity: int
    on_duty: bool
    working: bool = True
    away: bool = False
    takes_danger: bool = True
    levels: tuple[tuple[str, int], ...] = ()
    conflicts: frozenset[int] = frozenset()
    may_know: bool = True
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """One expert, and what spoke for or against them, in words. `bar` says why they can't take it."""

    person_id: int
    name: str
    reasons: tuple[str, ...]
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is suggested and why; `person_id` None when nobody can take it. `second_id` is the best after them.

    `considered` is everybody, in the order of choice, those who can't take it last. `speaks` tells whether
    somebody who can take it, and is at work, speaks the language.
    """

    person_id: int | None
    reason: str
    second_id: int | None = None
    considered: tuple[Considered, ...] = field(default=(), compare=False)
    speaks: bool = False


def choose(need: Need, candidates: Sequence[Candidate]) -> Choice:
    """Return the best expert for the need. The same needs and people give the same choice."""
    barred = [(candidate, bar) for candidate in candidates if (bar := _bar(need, candidate)) is not None]
    out = {candidate.person_id for candidate, _bar_ in barred}
    able = sorted((one for one in candidates if one.person_id not in out), key=lambda one: _rank(need, one))
    speaks = any(one.working and need.language in one.languages for one in able)
    considered = (
        *(Considered(one.person_id, one.name, _reasons(need, one)) for one in able),
        *(Considered(one.person_id, one.name, (_BARRED[bar],), bar) for one, bar in barred),
    )
    if not able:
        words = "No expert is free: everyone is away, full, or tied to the same city."
        return Choice(None, words, considered=considered)
    reason = "; ".join(_reasons(need, able[0]))
    if len(able) == 1:
        return Choice(able[0].person_id, f"{reason}. No other expert is free", None, considered, speaks)
    second = able[1]
    reason = f"{reason}. Second best: {second.name} ({_difference(need, able[0], second)})"
    return Choice(able[0].person_id, reason, second.person_id, considered, speaks)


def hours_apart(one: int | None, other: int | None) -> int:
    """Return how many whole hours two clocks are apart; nothing is known to be far."""
    return 0 if one is None or other is None else abs(one - other) // 60


def offset_of(at: datetime) -> int:
    """Return how many minutes the clock of an aware local instant is from UTC."""
    offset = at.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


_BARRED = {
    Bar.CONFLICT: "tied to the requester or their city, or not let to know",
    Bar.AWAY: "away",
    Bar.OFF_DUTY: "off duty",
    Bar.FULL: "full",
}


def _bar(need: Need, candidate: Candidate) -> Bar | None:
    if candidate.cities & need.cities or not candidate.may_know:
        return Bar.CONFLICT
    if need.requester_id is not None and need.requester_id in candidate.conflicts | {candidate.person_id}:
        return Bar.CONFLICT
    if candidate.away:
        return Bar.AWAY
    if not candidate.on_duty:
        return Bar.OFF_DUTY
    return Bar.FULL if candidate.open_cases >= candidate.capacity else None


def _rank(need: Need, one: Candidate) -> tuple[bool, bool, int, bool, bool, int, int, int]:
    return (
        not one.working,
        need.danger and not one.takes_danger,
        -_level(need, one),
        need.language not in one.languages,
        not _covers(one.jurisdictions, need.region),
        one.open_cases,
        hours_apart(need.offset, one.offset),
        one.person_id,
    )


def _level(need: Need, one: Candidate) -> int:
    if need.topic is None or need.topic not in one.topics:
        return 0
    return dict(one.levels).get(need.topic, 1)


def _reasons(need: Need, one: Candidate) -> tuple[str, ...]:
    level = _level(need, one)
    words = ["on duty" if one.working else "not at work now"]
    if need.danger:
        words.append("takes danger" if one.takes_danger else "does not take danger")
    if need.topic is not None:
        words.append(f"knows {need.topic} (level {level})" if level else f"{need.topic} is new to them")
    speaks = need.language in one.languages
    words.append(f"speaks {need.language}" if speaks else f"does not speak {need.language}")
    if need.region:
        covers = _covers(one.jurisdictions, need.region)
        words.append(f"knows {need.region}" if covers else f"{need.region} is new to them")
    words.append(f"{one.open_cases} open case{'' if one.open_cases == 1 else 's'} of {one.capacity}")
    apart = hours_apart(need.offset, one.offset)
    words.append(f"{apart} h apart" if apart else "same hours")
    return tuple(words)


_STEPS = (
    "not at work now",
    "does not take danger",
    "less at home in the topic",
    "does not speak the language",
    "the region is new to them",
    "more open cases",
    "further away by the clock",
    "later in the directory",
)


def _difference(need: Need, best: Candidate, second: Candidate) -> str:
    """Return where the two part: the first point in which the second is not as good."""
    points = zip(_rank(need, best), _rank(need, second), _STEPS, strict=True)
    return next(words for better, worse, words in points if better != worse)


def _covers(jurisdictions: frozenset[str], region: str) -> bool:
    return not region or region in jurisdictions or region.partition("-")[0] in jurisdictions
