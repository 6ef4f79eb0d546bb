"""Danger, and a check for danger that fails: what is queued before anything else."""

from datetime import datetime

from sqlmodel import Session

from bot import safety
from bot.delivery import duty, paging
from bot.delivery.enqueue import Words, to_desk, to_requester
from bot.delivery.sealing import desk_key, vault_of
from bot.messages import Action
from bot.rendering import PageContext, WordsContext
from bot.safety.assessment import Situation
from bot.services import Services
from bot.wishes import SHOW_STEPS
from escalation import directory
from escalation.notices import DangerSeen
from escalation.tables import ChannelName, HelpRequest, Lane, Message, MessageKind, Person, Thread

# Where a button can't be pressed, its words are said.
_WITHOUT_BUTTONS = frozenset({ChannelName.EMAIL, ChannelName.TERMINAL})


def danger(
    session: Session,
    services: Services,
    notice: DangerSeen,
    situation: Situation,
    message: Message,
    request: HelpRequest,
    thread: Thread | None,
    now: datetime,
    *,
    both: bool = False,
) -> None:
    """Queue the safety reply and the page, both in the lane that waits for nothing.

    A verified official's page always goes at once and alone. Of people who are not verified three go
    alone in ten minutes; `paging.together` tells of the others. `both`: the call is given in both languages,
    where nobody knows the writer's.
    """
    language = "fr" if message.language == "fr" else "en"
    person = directory.get_person(session, request.person_id)
    trusted = person.verified and message.sender_proved
    alone = trusted or paging.room_for_one(session, now)
    if notice.human and thread is not None:
        words = _safety_words(
            session, services, situation, language, person, message.request_id, now, both=both
        )
        to_requester(
            session,
            services,
            Words(
                "safety",
                language,
                WordsContext(words, steps=not message.self_harm and thread.channel in _WITHOUT_BUTTONS),
                actions=() if message.self_harm else (Action("show_steps", language, SHOW_STEPS[language]),),
                lane=Lane.URGENT,
                ahead=trusted,
            ),
            request=request,
            thread=thread,
            dedupe_key=f"safety:{message.id}",
            now=now,
            message_kind=MessageKind.SAFETY,
            question=message,
        )
    if alone:
        paging.alone(session, services, message, request, told=notice.human, now=now)


def check_failed(session: Session, services: Services, message: Message, now: datetime) -> None:
    """Tell the leads, once an hour, that the safety check fails and plain rules decide."""
    key = desk_key(session, vault_of(services), now)
    context = PageContext(url=f"{services.settings.base_url}/console")
    for destination in duty.leads(session, services):
        to_desk(
            session,
            services,
            Words("safety_failed", destination.language, context, lane=Lane.URGENT),
            destination,
            key,
            dedupe_key=f"safety_failed:{message.recorded_at:%Y%m%d%H}"
            f":{destination.channel.value}:{destination.address}",
            now=now,
        )


def _safety_words(
    session: Session,
    services: Services,
    situation: Situation,
    language: str,
    person: Person,
    request_id: int,
    now: datetime,
    *,
    both: bool,
) -> str:
    city = directory.city_of(session, person.id or 0)
    return safety.reply(
        situation,
        language,
        on_duty=duty.alerted(session, services, language, now, request_id),
        opens_at=duty.opens_at(services, language, directory.zone_of(session, person), now),
        told=duty.told(session, services, now, request_id),
        local_number=city is not None and not city.has_911,
        both=both,
    )
