"""Text to senses: cut into pieces, encoded once, and known again by the text."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.meaning import vectors, warm_up
from knowledge_base.senses import Sense, Senses, code_of

# Raise whenever the same text may get other codes: the keys change with it.
_VERSION = 1

# A sense holds a sentence; short ones say little, and are joined up to this many words.
PIECE_WORDS = 12
_MOST_PIECES = 24

# Of a long message its beginning and its end are encoded: the work grows with the words.
_READ_WORDS = 40

_BATCH = 64
_END = re.compile(r"(?<=[.!?\u2026;:])\s+|\n+")


def pieces(text: str) -> list[str]:
    """Cut a text between sentences into sentences, the short ones joined; a very long one is sampled."""
    found: list[str] = []
    piece: list[str] = []
    for sentence in _END.split(text):
        words = sentence.split()
        if piece and len(piece) + len(words) > PIECE_WORDS:
            found.append(" ".join(piece))
            piece = []
        piece += words
    if piece:
        found.append(" ".join(piece))
    if len(found) > _MOST_PIECES:
        found = [found[place * len(found) // _MOST_PIECES] for place in range(_MOST_PIECES)]
    return found or [""]


def key_of(text: str) -> int:
    """Return what a text's codes are kept under."""
    return int.from_bytes(blake2b(f"{_VERSION}\n{text}".encode(), digest_size=8).digest(), "little")


def make(
    texts: Sequence[str], known: Mapping[int, Array], on_done: Callable[[int], None] = lambda _: None
) -> Senses:
    """Return the senses of texts, encoding those that are not known; `on_done` hears how many are done."""
    keys = [key_of(text) for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    on_done(len(texts) - len(missing))
    batches = [list(missing.items())[start : start + _BATCH] for start in range(0, len(missing), _BATCH)]
    made: dict[int, Array] = {}
    if batches:
        warm_up()  # once, not by each thread
    # Two threads: most of the time is numpy's, which lets others run.
    with ThreadPoolExecutor(2) as pool:
        for batch in pool.map(_encode, batches):
            made.update(batch)
            on_done(len(batch))
    return Senses.of([made[key] if key in made else known[key] for key in keys])


def keys_of(texts: Iterable[str]) -> Array:
    """Return what the codes of texts are kept under."""
    return np.array([key_of(text) for text in texts], dtype=np.uint64)


def count_missing(texts: Iterable[str], known: Mapping[int, Array]) -> int:
    """Return how many pieces would have to be encoded."""
    return sum(len(pieces(text)) for text in texts if key_of(text) not in known)


def sense_of(texts: Mapping[str, float]) -> Sense:
    """Return what a message (the first) and what was written before it mean, with their weights."""
    return Sense(np.stack([vector_of(text) for text in texts]), tuple(texts.values()))


def vector_of(text: str) -> Array:
    """Return the vector of a message, of a long one that of its beginning and end; encoded once."""
    return _vector(readable(text))


@lru_cache(maxsize=512)
def _vector(text: str) -> Array:
    vector: Array = vectors([text])[0]
    return vector


def readable(text: str) -> str:
    """Return the part of a message that is encoded: all of it, or its beginning and its end."""
    words = text.split()
    return text if len(words) <= 2 * _READ_WORDS else " ".join((*words[:_READ_WORDS], *words[-_READ_WORDS:]))


def _encode(batch: Sequence[tuple[int, str]]) -> dict[int, Array]:
    cut = [pieces(text) for _, text in batch]
    codes = code_of(vectors([piece for found in cut for piece in found]))
    ends = np.cumsum([len(found) for found in cut])
    return {
        key: codes[end - len(found) : end]
        for (key, _), found, end in zip(batch, cut, ends.tolist(), strict=True)
    }
