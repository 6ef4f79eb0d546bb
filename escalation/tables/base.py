"""The declarative base of this package, and the column helpers its tables share.

The package owns its MetaData: no foreign key leaves it, and Alembic is given it by name.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import Enum as EnumType
from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlalchemy_utc import UtcDateTime
from sqlmodel import Field, SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(SQLModel, registry=registry(metadata=metadata)):
    """Give every table of the package the same MetaData."""


def instant(*, index: bool = False) -> Any:
    """Return a required column holding an aware UTC instant; naive values are refused."""
    return Field(sa_type=UtcDateTime, nullable=False, index=index)


def maybe_instant(*, index: bool = False) -> Any:
    """Return an optional column holding an aware UTC instant."""
    return Field(default=None, sa_type=UtcDateTime, nullable=True, index=index)


def by_value(enum: type[StrEnum], *, default: StrEnum | None = None, nullable: bool = False) -> Any:
    """Return a column that stores the enum's values, with a CHECK that refuses any other."""
    values = [member.value for member in enum]
    column_type = EnumType(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        length=max(map(len, values)),
        name=enum.__name__.lower(),
    )
    if default is None and not nullable:
        return Field(sa_type=column_type, nullable=False)
    return Field(default=default, sa_type=column_type, nullable=nullable)


__all__ = ["Base", "by_value", "instant", "maybe_instant", "metadata"]
