"""What officials and experts do besides writing: ask for a person, claim, reply, note, resolve, rate.

Every act is one transaction, idempotent by `source_id`, and queues whatever must be sent. The right is
asked on every act, because a button may be old.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from bot.database import transaction
from bot.delivery import announce, sealing
from bot.dialogue import Reason
from bot.redaction import mask
from bot.rendering.labels import label
from bot.services import Services
from escalation import confidentiality, directory, request_log, routing, tickets
from escalation.access import Actor, Verb, may
from escalation.errors import IllegalMove, NotFound, NotOpenYet
from escalation.identifiers import new_id
from escalation.sla import Priority
from escalation.tables import (
    Author,
    HelpRequest,
    Message,
    MessageKind,
    MessageState,
    Person,
    RoleName,
    Ticket,
)
from escalation.tickets import Cause

SUMMARY = 160
LONGEST_REPLY = 20_000
EXPERTS = (RoleName.EXPERT, RoleName.LEAD)
_TRIES = 3
_LOCK_FAULTS = frozenset({"DeadlockDetected", "LockNotAvailable", "SerializationFailure"})
T = TypeVar("T")


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
    due = announce.next_clock(session, ticket.id)
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
        assignee_name=announce.name_of(session, ticket.assignee_id),
        suggested_name=announce.name_of(session, ticket.suggested_id),
        opened_at=ticket.opened_at,
        due_at=due.due_at if due else None,
        due_target=due.target.value if due else None,
        needed_by=ticket.needed_by,
        reason=ticket.reason,
    )


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

    return _act(services, act)


def claim(services: Services, number: str, by: Actor, *, channel: str, source_id: str) -> TicketCard:
    """Take a ticket. Raise AlreadyClaimed, telling who and since when, if somebody else has it."""

    def act(session: Session, now: datetime) -> TicketCard:
        ticket = _ticket_for(session, number, by)
        cause = Cause(by.person_id, channel, source_id, now)
        notices = tickets.claim(session, ticket, cause, services.policy, now)
        announce.enqueue(session, services, notices, now)
        return card_of(session, ticket)

    return _act(services, act)


def acknowledge(
    services: Services, request_id: int, by: Actor, *, channel: str, source_id: str
) -> TicketCard:
    """Note that somebody who was paged has it: nobody else is paged, and a free ticket becomes theirs.

    A second acknowledgement changes nothing; one that comes after somebody else's shows whose it is; one
    that comes late does not open a finished ticket again. Raise NotOpenYet in the moment between page and
    ticket, and NotFound for somebody who may not work on it.
    """

    def act(session: Session, now: datetime) -> TicketCard:
        request_log.lock_request(session, request_id)
        ticket = tickets.latest(session, request_id)
        if ticket is None:
            raise NotOpenYet("The request is still being opened. Try again in a few seconds.")
        if by.person_id is None or not may(by, Verb.WORK_TICKET, tickets.thing(session, ticket)):
            raise NotFound("There is no such ticket.")
        cause = Cause(by.person_id, channel, source_id, now)
        notices = tickets.acknowledge(session, ticket, cause, services.policy, now)
        announce.enqueue(session, services, notices, now)
        return card_of(session, ticket)

    return _act(services, act)


def reply(
    services: Services, number: str, by: Actor, text: str, *, channel: str, source_id: str
) -> TicketCard:
    """Send an expert's words to the official, unmasked, on the official's own conversation."""
    return _write(services, number, by, text, channel=channel, source_id=source_id, public=True)


def note(
    services: Services, number: str, by: Actor, text: str, *, channel: str, source_id: str
) -> TicketCard:
    """Keep an internal note; it reaches no official by any way."""
    return _write(services, number, by, text, channel=channel, source_id=source_id, public=False)


def resolve(
    services: Services, number: str, by: Actor, *, outcome: str, channel: str, source_id: str
) -> TicketCard:
    """Mark a ticket as done, with how it ended."""

    def act(session: Session, now: datetime) -> TicketCard:
        ticket = _ticket_for(session, number, by)
        cause = Cause(by.person_id, channel, source_id, now)
        masked = mask(outcome, language=ticket.language).text
        notices = tickets.resolve(session, ticket, masked, cause, services.policy, now)
        announce.enqueue(session, services, notices, now)
        return card_of(session, ticket)

    return _act(services, act)


def feedback(
    services: Services, message_id: str, by: Actor, helpful: bool, *, reason: str | None = None
) -> None:
    """Note whether an answer helped its asker. Raise NotFound for anybody else's answer."""

    def act(session: Session, now: datetime) -> None:
        message = request_log.get_message(session, message_id)
        request = request_log.get_request(session, message.request_id)
        if by.person_id is not None and by.person_id != request.person_id:
            raise NotFound("There is no such answer.")
        request_log.give_feedback(session, message_id, helpful=helpful, reason=reason, now=now)

    _act(services, act)


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
    choice = suggest(session, request)
    priority = _priority(question, reason)
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
        summary=_summary(_telling(session, request, question, reason).masked),
        needed_by=question.needed_by,
        unverified=not person.verified or not question.sender_proved,
        suggested_id=choice.person_id,
        routing_reason=choice.reason,
    )
    # A danger phrase or a bot that stayed silent starts the clocks at the question itself.
    cause = Cause(
        request.person_id,
        channel,
        source_id or f"{reason.value}:{question.id}",
        question.recorded_at if at_once else now,
    )
    ticket, notices = tickets.open_new(session, request, new, cause, services.policy, now)
    announce.enqueue(session, services, notices, now)
    return ticket


