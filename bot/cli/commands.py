"""Every command by name: which module holds it, and the line that `helpdesk --help` says of it.

A module is imported when one of its commands is wanted: most of what takes time at a start is importing.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_group


class Listed(NamedTuple):
    """Where a command lives, and what it is for."""

    module: str
    words: str


COMMANDS = {
    "serve": Listed("run", "Start the help desk: web pages, Slack, mail and clocks."),
    "ask": Listed("ask", "Ask the help desk a question."),
    "setup": Listed("setup", "Make the desk your own: settings and the first admin."),
    "doctor": Listed("doctor", "Say what is wrong with the desk, a line each."),
    "tickets": Listed("tickets", "Work tickets from the terminal."),
    "kb": Listed("kb", "Add to the library, search it, keep it current."),
    "directory": Listed("directory", "People, identities, roles and cities."),
    "sla": Listed("sla", "Clocks and policies: what is due when, and why."),
    "routing": Listed("routing", "Who should take a ticket, and why."),
    "privacy": Listed("privacy", "Who may know, who looked, holds, export and erasure."),
    "selftest": Listed("selftest", "Page somebody for a test, and see whether it arrives."),
    "evaluate": Listed("evaluate", "Measure the desk on labelled messages."),
    "email": Listed("mail", "Take mail from files."),
    "backup": Listed("backup", "Write everything the desk holds to one file."),
    "restore": Listed("backup", "Bring a backup back, whole or not at all."),
    "keys": Listed("backup", "Copy the master key, or change it."),
    "migrate": Listed("run", "Bring the database to the schema of this program."),
    "worker": Listed("run", "Run clocks and deliveries without the web pages."),
}


class Commands(TyperGroup):
    """The commands above, each loaded when it is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that is meant, from its own module."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, load(name) if name in COMMANDS else listed, rest


def add_to(app: typer.Typer) -> None:
    """List every command in `app`, whose group must be `Commands`."""
    for name, listed in COMMANDS.items():
        app.command(name, help=listed.words)(_named_only)


def load(name: str) -> Any:
    """Return a command, or a group of them, from its module."""
    return held_by(COMMANDS[name].module)[name]


def held_by(module: str) -> Mapping[str, Any]:
    """Return what a module of this package adds to `helpdesk`, by name."""
    shelf = typer.Typer(rich_markup_mode=None)
    shelf.callback()(_named_only)  # a group even where it holds one command
    import_module(f"bot.cli.{module}").register(shelf)
    return get_group(shelf).commands


def _named_only() -> None:
    """Stand for a command in the list."""
