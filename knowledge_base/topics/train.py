"""Make the weights of the topic model: `python -m knowledge_base.topics.train [MESSAGES...]`.

Learns from the phrases of en.txt and fr.txt, the sentences of the starter articles, labelled
messages, and the part of a labelled question set that is meant for tuning. The part that is held
back is never read. What a text means is one space for both languages: the vectors of one language
teach the model of the other. The same input gives the same file.
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
from knowledge_base.meaning import DIMENSIONS, vectors
from knowledge_base.passages import cut, split_sentences
from knowledge_base.readers.markdown import read_markdown
from knowledge_base.senses.making import key_of, readable
from knowledge_base.starter import starter_files
from knowledge_base.topics.features import features
from knowledge_base.topics.messages import read_messages
from knowledge_base.topics.model import BIAS, SCALE, SENSE, SENSE_SHARE

# How much a sample of each kind counts.
_PHRASE = 1.0
_SENTENCE = 0.3
_FRAMED = 0.4
_QUESTION = 2.0
_MESSAGE = 2.0
# What a text of the other language teaches, by its meaning alone.
_OTHER_LANGUAGE = 0.5
# A second topic that is right too.
_SECOND = 0.3

_SENTENCE_WORDS = 25
_RAREST = {"w": 2, "p": 2, "c": 3}

# Chosen by cross-validation on the questions for tuning.
_RIDGE = 3e-5
_STEPS = 150
_RATE = 0.15
FOLDS = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, its topic, and how much it counts."""

    text: str
    topic: str
    weight: float
    second: str | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted model: one row of `matrix` per name, one column per topic; BIAS is the last row.

    `sense` has one row per dimension of the vectors.
    """

    topics: tuple[str, ...]
    names: Mapping[str, int]
    matrix: Array
    sense: Array


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
    for name, data in starter_files():
        article = read_markdown(name, data)
        about = article.attributes
        # A toolkit or a referral speaks of many subjects, an article of one.
        if article.language != language or about.kind is not DocumentKind.ARTICLE or not about.topics:
            continue
        topic = about.topics[0]
        passages = [part.text for part in cut(article) if part.kind is not PassageKind.SOURCE]
        parts = [part for text in passages for part in split_sentences(text, _SENTENCE_WORDS)]
        for text in (article.title, *article.attributes.synonyms, *parts):
            yield Sample(text, topic, _SENTENCE)


def fit(samples: Sequence[Sample], language: str, others: Sequence[Sample], encoder: "Encoder") -> Weights:
    """Fit a multinomial logistic regression with a ridge; `others` are of the other language."""
    topics = tuple(sorted({sample.topic for sample in samples}))
    rows = [features(sample.text, language) for sample in samples]
    spread = Counter(name for row in rows for name in row)
    kept = sorted(name for name, count in spread.items() if count >= _RAREST[name[0]])
    names = {name: place for place, name in enumerate(kept)}
    every = [*samples, *(sample for sample in others if sample.topic in topics)]
    data = _Sparse(rows + [{}] * (len(every) - len(rows)), names)
    senses = encoder.vectors([sample.text for sample in every]) * np.float32(SENSE_SHARE)
    weight = np.array([sample.weight for sample in every], dtype=np.float32)[:, None]
    weight[len(rows) :] *= _OTHER_LANGUAGE
    right = np.zeros((len(every), len(topics)), dtype=np.float32)
    for place, sample in enumerate(every):
        second = sample.second if sample.second in topics else None
        right[place, topics.index(sample.topic)] = 1 - _SECOND if second else 1
        if second:
            right[place, topics.index(second)] = _SECOND
    # The bias is a feature of every row, without a ridge.
    bias = len(names)
    matrix: Array = np.zeros((bias + 1 + DIMENSIONS, len(topics)), dtype=np.float32)
    first, second_moment = np.zeros_like(matrix), np.zeros_like(matrix)
    for step in range(1, _STEPS + 1):
        scores = data.times(matrix[: bias + 1]) + senses @ matrix[bias + 1 :]
        miss = (_softmax(scores) - right) * weight / weight.sum()
        slope = np.concatenate([data.transposed_times(miss), senses.T @ miss])
        slope[:bias] += _RIDGE * matrix[:bias]
        slope[bias + 1 :] += _RIDGE * matrix[bias + 1 :]
        first = 0.9 * first + 0.1 * slope
        second_moment = 0.99 * second_moment + 0.01 * slope * slope
        pace = _RATE * (1 - step / (_STEPS + 1))
        matrix -= pace * (first / (1 - 0.9**step)) / (np.sqrt(second_moment / (1 - 0.99**step)) + 1e-6)
    return Weights(topics, names, matrix[: bias + 1], matrix[bias + 1 :])


def predict(weights: Weights, texts: Sequence[str], language: str, encoder: "Encoder") -> Array:
    """Return the share of each topic for each text."""
    data = _Sparse([features(text, language) for text in texts], weights.names)
    senses = encoder.vectors(texts) * np.float32(SENSE_SHARE)
    return _softmax(data.times(weights.matrix) + senses @ weights.sense)


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


def write(weights: Weights, note: Sequence[str]) -> str:
    """Return the text of a weights file."""
    whole = np.rint(weights.matrix * SCALE).astype(int)
    lines = [*(f"# {line}" for line in note), f"(topics)\t{' '.join(weights.topics)}"]
    for name, row in (*weights.names.items(), (BIAS, len(weights.names))):
        if whole[row].any() or name == BIAS:
            lines.append(f"{name}\t{' '.join(map(str, whole[row].tolist()))}")
    for place, row in enumerate(np.rint(weights.sense * SCALE).astype(int).tolist()):
        lines.append(f"{SENSE}{place}\t{' '.join(map(str, row))}")
    return "\n".join(lines) + "\n"


class _Sparse:
    """Feature rows, ready to be multiplied from both sides."""

    def __init__(self, rows: Sequence[Mapping[str, float]], names: Mapping[str, int]) -> None:
        bias = len(names)
        columns, values, starts = [], [], [0]
        for row in rows:
            found = [(names[name], value) for name, value in row.items() if name in names]
            columns += [column for column, _ in found] + [bias]
            values += [value for _, value in found] + [1.0]
            starts.append(len(columns))
        self._columns = np.array(columns)
        self._values = np.array(values, dtype=np.float32)[:, None]
        self._starts = np.array(starts[:-1])
        order = np.argsort(self._columns, kind="stable")
        self._row_of = np.repeat(np.arange(len(rows)), np.diff(starts))[order]
        self._sorted_values = self._values[order]
        self._held, self._first = np.unique(self._columns[order], return_index=True)
        self._width = bias + 1

    def times(self, matrix: Array) -> Array:
        product: Array = np.add.reduceat(matrix[self._columns] * self._values, self._starts, axis=0)
        return product

    def transposed_times(self, rows: Array) -> Array:
        product = np.zeros((self._width, rows.shape[1]), dtype=np.float32)
        product[self._held] = np.add.reduceat(rows[self._row_of] * self._sorted_values, self._first, axis=0)
        return product


def _softmax(scores: Array) -> Array:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = odds / odds.sum(axis=1, keepdims=True)
    return shares


def main() -> None:
    """Write weights.<language>.tsv beside this file, and the cross-validated shares if asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("messages", type=Path, nargs="*", help="labelled messages, named messages.LANG.*.txt")
    parser.add_argument("--questions", type=Path, default=Path("tests/retrieval/questions.jsonl"))
    parser.add_argument("--shares", type=Path, help="write cross-validated topic shares here, as JSON lines")
    parser.add_argument("--vectors", type=Path, help="keep vectors in this file (.npz) between runs")
    parser.add_argument("--language", choices=SUPPORTED, action="append")
    chosen = parser.parse_args()
    encoder = Encoder(chosen.vectors)
    labelled = [json.loads(line) for line in chosen.questions.read_text(encoding="utf-8").splitlines()]
    tuning = {
        language: [q for q in labelled if q["lang"] == language and q["split"] == "tune"]
        for language in SUPPORTED
    }
    base = {language: samples(language) for language in SUPPORTED}
    written = {language: _messages(chosen.messages, language) for language in SUPPORTED}
    for language in chosen.language or SUPPORTED:
        (other,) = (code for code in SUPPORTED if code != language)
        asked = _asked(tuning[language], written[language])
        others = [*base[other], *(sample for _, sample in _asked(tuning[other], written[other]))]
        if chosen.shares:
            # A question and its translation are in one fold: the other language may teach no answer.
            safe = [*base[other], *written[other]]
            _cross_validate(chosen.shares, language, base[language], asked, safe, encoder)
        weights = fit([*base[language], *(sample for _, sample in asked)], language, others, encoder)
        note = (
            "Made by: python -m knowledge_base.topics.train",
            f"{len(base[language])} phrases and sentences, {len(asked)} questions and messages; 1/{SCALE}",
        )
        target = Path(__file__).with_name(f"weights.{language}.tsv")
        target.write_text(write(weights, note), encoding="utf-8")
        sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes\n")


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
    file: Path,
    language: str,
    base: Sequence[Sample],
    asked: Sequence[tuple[str, Sample]],
    others: Sequence[Sample],
    encoder: Encoder,
) -> None:
    with file.open("a", encoding="utf-8") as lines:
        for fold in range(FOLDS):
            held = [(key, sample) for key, sample in asked if fold_of(key) == fold]
            fitted = fit(
                [*base, *(sample for key, sample in asked if fold_of(key) != fold)], language, others, encoder
            )
            shares = predict(fitted, [sample.text for _, sample in held], language, encoder)
            for (key, sample), share in zip(held, shares.tolist(), strict=True):
                row = {
                    "id": key,
                    "language": language,
                    "topics": [topic for topic in (sample.topic, sample.second) if topic],
                    "shares": dict(zip(fitted.topics, share, strict=True)),
                }
                lines.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
