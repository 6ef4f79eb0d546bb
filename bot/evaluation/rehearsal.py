"""Put labelled messages through the real `accept` and `handle`, and note what the desk made of each.

Every conversation begins at the same moment and has a sender of its own, so that neither the order of the
file nor a message before it changes a result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from bot import conversation
from bot.conversation import Accepted
from bot.database import reading, transaction
from bot.delivery.sealing import open_body, vault_of
from bot.evaluation.labelled import Dialogue, Prediction, Turn
from bot.messages import Inbound, SenderIdentity, ThreadKey
from bot.services import Services
from escalation import request_log
from escalation.tables import (
    Affiliation,
    Author,
    ChannelName,
    City,
    Identity,
    IdentityKind,
    Message,
    MessageKind,
    Person,
    Role,
    RoleName,
)

BEGINS = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # a Monday, noon in Toronto
_BETWEEN_TURNS = timedelta(minutes=2)
_ISSUERS = {ChannelName.SLACK: "rehearsal", ChannelName.WEB: "site", ChannelName.TERMINAL: "rehearsal"}


class Stopwatch:
    """A clock that the rehearsal sets. Each look is a little later than the one before."""

    def __init__(self) -> None:
        self.now = BEGINS

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


@dataclass(frozen=True, slots=True)
class _Part:
    """One sender with the turns that share a conversation."""

    dialogue: Dialogue
    turns: tuple[Turn, ...]
    sender: SenderIdentity


def rehearse(services: Services, dialogues: Sequence[Dialogue], *, history: bool) -> Iterator[Prediction]:
    """Yield the prediction for every turn, in order. Without `history` each turn opens a conversation of its own.

    The desk's database is written to: give it one of its own.
    """
    clock = Stopwatch()
    services = replace(services, clock=clock)
    parts = _parts(dialogues, history=history)
    with transaction(services.engine) as session:
        _enter(session, services, parts)
    for number, part in enumerate(parts):
        clock.now = BEGINS
        thread = ThreadKey(part.dialogue.channel, f"rehearsal-{number}", f"rehearsal-{number}")
        for turn in part.turns:
            yield _take(services, clock, turn, thread, part.sender)
            clock.now += _BETWEEN_TURNS


def _parts(dialogues: Sequence[Dialogue], *, history: bool) -> list[_Part]:
    parts: list[_Part] = []
    for dialogue in dialogues:
        for turns in (dialogue.turns,) if history else tuple((turn,) for turn in dialogue.turns):
            parts.append(_Part(dialogue, turns, _sender(dialogue.channel, len(parts))))
    return parts


def _sender(channel: ChannelName, number: int) -> SenderIdentity:
    name = f"rehearsal-{number}"
    if channel is ChannelName.EMAIL:
        return SenderIdentity(IdentityKind.EMAIL, "", f"{name}@example.org", verified=True)
    return SenderIdentity(IdentityKind(channel.value), _ISSUERS[channel], name, verified=True)


def _enter(session: Session, services: Services, parts: Sequence[_Part]) -> None:
    """Write the senders into the directory: verified officials, with their role, language and city."""
    cities: dict[str, City] = {}
    people: list[Person] = []
    for part in parts:
        where = part.dialogue.jurisdiction
        if where and where not in cities:
            cities[where] = City(
                slug=f"rehearsal-{where.lower()}",
                name=f"Rehearsal {where}",
                country=where[:2],
                region=where if "-" in where else "",
                zone=services.policy.hub_calendar.zone,
                created_at=BEGINS,
            )
        people.append(Person(language=part.dialogue.language, verified=True, created_at=BEGINS))
    session.add_all([*cities.values(), *people])
    session.flush()
    for part, person in zip(parts, people, strict=True):
        assert person.id is not None
        identity = Identity(
            person_id=person.id,
            kind=part.sender.kind,
            issuer=part.sender.issuer,
            external_id=part.sender.external_id,
            verified_how="rehearsal",
            verified_at=BEGINS,
        )
        session.add_all([identity, Role(person_id=person.id, name=RoleName.OFFICIAL, granted_at=BEGINS)])
        if part.dialogue.jurisdiction:
            city_id = cities[part.dialogue.jurisdiction].id or 0
            session.add(Affiliation(person_id=person.id, city_id=city_id, title=part.dialogue.role[:200]))


def _take(
    services: Services, clock: Stopwatch, turn: Turn, thread: ThreadKey, sender: SenderIdentity
) -> Prediction:
    inbound = Inbound(
        key=f"rehearsal:{turn.id}",
        kind=MessageKind.MESSAGE,
        thread=thread,
        sender=sender,
        text=turn.text,
        occurred_at=clock(),
    )
    accepted = conversation.accept(services, inbound)
    decided = conversation.handle(services, accepted.message_id)
    if decided is None:
        raise RuntimeError(f"the message {turn.id} was not handled")
    with reading(services.engine) as session:
        message = request_log.get_message(session, accepted.message_id)
        return Prediction(
            id=turn.id,
            topics=decided.topics,
            urgency=message.urgency or "P4",
            immediate_danger=message.immediate_danger,
            self_harm=message.self_harm,
            wants_human=message.wants_human,
            escalate=decided.plan.reason is not None,
            lang=message.language,
            pii=tuple(span.text for span in accepted.masked.spans),
            reply=_reply(session, services, accepted),
        )


def _reply(session: Session, services: Services, accepted: Accepted) -> str:
    """Return all that the desk wrote back to this message, in the order it was written."""
    replies = session.exec(
        select(Message)
        .where(
            Message.thread_id == accepted.thread_id,
            Message.author == Author.BOT,
            Message.id > accepted.message_id,
        )
        .order_by(col(Message.id))
    ).all()
    return "\n\n".join(open_body(session, vault_of(services), reply) for reply in replies)
