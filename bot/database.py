"""The engine and the two ways to use it: `reading()` never writes, `transaction()` alone commits."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot.turns import NoTurnError, Turns

BUSY_TIMEOUT_MS = 1500
_TURNS = "helpdesk_turns"
_WAIT = "helpdesk_wait_ms"
_PASSING = "helpdesk_passing"
PATIENCE_SECONDS = 5.0
SILENT_MS = 20_000
POOL_SECONDS = 1.5  # a danger message must be stored, or refused, within two seconds


class ReadOnlySession(Session):
    """A session that refuses to flush: a read that writes is a programming error."""

    def flush(self, objects: Any = None) -> None:  # noqa: ARG002  the base class has it
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("a reading() session was asked to write")


def open_engine(url: str) -> Engine:
    """Return an engine for SQLite or PostgreSQL; nothing is connected yet.

    SQLAlchemy's errors hide bound values, so that no message body reaches a log.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(
            parsed,
            hide_parameters=True,
            connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
            pool_size=20,
            pool_timeout=POOL_SECONDS,
            execution_options={_TURNS: Turns()},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    options = f"-c lock_timeout={BUSY_TIMEOUT_MS} -c timezone=UTC"
    # A network that swallows packets gives no error by itself: without these a thread would wait for hours.
    alive = {
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": SILENT_MS,
    }
    return create_engine(
        parsed,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=20,
        pool_timeout=POOL_SECONDS,
        connect_args={"options": options, "connect_timeout": 2, **alive},
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # pysqlite's own transaction handling would begin late and deferred: we say BEGIN ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A read transaction upgraded to a write fails at once whatever the timeout, hence IMMEDIATE.
    options = connection.get_execution_options()
    writes = not options.get("helpdesk_reading", False)
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    if writes:
        driver.execute(f"PRAGMA busy_timeout={options.get(_WAIT, BUSY_TIMEOUT_MS)}")
        driver.execute(f"PRAGMA synchronous={'NORMAL' if options.get(_PASSING) else 'FULL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Yield a session over one consistent snapshot that can't write."""
    options: dict[str, Any] = {"helpdesk_reading": True}
    if engine.dialect.name == "postgresql":
        options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    with ReadOnlySession(engine.execution_options(**options), autoflush=False) as session:
        yield session


@contextmanager
def transaction(engine: Engine, *, first: bool = False, passing: bool = False) -> Iterator[Session]:
    """Yield a session whose work is committed when the block ends well, and undone when it does not.

    On SQLite the threads of one process write in the order they came: a flood turns nobody away who was first.
    `first` goes before all that: a message that somebody is writing to us must be on record in two seconds.
    `passing` is for what a loss of power may undo without harm, such as a claim: the disk is not waited for.
    """
    turns: Turns | None = engine.get_execution_options().get(_TURNS)
    patience = POOL_SECONDS if first else PATIENCE_SECONDS
    try:
        with ExitStack() as stack:
            if turns is not None:
                stack.enter_context(turns.turn(patience, first=first))
                # another process may be writing just now: wait as long for it as for one of our own threads
                engine = engine.execution_options(**{_WAIT: int(patience * 1000), _PASSING: passing})
            session = stack.enter_context(Session(engine, expire_on_commit=False))
            if passing and engine.dialect.name == "postgresql":
                session.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield session
            session.commit()
    except NoTurnError:
        raise PoolTimeout("the database was busy for too long") from None
