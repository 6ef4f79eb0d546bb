"""BM25 scores of passages, compiled to a term-by-passage matrix.

rank_bm25's BM25Okapi defines the score: a compiled index ranks as `get_scores` of the same
token lists does, to 1e-5. A score says nothing about whether a passage matches (Okapi gives
0 to a term found in half of the passages, and less than 0 in a very small library), so
matching is asked apart: a passage matches when it holds one of the terms.

Languages are scored apart, each with its own statistics, which come from public text only.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log
from pathlib import Path

import numpy as np

from knowledge_base.arrays import Array, BadArrayFile, read_arrays, write_arrays
from knowledge_base.catalog import Catalog, CatalogDocument, CatalogPassage
from knowledge_base.senses import Senses
from knowledge_base.spelling import closest, edits_allowed, mask_of
from knowledge_base.synonyms import Synonym, Thesaurus
from knowledge_base.term_scores import Entry, columns
from knowledge_base.tokens import analyse

# Scores closer than this are ties, broken by the smaller row (and so by passage id).
TIE = 1e-5

# How often the terms of a field are repeated among the terms of its passage.
TITLE_REPEATS = 3
HEADING_REPEATS = 2


@dataclass(frozen=True, slots=True)
class Ranked:
    """Matching rows, best first, and their scores."""

    rows: tuple[int, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class IndexNote:
    """Which generation an index is, and the state of the library that it holds."""

    generation: int = 0
    fingerprint: str = ""


class TermMatrix:
    """Scores of every term in every row. Immutable, safe to share between threads."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = dict(arrays)
        self._starts = arrays["starts"]
        self._rows = arrays["rows"]
        self._scores = arrays["scores"]
        self._weights = arrays["weights"]
        self.size = int(arrays["size"][0])
        keys = arrays["keys"].tobytes().decode()
        self._numbers = {key: number for number, key in enumerate(keys.split("\n"))} if keys else {}
        self._masks = arrays["masks"]
        self._public = arrays["public"]
        self._words: dict[str, tuple[Sequence[str], Array]] = {}

    @classmethod
    def compile(cls, entries: Iterable[Entry]) -> "TermMatrix":
        """Compile the rows; no rows at all is fine."""
        held = columns(entries)
        keys = [f"{language}:{term}" for language, found in held.items() for term in found.terms]
        masks = [mask_of(term) for found in held.values() for term in found.terms]
        parts = held.values()
        return cls(
            {
                "keys": np.frombuffer("\n".join(keys).encode(), dtype=np.uint8),
                "starts": np.cumsum([0, *_joined([part.lengths for part in parts], np.int64)]),
                "rows": _joined([part.rows for part in parts], np.int32),
                "scores": _joined([part.scores for part in parts], np.float32),
                "masks": np.array(masks, dtype=np.uint64),
                "public": _joined([part.public for part in parts], np.bool_),
                "weights": _joined([part.weights for part in parts], np.float32),
                "size": np.array([sum(part.size for part in parts)], dtype=np.int64),
            }
        )

    def knows(self, term: str, language: str) -> bool:
        """Say whether any row of the language holds the term."""
        return f"{language}:{term}" in self._numbers

    def respelled(self, term: str, language: str) -> tuple[str, ...]:
        """Return the words of public text that an unknown term may be a slip for."""
        if self.knows(term, language) or not edits_allowed(term):
            return ()
        words, masks = self._vocabulary(language)
        return closest(term, words, masks)

    def _vocabulary(self, language: str) -> tuple[Sequence[str], Array]:
        """Return the public words of a language and their letters; gathered once, when first needed."""
        known = self._words.get(language)
        if known is None:
            opening = f"{language}:"
            places = [
                number
                for key, number in self._numbers.items()
                if key.startswith(opening) and self._public[number]
            ]
            keys = list(self._numbers)
            words = [keys[number][len(opening) :] for number in places]
            known = self._words[language] = (words, self._masks[places])
        return known

    def weight(self, term: str, language: str) -> float:
        """Return how telling a term is, above 0 and smoothed; an unknown term is the most telling."""
        number = self._numbers.get(f"{language}:{term}")
        if number is not None:
            return float(self._weights[number])
        return log(1 + 2 * (self.size + 0.5))

    def rank(
        self,
        terms: Mapping[str, float],
        language: str,
        *,
        limit: int,
        allowed: Array | None = None,
        required: Iterable[str] | None = None,
    ) -> Ranked:
        """Return the best matching rows for weighted terms.

        `allowed` (one bool per row) is applied before the best are taken. A row matches when
        it holds one of `required`, by default any of the terms.
        """
        totals = np.zeros(self.size, dtype=np.float32)
        matching = np.zeros(self.size, dtype=np.bool_)
        wanted = set(terms if required is None else required)
        # In one order whatever the order of the words: sums of floats depend on it.
        for term, weight in sorted(terms.items()):
            rows, scores = self._column(term, language)
            totals[rows] += scores if weight == 1 else scores * np.float32(weight)
            if term in wanted:
                matching[rows] = True
        if allowed is not None:
            matching &= allowed
        rows = np.flatnonzero(matching)
        return _best(rows, totals[rows], limit)

    def presence(self, term: str, language: str, rows: Array) -> Array:
        """Return one bool per given row: does it hold the term?"""
        column, _ = self._column(term, language)
        if not len(column):
            return np.zeros(len(rows), dtype=np.bool_)
        places = np.searchsorted(column, rows)
        found: Array = column[np.minimum(places, len(column) - 1)] == rows
        return found

    def _column(self, term: str, language: str) -> tuple[Array, Array]:
        number = self._numbers.get(f"{language}:{term}")
        if number is None:
            return self._rows[:0], self._scores[:0]
        start, end = self._starts[number], self._starts[number + 1]
        return self._rows[start:end], self._scores[start:end]


