"""What has no current twin in the other language, and saying that a translation still holds."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import Session, col, select

from knowledge_base.errors import NotPublishable
from knowledge_base.language import SUPPORTED
from knowledge_base.library import events
from knowledge_base.library.events import Act
from knowledge_base.lookup import get_row, public_id
from knowledge_base.tables import Document, DocumentState
from knowledge_base.twins import Behind, behind, published


@dataclass(frozen=True, slots=True)
class Untranslated:
    """A published document without a published twin. `draft` names the twin that waits unpublished."""

    document_id: str
    title: str
    missing: str
    draft: str | None


@dataclass(frozen=True, slots=True)
class Parity:
    """Where the two languages of the library differ."""

    untranslated: tuple[Untranslated, ...]
    behind: tuple[Behind, ...]

    @property
    def complete(self) -> bool:
        """Tell whether every document has a current twin."""
        return not (self.untranslated or self.behind)


def parity(session: Session) -> Parity:
    """Return what has no current twin in the other language, in the order of the ids."""
    out = {public_id(row): row for row, _ in published(session)}
    drafts = {
        public_id(row)
        for row in session.exec(select(Document).where(col(Document.state) == DocumentState.DRAFT)).all()
    }
    untranslated = []
    for document_id, row in sorted(out.items()):
        for language in SUPPORTED:
            twin = f"{row.slug}-{language}"
            if row.language in SUPPORTED and twin not in out:
                draft = twin if twin in drafts else None
                untranslated.append(Untranslated(document_id, row.title, language, draft))
    late = behind(session)
    return Parity(tuple(untranslated), tuple(late[one] for one in sorted(late)))


def match(session: Session, document_id: str, now: dt.datetime, *, by: str = "operator") -> None:
    """Note that a translation still agrees with its original, though that has changed."""
    if document_id not in behind(session):
        raise NotPublishable(f"{document_id} is not behind its original: there is nothing to confirm")
    row = get_row(session, document_id)
    row.matched_at = row.changed_at = now
    session.add(row)
    events.note(session, Act.MATCHED, by, now, document=document_id)
