"""Phrases that people write, and the library's own words for the same thing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge_base.tokens import analyse

# An expansion is a guess about what somebody meant: it counts less than what they wrote.
EXPANSION_WEIGHT = 0.4

# The words of a phrase may stand a little apart: "posted my new number".
_SLACK = 2


@dataclass(frozen=True, slots=True)
class Synonym:
    """A phrase and its meaning, in one language; the expansion works in both directions."""

    language: str
    phrase: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A phrase found in a question, and its meaning, as terms."""

    phrase: tuple[str, ...]
    meaning: tuple[str, ...]


class Thesaurus:
    """Synonyms by language, ready to read questions. Immutable after it is built."""

    def __init__(self, synonyms: Iterable[Synonym] = ()) -> None:
        self.synonyms = tuple(synonyms)
        self._rules: dict[tuple[str, str], list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for synonym in self.synonyms:
            phrase = analyse(synonym.phrase, synonym.language)
            meaning = analyse(synonym.meaning, synonym.language)
            for written, meant in ((phrase, meaning), (meaning, phrase)):
                if written and meant:
                    self._rules.setdefault((synonym.language, written[0]), []).append((written, meant))

    def read(self, terms: Sequence[str], language: str) -> tuple[Reading, ...]:
        """Return the phrases that stand in a question's terms, with what they mean."""
        readings = []
        for place, term in enumerate(terms):
            for phrase, meaning in self._rules.get((language, term), ()):
                window = terms[place : place + len(phrase) + _SLACK]
                if all(word in window for word in phrase):
                    readings.append(Reading(phrase, meaning))
        return tuple(readings)
