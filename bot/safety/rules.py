"""Plain rules over concepts: what is dangerous without any learned weight.

They carry the desk when the model cannot, and stand beside it otherwise. A rule asks for a combination
within two neighbouring sentences (a weapon and a presence, an item and something odd about it), because
single words are found in every town's ordinary business.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bot.safety.assessment import Situation
from bot.safety.reading import Reading, window

Concepts = frozenset[str]

_HERE = frozenset({"near", "approach"})
_SOMEONE = frozenset({"hostile", "ours"})
_WEAPON = frozenset({"gun", "blade", "club"})
# Context that makes a danger word ordinary. The first group speaks for the sentences around it.
_ELSEWHEN = frozenset({"drill", "hypo", "elsewhere", "film", "sport", "past", "closed", "no_threat", "laugh"})
_MATERIAL = frozenset({"asks_material", "planning"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rules say: a situation, and whether nothing in the message speaks against it."""

    situation: Situation
    cues: tuple[str, ...]
    certain: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    situation: Situation
    cues: tuple[str, ...]
    holds: Callable[[Concepts], bool]
    # Holds without presence or hour: nothing but context elsewhere can excuse it.
    strong: bool = False


def _all(*names: str) -> Callable[[Concepts], bool]:
    return lambda seen: all(name in seen for name in names)


_RULES: tuple[_Rule, ...] = (
    _Rule(Situation.SHOTS, ("shots", "presence"), lambda s: "shots" in s and bool(s & {"near", "now", "hiding", "crush", "medical", "ours"}), True),
    _Rule(Situation.SHOTS, ("gun", "presence"), lambda s: "gun" in s and bool(s & _HERE) and bool(s & _SOMEONE)),
    _Rule(Situation.SWATTING, ("armed police",), lambda s: "cops_guns" in s and "police" in s and bool(s & {"near", "ours", "now", "approach"}), True),
    _Rule(Situation.SWATTING, ("emergency call-back",), _all("dispatch_call")),
    _Rule(Situation.SUSPICIOUS_ITEM, ("substance", "symptoms"), lambda s: "symptoms" in s and bool(s & {"substance", "item", "gas", "item_odd"}), True),
    _Rule(Situation.SUSPICIOUS_ITEM, ("item", "substance"), lambda s: "substance" in s and "item" in s and bool(s & {"item_odd", "now", "near"})),
    _Rule(Situation.SUSPICIOUS_ITEM, ("odd item", "presence"), lambda s: "item" in s and "item_odd" in s and bool(s & {"near", "now"})),
    _Rule(Situation.DEVICE_THREAT, ("explosive", "threat"), lambda s: "explosive" in s and bool(s & {"threat_speech"}) and bool(s & {"near", "now", "soon"})),
    _Rule(Situation.DEVICE_THREAT, ("explosive", "item"), lambda s: "explosive" in s and "item" in s and bool(s & {"near", "now"})),
    _Rule(Situation.AT_THE_DOOR, ("forced entry",), lambda s: "break_in" in s and bool(s & {"near", "now", "hiding", "approach"}) and bool(s & _SOMEONE)),
    _Rule(Situation.AT_THE_DOOR, ("hiding",), lambda s: "hiding" in s and bool(s & ({"break_in", "near", "now", "threat_speech", "attack", "fear"} | _WEAPON)) and bool(s & _SOMEONE)),
    _Rule(Situation.FOLLOWED, ("followed",), lambda s: "follow" in s and bool(s & {"now", "fear", "approach"})),
    _Rule(Situation.ASSAULT, ("attack",), lambda s: "attack" in s and bool(s & {"near", "now", "medical"}) and bool(s & _SOMEONE)),
    _Rule(Situation.ASSAULT, ("weapon", "presence"), lambda s: bool(s & _WEAPON) and bool(s & _HERE) and bool(s & {"hostile"})),
    _Rule(Situation.ASSAULT, ("vehicle", "people"), lambda s: "vehicle_attack" in s and bool(s & {"now", "near", "crush", "ours", "medical"})),
    _Rule(Situation.GENERIC, ("crush",), lambda s: "crush" in s and bool(s & {"symptoms", "now", "near", "medical", "fire"})),
    _Rule(Situation.GENERIC, ("fire", "presence"), lambda s: "fire" in s and bool(s & {"near", "hiding"}) and bool(s & {"hostile", "now", "ours"}) and bool(s & {"now", "break_in", "hiding", "approach"})),
    _Rule(Situation.COLLAPSED, ("gas",), lambda s: "gas" in s and bool(s & {"near", "now", "symptoms"})),
    _Rule(Situation.COLLAPSED, ("medical",), lambda s: "medical" in s and bool(s & {"now", "near", "ours"})),
    _Rule(Situation.GENERIC, ("threat", "hour"), lambda s: "threat_verb" in s and "threat_speech" in s and bool(s & {"soon", "approach"}) and bool(s & {"hostile", "ours"})),
    _Rule(Situation.GENERIC, ("farewell or warning", "hour"), lambda s: "veiled" in s and bool(s & {"soon", "now"}) and bool(s & {"threat_speech", "concealed", "approach"})),
    _Rule(Situation.ASSAULT, ("hidden hand", "presence"), lambda s: "concealed" in s and "near" in s and bool(s & {"now", "veiled", "fear", "break_in"})),
)  # fmt: skip


def find(reading: Reading) -> Finding | None:
    """Return the first rule that holds in two neighbouring sentences, the most specific first."""
    if reading.foreign_emergency:
        return Finding(Situation.GENERIC, ("emergency word in another language",), True)
    everywhere = reading.concepts
    doubtful: Finding | None = None
    for rule in _RULES:
        for place in range(len(reading.sentences)):
            here = window(reading.sentences[place : place + 2])
            if not rule.holds(here):
                continue
            against = (here & _ELSEWHEN) | (everywhere & frozenset({"drill", "film", "elsewhere", "past"}))
            if not against and not (everywhere & _MATERIAL and not rule.strong):
                return Finding(rule.situation, rule.cues, True)
            doubtful = doubtful or Finding(rule.situation, rule.cues, False)
    return doubtful


def self_harm(reading: Reading) -> Finding | None:
    """Return first-person or third-party self-harm as the tables name it."""
    if reading.foreign_self_harm:
        return Finding(Situation.SELF_HARM_FIRST_PERSON, ("self-harm, another language",), True)
    topic = bool(reading.concepts & {"sh_topic", "drill", "asks_material"})
    for place, sentence in enumerate(reading.sentences):
        here = window(reading.sentences[max(0, place - 1) : place + 2])
        explicit, passive = sentence.has("sh_explicit"), sentence.has("sh_passive")
        farewell = sentence.has("sh_farewell") and bool(here & {"sh_passive", "sh_explicit", "sh_means"})
        if explicit or passive or farewell:
            third = "sh_third" in here or not _FIRST_PERSON & frozenset(sentence.words)
            situation = Situation.SELF_HARM_THIRD_PARTY if third else Situation.SELF_HARM_FIRST_PERSON
            sure = explicit and not topic and "laugh" not in here
            return Finding(situation, ("self-harm said" if explicit else "passive wish or farewell",), sure)
    return None


_FIRST_PERSON = frozenset({"i", "me", "my", "myself", "je", "j", "moi", "mes", "mon", "ma"})
