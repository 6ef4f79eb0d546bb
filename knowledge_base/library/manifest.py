"""The whole library as files: a Markdown file for each document, and what no document says of itself.

`library.yaml` names the state of each document, the admins' synonyms and the approved answers. `kb add` on
the folder makes the same library of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import yaml
from sqlmodel import Session

from knowledge_base.errors import NotTaken
from knowledge_base.library.approved_rows import list_approved
from knowledge_base.library.versions import get_structure
from knowledge_base.library.writing import to_markdown
from knowledge_base.lookup import list_documents, list_synonyms
from knowledge_base.synonyms import Synonym
from knowledge_base.tables import DocumentState

MANIFEST = "library.yaml"


@dataclass(frozen=True, slots=True)
class ExportedDocument:
    """One document of an export. `file` is what it says, `draft` a newer version that waits; "" for none."""

    id: str
    state: DocumentState
    file: str = ""
    draft: str = ""


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    """An approved answer as an export keeps it."""

    language: str
    question: str
    phrasings: tuple[str, ...]
    text: str
    document: str
    section: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `library.yaml` says."""

    documents: tuple[ExportedDocument, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    approved: tuple[ExportedAnswer, ...] = ()


def export(session: Session) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of every file of an export, the manifest last."""
    documents = []
    for one in list_documents(session):
        name = f"{one.language}/{one.slug}.md"
        only_draft = one.state == DocumentState.DRAFT.value
        entry = ExportedDocument(
            one.document_id,
            DocumentState(one.state),
            file="" if only_draft else name,
            draft=f"drafts/{name}" if only_draft or one.draft else "",
        )
        documents.append(entry)
        if entry.file:
            yield entry.file, to_markdown(get_structure(session, one.document_id, one.version))
        if entry.draft:
            yield entry.draft, to_markdown(get_structure(session, one.document_id))
    approved = tuple(
        ExportedAnswer(one.language, one.question, one.phrasings, one.text, one.document_id, one.section)
        for one in list_approved(session)
    )
    yield MANIFEST, written(Manifest(tuple(documents), list_synonyms(session), approved))


def written(manifest: Manifest) -> str:
    """Return a manifest as YAML."""
    fields: dict[str, Any] = {
        "documents": [
            {name: str(value) for name, value in asdict(one).items() if value} for one in manifest.documents
        ],
        "synonyms": [asdict(one) for one in manifest.synonyms],
        "approved": [{**asdict(one), "phrasings": list(one.phrasings)} for one in manifest.approved],
    }
    return yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=100)


def read_manifest(text: str) -> Manifest:
    """Read what `written` wrote; raise NotTaken for anything else."""
    try:
        fields = yaml.safe_load(text)
        return Manifest(
            documents=tuple(
                ExportedDocument(**{**one, "state": DocumentState(one["state"])})
                for one in _entries(fields, "documents")
            ),
            synonyms=tuple(Synonym(**one) for one in _entries(fields, "synonyms")),
            approved=tuple(
                ExportedAnswer(**{**one, "phrasings": tuple(one["phrasings"])})
                for one in _entries(fields, "approved")
            ),
        )
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise NotTaken(f"{MANIFEST} is not what `helpdesk kb export` writes") from None


def _entries(fields: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return list(fields.get(name) or [])
