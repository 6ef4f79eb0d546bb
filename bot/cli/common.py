"""What every command shares: the desk, who acts, plain output, and one line per fault."""

import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot import logs
from bot.app import build, silent
from bot.conversation import NotAccepted
from bot.database import reading
from bot.delivery.loop import deliver_due
from bot.provisioning import NotReady, Say, describe
from bot.services import Services
from bot.settings import Settings, SettingsError, load
from bot.tables import SWEEP, Beat
from bot.vault import VaultError
from escalation import directory, outbox
from escalation.access import OPERATOR, Actor
from escalation.business_hours import CalendarError
from escalation.errors import EscalationError, NotFound
from escalation.sla import PolicyError
from knowledge_base.errors import LibraryError

_WORKER_IS_NEAR = timedelta(seconds=60)
P = ParamSpec("P")
T = TypeVar("T")

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the desk keeps its data (HELPDESK_DATA_DIR).", show_default=False),
]
AsWhom = Annotated[
    str | None,
    typer.Option("--as", help="Who acts: a name, an email address or a number of the directory."),
]
Somebody = Annotated[str, typer.Argument(help="A name, an email address or a number of the directory.")]
TicketNumber = Annotated[str, typer.Argument(help="The ticket's number, such as HD-1042.")]
LoggedReason = Annotated[str, typer.Option("--reason", "-r", help="Why. It is kept in the access log.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def settings_for(data_dir: Path | None, **more: str | None) -> Settings:
    """Return the settings with these command-line options on top; `more` is by setting name."""
    overrides = {name: value for name, value in more.items() if value is not None}
    if data_dir is not None:
        overrides["HELPDESK_DATA_DIR"] = str(data_dir)
    settings = load(overrides=overrides)
    logs.configure("warning" if settings.log_level == "info" else settings.log_level, settings.log_format)
    return settings


@contextmanager
def desk(data_dir: Path | None, *, say: Say = silent) -> Iterator[Services]:
    """Yield the desk, set up if anything is missing, and let its pool end afterwards."""
    services = build(settings_for(data_dir), say=say)
    try:
        yield services
    finally:
        services.pool.shutdown(wait=True)
        services.engine.dispose()


def one_line_errors(command: Callable[P, T]) -> Callable[P, T]:
    """Show expected faults as one line each on standard error, with exit code 1."""

    @wraps(command)
    def shown(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except SettingsError as error:
            for fault in error.faults:
                err.print(f"helpdesk: {fault}")
        except NotAccepted as error:
            out.print(plain(error.safety_text or error.notice))
            err.print("helpdesk: nothing was stored; run `helpdesk doctor` to see why")
        except DBAPIError as error:
            err.print(f"helpdesk: {describe(error, load())}")
        except PolicyError as error:
            for fault in error.faults:
                err.print(f"helpdesk: {plain(fault)}")
        except (NotReady, VaultError, EscalationError, CalendarError, LibraryError) as error:
            err.print(f"helpdesk: {plain(str(error))}")
        except BrokenPipeError:
            # whoever read us has gone: what is left to print goes nowhere, without a complaint at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1)

    return shown


def plain(text: str) -> str:
    """Return text that can't move the cursor, colour the terminal or turn its direction."""
    return "".join(
        character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs"}
        # explicit direction marks could make a line read as another
        if not "\u202a" <= character <= "\u202e" and not "\u2066" <= character <= "\u2069"
    )


def cell(value: object) -> Text:
    """Return a table cell that shows a value as it is, never as markup."""
    return Text(plain("" if value is None else str(value)))


def actor_named(session: Session, who: str | None) -> Actor:
    """Return who acts: the named person, or the operator at this terminal when nobody is named."""
    if who is None:
        return OPERATOR
    wanted = who.strip().casefold()
    found = [
        person
        for person in directory.list_people(session)
        if wanted == str(person.id)
        or wanted == person.name.casefold()
        or any(wanted == identity.partition(":")[2].casefold() for identity in person.identities)
        or wanted == person.name.partition(" ")[0].casefold()
    ]
    if not found:
        raise NotFound(f"There is nobody called {who[:60]!r} in the directory. See: helpdesk directory list")
    if len(found) > 1:
        raise NotFound(
            f"{who[:60]!r} could be several people. Use the number that `helpdesk directory list` shows."
        )
    return directory.actor_of(session, found[0].id)


def acting(services: Services, who: str | None) -> Actor:
    """Return who acts, read from the directory."""
    with reading(services.engine) as session:
        return actor_named(session, who)


def person_of(session: Session, who: str) -> int:
    """Return the number of the person of that name; raise NotFound."""
    person_id = actor_named(session, who).person_id
    if person_id is None:
        raise NotFound("Name somebody of the directory. See: helpdesk directory list")
    return person_id


def person_named(services: Services, who: str) -> int:
    """Do what `person_of` does, with a look into the directory of its own."""
    with reading(services.engine) as session:
        return person_of(session, who)


def send_due(services: Services) -> bool:
    """Send what this command queued, unless a running worker does; return whether anything still waits."""
    now = services.clock()
    with reading(services.engine) as session:
        swept = session.get(Beat, SWEEP)
    if swept is None or now - swept.at > _WORKER_IS_NEAR:
        for channel in services.senders:
            deliver_due(services, channel, "command-line", limit=20)
    with reading(services.engine) as session:
        return outbox.oldest_due(session, services.clock()) is not None
