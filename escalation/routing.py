"""Which expert should take a case, and why. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """What the case asks for."""

    topic: str | None
    language: str
    region: str
    cities: frozenset[int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One expert as routing sees them."""

    person_id: int
    name: str
    topics: frozenset[str]
    languages: frozenset[str]
    jurisdictions: frozenset[str]
    cities: frozenset[int]
    open_cases: int
    capacity: int
    on_duty: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is suggested and why; `person_id` None when nobody can take it."""

    person_id: int | None
    reason: str


def choose(need: Need, candidates: Sequence[Candidate]) -> Choice:
    """Return the best expert for the need.

    Nobody from the requester's own city, nobody away or full; then topic, language, jurisdiction,
    fewest open cases, and the lower id so that the choice is repeatable.
    """
    able = [
        candidate
        for candidate in candidates
        if candidate.on_duty
        and candidate.open_cases < candidate.capacity
        and not candidate.cities & need.cities
    ]
    if not able:
        return Choice(None, "No expert is free: everyone is away, full, or from the same city.")

    def rank(candidate: Candidate) -> tuple[bool, bool, bool, int, int]:
        return (
            need.topic not in candidate.topics,
            need.language not in candidate.languages,
            not _covers(candidate.jurisdictions, need.region),
            candidate.open_cases,
            candidate.person_id,
        )

    best = min(able, key=rank)
    reasons = [
        f"knows {need.topic}" if need.topic in best.topics else "no expert for the topic is free",
        f"speaks {need.language}" if need.language in best.languages else f"does not speak {need.language}",
    ]
    if need.region:
        covers = _covers(best.jurisdictions, need.region)
        reasons.append(f"knows {need.region}" if covers else f"{need.region} is new to them")
    reasons.append(f"{best.open_cases} open cases")
    return Choice(best.person_id, "; ".join(reasons))


def _covers(jurisdictions: frozenset[str], region: str) -> bool:
    return region in jurisdictions or region.partition("-")[0] in jurisdictions
