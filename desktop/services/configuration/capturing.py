"""What a use case would change of the configuration, found by doing it and taking it back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary

from db import row_seals
from db.engine import Book
from db.schema import Base
from desktop.domain.configuration import RowChange, is_configuration
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.change_sets import DELETE, INSERT, UPDATE, key_of, plain_value, row_of
from desktop.services.subjects import word

# The word of an import that it was made; what is proposed is not taken in yet.
_BESIDE: Final = "import_batch"


def captured(book: Book, act: Callable[[], object]) -> tuple[RowChange, ...]:
    """The rows that `act` writes to the book, in their order; nothing of it stays.

    Raises what `act` raises, and UserError where it changes what is no configuration, or nothing.
    """
    with book.rehearsing() as connection:
        (last,) = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM audit_event").one()
        act()
        found = _written_after(connection, int(last))
    if not found:
        raise UserError(_("Nothing would change."), _("Change something first, then propose it."))
    return found


def _written_after(connection: Connection, last: int) -> tuple[RowChange, ...]:
    events = connection.exec_driver_sql(
        "SELECT e.subject, e.subject_id, e.action, p.before, p.after FROM audit_event e"
        " JOIN audit_payload p ON p.event_id = e.id WHERE e.id > ? ORDER BY e.id",
        (last,),
    ).fetchall()
    found = []
    taken_in: dict[str, dict[str, Any]] = {}
    for subject, subject_id, action, before_text, after_text in events:
        if subject == _BESIDE:
            continue
        before, after = json.loads(before_text or "null"), json.loads(after_text or "null")
        if action in (INSERT, UPDATE, DELETE):
            found.append(_row_change(connection, subject, subject_id, action, before, after))
        elif action == row_seals.ROWS and subject in taken_in:
            found += _rows_taken_in(connection, subject, after["first"], after["last"], taken_in[subject])
        elif (after or {}).get("pick") and is_configuration(subject):
            # Their seal follows, and says which they are.
            taken_in[subject] = after["pick"]
        elif action == row_seals.ROWS or "pick" in (after or {}):
            raise _not_proposed(subject)
    return tuple(found)


def _rows_taken_in(
    connection: Connection, subject: str, first: int, last: int, pick: dict[str, Any]
) -> list[RowChange]:
    """New rows of an import, which the log keeps as one event; the columns that name the import stay empty."""
    table = Base.metadata.tables[subject]
    key = key_of(table)
    query = table.select().where(key.between(first, last)).order_by(key)
    found = []
    for row in connection.execute(query).mappings():
        values = {name: None if name in pick else plain_value(value, keep_bytes=True) for name, value in row.items()}
        found.append(RowChange(subject, int(row[key.name]), INSERT, None, values))
    return found


def _row_change(
    connection: Connection,
    subject: str,
    subject_id: int | None,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> RowChange:
    table = Base.metadata.tables[subject]
    key: int | str = subject_id if subject_id is not None else str((after or before or {})[key_of(table).name])
    if not is_configuration(subject, key):
        raise _not_proposed(subject)
    if action == INSERT and any(isinstance(column.type, LargeBinary) for column in table.columns):
        # The log keeps only the hash of bytes that stand in the book, and these will not stand there.
        row = row_of(connection, table, key)
        after = {name: plain_value(value, keep_bytes=True) for name, value in row.items()}
    return RowChange(subject, key, action, before, after)


def _not_proposed(subject: str) -> UserError:
    return UserError(
        _("This cannot be proposed for later: it also changes what is no configuration ({what}).").format(
            what=word(subject)
        ),
        _("Save it at once instead; it can be undone."),
    )
