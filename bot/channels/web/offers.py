"""Buttons that write for their presser: one of the subjects a question back names, or more of the last answer."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.lookup import CLARIFIED, offered
from bot.rendering import notes
from bot.services import Services
from bot.wishes import MORE
from escalation import directory
from escalation.access import Actor
from escalation.tables import Answer, Message, Person
from knowledge_base.search import PUBLIC

_MORE = "more"


@dataclass(frozen=True, slots=True)
class Offer:
    """What the form sends, what the button says, and what it writes for its presser."""

    value: str
    label: str
    words: str


def offers_of(session: Session, services: Services, actor: Actor, message_id: str) -> tuple[Offer, ...]:
    """Return what may be said to an answer with one press: one of the subjects it asks about, or more."""
    answer, message = session.get(Answer, message_id), session.get(Message, message_id)
    if answer is None or message is None:
        return ()
    language = "fr" if message.language == "fr" else "en"
    if answer.abstain_reason == CLARIFIED:
        person = session.get(Person, actor.person_id) if actor.person_id else None
        audience = directory.audience_of(session, person) if person else PUBLIC
        topics = [topic for topic in answer.topics.split(",") if topic]
        titles = offered(services, topics, audience, language)
        return tuple(
            Offer(str(number), f"{number}. {title}", title) for number, title in enumerate(titles, 1)
        )
    return (Offer(_MORE, notes.more_button(language), MORE[language]),) if answer.more_url else ()
