"""The rows of the library, gathered into an index."""

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from knowledge_base.catalog import CatalogDocument, CatalogPassage
from knowledge_base.documents import BRIEFING_TAG, DocumentKind, attributes_from_json
from knowledge_base.index import Index, IndexNote
from knowledge_base.synonyms import Synonym
from knowledge_base.tables import Document, DocumentState, DocumentVersion, Passage, VersionState
from knowledge_base.tables import Synonym as SynonymRow
from knowledge_base.tokens import ANALYSIS_VERSION
from knowledge_base.twins import behind


def assemble(session: Session, note: IndexNote | None = None, *, drafts: bool = False) -> Index:
    """Build the index of what is published or, with `drafts`, of what would be if every draft were."""
    wanted = _newest() if drafts else _published()
    rows = session.exec(
        select(Document, DocumentVersion)
        .join(DocumentVersion, col(DocumentVersion.document_id) == col(Document.id))
        .where(*wanted)
        .order_by(col(DocumentVersion.id))
    ).all()
    late = behind(session)
    documents = [
        CatalogDocument(
            document_id=f"{document.slug}-{document.language}",
            slug=document.slug,
            title=document.title,
            language=document.language,
            kind=document.kind.value,
            topics=document.topics,
            visibility=_visibility(document),
            reviewed=document.reviewed,
            version=version.number,
            published_at=version.published_at,
            synonyms=about.synonyms,
            behind=f"{document.slug}-{document.language}" in late,
            handling=about.handling,
            verified=about.last_verified.isoformat() if about.last_verified else "",
        )
        for document, version, about in (
            (document, version, attributes_from_json(version.structure)) for document, version in rows
        )
    ]
    places = {version.id: place for place, (_, version) in enumerate(rows)}
    passages: list[CatalogPassage] = []
    stems: list[str | None] = []
    # As plain rows: making objects of them that could be changed takes as long as all the rest.
    for passage in session.execute(
        select_columns(*_PASSAGE)
        .join(DocumentVersion, col(DocumentVersion.id) == col(Passage.version_id))
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .where(*wanted)
        .order_by(col(Passage.version_id), col(Passage.position))
        .execution_options(yield_per=1000)
    ):
        if passage.version_id not in places:
            # Published between the two questions: the next generation has it.
            continue
        passages.append(
            CatalogPassage(
                passage_id=passage.id,
                document=places[passage.version_id],
                text=passage.text,
                language=passage.language,
                heading=passage.heading,
                kind=passage.kind.value,
                step=passage.step,
                page=passage.page_label,
                recommendation=passage.recommendation,
                jurisdiction=passage.jurisdiction,
            )
        )
        stems.append(passage.stems if passage.analysis == ANALYSIS_VERSION else None)
    synonyms = [Synonym(row.language, row.phrase, row.meaning) for row in session.exec(select(SynonymRow))]
    return Index.build(documents, passages, synonyms=synonyms, stems=stems, note=note)


_PASSAGE = (
    col(Passage.id),
    col(Passage.version_id),
    col(Passage.text),
    col(Passage.language),
    col(Passage.heading),
    col(Passage.kind),
    col(Passage.step),
    col(Passage.page_label),
    col(Passage.recommendation),
    col(Passage.jurisdiction),
    col(Passage.stems),
    col(Passage.analysis),
)


def _visibility(document: Document) -> tuple[str, ...]:
    """Return who may see a document; a briefing carries its kind too, for channels that must not have it."""
    briefing = document.kind is DocumentKind.BRIEFING
    return (*document.visibility, BRIEFING_TAG) if briefing else document.visibility


def _published() -> tuple[ColumnElement[bool], ...]:
    return (
        col(Document.state) == DocumentState.PUBLISHED,
        col(DocumentVersion.state) == VersionState.PUBLISHED,
    )


def _newest() -> tuple[ColumnElement[bool], ...]:
    """Return what picks the newest version of every document that was not taken out of answers."""
    other = aliased(DocumentVersion)
    newest = (
        select(func.max(col(other.number)))
        .where(col(other.document_id) == col(Document.id))
        .correlate(Document)
        .scalar_subquery()
    )
    return (
        col(Document.state).in_((DocumentState.DRAFT, DocumentState.PUBLISHED)),
        col(DocumentVersion.number) == newest,
        col(DocumentVersion.withdrawn_at).is_(None),
    )
