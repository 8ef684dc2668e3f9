"""Writes the rows of a proposed change into the book as it is by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Table
from sqlalchemy.exc import IntegrityError

from db.schema import Base
from desktop.domain.configuration import RowChange
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.change_sets import DELETE, INSERT, Change, key_of, plain_value, row_of, row_values
from desktop.services.subjects import called, word

# What a scope's id names, where the column itself cannot say it.
_SCOPED: Final = frozenset({"rule_setting", "template_choice"})


def replay(made: Change, changes: Sequence[RowChange]) -> None:
    """Write the rows in their order; rows that are new take the next free ids.

    Raises UserError where a row is no longer as it was when the change was proposed, is gone, or has come meanwhile.
    """
    ids: dict[tuple[str, int | str], int] = {}
    for one in changes:
        table = Base.metadata.tables[one.table]
        key = ids.get((one.table, one.id), one.id)
        try:
            if one.action == INSERT:
                _insert(made, table, one, ids)
            else:
                _refuse_if_different(made, table, key, one.before or {}, ids)
                if one.action == DELETE:
                    made.delete_row(table, key)
                else:
                    made.update_row(table, key, row_values(table, _mapped(table, one.after or {}, ids)))
        except LookupError as error:
            raise _stale(_("{what} is gone").format(what=called(made.connection, one.table, key))) from error
        except IntegrityError as error:
            raise _stale(_("the like of it is there by now ({what})").format(what=word(one.table))) from error


def _insert(made: Change, table: Table, one: RowChange, ids: dict[tuple[str, int | str], int]) -> None:
    row = row_values(table, _mapped(table, one.after or {}, ids))
    key = key_of(table)
    if isinstance(one.id, str):
        made.insert_row(table, row)
        return
    if table.name == "file":
        # The same bytes may have come meanwhile by another way.
        standing = made.connection.exec_driver_sql("SELECT id FROM file WHERE sha256 = ?", (row["sha256"],)).scalar()
        if standing is not None:
            ids["file", one.id] = int(standing)
            return
    ids[one.table, one.id] = made.insert_row(table, row | {key.name: None})


def _refuse_if_different(
    made: Change, table: Table, key: int | str, before: Mapping[str, Any], ids: dict[tuple[str, int | str], int]
) -> None:
    standing = row_of(made.connection, table, key)
    for name, value in _mapped(table, before, ids).items():
        if name == key_of(table).name or name not in standing:
            continue
        keeps = isinstance(value, Mapping) and "base64" in value
        if plain_value(standing[name], keep_bytes=keeps) != value:
            raise _stale(_("{what} was changed meanwhile").format(what=called(made.connection, table.name, key)))


def _mapped(table: Table, plain: Mapping[str, Any], ids: Mapping[tuple[str, int | str], int]) -> dict[str, Any]:
    """The values with ids of new rows as they are in the book by now."""
    found = dict(plain)
    for name, value in plain.items():
        column = table.columns.get(name)
        if column is None or not isinstance(value, int):
            continue
        for foreign in column.foreign_keys:
            found[name] = ids.get((foreign.column.table.name, value), value)
    if table.name in _SCOPED and "scope_id" in plain and plain.get("scope") in Base.metadata.tables:
        found["scope_id"] = ids.get((str(plain["scope"]), plain["scope_id"]), plain["scope_id"])
    return found


def _stale(reason: str) -> UserError:
    return UserError(
        _("The proposed change does not fit the book any more: {reason}.").format(reason=reason),
        _("Refuse or withdraw it, and propose it anew."),
    )
