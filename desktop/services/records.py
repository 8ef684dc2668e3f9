"""Rows of the book as plain values: Decimals for what the book keeps scaled, dates as dates, texts without edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Boolean, Column, Date, String, Table, select
from sqlalchemy.orm import Session

from db.schema.base import Base, Minor, Scaled
from desktop.domain.money import scaled, unscaled
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.problems import Problems

Record = dict[str, Any]

# Columns that the program keeps for itself.
OWN = frozenset({"id", "digest", "batch_id"})
_LARGEST = 2**63 - 1


def record(row: Base) -> Record:
    """A row with its scaled columns as Decimals."""
    return {column.name: _out(column, getattr(row, column.name)) for column in _columns(type(row))}


def records(rows: Iterable[Base]) -> list[Record]:
    return [record(row) for row in rows]


def found(session: Session, model: type[Base], id: int, what: str) -> Any:
    """The row, or a UserError that it is gone; `what` names it as in "The client"."""
    row = session.get(model, id)
    if row is None:
        raise UserError(_("{what} is not there any more.").format(what=what), _("Reload the list."))
    return row


def column_values(model: type[Base], values: Mapping[str, object], problems: Problems) -> Record:
    """Plain values as the columns take them, all that is wrong with them noted under the column's name.

    Text is stripped, a Decimal scaled, an empty text of a nullable column null. A name that is no column, or a value of
    another kind than its column's, is a bug of the caller and raises TypeError.
    """
    columns = {column.name: column for column in _columns(model)}
    made: Record = {}
    for name, value in values.items():
        if name not in columns or name in OWN:
            raise TypeError(f"{model.__tablename__} has no field {name!r}")
        column = columns[name]
        try:
            made[name] = _in(column, value)
        except ValueError as error:
            problems.add(name, str(error))
    return made


def rows_of(session: Session, model: type[Any], *conditions: Any, order: Any = None) -> list[Record]:
    """Rows that meet the conditions as records, by id unless told otherwise."""
    query = select(model).where(*conditions).order_by(model.id if order is None else order)
    return records(session.scalars(query))


def _columns(model: type[Base]) -> Iterable[Column[Any]]:
    return cast(Table, model.__table__).columns


def _out(column: Column[Any], value: Any) -> Any:
    return unscaled(value) if isinstance(column.type, Scaled) and value is not None else value


def _in(column: Column[Any], value: object) -> object:
    """Raises ValueError with a sentence for the user, TypeError for a bug."""
    kind = column.type
    if isinstance(value, str):
        value = " ".join(value.split()) if "\n" not in value else value.strip()
    if value is None or (value == "" and column.nullable):
        if column.nullable:
            return None
        if isinstance(kind, String):
            return ""
        raise ValueError(_("This is needed."))
    if isinstance(kind, Scaled):
        return _scaled(column, value)
    wanted: type = str
    if isinstance(kind, Minor):
        wanted = int
    elif isinstance(kind, Boolean):
        wanted = bool
    elif isinstance(kind, Date):
        wanted = date
    elif not isinstance(kind, String):
        wanted = int
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise TypeError(f"{column.table.name}.{column.name} takes {wanted.__name__}, not {value!r}")
    if wanted is int and abs(int(value)) > _LARGEST:  # type: ignore[call-overload]
        raise ValueError(_("The figure is larger than a book can hold."))
    return value


def _scaled(column: Column[Any], value: object) -> int:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise TypeError(f"{column.table.name}.{column.name} takes a Decimal, not {value!r}")
    try:
        kept = scaled(Decimal(value))
    except ValueError:
        raise ValueError(
            _("{figure} has more than six decimals, which a book does not keep.").format(
                figure=number_text(Decimal(value))
            )
        ) from None
    if abs(kept) > _LARGEST:
        raise ValueError(_("The figure is larger than a book can hold."))
    return kept