def expert_wrote(
    session: Session,
    services: Services,
    ticket: Ticket,
    actor: Actor,
    message: Message,
    *,
    public: bool,
    now: datetime,
) -> None:
    """Pass on, or keep as a note, what an expert wrote on a channel of their own."""
    cause = Cause(actor.person_id, "message", message.id, message.occurred_at)
    if not public:
        tickets.note(session, ticket, message, cause, now)
        return
    notices = tickets.reply(session, ticket, message, cause, services.policy, now)
    announce.enqueue(session, services, notices, now)


def _write(
    services: Services, number: str, by: Actor, text: str, *, channel: str, source_id: str, public: bool
) -> TicketCard:
    words = text.strip()
    if not words:
        raise IllegalMove("Write something first: the text is empty.")
    if len(words) > LONGEST_REPLY:
        raise IllegalMove(f"The text is too long: {LONGEST_REPLY} characters at most.")

    def act(session: Session, now: datetime) -> TicketCard:
        ticket = _ticket_for(session, number, by)
        assert ticket.id is not None
        if public and by.person_id is None:
            raise IllegalMove("A reply is signed by a person: say who (--as).")
        cause = Cause(by.person_id, channel, source_id, now)
        if not tickets.seen(session, ticket.id, source_id):
            message = _expert_message(session, services, ticket, by, words, cause, now, public=public)
            if message is None:
                return card_of(session, ticket)  # the same act, arriving twice at once
            if public:
                notices = tickets.reply(session, ticket, message, cause, services.policy, now)
                announce.enqueue(session, services, notices, now)
            else:
                tickets.note(session, ticket, message, cause, now)
        return card_of(session, ticket)

    return _act(services, act)


def _expert_message(
    session: Session,
    services: Services,
    ticket: Ticket,
    by: Actor,
    words: str,
    cause: Cause,
    now: datetime,
    *,
    public: bool,
) -> Message | None:
    """Store an expert's words, sealed, before they go anywhere; None when they are stored already."""
    vault = sealing.vault_of(services)
    request = request_log.get_request(session, ticket.request_id)
    key = request_log.get_key(session, request.data_key_id)
    message_id = new_id(now)
    message = Message(
        id=message_id,
        dedupe_key=f"{cause.channel}:{cause.source_id}",
        request_id=ticket.request_id,
        person_id=by.person_id,
        kind=MessageKind.REPLY if public else MessageKind.NOTE,
        author=Author.EXPERT,
        body=sealing.seal_body(vault, key, message_id, words),
        masked=mask(words, language=ticket.language).text,
        language=ticket.language,
        case_ticket_id=ticket.id,
        case_public=public,
        occurred_at=now,
        recorded_at=now,
        state=MessageState.RECORDED,
    )
    return request_log.get_message(session, message_id) if request_log.record(session, message) else None


def _ticket_for(session: Session, number: str, by: Actor) -> Ticket:
    """Return the ticket if the actor may work on it; a forbidden ticket looks like a missing one."""
    ticket = tickets.by_number(session, number)
    if may(by, Verb.WORK_TICKET, tickets.thing(session, ticket)):
        request_log.lock_request(session, ticket.request_id)
        session.refresh(ticket)
        return ticket
    raise NotFound(f"There is no ticket {number.strip()[:20]!r}.")


def suggest(session: Session, request: HelpRequest) -> routing.Choice:
    """Return the expert who should take the request and why, among those who may know of it."""
    city = directory.city_of(session, request.person_id)
    need = routing.Need(
        topic=request.topic,
        language=request.language,
        region=city.region if city else "",
        cities=directory.cities_of(session, request.person_id),
    )
    people = {person.id or 0: person for person in directory.people_with(session, *EXPERTS)}
    able = confidentiality.readers(session, request.id or 0, list(people))
    return routing.choose(need, [_candidate(session, people[person_id]) for person_id in able])


def _candidate(session: Session, person: Person) -> routing.Candidate:
    assert person.id is not None
    profile = directory.profile_of(session, person.id)
    return routing.Candidate(
        person_id=person.id,
        name=person.name,
        topics=frozenset(profile.topics),
        languages=frozenset(profile.languages or [person.language or "en"]),
        jurisdictions=frozenset(profile.jurisdictions),
        cities=directory.cities_of(session, person.id),
        open_cases=tickets.open_cases(session, person.id),
        capacity=profile.capacity,
        on_duty=profile.on_duty,
    )


def _priority(question: Message, reason: Reason) -> Priority:
    """Return the priority: the message's own, and never P4 when a person was asked for."""
    urgency = Priority(question.urgency or "P4")
    if reason in {Reason.DANGER, Reason.SELF_HARM, Reason.MACHINE_ALERT}:
        return Priority.P1
    if reason in {Reason.SAFETY_CHECK_FAILED}:
        return min(urgency, Priority.P2)
    return min(urgency, Priority.P3)


def _telling(session: Session, request: HelpRequest, question: Message, reason: Reason) -> Message:
    """Return the message that tells an expert most: the danger itself, else what was asked first."""
    if reason in {Reason.DANGER, Reason.SELF_HARM, Reason.MACHINE_ALERT}:
        return question
    return request_log.first_question(session, request.id or 0) or question


def _summary(masked: str) -> str:
    words = " ".join(masked.split())
    return words if len(words) <= SUMMARY else words[: SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def _act(services: Services, act: Callable[[Session, datetime], T]) -> T:
    """Run one act in one transaction; a row that changed under it is read again."""
    for _attempt in range(_TRIES):
        try:
            with transaction(services.engine) as session:
                done = act(session, services.clock())
        except StaleDataError:
            continue
        except OperationalError as error:
            if type(error.orig).__name__ not in _LOCK_FAULTS:
                raise
            continue
        services.outbox_ready.set()
        return done
    raise IllegalMove("Somebody else is changing this ticket right now. Please try again.")
