"""`helpdesk sla explain`: every clock of a ticket, told in words and counted date by date."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    TicketNumber,
    actor_named,
    desk,
    one_line_errors,
    out,
    plain,
)
from bot.database import reading
from escalation import directory, tickets
from escalation.access import Verb, may
from escalation.errors import NotFound
from escalation.sla import Story, tell
from escalation.sla.wording import Wording, weekday, wording

LONGEST_SUM = 21
HEAD_OF_SUM = 14


@one_line_errors
def explain(
    number: TicketNumber,
    who: AsWhom = None,
    language: Annotated[
        str | None,
        typer.Option(help="Tell it in English (en) or French (fr). Else in the language of --as's person."),
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Tell the story of every clock of a ticket: started, paused, resumed, due, and why.

    The sum under each clock lists the dates that counted, so that it can be checked against a calendar.
    """
    if language not in (None, "en", "fr"):
        raise typer.BadParameter("it is en or fr", param_hint="--language")
    with desk(data_dir) as services, reading(services.engine) as session:
        actor = actor_named(session, who)
        ticket = tickets.by_number(session, number)
        if not may(actor, Verb.READ_TICKET, tickets.thing(session, ticket)):
            raise NotFound(f"There is no ticket {number.strip()[:20]!r}.")
        now = services.clock()
        log = tickets.clocks.log_of(session, ticket)
        policy = tickets.clocks.policy_of(session, log, services.policy)
        states = tickets.clocks.states(session, ticket, services.policy, now)
        reader = directory.get_person(session, actor.person_id) if actor.person_id is not None else None
        tongue = language or (reader.language if reader else None) or "en"
        stories = [tell(policy, state, log, now, language=tongue) for state in states]
        heading = wording(tongue).heading.format(
            number=tickets.number_of(ticket.id or 0),
            priority=ticket.priority,
            state=wording(tongue).states[ticket.state],
            policy=policy.name,
            version=wording(tongue).version.format(number=policy.version) if policy.version else "",
        )
    if as_json:
        out.print(
            json.dumps([asdict(story) for story in stories], ensure_ascii=False, indent=2, default=in_json)
        )
        return
    for line in (heading, *(line for story in stories for line in lines_of(story, wording(tongue)))):
        out.print(plain(line))


def lines_of(story: Story, say: Wording) -> Iterator[str]:
    """Yield the lines of one clock's story: what happened to it, and the sum of its dates."""
    tongue = say.language
    yield ""
    yield story.title
    yield "  " + say.counted.format(calendar=story.calendar, zone=story.zone)
    for line in story.lines:
        yield f"  {said(line.at, tongue)}  {line.words}"
    shown = story.sum if len(story.sum) <= LONGEST_SUM else (*story.sum[:HEAD_OF_SUM], *story.sum[-3:])
    for index, row in enumerate(shown):
        if len(shown) < len(story.sum) and index == HEAD_OF_SUM:
            yield "      " + say.more_dates.format(count=len(story.sum) - len(shown))
        parts = ", ".join(f"{_hour(a, row.day, tongue)}-{_hour(b, row.day, tongue)}" for a, b in row.spans)
        total = say.so_far.format(span=_span(row.counted, say), total=_span(row.so_far, say))
        gave = f"{parts}  {total}" if parts else row.closed
        yield f"      {weekday(row.day, tongue)} {row.day.isoformat()}  {gave}"
    yield "  " + say.due_line.format(at=said(story.due, tongue), standing=story.standing)


def _hour(at: datetime, day: date, language: str) -> str:
    later = (at.date() - day).days
    if later == 1 and at.hour == at.minute == 0:
        return "24:00"
    return f"{at:%H:%M}" if not later else f"{weekday(at, language)} {at:%H:%M}"


def _span(span: timedelta, say: Wording) -> str:
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or say.nothing


def in_json(value: object) -> str:
    """Return a value of a dataclass that JSON has no form for."""
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)


def said(at: datetime, language: str = "en") -> str:
    """Return an instant with its day of the week, on the clock it carries."""
    return f"{weekday(at, language)} {at.isoformat(' ', 'minutes')}"
