"""Whether an answer helped the one who asked."""

from datetime import datetime

from sqlmodel import Session

from bot.casework.acts import run
from bot.services import Services
from escalation import request_log
from escalation.access import Actor
from escalation.errors import NotFound


def feedback(
    services: Services, message_id: str, by: Actor, helpful: bool, *, reason: str | None = None
) -> None:
    """Note whether an answer helped its asker. Raise NotFound for anybody else's answer."""

    def act(session: Session, now: datetime) -> None:
        message = request_log.get_message(session, message_id)
        request = request_log.get_request(session, message.request_id)
        if by.person_id is not None and by.person_id != request.person_id:
            raise NotFound("There is no such answer.")
        request_log.give_feedback(session, message_id, helpful=helpful, reason=reason, now=now)

    run(services, act)