class Index:
    """One generation of the library, ready for questions. Immutable, shared between threads.

    `passages` scores the rows of `catalog`; `cards` scores documents by title, topics,
    synonyms and headings, for questions whose words are spread over a document. `senses` (of
    passages), `titles` (of documents) and `headings` (by `heading_of` a section) say what they mean;
    None until somebody has made them.
    """

    def __init__(
        self,
        passages: TermMatrix,
        cards: TermMatrix,
        catalog: Catalog,
        thesaurus: Thesaurus,
        note: IndexNote,
        senses: Senses | None = None,
    ) -> None:
        self.passages = passages
        self.cards = cards
        self.catalog = catalog
        self.thesaurus = thesaurus
        self.note = note
        titles = len(catalog)
        headings = titles + len(catalog.documents)
        self.senses = senses.part(0, titles) if senses else None
        self.titles = senses.part(titles, headings) if senses else None
        self.headings = senses.part(headings, len(senses)) if senses else None

    @classmethod
    def build(
        cls,
        documents: Sequence[CatalogDocument],
        passages: Sequence[CatalogPassage],
        *,
        synonyms: Sequence[Synonym] = (),
        stems: Sequence[str | None] | None = None,
        note: IndexNote | None = None,
    ) -> "Index":
        """Build in memory. `stems` are those of the passages' texts, a blank between them, where known."""
        fields = _Fields()
        entries = (
            Entry(
                passage.language,
                fields.passage_terms(documents[passage.document], passage, stems[row] if stems else None),
                documents[passage.document].public,
            )
            for row, passage in enumerate(passages)
        )
        headings: list[dict[tuple[str, ...], None]] = [{} for _ in documents]
        for passage in passages:
            headings[passage.document][passage.heading] = None
        cards = [
            Entry(document.language, fields.card_terms(document, headings[place]), document.public)
            for place, document in enumerate(documents)
        ]
        return cls(
            TermMatrix.compile(entries),
            TermMatrix.compile(cards),
            Catalog.build(documents, passages),
            Thesaurus(synonyms),
            note or IndexNote(),
        )

    def texts(self) -> list[str]:
        """Return what `with_senses` wants the senses of: every passage, document's title, and heading."""
        return [self.text(place) for place in range(self.text_count)]

    def text(self, place: int) -> str:
        """Return one of `texts`."""
        if place < len(self.catalog):
            return self.catalog.passage(place).text
        place -= len(self.catalog)
        documents = self.catalog.documents
        if place < len(documents):
            return documents[place].title
        return ". ".join(self.catalog.headings[place - len(documents)][-2:])

    @property
    def understood(self) -> bool:
        """Say whether the senses of everything are known."""
        parts = (self.senses, self.titles, self.headings)
        return all(part is not None and part.complete for part in parts)

    @property
    def text_count(self) -> int:
        """Return how many `texts` there are, without reading any."""
        return len(self.catalog) + len(self.catalog.documents) + len(self.catalog.headings)

    def with_senses(self, senses: Senses) -> "Index":
        """Return the same index with the senses of `texts`, in their order."""
        return Index(self.passages, self.cards, self.catalog, self.thesaurus, self.note, senses)

    def save(self, path: Path) -> None:
        """Write the index as one file, at once."""
        parts = {
            "passages": self.passages.arrays,
            "cards": self.cards.arrays,
            "catalog": self.catalog.arrays,
        }
        arrays = {f"{part}/{name}": array for part, held in parts.items() for name, array in held.items()}
        synonyms = [asdict(synonym) for synonym in self.thesaurus.synonyms]
        write_arrays(path, arrays, json.dumps({**asdict(self.note), "synonyms": synonyms}))

    @classmethod
    def open(cls, path: Path) -> "Index":
        """Map a saved index; raise BadArrayFile or OSError when it can't be used."""
        arrays, note = read_arrays(path)
        raw = json.loads(note)
        synonyms = [Synonym(**synonym) for synonym in raw.pop("synonyms")]
        parts: dict[str, dict[str, Array]] = {"passages": {}, "cards": {}, "catalog": {}}
        for name, array in arrays.items():
            part, _, short = name.partition("/")
            parts[part][short] = array
        try:
            return cls(
                TermMatrix(parts["passages"]),
                TermMatrix(parts["cards"]),
                Catalog(parts["catalog"]),
                Thesaurus(synonyms),
                IndexNote(**raw),
            )
        except KeyError as error:
            raise BadArrayFile(f"{path.name} was written by another version of this program") from error


