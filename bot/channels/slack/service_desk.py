"""The desk behind the listeners: conversation and casework, with rights looked up on every act."""

from sqlmodel import Session, col, select

from bot import casework, conversation
from bot.channels.slack.desk import Deed, HomePage, HomeRequest, HomeTicket, Refusal, Who, Worked
from bot.channels.slack.home import QUEUE, REQUESTS
from bot.channels.slack.wording import wording
from bot.database import reading
from bot.messages import Case, Inbound
from bot.privacy import safe_contact, unsafe
from bot.rendering.labels import label
from bot.services import Services
from escalation import directory, reports, request_log, tickets
from escalation.access import Actor, Verb, may
from escalation.errors import Forbidden, Refused
from escalation.tables import (
    Author,
    ChannelName,
    HelpRequest,
    IdentityKind,
    Message,
    OutboxDestination,
    OutboxMessage,
    Person,
)

CHANNEL = ChannelName.SLACK.value
_ABOUT_CASES = ("ticket_card", "page", "reminder", "escalation", "ticket_update")


class ServiceDesk:
    """Desk over the real services."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def receive(self, inbound: Inbound) -> Refusal | None:
        """Store a message; None means committed, or known already."""
        try:
            conversation.receive(self._services, inbound)
        except conversation.NotAccepted as refused:
            return Refusal(refused.safety_text, refused.notice, lasting=refused.safety_only)
        return None

    def answers_in(self, thread_key: str) -> bool:
        """Tell whether the desk already has a conversation in that thread."""
        with reading(self._services.engine) as session:
            return request_log.thread_exists(session, ChannelName.SLACK, thread_key)

    def case_of(self, channel: str, thread_ts: str) -> Case | None:
        """Return the case whose card is the root of that thread. What is written there is internal."""
        with reading(self._services.engine) as session:
            ticket_id = session.exec(
                select(OutboxMessage.ticket_id)
                .join(OutboxDestination, col(OutboxDestination.id) == col(OutboxMessage.destination_id))
                .where(
                    OutboxMessage.channel == CHANNEL,
                    OutboxMessage.external_id == thread_ts,
                    col(OutboxMessage.kind).in_(_ABOUT_CASES),
                    col(OutboxDestination.address).contains(channel, autoescape=True),
                )
            ).first()
        return Case(ticket_id, public=False) if ticket_id else None

    def language_of(self, who: Who) -> str | None:
        """Return the language the directory has for that person, or None."""
        with reading(self._services.engine) as session:
            person = _person(session, who)
            return person.language if person else None

    def escalate(self, who: Who, request_id: int, source_id: str) -> None:
        """Hand the request to people."""
        casework.escalate(self._services, request_id, self._actor(who), channel=CHANNEL, source_id=source_id)

    def claim(self, who: Who, number: str, source_id: str) -> Worked:
        """Make this expert the ticket's owner."""
        return _worked(
            casework.claim(self._services, number, self._actor(who), channel=CHANNEL, source_id=source_id)
        )

    def check_reply(self, who: Who, number: str) -> None:
        """Raise EscalationError when this person may not reply to the ticket."""
        actor = self._actor(who)
        with reading(self._services.engine) as session:
            ticket = tickets.by_number(session, number)
            if not may(actor, Verb.WORK_TICKET, tickets.thing(session, ticket)):
                raise self._forbidden(session, who)

    def reply(self, who: Who, number: str, text: str, source_id: str) -> Worked:
        """Send an expert's words to the official."""
        actor = self._actor(who)
        return _worked(
            casework.reply(self._services, number, actor, text, channel=CHANNEL, source_id=source_id)
        )

    def colleagues(self, who: Who) -> tuple[tuple[str, str], ...]:
        """Return the experts a ticket may be handed to."""
        actor = self._actor(who)
        with reading(self._services.engine) as session:
            people = directory.people_with(session, *casework.EXPERTS)
            return tuple((str(one.id), one.name) for one in people if one.id != actor.person_id)

    def work(self, who: Who, number: str, deed: Deed, source_id: str) -> Worked:
        """Do what a form says: note, hand over, wait, resolve."""
        actor, services = self._actor(who), self._services
        how = {"channel": CHANNEL, "source_id": source_id}
        match deed.act, deed.choice:
            case "note", _:
                card = casework.note(services, number, actor, deed.words, **how)
            case "hand_over", person if person.isdecimal():
                card = casework.hand_over(services, number, actor, int(person), reason=deed.words, **how)
            case "wait", "official":
                card = casework.ask(services, number, actor, deed.words, **how)
            case "wait", "other":
                card = casework.wait_for_third_party(services, number, actor, reason=deed.words, **how)
            case "resolve", outcome if outcome:
                ending = ". ".join(filter(None, (label(f"outcome_{outcome}", "en"), deed.words)))
                card = casework.resolve(services, number, actor, outcome=ending, **how)
            case _:
                raise Refused("empty", "Choose something first.")
        return _worked(card)

    def feedback(self, who: Who, message_id: str, *, helpful: bool, reason: str | None = None) -> None:
        """Record whether an answer helped, and why it did not."""
        casework.feedback(self._services, message_id, self._actor(who), helpful, reason=reason)

    def choose_language(self, who: Who, request_id: int, language: str, source_id: str) -> None:
        """Keep the language an official wants to be answered in."""
        actor = self._actor(who)
        casework.choose_language(
            self._services, request_id, actor, language, channel=CHANNEL, source_id=source_id
        )

    def unsafe(self, who: Who, source_id: str) -> None:
        """Stop everything of this person: their phone or mailbox isn't safe."""
        actor = self._actor(who)
        if actor.person_id is not None:
            report = unsafe.Report(actor.person_id, CHANNEL, source_id, "reported by the person")
            unsafe.suspend(self._services, actor.person_id, report)

    def safe_contact(self, who: Who, request_id: int, text: str) -> None:
        """Keep how this person can be reached safely, and who must not know."""
        safe_contact.keep(self._services, request_id, self._actor(who), text)

    def home(self, who: Who, language: str | None) -> HomePage:
        """Return what the person sees in the Home tab: their requests, and the queue for experts."""
        now = self._services.clock()
        with reading(self._services.engine) as session:
            person = _person(session, who)
            if person is None or person.id is None:
                return HomePage(language=language or "en", at=now)
            actor = directory.actor_of(session, person.id)
            if actor.suspended:  # whoever holds this phone sees nothing of them
                return HomePage(language=person.language or language or "en", at=now)
            queue = self._queue(session, actor) if may(actor, Verb.READ_QUEUE) else None
            return HomePage(
                language=person.language or language or "en",
                at=now,
                queue=queue[:QUEUE] if queue is not None else None,
                requests=self._requests(session, person.id),
                queue_left_out=self._left_out(session, actor, len(queue)) if queue is not None else 0,
            )

    def _left_out(self, session: Session, actor: Actor, listed: int) -> int:
        return max(0, max(listed, reports.queue_length(session, actor)) - QUEUE)

    def _queue(self, session: Session, actor: Actor) -> tuple[HomeTicket, ...]:
        rows = reports.queue(session, actor, self._services.clock())
        lines = []
        for ticket in rows:
            if not may(actor, Verb.READ_TICKET, tickets.thing(session, ticket)):
                continue
            owner = session.get(Person, ticket.assignee_id) if ticket.assignee_id else None
            number = tickets.number_of(ticket.id or 0)
            lines.append(
                HomeTicket(
                    number=number,
                    priority=ticket.priority.value,
                    state=ticket.state.value,
                    summary=ticket.summary,
                    assignee=owner.name if owner else None,
                    due_at=ticket.due_at,
                    url=f"{self._services.settings.base_url}/console/tickets/{number}",
                )
            )
        return tuple(lines)

    def _requests(self, session: Session, person_id: int) -> tuple[HomeRequest, ...]:
        rows = session.exec(
            select(HelpRequest)
            .where(HelpRequest.person_id == person_id)
            .order_by(col(HelpRequest.last_message_at).desc())
            .limit(REQUESTS)
        ).all()
        return tuple(self._request(session, request) for request in rows)

    def _request(self, session: Session, request: HelpRequest) -> HomeRequest:
        first = session.exec(
            select(Message.masked)
            .where(Message.request_id == request.id, Message.author == Author.REQUESTER)
            .order_by(col(Message.recorded_at), col(Message.id))
        ).first()
        ticket = tickets.latest(session, request.id or 0)
        return HomeRequest(
            number=tickets.number_of(ticket.id or 0) if ticket else None,
            state=ticket.state.value if ticket else None,
            summary=first or "…",
            asked_at=request.opened_at,
            url="",
        )

    def _actor(self, who: Who) -> Actor:
        with reading(self._services.engine) as session:
            actor = directory.actor_for(session, IdentityKind.SLACK, who.team, who.user)
            if actor is None:
                raise self._forbidden(session, who)
            return actor

    @staticmethod
    def _forbidden(session: Session, who: Who) -> Forbidden:
        person = _person(session, who)
        return Forbidden(wording(person.language if person else None).you_may_not)


def _person(session: Session, who: Who) -> Person | None:
    return directory.person_of(session, IdentityKind.SLACK, who.team, who.user)


def _worked(card: casework.TicketCard) -> Worked:
    return Worked(card.number, card.state, card.assignee_name)
