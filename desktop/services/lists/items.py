"""The catalogue and the rate card as their pages list them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from db.engine import Book
from desktop.domain.money import unscaled
from desktop.services.lists.searching import ids_text, like, named, ordered

_ITEM_SORTS = {
    "code": "i.code COLLATE NOCASE",
    "name": "i.name COLLATE NOCASE",
    "unit": "i.unit COLLATE NOCASE",
    "kind": "i.kind",
    "price": "i.price",
    "tax_code": "t.code",
}
_RATE_SORTS = {
    "item": "i.name COLLATE NOCASE",
    "client": "c.name COLLATE NOCASE",
    "currency": "r.currency",
    "valid_from": "r.valid_from",
    "price": "r.price",
    "mode": "r.mode",
}


class ItemList:
    """Items by name. Filters: archived, service, goods. Without `archived` the active ones."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        text, values = like(search, ("i.name", "i.code", "i.hsn_sac"))
        where = [text, "i.active = 0" if "archived" in filters else "i.active = 1"]
        kinds = sorted({"service", "goods"} & filters)
        if len(kinds) == 1:
            where.append(f"i.kind = '{kinds[0]}'")
        order = ordered(_ITEM_SORTS, sort, descending, "i.name COLLATE NOCASE, i.id")
        sql = f"""SELECT i.id FROM item i LEFT JOIN tax_code t ON t.id = i.tax_code_id
          WHERE {" AND ".join(where)} ORDER BY {order}"""
        with self._book.reading() as session:
            return [row[0] for row in session.connection().exec_driver_sql(sql, tuple(values))]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """code, name, unit, kind, price (Decimal or None), currency, tax_code, rates (cards beside the list price),
        state (active, inactive)."""
        with self._book.reading() as session:
            found = (
                session.connection()
                .exec_driver_sql(
                    """SELECT i.id, i.code, i.name, i.unit, i.kind, i.price, i.currency, coalesce(t.name, ''),
                    (SELECT count(*) FROM rate r WHERE r.item_id = i.id), i.active
                    FROM item i LEFT JOIN tax_code t ON t.id = i.tax_code_id
                    WHERE i.id IN (SELECT value FROM json_each(?))""",
                    (ids_text(ids),),
                )
                .fetchall()
            )
        return {
            row[0]: {
                "code": row[1],
                "name": row[2],
                "unit": row[3],
                "kind": row[4],
                "price": None if row[5] is None else unscaled(row[5]),
                "currency": row[6] or "",
                "tax_code": row[7],
                "rates": row[8],
                "state": "active" if row[9] else "inactive",
            }
            for row in found
        }


class RateList:
    """Lines of the rate card by item, client and day, the newest first. Filters: own (clients' own), everyone,
    current (what counts today or later), item:ID, client:ID."""

    def __init__(self, book: Book, today: date) -> None:
        self._book = book
        self._today = today.isoformat()

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        text, values = like(search, ("i.name", "i.code", "coalesce(c.name, '')"))
        where = [text]
        if "own" in filters:
            where.append("r.client_id IS NOT NULL")
        if "everyone" in filters:
            where.append("r.client_id IS NULL")
        if "current" in filters:
            where.append(
                """NOT EXISTS (SELECT 1 FROM rate n WHERE n.item_id = r.item_id AND n.currency = r.currency
                AND n.client_id IS r.client_id AND n.valid_from > r.valid_from AND n.valid_from <= ?)"""
            )
            values.append(self._today)
        for prefix, column in (("item", "r.item_id"), ("client", "r.client_id")):
            chosen = named(filters, prefix)
            if chosen:
                where.append(f"{column} IN ({', '.join('?' * len(chosen))})")
                values += [int(one) for one in chosen]
        own = """i.name COLLATE NOCASE, c.name COLLATE NOCASE, r.currency, r.valid_from DESC,
          r.up_to IS NULL, r.up_to, r.id"""
        sql = f"""SELECT r.id FROM rate r JOIN item i ON i.id = r.item_id LEFT JOIN client c ON c.id = r.client_id
          WHERE {" AND ".join(where)} ORDER BY {ordered(_RATE_SORTS, sort, descending, own)}"""
        with self._book.reading() as session:
            return [row[0] for row in session.connection().exec_driver_sql(sql, tuple(values))]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """item, unit, client (empty for everyone), currency, valid_from, up_to (None: the open tier), price, mode."""
        with self._book.reading() as session:
            found = (
                session.connection()
                .exec_driver_sql(
                    """SELECT r.id, i.name, coalesce(c.name, ''), r.currency, r.valid_from, r.up_to, r.price, r.mode,
                    i.unit, r.item_id, r.client_id
                    FROM rate r JOIN item i ON i.id = r.item_id LEFT JOIN client c ON c.id = r.client_id
                    WHERE r.id IN (SELECT value FROM json_each(?))""",
                    (ids_text(ids),),
                )
                .fetchall()
            )
        return {
            row[0]: {
                "item": row[1],
                "client": row[2],
                "currency": row[3],
                "valid_from": row[4],
                "up_to": None if row[5] is None else unscaled(row[5]),
                "price": unscaled(row[6]),
                "mode": row[7],
                "unit": row[8],
                "item_id": row[9],
                "client_id": row[10],
            }
            for row in found
        }
