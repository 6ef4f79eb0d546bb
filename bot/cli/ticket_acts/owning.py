"""Whose a ticket is: claim, hand over, return."""

from bot import casework
from bot.casework import TicketCard
from bot.cli.common import AsWhom, DataDir, Somebody, TicketNumber, person_named
from bot.cli.ticket_acts.doing import CHANNEL, Reason, do
from bot.services import Services
from escalation.access import Actor


def claim(number: TicketNumber, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Take a ticket."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.claim(services, number, by, channel=CHANNEL, source_id=source),
        lambda card: f"{card.number} is {card.assignee_name}'s now.",
    )


def hand_over(
    number: TicketNumber, person: Somebody, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Give a ticket to another expert. The owner or a lead may; nobody who is away gets it."""

    def act(services: Services, by: Actor, source: str) -> TicketCard:
        to = person_named(services, person)
        return casework.hand_over(services, number, by, to, reason=reason, channel=CHANNEL, source_id=source)

    do(
        data_dir,
        who,
        act,
        lambda card: f"{card.number} is handed to {card.assignee_name}, who must accept it.",
    )


def give_back(
    number: TicketNumber, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Return a ticket to the pool, where every expert may take it."""
    do(
        data_dir,
        who,
        lambda services, by, source: casework.give_back(
            services, number, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is back in the pool.",
    )
