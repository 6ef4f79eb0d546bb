"""`helpdesk routing`: who should take a ticket, and why."""

import json
from dataclasses import asdict

import typer
from rich.table import Column, Table

from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    TicketNumber,
    actor_named,
    cell,
    desk,
    one_line_errors,
    out,
    plain,
)
from bot.database import reading
from bot.rendering import times
from escalation import assignment, directory, request_log, tickets
from escalation.access import Verb, may
from escalation.errors import NotFound
from escalation.sla import Priority

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Who should take a ticket, and why."""


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app, name="routing")


@app.command("explain")
@one_line_errors
def explain(
    number: TicketNumber,
    who: AsWhom = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Say who should take a ticket as things stand now, who comes second, and what counts against the others."""
    with desk(data_dir) as services, reading(services.engine) as session:
        ticket = tickets.by_number(session, number)
        if not may(actor_named(session, who), Verb.READ_TICKET, tickets.thing(session, ticket)):
            raise NotFound(f"There is no ticket {number.strip()[:20]!r}.")
        request = request_log.get_request(session, ticket.request_id)
        hub, now = services.policy.hub_calendar, services.clock()
        danger = ticket.priority is Priority.P1
        choice = assignment.suggest(session, request, hub, now, danger=danger)
        wait = assignment.wait_for_language(session, request, hub, now)
        number = tickets.number_of(ticket.id or 0)
        names = {
            person_id: directory.get_person(session, person_id).name
            for person_id in (choice.person_id, choice.second_id)
            if person_id is not None
        }
        if as_json:
            shown = {
                "ticket": number,
                "best": names.get(choice.person_id or 0),
                "second": names.get(choice.second_id or 0),
                "reason": choice.reason,
                "at_opening": ticket.routing_reason,
                "considered": [asdict(one) for one in choice.considered],
            }
            out.print(plain(json.dumps(shown, ensure_ascii=False, indent=2)))
            return
        out.print(plain(f"{number} ({ticket.priority}, {ticket.topic or 'no topic'}, {request.language})"))
        out.print(plain(f"Best now:  {names.get(choice.person_id or 0, 'nobody')}. {choice.reason}."))
        out.print(plain(f"Second:    {names.get(choice.second_id or 0, 'nobody')}"))
        if ticket.routing_reason:
            out.print(plain(f"At opening: {ticket.routing_reason}."))
        if wait is not None:
            when = f"from {times.when(wait.at, hub.zone, 'en', now)}" if wait.at else "at no known time"
            out.print(plain(f"Nobody on duty speaks {request.language}; somebody does {when}."))
        table = Table(*(Column(name, overflow="fold") for name in ("", "who", "what counts")))
        for place, one in enumerate(choice.considered, 1):
            table.add_row(
                str(place) if one.bar is None else "-", cell(one.name), cell("; ".join(one.reasons))
            )
        out.print(table)


__all__ = ["app"]
