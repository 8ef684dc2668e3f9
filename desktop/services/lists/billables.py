"""Hours and one-off charges in one list, because a person asks what waits to be billed, not in which table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.billing import line_amount
from desktop.domain.money import SCALE, unscaled
from desktop.services.lists.billable_prices import Unpriced, prices_for
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
    """Billables, the latest first. Filters: unbilled, billed, drafted; time, charge, discount, deposit, charges (the
    latter three); loose (no agreement), unpriced (waits and nothing prices it), not_billable, client:ID, agreement:ID.
    Without any state all."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        """Sorts: day, kind, client, agreement, person, quantity, text."""
        if "charges" in filters:
            filters |= {"charge", "discount", "deposit"}
        if "unpriced" in filters:
            unpriced = self._unpriced_ids()
            return [id for id in self.ids(search, filters - {"unpriced"}, sort, descending) if id in unpriced]
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
        quantity (Decimal; hours for time), unit_price (Decimal; what billed it, its own, else what a run would take;
        None where nothing prices it), own_price (whether it names its price itself), amount (net minor units: what was
        charged, else quantity times price), currency, text, invoice, invoice_id, run (whose draft holds it), state
        (unbilled, draft, billed, not_billable)."""
        time_ids = [id // 2 for id in ids if id % 2 == 0]
        one_off_ids = [id // 2 for id in ids if id % 2]
        with self._book.reading() as session:
            connection = session.connection()
            found = [*_selected(connection, _TIME_ROWS, time_ids), *_selected(connection, _ONE_OFF_ROWS, one_off_ids)]
            prices = prices_for(connection, [_unpriced(row) for row in found if _needs_price(row)])
            return {row[0]: _row(row, prices.get(row[0])) for row in found}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What these come to, minor units by currency; what nothing prices counts for nothing."""
        sums: dict[str, int] = {}
        waiting: list[int] = []
        with self._book.reading() as session:
            connection = session.connection()
            for table, odd in (("time_entry", 0), ("one_off", 1)):
                own = (ids_text(id // 2 for id in ids if id % 2 == odd),)
                # What is billed may be a hundred thousand rows, and the charges know their amounts.
                for currency, amount in connection.exec_driver_sql(
                    f"""SELECT v.currency, sum(h.amount) FROM {table} s JOIN invoice v ON v.id = s.invoice_id
                    JOIN charge h ON h.{table}_id = s.id AND h.reversed_by IS NULL
                    WHERE s.id IN (SELECT value FROM json_each(?)) GROUP BY v.currency""",
                    own,
                ):
                    sums[currency] = sums.get(currency, 0) + amount
                left = f"""SELECT s.id * 2 + {odd} FROM {table} s
                    WHERE s.invoice_id IS NULL AND s.id IN (SELECT value FROM json_each(?))"""
                waiting += [row[0] for row in connection.exec_driver_sql(left, own)]
        for currency, amount in _sums(self.rows(waiting)).items():
            sums[currency] = sums.get(currency, 0) + amount
        return sums

    def _unpriced_ids(self) -> set[int]:
        """Ids of what waits and neither names a price nor finds one."""
        with self._book.reading() as session:
            connection = session.connection()
            waiting = [
                row[0]
                for row in connection.exec_driver_sql(
                    """SELECT id * 2 FROM time_entry WHERE invoice_id IS NULL AND billable = 1 AND rate IS NULL
                    UNION ALL SELECT id * 2 + 1 FROM one_off WHERE invoice_id IS NULL AND unit_price IS NULL"""
                )
            ]
        return {id for id, row in self.rows(waiting).items() if row["unit_price"] is None}


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


# id, day, client, client id, agreement, agreement id, item, person, quantity, own price, currency, text, invoice,
# draft, billable, kind, item id, what was charged, at which price, id of the invoice, run of the draft
_TIME_ROWS = """SELECT t.id * 2, t.work_date, c.name, t.client_id, coalesce(a.code, ''), t.agreement_id,
  coalesce(i.name, ''), t.person, t.hours, t.rate, coalesce(a.currency, c.currency), t.note, coalesce(v.number, ''),
  t.draft_id, t.billable, 'time', t.item_id, h.amount, l.unit_price, t.invoice_id, coalesce(r.number, '')
  FROM time_entry t JOIN client c ON c.id = t.client_id LEFT JOIN agreement a ON a.id = t.agreement_id
  LEFT JOIN item i ON i.id = t.item_id LEFT JOIN invoice v ON v.id = t.invoice_id
  LEFT JOIN charge h ON h.time_entry_id = t.id AND h.reversed_by IS NULL
  LEFT JOIN invoice_line l ON l.invoice_id = h.invoice_id AND l.position = h.position
  LEFT JOIN draft d ON d.id = t.draft_id LEFT JOIN run r ON r.id = d.run_id
  WHERE t.id IN (SELECT value FROM json_each(?))"""
_ONE_OFF_ROWS = """SELECT o.id * 2 + 1, o.due_date, c.name, o.client_id, coalesce(a.code, ''), o.agreement_id,
  coalesce(i.name, ''), '', o.quantity, o.unit_price, o.currency, o.description, coalesce(v.number, ''),
  o.draft_id, 1, o.kind, o.item_id, h.amount, l.unit_price, o.invoice_id, coalesce(r.number, '')
  FROM one_off o JOIN client c ON c.id = o.client_id LEFT JOIN agreement a ON a.id = o.agreement_id
  LEFT JOIN item i ON i.id = o.item_id LEFT JOIN invoice v ON v.id = o.invoice_id
  LEFT JOIN charge h ON h.one_off_id = o.id AND h.reversed_by IS NULL
  LEFT JOIN invoice_line l ON l.invoice_id = h.invoice_id AND l.position = h.position
  LEFT JOIN draft d ON d.id = o.draft_id LEFT JOIN run r ON r.id = d.run_id
  WHERE o.id IN (SELECT value FROM json_each(?))"""


def _selected(connection: Connection, sql: str, ids: Sequence[int]) -> Sequence[Any]:
    return connection.exec_driver_sql(sql, (ids_text(ids),)).fetchall() if ids else ()


def _needs_price(row: Any) -> bool:
    return row[9] is None and row[17] is None


def _unpriced(row: Any) -> Unpriced:
    return Unpriced(row[0], row[15] == "time", row[3], row[5], row[16], date.fromisoformat(row[1]), row[8], row[10])


def _row(row: Any, found: int | None) -> dict[str, object]:
    quantity, currency, billed = row[8], row[10], row[19] is not None
    price = row[9] if row[9] is not None else row[18] if billed else found
    amount = row[17] if billed else None
    if amount is None and price is not None:
        amount = line_amount(quantity, price, SCALE, currency)
    return {
        "kind": row[15],
        "day": row[1],
        "client": row[2],
        "client_id": row[3],
        "agreement": row[4],
        "agreement_id": row[5],
        "item": row[6],
        "person": row[7],
        "quantity": unscaled(quantity),
        "unit_price": None if price is None else unscaled(price),
        "own_price": row[9] is not None,
        "amount": amount,
        "currency": currency,
        "text": row[11] or row[6],
        "invoice": row[12],
        "invoice_id": row[19],
        "run": row[20],
        "state": "billed" if billed else "not_billable" if not row[14] else "draft" if row[13] else "unbilled",
    }


def _sums(rows: Mapping[int, Mapping[str, object]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in rows.values():
        amount = row["amount"]
        if isinstance(amount, int):
            currency = str(row["currency"])
            sums[currency] = sums.get(currency, 0) + amount
    return sums


@dataclass(frozen=True, slots=True)
class BillableFacts:
    """What waits to be billed, in figures; `counts` go by the filters of BillableList, amounts are minor units by
    currency, and drafts in review are among what waits."""

    unbilled: int
    amounts: dict[str, int]
    hours: Decimal
    loose: int
    unpriced: int
    counts: dict[str, int]


def billable_facts(book: Book) -> BillableFacts:
    listing = BillableList(book)
    waiting = listing.ids("", frozenset({"unbilled"}), "", False)
    found = listing.rows(waiting)
    amounts, rows = _sums(found), found.values()
    loose = sum(row["agreement_id"] is None for row in rows)
    unpriced = sum(row["unit_price"] is None for row in rows)
    counts = {word: len(listing.ids("", frozenset({word}), "", False)) for word in ("billed", "time", "not_billable")}
    charges = len(listing.ids("", frozenset({"charge", "discount", "deposit"}), "", False))
    return BillableFacts(
        len(waiting),
        amounts,
        sum((Decimal(str(row["quantity"])) for row in rows if row["kind"] == "time"), Decimal(0)),
        loose,
        unpriced,
        counts | {"unbilled": len(waiting), "charges": charges, "loose": loose, "unpriced": unpriced},
    )
