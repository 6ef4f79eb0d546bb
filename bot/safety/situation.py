"""Choose which safety reply fits the danger that was seen."""

from collections.abc import Mapping

from bot.safety import scene
from bot.safety.assessment import Situation
from bot.safety.lexicon import lexicon
from bot.safety.reading import Reading
from bot.safety.rules import Finding

# How strongly a concept speaks for a situation; the sum over the message decides.
_VOTES: Mapping[str, Mapping[Situation, float]] = {
    "shots": {Situation.SHOTS: 4},
    "gun": {Situation.SHOTS: 2.5, Situation.SWATTING: 0.5},
    "cops_guns": {Situation.SWATTING: 4},
    "dispatch_call": {Situation.SWATTING: 2},
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
    "fire": {Situation.GENERIC: 3.5},
    "crush": {Situation.GENERIC: 2},
    "threat_verb": {Situation.GENERIC: 1},
    "veiled": {Situation.GENERIC: 1},
}
_LEAST = 2.0
_RULE = 1.5
# What the scene adds, where the concepts of danger say too little.
_SCENE_VOTES: Mapping[str, tuple[Situation, float]] = {
    "armed_police": (Situation.SWATTING, 4),
    "accused": (Situation.SWATTING, 2),
    "callback": (Situation.SWATTING, 5),
    "police_here": (Situation.SWATTING, 3),
    "planted": (Situation.DEVICE_THREAT, 2.5),
    "medical": (Situation.COLLAPSED, 2),
    "violence": (Situation.ASSAULT, 2),
    "bomb_seen": (Situation.SUSPICIOUS_ITEM, 3),
}
_SPOKEN = frozenset({"threat_speech", "hoax_call"})
_ITEMS = frozenset({"item", "item_odd"})
# The reply for somebody beside the danger says what to do there; one for somebody elsewhere must not.
_OF_A_PLACE = frozenset({
    Situation.AT_THE_DOOR, Situation.SWATTING, Situation.FOLLOWED, Situation.SHOTS, Situation.ASSAULT, Situation.GENERIC,
})  # fmt: skip


def choose(reading: Reading, finding: Finding | None) -> Situation:
    """Return the situation most of the message speaks for, the generic one in doubt.

    A step that is wrong where the writer stands is worse than none, so the scene has the last word: who reached
    home is not told to stay on the road, and who speaks for somebody elsewhere is not told to lock a door.
    """
    view = scene.seen(reading)
    best = _most(_votes(reading, finding, view))
    best = _where_they_stand(best, view)
    far = "far" in view or {"told", "away"} <= view
    if (best in _OF_A_PLACE and scene.elsewhere(view)) or (best is Situation.COLLAPSED and far):
        return Situation.FOR_ANOTHER
    return best


def _where_they_stand(best: Situation, view: frozenset[str]) -> Situation:
    """Return the situation whose step can be taken where the writer is: in a room, in a car, in somebody else's."""
    if best is Situation.FOLLOWED and scene.inside(view) and "in_car" not in view:
        return Situation.AT_THE_DOOR
    if best is Situation.AT_THE_DOOR and "police_here" in view:
        return Situation.SWATTING
    if best is Situation.AT_THE_DOOR and "held" in view:
        return Situation.GENERIC
    if best is Situation.AT_THE_DOOR and "in_car" in view:
        return Situation.FOLLOWED
    if best is Situation.SHOTS and {"pursued", "vehicle"} <= view and not view & {"at_home", "threshold"}:
        return Situation.FOLLOWED
    return best


def _votes(reading: Reading, finding: Finding | None, view: frozenset[str]) -> dict[Situation, float]:
    votes: dict[Situation, float] = {}

    def add(situation: Situation, weight: float) -> None:
        votes[situation] = votes.get(situation, 0.0) + weight

    concepts = reading.concepts
    for concept in concepts:
        for situation, weight in _VOTES.get(concept, {}).items():
            add(situation, weight)
    for name in view:
        if name in _SCENE_VOTES:
            add(*_SCENE_VOTES[name])
    if "blast" in view and not concepts & _SPOKEN:
        add(Situation.GENERIC, 5)
    if "no_shots" in view:
        add(Situation.SHOTS, -_VOTES["shots"][Situation.SHOTS])
    if "explosive" in concepts and not concepts & _SPOKEN and "planted" not in view and concepts & _ITEMS:
        add(Situation.SUSPICIOUS_ITEM, 3)  # a thing that somebody sees, not one that a caller speaks of
    if "dispatch_call" in concepts and "accused" in view:
        add(Situation.SWATTING, 4)
    if "threshold" in view and concepts & {"hostile", "break_in"}:
        add(Situation.AT_THE_DOOR, 2)
    if "pursued" in view and "follow" not in concepts:
        add(Situation.FOLLOWED, 2)
    if "follow" in concepts and "pursued" not in view:
        votes[Situation.FOLLOWED] = 0.0  # watched, which may be anywhere
    if finding is not None and not (finding.situation is Situation.FOLLOWED and "pursued" not in view):
        add(finding.situation, _RULE)
    return votes


