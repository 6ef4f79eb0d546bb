"""What tests ask of documents that were read."""

import pytest

from knowledge_base.documents import Block, BlockKind, StructuredDocument
from knowledge_base.readers import ReaderProcess, ReadError


def texts(document: StructuredDocument) -> list[str]:
    """Return every text of a document in order, items apart."""
    return [text for block in document.blocks for text in (block.text, *block.items) if text]


def outline(document: StructuredDocument) -> list[tuple[int, str]]:
    """Return the levels and texts of the headings."""
    return [(block.level, block.text) for block in document.blocks if block.kind is BlockKind.HEADING]


def only(document: StructuredDocument, kind: BlockKind) -> Block:
    """Return the one block of a kind."""
    (block,) = [block for block in document.blocks if block.kind is kind]
    return block


def refusal(reader: ReaderProcess, name: str, data: bytes) -> str:
    """Return the one sentence with which a file is refused."""
    with pytest.raises(ReadError) as caught:
        reader.read(name, data)
    assert caught.value.name == name
    assert "\n" not in str(caught.value)
    return str(caught.value)
