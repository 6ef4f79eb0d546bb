"""Which language a message is answered in."""

from sqlmodel import Session

from bot.messages import Inbound
from bot.safety.assessment import Assessment
from bot.wishes import language_choice
from escalation import request_log
from escalation.tables import Person, Thread
from knowledge_base.language import SUPPORTED, detect


def served(language: str) -> str:
    """Return the language that the desk has words in: English, where it is neither."""
    return "fr" if language == "fr" else "en"


def language_of(
    session: Session, inbound: Inbound, assessment: Assessment, thread: Thread | None, person: Person
) -> str:
    """Return the language to answer in: the message's own, or for a few words the conversation's."""
    if inbound.language:
        return inbound.language
    if chosen := language_choice(inbound.text):
        return chosen
    if assessment.situation is not None:
        known = None if assessment.language_sure else language_known(session, thread, person)
        return known or assessment.language
    if len(inbound.text.split()) < 4:
        earlier = request_log.language_of_thread(session, thread.id) if thread else None
        earlier = earlier if earlier in SUPPORTED else None
        return earlier or person.language or assessment.language
    # The safety check knows two languages; a message in a third is told so.
    told = detect(inbound.text)
    return assessment.language if told in SUPPORTED else told[:8]


def language_known(session: Session, thread: Thread | None, person: Person) -> str | None:
    """Return the language of the conversation or, of somebody the directory knows, their own; None if neither is."""
    earlier = request_log.language_of_thread(session, thread.id) if thread else None
    return earlier if earlier in SUPPORTED else person.language if person.verified else None
