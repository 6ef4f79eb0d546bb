"""`helpdesk kb export`, and the way back: a folder that was exported makes the same library."""

from pathlib import Path
from typing import Annotated

import typer

from bot import curation
from bot.cli.common import DataDir, desk, err, one_line_errors, out, plain
from bot.database import reading
from bot.services import Services
from escalation.access import Actor
from knowledge_base import library
from knowledge_base.errors import LibraryError
from knowledge_base.library import MANIFEST, Manifest, read_manifest
from knowledge_base.tables import DocumentState

_OUT_OF_ANSWERS = {DocumentState.RETIRED, DocumentState.WITHDRAWN}


@one_line_errors
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder, an empty one, or one of an earlier export.")],
    data_dir: DataDir = None,
) -> None:
    """Write the whole library as Markdown files that `kb add` takes back, with library.yaml beside them.

    Drafts that wait, retired and withdrawn documents, synonyms and approved answers are in it. Earlier
    versions and the history are not: `helpdesk backup` keeps those.
    """
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not (folder / MANIFEST).is_file())
    ):
        raise typer.BadParameter(f"{folder} is there already and is no export: choose another name")
    count = 0
    with desk(data_dir) as services, reading(services.engine) as session:
        try:
            for name, text in library.export(session):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8")
                count += name != MANIFEST
        except OSError as error:
            err.print(plain(f"helpdesk: {error.filename or folder} can't be written ({error.strerror})"))
            raise typer.Exit(1) from None
    out.print(plain(f"{count} files in {folder}. `helpdesk kb add {folder}` brings them back."))


def manifest_in(folder: str) -> Manifest | None:
    """Return the manifest of an exported folder, or None for any other; raise NotTaken for a spoilt one."""
    file = Path(folder) / MANIFEST
    try:
        return read_manifest(file.read_text("utf-8")) if file.is_file() else None
    except (OSError, UnicodeDecodeError):
        return None


def bring_back(services: Services, actor: Actor, manifest: Manifest) -> list[str]:
    """Give documents their state, and the library its synonyms and approved answers; return what failed."""
    faults = []
    for one in manifest.documents:
        if one.state not in _OUT_OF_ANSWERS:
            continue
        with reading(services.engine) as session:
            found = library.find_document(session, one.id)
        if found is None or found.state != DocumentState.DRAFT.value:
            continue  # never came in, or lives its own life here
        if one.state is DocumentState.RETIRED:
            curation.retire(services, one.id, actor)
        else:
            curation.withdraw(services, one.id, actor)
    for synonym in manifest.synonyms:
        try:
            curation.add_synonym(services, synonym, actor)
        except LibraryError as error:
            faults.append(str(error))
    with reading(services.engine) as session:
        known = {(one.language, one.question, one.text) for one in library.list_approved(session)}
    for answer in manifest.approved:
        if (answer.language, answer.question, answer.text) in known:
            continue
        try:
            curation.approve(
                services,
                actor,
                language=answer.language,
                question=answer.question,
                text=answer.text,
                document_id=answer.document,
                section=answer.section,
                phrasings=answer.phrasings,
            )
        except LibraryError as error:
            faults.append(str(error))
    return faults
