"""`helpdesk tickets ...`: everything that is done with a ticket, one command for each act."""

import secrets
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import typer

from bot import casework
from bot.casework import TicketCard
from bot.cli.common import AsWhom, DataDir, acting, desk, err, one_line_errors, out, plain, send_due
from bot.database import reading
from bot.demonstration import people as demonstration_people
from bot.privacy import need_to_know
from bot.services import Services
from escalation import directory
from escalation.access import Actor
from escalation.business_hours import parse_instant
from escalation.errors import NotFound
from escalation.kinds import Service
from escalation.sla import Priority
from escalation.tickets import Step, Why

CHANNEL = "terminal"
Number = Annotated[str, typer.Argument(help="The ticket's number, such as HD-1042.")]
Words = Annotated[str, typer.Argument(help="The text; - reads it from standard input.")]
Somebody = Annotated[str, typer.Argument(help="A name, an email address or a number of the directory.")]
Moment = Annotated[str, typer.Argument(help="2026-11-20T16:30, on the hub's clock unless it has an offset.")]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why; kept with the act, masked.")]
Act = Callable[[Services, Actor, str], TicketCard]


def register(app: typer.Typer) -> None:
    """Add the acts to `helpdesk tickets`."""
    for name, command in (
        ("claim", claim),
        ("hand-over", hand_over),
        ("return", give_back),
        ("reply", reply),
        ("note", note),
        ("ask", ask),
        ("wait", wait),
        ("resume", resume),
        ("snooze", snooze),
        ("priority", priority),
        ("topic", topic),
        ("service", service),
        ("needed-by", needed_by),
        ("verify", verify),
        ("check", check),
        ("watch", watch),
        ("unwatch", unwatch),
        ("invite", invite),
        ("monitor", monitor),
        ("link", link),
        ("merge", merge),
        ("split", split),
        ("resolve", resolve),
        ("close", close),
        ("cancel", cancel),
    ):
        app.command(name)(one_line_errors(command))


def claim(number: Number, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Take a ticket."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.claim(services, number, by, channel=CHANNEL, source_id=source),
        lambda card: f"{card.number} is {card.assignee_name}'s now.",
    )


def hand_over(
    number: Number, person: Somebody, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Give a ticket to another expert. The owner or a lead may; nobody who is away gets it."""

    def act(services: Services, by: Actor, source: str) -> TicketCard:
        to = _person(services, person)
        return casework.hand_over(services, number, by, to, reason=reason, channel=CHANNEL, source_id=source)

    _do(
        data_dir,
        who,
        act,
        lambda card: f"{card.number} is handed to {card.assignee_name}, who must accept it.",
    )


def give_back(number: Number, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Return a ticket to the pool, where every expert may take it."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.give_back(
            services, number, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is back in the pool.",
    )


def reply(
    number: Number,
    text: Words,
    to: Annotated[
        str | None, typer.Option("--to", help="The official of this ticket, which was merged into it.")
    ] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Send an answer to the official."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.reply(
            services, number, by, _text(text), to=to, channel=CHANNEL, source_id=source
        ),
        lambda card: f"Sent to the official of {to or card.number}.",
    )


def note(number: Number, text: Words, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Keep an internal note with a ticket. The official never sees it."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.note(
            services, number, by, _text(text), channel=CHANNEL, source_id=source
        ),
        lambda card: f"Noted on {card.number}.",
        signed=False,
    )


def ask(number: Number, text: Words, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Ask the official something, and wait for the answer."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.ask(
            services, number, by, _text(text), channel=CHANNEL, source_id=source
        ),
        lambda card: f"Asked. {card.number} waits for the official.",
    )


def wait(
    number: Number,
    third_party: Annotated[
        str | None, typer.Option("--for", help="Whom or what outside the hub it waits for.")
    ] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Wait for the official, who was asked already; with --for, for somebody else."""

    def act(services: Services, by: Actor, source: str) -> TicketCard:
        if third_party is None:
            return casework.wait_for_official(services, number, by, channel=CHANNEL, source_id=source)
        return casework.wait_for_third_party(
            services, number, by, reason=third_party, channel=CHANNEL, source_id=source
        )

    said = "the official" if third_party is None else third_party
    _do(data_dir, who, act, lambda card: f"{card.number} waits for {said}.", signed=False)


def resume(number: Number, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Take up the work on a waiting ticket again."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.resume(services, number, by, channel=CHANNEL, source_id=source),
        lambda card: f"{card.number} is open again.",
        signed=False,
    )


def snooze(
    number: Number, until: Moment, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Put a ticket at the end of the queue until then; never past its next promise."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.snooze(
            services, number, by, _moment(services, until), reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} sleeps. Its promises do not.",
        signed=False,
    )


def priority(
    number: Number,
    level: Annotated[Priority, typer.Argument(help="P1 (danger now) to P4.", case_sensitive=False)],
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Change how urgent a ticket is. The official hears of it when the promised time moves."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.set_priority(
            services, number, by, level, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is {card.priority} now.",
        signed=False,
    )


def topic(
    number: Number,
    slug: Annotated[str, typer.Argument(help="Such as doxing; - for none.")],
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Say what a ticket is about."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.set_topic(
            services, number, by, None if slug == "-" else slug, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is about {card.topic or 'nothing in particular'}.",
        signed=False,
    )


