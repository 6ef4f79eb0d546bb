"""`helpdesk evaluate`: what the desk makes of labelled messages, measured through its real conversation."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from sqlalchemy import event

from bot import logs
from bot.app import build
from bot.cli.common import AsJson, err, one_line_errors, out, plain
from bot.evaluation.labelled import Dialogue, LabelError, Prediction, parse
from bot.evaluation.rehearsal import rehearse
from bot.evaluation.scoring import Figure, judged, score
from bot.services import Services
from bot.settings import load

_OF_ONE_GROUP = frozenset({"topic_fr", "topic_gap"})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate")(evaluate)


@one_line_errors
def evaluate(
    file: Annotated[Path, typer.Argument(help="Messages or conversations, one JSON object a line.")],
    predictions: Annotated[
        Path | None, typer.Option("--out", help="Write what the desk made of each message to this file.")
    ] = None,
    history: Annotated[
        bool,
        typer.Option(
            "--history/--no-history", help="Read each turn in the light of the ones before, or by itself."
        ),
    ] = True,
    show: Annotated[
        bool, typer.Option("--show", help="Show the texts of the messages to read. They may be personal.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure the desk on labelled messages.

    Each message goes through the same acceptance and handling as on any channel, in a scratch database
    with the starter library; your own data is not touched and nothing is sent. A line needs an id and a
    text; labels (topic, acceptable_topics, urgency, immediate_danger, self_harm, wants_human, escalate,
    contains_pii, tags), sender (lang, role, jurisdiction, channel) and turns are optional. What carries no
    label is predicted and not scored.

    The file of predictions holds personal data when the messages do: keep it where they are kept.
    """
    dialogues = _read(file)
    if predictions is not None:
        _check_writable(predictions, file)
    began = time.monotonic()
    found = _run(dialogues, history=history)
    seconds = time.monotonic() - began
    if predictions is not None:
        lines = "".join(f"{found[turn.id].dumps()}\n" for one in dialogues for turn in one.turns)
        predictions.write_text(lines, "utf-8")
    groups = score(judged(dialogues, found))
    if as_json:
        out.print(json.dumps(_as_values(groups, len(found), seconds), ensure_ascii=False, indent=2))
        return
    _print(groups)
    _print_misses(groups["all"], dialogues if show else ())
    speed = f"{len(found)} messages in {seconds:.1f} s"
    out.print(f"{speed}{f', predictions in {predictions}' if predictions else ''}")


def _read(file: Path) -> tuple[Dialogue, ...]:
    try:
        dialogues = parse(
            file.read_text("utf-8-sig").split("\n")
        )  # not splitlines: U+2028 may stand in a text
    except UnicodeDecodeError as error:
        err.print(f"helpdesk: {file.name} is not UTF-8 text (byte {error.start + 1})")
        raise typer.Exit(2) from None
    except OSError as error:
        err.print(f"helpdesk: {file} can't be read: {error.strerror}")
        raise typer.Exit(2) from None
    except LabelError as error:
        for fault in error.faults:
            err.print(plain(f"helpdesk: {file.name} {fault}"))
        raise typer.Exit(2) from None
    if not dialogues:
        err.print(f"helpdesk: {file.name} holds no messages")
        raise typer.Exit(2)
    return dialogues


def _check_writable(predictions: Path, file: Path) -> None:
    """Fail before a minute of work, not after it, and never over the labels themselves."""
    try:
        if predictions.exists() and predictions.samefile(file):
            err.print("helpdesk: --out names the labelled file itself: choose another")
            raise typer.Exit(2)
        predictions.open("a", encoding="utf-8").close()
    except OSError as error:
        err.print(f"helpdesk: {predictions} can't be written: {error.strerror}")
        raise typer.Exit(2) from None


def _run(dialogues: Sequence[Dialogue], *, history: bool) -> Mapping[str, Prediction]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    count = sum(len(dialogue.turns) for dialogue in dialogues)
    with _scratch_desk() as services, Progress(*columns, console=err, disable=not err.is_terminal) as bar:
        task = bar.add_task("messages", total=count)
        found = {}
        for prediction in rehearse(services, dialogues, history=history):
            found[prediction.id] = prediction
            bar.advance(task)
    return found


@contextmanager
def _scratch_desk() -> Iterator[Services]:
    """Yield a desk of its own, without the operator's settings, people, key or channels."""
    logs.configure("error", "text")
    with tempfile.TemporaryDirectory(prefix="helpdesk-evaluate-") as folder:
        nothing = Path(folder) / "empty.env"
        nothing.touch()
        settings = load({"HELPDESK_DATA_DIR": str(Path(folder) / "data"), "HELPDESK_ENV_FILE": str(nothing)})
        services = build(settings, senders={}, say=lambda line: err.print(line, style="dim"))
        # it is thrown away in a minute: nobody waits for the disk
        services.engine.dispose()
        event.listen(services.engine, "connect", _do_not_wait_for_the_disk)
        try:
            yield services
        finally:
            services.pool.shutdown(wait=True)
            services.engine.dispose()


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _print(groups: Mapping[str, Sequence[Figure]]) -> None:
    everything = [figure for figure in groups["all"] if figure.whole]
    if not everything:
        out.print("No labels: nothing to score.")
        return
    table = Table(
        Column("", overflow="fold"),
        Column("count", justify="right"),
        Column("rate", justify="right"),
        "target",
        "",
    )
    for figure in everything:
        table.add_row(figure.title, _count(figure), _rate(figure), _target(figure), _verdict(figure))
    out.print(table)
    others = {name: {f.name: f for f in figures} for name, figures in groups.items() if name != "all"}
    shown = [
        figure
        for figure in everything
        if figure.name not in _OF_ONE_GROUP and any(rows[figure.name].whole for rows in others.values())
    ]
    if others and shown:
        by_group = Table(
            Column("by group", no_wrap=True),
            *(Column(name.removeprefix("tag:").replace("_", " "), justify="right") for name in others),
        )
        for figure in shown:
            cells = (_count(rows[figure.name]) if rows[figure.name].whole else "" for rows in others.values())
            by_group.add_row(figure.name.replace("_", " "), *cells)
        out.print(by_group)


def _print_misses(figures: Sequence[Figure], dialogues: Sequence[Dialogue]) -> None:
    texts = {turn.id: turn.text for dialogue in dialogues for turn in dialogue.turns}
    for figure in figures:
        if not figure.ids or figure.name == "urgency_exact":
            continue
        out.print(plain(f"{figure.title}, to read: {' '.join(figure.ids)}"))
        for name in figure.ids if texts else ():
            out.print(plain(f"    {name}  {' '.join(texts[name].split())}"))


def _count(figure: Figure) -> str:
    return f"{figure.count}/{figure.whole}"


def _rate(figure: Figure) -> str:
    return "" if figure.rate is None else f"{figure.rate:.1%}"


def _target(figure: Figure) -> str:
    return "" if figure.target is None else f"{'<=' if figure.at_most else '>='} {figure.target:.0%}"


def _verdict(figure: Figure) -> str:
    return "" if figure.met is None else "reached" if figure.met else "short"


def _as_values(groups: Mapping[str, Sequence[Figure]], messages: int, seconds: float) -> Mapping[str, object]:
    return {
        "messages": messages,
        "seconds": round(seconds, 2),
        "groups": {
            name: {
                figure.name: {
                    **{key: value for key, value in asdict(figure).items() if key != "name"},
                    "rate": figure.rate,
                    "met": figure.met,
                }
                for figure in figures
                if figure.whole
            }
            for name, figures in groups.items()
        },
    }
