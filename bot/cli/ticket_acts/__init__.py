"""`helpdesk tickets ...`: everything that is done with a ticket, one command for each act."""

import typer

from bot.cli.common import one_line_errors
from bot.cli.ticket_acts import ending, joining, owning, people, recording, sorting, talking


def register(app: typer.Typer) -> None:
    """Add the acts to `helpdesk tickets`."""
    for name, command in (
        ("claim", owning.claim),
        ("hand-over", owning.hand_over),
        ("return", owning.give_back),
        ("reply", talking.reply),
        ("note", talking.note),
        ("ask", talking.ask),
        ("wait", talking.wait),
        ("resume", talking.resume),
        ("snooze", sorting.snooze),
        ("priority", sorting.priority),
        ("topic", sorting.topic),
        ("service", sorting.service),
        ("needed-by", sorting.needed_by),
        ("verify", recording.verify),
        ("check", recording.check),
        ("watch", people.watch),
        ("unwatch", people.unwatch),
        ("invite", people.invite),
        ("monitor", recording.monitor),
        ("link", joining.link),
        ("merge", joining.merge),
        ("split", joining.split),
        ("resolve", ending.resolve),
        ("close", ending.close),
        ("cancel", ending.cancel),
    ):
        app.command(name)(one_line_errors(command))


__all__ = ["register"]
