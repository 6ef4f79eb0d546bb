"""A ticket as lists and cards show it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.delivery import standing
from bot.redaction import mask
from bot.rendering.labels import label
from escalation import directory, tickets
from escalation.tables import Ticket


@dataclass(frozen=True, slots=True)
class TicketCard:
    """A ticket as lists and cards show it. Nothing here is unmasked."""

    ticket_id: int
    number: str
    request_id: int
    state: str
    priority: str
    topic: str | None
    language: str
    summary: str
    requester_name: str
    requester_city: str | None
    unverified: bool
    assignee_id: int | None
    assignee_name: str | None
    suggested_name: str | None
    opened_at: datetime
    due_at: datetime | None
    due_target: str | None
    needed_by: datetime | None
    reason: str


def card_of(session: Session, ticket: Ticket) -> TicketCard:
    """Return a ticket's card."""
    assert ticket.id is not None
    person = tickets.requester(session, ticket)
    city = directory.city_of(session, person.id or 0)
    due = standing.next_clock(session, ticket.id)
    return TicketCard(
        ticket_id=ticket.id,
        number=tickets.number_of(ticket.id),
        request_id=ticket.request_id,
        state=ticket.state.value,
        priority=ticket.priority.value,
        topic=ticket.topic,
        language=ticket.language,
        summary=ticket.summary,
        requester_name=mask(person.name).text or label("somebody", "en"),
        requester_city=city.name if city else None,
        unverified=ticket.unverified,
        assignee_id=ticket.assignee_id,
        assignee_name=standing.name_of(session, ticket.assignee_id),
        suggested_name=standing.name_of(session, ticket.suggested_id),
        opened_at=ticket.opened_at,
        due_at=due.due_at if due else None,
        due_target=due.target.value if due else None,
        needed_by=ticket.needed_by,
        reason=ticket.reason,
    )
