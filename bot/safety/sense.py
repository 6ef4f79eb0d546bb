"""The sense of a message beside its words: which labelled messages it is like, whatever words they use.

"He trailed me to my street" and "cette auto m'a suivie jusque chez moi" share no word and lie close together.
A long message is read whole and sentence by sentence: one clause in its middle may be the danger.
What is encoded is the folded text, so that hidden characters and look-alike letters change nothing.
"""

from collections.abc import Sequence

import numpy as np

from bot.safety.reading import DANGER_CONCEPTS, Sentence
from knowledge_base.arrays import Array
from knowledge_base.likeness import landmarks, likeness_of, nearest, phrases
from knowledge_base.senses.making import vector_of

# What holds no word of a language has no sense, whatever vector it would get.
_LONGEST_WORD = 30
# Words of a part: a sentence, or short ones joined.
_PART_WORDS = 14
_PART_AT_MOST = 60
_MOST_PARTS = 16


def text_of(sentences: Sequence[Sentence]) -> str:
    """Return what is encoded of some sentences, "" where they hold no word of a language."""
    readable = (s.words for s in sentences if any(len(word) <= _LONGEST_WORD for word in s.words))
    return ". ".join(" ".join(words) for words in readable)


def parts_of(sentences: Sequence[Sentence]) -> list[str]:
    """Return what is encoded sentence by sentence: short ones joined, of many those of danger and some others."""
    found: list[tuple[str, bool]] = []
    words: list[str] = []
    telling = False
    for sentence in sentences:
        if not any(len(word) <= _LONGEST_WORD for word in sentence.words):
            continue
        if words and len(words) + len(sentence.words) > _PART_WORDS:
            found.append((" ".join(words), telling))
            words, telling = [], False
        words += sentence.words[:_PART_AT_MOST]
        telling = telling or bool(DANGER_CONCEPTS.intersection(sentence.concepts))
    if words:
        found.append((" ".join(words), telling))
    distinct = list(dict.fromkeys(found))
    if len(distinct) > _MOST_PARTS:
        # Stable: within each kind the order of the message, the last ones first, where a mail comes to its point.
        late = distinct[::-1]
        distinct = sorted(late, key=lambda part: not part[1])[:_MOST_PARTS]
    return [text for text, _ in distinct]


def features(sentences: Sequence[Sentence]) -> Array:
    """Return how alike sentences and each landmark are, then how alike one of them and each phrase is; zeros
    where there is nothing to read."""
    text = text_of(sentences)
    if not text:
        return np.zeros(len(landmarks()) + len(phrases()), dtype=np.float32)
    vectors = np.stack([vector_of(part) for part in parts_of(sentences)])
    return np.concatenate([likeness_of(text), nearest(vectors)])
