"""The morning's digest as messages: one to each person and day, on their own channels."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.delivery import duty, standing
from bot.delivery.enqueue import Words, to_desk
from bot.delivery.sealing import desk_key, vault_of
from bot.rendering import DigestContext, NudgeLine
from bot.rendering.labels import label
from bot.services import Services
from escalation import confidentiality, digest, directory, outbox, tickets
from escalation.access import Verb, may
from escalation.digest import Digest
from escalation.roster import person_key

MOST_LINES = 30


def send(session: Session, services: Services, now: datetime) -> int:
    """Queue the digests of those whose working day has begun; each person gets one a day, whoever asks how often."""
    count = 0
    for one in digest.due(session, services.policy, now):
        places = duty.of_recipient(session, services, person_key(one.person_id))
        new = [
            place
            for place in places
            if outbox.row_id_of(session, _key(one, place.channel.value, place.address)) is None
        ]
        if not new:
            continue
        mine, unowned = _lines(session, one, one.mine), _lines(session, one, one.unowned)
        if not (mine or unowned):
            continue
        for place in new:
            context = DigestContext(
                mine=mine[:MOST_LINES],
                unowned=unowned[:MOST_LINES],
                more=max(0, len(mine) - MOST_LINES) + max(0, len(unowned) - MOST_LINES),
                zone=one.zone,
                url=f"{services.settings.base_url}/console",
            )
            to_desk(
                session,
                services,
                Words("digest", place.language, context),
                place,
                desk_key(session, vault_of(services), now),
                dedupe_key=_key(one, place.channel.value, place.address),
                now=now,
            )
            count += 1
    return count


def _lines(session: Session, one: Digest, ticket_ids: Iterable[int]) -> tuple[NudgeLine, ...]:
    actor = directory.actor_of(session, one.person_id)
    language = directory.get_person(session, one.person_id).language or "en"
    found = []
    for ticket_id in ticket_ids:
        ticket = tickets.get(session, ticket_id)
        if not may(
            actor, Verb.READ_TICKET, confidentiality.about(session, ticket.request_id, ticket.assignee_id)
        ):
            continue
        clock = standing.next_clock(session, ticket_id)
        if clock is not None:
            name = label(clock.target.value, language)
            late = clock.breached_at is not None
            found.append(
                NudgeLine(tickets.number_of(ticket_id), ticket.priority.value, name, clock.due_at, late)
            )
    return tuple(found)


def _key(one: Digest, channel: str, address: str) -> str:
    return f"digest:{one.person_id}:{one.day.isoformat()}:{channel}:{address}"
