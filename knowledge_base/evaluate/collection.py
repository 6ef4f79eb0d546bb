"""Score the search on a public test collection: passages, queries, and what is relevant to what."""

import gzip
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge_base.catalog import CatalogDocument, CatalogPassage
from knowledge_base.evaluate.measures import DEPTH, ndcg, recall, reciprocal_rank
from knowledge_base.index import Index
from knowledge_base.language import detect
from knowledge_base.search import ranked_passages
from knowledge_base.senses.making import make

# A run holds more than is scored: other programs measure deeper.
RUN_DEPTH = 100

_HEADING = re.compile(r"^#+\s*(.+)$", re.MULTILINE)
_TOLD_BY = 50


class BadCollection(Exception):
    """The folder holds no collection of the form that is read; the text says what is wrong, and where."""


@dataclass(frozen=True, slots=True)
class CollectionQuery:
    """A query of a collection; `history` is what the same person wrote before, oldest first."""

    id: str
    text: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CollectionPassage:
    """A passage of a collection; it may have no title."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages, queries, and which passage is how relevant to which query."""

    passages: tuple[CollectionPassage, ...]
    queries: tuple[CollectionQuery, ...]
    relevance: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Run:
    """One line of a result: a passage at a rank, from 1, for a query."""

    query: str
    passage: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """Means over the queries that have a relevant passage; `run` holds the best of every query."""

    queries: int
    ndcg_at_10: float
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mrr_at_10: float
    queries_per_second: float
    run: tuple[Run, ...]


def read_collection(folder: Path) -> Collection:
    """Read passages.jsonl, queries.jsonl and qrels.tsv of a folder, each plain or with .gz.

    Raise BadCollection when one is missing or isn't of that form, OSError when it can't be read.
    """
    passages = tuple(
        CollectionPassage(_text(where, raw, "id"), str(raw.get("title") or ""), _text(where, raw, "text"))
        for where, raw in _objects(folder, "passages.jsonl")
    )
    queries = tuple(
        CollectionQuery(_text(where, raw, "id"), _text(where, raw, "text"), _own_turns(where, raw))
        for where, raw in _objects(folder, "queries.jsonl")
    )
    for name, ids in (("passages", [one.id for one in passages]), ("queries", [one.id for one in queries])):
        twice = [one for one, times in Counter(ids).items() if times > 1]
        if twice:
            raise BadCollection(f"{folder}: {name}.jsonl has the id {twice[0]!r} twice")
    return Collection(passages, queries, _relevance(folder))


def _relevance(folder: Path) -> Mapping[str, Mapping[str, int]]:
    relevance: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in _lines(folder, "qrels.tsv"):
        # TREC's own form has a column more, of which nobody knows the meaning any longer.
        parts = line.split("\t") if "\t" in line else line.split()
        if len(parts) not in (3, 4):
            raise BadCollection(f"{folder}/qrels.tsv, line {number}: is not query, passage, relevance")
        try:
            relevance[parts[0]][parts[-2]] = int(parts[-1])
        except ValueError:
            if number > 1:  # the first line may name the columns
                raise BadCollection(
                    f"{folder}/qrels.tsv, line {number}: {parts[-1]!r} is no whole number"
                ) from None
    return dict(relevance)


def _objects(folder: Path, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in _lines(folder, name):
        where = f"{folder}/{name}, line {number}"
        try:
            raw = json.loads(line)
        except ValueError:
            raise BadCollection(f"{where}: is not JSON") from None
        if not isinstance(raw, dict):
            raise BadCollection(f"{where}: is not a JSON object")
        yield where, raw


def _text(where: str, raw: Mapping[str, Any], name: str) -> str:
    if raw.get(name) is None:
        raise BadCollection(f"{where}: has no {name!r}")
    return str(raw[name])


def _own_turns(where: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        return tuple(str(text) for role, text in raw.get("history") or () if role == "user")
    except (TypeError, ValueError):
        raise BadCollection(f"{where}: 'history' is not a list of [role, text] pairs") from None


def _lines(folder: Path, name: str) -> Iterator[tuple[int, str]]:
    plain, packed = folder / name, folder / f"{name}.gz"
    try:
        if plain.exists():
            data = plain.read_bytes()
        elif packed.exists():
            data = gzip.decompress(packed.read_bytes())
        else:
            raise BadCollection(f"{folder}: there is no {name} or {name}.gz")
        text = data.decode("utf-8-sig")
    except (EOFError, UnicodeDecodeError, gzip.BadGzipFile):
        raise BadCollection(f"{folder}: {name} is damaged, or not text in UTF-8") from None
    # Not splitlines: a text may hold one of the rarer line ends.
    yield from ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def language_of(collection: Collection) -> str:
    """Return "fr" when most of the passages, by a sample of them, are French, else "en"."""
    step = max(1, len(collection.passages) // _TOLD_BY)
    told = Counter(detect(f"{one.title}\n{one.text}") for one in collection.passages[::step])
    return "fr" if told["fr"] > told["en"] else "en"


def index_collection(
    collection: Collection, language: str, *, on_texts: Callable[[int], None] = lambda _: None
) -> Index:
    """Index every passage as a document of its own; lines that begin with # are its headings.

    `on_texts` hears how many texts are done: passages, titles and headings.
    """
    documents = [CatalogDocument(one.id, one.id, one.title, language) for one in collection.passages]
    passages = [
        CatalogPassage(place, place, one.text, language, tuple(_HEADING.findall(one.text)))
        for place, one in enumerate(collection.passages)
    ]
    index = Index.build(documents, passages)
    return index.with_senses(make(index.texts(), {}, on_texts))


def evaluate_collection(
    index: Index,
    collection: Collection,
    language: str,
    *,
    history: bool = False,
    clock: Callable[[], float] = time.perf_counter,
    on_query: Callable[[], None] = lambda: None,
) -> CollectionReport:
    """Rank the passages for every query and score the ranking; `history` adds earlier turns."""
    run: list[Run] = []
    took = 0.0
    for asked in collection.queries:
        began = clock()
        best = ranked_passages(
            index,
            asked.text,
            history=asked.history if history else (),
            language=language,
            limit=RUN_DEPTH,
        )
        took += clock() - began
        run += [
            Run(asked.id, collection.passages[row].id, place, score)
            for place, (row, score) in enumerate(best, 1)
        ]
        on_query()
    found: dict[str, list[str]] = defaultdict(list)
    for line in run:
        if line.rank <= DEPTH:
            found[line.query].append(line.passage)
    judged = [
        (found[asked.id], collection.relevance[asked.id])
        for asked in collection.queries
        if any(grade > 0 for grade in collection.relevance.get(asked.id, {}).values())
    ]

    def mean(measure: Callable[[Sequence[str], Mapping[str, int]], float]) -> float:
        return sum(measure(ranked, grades) for ranked, grades in judged) / len(judged) if judged else 0.0

    return CollectionReport(
        queries=len(judged),
        ndcg_at_10=mean(ndcg),
        recall_at_1=mean(lambda ranked, grades: recall(ranked[:1], grades)),
        recall_at_5=mean(lambda ranked, grades: recall(ranked[:5], grades)),
        recall_at_10=mean(recall),
        mrr_at_10=mean(reciprocal_rank),
        queries_per_second=len(collection.queries) / took if took > 0 else 0.0,
        run=tuple(run),
    )


def trec(run: Iterable[Run], tag: str = "helpdesk") -> str:
    """Return a run in the form of TREC: query Q0 passage rank score tag."""
    return "".join(f"{line.query} Q0 {line.passage} {line.rank} {line.score:.6f} {tag}\n" for line in run)