def service(
    number: Number,
    kind: Annotated[Service, typer.Argument(help="What kind of help it is.")],
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Say what kind of help a ticket is about."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.set_service(
            services, number, by, kind, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is about {kind.value.replace('_', ' ')}.",
        signed=False,
    )


def needed_by(
    number: Number,
    at: Annotated[str, typer.Argument(help="2026-11-20T16:30, on the hub's clock; - for no deadline.")],
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Note by when the official needs it."""

    def act(services: Services, by: Actor, source: str) -> TicketCard:
        moment = None if at == "-" else _moment(services, at)
        return casework.set_needed_by(
            services, number, by, moment, reason=reason, channel=CHANNEL, source_id=source
        )

    _do(data_dir, who, act, lambda card: f"{card.number}: noted.", signed=False)


def verify(number: Number, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Note that you called the asker back through the city's published number. --reason says how."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.verify(
            services, number, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number}: the asker is verified.",
        signed=False,
    )


def check(
    number: Number,
    item: Annotated[str, typer.Argument(help="An item that `tickets show` lists, such as doxing.police.")],
    undo: Annotated[bool, typer.Option("--undo", help="Take the tick back.")] = False,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Tick an item of a ticket's checklist."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.tick(
            services, number, by, item, done=not undo, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number}: {item} is {'open again' if undo else 'done'}.",
        signed=False,
    )


def watch(number: Number, person: Somebody, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Tell somebody, too, of what happens to a ticket."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.watch(
            services, number, by, _person(services, person), channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is watched.",
        signed=False,
    )


def unwatch(number: Number, person: Somebody, who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Tell somebody no longer."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.unwatch(
            services, number, by, _person(services, person), channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number}: done.",
        signed=False,
    )


def invite(
    number: Number, person: Somebody, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Let a partner see one ticket, masked, and nothing else."""
    with desk(data_dir) as services:
        actor = acting(services, who)
        need_to_know.name(services, number, actor, _person(services, person), reason, channel=CHANNEL)
        _done(services, f"{number}: invited.")


def monitor(
    number: Number,
    step: Annotated[Step, typer.Argument(help="What to put on record, in this order.")],
    words: Annotated[str, typer.Argument(help="Consent, scope, findings or why it ends, in words.")] = "",
    analyst: Annotated[str | None, typer.Option("--analyst", help="Who does it, for `analyst`.")] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Put monitoring on record: analyst, consent, scope, start, each look, the end."""

    def act(services: Services, by: Actor, source: str) -> TicketCard:
        named = _person(services, analyst) if analyst else None
        return casework.monitor(
            services, number, by, step, words, analyst_id=named, channel=CHANNEL, source_id=source
        )

    _do(data_dir, who, act, lambda card: f"{card.number}: {step.value} is on record.")


def link(
    number: Number, other: Number, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Note on two tickets that they belong together."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.link(
            services, number, other, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} and {other} are linked.",
        signed=False,
    )


def merge(
    number: Number, into: Number, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None
) -> None:
    """Go on with a ticket's work on another. The officials' conversations stay apart."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.merge(
            services, number, into, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{number} goes on as part of {card.number}. Reply to its official with --to {number}.",
        signed=False,
    )


def split(
    number: Number,
    message_id: Annotated[
        str, typer.Argument(help="The message, by the id that `tickets show --json` gives.")
    ],
    topic: Annotated[str | None, typer.Option("--topic", help="What the new ticket is about.")] = None,
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Open a second ticket for one message that is about something else."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.split(
            services, number, message_id, by, topic=topic, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is opened.",
        signed=False,
    )


def resolve(
    number: Number,
    outcome: Annotated[
        str, typer.Option("--outcome", "-o", help="How it ended, in a sentence. Needed.")
    ] = "",
    source: Annotated[
        list[str] | None,
        typer.Option("--source", "-s", help="A document or address that helped. May be repeated."),
    ] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Mark a ticket as done, with how it ended."""
    _do(
        data_dir,
        who,
        lambda services, by, source_id: casework.resolve(
            services, number, by, outcome=outcome, sources=source or (), channel=CHANNEL, source_id=source_id
        ),
        lambda card: f"{card.number} is resolved.",
        signed=False,
    )


def close(number: Number, reason: Reason = "", who: AsWhom = None, data_dir: DataDir = None) -> None:
    """Close a resolved ticket for good: what the official writes next opens another."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.close(
            services, number, by, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is closed.",
        signed=False,
    )


def cancel(
    number: Number,
    why: Annotated[Why, typer.Option("--why", help="Why it was no ticket.")],
    reason: Reason = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """End a ticket that was none: spam, a duplicate, or taken back by the official."""
    _do(
        data_dir,
        who,
        lambda services, by, source: casework.cancel(
            services, number, by, why, reason=reason, channel=CHANNEL, source_id=source
        ),
        lambda card: f"{card.number} is cancelled.",
        signed=False,
    )


def _do(
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
        _done(services, said(card))


def _done(services: Services, line: str) -> None:
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


def _person(services: Services, who: str) -> int:
    person_id = acting(services, who).person_id
    if person_id is None:
        raise NotFound("Name somebody of the directory. See: helpdesk directory list")
    return person_id


def _moment(services: Services, text: str) -> datetime:
    return parse_instant(text, services.policy.hub_calendar.zone)


def _text(text: str) -> str:
    return sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else text


__all__ = ["register"]
