"""The hub's policy and plans, saved and put to work: the one way in for whoever changes them."""

from collections.abc import Callable

from bot.database import reading, transaction
from bot.delivery import announce
from bot.redaction import mask
from bot.services import Services
from escalation import plans, policy_store, request_log, tickets
from escalation.access import OPERATOR, Actor, Verb, may
from escalation.errors import NoTicket
from escalation.sla import Policy
from escalation.tables import PolicyOrigin
from escalation.tickets.policies import Moves


def check_in(
    services: Services,
    number: str,
    by: Actor,
    *,
    done: int | None = None,
    skip: int | None = None,
    note: str = "",
    start: bool = False,
) -> None:
    """Begin a ticket's follow-up plan, or note one of its steps as done or skipped, with a masked note."""
    now = services.clock()
    with transaction(services.engine) as session:
        ticket = tickets.by_number(session, number)
        if ticket.id is None or not may(by, Verb.WORK_TICKET, tickets.thing(session, ticket)):
            raise NoTicket(number)
        request_log.lock_request(session, ticket.request_id)
        if start:
            plans.begin(session, ticket, services.policy, now)
        masked = mask(note, language=ticket.language).text
        for step, skipped in ((done, False), (skip, True)):
            if step is not None:
                plans.finish(session, ticket.id, step, masked, now, by=by.person_id, skipped=skipped)


def preview(
    services: Services, policy: Policy, seen: Callable[[], object] = lambda: None, *, by: Actor = OPERATOR
) -> tuple[Moves, ...]:
    """Return what the policy would move on open tickets that the actor may know of.

    `seen` is called once for each that was looked at.
    """
    now = services.clock()
    found = []
    with reading(services.engine) as session:
        for ticket_id in tickets.policies.open_tickets(session):
            moves = tickets.policies.preview(session, ticket_id, policy, now)
            seen()
            known = may(by, Verb.READ_TICKET, tickets.thing(session, tickets.get(session, ticket_id)))
            if moves.shifts and known:
                found.append(moves)
    return tuple(found)


def count_open(services: Services) -> int:
    """Return how many tickets are still worked on."""
    with reading(services.engine) as session:
        return len(tickets.policies.open_tickets(session))


def save(services: Services, text: str, by: Actor, note: str = "") -> Policy:
    """Make the policy the one for new tickets. Raises PolicyError for a text that is none."""
    with transaction(services.engine) as session:
        policy = policy_store.save(
            session, text, PolicyOrigin.COMMAND, services.clock(), by=by.person_id, note=note
        )
    services.policies.refresh(services.engine)
    return policy


def apply_to_open(
    services: Services, policy: Policy, by: Actor, seen: Callable[[], object] = lambda: None
) -> int:
    """Put every open ticket under the saved policy, one transaction each; officials are told of a new promise.

    Doing it again does nothing: a run that was cut short is simply repeated. Return how many officials hear.
    """
    told = 0
    with reading(services.engine) as session:
        open_tickets = tickets.policies.open_tickets(session)
    for ticket_id in open_tickets:
        now = services.clock()
        with transaction(services.engine) as session:
            notices = tickets.policies.apply(session, ticket_id, policy, now, actor_id=by.person_id)
            announce.enqueue(session, services, notices, now)
        told += bool(notices)
        seen()
    services.outbox_ready.set()
    return told
