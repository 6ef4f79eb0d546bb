"""The conversation and the need that a message belongs to."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from bot.conversation.languages import served
from bot.delivery import sealing
from bot.messages import Inbound
from bot.vault import Vault
from escalation import directory, request_log, tickets
from escalation.access import Verb, may
from escalation.tables import DataKey, HelpRequest, Person, Thread, Ticket


def own_case(session: Session, inbound: Inbound, person: Person) -> Inbound:
    """Keep the case only for somebody who may work on it; anybody else writes as an official does."""
    if inbound.case is None or person.id is None:
        return inbound
    ticket = session.get(Ticket, inbound.case.ticket_id)
    actor = directory.actor_of(session, person.id)
    if ticket is not None and may(actor, Verb.WORK_TICKET, tickets.thing(session, ticket)):
        return inbound
    return replace(inbound, case=None)


def place(
    session: Session, vault: Vault, inbound: Inbound, person: Person, language: str, now: datetime
) -> tuple[Thread | None, HelpRequest, DataKey]:
    """Return the conversation and the need this message belongs to, made now if they are new, and its key."""
    assert person.id is not None
    if inbound.case is not None:
        ticket = session.get(Ticket, inbound.case.ticket_id)
        if ticket is not None:
            return None, *_known(session, ticket.request_id)
    where = inbound.thread
    thread = request_log.find_thread(session, where.channel, where.key, where.aliases, person.id)
    if thread is not None and thread.request_id is not None:
        return thread, *_known(session, thread.request_id)
    request = None if where.threaded else request_log.open_request_of(session, person.id, now)
    if request is not None:
        key = request_log.get_key(session, request.data_key_id)
    else:
        key = sealing.new_key(session, vault, now)
        request = request_log.open_request(
            session,
            person_id=person.id,
            key=key,
            language=served(language),
            asked_at=min(inbound.occurred_at, now),
        )
    assert request.id is not None
    thread = request_log.open_thread(
        session,
        channel=where.channel,
        key=where.key,
        address=where.address,
        person_id=person.id,
        request_id=request.id,
        now=now,
    )
    return thread, request, key


def _known(session: Session, request_id: int) -> tuple[HelpRequest, DataKey]:
    request = request_log.get_request(session, request_id)
    return request, request_log.get_key(session, request.data_key_id)
