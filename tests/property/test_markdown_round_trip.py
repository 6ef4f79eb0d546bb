"""Whatever a document holds, its Markdown reads back to the very same document."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.documents import Attributes, Block, BlockKind, DocumentKind, Source, StructuredDocument
from knowledge_base.library import to_markdown
from knowledge_base.readers.markdown import read_markdown

WORDS = (
    st.text(
        st.sampled_from(list("abcé 0.1-+*_#|`<>[]()&~!:=\\\n\t“"))
        | st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")),
        min_size=1,
        max_size=30,
    )
    .map(str.strip)
    .filter(bool)
)
ITEMS = st.lists(WORDS, min_size=1, max_size=4).map(tuple)
PAGES = st.one_of(st.just((None, None)), st.tuples(st.integers(0, 9), st.none() | WORDS))


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    kind = draw(st.sampled_from(list(BlockKind)))
    index, label = draw(PAGES)
    if kind in (BlockKind.STEPS, BlockKind.BULLETS, BlockKind.TABLE):
        start = draw(st.integers(1, 12)) if kind is BlockKind.STEPS else 1
        return Block(kind, items=draw(ITEMS), start=start, page_index=index, page_label=label)
    level = draw(st.integers(1, 6)) if kind is BlockKind.HEADING else 0
    return Block(kind, draw(WORDS), level=level, page_index=index, page_label=label)


DOCUMENTS = st.builds(
    StructuredDocument,
    title=WORDS.map(lambda text: " ".join(text.split())).filter(bool),
    language=st.sampled_from(["en", "fr"]),
    attributes=st.builds(
        Attributes,
        slug=st.from_regex(r"[a-z]{1,8}(-[a-z]{1,4})?", fullmatch=True),
        kind=st.sampled_from(list(DocumentKind)),
        owner=WORDS.map(lambda text: " ".join(text.split())),
        sources=st.lists(st.builds(Source, name=WORDS, read_by=st.just("2026-11-01")), max_size=2).map(tuple),
        expires=st.none() | st.dates(),
        licence=st.sampled_from(["", "CC BY 4.0"]),
    ),
    blocks=st.lists(blocks(), max_size=6).map(tuple),
    pages=st.none() | st.integers(1, 99),
)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_a_document_survives_its_markdown(document: StructuredDocument) -> None:
    text = to_markdown(document)
    assert replace(read_markdown("x.md", text.encode()), source_bytes=0) == document
