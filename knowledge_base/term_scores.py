"""Lists of terms to what rank_bm25 scores each of them, for a whole library at once.

The statistics are BM25Okapi's own, made from counts of public text. The counting is numpy's: in Python it
takes longer than a publish may.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import log

import numpy as np
from rank_bm25 import BM25Okapi

from knowledge_base.arrays import Array

# What stands for the statistics of a language that has no public text at all.
_NEUTRAL_IDF = 1.0
_NEUTRAL_LENGTH = 100.0


@dataclass(frozen=True, slots=True)
class Entry:
    """The terms of one row, repeats kept, in one language; `public` rows make the statistics."""

    language: str
    terms: Sequence[str]
    public: bool = True


@dataclass(frozen=True, slots=True)
class Columns:
    """The terms of one language in order; the rows that hold them, term after term, with their scores.

    For each term: how many rows hold it, how telling it is, and whether public text does. `size`
    is how many rows the language has.
    """

    size: int
    terms: Sequence[str]
    lengths: Array
    rows: Array
    scores: Array
    weights: Array
    public: Array


def columns(entries: Iterable[Entry]) -> dict[str, Columns]:
    """Score the rows, each language apart; the entries may be made while they are read."""
    tallies: dict[str, _Tally] = {}
    for row, entry in enumerate(entries):
        tallies.setdefault(entry.language, _Tally()).add(row, entry)
    return {language: tallies[language].columns() for language in sorted(tallies)}


class _Tally:
    """The rows of one language, their terms as numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = defaultdict(count().__next__)
        self._terms = array("q")
        self._rows = array("q")
        self._lengths = array("q")
        self._public = array("b")

    def add(self, row: int, entry: Entry) -> None:
        self._terms.extend(map(self._numbers.__getitem__, entry.terms))
        self._rows.append(row)
        self._lengths.append(len(entry.terms))
        self._public.append(entry.public)

    def columns(self) -> Columns:
        terms = sorted(self._numbers)
        lengths = np.array(self._lengths, dtype=np.int64)
        public = np.array(self._public, dtype=np.bool_)
        held, places, repeats = self._counted(terms, lengths)
        holders = np.bincount(held[public[places]], minlength=len(terms))
        known = lengths[public]
        spread = {term: held_by for term, held_by in zip(terms, holders.tolist(), strict=True) if held_by}
        if spread:
            statistics = _okapi(spread, texts=len(known), words=int(known.sum()))
            k1, b, average = statistics.k1, statistics.b, statistics.avgdl
            unseen = log(len(known) + 0.5) - log(0.5)
            idf = np.array([statistics.idf.get(term, unseen) for term in terms], dtype=np.float64)
        else:
            # BM25Okapi's own defaults: with no public text there is no object to read them from.
            k1, b, average = 1.5, 0.75, _NEUTRAL_LENGTH
            idf = np.full(len(terms), _NEUTRAL_IDF)
        damped = repeats * (k1 + 1) / (repeats + k1 * (1 - b + b * lengths[places] / average))
        return Columns(
            size=len(lengths),
            terms=terms,
            lengths=np.bincount(held, minlength=len(terms)),
            rows=np.array(self._rows, dtype=np.int32)[places],
            scores=(idf[held] * damped).astype(np.float32),
            weights=np.log(1 + (len(known) - holders + 0.5) / (holders + 0.5)).astype(np.float32),
            public=holders > 0,
        )

    def _counted(self, terms: Sequence[str], lengths: Array) -> tuple[Array, Array, Array]:
        """Return every pair of a term and an entry that holds it, in order, and how often it does."""
        order = np.empty(len(terms), dtype=np.int64)
        order[[self._numbers[term] for term in terms]] = np.arange(len(terms))
        written = order[np.array(self._terms, dtype=np.int64)]
        written *= len(lengths)
        written += np.repeat(np.arange(len(lengths)), lengths)
        pairs, repeats = np.unique(written, return_counts=True)
        held, places = np.divmod(pairs, len(lengths))
        return held, places, repeats


def _okapi(spread: Mapping[str, int], *, texts: int, words: int) -> BM25Okapi:
    """Return BM25Okapi with the statistics of texts that are counted already."""
    okapi = BM25Okapi([[""]])
    okapi.corpus_size, okapi.avgdl, okapi.idf = texts, words / texts, {}
    okapi._calc_idf(spread)
    return okapi
