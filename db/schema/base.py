"""What every table shares: names of constraints, integer-only money, words instead of enums."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import CheckConstraint, Integer, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class Minor(TypeDecorator[int]):
    """An amount in minor units of the row's currency."""

    impl = Integer
    cache_ok = True


class Scaled(TypeDecorator[int]):
    """A quantity, unit price or fraction times 10**6."""

    impl = Integer
    cache_ok = True


Id = Annotated[int, mapped_column(primary_key=True)]
Amount = Annotated[int, mapped_column(Minor)]
Quantity = Annotated[int, mapped_column(Scaled)]


def words(column: str, *values: str, nullable: bool = False) -> CheckConstraint:
    """Limits a text column to the given words; the commonest comes first.

    Not by IN: for more than two words SQLite would build an index of them anew for each row that is written.
    """
    test = " OR ".join(f"{column} = '{value}'" for value in values)
    return CheckConstraint(f"{column} IS NULL OR {test}" if nullable else test, name=f"{column}_word")


def guard_integers(metadata: MetaData) -> None:
    """SQLite lets text and reals into INTEGER columns; these checks do not."""
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Minor | Scaled):
                test = f"typeof({column.name}) = 'integer'"
                if column.nullable:
                    test = f"{column.name} IS NULL OR {test}"
                table.append_constraint(CheckConstraint(test, name=f"{column.name}_integer"))
