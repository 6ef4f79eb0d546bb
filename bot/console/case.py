"""One ticket as its page shows it: the conversation, what the bot showed, the clocks, the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from bot.browser.language import Language
from bot.browser.live import Subject, Topic, fingerprint
from bot.browser.transcript import Paragraph, Reader, Source, in_order, paragraphs_of, sources_of
from bot.console.private import PrivatePart, read_private
from bot.console.texts import TEXTS, ConsoleTexts
from bot.console.texts.library import LIBRARY, LibraryTexts
from bot.console.topics import topic_name
from bot.console.work import WorkPart, read_work
from bot.delivery import sealing, standing
from bot.privacy.opening import Grant
from bot.redaction import mask
from bot.rendering import PoliceLine
from bot.rendering.labels import label
from bot.services import Services
from bot.vault import Erased, VaultError
from escalation import directory, request_log, tickets
from escalation.access import Actor, Verb, may
from escalation.access_log import Opened
from escalation.sla import EventKind, Priority
from escalation.tables import (
    UNFINISHED,
    Answer,
    Author,
    Clock,
    Message,
    MessageKind,
    Person,
    Reminder,
    SubjectKind,
    Ticket,
    TicketState,
)

_AFTER = "after-"
# What an event says for the clocks alone.
_FOR_CLOCKS = frozenset({"policy", "covered", "asked_at", "escalated_at", "unanswered_since"})


class Speaker(StrEnum):
    """Who speaks in a line, and how it is drawn."""

    OFFICIAL = "official"
    DESK = "desk"
    SAFETY = "safety"
    EXPERT = "expert"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One message of the transcript. `rated`: what the official said of an answer."""

    id: str
    speaker: Speaker
    who: str
    stamp: str
    at: datetime
    language: str
    paragraphs: tuple[Paragraph, ...]
    sources: tuple[Source, ...] = ()
    rated: str | None = None


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One target: what it is, and when it is due or was done."""

    target: str
    words: str
    due_stamp: str
    late: bool
    running: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened."""

    at: datetime
    stamp: str
    what: str
    who: str | None
    detail: str


# A ticket in one of these may become an article.
_PROPOSABLE = frozenset({TicketState.SOLVED, TicketState.CLOSED})


@dataclass(frozen=True, slots=True)
class CasePage:
    """A ticket, ready to be drawn for one person."""

    number: str
    request_id: int
    priority: str
    state: str
    finished: bool
    topic: str | None
    summary: str
    requester: str
    city: str | None
    unverified: bool
    language: str
    channel: str
    reason: str
    opened: str
    needed_by: str | None
    assignee: str | None
    mine: bool
    suggested: str | None
    lines: tuple[Line, ...]
    clocks: tuple[ClockLine, ...]
    history: tuple[HistoryLine, ...]
    may_work: bool
    may_claim: bool
    private: PrivatePart
    work: WorkPart
    original: bool
    seen: str
    police: tuple[PoliceLine, ...] | None = None
    proposable: LibraryTexts | None = None


