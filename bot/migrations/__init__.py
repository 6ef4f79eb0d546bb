"""The schema's history, over the three packages' tables, run in process at start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

_HERE = Path(__file__).resolve().parent
_LOCK = 7_310_042  # any number of ours: PostgreSQL's advisory lock for "migrating"


class SchemaError(Exception):
    """The database is not at the schema this program needs. The text says what to do."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the newest revision this program knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


def current(engine: Engine) -> str | None:
    """Return the database's revision, or None for a database that was never set up."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> bool:
    """Bring the database to the newest revision; return whether anything changed.

    One process at a time: PostgreSQL by an advisory lock, SQLite by its own write lock.
    Raise SchemaError for a database that a newer program has written.
    """
    if current(engine) == head():
        return False
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = MigrationContext.configure(connection).get_current_revision()
        if before is not None and before not in known:
            raise SchemaError(
                f"the database is at revision {before}, which is newer than this program: update it"
            )
        if before == head():
            return False
        command.upgrade(_config(connection), "head")
    return True


def check(engine: Engine) -> None:
    """Raise SchemaError unless the database is at the newest revision."""
    found = current(engine)
    if found is None:
        raise SchemaError("the database is empty: run `helpdesk migrate`")
    if found != head():
        raise SchemaError(
            f"the database is at revision {found}, this program needs {head()}: run `helpdesk migrate`"
        )
