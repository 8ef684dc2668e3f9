"""Issued documents and their bookings as they go to the accountant."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from db.queries.rows import Rows, ids_text
from desktop.domain.money import major_text

_DOCUMENTS = """SELECT i.id, i.number, i.kind, c.code AS client, b.name AS client_name,
 json_extract(b.data, '$.country') AS country, coalesce(json_extract(b.data, '$.tax_id'), '') AS tax_id,
 i.issue_date, i.due_date, i.tax_date, i.period_start, i.period_end, i.po_number,
 coalesce(o.number, '') AS corrects, i.currency, i.net, i.tax, i.gross, i.rounding, i.payable,
 i.firm_net, i.firm_tax, i.firm_gross, coalesce(json_extract(i.texts, '$.einvoice'), 'none') AS einvoice,
 i.digest AS seal, coalesce(r.number, '') AS run
 FROM invoice i JOIN party b ON b.id = i.buyer_id JOIN client c ON c.id = i.client_id
 LEFT JOIN invoice o ON o.id = i.corrects_id LEFT JOIN run r ON r.id = i.run_id
 WHERE i.kind <> 'opening' AND """


def of_run(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """The documents of a run in the order in which they were issued; amounts in minor units as on the paper."""
    found = connection.exec_driver_sql(_DOCUMENTS + "i.run_id = ? ORDER BY i.id", (run_id,))
    return [dict(row) for row in found.mappings()]


def between(connection: Connection, first: str, last: str) -> list[dict[str, Any]]:
    """As `of_run`, the documents issued in these days, ISO texts, both included."""
    found = connection.exec_driver_sql(
        _DOCUMENTS + "i.issue_date BETWEEN ? AND ? ORDER BY i.issue_date, i.id", (first, last)
    )
    return [dict(row) for row in found.mappings()]


def last_entry(connection: Connection) -> int:
    """The latest booking: what is booked after it was not there when the archive was begun."""
    return int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM journal_entry").scalar_one())


# What a document is known by, in this order.
NAMED = ("kind", "date", "currency", "net", "tax", "gross", "seal")


def documents_named(connection: Connection, numbers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What stands in the book under these numbers, as `NAMED`, amounts as text in major units."""
    found = connection.exec_driver_sql(
        """SELECT i.number, i.kind, i.issue_date, i.currency, i.net, i.tax, i.gross, i.digest
        FROM invoice i WHERE i.number IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(numbers)),),
    )
    return {
        number: (kind, day, currency, *(major_text(amount, currency) for amount in (net, tax, gross)), seal)
        for number, kind, day, currency, net, tax, gross, seal in found
    }


def numbers_of_run(connection: Connection, run: str) -> list[str]:
    found = connection.exec_driver_sql(
        "SELECT i.number FROM invoice i JOIN run r ON r.id = i.run_id WHERE r.number = ?", (run,)
    )
    return [number for (number,) in found]


_BOOKINGS = """SELECT e.id, e.kind, e.booked_on, s.role, coalesce(c.merged_into_id, c.id), c.code, c.name, s.currency,
 s.amount, s.firm_amount, s.category, s.rate,
 coalesce(i.number, w.number, x.number, g.number, p.number, m.number, '') AS number, i.due_date, i.tax_date,
 coalesce(json_extract(b.data, '$.country'), c.country), coalesce(json_extract(b.data, '$.tax_id'), c.tax_id, ''),
 p.method, p.id,
 EXISTS (SELECT 1 FROM invoice_line l JOIN tax_code t ON t.id = l.tax_code_id
  WHERE l.invoice_id = coalesce(i.id, w.id, x.id, g.id) AND t.code = 'small-business') AS small,
 k.number, coalesce(p.account_id, m.account_id, bl.account_id),
 coalesce(e.note, nullif(m.text, ''), nullif(bm.note, ''), nullif(trim(coalesce(bl.party, '') || ' ' ||
  coalesce(bl.text, '')), ''), '')
 FROM journal_entry e JOIN posting s ON s.entry_id = e.id LEFT JOIN client c ON c.id = s.client_id
 LEFT JOIN account k ON k.id = s.account_id LEFT JOIN cash_movement m ON m.id = e.cash_movement_id
 LEFT JOIN bank_match bm ON bm.id = e.match_id LEFT JOIN bank_line bl ON bl.id = bm.line_id
 LEFT JOIN invoice i ON i.id = e.invoice_id LEFT JOIN payment p ON p.id = e.payment_id
 LEFT JOIN write_off f ON f.id = e.write_off_id LEFT JOIN invoice w ON w.id = f.invoice_id
 LEFT JOIN allocation a ON a.id = e.allocation_id LEFT JOIN invoice x ON x.id = a.invoice_id
 LEFT JOIN recognition_schedule n ON n.id = e.schedule_id LEFT JOIN invoice g ON g.id = n.invoice_id
 LEFT JOIN party b ON b.id = coalesce(i.buyer_id, w.buyer_id, x.buyer_id, g.buyer_id)
 WHERE """


def bookings_between(connection: Connection, first: str, last: str, until: int) -> Rows:
    """(entry, kind, date, role, client id, code and name, currency, amount, firm amount, category, rate, number of the
    document or payment, its due and tax date, the buyer's country and tax id, payment method and id, whether the
    document is a small business's, number of an account that a person chose, account of the firm that money went to,
    what was said) of the postings in these days, entries up to `until`."""
    return connection.exec_driver_sql(
        _BOOKINGS + "e.booked_on BETWEEN ? AND ? AND e.id <= ? ORDER BY e.booked_on, e.id, s.id", (first, last, until)
    ).fetchall()


def bookings_of(connection: Connection, invoice_ids: Iterable[int]) -> Rows:
    """As `bookings_between`, those that documents made when they were issued."""
    return connection.exec_driver_sql(
        _BOOKINGS + "e.invoice_id IN (SELECT value FROM json_each(?)) ORDER BY e.booked_on, e.id, s.id",
        (ids_text(invoice_ids),),
    ).fetchall()


def settled_by(connection: Connection, payment_ids: Iterable[int]) -> dict[int, str]:
    """The document that each of these payments settles, where it is one alone."""
    found = connection.exec_driver_sql(
        """SELECT t.payment_id, min(t.number) FROM (
          SELECT a.payment_id, n.number FROM allocation a JOIN invoice n ON n.id = a.invoice_id
          WHERE a.payment_id IN (SELECT value FROM json_each(?)) GROUP BY a.payment_id, n.id HAVING sum(a.amount) > 0
        ) t GROUP BY t.payment_id HAVING count(*) = 1""",
        (ids_text(payment_ids),),
    )
    return {row[0]: row[1] for row in found}
