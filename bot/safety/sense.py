"""The sense of a message beside its words: what its sentences mean, whatever words they use.

"He trailed me to my street" and "cette auto m'a suivie jusque chez moi" share no word and lie close together. The
features are the highest and the lowest value of each dimension over the sentences, so that one sentence of danger
stands out however much ordinary business surrounds it.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.safety.reading import DANGER_CONCEPTS, Sentence
from knowledge_base import meaning

Floats = NDArray[np.float32]
Vectors = Mapping[tuple[str, ...], Floats]
"""A sentence's words, and the vector of their meaning."""

WIDTH = 2 * meaning.DIMENSIONS
# So that the training's pull towards zero is as strong here as on words, whose value is 1.
_SCALE = 2.8
# About a millisecond for two. A long mail is read where it may matter: first where danger words stand, then from its beginning.
_MOST = 12
_LONGEST_WORD = 30


def vectors(sentences: Sequence[Sentence]) -> Vectors:
    """Return the vectors of the sentences worth reading; an empty message has none."""
    texts = chosen(sentences)
    found = meaning.vectors([" ".join(words) for words in texts])
    return dict(zip(texts, found, strict=True))


def features(sentences: Iterable[Sentence], known: Vectors) -> Floats:
    """Return the WIDTH features of some sentences; zeros where none of them has a vector."""
    rows = [known[s.words] for s in sentences if s.words in known]
    if not rows:
        return np.zeros(WIDTH, dtype=np.float32)
    stacked = np.stack(rows)
    return np.concatenate([stacked.max(axis=0), stacked.min(axis=0)]) * np.float32(_SCALE)


def chosen(sentences: Sequence[Sentence]) -> list[tuple[str, ...]]:
    """Return the sentences that are read for their sense: each once, those with danger words first."""
    ranked = sorted(sentences, key=lambda s: not DANGER_CONCEPTS.intersection(s.concepts))
    # What holds no word of a language has no sense, whatever vector it would get.
    readable = (s.words for s in ranked if any(len(word) <= _LONGEST_WORD for word in s.words))
    return list(dict.fromkeys(readable))[:_MOST]
