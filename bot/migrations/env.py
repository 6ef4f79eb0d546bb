"""Alembic's entry: run the migrations on the connection that `upgrade` handed over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy_utc import UtcDateTime
from sqlmodel import AutoString

import bot.tables
import escalation.tables
import knowledge_base.tables


def render_item(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database: history must not need today's code."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, knowledge_base.tables.TextList):
        return "sa.Text()"
    if kind == "type" and isinstance(value, AutoString):
        return f"sa.String(length={value.length})" if value.length else "sa.String()"
    return False


def run() -> None:
    """Run the migrations, all on one connection and in its transaction."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=[bot.tables.metadata, escalation.tables.metadata, knowledge_base.tables.metadata],
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
