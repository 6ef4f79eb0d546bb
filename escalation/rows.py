"""Insert a row unless its unique key is taken: the database settles the race, nobody checks first."""

from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, SQLModel


def insert_new(session: Session, row: SQLModel) -> bool:
    """Insert `row` and return True, or return False when any of its unique keys exists already.

    On PostgreSQL this waits for a competing transaction, then sees what it committed.
    """
    return _inserted(session, row) is not None


def keep_new(session: Session, row: SQLModel) -> bool:
    """Do what `insert_new` does; a row that went in belongs to the session afterwards, and is not read again."""
    key = _inserted(session, row)
    if key is None:
        return False
    for column, value in zip(cast(Any, type(row)).__table__.primary_key, key, strict=True):
        setattr(row, column.key, value)
    make_transient_to_detached(row)
    session.add(row)
    return True


def _inserted(session: Session, row: SQLModel) -> Row[Any] | None:
    """Return the primary key of a row that went in, None for one that was there."""
    values = {name: value for name, value in row.model_dump().items() if value is not None}
    statement = _insert(cast(Any, type(row)).__table__, session.get_bind().dialect.name)
    return session.connection().execute(statement, values).first()


@lru_cache(maxsize=256)
def _insert(table: Table, dialect: str) -> Any:
    """Return the statement for a table, made once: most of the time of an insert goes into making it."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    # RETURNING rather than the row count, which PostgreSQL's driver does not give for every insert.
    return insert.on_conflict_do_nothing().returning(*table.primary_key)
