"""My phone or mailbox isn't safe: everything stops at once, and people take over by a safe way."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlmodel import Session, col, or_, select, update

from bot import casework
from bot.database import transaction
from bot.delivery import announce, discretion, enqueue, sealing
from bot.delivery.enqueue import Words
from bot.dialogue import Reason
from bot.messages import Outbound
from bot.privacy import register
from bot.rendering import LineContext
from bot.services import Services
from bot.tables import BrowserSession, SignInLink
from escalation import directory, outbox, request_log, tickets
from escalation.access import Actor
from escalation.access_log import Opened, Opening
from escalation.errors import IllegalMove
from escalation.identifiers import new_id
from escalation.kinds import Lane
from escalation.sla import Priority
from escalation.tables import (
    Author,
    ChannelName,
    DataKey,
    HelpRequest,
    Identity,
    IdentityKind,
    Message,
    MessageKind,
    MessageState,
    OutboxDestination,
    OutboxMessage,
    OutboxState,
    Person,
    SafeChannel,
    Thread,
)

_BROWSER = "browser"
_SAID = {
    "en": "Reported: my phone or mailbox isn't safe. Everything to this person's own channels has stopped.",
    "fr": "Signalé : mon téléphone ou ma boîte de courriel n'est pas sûr. Plus rien ne part vers les canaux "
    "de cette personne.",
}
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Report:
    """Who reports it, how, and the id that makes a second arrival the same report."""

    by: int | None
    channel: str
    source_id: str
    reason: str


def suspend(
    services: Services, person_id: int, report: Report, *, safe: tuple[ChannelName, str] | None = None
) -> str:
    """Stop everything of a person and return the number of the P2 ticket that tells people so.

    `safe` is where they may be written to instead; it replaces an earlier one. Doing it twice is harmless.
    """
    with transaction(services.engine) as session:
        now = services.clock()
        person = directory.get_person(session, person_id)
        directory.lock(session, person)
        if safe is not None:
            _keep_safe_channel(session, services, person_id, safe, now)
        number = stop(session, services, person, report, now)
    services.outbox_ready.set()
    return number


def stop(session: Session, services: Services, person: Person, report: Report, now: datetime) -> str:
    """Do the same in the caller's transaction."""
    assert person.id is not None
    if person.suspended_at is None:
        person.suspended_at = now
        session.add(person)
        session.flush()
        opening = Opening(Opened.SUSPENDED, report.by, report.channel, report.reason, person_id=person.id)
        register.enter(session, services, opening, now)
    end_ways_in(session, person.id, now)
    _move(session, services, person.id, now)
    log.warning("channels stopped", action="privacy.suspended", person_id=person.id)
    return _tell_people(session, services, person, report, now)


def reinstate(services: Services, person_id: int, by: Actor, reason: str, *, channel: str) -> None:
    """Give a person their channels back. They sign in anew; the safe channel is forgotten."""
    with transaction(services.engine) as session:
        now = services.clock()
        person = directory.get_person(session, person_id)
        if person.suspended_at is None:
            raise IllegalMove("This person is not suspended.")
        person.suspended_at = None
        session.add(person)
        if row := session.get(SafeChannel, person_id):
            session.delete(row)
        opening = Opening(Opened.REINSTATED, by.person_id, channel, reason, person_id=person_id)
        register.enter(session, services, opening, now)


def heard(session: Session, services: Services, message: Message, thread: Thread, now: datetime) -> None:
    """Take what came over a channel that isn't safe: people are told, and nothing is given away there.

    One neutral line a day says that it was noted; it reads the same to whoever looks over the shoulder.
    """
    request = request_log.get_request(session, message.request_id)
    enqueue.to_requester(
        session,
        services,
        Words("unsafe_noted", message.language, LineContext(), lane=Lane.URGENT),
        request=request,
        thread=thread,
        dedupe_key=f"unsafe:{thread.id}:{now:%Y-%m-%d}",
        now=now,
        question=message,
    )
    _tell_of(session, services, request, message, now, channel=thread.channel.value)


def end_ways_in(session: Session, person_id: int, now: datetime) -> None:
    """End a person's browser sessions and sign-in links. Slack and mail rights are asked on every act."""
    browsers = session.exec(
        select(Identity.external_id).where(
            Identity.person_id == person_id, Identity.kind == IdentityKind.WEB, Identity.issuer == _BROWSER
        )
    ).all()
    session.connection().execute(
        update(BrowserSession)
        .where(
            or_(col(BrowserSession.person_id) == person_id, col(BrowserSession.id).in_(browsers)),
            col(BrowserSession.expires_at) > now,
        )
        .values(expires_at=now)
    )
    session.connection().execute(
        update(SignInLink)
        .where(col(SignInLink.person_id) == person_id, col(SignInLink.used_at).is_(None))
        .values(used_at=now)
    )


