"""A ticket as people are told of it: the facts that every message about it draws on."""

from datetime import datetime

from sqlmodel import Session, col, select

from bot.delivery import duty
from bot.redaction import mask
from bot.rendering import PoliceLine, TicketContext, times
from bot.rendering.labels import label
from bot.services import Services
from escalation import directory, plans, request_log, tickets
from escalation.sla import Priority, Target
from escalation.tables import Clock, Person, SubjectKind, Ticket


def desk_context(
    session: Session, services: Services, ticket: Ticket, now: datetime, language: str
) -> TicketContext:
    """Return a ticket as the people of the desk are told of it."""
    return _context(session, services, ticket, now, language, for_desk=True)


def official_context(
    session: Session, services: Services, ticket: Ticket, now: datetime, language: str
) -> TicketContext:
    """Return a ticket as its official is told of it."""
    return _context(session, services, ticket, now, language, for_desk=False)


def police_lines(session: Session, person: Person, language: str) -> tuple[PoliceLine, ...]:
    """Return how the police of each of the person's cities are reached, as the directory knows it."""
    return tuple(
        PoliceLine(
            city=city.name,
            dispatch=city.dispatch_phone,
            contact=city.police_contact,
            checked=times.date_in_words(city.police_checked_on, language) if city.police_checked_on else None,
            has_911=city.has_911,
        )
        for city in directory.all_cities_of(session, person.id or 0)
    )


def next_clock(session: Session, ticket_id: int) -> Clock | None:
    """Return the running clock of the ticket that is due first, or None."""
    return session.exec(
        select(Clock)
        .where(
            Clock.subject_kind == SubjectKind.TICKET,
            Clock.subject_id == ticket_id,
            col(Clock.stopped_at).is_(None),
            Clock.target != Target.SILENCE,  # nobody was promised the official's own words
        )
        .order_by(col(Clock.due_at), col(Clock.id))
    ).first()


def name_of(session: Session, person_id: int | None) -> str | None:
    """Return a person's name, or None for nobody."""
    return directory.get_person(session, person_id).name if person_id is not None else None


def who_answers(session: Session, services: Services, person_id: int | None, language: str) -> str:
    """Return who answers, as officials are told: the role, or the name where the hub's policy shows names."""
    name = name_of(session, person_id) if services.policy.names_shown else None
    return name or label("expert", language)


def address(services: Services, ticket: Ticket) -> str:
    """Return where the console shows the ticket."""
    return f"{services.settings.base_url}/console/tickets/{tickets.number_of(ticket.id or 0)}"


def _context(
    session: Session, services: Services, ticket: Ticket, now: datetime, language: str, *, for_desk: bool
) -> TicketContext:
    assert ticket.id is not None
    person = tickets.requester(session, ticket)
    city = directory.city_of(session, person.id or 0)
    hub_zone = services.policy.hub_calendar.zone
    zone = hub_zone if for_desk else directory.zone_of(session, person) or hub_zone
    on_duty = duty.staffed(session, services, now, ticket.request_id)
    return TicketContext(
        number=tickets.number_of(ticket.id),
        priority=ticket.priority.value,
        topic=ticket.topic,
        summary=ticket.summary,
        requester=mask(person.name).text or label("somebody", language),
        city=city.name if city else None,
        unverified=ticket.unverified,
        reason=label(ticket.reason, language),
        who=label("expert", language)
        if for_desk
        else who_answers(session, services, ticket.assignee_id, language),
        due_at=duty.promised(session, ticket),
        late_for=_late_for(session, ticket),
        zone=zone,
        url=address(services, ticket) if for_desk else None,
        next_check_in=plans.next_check_in(session, ticket.id),
        expert=name_of(
            session, ticket.assignee_id if ticket.assignee_id is not None else ticket.suggested_id
        ),
        on_duty=on_duty,
        opens_at=duty.opens_at(services, language, zone, now),
        has_911=city is None or city.has_911,
        in_doubt=request_log.in_doubt(session, ticket.request_id),
        police=police_lines(session, person, language)
        if for_desk and ticket.priority is Priority.P1
        else None,
    )


def _late_for(session: Session, ticket: Ticket) -> datetime | None:
    """Return the deadline the official stated, when the first reply is promised for later than that."""
    promised = duty.promised(session, ticket)
    if ticket.needed_by is None or promised is None or promised <= ticket.needed_by:
        return None
    return ticket.needed_by
