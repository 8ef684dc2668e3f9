"""Hours, charges and the like in one list, because a person asks what waits to be billed, not in which table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.families import families
from desktop.domain.billing import line_amount
from desktop.domain.money import SCALE, unscaled
from desktop.services.lists.billable_prices import Unpriced, prices_for
from desktop.services.lists.billable_sources import SOURCES, Kind, Source, row_id, row_id_sql, source
from desktop.services.lists.searching import ids_text, like, limited, named, ordered
from desktop.services.usage_states import Row as UseRow
from desktop.services.usage_states import State, usage_states

__all__ = ["BillableFacts", "BillableList", "Kind", "billable_facts", "row_id", "source"]

_WORDS = tuple(word for one in SOURCES for word in one.words)
_PRICED = frozenset(word for one in SOURCES if one.waiting for word in one.words)
_SORTS = {"day": "day", "kind": "kind", "person": "person COLLATE NOCASE", "quantity": "quantity", "text": "text"}
# Use is priced row by row, which a million rows would make slow.
_MOST_ROWS_TO_PRICE = 5_000
# States that rows of some tables only can be in.
_RARE = ("not_billable", "late")
_JOINED_SORTS = {"client": "client COLLATE NOCASE", "agreement": "agreement COLLATE NOCASE"}


class BillableList:
    """Billables, the latest first. Filters: unbilled, billed, drafted, late (use whose period was billed); time,
    charge, discount, deposit, charges (the latter three), usage; loose (no agreement), unpriced (waits and nothing
    prices it), not_billable, left:DATE (hours and charges of that day or before that no draft holds), client:ID,
    agreement:ID. Without any state all."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ids(
        self, search: str, filters: frozenset[str], sort: str, descending: bool, limit: int | None = None
    ) -> Sequence[int]:
        """Sorts: day, kind, client, agreement, person, quantity, text."""
        if "charges" in filters:
            filters |= {"charge", "discount", "deposit"}
        if "unpriced" in filters:
            unpriced = self._unpriced_ids()
            left = filters - {"unpriced"}
            left = left if left.intersection(_WORDS) else left | _PRICED
            return [id for id in self.ids(search, left, sort, descending) if id in unpriced][:limit]
        parts, values = _parts(search, filters, sort)
        if not parts:
            return []
        order = ordered(_SORTS | _JOINED_SORTS, sort, descending, "day DESC, id DESC")
        sql = f"SELECT id FROM ({' UNION ALL '.join(parts)}) ORDER BY {order}{limited(limit)}"
        with self._book.reading() as session:
            driver: Any = session.connection().connection.driver_connection
            return [id for (id,) in driver.execute(sql, values)]

    def count(self, filters: frozenset[str]) -> int:
        """How many rows the filters leave, without a list of them; not for `unpriced`."""
        if "charges" in filters:
            filters |= {"charge", "discount", "deposit"}
        parts, values = _parts("", filters, "")
        sql = f"SELECT count(*) FROM ({' UNION ALL '.join(parts)})"
        with self._book.reading() as session:
            return int(session.connection().exec_driver_sql(sql, tuple(values)).scalar_one()) if parts else 0

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """kind (time, charge, discount, deposit, usage), day, client, client_id, agreement (code), agreement_id, item,
        person, quantity (Decimal; hours for time), unit_price (Decimal; what billed it, its own, else what a run would
        take; None where nothing prices it), own_price (whether it names its price itself), amount (net minor units:
        what was charged, else quantity times price), currency, text, invoice, invoice_id, run (whose draft holds it),
        state (unbilled, late, draft, billed, not_billable). Use has a price only where it is the same for all units."""
        own = _by_kind(ids)
        with self._book.reading() as session:
            connection = session.connection()
            found = [row for one in SOURCES if one.kind in own for row in _selected(connection, one, own[one.kind])]
            prices = prices_for(connection, [_unpriced(row) for row in found if _needs_price(row)])
            states = usage_states(connection, [_use(row) for row in found if row[15] == "usage"])
            return {row[0]: _row(row, prices.get(row[0]), states.get(row[0])) for row in found}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What these come to, minor units by currency; what nothing prices counts for nothing, and use only where its
        price is the same for all units."""
        sums: dict[str, int] = {}
        waiting: list[int] = []
        own = _by_kind(ids)
        with self._book.reading() as session:
            connection = session.connection()
            for one in SOURCES:
                if one.kind not in own:
                    continue
                if not one.charge:
                    if len(own[one.kind]) <= _MOST_ROWS_TO_PRICE:
                        waiting += [row_id(one.kind, id) for id in own[one.kind]]
                    continue
                table, chosen = one.charge, (ids_text(own[one.kind]),)
                # What is billed may be a hundred thousand rows, and the charges know their amounts.
                for currency, amount in connection.exec_driver_sql(
                    f"""SELECT v.currency, sum(h.amount) FROM {table} s JOIN invoice v ON v.id = s.invoice_id
                    JOIN charge h ON h.{table}_id = s.id AND h.reversed_by IS NULL
                    WHERE s.id IN (SELECT value FROM json_each(?)) GROUP BY v.currency""",
                    chosen,
                ):
                    sums[currency] = sums.get(currency, 0) + amount
                left = f"""SELECT {row_id_sql(one.kind, "s.id")} FROM {table} s
                    WHERE s.invoice_id IS NULL AND s.id IN (SELECT value FROM json_each(?))"""
                waiting += [row[0] for row in connection.exec_driver_sql(left, chosen)]
        for currency, amount in _sums(self.rows(waiting)).items():
            sums[currency] = sums.get(currency, 0) + amount
        return sums

    def _unpriced_ids(self) -> set[int]:
        """Ids of what waits and neither names a price nor finds one."""
        sql = " UNION ALL ".join(one.waiting for one in SOURCES if one.waiting)
        with self._book.reading() as session:
            waiting = [row[0] for row in session.connection().exec_driver_sql(sql)]
        return {id for id, row in self.rows(waiting).items() if row["unit_price"] is None}


def _parts(search: str, filters: frozenset[str], sort: str) -> tuple[list[str], list[object]]:
    """A SELECT for each table that has rows of what is asked for, and the values of them all.

    Only what the order asks for is read, and names joined in: a million rows feel it.
    """
    words = filters.intersection(_WORDS) or frozenset(_WORDS)
    parts, values = list[str](), list[object]()
    for one in SOURCES:
        where, given = _conditions(search, filters, one, words)
        if where:
            more, joins = "", one.joins if search.strip() else ""
            if sort in _JOINED_SORTS:
                more, joins = ", c.name AS client, coalesce(a.code, '') AS agreement", one.joins
            elif sort in one.sorts:
                more = f", {one.sorts[sort]} AS {sort}"
            parts.append(one.select.format(where=where, more=more, joins=joins))
            values += given
    return parts, values


def _by_kind(ids: Sequence[int]) -> dict[Kind, list[int]]:
    found: dict[Kind, list[int]] = {}
    for one in ids:
        kind, own = source(one)
        found.setdefault(kind, []).append(own)
    return found


def _conditions(search: str, filters: frozenset[str], one: Source, words: frozenset[str]) -> tuple[str, list[object]]:
    """The condition on a table with its values; empty where none of its rows is asked for."""
    mine, days = [word for word in one.words if word in words], named(filters, "left")
    if not mine or any(word in filters and word not in one.states for word in _RARE) or (days and not one.left):
        return "", []
    text, values = like(search, (*one.searched, "c.name", "c.code", "coalesce(a.code, '')", "coalesce(i.name, '')"))
    where = [text]
    chosen = [f"({one.states[word]})" for word in ("unbilled", "billed", "drafted") if word in filters]
    if chosen:
        where.append(f"({' OR '.join(chosen)})")
    where += [one.states[word] for word in _RARE if word in filters]
    if days:
        where.append(one.left)
        values.append(max(days))
    if "loose" in filters:
        where.append(f"{one.alias}.agreement_id IS NULL")
    for prefix, column in (("client", one.client), ("agreement", f"{one.alias}.agreement_id")):
        numbers = named(filters, prefix)
        if numbers:
            marks = ", ".join("?" * len(numbers))
            where.append(f"{column} IN {families(marks) if prefix == 'client' else f'({marks})'}")
            values += [int(number) for number in numbers]
    if len(mine) < len(one.words):
        where.append(f"{one.word} IN ({', '.join('?' * len(mine))})")
        values += mine
    return " AND ".join(where), values


def _selected(connection: Connection, one: Source, ids: Sequence[int]) -> Sequence[Any]:
    return connection.exec_driver_sql(one.rows, (ids_text(ids),)).fetchall()


def _needs_price(row: Any) -> bool:
    return row[9] is None and row[17] is None


def _unpriced(row: Any) -> Unpriced:
    return Unpriced(row[0], row[15], row[3], row[5], row[16], date.fromisoformat(row[1]), row[8], row[10])


def _use(row: Any) -> UseRow:
    after = date.fromordinal(date.fromisoformat(row[1]).toordinal() + 1)
    return UseRow(row[0], row[5], row[16], after, row[19], source(row[0])[1])


def _row(row: Any, found: int | None, use: State | None = None) -> dict[str, object]:
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
        "item_id": row[16],
        "person": row[7],
        "quantity": unscaled(quantity),
        "unit_price": None if price is None else unscaled(price),
        "own_price": row[9] is not None,
        "amount": amount,
        "currency": currency,
        "text": row[11] or row[6],
        "invoice": row[12],
        "invoice_id": row[19],
        "run": use.run if use else row[20],
        "state": use.state if use else _state(row, billed),
    }


def _state(row: Any, billed: bool) -> str:
    return "billed" if billed else "not_billable" if not row[14] else "draft" if row[13] else "unbilled"


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
    currency, without use; `used` are the records of use that wait. Drafts in review are among what waits."""

    unbilled: int
    amounts: dict[str, int]
    hours: Decimal
    loose: int
    unpriced: int
    used: int
    counts: dict[str, int]


def billable_facts(book: Book) -> BillableFacts:
    listing = BillableList(book)
    # What many rows of use come to only a run can tell; they are counted and not read.
    waiting = listing.ids("", frozenset({"unbilled"}) | _PRICED, "", False)
    found = listing.rows(waiting)
    amounts, rows = _sums(found), found.values()
    loose = sum(row["agreement_id"] is None for row in rows)
    unpriced = sum(row["unit_price"] is None for row in rows)
    words = ("billed", "time", "not_billable", "charges", "usage", "late")
    counts = {word: listing.count(frozenset({word})) for word in words}
    used = listing.count(frozenset({"unbilled", "usage"}))
    return BillableFacts(
        len(waiting) + used,
        amounts,
        sum((Decimal(str(row["quantity"])) for row in rows if row["kind"] == "time"), Decimal(0)),
        loose,
        unpriced,
        used,
        counts | {"unbilled": len(waiting) + used, "loose": loose, "unpriced": unpriced},
    )
