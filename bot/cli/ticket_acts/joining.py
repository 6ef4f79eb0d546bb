"""Tickets that belong together, and those that don't: link, merge, split."""

from typing import Annotated

import typer

from bot import casework
from bot.cli.common import AsWhom, DataDir, TicketNumber
from bot.cli.ticket_acts.doing import CHANNEL, Reason, do


def link(
    number: TicketNumber,
    other: TicketNumber,
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Note on two tickets that they belong together."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.link(
            services, number, other, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} and {other} are linked.",
        signed=False,
    )


def merge(
    number: TicketNumber,
    into: TicketNumber,
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Go on with a ticket's work on another. The officials' conversations stay apart."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.merge(
            services, number, into, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{number} goes on as part of {card.number}. Reply to its official with --to {number}.",
        signed=False,
    )


def split(
    number: TicketNumber,
    message_id: Annotated[
        str, typer.Argument(help="The message, by the id that `tickets show --json` gives.")
    ],
    topic: Annotated[str | None, typer.Option("--topic", help="What the new ticket is about.")] = None,
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Open a second ticket for one message that is about something else."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.split(
            services, number, message_id, by, topic=topic, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is opened.",
        signed=False,
    )
