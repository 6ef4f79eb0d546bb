"""Answered in the official's own language, or in the other if they choose so."""

from datetime import datetime

from sqlmodel import Session

from bot.messages import Action
from bot.rendering import OtherLanguage
from bot.services import Services
from escalation import assignment, request_log, tickets
from escalation.sla import Priority, TicketFacts, promise
from escalation.tables import Ticket

_SPOKEN = frozenset({"en", "fr"})
_LABELS = {
    "en": ("In French now", "In English"),
    "fr": ("En anglais maintenant", "En français"),
}


def choice(session: Session, services: Services, ticket: Ticket, now: datetime) -> OtherLanguage | None:
    """Return what the official is asked when nobody on duty speaks their language; None when nothing is.

    Nothing is asked in danger, nor when their own language comes as soon as any answer was promised.
    """
    if ticket.language not in _SPOKEN or ticket.priority is Priority.P1:
        return None
    if tickets.derived(session, ticket.id or 0).language is not None:
        return None
    request = request_log.get_request(session, ticket.request_id)
    wait = assignment.wait_for_language(session, request, services.policy.hub_calendar, now)
    if wait is None:
        return None
    promised = tickets.clocks.promised(session, ticket.id or 0)
    own = None
    if wait.at is not None:
        facts = TicketFacts(ticket.first_asked_at)
        own = promise(services.policy, facts, ticket.priority, max(wait.at, now)).due_at
    if own is not None and promised is not None and own <= promised:
        return None
    return OtherLanguage(own)


def actions(ticket: Ticket) -> tuple[Action, ...]:
    """Return the two buttons; the value is the request's number."""
    other, own = _LABELS[ticket.language]
    names = ("answer_in_fr", "answer_in_en") if ticket.language == "en" else ("answer_in_en", "answer_in_fr")
    return tuple(
        Action(name, str(ticket.request_id), label) for name, label in zip(names, (other, own), strict=True)
    )
