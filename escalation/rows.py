"""Insert a row unless its unique key is taken: the database settles the race, nobody checks first."""

from typing import Any, cast

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_new(session: Session, row: SQLModel) -> bool:
    """Insert `row` and return True, or return False when any of its unique keys exists already.

    On PostgreSQL this waits for a competing transaction, then sees what it committed.
    """
    table = cast(Any, type(row)).__table__
    values = {name: value for name, value in row.model_dump().items() if value is not None}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    # RETURNING rather than the row count, which PostgreSQL's driver does not give for every insert.
    inserted = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return session.connection().execute(inserted).first() is not None
