"""The compiled index against rank_bm25 itself, which defines the score."""

import random
from pathlib import Path

import pytest
from rank_bm25 import BM25Okapi

from knowledge_base.arrays import BadArrayFile
from knowledge_base.catalog import CatalogDocument, CatalogPassage
from knowledge_base.index import (
    HEADING_REPEATS,
    TITLE_REPEATS,
    Index,
    IndexNote,
    TermMatrix,
    ordered,
)
from knowledge_base.synonyms import Synonym
from knowledge_base.term_scores import Entry
from knowledge_base.tokens import analyse

VOCABULARY = [f"t{number}" for number in range(120)]


def _corpus(seed: int, size: int) -> list[list[str]]:
    chance = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(VOCABULARY))]
    return [chance.choices(VOCABULARY, weights, k=chance.randint(3, 60)) for _ in range(size)]


def _expected(corpus: list[list[str]], terms: dict[str, float], limit: int) -> list[tuple[int, float]]:
    oracle = BM25Okapi(corpus)
    scores = sum(weight * oracle.get_scores([term]) for term, weight in terms.items()).tolist()
    matching = [row for row, held in enumerate(corpus) if any(term in held for term in terms)]
    order = ordered(matching, [scores[row] for row in matching])
    return [(matching[place], scores[matching[place]]) for place in order[:limit]]


@pytest.mark.parametrize("size", [5, 60, 400])
def test_ranks_as_rank_bm25_does(size: int) -> None:
    corpus = _corpus(size, size)
    matrix = TermMatrix.compile([Entry("en", terms) for terms in corpus])
    chance = random.Random(1)
    for _ in range(60):
        terms = {
            term: chance.choice([1.0, 2.0, 0.2]) for term in chance.sample(VOCABULARY, chance.randint(1, 8))
        }
        ranked = matrix.rank(terms, "en", limit=10)
        expected = _expected(corpus, terms, 10)
        assert list(ranked.scores) == pytest.approx([score for _, score in expected], abs=2e-5)
        assert list(ranked.rows) == [row for row, _ in expected]


def test_an_index_scores_its_fields_as_rank_bm25_scores_their_terms() -> None:
    chance = random.Random(5)
    documents = [
        CatalogDocument(f"d{n}-en", f"d{n}", " ".join(chance.choices(VOCABULARY, k=3)), "en")
        for n in range(12)
    ]
    passages = [
        CatalogPassage(
            n, n // 5, " ".join(chance.choices(VOCABULARY, k=30)), "en", (chance.choice(VOCABULARY),)
        )
        for n in range(60)
    ]
    index = Index.build(documents, passages)
    fields = [
        list(analyse(one.text, "en"))
        + list(analyse(documents[one.document].title, "en")) * TITLE_REPEATS
        + list(analyse(one.heading[0], "en")) * HEADING_REPEATS
        for one in passages
    ]
    for _ in range(20):
        terms = dict.fromkeys(chance.sample(VOCABULARY, 4), 1.0)
        ranked = index.passages.rank(terms, "en", limit=10)
        assert list(ranked.rows) == [row for row, _ in _expected(fields, terms, 10)]


def test_ties_go_to_the_smaller_row() -> None:
    matrix = TermMatrix.compile([Entry("en", ["a", "b"]), Entry("en", ["c", "d"])] * 20)
    assert matrix.rank({"a": 1.0}, "en", limit=5).rows == (0, 2, 4, 6, 8)


def test_a_match_is_a_match_whatever_its_score() -> None:
    # BM25Okapi gives 0 to a term in half of the rows, and less in a library of one.
    half = TermMatrix.compile([Entry("en", ["a"]), Entry("en", ["b"])])
    assert half.rank({"a": 1.0}, "en", limit=5).rows == (0,)
    alone = TermMatrix.compile([Entry("en", ["a"])])
    assert alone.rank({"a": 1.0}, "en", limit=5).rows == (0,)
    assert alone.rank({"z": 1.0}, "en", limit=5).rows == ()


@pytest.mark.parametrize("entries", [[], [Entry("en", [])], [Entry("en", ["a"], public=False)]])
def test_libraries_without_public_text_are_safe(entries: list[Entry]) -> None:
    matrix = TermMatrix.compile(entries)
    assert len(matrix.rank({"a": 1.0}, "en", limit=3).rows) == sum("a" in entry.terms for entry in entries)


def test_what_others_may_not_see_changes_no_public_score() -> None:
    public = [Entry("en", terms) for terms in _corpus(3, 50)]
    hidden = [Entry("en", terms, public=False) for terms in _corpus(4, 50)]
    alone, together = TermMatrix.compile(public), TermMatrix.compile(public + hidden)
    allowed = together.arrays["size"].repeat(100) > 0
    allowed[50:] = False
    for term in VOCABULARY[:30]:
        seen = together.rank({term: 1.0}, "en", limit=20, allowed=allowed)
        expected = alone.rank({term: 1.0}, "en", limit=20)
        assert seen.rows == expected.rows
        assert seen.scores == pytest.approx(expected.scores)


def test_languages_do_not_mix() -> None:
    matrix = TermMatrix.compile(
        [Entry("en", ["patron", "boss"]), Entry("fr", ["patron", "chef"]), Entry("fr", ["ville"])]
    )
    assert matrix.rank({"patron": 1.0}, "fr", limit=5).rows == (1,)


def _index() -> Index:
    documents = [CatalogDocument("a-en", "a", "Leaked address", "en", topics=("doxing",))]
    passages = [CatalogPassage(7, 0, "Save the post. é", "en", ("First hour",), kind="step", step=1)]
    return Index.build(documents, passages, synonyms=[Synonym("en", "dox", "leak")], note=IndexNote(3, "abc"))


def test_a_saved_index_is_the_same_index(tmp_path: Path) -> None:
    index = _index()
    index.save(tmp_path / "one.index")
    opened = Index.open(tmp_path / "one.index")
    assert opened.note == index.note
    assert opened.catalog.documents == index.catalog.documents
    assert opened.catalog.passage(0) == index.catalog.passage(0)
    assert opened.thesaurus.synonyms == index.thesaurus.synonyms
    assert opened.passages.rank({"post": 1.0}, "en", limit=3) == index.passages.rank(
        {"post": 1.0}, "en", limit=3
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["one.index"]


def test_a_damaged_index_file_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "whole.index"
    _index().save(whole)
    cut = tmp_path / "cut.index"
    for length in (0, 5, 40, whole.stat().st_size - 1):
        cut.write_bytes(whole.read_bytes()[:length])
        with pytest.raises(BadArrayFile):
            Index.open(cut)


def test_an_empty_library_saves_and_opens(tmp_path: Path) -> None:
    Index.build((), ()).save(tmp_path / "empty.index")
    assert len(Index.open(tmp_path / "empty.index").catalog) == 0
