"""Why rows cannot be taken back, in words: the invoice that billed them, the draft that holds them, what uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table

from desktop.i18n import _, ngettext
from desktop.services.change_sets import key_of
from desktop.services.subjects import called, word

# So many invoices are named in a refusal.
_NAMED = 3


def obstacle(connection: Connection, table: Table, where: str, values: tuple[Any, ...]) -> str:
    """Why the database refused, in words: the invoice that billed it, the draft that holds it, the row that uses it."""
    return (
        billed(connection, table, where, values)
        or drafted(connection, table, where, values)
        or _user(connection, table, where, values)
        or _("the rules of the book forbid it ({what})").format(what=word(table.name))
    )


def billed(connection: Connection, table: Table, where: str, values: tuple[Any, ...]) -> str:
    # Other tables name an invoice to which they belong; usage is billed without being held by a draft.
    if table.name != "usage" and not {"draft_id", "invoice_id"} <= set(table.columns.keys()):
        return ""
    numbers = connection.exec_driver_sql(
        f"SELECT DISTINCT i.number FROM {table.name} t JOIN invoice i ON i.id = t.invoice_id"
        f" WHERE t.id IN (SELECT id FROM {table.name} WHERE {where}) ORDER BY i.id",
        values,
    ).fetchall()
    return (
        _("{what} of it was billed since on {invoices}").format(
            what=word(table.name), invoices=_listed([number for (number,) in numbers])
        )
        if numbers
        else ""
    )


def booked(connection: Connection, table: Table, where: str, values: tuple[Any, ...]) -> str:
    """Of bank lines: that some were booked. Their history stays even where it was taken back."""
    if table.name != "bank_line":
        return ""
    count = connection.exec_driver_sql(
        f"SELECT count(DISTINCT line_id) FROM bank_match WHERE line_id IN (SELECT id FROM bank_line WHERE {where})",
        values,
    ).scalar_one()
    return (
        ngettext("{count} line of it was booked since", "{count} lines of it were booked since", count).format(
            count=count
        )
        if count
        else ""
    )


def drafted(connection: Connection, table: Table, where: str, values: tuple[Any, ...]) -> str:
    if "draft_id" not in table.columns:
        return ""
    row = connection.exec_driver_sql(
        f"SELECT r.number FROM {table.name} t JOIN draft d ON d.id = t.draft_id JOIN run r ON r.id = d.run_id"
        f" WHERE t.id IN (SELECT id FROM {table.name} WHERE {where}) LIMIT 1",
        values,
    ).fetchone()
    return _("{what} of it stands in a draft of run {run}").format(what=word(table.name), run=row[0]) if row else ""


def _user(connection: Connection, table: Table, where: str, values: tuple[Any, ...]) -> str:
    """What names one of these rows; an invoice before anything else."""
    users = [
        (other, foreign.parent.name)
        for other in table.metadata.tables.values()
        for foreign in other.foreign_keys
        if foreign.column.table is table and foreign.ondelete != "CASCADE"
    ]
    users.sort(key=lambda user: user[0].name != "invoice")
    key = key_of(table).name
    for other, column in users:
        found = connection.exec_driver_sql(
            f"SELECT {key_of(other).name}, {column} FROM {other.name}"
            f" WHERE {column} IN (SELECT {key} FROM {table.name} WHERE {where}) LIMIT 1",
            values,
        ).fetchone()
        if found is not None:
            return _("{what} is used by {user}").format(
                what=called(connection, table.name, found[1]), user=called(connection, other.name, found[0])
            )
    return ""


def _listed(numbers: Sequence[str]) -> str:
    if len(numbers) <= _NAMED:
        return ", ".join(numbers)
    more = len(numbers) - _NAMED
    return _("{some} and {more} more").format(some=", ".join(numbers[:_NAMED]), more=more)
