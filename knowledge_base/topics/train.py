"""Make the weights of the topic model: `python -m knowledge_base.topics.train`.

Learns from the phrases of en.txt and fr.txt, the sentences of the starter articles, and the
part of a labelled question set that is meant for tuning. The part that is held back is never read.
The same input gives the same file.
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
from knowledge_base.passages import cut, split_sentences
from knowledge_base.readers.markdown import read_markdown
from knowledge_base.starter import starter_files
from knowledge_base.topics.features import features
from knowledge_base.topics.model import BIAS, SCALE

# How much a sample of each kind counts.
_PHRASE = 1.0
_SENTENCE = 0.3
_FRAMED = 0.4
_QUESTION = 2.0

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


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted model: one row of `matrix` per name, one column per topic; BIAS is the last row."""

    topics: tuple[str, ...]
    names: Mapping[str, int]
    matrix: Array


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


def fit(samples: Sequence[Sample], language: str) -> Weights:
    """Fit a multinomial logistic regression with a ridge."""
    topics = tuple(sorted({sample.topic for sample in samples}))
    rows = [features(sample.text, language) for sample in samples]
    spread = Counter(name for row in rows for name in row)
    kept = sorted(name for name, count in spread.items() if count >= _RAREST[name[0]])
    names = {name: place for place, name in enumerate(kept)}
    data = _Sparse(rows, names)
    weight = np.array([sample.weight for sample in samples], dtype=np.float32)[:, None]
    right = np.zeros((len(samples), len(topics)), dtype=np.float32)
    right[np.arange(len(samples)), [topics.index(sample.topic) for sample in samples]] = 1
    # The bias is a feature of every row, without a ridge.
    matrix = np.zeros((len(names) + 1, len(topics)), dtype=np.float32)
    first, second = np.zeros_like(matrix), np.zeros_like(matrix)
    for step in range(1, _STEPS + 1):
        miss = (_softmax(data.times(matrix)) - right) * weight
        slope = data.transposed_times(miss) / weight.sum()
        slope[:-1] += _RIDGE * matrix[:-1]
        first = 0.9 * first + 0.1 * slope
        second = 0.99 * second + 0.01 * slope * slope
        pace = _RATE * (1 - step / (_STEPS + 1))
        matrix -= pace * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-6)
    return Weights(topics, names, matrix)


def predict(weights: Weights, texts: Sequence[str], language: str) -> Array:
    """Return the share of each topic for each text."""
    data = _Sparse([features(text, language) for text in texts], weights.names)
    return _softmax(data.times(weights.matrix))


def fold_of(question_id: str) -> int:
    """Return the fold of a question: the same for a question and its translation."""
    key = question_id.partition("-")[2]
    return int(sha256(key.encode()).hexdigest(), 16) // 7 % FOLDS


def write(weights: Weights, note: Sequence[str]) -> str:
    """Return the text of a weights file."""
    whole = np.rint(weights.matrix * SCALE).astype(int)
    lines = [*(f"# {line}" for line in note), f"(topics)\t{' '.join(weights.topics)}"]
    for name, row in (*weights.names.items(), (BIAS, len(weights.names))):
        if whole[row].any():
            lines.append(f"{name}\t{' '.join(map(str, whole[row].tolist()))}")
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
    parser.add_argument("--questions", type=Path, default=Path("tests/retrieval/questions.jsonl"))
    parser.add_argument("--shares", type=Path, help="write cross-validated topic shares here, as JSON lines")
    parser.add_argument("--language", choices=SUPPORTED, action="append")
    chosen = parser.parse_args()
    labelled = [json.loads(line) for line in chosen.questions.read_text(encoding="utf-8").splitlines()]
    for language in chosen.language or SUPPORTED:
        tuning = [q for q in labelled if q["lang"] == language and q["split"] == "tune"]
        base = samples(language)
        asked = [Sample(q["text"], q["topic"], _QUESTION) for q in tuning]
        folds = [fold_of(q["id"]) for q in tuning]
        if chosen.shares:
            with chosen.shares.open("a", encoding="utf-8") as file:
                for fold in range(FOLDS):
                    others = [sample for sample, of in zip(asked, folds, strict=True) if of != fold]
                    held = [q for q, of in zip(tuning, folds, strict=True) if of == fold]
                    fitted = fit([*base, *others], language)
                    shares = predict(fitted, [q["text"] for q in held], language)
                    for question, share in zip(held, shares.tolist(), strict=True):
                        pairs = dict(zip(fitted.topics, share, strict=True))
                        file.write(json.dumps({"id": question["id"], "shares": pairs}) + "\n")
        weights = fit([*base, *asked], language)
        note = (
            "Made by: python -m knowledge_base.topics.train",
            f"{len(base)} phrases and sentences, {len(asked)} questions; weights in 1/{SCALE}",
        )
        target = Path(__file__).with_name(f"weights.{language}.tsv")
        target.write_text(write(weights, note), encoding="utf-8")
        sys.stdout.write(f"{target.name}: {target.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
