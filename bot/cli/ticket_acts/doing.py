"""What every act on a ticket shares: its options, who acts, and what is said afterwards."""

import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from bot.casework import TicketCard
from bot.cli.common import DataDir, acting, desk, err, out, plain, send_due
from bot.database import reading
from bot.demonstration import people as demonstration_people
from bot.services import Services
from escalation import directory
from escalation.access import Actor
from escalation.business_hours import parse_instant

CHANNEL = "terminal"
Words = Annotated[str, typer.Argument(help="The text; - reads it from standard input.")]
Moment = Annotated[str, typer.Argument(help="2026-11-20T16:30, on the hub's clock unless it has an offset.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; kept with the act, masked.")]
Act = Callable[[Services, Actor, str], TicketCard]


def do(
    data_dir: DataDir,
    who: str | None,
    act: Act,
    said: Callable[[TicketCard], str],
    *,
    signed: bool = True,
) -> None:
    """Do it once and say so. `signed` acts are a person's: in a demonstration desk its first expert acts."""
    with desk(data_dir) as services:
        by = _expert(services, who) if signed else acting(services, who)
        card = act(services, by, f"{CHANNEL}:{secrets.token_hex(12)}")
        done(services, said(card))


def done(services: Services, line: str) -> None:
    """Say what was done, and send what it queued."""
    out.print(plain(line))
    send_due(services)


def _expert(services: Services, who: str | None) -> Actor:
    """Return who acts. In a demonstration desk nobody need be named: its first expert acts, and it is said."""
    actor = acting(services, who)
    if actor.person_id is not None:
        return actor
    with reading(services.engine) as session:
        for person in demonstration_people(session):
            known = directory.actor_of(session, person.id)
            if "expert" in known.roles:
                err.print(f"helpdesk: acting as {person.name} (demonstration). Name another with --as.")
                return known
    return actor


def moment_of(services: Services, text: str) -> datetime:
    """Return the moment that was typed, on the hub's clock unless it says another."""
    return parse_instant(text, services.policy.hub_calendar.zone)


def text_of(text: str) -> str:
    """Return the words that were typed, or those on standard input."""
    return sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else text
