"""How hits become quotations: a template whole, everything else as the search cut it."""

from dataclasses import replace

from sqlmodel import Session

from knowledge_base import library
from knowledge_base.documents import DocumentKind
from knowledge_base.library import PassageView
from knowledge_base.search import Hit

_SOURCE = "source"


def whole_templates(session: Session, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Return the hits; when a template leads, that template alone, whole, so that it can be copied."""
    if not hits or hits[0].document_kind != DocumentKind.TEMPLATE.value:
        return hits
    first = hits[0]
    passages = [
        one for one in library.get_passages(session, first.document_id, first.version) if one.kind != _SOURCE
    ]
    text = as_text(passages)
    return (replace(first, text=text, excerpt=text, section=""),) if text else hits


def as_text(passages: list[PassageView]) -> str:
    """Return passages as plain text: each heading once above what stands under it, steps with their numbers."""
    parts: list[str] = []
    shown: tuple[str, ...] = ()
    for passage in passages:
        if passage.heading and passage.heading != shown:
            parts.append(passage.heading[-1].upper() if len(passage.heading) == 1 else passage.heading[-1])
            shown = passage.heading
        parts.append(f"{passage.step}. {passage.text}" if passage.step else passage.text)
    return "\n\n".join(parts)
