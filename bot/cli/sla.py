"""`helpdesk sla`: what the clocks would say, and why."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot import promises
from bot.cli import sla_story
from bot.cli.common import (
    AsJson,
    AsWhom,
    DataDir,
    TicketNumber,
    acting,
    desk,
    err,
    one_line_errors,
    out,
    plain,
    send_due,
)
from bot.cli.sla_story import in_json, said
from bot.database import reading
from bot.provisioning import NotReady
from bot.rendering import times
from bot.rendering.labels import label
from bot.services import Services
from escalation import directory, plans, policy_store, tickets, what_if
from escalation.access import OPERATOR, Actor, Verb, may
from escalation.business_hours import force_packaged_zones
from escalation.errors import Forbidden, NotFound
from escalation.holiday_edits import edit_holidays
from escalation.sla import Policy, PolicyError, load_policy, write_policy
from escalation.tickets.policies import Moves

app = typer.Typer(no_args_is_help=True)
app.command("explain")(sla_story.explain)
PolicyFile = Annotated[
    Path,
    typer.Option(
        "--policy", help="A policy as TOML; `helpdesk sla policy` prints the one in force to begin with."
    ),
]


@app.callback()
def _group() -> None:
    """Clocks and policies: when something would be due, and why."""


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app, name="sla")


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
    out.print(plain(f"Due {said(found.due)} ({zone})"))
    for point in found.points[:-1]:
        out.print(f"  {point.name:>3} %  {said(point.at)}")


@app.command("preview")
@one_line_errors
def preview(policy: PolicyFile, as_json: AsJson = False, data_dir: DataDir = None) -> None:
    """Show which open tickets another policy would move, and how. Nothing is changed."""
    read = _policy_in(policy)
    with desk(data_dir) as services:
        total, moves = _preview(services, read[1])
        if as_json:
            out.print(
                json.dumps([asdict(one) for one in moves], ensure_ascii=False, indent=2, default=in_json)
            )
            return
        _print_moves(services, total, moves)


@app.command("apply")
@one_line_errors
def apply(
    policy: PolicyFile,
    open_tickets: Annotated[
        bool, typer.Option("--open-tickets", help="Move open tickets too, not only new ones.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    note: Annotated[str, typer.Option(help="Why, in a few words; kept with the version.")] = "",
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Put another policy in force for new tickets; with --open-tickets also for those under way.

    It is checked first, and what would move is shown. Officials whose first reply moves are told, with the reason.
    """
    text, read = _policy_in(policy)
    with desk(data_dir) as services:
        actor = acting(services, who)
        if not may(actor, Verb.CHANGE_POLICY):
            raise Forbidden("Only an admin changes the policy.")
        _known_people(services, read)
        if open_tickets:
            total, moves = _preview(services, read, actor)
            _print_moves(services, total, moves)
        if not yes and not typer.confirm("Put this policy in force?", err=True):
            out.print("Nothing was changed.")
            return
        saved = promises.save(services, text, actor, note)
        out.print(plain(f"Version {saved.version} of the policy ({saved.name}) is in force for new tickets."))
        if open_tickets:
            with _progress() as bar:
                task = bar.add_task("open tickets", total=promises.count_open(services))
                told = promises.apply_to_open(services, saved, actor, lambda: bar.advance(task))
            out.print(f"Open tickets follow it too. Officials told of a new time: {told}.")
            send_due(services)


