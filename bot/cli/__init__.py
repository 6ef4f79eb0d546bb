"""The `helpdesk` command: thin, one module per group of commands."""

import sys

import typer

from bot.cli import commands

app = typer.Typer(
    name="helpdesk",
    cls=commands.Commands,
    help="A crisis help desk for city officials: cited answers, danger first, human experts with a clock.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
commands.add_to(app)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that can't show a character shows a substitute, never a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app(prog_name="helpdesk")
