"""Synonyms and approved answers."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.browser.transcript import Reader
from bot.console.texts.library import LIBRARY, LibraryTexts
from knowledge_base import library
from knowledge_base.library import ApprovedReply
from knowledge_base.synonyms import Synonym


@dataclass(frozen=True, slots=True)
class WordsPage:
    """Synonyms and approved answers; `kept` is what was typed into a form that was refused."""

    t: LibraryTexts
    synonyms: tuple[Synonym, ...]
    approved: tuple[ApprovedReply, ...]
    documents: tuple[tuple[str, str], ...]
    flash: str | None = None
    good: bool = False


def read_words(session: Session, reader: Reader) -> WordsPage:
    """Return the synonyms and the approved answers."""
    documents = tuple(
        (one.document_id, one.title) for one in library.list_documents(session) if one.state == "published"
    )
    t = LIBRARY[reader.language]
    return WordsPage(t, library.list_synonyms(session), library.list_approved(session), documents)