@app.command("policy")
@one_line_errors
def policy_text(
    version: Annotated[int | None, typer.Option(help="An older version, by number.")] = None,
    versions: Annotated[bool, typer.Option("--versions", help="List every version instead.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Print the policy in force, ready to be edited and applied again."""
    with desk(data_dir) as services, reading(services.engine) as session:
        if versions:
            for row in policy_store.versions(session):
                by = directory.get_person(session, row.saved_by).name if row.saved_by else "the desk"
                line = (
                    f"{row.id:>4}  {row.saved_at:%Y-%m-%d %H:%M} UTC  {row.origin.value:<8} {by}  {row.note}"
                )
                out.print(plain(line.rstrip()))
            return
        number = version if version is not None else services.policy.version
        out.print(plain(policy_store.text_of(session, number).rstrip()))


@app.command("holidays")
@one_line_errors
def holidays(
    add: Annotated[
        str | None, typer.Option(metavar="DATE", help="Close on this date: 2026-12-24.", show_default=False)
    ] = None,
    name: Annotated[str, typer.Option(help="What the day is called.")] = "",
    region: Annotated[str, typer.Option(help="Who keeps it; with --seed, whose holidays.")] = "",
    remove: Annotated[
        str | None, typer.Option(metavar="DATE", help="Open on this date after all.", show_default=False)
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            metavar="YEARS",
            help="Add the public holidays of --region in 2032 or 2032-2036.",
            show_default=False,
        ),
    ] = None,
    calendar: Annotated[str | None, typer.Option(help="Which calendar. [default: the hub's]")] = None,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """List the holidays of a calendar, or change them: each change is a new version of the policy.

    New tickets follow it at once; tickets under way keep their promise until `sla apply --open-tickets`.
    """
    with desk(data_dir) as services:
        force_packaged_zones()
        policy = services.policy
        chosen = calendar or policy.hub
        edited = edit_holidays(policy, chosen, add=add, name=name, region=region, remove=remove, seed=seed)
        if edited is policy:
            for row in next(c for c in policy.calendars if c.name == chosen).holidays:
                out.print(plain(f"{row.date:%a %Y-%m-%d}  {row.region:<6} {row.name}".rstrip()))
            return
        actor = acting(services, who)
        if not may(actor, Verb.CHANGE_POLICY):
            raise Forbidden("Only an admin changes the policy.")
        saved = promises.save(services, write_policy(edited), actor, f"holidays of {chosen}")
        out.print(plain(f"Version {saved.version} of the policy is in force for new tickets."))


@app.command("follow-ups")
@one_line_errors
def follow_ups(
    number: TicketNumber,
    done: Annotated[
        int | None, typer.Option(help="Note that this step was done; say what with --note.")
    ] = None,
    skip: Annotated[int | None, typer.Option(help="Skip this step; say why with --note.")] = None,
    note: Annotated[str, typer.Option(help="What was found, or why it is skipped. Kept masked.")] = "",
    start: Annotated[
        bool, typer.Option("--start", help="Begin the policy's plan for this ticket now.")
    ] = False,
    who: AsWhom = None,
    data_dir: DataDir = None,
) -> None:
    """Show a ticket's check-ins, or note one as done or skipped. A plan lives on after its ticket is solved."""
    with desk(data_dir) as services:
        actor = acting(services, who)
        if done is not None or skip is not None or start:
            promises.check_in(services, number, actor, done=done, skip=skip, note=note, start=start)
        with reading(services.engine) as session:
            ticket = tickets.by_number(session, number)
            if not may(actor, Verb.READ_TICKET, tickets.thing(session, ticket)):
                raise NotFound(f"There is no ticket {number.strip()[:20]!r}.")
            steps = plans.steps(session, ticket.id or 0)
            zone = directory.zone_of(session, tickets.requester(session, ticket))
        if not steps:
            out.print("No follow-up is planned. Begin one with --start.")
        now, zone = services.clock(), zone or services.policy.hub_calendar.zone
        for step in steps:
            how = ("skipped" if step.skipped else "done") if step.done_at else "planned"
            out.print(
                plain(
                    f"{step.number}  {times.when(step.due_at, zone, 'en', now)}  {how}  {step.note}".rstrip()
                )
            )


def _policy_in(file: Path) -> tuple[str, Policy]:
    force_packaged_zones()
    try:
        text = file.read_text("utf-8")
        return text, load_policy(text)
    except PolicyError as error:
        raise PolicyError([f"{file}: {fault}" for fault in error.faults]) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise NotReady(f"{file} can't be read: {reason}") from None


def _preview(services: Services, policy: Policy, by: Actor = OPERATOR) -> tuple[int, tuple[Moves, ...]]:
    total = promises.count_open(services)
    with _progress() as bar:
        task = bar.add_task("open tickets", total=total)
        return total, promises.preview(services, policy, lambda: bar.advance(task), by=by)


def _print_moves(services: Services, total: int, moves: tuple[Moves, ...]) -> None:
    if not moves:
        out.print(
            f"No due time would move on the {total} open tickets." if total else "There are no open tickets."
        )
        return
    out.print(f"{len(moves)} of {total} open tickets would move:")
    zone, now = services.policy.hub_calendar.zone, services.clock()
    for one in moves:
        out.print(plain(f"{one.number}  {one.priority}"))
        for shift in one.shifts:
            before, after = (
                times.when(at, zone, "en", now) if at else "not promised"
                for at in (shift.due_before, shift.due_after)
            )
            late = " (overdue: that stays on record)" if shift.overdue else ""
            out.print(plain(f"    {label(shift.target.value, 'en')}: {before} -> {after}{late}"))


def _known_people(services: Services, policy: Policy) -> None:
    """Refuse a policy that wakes somebody the directory does not know."""
    words = {"owner", "experts", "leads", "everyone"}
    named = {policy.fallback, *(step.notify for rule in policy.rules for step in rule.chain)} - words
    with reading(services.engine) as session:
        for name in sorted(named):
            if directory.find_named(session, name) is None:
                raise NotFound(f"The policy tells {name!r}, who is not one person of the directory.")


def _progress() -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
