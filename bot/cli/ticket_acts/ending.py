"""How a ticket ends: resolve, close, cancel."""

from typing import Annotated

import typer

from bot import casework
from bot.cli.common import AsWhom, DataDir, TicketNumber
from bot.cli.ticket_acts.doing import CHANNEL, Reason, do
from escalation.tickets import Why


def resolve(
    number: TicketNumber,
    outcome: Annotated[
        str, typer.Option("--outcome", "-o", help="How it ended, in a sentence. Needed.")
    ] = "",
    source: Annotated[
        list[str] | None,
        typer.Option("--source", "-s", help="A document or address that helped. May be repeated."),
    ] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Mark a ticket as done, with how it ended."""
    do(
        data_dir,
        who,
        lambda services, by, source_id: casework.resolve(
            services, number, by, outcome=outcome, sources=source or (), channel=CHANNEL, source_id=source_id
        ),
        lambda card: f"{card.number} is resolved.",
        signed=False,
    )


def close(number: TicketNumber, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Close a resolved ticket for good: what the official writes next opens another."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.close(
            services, number, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is closed.",
        signed=False,
    )


def cancel(
    number: TicketNumber,
    why: Annotated[Why, typer.Option("--why", help="Why it was no ticket.")],
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """End a ticket that was none: spam, a duplicate, or taken back by the official."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.cancel(
            services, number, by, why, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is cancelled.",
        signed=False,
    )
