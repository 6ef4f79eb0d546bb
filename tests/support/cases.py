"""A ticket to work on, and its row."""

from bot import casework
from bot.database import reading
from escalation import tickets
from escalation.access import OPERATOR
from escalation.tables import (
    Ticket,
)
from tests.support.desk import Desk

QUESTION = "What should our council know about divisive resolutions before we vote on one?"
DOXED = "Somebody posted my home address online this morning."
_count = iter(range(10_000))


def act(name: str) -> dict[str, str]:
    return {"channel": "console", "source_id": f"{name}-{next(_count)}"}


def ticket(desk: Desk, who: str = "stranger", text: str = QUESTION) -> str:
    """Open a ticket for somebody who asks for a person, and return its number."""
    accepted = desk.say(text, who=who, thread=who)
    card = casework.escalate(desk.services, accepted.request_id, OPERATOR, **act("press"))
    return card.number


def row(desk: Desk, number: str) -> Ticket:
    with reading(desk.services.engine) as session:
        return tickets.by_number(session, number)
