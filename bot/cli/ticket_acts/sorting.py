"""What a ticket is and when it is due: priority, topic, service, needed by, snooze."""

from typing import Annotated

import typer

from bot import casework
from bot.casework import TicketCard
from bot.cli.common import AsWhom, DataDir, TicketNumber
from bot.cli.ticket_acts.doing import CHANNEL, Moment, Reason, do, moment_of
from bot.services import Services
from escalation.access import Actor
from escalation.kinds import Service
from escalation.sla import Priority


def priority(
    number: TicketNumber,
    level: Annotated[Priority, typer.Argument(help="P1 (danger now) to P4.", case_sensitive=False)],
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Change how urgent a ticket is. The official hears of it when the promised time moves."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.set_priority(
            services, number, by, level, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is {card.priority} now.",
        signed=False,
    )


def topic(
    number: TicketNumber,
    slug: Annotated[str, typer.Argument(help="Such as doxing; - for none.")],
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Say what a ticket is about."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.set_topic(
            services, number, by, None if slug == "-" else slug, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is about {card.topic or 'nothing in particular'}.",
        signed=False,
    )


def service(
    number: TicketNumber,
    kind: Annotated[Service, typer.Argument(help="What kind of help it is.")],
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Say what kind of help a ticket is about."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.set_service(
            services, number, by, kind, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is about {kind.value.replace('_', ' ')}.",
        signed=False,
    )


def needed_by(
    number: TicketNumber,
    at: Annotated[str, typer.Argument(help="2026-11-20T16:30, on the hub's clock; - for no deadline.")],
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Note by when the official needs it."""

    def act(services: Services, by: Actor, source: str) -> TicketCard:
        moment = None if at == "-" else moment_of(services, at)
        return casework.set_needed_by(
            services, number, by, moment, reason=reason, channel=CHANNEL, source_id=source
        )

    do(data_dir, who, act, lambda card: f"{card.number}: noted.", signed=False)


def snooze(
    number: TicketNumber, until: Moment, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Put a ticket at the end of the queue until then; never past its next promise."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.snooze(
            services, number, by, moment_of(services, until), reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} sleeps. Its promises do not.",
        signed=False,
    )
