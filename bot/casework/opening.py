"""A request handed to people: because its owner asked, or because the desk decided."""

from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import run, then
from bot.casework.card import TicketCard, card_of
from bot.delivery import announce
from bot.dialogue import Reason
from bot.services import Services
from escalation import assignment, directory, request_log, routing, tickets
from escalation.access import Actor
from escalation.errors import NotFound
from escalation.sla import Priority
from escalation.tables import HelpRequest, Message, Ticket
from escalation.tickets import Cause

SUMMARY = 160
EXPERTS = assignment.EXPERTS
_LONGEST_REASON = 500


def escalate(
    services: Services,
    request_id: int,
    by: Actor,
    *,
    channel: str,
    source_id: str,
    message_id: str | None = None,
) -> TicketCard:
    """Hand a request to people because its owner asked to talk to a person.

    A second press shows the same ticket. Raise NotFound for a request that is not the actor's own.
    """

    def act(session: Session, now: datetime) -> TicketCard:
        request = request_log.lock_request(session, request_id)
        if by.person_id is not None and by.person_id != request.person_id:
            raise NotFound("There is no such request.")
        question = request_log.last_question(session, request_id)
        if message_id is not None:
            question = request_log.get_message(session, message_id)
            if question.request_id != request_id:
                raise NotFound("There is no such request.")
        ticket = tickets.unfinished(session, request_id)
        if ticket is None and question is not None:
            solved = tickets.reopenable(session, request_id, now)
            if solved is not None:
                cause = Cause(by.person_id, channel, source_id, now)
                notices = tickets.reopen(session, solved, question, cause, services.policy, now)
                announce.enqueue(session, services, notices, now)
                ticket = solved
            else:
                ticket = open_ticket(
                    session,
                    services,
                    request,
                    Reason.WANTS_HUMAN,
                    question,
                    now,
                    channel=channel,
                    source_id=source_id,
                )
        if ticket is None:
            raise NotFound("There is no such request.")
        return card_of(session, ticket)

    return run(services, act)


def open_ticket(
    session: Session,
    services: Services,
    request: HelpRequest,
    reason: Reason,
    question: Message,
    now: datetime,
    *,
    channel: str = "message",
    source_id: str | None = None,
) -> Ticket:
    """Hand a request to people in the caller's transaction: route it, start its clocks, tell everyone."""
    assert request.id is not None
    person = directory.get_person(session, request.person_id)
    priority = _priority(question, reason)
    choice = suggest(session, services, request, priority, now)
    at_once = reason in {
        Reason.DANGER,
        Reason.SELF_HARM,
        Reason.NO_ANSWER_IN_TIME,
        Reason.SAFETY_CHECK_FAILED,
    }
    new = tickets.NewTicket(
        reason=reason.value,
        priority=priority,
        topic=request.topic,
        language=request.language,
        summary=shortened(_telling(session, request, question, reason).masked, SUMMARY),
        needed_by=question.needed_by,
        unverified=not person.verified or not question.sender_proved,
        suggested_id=choice.person_id,
        routing_reason=choice.reason[:_LONGEST_REASON],
    )
    # A danger phrase or a bot that stayed silent starts the clocks at the question itself.
    cause = Cause(
        request.person_id,
        channel,
        source_id or f"{reason.value}:{question.id}",
        question.recorded_at if at_once else now,
    )
    earlier = tickets.latest(session, request.id)
    ticket, notices = tickets.open_new(session, request, new, cause, services.policy, now)
    if earlier is not None and notices:  # the same need, once more
        tickets.link(session, ticket, earlier, then(cause, "again"), now)
    announce.enqueue(session, services, notices, now)
    return ticket


def suggest(
    session: Session, services: Services, request: HelpRequest, priority: Priority, now: datetime
) -> routing.Choice:
    """Return the expert who should take the request and why, among those who may know of it."""
    hub = services.policy.hub_calendar
    return assignment.suggest(session, request, hub, now, danger=priority is Priority.P1)


def _priority(question: Message, reason: Reason) -> Priority:
    """Return the priority: the message's own, and never P4 when a person was asked for."""
    urgency = Priority(question.urgency or "P4")
    if reason in {Reason.DANGER, Reason.SELF_HARM, Reason.MACHINE_ALERT}:
        return Priority.P1
    if reason in {Reason.SAFETY_CHECK_FAILED, Reason.UNSAFE_CHANNEL}:
        return min(urgency, Priority.P2)
    return min(urgency, Priority.P3)


def _telling(session: Session, request: HelpRequest, question: Message, reason: Reason) -> Message:
    """Return the message that tells an expert most: the danger itself, else what was asked first."""
    if reason in {Reason.DANGER, Reason.SELF_HARM, Reason.MACHINE_ALERT}:
        return question
    return request_log.first_question(session, request.id or 0) or question


def shortened(masked: str, limit: int) -> str:
    """Return the first words of a masked text."""
    words = " ".join(masked.split())
    return words if len(words) <= limit else words[: limit - 1].rsplit(" ", 1)[0] + "…"
