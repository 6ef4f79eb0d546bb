"""The `helpdesk` command: thin, one module per group of commands."""

import sys

import typer

from bot.cli import (
    ask,
    backup,
    directory,
    doctor,
    evaluate,
    kb,
    mail,
    privacy,
    routing,
    run,
    selftest,
    setup,
    sla,
    tickets,
)

app = typer.Typer(
    name="helpdesk",
    help="A crisis help desk for city officials: cited answers, danger first, human experts with a clock.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for module in (run, ask, setup, doctor, backup, evaluate, selftest):
    module.register(app)
app.add_typer(tickets.app, name="tickets", help="Work tickets from the terminal.")
app.add_typer(sla.app, name="sla", help="Clocks and policies: when something would be due, and why.")
app.add_typer(kb.app, name="kb", help="Add to the library, look into it, search it.")
app.add_typer(directory.app, name="directory", help="People, identities, roles and cities.")
app.add_typer(privacy.app, name="privacy", help="Who may know, who opened what, holds, export and erasure.")
app.add_typer(routing.app, name="routing", help="Who should take a ticket, and why.")
app.add_typer(mail.app, name="email", help="Take mail from files.")


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a character shows a substitute, never a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app(prog_name="helpdesk")
