"""Footnotes, kept out of the way of the running text: at the end, under a heading of their own."""

from collections.abc import Sequence

from knowledge_base.documents import Block, BlockKind
from knowledge_base.readers.tongue import is_french


def footnote_blocks(notes: Sequence[str], texts: Sequence[str]) -> list[Block]:
    """Return the blocks of the footnotes; `texts` are the document's words, to tell its language."""
    kept = tuple(note for note in notes if note.strip())
    if not kept:
        return []
    title = "Notes de bas de page" if is_french(texts) else "Footnotes"
    return [Block(BlockKind.HEADING, title, level=1), Block(BlockKind.BULLETS, items=kept)]
