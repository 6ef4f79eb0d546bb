"""A resolved ticket as the beginning of an article: what was asked and what the experts replied, masked."""

from collections.abc import Iterator, Sequence

from sqlmodel import col, select

from bot.curation.gaps import add_draft
from bot.database import transaction
from bot.services import Services
from escalation import confidentiality, directory, tickets
from escalation.access import Actor, Verb, may
from escalation.errors import IllegalMove, NoTicket
from escalation.tables import Author, Message, MessageKind, TicketState
from knowledge_base.documents import Block, BlockKind

_DONE = frozenset({TicketState.SOLVED, TicketState.CLOSED})
_ASKED = {"en": "What was asked", "fr": "Ce qui était demandé"}
_REPLIED = {"en": "What the expert replied", "fr": "Ce que l’expert a répondu"}


def draft_from_ticket(services: Services, number: str, actor: Actor, *, title: str) -> str:
    """Propose an article made from a resolved ticket; return the draft's id.

    Whoever may work on the ticket may propose; an admin publishes. Masked words only, and masking is not
    perfect: the material keeps the draft from being published until somebody has read and removed it. Raise
    NotFound for a ticket the actor may not see, IllegalMove for one that is not resolved or is sealed.
    """
    now = services.clock()
    with transaction(services.engine) as session:
        ticket = tickets.by_number(session, number)
        if not may(actor, Verb.WORK_TICKET, tickets.thing(session, ticket)):
            raise NoTicket(number)
        if ticket.state not in _DONE:
            raise IllegalMove("Only a resolved ticket can become an article.")
        if confidentiality.is_sealed(session, ticket.request_id):
            raise IllegalMove("A sealed request can't become an article.")
        messages = session.exec(
            select(Message)
            .where(Message.request_id == ticket.request_id)
            .order_by(col(Message.recorded_at), col(Message.id))
        ).all()
        asked = [
            message
            for message in messages
            if message.kind is MessageKind.MESSAGE and message.author is Author.REQUESTER
        ]
        replied = [
            message
            for message in messages
            if message.kind is MessageKind.REPLY and message.author is Author.EXPERT and message.case_public
        ]
        if not replied:
            raise IllegalMove("No expert has replied on this ticket: there is nothing to make an article of.")
        language = "fr" if ticket.language == "fr" else "en"
        owner = directory.get_person(session, actor.person_id).name if actor.person_id is not None else ""
        material = (
            Block(BlockKind.HEADING, _ASKED[language], level=3),
            *_paragraphs(asked),
            Block(BlockKind.HEADING, _REPLIED[language], level=3),
            *_paragraphs(replied),
        )
        topics = (ticket.topic,) if ticket.topic else ()
        sources = [message.id for message in (*asked, *replied)]
        return add_draft(session, actor, title, language, owner, material, sources, now, topics=topics)


def _paragraphs(messages: Sequence[Message]) -> Iterator[Block]:
    return (Block(BlockKind.PARAGRAPH, message.masked) for message in messages if message.masked.strip())
