"""The sense of a message beside its words: which labelled messages it is like, whatever words they use.

"He trailed me to my street" and "cette auto m'a suivie jusque chez moi" share no word and lie close together.
What is encoded is the folded text, so that hidden characters and look-alike letters change nothing.
"""

from collections.abc import Sequence

import numpy as np

from bot.safety.reading import Sentence
from knowledge_base.arrays import Array
from knowledge_base.likeness import landmarks, likeness_of

# What holds no word of a language has no sense, whatever vector it would get.
_LONGEST_WORD = 30


def text_of(sentences: Sequence[Sentence]) -> str:
    """Return what is encoded of some sentences, "" where they hold no word of a language."""
    readable = (s.words for s in sentences if any(len(word) <= _LONGEST_WORD for word in s.words))
    return ". ".join(" ".join(words) for words in readable)


def features(sentences: Sequence[Sentence]) -> Array:
    """Return how alike sentences and each landmark are; zeros where there is nothing to read."""
    text = text_of(sentences)
    return likeness_of(text) if text else np.zeros(len(landmarks()), dtype=np.float32)
