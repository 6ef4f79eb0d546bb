"""Make the weights of the topic model: `python -m knowledge_base.topics.train [MESSAGES...]`.

Learns from the phrases of en.txt and fr.txt, the sentences of the starter articles, labelled
messages, and the part of a labelled question set that is meant for tuning. The part that is held
back is never read. What a text means is one space for both languages, so both are learned together.
The same input gives the same files. Needs scipy (CONTRIBUTING.md).
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np

from knowledge_base.arrays import Array
from knowledge_base.documents import DocumentKind, PassageKind
from knowledge_base.language import SUPPORTED
from knowledge_base.likeness.ridge import Learned, Words, calibrate_together, fit
from knowledge_base.meaning import vectors
from knowledge_base.passages import cut, split_sentences
from knowledge_base.senses.making import key_of, readable
from knowledge_base.starter import documents
from knowledge_base.topics.features import features
from knowledge_base.topics.messages import read_messages
from knowledge_base.topics.model import BIAS, RARITY_SCALE, SCALE, SENSE

# How much a sample of each kind counts.
_PHRASE = 0.5
_SENTENCE = 0.15
_FRAMED = 0.2
_QUESTION = 1.0
_MESSAGE = 1.0
# A second topic that is right too.
_SECOND = 0.3

_SENTENCE_WORDS = 25
_RAREST = {"w": 2, "p": 3, "c": 6}
# What words count beside meaning.
_SHARE = 0.6
FOLDS = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, its topic, and how much it counts."""

    text: str
    topic: str
    weight: float
    second: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A sample with its language."""

    sample: Sample
    language: str


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted model of both languages: a place and a rarity per feature, and what was learned."""

    topics: tuple[str, ...]
    words: Words
    learned: Learned


# The first phrases of a topic are its own names; each is put into some of the frames.
_FRAMES = "(frames)"
_NAMES = 14
_FRAMES_EACH = 5


def samples(language: str) -> list[Sample]:
    """Return everything but the labelled questions that the model of a language learns from."""
    written = list(phrases(language))
    frames = [sample.text for sample in written if sample.topic == _FRAMES]
    known = [sample for sample in written if sample.topic != _FRAMES]
    return [*known, *_framed(known, frames), *sentences(language)]


def _framed(known: Sequence[Sample], frames: Sequence[str]) -> Iterator[Sample]:
    """Yield names of every topic in ordinary questions, so that no frame speaks for a topic."""
    taken: Counter[str] = Counter()
    place = 0
    for sample in known:
        taken[sample.topic] += 1
        if taken[sample.topic] > _NAMES:
            continue
        for _ in range(_FRAMES_EACH if frames else 0):
            place += 1
            yield Sample(frames[place % len(frames)].replace("{}", sample.text), sample.topic, _FRAMED)