def _move(session: Session, services: Services, person_id: int, now: datetime) -> None:
    """Cancel what still waits to go to the person's channels, and send it to the safe one if there is one."""
    vault = sealing.vault_of(services)
    place = discretion.safe_place(session, services, person_id)
    for row in session.exec(
        select(OutboxMessage)
        .join(OutboxDestination, col(OutboxDestination.id) == col(OutboxMessage.destination_id))
        .where(
            # what a carrier just tries too: where that fails it must not be tried again
            col(OutboxMessage.state).in_((OutboxState.PENDING, OutboxState.CLAIMED)),
            col(OutboxMessage.kind).not_in(discretion.ANYWHERE),
            col(OutboxDestination.address).in_(_addresses(session, person_id)),
        )
    ).all():
        row.state, row.finished_at = OutboxState.CANCELLED, now
        session.add(row)
        if place is None or row.request_id is None:
            continue
        stored = Outbound.loads(sealing.open_outbound(session, vault, row))
        moved = replace(
            stored, row_id=new_id(now), channel=place.channel, address=place.address, reply_to=None
        )
        key = request_log.get_key(session, row.data_key_id)
        outbox.add(
            session,
            outbox.NewDelivery(
                id=moved.row_id,
                dedupe_key=f"{row.dedupe_key}:moved",
                channel=place.channel.value,
                address=place.address,
                kind=row.kind,
                data_key_id=key.id,
                body=sealing.seal_outbound(vault, key, moved.row_id, moved.dumps()),
                lane=row.lane,
                request_id=row.request_id,
                message_id=row.message_id,
                ticket_id=row.ticket_id,
            ),
            now,
        )
    session.flush()


def _addresses(session: Session, person_id: int) -> set[str]:
    """Return every address that this person's messages go to: conversations, mailbox, direct messages."""
    found = set(
        session.exec(
            select(Thread.address).where(Thread.person_id == person_id, col(Thread.ticket_id).is_(None))
        ).all()
    )
    if mail := directory.email_of(session, person_id):
        found.add(json.dumps({"to": mail}, separators=(",", ":")))
    if slack := directory.slack_of(session, person_id):
        team, user = slack
        found.add(json.dumps({"channel": user}, separators=(",", ":")))
        found.add(json.dumps({"channel": user, "thread_ts": None, "team": team}, separators=(",", ":")))
    return found


def _keep_safe_channel(
    session: Session, services: Services, person_id: int, safe: tuple[ChannelName, str], now: datetime
) -> None:
    vault = sealing.vault_of(services)
    channel, address = safe
    if old := session.get(SafeChannel, person_id):
        session.delete(old)
        session.flush()
    key: DataKey = sealing.new_key(session, vault, now)
    session.add(key)
    session.flush()
    session.add(
        SafeChannel(
            person_id=person_id,
            channel=channel,
            data_key_id=key.id,
            address=sealing.seal_safe_channel(vault, key, person_id, address),
            recorded_at=now,
        )
    )
    session.flush()


def _tell_people(session: Session, services: Services, person: Person, report: Report, now: datetime) -> str:
    """Open a P2, or raise the ticket that people work on already, and return its number."""
    assert person.id is not None
    request = _request(session, services, person, now)
    assert request.id is not None
    request_log.lock_request(session, request.id)
    message = _note(session, services, request, person, report, now)
    if message is not None:
        _tell_of(session, services, request, message, now, channel=report.channel)
    ticket = tickets.latest(session, request.id)
    return tickets.number_of(ticket.id or 0) if ticket is not None else ""


def _tell_of(
    session: Session,
    services: Services,
    request: HelpRequest,
    message: Message,
    now: datetime,
    *,
    channel: str,
) -> None:
    ticket = tickets.unfinished(session, request.id or 0)
    if ticket is None:
        casework.open_ticket(session, services, request, Reason.UNSAFE_CHANNEL, message, now, channel=channel)
        return
    # danger is danger over whatever channel it comes: then it is no P2
    level = min(Priority(message.urgency or Priority.P2), Priority.P2)
    noted = tickets.requester_wrote(session, ticket, message, level, services.policy, now)
    announce.enqueue(session, services, noted, now)


def _request(session: Session, services: Services, person: Person, now: datetime) -> HelpRequest:
    assert person.id is not None
    found = request_log.open_request_of(session, person.id, now)
    if found is not None:
        return found
    return request_log.open_request(
        session,
        person_id=person.id,
        key=sealing.new_key(session, sealing.vault_of(services), now),
        language="fr" if person.language == "fr" else "en",
        asked_at=now,
    )


def _note(
    session: Session, services: Services, request: HelpRequest, person: Person, report: Report, now: datetime
) -> Message | None:
    """Keep the report inside, where no page of the official's shows it; None when it is there already."""
    vault = sealing.vault_of(services)
    key = request_log.get_key(session, request.data_key_id)
    said = _SAID["fr" if request.language == "fr" else "en"]
    message_id = new_id(now)
    message = Message(
        id=message_id,
        dedupe_key=f"unsafe:{report.channel}:{report.source_id}",
        request_id=request.id or 0,
        person_id=person.id,
        kind=MessageKind.NOTE,
        author=Author.REQUESTER,
        body=sealing.seal_body(vault, key, message_id, said),
        masked=said,
        language=request.language,
        urgency=Priority.P2.value,
        occurred_at=now,
        recorded_at=now,
        state=MessageState.RECORDED,
    )
    return request_log.get_message(session, message_id) if request_log.record(session, message) else None
