"""The schema's history, over the three packages' tables, run in process at start.

Alembic takes a third of a second to load, so it is loaded only by what needs it: an up-to-date database
is told from one that is not by its version table alone.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

# The newest revision; a test holds it to the files in versions/.
HEAD = "0009"
_HERE = Path(__file__).resolve().parent
_LOCK = 7_310_042  # any number of ours: PostgreSQL's advisory lock for "migrating"


class SchemaError(Exception):
    """The database is not at the schema this program needs. The text says what to do."""


def head() -> str:
    """Return the newest revision this program knows."""
    return HEAD


def current(engine: Engine) -> str | None:
    """Return the database's revision, or None for a database that was never set up."""
    with engine.connect() as connection:
        return _revision(connection)


def upgrade(engine: Engine) -> bool:
    """Bring the database to the newest revision; return whether anything changed.

    One process at a time: PostgreSQL by an advisory lock, SQLite by its own write lock.
    Raise SchemaError for a database that a newer program has written.
    """
    if current(engine) == HEAD:
        return False
    from alembic import command  # noqa: PLC0415  see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415  see above

    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = _revision(connection)
        if before is not None and before not in known:
            raise SchemaError(
                f"the database is at revision {before}, which is newer than this program: update it"
            )
        if before == HEAD:
            return False
        command.upgrade(config(connection), "head")
    return True


def check(engine: Engine) -> None:
    """Raise SchemaError unless the database is at the newest revision."""
    found = current(engine)
    if found is None:
        raise SchemaError("the database is empty: run `helpdesk migrate`")
    if found != HEAD:
        raise SchemaError(
            f"the database is at revision {found}, this program needs {HEAD}: run `helpdesk migrate`"
        )


def config(connection: Connection | None = None) -> "Config":
    """Return Alembic's configuration, with the connection that its environment works on."""
    from alembic.config import Config  # noqa: PLC0415  see above

    made = Config()
    made.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
