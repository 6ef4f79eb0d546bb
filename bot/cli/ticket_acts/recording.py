"""What is put on record with a ticket: verification, checklist, monitoring."""

from typing import Annotated

import typer

from bot import casework
from bot.casework import TicketCard
from bot.cli.common import AsWhom, DataDir, TicketNumber, person_named
from bot.cli.ticket_acts.doing import CHANNEL, Reason, do
from bot.services import Services
from escalation.access import Actor
from escalation.tickets import Step


def verify(number: TicketNumber, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Note that you called the asker back through the city's published number. --reason says how."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.verify(
            services, number, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number}: the asker is verified.",
        signed=False,
    )


def check(
    number: TicketNumber,
    item: Annotated[str, typer.Argument(help="An item that `tickets show` lists, such as doxing.police.")],
    undo: Annotated[bool, typer.Option("--undo", help="Take the tick back.")] = False,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Tick an item of a ticket's checklist."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.tick(
            services, number, by, item, done=not undo, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number}: {item} is {'open again' if undo else 'done'}.",
        signed=False,
    )


def monitor(
    number: TicketNumber,
    step: Annotated[Step, typer.Argument(help="What to put on record, in this order.")],
    words: Annotated[str, typer.Argument(help="Consent, scope, findings or why it ends, in words.")] = "",
    analyst: Annotated[str | None, typer.Option("--analyst", help="Who does it, for `analyst`.")] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Put monitoring on record: analyst, consent, scope, start, each look, the end."""

    def act(services: Services, by: Actor, source: str) -> TicketCard:
        named = person_named(services, analyst) if analyst else None
        return casework.monitor(
            services, number, by, step, words, analyst_id=named, channel=CHANNEL, source_id=source
        )

    do(data_dir, who, act, lambda card: f"{card.number}: {step.value} is on record.")
