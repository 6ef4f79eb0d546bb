"""Choose which safety reply fits the danger that was seen."""

from collections.abc import Mapping

from bot.safety.assessment import Situation
from bot.safety.reading import Reading
from bot.safety.rules import Finding

# How strongly a concept speaks for a situation; the sum over the message decides.
_VOTES: Mapping[str, Mapping[Situation, float]] = {
    "shots": {Situation.SHOTS: 4},
    "gun": {Situation.SHOTS: 2.5, Situation.SWATTING: 0.5},
    "cops_guns": {Situation.SWATTING: 4},
    "dispatch_call": {Situation.SWATTING: 4},
    "hoax_call": {Situation.SWATTING: 1.5},
    "police": {Situation.SWATTING: 0.5},
    "substance": {Situation.SUSPICIOUS_ITEM: 3},
    "item": {Situation.SUSPICIOUS_ITEM: 1},
    "item_odd": {Situation.SUSPICIOUS_ITEM: 1.5},
    "symptoms": {Situation.SUSPICIOUS_ITEM: 0.8, Situation.COLLAPSED: 1},
    "explosive": {Situation.DEVICE_THREAT: 2.5},
    "follow": {Situation.FOLLOWED: 4},
    "break_in": {Situation.AT_THE_DOOR: 2.5},
    "hiding": {Situation.AT_THE_DOOR: 1.5},
    "approach": {Situation.AT_THE_DOOR: 0.5},
    "attack": {Situation.ASSAULT: 3},
    "blade": {Situation.ASSAULT: 2.5},
    "club": {Situation.ASSAULT: 2, Situation.AT_THE_DOOR: 0.8},
    "vehicle_attack": {Situation.ASSAULT: 2.5},
    "medical": {Situation.COLLAPSED: 2.8},
    "gas": {Situation.COLLAPSED: 2.5},
    "fire": {Situation.GENERIC: 2},
    "crush": {Situation.GENERIC: 2},
    "threat_verb": {Situation.GENERIC: 1},
    "veiled": {Situation.GENERIC: 1},
}
_LEAST = 2.0
_RULE = 1.5


def choose(reading: Reading, finding: Finding | None) -> Situation:
    """Return the situation most of the message speaks for, the generic one in doubt."""
    votes: dict[Situation, float] = {}
    for concept in reading.concepts:
        for situation, weight in _VOTES.get(concept, {}).items():
            votes[situation] = votes.get(situation, 0.0) + weight
    if (
        "item" in reading.concepts
        and "explosive" in reading.concepts
        and "threat_speech" not in reading.concepts
    ):
        votes[Situation.SUSPICIOUS_ITEM] = votes.get(Situation.SUSPICIOUS_ITEM, 0.0) + 2
    if finding is not None:
        votes[finding.situation] = votes.get(finding.situation, 0.0) + _RULE
    best = max(votes, key=lambda s: (votes[s], s.value), default=Situation.GENERIC)
    return best if votes.get(best, 0.0) >= _LEAST else Situation.GENERIC


_FIRST_PERSON = frozenset({"i", "m", "me", "my", "myself", "im", "je", "j", "moi", "mes", "mon", "ma"})


def self_harm(reading: Reading) -> Situation:
    """Say whether the writer or somebody else is at risk; the writer, in doubt."""
    words = {word for sentence in reading.sentences for word in sentence.words}
    if "sh_third" in reading.concepts and not _speaks_of_self(reading):
        return Situation.SELF_HARM_THIRD_PARTY
    if words & _FIRST_PERSON or not reading.concepts & {"hostile", "ours", "sh_third"}:
        return Situation.SELF_HARM_FIRST_PERSON
    return Situation.SELF_HARM_THIRD_PARTY


def _speaks_of_self(reading: Reading) -> bool:
    """Say whether a sentence joins the wish and the first person without another person."""
    for sentence in reading.sentences:
        if (
            sentence.has("sh_explicit", "sh_passive", "sh_farewell", "sh_means")
            and "sh_third" not in sentence.concepts
        ):
            words = set(sentence.words)
            if words & {"i", "myself", "je", "j"} and not words & {
                "he",
                "she",
                "they",
                "il",
                "elle",
                "himself",
                "herself",
            }:
                return True
    return False
