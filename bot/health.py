"""Whether the desk is well: for /healthz, and in longer words for `helpdesk doctor`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlmodel import func, select

from bot import migrations
from bot.database import reading
from bot.services import Services
from bot.tables import SWEEP, Beat
from escalation import outbox, request_log, watchdog
from escalation.tables import Message

SWEEP_LATE = timedelta(seconds=60)
DELIVERY_LATE = timedelta(minutes=5)
CLOCK_BEHIND = timedelta(minutes=10)
UNCHECKED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Health:
    """How things stand. `unchecked` is how many messages of the last day the safety check failed on. `faults` has one line for each thing that is wrong; empty means well."""

    schema: str | None
    generation: int
    passages: int
    oldest_delivery: datetime | None
    last_sweep: datetime | None
    unchecked: int
    faults: tuple[str, ...]


def check(services: Services, *, sweeping: bool) -> Health:
    """Return the desk's health. `sweeping`: a worker is expected to run."""
    now = services.clock()
    faults = []
    index = services.library.index
    try:
        schema = migrations.current(services.engine)
        with reading(services.engine) as session:
            oldest = outbox.oldest_due(session, now)
            last = session.get(Beat, SWEEP)
            forgotten = watchdog.forgotten(session, now) if sweeping else ()
            last_sweep = last.at if last else None
            newest = session.exec(select(func.max(Message.recorded_at))).one()
            unchecked = request_log.unchecked_since(session, now - UNCHECKED)
    except DBAPIError as error:
        return Health(
            None,
            index.note.generation,
            len(index.catalog),
            None,
            None,
            0,
            (f"the database does not answer ({type(error).__name__})",),
        )
    if schema != migrations.head():
        faults.append(f"the schema is at {schema}, this program needs {migrations.head()}")
    if newest is not None and newest - now > CLOCK_BEHIND:
        faults.append("this machine's clock is behind: what was written last lies ahead of it")
    if services.vault is None:
        faults.append(f"safety-only: {services.vault_fault}")
    if not len(index.catalog):
        faults.append("the library is empty")
    if sweeping and (last_sweep is None or now - last_sweep > SWEEP_LATE):
        faults.append("the reminder sweep has not run in the last minute")
    if forgotten:
        faults.append(f"{len(forgotten)} open tickets have no next step: the leads have been told")
    if oldest is not None and now - oldest > DELIVERY_LATE:
        faults.append("a message has waited more than 5 minutes to be sent")
    return Health(
        schema, index.note.generation, len(index.catalog), oldest, last_sweep, unchecked, tuple(faults)
    )
