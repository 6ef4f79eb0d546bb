"""Find concepts (a weapon, a presence, a past event) in folded words.

The phrase tables are plain data, one concept per key, phrases separated by commas. In a phrase, `word*`
is any word with that beginning, `~` up to three words of any kind, `(a|b)` a choice (a trailing space
inside makes it optional). Phrases are matched on whole folded words, so no phrase needs an accent.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.safety import lexicon_en, lexicon_fr, lexicon_other
from bot.safety.words import CHAT, fold

_MAX_GAP = 3
_PREFIX = 3

Pattern = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A concept seen in one sentence, at words `start` to `end` (exclusive)."""

    concept: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases by the first word (or its first letters, for an open beginning)."""

    by_word: Mapping[str, tuple[tuple[str, Pattern], ...]]
    by_prefix: Mapping[str, tuple[tuple[str, Pattern], ...]]

    def find(self, words: tuple[str, ...]) -> list[Match]:
        """Return every phrase found in `words`, in order of position."""
        found: list[Match] = []
        by_word, by_prefix = self.by_word, self.by_prefix
        for start, word in enumerate(words):
            for concept, pattern in by_word.get(word, ()):
                end = _matches(pattern, words, start)
                if end:
                    found.append(Match(concept, start, end))
            for concept, pattern in by_prefix.get(word[:_PREFIX], ()):
                end = _matches(pattern, words, start)
                if end:
                    found.append(Match(concept, start, end))
        return found


@functools.cache
def lexicon() -> Lexicon:
    """Return the phrases of all languages, compiled once."""
    by_word: dict[str, list[tuple[str, Pattern]]] = {}
    by_prefix: dict[str, list[tuple[str, Pattern]]] = {}
    seen: set[tuple[str, Pattern]] = set()
    for tables in (lexicon_en.CONCEPTS, lexicon_fr.CONCEPTS, lexicon_other.CONCEPTS):
        for concept, text in tables.items():
            for pattern in _patterns(text):
                if (concept, pattern) in seen:
                    continue
                seen.add((concept, pattern))
                first = pattern[0]
                if first.endswith("*"):
                    by_prefix.setdefault(first[:_PREFIX], []).append((concept, pattern))
                else:
                    by_word.setdefault(first, []).append((concept, pattern))
    return Lexicon(
        {word: tuple(entries) for word, entries in by_word.items()},
        {word: tuple(entries) for word, entries in by_prefix.items()},
    )


def plain_words() -> frozenset[str]:
    """Return every word that the tables name in full: the vocabulary for spelling repair."""
    return frozenset(
        part
        for entries in lexicon().by_word.values()
        for _, pattern in entries
        for part in pattern
        if part.isalpha() and part != "~"
    )


def _patterns(text: str) -> Iterator[Pattern]:
    for phrase in _split(fold(text)):
        for expanded in _expand(phrase):
            words = tuple(itertools.chain.from_iterable(_word(word) for word in expanded.split()))
            if words and words[0] not in ("*", "~"):
                yield words


def _split(text: str) -> Iterator[str]:
    depth, part = 0, ""
    for character in " ".join(text.replace("-", " ").replace("'", " ").split()):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += character
    yield part.strip()


def _expand(phrase: str) -> Iterable[str]:
    pieces = re.split(r"\(([^)]*)\)\*?", phrase)
    choices = [
        [piece]
        if place % 2 == 0
        else [*(c.strip() for c in piece.split("|")), *([""] if piece.endswith(" ") else [])]
        for place, piece in enumerate(pieces)
    ]
    return (" ".join(parts) for parts in itertools.product(*choices))


def _word(word: str) -> tuple[str, ...]:
    if word.endswith("*") and len(word) <= _PREFIX:
        return (word[:-1],)
    word = word.strip("?.!")
    return tuple(CHAT[word].split()) if word in CHAT else (word,)


def _matches(pattern: Pattern, words: tuple[str, ...], start: int) -> int:
    """Return where the pattern ends when it begins at `start`, or 0."""
    place = start
    for position, part in enumerate(pattern):
        if part == "~":
            rest = pattern[position + 1 :]
            if not rest:
                return place
            for skip in range(_MAX_GAP + 1):
                if place + skip >= len(words):
                    return 0
                end = _matches(rest, words, place + skip)
                if end:
                    return end
            return 0
        if place >= len(words):
            return 0
        word = words[place]
        if not (word == part or (part.endswith("*") and word.startswith(part[:-1]))):
            return 0
        place += 1
    return place