def phrases(language: str) -> Iterator[Sample]:
    """Yield the phrases of a language's vocabulary file."""
    topic = ""
    text = files("knowledge_base.topics").joinpath(f"{language}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            topic = line.strip().strip("[]")
        elif not line.startswith("#"):
            yield from (Sample(part.strip(), topic, _PHRASE) for part in line.split(";") if part.strip())


def sentences(language: str) -> Iterator[Sample]:
    """Yield titles, synonyms and sentences of the starter articles of a language."""
    for _, article in documents():
        about = article.attributes
        # A toolkit or a referral speaks of many subjects, an article of one.
        if article.language != language or about.kind is not DocumentKind.ARTICLE or not about.topics:
            continue
        topic = about.topics[0]
        passages = [part.text for part in cut(article) if part.kind is not PassageKind.SOURCE]
        parts = [part for text in passages for part in split_sentences(text, _SENTENCE_WORDS)]
        for text in (article.title, *article.attributes.synonyms, *parts):
            yield Sample(text, topic, _SENTENCE)


def fitted(rows: Sequence[Row], encoder: "Encoder") -> Weights:
    """Fit one ridge regression per topic; what is learned from meaning serves both languages."""
    topics = tuple(sorted({row.sample.topic for row in rows}))
    found = [_features(row) for row in rows]
    words = Words.of(found, _RAREST)
    truth = np.zeros((len(rows), len(topics)), dtype=np.float32)
    for place, row in enumerate(rows):
        second = row.sample.second if row.sample.second in topics else None
        truth[place, topics.index(row.sample.topic)] = 1 - _SECOND if second else 1
        if second:
            truth[place, topics.index(second)] = _SECOND
    counts = np.repeat(np.array([[row.sample.weight] for row in rows], dtype=np.float32), len(topics), axis=1)
    vectors = encoder.vectors([row.sample.text for row in rows])
    return Weights(topics, words, fit(words.matrix(found), vectors, truth, counts, share=_SHARE))


def scores(weights: Weights, rows: Sequence[Row], encoder: "Encoder") -> Array:
    """Return the score of each topic for each text, not calibrated yet."""
    words = weights.words.matrix([_features(row) for row in rows])
    return weights.learned.scores(words, encoder.vectors([row.sample.text for row in rows]))


def calibration(rows: Sequence[Row], topics: Sequence[str], held: Array) -> float:
    """Return the factor that makes logits of scores: `held` are those of models that never saw the rows."""
    truth = np.zeros_like(held)
    for place, row in enumerate(rows):
        truth[place, topics.index(row.sample.topic)] = 1
    return calibrate_together(held, truth, np.ones_like(held))


def _features(row: Row) -> Mapping[str, float]:
    """Return features that name their language, but for pieces of words, which both share."""
    found = features(row.sample.text, row.language)
    return {name if name[0] == "c" else f"{name}@{row.language}": value for name, value in found.items()}


class Encoder:
    """Vectors of texts, kept in a file between runs when one is named: encoding is what takes time."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._known: dict[int, Array] = {}
        if file and file.exists():
            with np.load(file) as kept:
                self._known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))

    def vectors(self, texts: Sequence[str]) -> Array:
        """Return a vector a text, of a long one that of what is read of it."""
        read = [readable(text) for text in texts]
        missing = {key: text for text in read if (key := key_of(text)) not in self._known}
        if missing:
            self._known.update(zip(missing, vectors(list(missing.values())), strict=True))
            if self._file:
                np.savez(
                    self._file,
                    keys=np.array(list(self._known), dtype=np.uint64),
                    vectors=np.stack(list(self._known.values())),
                )
        return np.stack([self._known[key_of(text)] for text in read])


def fold_of(question_id: str) -> int:
    """Return the fold of a question: the same for a question and its translation."""
    key = question_id.partition("-")[2]
    return int(sha256(key.encode()).hexdigest(), 16) // 7 % FOLDS


def write(weights: Weights, factor: float, language: str, note: Sequence[str]) -> str:
    """Return the text of the weights file of a language."""
    whole = np.rint(weights.learned.words * (factor * SCALE)).astype(int)
    rarity = np.rint(weights.words.rarity * RARITY_SCALE).astype(int)
    bias = np.rint(weights.learned.bias * (factor * SCALE)).astype(int)
    lines = [*(f"# {line}" for line in note), f"(topics)\t{' '.join(weights.topics)}"]
    lines.append(f"{BIAS}\t{' '.join(map(str, (0, *bias.tolist())))}")
    for name, row in weights.words.places.items():
        plain, _, told = name.partition("@") if name[0] != "c" else (name, "", language)
        if told == language:
            lines.append(f"{plain}\t{' '.join(map(str, (rarity[row], *whole[row].tolist())))}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write weights.<language>.tsv beside this file, and the cross-validated shares if asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=Path, nargs="*", help="labelled messages, named messages.LANG.*.txt")
    parser.add_argument("--questions", type=Path, default=Path("tests/retrieval/questions.jsonl"))
    parser.add_argument("--shares", type=Path, help="write cross-validated topic shares here, as JSON lines")
    parser.add_argument("--vectors", type=Path, help="keep vectors in this file (.npz) between runs")
    chosen = parser.parse_args()
    encoder = Encoder(chosen.vectors)
    labelled = [json.loads(line) for line in chosen.questions.read_text(encoding="utf-8").splitlines()]
    tuning = {
        language: [q for q in labelled if q["lang"] == language and q["split"] == "tune"]
        for language in SUPPORTED
    }
    base = [Row(sample, language) for language in SUPPORTED for sample in samples(language)]
    asked = [
        (key, Row(sample, language))
        for language in SUPPORTED
        for key, sample in _asked(tuning[language], _messages(chosen.messages, language))
    ]
    factor = _cross_validate(chosen.shares, base, asked, encoder)
    weights = fitted([*base, *(row for _, row in asked)], encoder)
    for language in SUPPORTED:
        count = sum(row.language == language for row in base)
        note = (
            "Made by: python -m knowledge_base.topics.train",
            f"{count} phrases and sentences, {sum(row.language == language for _, row in asked)} questions and messages",
        )
        target = Path(__file__).with_name(f"weights.{language}.tsv")
        target.write_text(write(weights, factor, language, note), encoding="utf-8")
        sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes\n")
    np.save(Path(__file__).with_name(SENSE), (weights.learned.landmarks * factor).astype(np.float16))


def _messages(paths: Sequence[Path], language: str) -> list[Sample]:
    return [
        Sample(message.text, message.topics[0], _MESSAGE, message.topics[1] if message.topics[1:] else None)
        for path in paths
        if path.name.split(".")[1] == language
        for message in read_messages(path)
    ]


def _asked(questions: Sequence[Mapping[str, str]], messages: Sequence[Sample]) -> list[tuple[str, Sample]]:
    """Return questions and messages, each with what its fold is told by."""
    return [
        *((question["id"], Sample(question["text"], question["topic"], _QUESTION)) for question in questions),
        *((f"m-{place}-{sample.text}", sample) for place, sample in enumerate(messages)),
    ]


def _cross_validate(
    file: Path | None, base: Sequence[Row], asked: Sequence[tuple[str, Row]], encoder: Encoder
) -> float:
    """Return the factor of the scores; write the shares of texts held back to `file` if one is named."""
    rows: list[tuple[str, Row]] = []
    held: list[Array] = []
    topics: tuple[str, ...] = ()
    for fold in range(FOLDS):
        # A question and its translation are in one fold.
        out = [(key, row) for key, row in asked if fold_of(key) == fold]
        found = fitted([*base, *(row for key, row in asked if fold_of(key) != fold)], encoder)
        topics = found.topics
        rows += out
        held.append(scores(found, [row for _, row in out], encoder))
    together = np.concatenate(held)
    factor = calibration([row for _, row in rows], topics, together)
    for language in SUPPORTED:
        right = [
            topics[place] in (row.sample.topic, row.sample.second)
            for (_, row), place in zip(rows, together.argmax(axis=1), strict=True)
            if row.language == language
        ]
        sys.stdout.write(f"{language}: {sum(right)} of {len(right)} held back are right\n")
    if file:
        odds = np.exp(factor * (together - together.max(axis=1, keepdims=True)))
        with file.open("w", encoding="utf-8") as lines:
            for (key, row), share in zip(
                rows, (odds / odds.sum(axis=1, keepdims=True)).tolist(), strict=True
            ):
                told = {
                    "id": key,
                    "language": row.language,
                    "topics": [topic for topic in (row.sample.topic, row.sample.second) if topic],
                    "shares": dict(zip(topics, share, strict=True)),
                }
                lines.write(json.dumps(told) + "\n")
    return factor


if __name__ == "__main__":
    main()
