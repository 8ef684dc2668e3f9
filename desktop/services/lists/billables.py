"""Hours and one-off charges in one list, because a person asks what waits to be billed, not in which table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.billing import line_amount
from desktop.domain.money import SCALE, unscaled
from desktop.services.lists.searching import ids_text, like, named, ordered

Kind = Literal["time", "one_off"]

# Two tables have one list, so a row's id says its table by being even or odd.
_TIME = """SELECT t.id * 2 AS id, t.work_date AS day, 'time' AS kind, t.person AS person, t.hours AS quantity,
  t.note AS text{names} FROM time_entry t JOIN client c ON c.id = t.client_id
  LEFT JOIN agreement a ON a.id = t.agreement_id LEFT JOIN item i ON i.id = t.item_id WHERE {where}"""
_ONE_OFF = """SELECT o.id * 2 + 1 AS id, o.due_date AS day, o.kind AS kind, '' AS person, o.quantity AS quantity,
  o.description AS text{names} FROM one_off o JOIN client c ON c.id = o.client_id
  LEFT JOIN agreement a ON a.id = o.agreement_id LEFT JOIN item i ON i.id = o.item_id WHERE {where}"""
_KINDS = ("time", "charge", "discount", "deposit")
_SORTS = {"day": "day", "kind": "kind", "person": "person COLLATE NOCASE", "quantity": "quantity", "text": "text"}
_JOINED_SORTS = {"client": "client COLLATE NOCASE", "agreement": "agreement COLLATE NOCASE"}


def source(row_id: int) -> tuple[Kind, int]:
    """The table and the id in it that a row of the list stands for."""
    return ("one_off" if row_id % 2 else "time"), row_id // 2


def row_id(kind: Kind, id: int) -> int:
    return id * 2 + (kind == "one_off")


class BillableList:
    """Billables, the latest first. Filters: unbilled, billed, drafted; time, charge, discount, deposit; loose (no
    agreement), not_billable, client:ID, agreement:ID. Without any state all."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        """Sorts: day, kind, client, agreement, person, quantity, text."""
        kinds = [kind for kind in _KINDS if kind in filters] or list(_KINDS)
        # Names are joined in only where the order asks for them: a hundred thousand entries feel it.
        names = ", c.name AS client, coalesce(a.code, '') AS agreement" if sort in _JOINED_SORTS else ""
        parts, values = [], list[object]()
        if "time" in kinds:
            where, given = _conditions(search, filters, "t", ("t.note", "t.person"))
            parts.append(_TIME.format(where=where, names=names))
            values += given
        others = [kind for kind in kinds if kind != "time"]
        if others and "not_billable" not in filters:
            where, given = _conditions(search, filters, "o", ("o.description",))
            if len(others) < len(_KINDS) - 1:
                where += f" AND o.kind IN ({', '.join('?' * len(others))})"
                given += others
            parts.append(_ONE_OFF.format(where=where, names=names))
            values += given
        if not parts:
            return []
        order = ordered(_SORTS | _JOINED_SORTS, sort, descending, "day DESC, id DESC")
        sql = f"SELECT id FROM ({' UNION ALL '.join(parts)}) ORDER BY {order}"
        with self._book.reading() as session:
            return [row[0] for row in session.connection().exec_driver_sql(sql, tuple(values))]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """kind (time, charge, discount, deposit), day, client, client_id, agreement (code), agreement_id, item, person,
        quantity (Decimal; hours for time), unit_price (Decimal or None: the agreement or the card decides), amount
        (net minor units, None where the price is not its own), currency, text, invoice, state (unbilled, draft,
        billed, not_billable)."""
        time_ids = [id // 2 for id in ids if id % 2 == 0]
        one_off_ids = [id // 2 for id in ids if id % 2]
        with self._book.reading() as session:
            connection = session.connection()
            return _time_rows(connection, time_ids) | _one_off_rows(connection, one_off_ids)

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What those with a price of their own come to, minor units by currency."""
        sums: dict[str, int] = {}
        for row in self.rows(ids).values():
            amount = row["amount"]
            if isinstance(amount, int):
                currency = str(row["currency"])
                sums[currency] = sums.get(currency, 0) + amount
        return sums