def read_case(
    session: Session, services: Services, actor: Actor, ticket: Ticket, reader: Reader, granted: Grant | None
) -> CasePage:
    """Return a ticket that the caller has found readable for `actor`, masked.

    `granted` is the opening that is on record: without one nothing private is read.
    """
    assert ticket.id is not None
    texts, language = TEXTS[reader.language], reader.language
    thing = tickets.thing(session, ticket)
    requester = tickets.requester(session, ticket)
    city = directory.city_of(session, requester.id or 0)
    thread = request_log.requester_thread(session, ticket.request_id)
    mine = ticket.assignee_id is not None and ticket.assignee_id == actor.person_id
    original = granted is not None and granted.what is Opened.ORIGINALS and _covers(granted, ticket)
    unfinished = ticket.state in UNFINISHED
    may_work = may(actor, Verb.WORK_TICKET, thing)
    return CasePage(
        number=tickets.number_of(ticket.id),
        request_id=ticket.request_id,
        priority=ticket.priority.value,
        state=texts.states.get(ticket.state.value, ticket.state.value),
        finished=not unfinished,
        topic=topic_name(ticket.topic, language),
        summary=ticket.summary,
        requester=(mask(requester.name).text if requester.name else "") or texts.official,
        city=city.name if city else None,
        unverified=ticket.unverified,
        language=texts.languages.get(ticket.language, ticket.language),
        channel=texts.channels.get(thread.channel.value, thread.channel.value) if thread else "-",
        reason=label(ticket.reason, language.value),
        opened=reader.stamp(ticket.opened_at),
        needed_by=texts.needed_by.format(when=reader.when(ticket.needed_by)) if ticket.needed_by else None,
        assignee=_name(session, ticket.assignee_id),
        mine=mine,
        suggested=_name(session, ticket.suggested_id) if ticket.assignee_id is None else None,
        lines=_lines(session, services, ticket, reader, original=original),
        clocks=_clocks(session, ticket.id, reader),
        history=_history(session, actor, ticket.id, reader),
        may_work=may_work,
        may_claim=may_work and unfinished and ticket.assignee_id is None,
        private=read_private(session, services, actor, ticket, reader, granted),
        work=read_work(session, services, actor, ticket, reader),
        original=original,
        seen=fingerprint(session, Topic(Subject.TICKET, ticket.id)),
        proposable=LIBRARY[language]
        if may_work and ticket.state in _PROPOSABLE and not thing.sealed
        else None,
        police=standing.police_lines(session, requester, language.value)
        if ticket.priority is Priority.P1 and unfinished
        else None,
    )


def _covers(granted: Grant, ticket: Ticket) -> bool:
    return granted.request_id == ticket.request_id


def _lines(
    session: Session, services: Services, ticket: Ticket, reader: Reader, *, original: bool
) -> tuple[Line, ...]:
    messages = in_order(
        session.exec(
            select(Message).where(
                col(Message.request_id).in_(
                    {
                        ticket.request_id,
                        *(other.request_id for other in tickets.absorbed_by(session, ticket.id or 0)),
                    }
                )
            )
        ).all()
    )
    ids = [message.id for message in messages]
    quoted = sources_of(session, ids, reader)
    answers = {
        row.message_id: row for row in session.exec(select(Answer).where(col(Answer.message_id).in_(ids)))
    }
    names = {
        person.id: person.name
        for person in session.exec(
            select(Person).where(col(Person.id).in_({m.person_id for m in messages if m.person_id}))
        )
    }
    texts = TEXTS[reader.language]
    return tuple(
        Line(
            id=message.id,
            speaker=_speaker(message),
            who=_who(message, names, texts),
            stamp=reader.stamp(message.occurred_at),
            at=message.occurred_at,
            language=message.language,
            paragraphs=()
            if message.id in quoted
            else paragraphs_of(_words(session, services, message, texts, original=original)),
            sources=quoted.get(message.id, ()),
            rated=_rated(answers.get(message.id), texts),
        )
        for message in messages
    )


def _words(
    session: Session, services: Services, message: Message, texts: ConsoleTexts, *, original: bool
) -> str:
    if not original:
        return message.masked
    try:
        return sealing.open_body(session, sealing.vault_of(services), message)
    except Erased:
        return texts.erased
    except VaultError:
        return texts.unreadable


def _speaker(message: Message) -> Speaker:
    if message.kind is MessageKind.NOTE:
        return Speaker.NOTE
    if message.author is Author.EXPERT:
        # an expert's words that were never passed on stay inside
        return Speaker.EXPERT if message.thread_id is not None else Speaker.NOTE
    if message.author is Author.BOT:
        return Speaker.SAFETY if message.kind is MessageKind.SAFETY else Speaker.DESK
    return Speaker.OFFICIAL


def _who(message: Message, names: Mapping[int | None, str], texts: ConsoleTexts) -> str:
    speaker = _speaker(message)
    if speaker is Speaker.OFFICIAL:
        machine = message.author is Author.MACHINE
        return f"{texts.official} ({texts.automatic})" if machine else texts.official
    if speaker is Speaker.NOTE:
        author = names.get(message.person_id) or texts.desk_note
        return f"{texts.note} ({author})"
    if speaker is Speaker.EXPERT:
        return names.get(message.person_id) or label("expert", "en")
    return texts.safety if speaker is Speaker.SAFETY else texts.desk


