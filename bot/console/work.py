"""The working side of a ticket page: what is on record besides the conversation, and what may be done."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from bot.browser.transcript import Reader, shortened
from bot.casework import EXPERTS
from bot.console.texts.work import WORK, WorkTexts
from bot.console.topics import topic_names
from bot.services import Services
from escalation import assignment, directory, reports, request_log, tickets
from escalation.access import Actor, Verb, may
from escalation.sla import Priority
from escalation.tables import Author, MessageKind, Ticket
from escalation.tickets import Act, Derived
from escalation.tickets.moves import MOVES


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the checklist."""

    id: str
    words: str
    done: bool


@dataclass(frozen=True, slots=True)
class WorkPart:
    """What a ticket page shows and offers to whoever works on it. `monitoring` is a sentence, if there is any."""

    t: WorkTexts
    accepted: bool
    snoozed: str | None
    service: str | None
    outcome: str | None
    sources: tuple[str, ...]
    score: int | None
    routing: str
    second: str | None
    joined: tuple[str, ...]
    linked: tuple[str, ...]
    watchers: str
    watching: bool
    monitoring: str | None
    monitoring_on: bool
    checklist: tuple[Tick, ...]
    may: frozenset[str]
    people: tuple[tuple[int, str], ...]
    messages: tuple[tuple[str, str], ...]
    topics: Mapping[str, str]
    topic: str | None
    priority: str
    priorities: tuple[str, ...]


def read_work(session: Session, services: Services, actor: Actor, ticket: Ticket, reader: Reader) -> WorkPart:
    """Return the working side of a ticket that the caller has found readable for `actor`."""
    assert ticket.id is not None
    t, language = WORK[reader.language], reader.language.value
    known = tickets.derived(session, ticket.id)
    works = may(actor, Verb.WORK_TICKET, tickets.thing(session, ticket))
    request = request_log.get_request(session, ticket.request_id)
    choice = assignment.suggest(
        session, request, services.policy.hub_calendar, reader.now, danger=ticket.priority is Priority.P1
    )
    asked = tuple(
        (message.id, shortened(message.masked, 70))
        for message in reports.transcript_of(session, ticket)
        if message.author is Author.REQUESTER
        and message.kind is MessageKind.MESSAGE
        and message.request_id == ticket.request_id
    )
    return WorkPart(
        t=t,
        accepted=known.accepted or known.assignee_id is None,
        snoozed=reader.when(known.snoozed_until)
        if known.snoozed_until and known.snoozed_until > reader.now
        else None,
        service=t.services.get(known.service) if known.service else None,
        outcome=known.outcome,
        sources=known.sources,
        score=known.score,
        routing=choice.reason,
        second=_name(session, choice.second_id),
        joined=_numbers(session, actor, known.absorbed),
        linked=_numbers(session, actor, known.linked),
        watchers=", ".join(filter(None, (_name(session, one) for one in known.watchers))),
        watching=actor.person_id in known.watchers,
        monitoring=_monitoring(session, known, t, reader),
        monitoring_on=known.monitoring.on,
        checklist=tuple(
            Tick(item.id, item.words(language), item.id in known.checked)
            for item in tickets.checklists.for_topic(ticket.topic)
        ),
        may=frozenset(act.value for act in Act if works and MOVES[act].allowed(ticket.state)),
        people=tuple(
            (person.id or 0, person.name)
            for person in directory.people_with(session, *EXPERTS)
            if person.id != actor.person_id
        ),
        messages=asked if len(asked) > 1 else (),
        topics=topic_names(reader.language),
        topic=ticket.topic,
        priority=ticket.priority.value,
        priorities=tuple(priority.value for priority in Priority),
    )


def _monitoring(session: Session, known: Derived, t: WorkTexts, reader: Reader) -> str | None:
    record = known.monitoring
    if record.ended_at is not None:
        return t.monitoring_ended.format(when=reader.when(record.ended_at))
    if record.on and record.looked_at is not None:
        who = _name(session, record.analyst_id) or ""
        return t.monitoring_on.format(who=who, scope=record.scope, when=reader.when(record.looked_at))
    if record.analyst_id is None and record.consent_at is None and not record.scope:
        return None
    return t.monitoring_missing.format(steps=", ".join(t.steps[step.value] for step in record.missing))


def _numbers(session: Session, actor: Actor, others: tuple[int, ...]) -> tuple[str, ...]:
    found = (tickets.get(session, other) for other in others)
    return tuple(
        tickets.number_of(other.id or 0)
        for other in found
        if may(actor, Verb.READ_TICKET, tickets.thing(session, other))
    )


def _name(session: Session, person_id: int | None) -> str | None:
    return directory.get_person(session, person_id).name if person_id is not None else None
