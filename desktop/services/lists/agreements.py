"""Agreements as the page lists them, with what they bill a period and how far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.queries.standing import po_used
from desktop.domain.billing.lines import line_amount, part_of
from desktop.domain.billing.outlook import upcoming
from desktop.domain.money import SCALE, scaled, unscaled
from desktop.domain.pricing import PriceBook, RateRow
from desktop.services.lists.searching import ids_text, like, limited, named, ordered
from desktop.services.runs.loading import Loaded, load_agreements

_SEARCHED = ("a.code", "a.title", "c.name", "c.code", "a.po_number")
_STATE = """CASE WHEN a.active = 0 THEN 'inactive' WHEN a.end_date <= :today THEN 'ended'
  WHEN a.start_date > :today THEN 'not_started' WHEN a.trial_until > :today THEN 'trial'
  WHEN EXISTS (SELECT 1 FROM pause p WHERE p.agreement_id = a.id AND p.start_date <= :today
    AND (p.end_date IS NULL OR p.end_date > :today)) THEN 'paused' ELSE 'active' END"""
_BILLED = """(SELECT max(ch.period_end) FROM agreement_line bl JOIN charge ch ON ch.agreement_line_id = bl.id
  WHERE bl.agreement_id = a.id AND ch.kind = 'recurring' AND ch.reversed_by IS NULL)"""
_OWN_ORDER = "a.code COLLATE NOCASE, a.id"


class AgreementList:
    """Agreements by code. Filters: recurring, time, fixed, hybrid; active, trial, paused, ended, inactive,
    not_started (one of those chosen; without any all but ended and inactive); no_contract, ends_soon (60 days),
    client:ID, segment:ID."""

    def __init__(self, book: Book, today: date) -> None:
        self._book = book
        self._today = today

    def ids(
        self, search: str, filters: frozenset[str], sort: str, descending: bool, limit: int | None = None
    ) -> Sequence[int]:
        """Sorts: code, title, client, segment, billing, start, end, currency, state, billed_through."""
        text, values = like(search, _SEARCHED)
        state = _STATE.replace(":today", f"'{self._today.isoformat()}'")
        where = [text]
        states = sorted({"active", "trial", "paused", "ended", "inactive", "not_started"} & filters)
        if states:
            where.append(f"{state} IN ({', '.join('?' * len(states))})")
            values += states
        else:
            where.append("a.active = 1 AND (a.end_date IS NULL OR a.end_date > ?)")
            values.append(self._today.isoformat())
        kinds = sorted({"recurring", "time", "fixed", "hybrid", "usage"} & filters)
        if kinds:
            where.append(f"a.billing IN ({', '.join('?' * len(kinds))})")
            values += kinds
        if "no_contract" in filters:
            where.append("a.contract_id IS NULL")
        if "ends_soon" in filters:
            where.append("a.end_date <= ?")
            values.append(date.fromordinal(self._today.toordinal() + 60).isoformat())
        for prefix, column in (("client", "a.client_id"), ("segment", "coalesce(a.segment_id, c.segment_id)")):
            chosen = named(filters, prefix)
            if chosen:
                where.append(f"{column} IN ({', '.join('?' * len(chosen))})")
                values += [int(one) for one in chosen]
        sorts = {
            "code": "a.code COLLATE NOCASE",
            "title": "a.title COLLATE NOCASE",
            "client": "c.name COLLATE NOCASE",
            "segment": "s.name COLLATE NOCASE",
            "billing": "a.billing",
            "start": "a.start_date",
            "end": "a.end_date",
            "currency": "a.currency",
            "state": state,
            "billed_through": _BILLED,
        }
        sql = f"""SELECT a.id FROM agreement a JOIN client c ON c.id = a.client_id
          LEFT JOIN segment s ON s.id = coalesce(a.segment_id, c.segment_id)
          WHERE {" AND ".join(where)} ORDER BY {ordered(sorts, sort, descending, _OWN_ORDER)}{limited(limit)}"""
        with self._book.reading() as session:
            return [row[0] for row in session.connection().exec_driver_sql(sql, tuple(values))]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """code, title, client, client_code, client_id, segment, billing, every_count, every_unit, timing, start, end
        (first day no longer in, or None), currency, amount (what its recurring lines bill a full period today, net,
        minor units; None where it has none or one has no price), billed_through (first day not billed), next_due
        (from which through-date a run bills its next period, which may have passed; None without one), po_number,
        po_left (of the PO's limit, net, minor units; None without a limit), is_final, contract (whether one is
        attached), state (active, trial, paused, ended, not_started, inactive)."""
        with self._book.reading() as session:
            connection = session.connection()
            found = connection.exec_driver_sql(
                f"""SELECT a.id, a.code, a.title, c.name, c.code, a.client_id, coalesce(s.name, ''), a.billing,
                a.every_count, a.every_unit, a.timing, a.start_date, a.end_date, a.currency, {_BILLED}, a.po_number,
                {_STATE}, a.discount, a.po_limit, a.is_final, a.contract_id IS NOT NULL
                FROM agreement a JOIN client c ON c.id = a.client_id
                LEFT JOIN segment s ON s.id = coalesce(a.segment_id, c.segment_id)
                WHERE a.id IN (SELECT value FROM json_each(:ids))""",
                {"today": self._today.isoformat(), "ids": ids_text(ids)},
            ).fetchall()
            amounts = self._amounts(connection, found)
            used = {(row[0], row[1]): row[2] for row in po_used(connection, ids_text(row[0] for row in found))}
            loaded = load_agreements(connection, [row[0] for row in found])
        return {
            row[0]: {
                "code": row[1],
                "title": row[2],
                "client": row[3],
                "client_code": row[4],
                "client_id": row[5],
                "segment": row[6],
                "billing": row[7],
                "every_count": row[8],
                "every_unit": row[9],
                "timing": row[10],
                "start": row[11],
                "end": row[12],
                "currency": row[13],
                "amount": amounts.get(row[0]),
                "billed_through": row[14],
                "next_due": _next_due(loaded, row[0], self._today),
                "po_number": row[15],
                "po_left": row[18] - used.get((row[5], row[15]), 0) if row[15] and row[18] is not None else None,
                "is_final": bool(row[19]),
                "contract": bool(row[20]),
                "state": row[16],
            }
            for row in found
        }

    def _amounts(self, connection: Connection, agreements: Sequence[Sequence[object]]) -> dict[int, int | None]:
        """Net of a full period by agreement, with the prices and discounts of today."""
        today = self._today.isoformat()
        lines = connection.exec_driver_sql(
            """SELECT l.agreement_id, l.item_id, l.quantity, l.discount,
              coalesce((SELECT p.unit_price FROM price_change p WHERE p.agreement_line_id = l.id
                AND p.valid_from <= :today ORDER BY p.valid_from DESC LIMIT 1), l.unit_price)
            FROM agreement_line l WHERE l.kind = 'recurring' AND (l.end_date IS NULL OR l.end_date > :today)
              AND l.agreement_id IN (SELECT value FROM json_each(:ids))""",
            {"today": today, "ids": ids_text(int(str(row[0])) for row in agreements)},
        ).fetchall()
        prices = price_book(connection, {line[1] for line in lines if line[4] is None and line[1] is not None})
        known = {row[0]: row for row in agreements}
        amounts: dict[int, int | None] = {}
        for agreement_id, item_id, quantity, discount, price in lines:
            row = known[agreement_id]
            client_id, currency = int(str(row[5])), str(row[13])
            if price is None and item_id is not None:
                found = prices.price(item_id, client_id, currency, self._today, unscaled(quantity))
                price = scaled(found.unit_price) if found else None
            before = amounts.get(agreement_id, 0)
            if price is None or before is None:
                amounts[agreement_id] = None
                continue
            gross = line_amount(quantity, price, SCALE, currency)
            amounts[agreement_id] = before + gross - part_of(gross, discount or int(str(row[17])))
        return amounts


def _next_due(loaded: Loaded, agreement_id: int, today: date) -> date | None:
    agreement = loaded.agreements[agreement_id]
    found = upcoming(agreement, loaded.work[agreement_id].charged, today)
    return found[0].due if found else None


def price_book(connection: Connection, items: Iterable[int]) -> PriceBook:
    """List prices and rates of these items."""
    ids = ids_text(items)
    rates = connection.exec_driver_sql(
        """SELECT id, item_id, client_id, currency, valid_from, up_to, price, mode FROM rate
        WHERE item_id IN (SELECT value FROM json_each(?))""",
        (ids,),
    )
    listed = connection.exec_driver_sql(
        "SELECT id, currency, price FROM item WHERE price IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        (ids,),
    )
    return PriceBook(
        [
            RateRow(
                row[0],
                row[1],
                row[2],
                row[3],
                date.fromisoformat(row[4]),
                None if row[5] is None else unscaled(row[5]),
                unscaled(row[6]),
                row[7],
            )
            for row in rates
        ],
        {item: (currency, unscaled(price)) for item, currency, price in listed},
    )


def agreement_counts(book: Book, today: date) -> dict[str, int]:
    """How many agreements stand behind each filter of AgreementList that is a chip; `running` for none of them."""
    listing = AgreementList(book, today)
    words = ("active", "trial", "paused", "ended", "inactive", "ends_soon", "no_contract", "not_started")
    counts = {word: len(listing.ids("", frozenset({word}), "", False)) for word in words}
    return counts | {"running": len(listing.ids("", frozenset(), "", False))}