def _rated(answer: Answer | None, texts: ConsoleTexts) -> str | None:
    if answer is None or answer.helpful is None:
        return None
    return texts.rated_yes if answer.helpful else texts.rated_no


def _clocks(session: Session, ticket_id: int, reader: Reader) -> tuple[ClockLine, ...]:
    texts = TEXTS[reader.language]
    rows = session.exec(
        select(Clock)
        .where(Clock.subject_kind == SubjectKind.TICKET, Clock.subject_id == ticket_id)
        .order_by(col(Clock.due_at), col(Clock.id))
    ).all()
    lines = []
    for clock in rows:
        late = (clock.stopped_at or reader.now) > clock.due_at
        if clock.stopped_at is None:
            words = reader.until(clock.due_at)
        else:
            done = texts.clock_met_late if late else texts.clock_met
            words = done.format(when=reader.stamp(clock.stopped_at))
        lines.append(
            ClockLine(
                target=label(clock.target.value, reader.language.value),
                words=words,
                due_stamp=texts.due_stamp.format(when=reader.when(clock.due_at)),
                late=late,
                running=clock.stopped_at is None,
            )
        )
    return tuple(lines)


def _history(session: Session, actor: Actor, ticket_id: int, reader: Reader) -> tuple[HistoryLine, ...]:
    texts = TEXTS[reader.language]
    happened = [
        HistoryLine(
            at=event.occurred_at,
            stamp=reader.stamp(event.occurred_at),
            what=texts.events.get(event.kind, event.kind.replace("_", " ")),
            who=_name(session, event.actor_id),
            detail=" ".join(filter(None, (_detail(event.kind, event.detail, reader), event.reason))),
        )
        for event in tickets.events_seen_by(session, actor, ticket_id)
    ]
    reminders = session.exec(
        select(Reminder).where(Reminder.subject_kind == SubjectKind.TICKET, Reminder.subject_id == ticket_id)
    ).all()
    happened += [
        HistoryLine(
            at=reminder.recorded_at,
            stamp=reader.stamp(reminder.recorded_at),
            what=texts.events["reminder"],
            who=recipient_name(session, reminder.recipient, reader.language),
            detail=f"{label(reminder.target.value, reader.language.value)}, "
            f"{point_name(reminder.point, reader.language)}",
        )
        for reminder in reminders
    ]
    return tuple(sorted(happened, key=lambda line: line.at))


def _detail(kind: str, detail: str, reader: Reader) -> str:
    """Return an event's detail for people: its words, or the values of its `name=value` pairs."""
    if kind in {EventKind.SOLVED.value, "source_used"}:
        return detail
    values = []
    for pair in detail.split():
        name, _, value = pair.partition("=")
        if name in _FOR_CLOCKS:
            continue
        if name == "ticket" and value.isdigit():
            value = tickets.number_of(int(value))
        try:
            values.append(
                reader.when(datetime.fromisoformat(value)) if name == "needed_by" else value or name
            )
        except ValueError:
            values.append(value)
    return ", ".join(values)


def recipient_name(session: Session, recipient: str, language: Language) -> str:
    """Return who a reminder went to: a person's name, or what a group is called."""
    kind, _, number = recipient.partition(":")
    if kind == "person" and number.isdecimal():
        return _name(session, int(number)) or recipient
    return TEXTS[language].recipients.get(recipient, recipient)


def point_name(point: str, language: Language) -> str:
    """Return a reminder's point in words: 75 %, due, overdue."""
    plain = point.partition("~")[0]
    texts = TEXTS[language]
    if plain.isdecimal():
        return f"{plain}\N{NO-BREAK SPACE}%"
    return texts.points["breach"] if plain.startswith(_AFTER) else texts.points.get(plain, plain)


def _name(session: Session, person_id: int | None) -> str | None:
    person = session.get(Person, person_id) if person_id is not None else None
    return person.name if person else None
