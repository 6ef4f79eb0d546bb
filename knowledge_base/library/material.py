"""What a draft was made from: questions, an expert's replies. It is kept under a heading of its own, and never goes out."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import delete
from sqlmodel import Session, col, select

from knowledge_base.documents import Block, BlockKind, StructuredDocument, from_json, to_json
from knowledge_base.library import events
from knowledge_base.library.events import Act
from knowledge_base.library.passage_rows import hash_of, passage_rows
from knowledge_base.lookup import find_document, get_row, public_id, row_id
from knowledge_base.tables import Document, DocumentVersion, Passage, VersionState

MATERIAL = {"en": "Material, not for publication", "fr": "Matériel, à ne pas publier"}
_HEADINGS = frozenset(heading.casefold() for heading in MATERIAL.values())
_TAKEN_BACK = {
    "en": "Taken back: the conversation that this came from may not be read here any more.",
    "fr": "Retiré : la conversation d’où ce texte venait ne peut plus être lue ici.",
}


def holds(document: StructuredDocument) -> bool:
    """Tell whether a document still holds what it was made from."""
    return any(_begins(block) for block in document.blocks)


def drop(session: Session, row: Document) -> None:
    """Remove the drafts that hold people's words, masked as they are: the article is written now."""
    for draft, _ in _drafts(session, row):
        session.exec(delete(Passage).where(col(Passage.version_id) == draft.id))
        session.delete(draft)
    session.flush()


def take_back(session: Session, document_id: str, now: dt.datetime, *, by: str) -> bool:
    """Empty the material of a document's drafts, and leave what people wrote around it; say whether there was any.

    The heading stays, and keeps the draft from being published by mistake. A document that is gone has none.
    """
    if find_document(session, document_id) is None:
        return False
    row = get_row(session, document_id)
    emptied = False
    for draft, document in _drafts(session, row):
        said = Block(BlockKind.PARAGRAPH, _TAKEN_BACK["fr" if document.language == "fr" else "en"])
        left = replace(document, blocks=tuple(_without(document.blocks, said)))
        if left == document:
            continue
        emptied = True
        draft.structure = to_json(left)
        draft.content_hash, draft.source_hash = hash_of(draft.structure), ""
        session.add(draft)
        session.exec(delete(Passage).where(col(Passage.version_id) == draft.id))
        session.add_all(passage_rows(left, row_id(draft)))
        events.note(session, Act.MATERIAL_TAKEN_BACK, by, now, document=public_id(row), version=draft.number)
    return emptied


def _drafts(session: Session, row: Document) -> list[tuple[DocumentVersion, StructuredDocument]]:
    """Return the drafts of a document that hold material."""
    drafts = session.exec(
        select(DocumentVersion).where(
            col(DocumentVersion.document_id) == row_id(row),
            col(DocumentVersion.state) == VersionState.DRAFT,
        )
    ).all()
    read = [(draft, from_json(draft.structure)) for draft in drafts]
    return [(draft, document) for draft, document in read if holds(document)]


def _without(blocks: Sequence[Block], said: Block) -> Iterator[Block]:
    """Leave out what stands under the heading of the material, up to the next heading of its level or above."""
    level: int | None = None
    for block in blocks:
        if block.kind is BlockKind.HEADING and (_begins(block) or (level and block.level <= level)):
            level = block.level if _begins(block) else None
            yield block
            if level is not None:
                yield said
        elif level is None:
            yield block


def _begins(block: Block) -> bool:
    return block.kind is BlockKind.HEADING and block.text.strip().casefold() in _HEADINGS