def _most(votes: Mapping[Situation, float]) -> Situation:
    best = max(votes, key=lambda s: (votes[s], s.value), default=Situation.GENERIC)
    return best if votes.get(best, 0.0) >= _LEAST else Situation.GENERIC


_DESPAIR = frozenset({"sh_explicit", "sh_passive", "sh_farewell", "sh_means"})
_ABOUT_OTHERS = frozenset(
    {
        "threat_verb",
        "break_in",
        "attack",
        "shots",
        "gun",
        "blade",
        "approach",
        "follow",
        "near",
        "threat_speech",
    }
)
_SELF = frozenset({"i", "m", "me", "my", "myself", "im", "je", "j", "moi", "mes", "mon", "ma"})
_WRITER = frozenset({"i", "myself", "je", "j", "moi"})
_OTHER_REFLEXIVE = frozenset({"himself", "herself", "themselves", "themself"})
_OTHER = frozenset(
    """
    he she they him her them his il elle ils elles lui colleague coworker boss mayor councillor councilor clerk deputy
    assistant husband wife son daughter mother father brother sister friend resident caller employee staffer man woman
    guy kid teen student intern reeve partner constituent collegue patron patronne maire mairesse conseiller conseillere
    greffier greffiere adjoint adjointe mari femme conjoint conjointe blonde chum fils fille mere pere frere soeur ami
    amie citoyen citoyenne employe employee homme gars dame monsieur quelqu stagiaire brigadiere brigadier sgt sergeant sergent chief
    directeur directrice
    """.split()  # noqa: SIM905 - a table of words
)
_PRONOUNS = frozenset({"he", "she", "they", "him", "her", "them", "his", "il", "elle", "ils", "elles", "lui"})
_BEFORE = 6


def self_harm(reading: Reading, *, danger: bool) -> Situation:
    """Say whether the writer or somebody else is at risk; the writer, in doubt.

    Where no word of despair was seen and other people's violence was, neither reading is sure: the reply then
    names both numbers, because a man on his way to kill is not answered with a helpline.
    """
    concepts = reading.concepts
    violence = danger or concepts & _ABOUT_OTHERS or {"hostile", "soon"} <= concepts
    if violence and not concepts & _DESPAIR and not reading.foreign_self_harm:
        return Situation.DANGER_OR_DESPAIR
    whose = _whose(reading)
    if whose is not None:
        return whose
    if any(_begins_with_another(sentence.words) for sentence in reading.sentences[:2]):
        return Situation.SELF_HARM_THIRD_PARTY
    words = {word for sentence in reading.sentences for word in sentence.words}
    if words & _SELF or not concepts & {"hostile", "ours", "sh_third"}:
        return Situation.SELF_HARM_FIRST_PERSON
    return Situation.SELF_HARM_THIRD_PARTY


def _begins_with_another(words: tuple[str, ...]) -> bool:
    """Say whether a sentence begins with another person ("our clerk", "mon collègue") and never says "I"."""
    return bool(set(words[:6]) & (_OTHER - _PRONOUNS)) and not set(words) & _WRITER


def _whose(reading: Reading) -> Situation | None:
    """Return whose wish it is by the person named last before it, None where no words of despair are found."""
    others = False
    for sentence in reading.sentences:
        if not sentence.has(*_DESPAIR):
            continue
        words = sentence.words
        for match in lexicon().find(words):
            if match.concept not in _DESPAIR:
                continue
            near = words[max(0, match.start - _BEFORE) : match.end]
            last = next((w for w in reversed(near) if w in _WRITER or w in _OTHER), None)
            if set(words[match.start : match.end + 3]) & _OTHER_REFLEXIVE or last in _OTHER:
                others = True
            elif last in _WRITER:
                return Situation.SELF_HARM_FIRST_PERSON
    return Situation.SELF_HARM_THIRD_PARTY if others else None