def _conditions(search: str, filters: frozenset[str], table: str, own: Sequence[str]) -> tuple[str, list[object]]:
    text, values = like(search, (*own, "c.name", "c.code", "coalesce(a.code, '')", "coalesce(i.name, '')"))
    where = [text]
    states = {
        "unbilled": f"{table}.invoice_id IS NULL" + (" AND t.billable = 1" if table == "t" else ""),
        "billed": f"{table}.invoice_id IS NOT NULL",
        "drafted": f"{table}.invoice_id IS NULL AND {table}.draft_id IS NOT NULL",
    }
    chosen = [f"({condition})" for word, condition in states.items() if word in filters]
    if chosen:
        where.append(f"({' OR '.join(chosen)})")
    if "not_billable" in filters and table == "t":
        where.append("t.billable = 0")
    if "loose" in filters:
        where.append(f"{table}.agreement_id IS NULL")
    for prefix in ("client", "agreement"):
        numbers = named(filters, prefix)
        if numbers:
            where.append(f"{table}.{prefix}_id IN ({', '.join('?' * len(numbers))})")
            values += [int(one) for one in numbers]
    return " AND ".join(where), values


def _time_rows(connection: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, object]]:
    found = connection.exec_driver_sql(
        """SELECT t.id, t.work_date, c.name, t.client_id, coalesce(a.code, ''), t.agreement_id, coalesce(i.name, ''),
        t.person, t.hours, t.rate, coalesce(a.currency, c.currency), t.note, coalesce(v.number, ''), t.draft_id,
        t.billable FROM time_entry t JOIN client c ON c.id = t.client_id LEFT JOIN agreement a ON a.id = t.agreement_id
        LEFT JOIN item i ON i.id = t.item_id LEFT JOIN invoice v ON v.id = t.invoice_id
        WHERE t.id IN (SELECT value FROM json_each(?))""",
        (ids_text(ids),),
    )
    return {
        row[0] * 2: _row("time", row)
        | {"state": "billed" if row[12] else "not_billable" if not row[14] else "draft" if row[13] else "unbilled"}
        for row in found
    }


def _one_off_rows(connection: Connection, ids: Sequence[int]) -> dict[int, Mapping[str, object]]:
    found = connection.exec_driver_sql(
        """SELECT o.id, o.due_date, c.name, o.client_id, coalesce(a.code, ''), o.agreement_id, coalesce(i.name, ''),
        '', o.quantity, o.unit_price, o.currency, o.description, coalesce(v.number, ''), o.draft_id, o.kind
        FROM one_off o JOIN client c ON c.id = o.client_id LEFT JOIN agreement a ON a.id = o.agreement_id
        LEFT JOIN item i ON i.id = o.item_id LEFT JOIN invoice v ON v.id = o.invoice_id
        WHERE o.id IN (SELECT value FROM json_each(?))""",
        (ids_text(ids),),
    )
    return {
        row[0] * 2 + 1: _row(row[14], row) | {"state": "billed" if row[12] else "draft" if row[13] else "unbilled"}
        for row in found
    }


def _row(kind: str, row: Sequence[object]) -> dict[str, object]:
    quantity, price, currency = int(str(row[8])), row[9], str(row[10])
    amount = line_amount(quantity, price, SCALE, currency) if isinstance(price, int) else None
    return {
        "kind": kind,
        "day": row[1],
        "client": row[2],
        "client_id": row[3],
        "agreement": row[4],
        "agreement_id": row[5],
        "item": row[6],
        "person": row[7],
        "quantity": unscaled(quantity),
        "unit_price": unscaled(price) if isinstance(price, int) else None,
        "amount": amount,
        "currency": currency,
        "text": row[11] or row[6],
        "invoice": row[12],
    }
