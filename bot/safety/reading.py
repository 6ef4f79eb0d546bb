"""A message as concepts: what the rules and the model both look at."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.safety.lexicon import lexicon
from bot.safety.lexicon_other import EMERGENCY_STRINGS, SELF_HARM_STRINGS
from bot.safety.spelling import repair
from bot.safety.words import Words, read

DANGER_CONCEPTS = frozenset({
    "gun", "blade", "club", "fire", "gas", "explosive", "substance", "item", "item_odd", "symptoms", "break_in",
    "attack", "shots", "vehicle_attack", "crush", "medical", "hiding", "cops_guns", "dispatch_call", "hoax_call",
    "follow", "threat_verb", "threat_speech", "veiled", "concealed", "fear", "sh_explicit", "sh_passive",
})  # fmt: skip
# A figure of speech swallows the danger words inside it: "killing me" is no threat.
_SWALLOWS = frozenset({"idiom", "sh_topic"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its words, the concepts in it, in order of appearance."""

    words: tuple[str, ...]
    concepts: tuple[str, ...]

    def has(self, *names: str) -> bool:
        """Say whether any of the concepts is in the sentence."""
        return any(name in self.concepts for name in names)


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole message, sentence by sentence."""

    sentences: tuple[Sentence, ...]
    words: Words
    foreign_emergency: bool
    foreign_self_harm: bool

    @property
    def concepts(self) -> frozenset[str]:
        """All concepts of the message."""
        return frozenset(name for sentence in self.sentences for name in sentence.concepts)


def understand(text: str) -> Reading:
    """Read `text` into sentences with their concepts."""
    words = read(text)
    # Hostile length is mostly repetition: each distinct sentence is read once.
    known = {sentence: _sentence(repair(sentence)) for sentence in set(words.sentences)}
    return Reading(
        tuple(known[sentence] for sentence in words.sentences),
        words,
        any(string in text for string in EMERGENCY_STRINGS),
        any(string in text for string in SELF_HARM_STRINGS),
    )


def window(sentences: Iterable[Sentence]) -> frozenset[str]:
    """Return the concepts of some neighbouring sentences together."""
    return frozenset(name for sentence in sentences for name in sentence.concepts)


def _sentence(words: tuple[str, ...]) -> Sentence:
    matches = lexicon().find(words)
    figures = [(m.start, m.end, m.concept) for m in matches if m.concept in _SWALLOWS]
    kept: dict[str, None] = {}
    for match in matches:
        swallowed = match.concept in DANGER_CONCEPTS and any(
            start <= match.start and match.end <= end for start, end, _ in figures
        )
        if not swallowed:
            kept[match.concept] = None
    return Sentence(words, tuple(kept))
