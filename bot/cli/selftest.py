"""`helpdesk selftest`: does a page reach somebody, hop by hop?"""

import json
import time
from dataclasses import asdict
from typing import Annotated

import typer

from bot import selftest
from bot.cli.common import AsJson, DataDir, desk, err, one_line_errors, out, plain, send_due
from bot.selftest import Hop, Report
from bot.services import Services

POLL_SECONDS = 0.5
_MARKS = {True: "ok", False: "NO", None: ".."}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("selftest")(run)


@one_line_errors
def run(
    to: Annotated[
        str | None, typer.Option(help="Whom to page: a name or mail address. [default: the first on duty]")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, max=1800, help="How many seconds to wait for the answer.")
    ] = 120.0,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Page somebody for a test, marked as one, and report each hop until the page is answered.

    It is no ticket and counts in no figure. Until such a page was answered through the pager, the desk promises
    nobody an answer while the hub is closed. The exit status is 0 once it was answered.
    """
    with desk(data_dir) as services:
        test_id = selftest.start(services, to=to)
        found = _follow(services, test_id, wait, quiet=as_json)
    if as_json:
        shown = {"acknowledged": found.acknowledged, "hops": [asdict(hop) for hop in found.hops]}
        out.print(json.dumps(shown, ensure_ascii=False, indent=2))
    elif found.acknowledged:
        out.print("The page was answered: nights may be promised, where the policy says who answers.")
    else:
        err.print("helpdesk: the test was not answered; no night is promised until one is")
    if not found.acknowledged:
        raise typer.Exit(1)


def _follow(services: Services, test_id: int, wait: float, *, quiet: bool) -> Report:
    """Print each hop as it is decided; return how the test stands when it is over or the wait is."""
    end = time.monotonic() + wait
    said: set[str] = set()
    while True:
        send_due(services)
        found = selftest.report(services, test_id)
        late = time.monotonic() >= end
        for hop in found.hops:
            if hop.name not in said and (hop.ok is not None or late) and not quiet:
                said.add(hop.name)
                out.print(_line(hop))
        if found.over or late:
            return found
        time.sleep(POLL_SECONDS)


def _line(hop: Hop) -> str:
    return plain(f"{_MARKS[hop.ok]:<4}{hop.name:<10}{hop.words}")