class _Fields:
    """The weighted fields of rows as token lists; titles and headings are analysed once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def passage_terms(
        self, document: CatalogDocument, passage: CatalogPassage, stems: str | None
    ) -> list[str]:
        terms = list(analyse(passage.text, passage.language) if stems is None else stems.split())
        terms += self._terms(document.title, passage.language) * TITLE_REPEATS
        terms += self._terms(" ".join(passage.heading), passage.language) * HEADING_REPEATS
        return terms

    def card_terms(self, document: CatalogDocument, headings: Collection[tuple[str, ...]]) -> list[str]:
        language = document.language
        terms = list(self._terms(document.title, language) * 2)
        for topic in document.topics:
            terms += self._terms(topic, language) * 3
        for synonym in document.synonyms:
            terms += self._terms(synonym, language)
        if len(headings) > 1:
            for heading in headings:
                terms += self._terms(" ".join(heading[-1:]), language)
        return terms

    def _terms(self, text: str, language: str) -> tuple[str, ...]:
        known = self._known.get((text, language))
        if known is None:
            known = self._known[text, language] = analyse(text, language)
        return known


def ordered(rows: Sequence[int], scores: Sequence[float]) -> list[int]:
    """Return positions, best score first, scores within TIE of the first of a run by row."""
    positions = sorted(range(len(rows)), key=lambda position: (-scores[position], rows[position]))
    result: list[int] = []
    run: list[int] = []
    for position in positions:
        if run and scores[run[0]] - scores[position] > TIE:
            result += sorted(run, key=lambda place: rows[place])
            run = []
        run.append(position)
    return result + sorted(run, key=lambda place: rows[place])


def _best(rows: Array, scores: Array, limit: int) -> Ranked:
    if limit < len(rows):
        bar = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        keep = scores >= bar - 2 * TIE
        rows, scores = rows[keep], scores[keep]
    found, values = rows.tolist(), scores.tolist()
    order = ordered(found, values)[:limit]
    return Ranked(tuple(found[place] for place in order), tuple(values[place] for place in order))


def _joined(parts: Sequence[Array], dtype: type[np.generic]) -> Array:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=dtype)
