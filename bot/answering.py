"""The two halves of handling a message: read what the decision needs, apply what it decided."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot import casework
from bot.choosing import Unit
from bot.database import reading
from bot.delivery import announce, enqueue
from bot.delivery.enqueue import Words
from bot.dialogue import Findings, Note, Plan, Reason, Reply, Turn, decide
from bot.lookup import CLARIFIED, Asker, look_up
from bot.messages import Action, Quote
from bot.pacing import PER_SENDER, PER_THREAD, may_answer
from bot.privacy import unsafe
from bot.privacy.phrases import says_unsafe
from bot.quoting import whole_templates
from bot.rendering import AnswerContext, LineContext, caveats, notes, times
from bot.rendering.labels import label
from bot.services import Services
from bot.wishes import MORE, asks_for_steps, language_choice
from escalation import directory, request_log, tickets
from escalation.access import Verb, may
from escalation.notices import RequesterWrote
from escalation.sla import Priority
from escalation.tables import (
    Author,
    ChannelName,
    Citation,
    HelpRequest,
    Message,
    MessageKind,
    Person,
    Thread,
)
from knowledge_base import library
from knowledge_base.search import Hit, SearchResult

_LABELS = {
    "en": ("Talk to a person", "This helped", "This did not help"),
    "fr": ("Parler à une personne", "Cela m’a aidé", "Cela n’a pas aidé"),
}
_WITHOUT_BUTTONS = frozenset({Reply.THANKS, Reply.SMALL_TALK, Reply.HEARD, Reply.IN_HAND})
_COURTESIES = frozenset({Reply.THANKS, Reply.SMALL_TALK, Reply.EMPTY, Reply.ABOUT})
_SAID_AFTER = frozenset({Note.PARTLY})
_SMALL_REPLIES = _WITHOUT_BUTTONS | {Reply.ABOUT}
_ANSWERS = frozenset({Reply.ANSWER, Reply.NO_ANSWER, Reply.CLARIFY, Reply.EMPTY})
_ABOUT_SOMETHING = frozenset({Reply.ANSWER, Reply.NONE, Reply.HEARD})
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Decided:
    """The plan for one message and what it was made from."""

    plan: Plan
    found: SearchResult | None
    generation: int
    region: str | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """Return what the message was taken to be about, likeliest first; none when the library abstained."""
        if self.found is None or self.found.abstained or self.plan.reply not in _ABOUT_SOMETHING:
            return ()
        return self.found.topics


def read(services: Services, message: Message) -> Decided:
    """Read thread, person and history, search, and decide. Nothing is written."""
    with reading(services.engine) as session:
        question = message.kind is MessageKind.MESSAGE and message.case_ticket_id is None
        history = request_log.earlier_words(session, message) if question else ()
        person = directory.get_person(session, message.person_id) if message.person_id else None
        known = person if message.sender_proved else None
        cities = directory.all_cities_of(session, message.person_id) if message.person_id else ()
        audience = directory.audience_of(session, known, cities) if known else frozenset({"public"})
        standing = tickets.standing(session, message.request_id, message.recorded_at)
        ticket = standing.unfinished
        before = request_log.told_before(session, message) if question else request_log.ToldBefore()
        steps = before.danger is not None and not before.self_harm and asks_for_steps(message.masked)
        last = request_log.last_answer(session, message.thread_id) if history else None
        turn = Turn(
            kind=message.kind,
            text=message.masked,
            language=message.language,
            immediate_danger=message.immediate_danger,
            self_harm=message.self_harm,
            wants_human=message.wants_human,
            urgency=Priority(message.urgency or "P4"),
            misses=request_log.misses_in_a_row(session, message) if last else 0,
            has_ticket=ticket is not None,
            claimed=ticket is not None and ticket.assignee_id is not None,
            solved=standing.reopenable is not None,
            ended=standing.ended,
            for_case=message.case_ticket_id is not None,
            case_public=bool(message.case_public),
            safety_check_failed=message.safety_check_failed,
            steps=steps,
            self_harm_before=before.self_harm,
        )
        thread = session.get(Thread, message.thread_id) if message.thread_id else None
        asker = Asker(
            text=message.masked,
            history=history,
            danger=before.danger if turn.steps else None,
            audience=audience,
            language=message.language if message.language in {"en", "fr"} else None,
            region=cities[0].region if cities else None,
            by_mail=thread is not None and thread.channel is ChannelName.EMAIL,
            sent_at=message.occurred_at,
            last=last if question else None,
        )
    findings = look_up(services, asker) if question and (not turn.claimed or turn.steps) else Findings()
    return Decided(
        decide(turn, findings), findings.found, services.library.index.note.generation, asker.region
    )


def apply(session: Session, services: Services, message_id: str, decided: Decided, now: datetime) -> None:
    """Carry out the plan in the caller's transaction."""
    message = request_log.get_message(session, message_id)
    request = request_log.lock_request(session, message.request_id)
    thread = session.get(Thread, message.thread_id) if message.thread_id else None
    plan = decided.plan
    if plan.relay or plan.note:
        _expert_words(session, services, message, plan, now)
        return
    # both are asked for again further down, and are read once because they are held here
    person = directory.get_person(session, thread.person_id) if thread is not None else None
    if thread is not None and person is not None and _unsafe(session, services, message, thread, person, now):
        return
    unfinished = tickets.unfinished(session, message.request_id)
    chosen = language_choice(message.masked) if unfinished is not None else None
    if unfinished is not None and chosen is not None and message.case_ticket_id is None:
        cause = tickets.Cause(message.person_id, "message", f"{message.id}:language", message.occurred_at)
        told = tickets.choose_language(session, unfinished, chosen, cause, now)
        announce.enqueue(session, services, told, now)
        if plan.reply is not Reply.ANSWER:  # the last answer, once more in that language
            plan = replace(plan, reply=Reply.NONE)
    if unfinished is not None and message.kind is MessageKind.MESSAGE:
        # A ticket may have been opened, or claimed, since the plan was made.
        claimed = unfinished.assignee_id is not None
        silent = claimed and not plan.asked
        plan = replace(plan, add_to_ticket=True, reply=Reply.NONE if silent else plan.reply)
        decided = replace(decided, plan=plan)
    if thread is not None and plan.reply is not Reply.NONE and _paced(session, thread, now):
        _reply(session, services, message, request, thread, decided, now)
    elif message.immediate_danger or message.self_harm:
        _note_topics(session, message, decided)
    goes_on = unfinished is None and _goes_on(message, plan)
    if unfinished is not None and (plan.add_to_ticket or plan.ticket):
        noted = tickets.requester_wrote(session, unfinished, message, plan.raise_to, services.policy, now)
        announce.enqueue(session, services, noted, now)
    elif goes_on and (solved := tickets.reopenable(session, message.request_id, now)):
        channel = thread.channel.value if thread else "message"
        cause = tickets.Cause(message.person_id, channel, message.id, message.occurred_at)
        notices = tickets.reopen(session, solved, message, cause, services.policy, now)
        announce.enqueue(session, services, notices, now)
    elif plan.ticket is not None or goes_on:
        # The ticket that the plan was made for may have ended meanwhile: nothing that was written is dropped.
        reason = plan.ticket or plan.reason or Reason.CAME_BACK
        casework.open_ticket(session, services, request, reason, message, now)


