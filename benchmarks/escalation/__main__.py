"""Measure clocks, reminders and queue, and print one table.

.venv/bin/python -m benchmarks.escalation                      20,000 and 100,000 tickets, SQLite and PostgreSQL
.venv/bin/python -m benchmarks.escalation --scale --tickets 20000 --only sqlite
.venv/bin/python -m benchmarks.escalation --arithmetic         business time against rivals (pip install --group bench)
.venv/bin/python -m benchmarks.escalation --month              lateness over a simulated month
"""

import argparse

from rich.console import Console
from rich.table import Table

from benchmarks import business_time
from benchmarks.escalation.desks import Row, factory
from benchmarks.escalation.month import month
from benchmarks.escalation.scale import at_scale
from bot import logs
from escalation.business_hours import force_packaged_zones


def main() -> None:
    """Run what was asked for and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tickets", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    for part in ("arithmetic", "month", "scale"):
        parser.add_argument(f"--{part}", action="store_true")
    asked = parser.parse_args()
    everything = not (asked.arithmetic or asked.month or asked.scale)
    force_packaged_zones()
    logs.configure("error", "text")
    rows: list[Row] = []
    if asked.arithmetic or everything:
        rows += business_time.measure()
    if asked.month or everything:
        rows += month()
    if asked.scale or everything:
        for engine in ("sqlite", "postgresql"):
            if asked.only in (None, engine):
                with factory(engine) as made:
                    for count in asked.tickets:
                        rows += at_scale(made, engine, count)
    table = Table("What", "Measured", "Wanted", "")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
