"""Rows to JSON and back by the type of their columns, and the numbers that tables hand out."""

import base64
import json
from collections.abc import Generator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    Enum,
    Integer,
    LargeBinary,
    String,
    Table,
    TableClause,
    func,
    select,
    text,
)
from sqlalchemy import column as column_clause
from sqlalchemy import table as table_clause
from sqlalchemy_utc import UtcDateTime

from escalation.tables.sealed import SealedText
from knowledge_base.tables import TextList

# Rows held in memory at once. A row with a sealed file in it may have 60 MB.
ROWS_AT_ONCE = 500
_SEALED_ROWS_AT_ONCE = 8


def as_stored(table: Table) -> TableClause:
    """Return the table as the database has it: sealed words stay sealed, whoever holds the key."""
    columns = (
        column_clause(key.name, String() if isinstance(key.type, SealedText) else key.type)
        for key in table.columns
    )
    return table_clause(table.name, *columns)


def lines_from(connection: Connection, table: Table) -> Generator[bytes, None, None]:
    """Yield a table's rows as lines, in the order of its primary key, a few in memory at a time."""
    sealed = any(isinstance(column.type, LargeBinary) for column in table.columns)
    query = select(as_stored(table)).order_by(*(as_stored(table).c[key.name] for key in table.primary_key))
    options = {"yield_per": _SEALED_ROWS_AT_ONCE if sealed else ROWS_AT_ONCE}
    columns = tuple(table.columns)
    with connection.execute(query, execution_options=options) as found:
        for row in found:
            fields = {
                column.name: _to_json(column, value) for column, value in zip(columns, row, strict=True)
            }
            yield json.dumps(fields, separators=(",", ":")).encode("ascii") + b"\n"


def _to_json(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    match column.type:
        case UtcDateTime():
            return value.astimezone(UTC).isoformat()
        case Date():
            return value.isoformat()
        case LargeBinary():
            return base64.b64encode(value).decode("ascii")
        case Enum():
            return value.value
        case TextList():
            return list(value)
    return value


def read_row(table: Table, line: bytes) -> dict[str, Any]:
    """Return a row's values from its line; raise ValueError when they are not this table's."""
    try:
        fields = json.loads(line)
        if not isinstance(fields, dict) or fields.keys() != set(table.columns.keys()):
            raise ValueError("not the columns of the table")
        return {column.name: _from_json(column, fields[column.name]) for column in table.columns}
    except (TypeError, AttributeError, LookupError) as error:
        raise ValueError("not the values of the table") from error


def _from_json(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    match column.type:
        case UtcDateTime():
            return datetime.fromisoformat(value).astimezone(UTC)
        case Date():
            return date.fromisoformat(value)
        case LargeBinary():
            return base64.b64decode(value, validate=True)
        case Enum(enum_class=enum_class) if enum_class is not None:
            return enum_class(value)
        case TextList():
            return tuple(value)
    return value


def last_id(connection: Connection, table: Table) -> int | None:
    """Return the highest id a table has handed out: a row that is gone leaves its number taken."""
    column = _numbered(table)
    if column is None:
        return None
    highest: int = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
    if connection.dialect.name == "postgresql":
        sequence = _sequence(connection, table, column)
        if sequence is None:
            return highest
        handed_out: int = connection.execute(
            text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608  the database's own name for it
        ).scalar_one()
        return max(highest, handed_out)
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return highest
    found = connection.execute(
        text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}
    ).scalar_one_or_none()
    return max(highest, found or 0)


def _numbered(table: Table) -> Column[Any] | None:
    """Return the column whose numbers the database hands out, if the table has one."""
    column = table.autoincrement_column
    return column if column is not None and isinstance(column.type, Integer) else None


def _sequence(connection: Connection, table: Table, column: Column[Any]) -> str | None:
    found: str | None = connection.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
    ).scalar_one()
    return found


def continue_ids(connection: Connection, table: Table, handed_out: int | None) -> None:
    """Let new rows go on after the highest number that was ever handed out."""
    column = _numbered(table)
    if column is None:
        return
    highest: int = connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
    last = max(highest, handed_out or 0)
    if connection.dialect.name == "postgresql":
        sequence = _sequence(connection, table, column)
        if sequence is not None:
            connection.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :last, :called)"),
                {"sequence": sequence, "last": max(last, 1), "called": last > 0},
            )
    elif table.dialect_options["sqlite"]["autoincrement"]:
        name = {"name": table.name, "last": last}
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), name)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), name)