def _goes_on(message: Message, plan: Plan) -> bool:
    """Tell whether people must see the message, whatever became of the ticket that it was meant for."""
    if plan.ticket is not None or plan.asked:
        return False
    if message.kind is not MessageKind.MESSAGE:
        return plan.reason is not None
    courtesy = plan.reason is None and plan.reply in _COURTESIES
    return plan.reopen or (plan.add_to_ticket and not courtesy)


def _unsafe(
    session: Session, services: Services, message: Message, thread: Thread, person: Person, now: datetime
) -> bool:
    """Take what came over a channel that isn't safe, or says that it isn't; False for everything else.

    Mail that nobody vouches for stops nothing, or anybody could cut an official off: a person reads it.
    """
    if message.author is not Author.REQUESTER or message.kind is not MessageKind.MESSAGE:
        return False
    reports = message.sender_proved and says_unsafe(message.masked)
    if person.suspended_at is None and not reports:
        return False
    if reports:
        report = unsafe.Report(person.id, thread.channel.value, message.id, "reported by the person")
        unsafe.stop(session, services, person, report, now)
    unsafe.heard(session, services, message, thread, now)
    return True


def _paced(session: Session, thread: Thread, now: datetime) -> bool:
    """Tell whether one more automatic reply may go out; mail loops that nothing recognised end here.

    Safety replies, promises about a ticket and people's own words do not ask.
    """
    if thread.channel is not ChannelName.EMAIL:
        return True
    since = now - timedelta(days=1)
    in_thread = request_log.automatic_replies(session, since, thread_id=thread.id)
    to_person = request_log.automatic_replies(session, since, person_id=thread.person_id)
    paced = may_answer(in_thread, now, PER_THREAD) and may_answer(to_person, now, PER_SENDER)
    if not paced:
        log.warning("not answered: too many automatic replies", action="answering.paced", thread_id=thread.id)
    return paced


