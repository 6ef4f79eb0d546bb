"""`helpdesk email`: mail from files, through the same door as the mailbox."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.common import DataDir, desk, err, one_line_errors, out, plain, send_due
from bot.conversation import receive_and_answer
from bot.worker import intake

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Take mail from files."""


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app, name="email")


@app.command("ingest")
@one_line_errors
def ingest(
    files: Annotated[list[Path], typer.Argument(help="Mails (.eml) or mailboxes (mbox).")],
    data_dir: DataDir = None,
) -> None:
    """Put mails from files on record and answer them, as if they had come to the mailbox.

    A mail that is known already is not taken twice.
    """
    failed = False
    with desk(data_dir) as services:
        door = intake(services, receive_and_answer)
        for path in files:
            try:
                taken = door.ingest_file(path, services.clock())
            except OSError as error:
                failed = True
                err.print(f"helpdesk: {plain(str(path))} can't be read ({error.strerror})")
                continue
            failed |= taken.not_accepted > 0
            own = f", {taken.own} our own" if taken.own else ""
            lost = f", {taken.not_accepted} not accepted" if taken.not_accepted else ""
            out.print(f"{plain(str(path))}: {taken.accepted} on record{own}{lost}")
        waiting = send_due(services)
        if waiting and services.settings.email_missing:
            err.print(f"helpdesk: answers wait to be sent: {services.settings.email_missing} not set")
    if failed:
        raise typer.Exit(1)
