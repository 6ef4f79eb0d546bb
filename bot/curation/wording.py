"""The acts on words: synonyms and approved answers. Each asks for the right and leaves a line in the history."""

from bot.curation import rights
from bot.database import transaction
from bot.services import Services
from escalation.access import Actor
from knowledge_base import library
from knowledge_base.synonyms import Synonym


def add_synonym(services: Services, synonym: Synonym, actor: Actor) -> bool:
    """Add a synonym; False when it is there already. Raise NotTaken for one that says nothing."""
    rights.check_editor(actor)
    with transaction(services.engine) as session:
        return library.add_synonym(session, synonym, by=rights.by_of(actor), now=services.clock())


def remove_synonym(services: Services, synonym: Synonym, actor: Actor) -> None:
    """Remove a synonym; raise NoSuchWording."""
    rights.check_editor(actor)
    with transaction(services.engine) as session:
        library.remove_synonym(session, synonym, by=rights.by_of(actor), now=services.clock())


def approve(
    services: Services,
    actor: Actor,
    *,
    language: str,
    question: str,
    text: str,
    document_id: str,
    section: str = "",
    phrasings: tuple[str, ...] = (),
) -> None:
    """Give a named question its fixed reply; raise NotTaken or DocumentNotFound."""
    rights.check_editor(actor)
    with transaction(services.engine) as session:
        library.approve(
            session,
            language=language,
            question=question,
            text=text,
            document_id=document_id,
            section=section,
            phrasings=phrasings,
            by=rights.by_of(actor),
            now=services.clock(),
        )


def remove_approved(services: Services, actor: Actor, *, language: str, question: str) -> None:
    """Take a fixed reply back; raise NoSuchWording."""
    rights.check_editor(actor)
    with transaction(services.engine) as session:
        library.remove_approved(
            session, language=language, question=question, by=rights.by_of(actor), now=services.clock()
        )