def hand_over_unanswered(session: Session, services: Services, message_id: str, now: datetime) -> None:
    """Give a message that nobody answered in time to people, and take it off the pending list."""
    message = request_log.get_message(session, message_id)
    request = request_log.lock_request(session, message.request_id)
    if message.case_ticket_id is not None:
        announce.unsent(session, services, message, now)  # an expert's words never open a ticket
    elif message.kind is MessageKind.MESSAGE or message.immediate_danger or message.self_harm:
        ticket = tickets.unfinished(session, message.request_id)
        if ticket is None:
            casework.open_ticket(session, services, request, Reason.NO_ANSWER_IN_TIME, message, now)
        else:
            announce.enqueue(session, services, (RequesterWrote(ticket.id or 0, message.id),), now)
    request_log.close_pending(session, message_id, now)


def _reply(
    session: Session,
    services: Services,
    message: Message,
    request: HelpRequest,
    thread: Thread,
    decided: Decided,
    now: datetime,
) -> None:
    plan, found = decided.plan, decided.found
    language = "fr" if message.language == "fr" else "en"
    # the chat page says below the conversation what is told once elsewhere
    first = thread.channel is not ChannelName.WEB and request_log.is_first_contact(session, request.person_id)
    reply, hits = plan.reply, plan.quotes
    if reply is Reply.ANSWER:
        gone = library.withdrawn_among(session, [hit.passage_id for hit in hits], hold=True)
        hits = tuple(hit for hit in hits if hit.passage_id not in gone)
        hits = whole_templates(session, hits)
        reply = Reply.ANSWER if hits else Reply.NO_ANSWER
    quotes = tuple(
        _quote(services, number, hit, language, decided.region) for number, hit in enumerate(hits, 1)
    )
    more_url = _url(services, plan.more) if plan.more and hits and plan.unit is not Unit.WORDS else None
    talk, helped, not_helped = _LABELS[language]
    ask_person = Action("talk_to_person", str(request.id), talk)
    handed_over = "new" if plan.ticket is not None else "before" if plan.add_to_ticket else ""
    if reply is Reply.ANSWER:
        context: AnswerContext | LineContext = AnswerContext(
            quotes=quotes,
            lead=notes.lead(plan.unit.value, language),
            notes=tuple(notes.note(code.value, language) for code in plan.notes if code not in _SAID_AFTER),
            after=tuple(notes.note(code.value, language) for code in plan.notes if code in _SAID_AFTER),
            more_url=more_url,
            other_language=quotes[0].language if quotes[0].language != language else None,
            unreviewed=not all(quote.reviewed for quote in quotes),
            in_doubt=message.in_doubt,
            first_contact=first,
            handed_over=handed_over,
        )
        # an empty value stands for the answer's own id
        rating = (Action("helpful", "", helped), Action("not_helpful", "", not_helped))
        more = (Action("say", MORE[language], notes.more_button(language)),) if more_url else ()
        # no survey after danger
        actions: tuple[Action, ...] = (*more, *(() if plan.asked else rating), ask_person)
    else:
        context = LineContext(
            first_contact=first and reply not in _SMALL_REPLIES,
            in_doubt=message.in_doubt,
            handed_over=handed_over,
            options=plan.options,
        )
        offered = tuple(Action("say", option, option) for option in plan.options)
        actions = () if reply in _WITHOUT_BUTTONS else (*offered, ask_person)
    if actions and thread.channel is ChannelName.SLACK:  # the web page has its own button, mail a phrase
        actions = (*actions, Action("unsafe", str(request.id), label("unsafe", language)))
    written = enqueue.to_requester(
        session,
        services,
        Words(reply.value, language, context, quotes=quotes, actions=actions),
        request=request,
        thread=thread,
        dedupe_key=f"answer:{message.id}",
        now=now,
        message_kind=MessageKind.ANSWER if reply in _ANSWERS else MessageKind.NOTICE,
        question=message,
    )
    if reply in _ANSWERS:
        facts = request_log.AnswerFacts(
            topics=found.topics if found else (),
            confidence=found.confidence if found else 0.0,
            abstained=reply is not Reply.ANSWER,
            abstain_reason=_abstain_reason(reply, found),
            generation=decided.generation,
            more_url=more_url,
        )
        citations = [
            _citation(written.id, quote, hit, decided.region) for quote, hit in zip(quotes, hits, strict=True)
        ]
        request_log.attach_answer(session, message, written, facts, citations)


