"""What holds for any text: analysis, passages and search."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.catalog import CatalogDocument, CatalogPassage
from knowledge_base.documents import Block, BlockKind, StructuredDocument, from_json, to_json
from knowledge_base.index import Index
from knowledge_base.passages import LONGEST, cut
from knowledge_base.search import search
from knowledge_base.tokens import analyse, fold

LANGUAGES = st.sampled_from(["en", "fr"])
TEXTS = st.text(max_size=300)
WORDS = st.lists(
    st.sampled_from(
        [
            "threat",
            "menaces",
            "council",
            "l'adresse",
            "don't",
            "co-operate",
            "s. 264.1",
            "élu·e·s",
            "running",
            "9-1-1",
        ]
    ),
    max_size=40,
).map(" ".join)

LINES = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=80).filter(
    lambda text: text.strip() != ""
)
BLOCKS = st.one_of(
    st.builds(lambda text, level: Block(BlockKind.HEADING, text, level=level), LINES, st.integers(1, 4)),
    st.builds(
        lambda line, count: Block(BlockKind.PARAGRAPH, ". ".join([line] * count)), LINES, st.integers(1, 60)
    ),
    st.builds(
        lambda kind, items: Block(kind, items=tuple(items)),
        st.sampled_from([BlockKind.STEPS, BlockKind.BULLETS, BlockKind.TABLE]),
        st.lists(LINES, min_size=1, max_size=8),
    ),
)

VOCABULARY = ["address", "leak", "police", "council", "meeting", "flag", "press", "statement"]
SHELF = Index.build(
    [CatalogDocument(f"d{n}-en", f"d{n}", VOCABULARY[n], "en", topics=(VOCABULARY[n],)) for n in range(8)],
    [
        CatalogPassage(
            n * 10 + m, n, f"{VOCABULARY[n]} {VOCABULARY[m]} {VOCABULARY[(n * m) % 8]}", "en", (f"Part {m}",)
        )
        for n in range(8)
        for m in range(8)
    ],
)


@given(st.one_of(TEXTS, WORDS), LANGUAGES)
def test_analysing_the_terms_again_gives_the_same_terms(text: str, language: str) -> None:
    once = analyse(text, language)
    assert analyse(" ".join(once), language) == once


@given(st.one_of(TEXTS, WORDS), LANGUAGES)
def test_analysis_does_not_depend_on_accents_or_case(text: str, language: str) -> None:
    assert analyse(fold(text), language) == analyse(text, language)


@given(st.lists(BLOCKS, max_size=12))
def test_passages_hold_every_word_once_and_in_order(blocks: list[Block]) -> None:
    document = StructuredDocument("Title", "en", blocks=tuple(blocks))
    passages = cut(document)
    body = " ".join(
        word for block in blocks if block.kind is not BlockKind.HEADING for word in (block.text, *block.items)
    )
    kept = [word for passage in passages for word in passage.text.split()]
    # A heading with nothing under it is kept as text of its own: words may be added, none lost.
    remaining = iter(kept)
    assert all(word in remaining for word in body.split())
    headings = [word for block in blocks if block.kind is BlockKind.HEADING for word in block.text.split()]
    assert len(body.split()) <= len(kept) <= len(body.split()) + len(headings)
    assert [passage.position for passage in passages] == list(range(len(passages)))


@given(st.lists(BLOCKS, max_size=12))
def test_only_a_unit_that_may_not_be_cut_is_longer_than_the_limit(blocks: list[Block]) -> None:
    whole = {item for block in blocks for item in block.items}
    for passage in cut(StructuredDocument("Title", "en", blocks=tuple(blocks))):
        assert len(passage.text.split()) <= LONGEST or passage.text in whole


@given(st.lists(BLOCKS, max_size=6), TEXTS)
def test_a_document_survives_its_json(blocks: list[Block], title: str) -> None:
    document = StructuredDocument(title, "fr", blocks=tuple(blocks))
    assert from_json(to_json(document)) == document


@settings(deadline=None)
@given(
    st.one_of(
        TEXTS, st.lists(st.sampled_from([*VOCABULARY, "zebra", "what", "the"]), max_size=12).map(" ".join)
    )
)
def test_any_question_is_answered_or_declined_but_never_fails(question: str) -> None:
    result = search(SHELF, question, language="en")
    assert 0 <= result.confidence <= 1
    assert result.abstained is (not result.hits) is (result.abstain_reason is not None)
    assert len(result.hits) <= 6
    assert len({hit.passage_id for hit in result.hits}) == len(result.hits)


@settings(deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=6), st.randoms())
def test_the_order_of_the_words_does_not_matter(terms: list[str], chance: object) -> None:
    shuffled = list(terms)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert search(SHELF, " ".join(shuffled), language="en") == search(SHELF, " ".join(terms), language="en")


@settings(deadline=None)
@given(st.lists(st.text("qxzj", min_size=4, max_size=12), min_size=1, max_size=5))
def test_words_that_nobody_wrote_find_nothing(terms: list[str]) -> None:
    assert search(SHELF, " ".join(terms), language="en").hits == ()
