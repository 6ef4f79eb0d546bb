"""What is said on a ticket, and whom it waits for: reply, note, ask, wait, resume."""

from typing import Annotated

import typer

from bot import casework
from bot.casework import TicketCard
from bot.cli.common import AsWhom, DataDir, TicketNumber
from bot.cli.ticket_acts.doing import CHANNEL, Words, do, text_of
from bot.services import Services
from escalation.access import Actor


def reply(
    number: TicketNumber,
    text: Words,
    to: Annotated[
        str | None, typer.Option("--to", help="The official of this ticket, which was merged into it.")
    ] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Send an answer to the official."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.reply(
            services, number, by, text_of(text), to=to, channel=CHANNEL, source_id=source
        ),
        lambda card: f"Sent to the official of {to or card.number}.",
    )


def note(number: TicketNumber, text: Words, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Keep an internal note with a ticket. The official never sees it."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.note(
            services, number, by, text_of(text), channel=CHANNEL, source_id=source
        ),
        lambda card: f"Noted on {card.number}.",
        signed=False,
    )


def ask(number: TicketNumber, text: Words, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Ask the official something, and wait for the answer."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.ask(
            services, number, by, text_of(text), channel=CHANNEL, source_id=source
        ),
        lambda card: f"Asked. {card.number} waits for the official.",
    )


def wait(
    number: TicketNumber,
    third_party: Annotated[
        str | None, typer.Option("--for", help="Whom or what outside the hub it waits for.")
    ] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Wait for the official, who was asked already; with --for, for somebody else."""

    def act(services: Services, by: Actor, source: str) -> TicketCard:
        if third_party is None:
            return casework.wait_for_official(services, number, by, channel=CHANNEL, source_id=source)
        return casework.wait_for_third_party(
            services, number, by, reason=third_party, channel=CHANNEL, source_id=source
        )

    said = "the official" if third_party is None else third_party
    do(data_dir, who, act, lambda card: f"{card.number} waits for {said}.", signed=False)


def resume(number: TicketNumber, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Take up the work on a waiting ticket again."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.resume(services, number, by, channel=CHANNEL, source_id=source),
        lambda card: f"{card.number} is open again.",
        signed=False,
    )