def _note_topics(session: Session, message: Message, decided: Decided) -> None:
    """Keep what the library would have said beside the safety reply: the experts see the topics."""
    safety_reply = request_log.known_message(session, f"out:safety:{message.id}")
    found = decided.found
    if safety_reply is None or found is None:
        return
    facts = request_log.AnswerFacts(
        topics=found.topics,
        confidence=found.confidence,
        abstained=found.abstained,
        abstain_reason=found.abstain_reason,
        generation=decided.generation,
    )
    request_log.attach_answer(session, message, safety_reply, facts, ())


def _abstain_reason(reply: Reply, found: SearchResult | None) -> str | None:
    if reply is Reply.ANSWER:
        return None
    if reply is Reply.CLARIFY:
        return CLARIFIED
    if reply is Reply.EMPTY:
        return "no_text"
    return (found.abstain_reason if found else None) or "withdrawn"


def _url(services: Services, hit: Hit) -> str:
    """Return the address that opens a passage in place."""
    return f"{services.settings.base_url}{hit.link}"


def _quote(services: Services, number: int, hit: Hit, language: str, region: str | None) -> Quote:
    zone = services.policy.hub_calendar.zone
    return Quote(
        number=number,
        document_id=hit.document_id,
        title=hit.title,
        section=_section(hit, language),
        page=hit.page,
        dated=times.day(hit.published_at, zone, language) if hit.published_at else None,
        url=_url(services, hit),
        excerpt=hit.excerpt,
        language=hit.language,
        reviewed=hit.reviewed,
        score=round(hit.score, 4),
        caveats=caveats.say(caveats.caveats_of(hit, region), language),
    )


def _section(hit: Hit, language: str) -> str:
    """Return where in its document a passage stands, with its number where the document has numbers."""
    number = notes.recommendation(hit.recommendation, language) if hit.recommendation else ""
    return ", ".join(part for part in (hit.section, number) if part)


def _citation(message_id: str, quote: Quote, hit: Hit, region: str | None) -> Citation:
    return Citation(
        message_id=message_id,
        number=quote.number,
        passage_id=hit.passage_id,
        document_id=quote.document_id,
        version=hit.version,
        title=quote.title,
        section=quote.section,
        page=quote.page,
        url=quote.url,
        excerpt=quote.excerpt,
        language=quote.language,
        reviewed=quote.reviewed,
        dated=hit.published_at,
        score=quote.score,
        caveats=caveats.kept(caveats.caveats_of(hit, region)),
    )


def _expert_words(session: Session, services: Services, message: Message, plan: Plan, now: datetime) -> None:
    """Pass an expert's message on, or keep it as a note; somebody without the right gets neither."""
    assert message.person_id is not None
    assert message.case_ticket_id is not None
    actor = directory.actor_of(session, message.person_id)
    ticket = tickets.get(session, message.case_ticket_id)
    if not may(actor, Verb.WORK_TICKET, tickets.thing(session, ticket)):
        log.warning(
            "not passed on: no right to the ticket", action="answering.refused", message_id=message.id
        )
        announce.unsent(session, services, message, now)
        return
    may_go = not plan.relay or casework.may_be_sent(session, ticket, message.masked)
    casework.expert_wrote(session, services, ticket, actor, message, public=plan.relay and may_go, now=now)
    if not may_go:
        announce.unsent(session, services, message, now)  # kept as a note; the expert is told
