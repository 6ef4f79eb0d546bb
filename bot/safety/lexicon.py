"""Find concepts (a weapon, a presence, a past event) in folded words.

The phrase tables are plain data, one concept per key, phrases separated by commas. In a phrase, `word*`
is any word with that beginning, `~` up to three words of any kind, `(a|b)` a choice (a trailing space
inside makes it optional). Phrases are matched on whole folded words, so no phrase needs an accent.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class _Node:
    """One step of the phrases that share a beginning."""

    words: dict[str, "_Node"] = field(default_factory=dict)
    beginnings: dict[str, "_Node"] = field(default_factory=dict)
    gap: "_Node | None" = None
    concepts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases as one tree; it is not changed after it was built."""

    root: _Node
    by_prefix: Mapping[str, tuple[tuple[str, _Node], ...]]

    def find(self, words: tuple[str, ...]) -> list[Match]:
        """Return every phrase found in `words`, in order of position."""
        found: list[Match] = []
        firsts = self.root.words
        for start, word in enumerate(words):
            node = firsts.get(word)
            if node is not None:
                _walk(node, words, start, start + 1, found)
            for beginning, open_node in self.by_prefix.get(word[:_PREFIX], ()):
                if word.startswith(beginning):
                    _walk(open_node, words, start, start + 1, found)
        return found


@functools.cache
def lexicon() -> Lexicon:
    """Return the phrases of all languages, compiled once."""
    return compiled(lexicon_en.CONCEPTS, lexicon_fr.CONCEPTS, lexicon_other.CONCEPTS)


def compiled(*languages: Mapping[str, str]) -> Lexicon:
    """Return the phrases of some tables as one tree."""
    root = _Node()
    for tables in languages:
        for concept, text in tables.items():
            for pattern in _patterns(text):
                _plant(root, concept, pattern)
    by_prefix: dict[str, list[tuple[str, _Node]]] = {}
    for beginning, node in root.beginnings.items():
        by_prefix.setdefault(beginning[:_PREFIX], []).append((beginning, node))
    return Lexicon(root, {letters: tuple(entries) for letters, entries in by_prefix.items()})


@functools.cache
def plain_words() -> frozenset[str]:
    """Return every word that the tables name in full: the vocabulary for spelling repair."""
    tables = (lexicon_en.CONCEPTS, lexicon_fr.CONCEPTS, lexicon_other.CONCEPTS)
    phrases = (pattern for table in tables for text in table.values() for pattern in _patterns(text))
    return frozenset(part for pattern in phrases for part in pattern if part.isalpha())


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


def _plant(root: _Node, concept: str, pattern: Pattern) -> None:
    node = root
    for part in pattern:
        if part == "~":
            node.gap = node.gap or _Node()
            node = node.gap
        elif part.endswith("*"):
            node = node.beginnings.setdefault(part[:-1], _Node())
        else:
            node = node.words.setdefault(part, _Node())
    if concept not in node.concepts:
        node.concepts.append(concept)


def _walk(node: _Node, words: tuple[str, ...], start: int, place: int, found: list[Match]) -> None:
    """Add every phrase that goes on from `node` at `place`."""
    for concept in node.concepts:
        found.append(Match(concept, start, place))
    if node.gap is not None:
        for skip in range(min(_MAX_GAP, len(words) - place) + 1):
            _walk(node.gap, words, start, place + skip, found)
    if place >= len(words):
        return
    word = words[place]
    following = node.words.get(word)
    if following is not None:
        _walk(following, words, start, place + 1, found)
    for beginning, open_node in node.beginnings.items():
        if word.startswith(beginning):
            _walk(open_node, words, start, place + 1, found)
