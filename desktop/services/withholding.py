"""Tax that a client keeps back for the state when it pays (TDS): how much of its invoices that will be."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.billing import part_of
from desktop.domain.money import spread
from desktop.domain.payments import in_turn
from desktop.services.open_amounts import Due

# By invoice: its net less what was credited, the fraction of its client, what was withheld of it and what is open.
_INVOICES = """SELECT i.id,
  i.net - (SELECT coalesce(sum(n.net), 0) FROM invoice n WHERE n.corrects_id = i.id AND n.kind = 'credit_note'),
  coalesce(h.withholding, c.withholding),
  (SELECT coalesce(sum(a.amount), 0) FROM allocation a JOIN payment p ON p.id = a.payment_id
    WHERE a.invoice_id = i.id AND a.kind = 'payment' AND p.method = 'withholding'),
  (SELECT coalesce(sum(o.open), 0) FROM open_item o WHERE o.invoice_id = i.id)
FROM invoice i JOIN client c ON c.id = i.client_id LEFT JOIN client h ON h.id = c.merged_into_id WHERE """


def expected_withholding(book: Book, numbers: Sequence[str]) -> int:
    """What their client still withholds of the net of these invoices, minor units; credit notes lower it."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            _INVOICES + "i.number IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),)
        )
        return sum(_expected(*row[1:]) for row in rows)


def expected_by_invoice(connection: Connection) -> dict[int, int]:
    """What is still expected to be withheld of each invoice that is open, by its id; minor units, never 0."""
    rows = connection.exec_driver_sql(
        _INVOICES + "coalesce(h.withholding, c.withholding) > 0"
        " AND i.id IN (SELECT o.invoice_id FROM open_item o WHERE o.open > 0)"
    )
    return {row[0]: expected for row in rows if (expected := _expected(*row[1:]))}


def withheld_parts(connection: Connection, amount: int, items: Sequence[Due], named: Sequence[int]) -> dict[int, int]:
    """How much of a tax withheld settles each item, by id: of each invoice what is expected, then the rest in turn.

    Where nobody knows what to expect, the invoices named bear it by their net.
    """
    rows = connection.exec_driver_sql(
        _INVOICES + "i.id IN (SELECT value FROM json_each(?))", (json.dumps([due.invoice_id for due in items]),)
    ).fetchall()
    order = in_turn([(due.id, due.due_date) for due in items], named)
    by_id = {due.id: due for due in items}
    first = {by_id[key].invoice_id for key in named if key in by_id}
    shares = {row[0]: _expected(*row[1:]) for row in rows}
    if not any(shares.values()):
        nets = {row[0]: max(0, row[1]) for row in rows if row[0] in first}
        shares = dict(zip(nets, spread(amount, list(nets.values())), strict=True)) if any(nets.values()) else {}
    parts: dict[int, int] = {}
    of_named = [key for key in order if by_id[key].invoice_id in first]
    others = [key for key in order if by_id[key].invoice_id not in first]
    for keys, as_expected in ((of_named, True), (of_named, False), (others, True), (others, False)):
        for key in keys:
            due = by_id[key]
            part = min(amount, due.open - parts.get(key, 0))
            if as_expected:
                part = min(part, shares.get(due.invoice_id, 0))
                shares[due.invoice_id] = shares.get(due.invoice_id, 0) - part
            if part:
                parts[key] = parts.get(key, 0) + part
                amount -= part
    return parts


def _expected(net: int, fraction: int | None, withheld: int, is_open: int) -> int:
    if not fraction:
        return 0
    return max(0, min(part_of(net, fraction) - withheld, is_open))
