"""How clients and agreements stand when a run judges them: what is open, disputed, billed before and lately.

As in `db.queries.billing`, ids come as one JSON text.
"""

from __future__ import annotations

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows


def open_by_client(connection: Connection, client_ids: str) -> Rows:
    """(client, currency, open in all, earliest due date, the number that is due then)."""
    return plain_rows(
        connection,
        """SELECT o.client_id, o.currency, sum(o.open), min(o.due_date), i.number FROM open_item o
        JOIN invoice i ON i.id = o.invoice_id WHERE o.open > 0 AND o.client_id IN (SELECT value FROM json_each(?))
        GROUP BY o.client_id, o.currency""",
        client_ids,
    )


def credit_by_client(connection: Connection, client_ids: str) -> Rows:
    return plain_rows(
        connection,
        """SELECT client_id, currency, sum(open) FROM open_credit WHERE open > 0
        AND client_id IN (SELECT value FROM json_each(?)) GROUP BY client_id, currency""",
        client_ids,
    )


def disputes(connection: Connection, client_ids: str) -> Rows:
    return plain_rows(
        connection,
        """SELECT i.client_id, i.number FROM dispute d JOIN invoice i ON i.id = d.invoice_id
        WHERE d.closed_on IS NULL AND i.client_id IN (SELECT value FROM json_each(?)) ORDER BY d.opened_on""",
        client_ids,
    )


def history(connection: Connection, ids: str) -> Rows:
    """The last six invoices of each agreement that were not taken back, newest first:
    (agreement, invoice, number, issue date, due date, net, payable without what was credited, open)."""
    return plain_rows(
        connection,
        """SELECT a.id, i.id, i.number, i.issue_date, i.due_date, i.net,
          i.payable - (SELECT coalesce(sum(k.payable), 0) FROM invoice k WHERE k.corrects_id = i.id),
          (SELECT coalesce(sum(o.open), 0) FROM open_item o WHERE o.invoice_id = i.id)
        FROM json_each(?) chosen JOIN agreement a ON a.id = chosen.value
        JOIN invoice i ON i.id IN (SELECT h.id FROM invoice h WHERE h.agreement_id = a.id
          AND h.kind IN ('invoice', 'final') AND h.currency = a.currency
          AND h.payable > (SELECT coalesce(sum(k.payable), 0) FROM invoice k WHERE k.corrects_id = h.id)
          ORDER BY h.issue_date DESC, h.id DESC LIMIT 6)
        ORDER BY a.id, i.issue_date DESC, i.id DESC""",
        ids,
    )


def next_due(connection: Connection, invoice_ids: str) -> Rows:
    """(invoice, earliest due date of what is open) of these invoices, without those of which nothing is."""
    return plain_rows(
        connection,
        """SELECT invoice_id, min(due_date) FROM open_item
        WHERE open > 0 AND invoice_id IN (SELECT value FROM json_each(?)) GROUP BY invoice_id""",
        invoice_ids,
    )


def invoice_lines(connection: Connection, invoice_ids: str) -> Rows:
    return plain_rows(
        connection,
        """SELECT invoice_id, agreement_line_id, quantity, unit_price, base_quantity FROM invoice_line
        WHERE invoice_id IN (SELECT value FROM json_each(?)) AND agreement_line_id IS NOT NULL
        ORDER BY invoice_id, position""",
        invoice_ids,
    )


def po_used(connection: Connection, ids: str) -> Rows:
    """(client, PO number, net billed under it, credit notes taken off) for agreements whose PO has a limit.

    Deposits count, because the invoices that deduct them are smaller by them.
    """
    return plain_rows(
        connection,
        """SELECT a.client_id, a.po_number, sum(CASE i.kind WHEN 'credit_note' THEN -i.net ELSE i.net END)
        FROM (SELECT DISTINCT client_id, po_number FROM agreement
          WHERE id IN (SELECT value FROM json_each(?)) AND po_number <> '' AND po_limit IS NOT NULL) a
        JOIN client c ON c.id = a.client_id OR c.merged_into_id = a.client_id
        JOIN invoice i ON i.client_id = c.id AND i.po_number = a.po_number
        GROUP BY a.client_id, a.po_number""",
        ids,
    )


def recent_invoices(connection: Connection, client_ids: str, since: str, until: str) -> Rows:
    """(client, number, issue date, gross, currency) of invoices in a span of days that were not taken back."""
    return plain_rows(
        connection,
        """SELECT client_id, number, issue_date, gross, currency FROM invoice i
        WHERE client_id IN (SELECT value FROM json_each(?)) AND issue_date BETWEEN ? AND ?
        AND kind IN ('invoice', 'final')
        AND i.payable > (SELECT coalesce(sum(k.payable), 0) FROM invoice k WHERE k.corrects_id = i.id)
        ORDER BY issue_date DESC""",
        client_ids,
        since,
        until,
    )


def siblings(connection: Connection, run_id: int, client_ids: str) -> Rows:
    """(draft, client, gross, net, currency, PO number, state) of a run's drafts that are not issued yet."""
    return plain_rows(
        connection,
        """SELECT id, client_id, gross, net, currency, json_extract(body, '$.po'), state FROM draft
        WHERE run_id = ? AND client_id IN (SELECT value FROM json_each(?))
        AND state IN ('ready', 'approved', 'held', 'failed') ORDER BY id""",
        run_id,
        client_ids,
    )


def invoiced_clients(connection: Connection, client_ids: str) -> set[int]:
    found = plain_rows(
        connection,
        """SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM invoice i WHERE i.client_id = value)""",
        client_ids,
    )
    return {row[0] for row in found}
