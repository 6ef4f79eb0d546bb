"""`helpdesk sla`: what the clocks would say, and why."""

import json
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.common import AsJson, one_line_errors, out, plain
from escalation import what_if
from escalation.business_hours import force_packaged_zones

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Clocks and policies: when something would be due, and why."""


@app.command("due")
@one_line_errors
def due(
    start: Annotated[
        str,
        typer.Option(
            help="When the clock starts: 2026-11-20T16:30. Local in the zone unless it has an offset "
            "(-05:00 or Z); in the hour that comes twice in autumn the first pass, unless an offset says."
        ),
    ],
    minutes: Annotated[str, typer.Option(help="How many minutes are allowed.")],
    zone: Annotated[str, typer.Option(help="Time zone of the calendar.")] = "America/Toronto",
    hours: Annotated[
        str,
        typer.Option(
            help="Opening hours. Several windows and groups of days: "
            '"Mon-Fri 08:00-12:00,13:30-18:00; Sat 09:00-12:00". Round the clock: "Mon-Sun 00:00-24:00".'
        ),
    ] = "Mon-Fri 09:00-17:00",
    holidays: Annotated[
        list[str] | None,
        typer.Option(
            help="Closed days: a region (US, CA-ON) with its public holidays, or dates of your own "
            "(2026-12-24, 2026-12-24..2026-12-31). Repeat the option, or write commas.",
            show_default=False,
        ),
    ] = None,
    pause: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FROM..TO",
            help="A stretch that does not count: 2026-11-23T10:00..2026-11-24T12:00. Repeat it for more.",
            show_default=False,
        ),
    ] = None,
    elapsed: Annotated[
        bool, typer.Option("--elapsed", help="Count every minute, whatever the calendar says (P1 and P2).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say when something would be due: so many minutes of opening time from a start.

    What ends as the doors close is due at that close; a start at the close counts from the next opening.
    """
    force_packaged_zones()
    question = what_if.read_question(
        zone=zone,
        hours=hours,
        holidays=holidays or (),
        start=start,
        minutes=minutes,
        pauses=pause or (),
        elapsed=elapsed,
    )
    found = what_if.answer(question)
    if as_json:
        shown = {
            "due": found.due.isoformat(),
            "points": {point.name: point.at.isoformat() for point in found.points},
            "start": found.start.isoformat(),
            "zone": zone,
            "elapsed": elapsed,
        }
        out.print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    out.print(plain(f"Due {_said(found.due)} ({zone})"))
    for point in found.points[:-1]:
        out.print(f"  {point.name:>3} %  {_said(point.at)}")


def _said(at: datetime) -> str:
    return f"{at:%a} {at.isoformat(' ', 'seconds' if at.second or at.microsecond else 'minutes')}"
