"""What a version keeps of its text: the passages, cut anew from it, and the hash that knows it again."""

from hashlib import sha256

from knowledge_base.documents import StructuredDocument
from knowledge_base.passages import cut
from knowledge_base.tables import Passage
from knowledge_base.tokens import ANALYSIS_VERSION, analyse


def hash_of(structure: str) -> str:
    """Return what a version's text is known again by."""
    return sha256(structure.encode()).hexdigest()


def passage_rows(document: StructuredDocument, version_id: int) -> list[Passage]:
    """Return the passages of a version, not yet added to a session."""
    rows = []
    for draft in cut(document):
        language = draft.language or document.language
        rows.append(
            Passage(
                version_id=version_id,
                position=draft.position,
                kind=draft.kind,
                step=draft.step,
                heading=draft.heading,
                page_index=draft.page_index,
                page_label=draft.page_label,
                recommendation=draft.recommendation,
                language=language,
                jurisdiction=draft.jurisdiction,
                text=draft.text,
                words=len(draft.text.split()),
                stems=" ".join(analyse(draft.text, language)),
                analysis=ANALYSIS_VERSION,
            )
        )
    return rows
