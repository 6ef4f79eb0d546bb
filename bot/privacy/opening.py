"""Opening what is private: the reason is on record before a word of it is read."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.database import transaction
from bot.delivery import sealing
from bot.privacy import register
from bot.services import Services
from bot.vault import Erased
from escalation import request_log, tickets
from escalation.access import Actor, Verb, may
from escalation.access_log import Opened, Opening
from escalation.errors import Forbidden, NoTicket
from escalation.tables import SafeContact


@dataclass(frozen=True, slots=True)
class Grant:
    """Proof that a line of the access log is committed. Only `grant` makes one."""

    line_id: str
    what: Opened
    request_id: int


def grant(services: Services, number: str, by: Actor, reason: str, *, what: Opened, channel: str) -> Grant:
    """Commit a line of the access log and return the right to read what it names.

    Raise NotFound for a ticket the actor may not know of, Forbidden for one whose original words they may
    not read, IllegalMove without a reason. Nothing is opened then.
    """
    with transaction(services.engine) as session:
        ticket = tickets.by_number(session, number)
        thing = tickets.thing(session, ticket)
        if not may(by, Verb.READ_TICKET, thing):
            raise NoTicket(number)
        if by.person_id is None:
            raise Forbidden("Original words are opened by a person: say who (--as).")
        if not may(by, Verb.READ_ORIGINAL, thing):
            raise Forbidden("Only the ticket's owner and the people named for it read the original words.")
        opening = Opening(
            what=what,
            actor_id=by.person_id,
            channel=channel,
            reason=reason,
            request_id=ticket.request_id,
            ticket_id=ticket.id,
            person_id=thing.requester_id,
        )
        line_id = register.enter(session, services, opening, services.clock())
    return Grant(line_id, what, ticket.request_id)


def safe_contacts(session: Session, services: Services, granted: Grant) -> tuple[str, ...]:
    """Return how the official said they can be reached safely, the latest first."""
    request = request_log.get_request(session, granted.request_id)
    key = request_log.get_key(session, request.data_key_id)
    vault = sealing.vault_of(services)
    rows = session.exec(
        select(SafeContact)
        .where(SafeContact.request_id == granted.request_id)
        .order_by(col(SafeContact.recorded_at).desc(), col(SafeContact.id).desc())
    ).all()
    found = []
    for row in rows:
        try:
            found.append(
                vault.unseal(key.id, key.wrapped, row.body, row=f"safe_contact/{row.id}", field="body")
            )
        except Erased:
            continue
    return tuple(found)
