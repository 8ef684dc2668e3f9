"""What a run reads: agreements with their lines, what waits to be billed, and how clients stand.

Every function takes ids as one JSON text, so that a statement stays the same for any number of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from db.queries.families import head_codes

Rows = Sequence[Any]

_AGREEMENT = """a.id, a.code, a.title, a.client_id, a.segment_id, a.billing, a.currency, a.every_count, a.every_unit,
 a.alignment, a.anchor, a.bill_day, a.timing, a.fixed_30, a.start_date, a.end_date, a.trial_until, a.charged_through,
 a.grouping, a.cap, a.deposits, a.is_final, a.po_number, a.po_limit, a.po_expires, a.buyer_reference, a.terms,
 a.delivery, a.template_id, a.discount, a.discount_reason, a.active, a.unused, a.agreed, a.budget, a.renewal,
 a.term_end, a.term_count, a.term_unit, a.notice_count, a.notice_unit, a.min_term_until"""


def ids_text(ids: Iterable[int]) -> str:
    return json.dumps(list(ids))


def _rows(connection: Connection, sql: str, *parameters: Any) -> Rows:
    """Plain tuples from the driver within the connection's transaction; SQLAlchemy's rows cost as much as reading."""
    driver: Any = connection.connection.driver_connection
    found: list[Any] = driver.execute(sql, parameters).fetchall()
    return found


def clients_in_scope(
    connection: Connection,
    through: str,
    segments: Sequence[str],
    clients: Sequence[str],
    billing: Sequence[str],
    agreements: Sequence[str],
) -> Rows:
    """(client id, agreement id or null) in order of client and agreement code; null for one-offs of the client."""
    where, values = ["a.active = 1"], list[Any]()
    if clients:
        clients = head_codes(connection, clients)
    for column, chosen in (
        ("coalesce(s.name, cs.name)", segments),
        ("c.code", clients),
        ("a.billing", billing),
        ("a.code", agreements),
    ):
        if chosen:
            where.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(chosen)))
    sql = f"""SELECT c.id, a.id, c.code AS client_code, a.code AS agreement_code FROM agreement a
      JOIN client c ON c.id = a.client_id LEFT JOIN segment s ON s.id = a.segment_id
      LEFT JOIN segment cs ON cs.id = c.segment_id WHERE {" AND ".join(where)}"""
    if not billing and not agreements:
        outside, more = (
            ["o.agreement_id IS NULL", "o.invoice_id IS NULL", "o.draft_id IS NULL", "o.due_date <= ?"],
            [through],
        )
        for column, chosen in (("cs.name", segments), ("c.code", clients)):
            if chosen:
                outside.append(f"{column} IN (SELECT value FROM json_each(?))")
                more.append(json.dumps(list(chosen)))
        # A charge that a credit note freed may still name a client that was merged since.
        sql += f""" UNION SELECT c.id, NULL, c.code, '' FROM one_off o JOIN client m ON m.id = o.client_id
          JOIN client c ON c.id = coalesce(m.merged_into_id, m.id)
          LEFT JOIN segment cs ON cs.id = c.segment_id WHERE {" AND ".join(outside)}"""
        values += more
    return _rows(connection, sql + " ORDER BY client_code, agreement_code", *values)


def clients_done(connection: Connection, run_id: int) -> set[int]:
    return {row[0] for row in _rows(connection, "SELECT DISTINCT client_id FROM outcome WHERE run_id = ?", run_id)}


def agreements(connection: Connection, ids: str) -> Rows:
    return _rows(
        connection, f"SELECT {_AGREEMENT} FROM agreement a WHERE a.id IN (SELECT value FROM json_each(?))", ids
    )


def lines(connection: Connection, ids: str) -> Rows:
    return _rows(
        connection,
        """SELECT agreement_id, id, position, kind, item_id, description, quantity, unit_price, discount,
        start_date, end_date, included, minimum, threshold, metering FROM agreement_line
        WHERE agreement_id IN (SELECT value FROM json_each(?))
        ORDER BY agreement_id, position""",
        ids,
    )


def price_changes(connection: Connection, ids: str) -> Rows:
    return _rows(
        connection,
        """SELECT p.agreement_line_id, p.valid_from, p.unit_price FROM price_change p
        JOIN agreement_line l ON l.id = p.agreement_line_id
        WHERE l.agreement_id IN (SELECT value FROM json_each(?)) ORDER BY p.agreement_line_id, p.valid_from""",
        ids,
    )


def pauses(connection: Connection, ids: str) -> Rows:
    return _rows(
        connection,
        """SELECT agreement_id, start_date, end_date FROM pause
        WHERE agreement_id IN (SELECT value FROM json_each(?)) ORDER BY agreement_id, start_date""",
        ids,
    )


def charged(connection: Connection, ids: str) -> Rows:
    """(line id, first start, last end, days in all) of what is billed and not reversed of recurring lines."""
    return _rows(
        connection,
        """SELECT c.agreement_line_id, min(c.period_start), max(c.period_end),
        CAST(sum(julianday(c.period_end) - julianday(c.period_start)) AS INTEGER)
        FROM agreement_line l JOIN charge c ON c.agreement_line_id = l.id
        WHERE l.agreement_id IN (SELECT value FROM json_each(?)) AND l.kind = 'recurring'
        AND c.kind = 'recurring' AND c.reversed_by IS NULL AND c.sequence = 0 GROUP BY c.agreement_line_id""",
        ids,
    )


def charged_spans(connection: Connection, line_ids: str) -> Rows:
    return _rows(
        connection,
        """SELECT agreement_line_id, period_start, period_end FROM charge
        WHERE agreement_line_id IN (SELECT value FROM json_each(?)) AND kind = 'recurring' AND reversed_by IS NULL
        AND sequence = 0 ORDER BY agreement_line_id, period_start""",
        line_ids,
    )


def time_entries(connection: Connection, ids: str, through: str, draft_ids: str | None) -> Rows:
    """Unbilled hours: those nobody reserved, or, at a recheck, exactly those of the drafts."""
    reserved = "draft_id IN (SELECT value FROM json_each(?))" if draft_ids else "draft_id IS NULL"
    # Without being told, SQLite would walk all that is unbilled for each chunk of agreements.
    index = "" if draft_ids else " INDEXED BY ix_time_entry_unbilled"
    return _rows(
        connection,
        f"""SELECT id, agreement_id, item_id, work_date, person, hours, rate, note FROM time_entry{index}
        WHERE agreement_id IN (SELECT value FROM json_each(?)) AND invoice_id IS NULL AND billable = 1
        AND work_date <= ? AND {reserved} ORDER BY agreement_id, work_date, id""",
        *((ids, through, draft_ids) if draft_ids else (ids, through)),
    )


def one_offs(connection: Connection, agreement_ids: str, client_ids: str, through: str, draft_ids: str | None) -> Rows:
    """Unbilled charges, discounts and deposits of the agreements, and of the clients outside any agreement."""
    reserved = "draft_id IN (SELECT value FROM json_each(?))" if draft_ids else "draft_id IS NULL"
    index = "" if draft_ids else " INDEXED BY ix_one_off_unbilled"
    return _rows(
        connection,
        f"""SELECT id, coalesce((SELECT merged_into_id FROM client c WHERE c.id = client_id), client_id), agreement_id,
        item_id, kind, due_date, description, quantity, unit_price, currency FROM one_off{index}
        WHERE client_id IN (SELECT value FROM json_each(?) UNION ALL SELECT id FROM client
          WHERE merged_into_id IN (SELECT value FROM json_each(?))) AND invoice_id IS NULL AND due_date <= ?
        AND (agreement_id IS NULL OR agreement_id IN (SELECT value FROM json_each(?))) AND {reserved}
        ORDER BY client_id, agreement_id, due_date, id""",
        *(client_ids, client_ids, through, agreement_ids),
        *((draft_ids,) if draft_ids else ()),
    )


def time_billed(connection: Connection, ids: str) -> Rows:
    """(agreement id, minor units) billed so far for the hours of agreements."""
    return _rows(
        connection,
        """SELECT agreement_id, sum(amount) FROM charge WHERE agreement_id IN (SELECT value FROM json_each(?))
        AND kind = 'time' AND reversed_by IS NULL GROUP BY agreement_id""",
        ids,
    )


def deposits(connection: Connection, ids: str) -> Rows:
    """Deposit invoices with what was received for them and what later documents deducted already, by tax group:
    (agreement, invoice, number, date, currency, payable, open, received, category, rate, tax code, basis, deducted,
    parts).

    Money and other credits count as received, a write-off and a discount do not. A credit note's lines are mirrored:
    one that takes back a final invoice frees what it deducted, one that takes back the deposit uses it up.
    """
    return _rows(
        connection,
        """SELECT i.agreement_id, i.id, i.number, i.issue_date, i.currency, i.payable,
        (SELECT sum(o.open) FROM open_item o WHERE o.invoice_id = i.id),
        (SELECT coalesce(sum(a.amount), 0) FROM allocation a
          WHERE a.invoice_id = i.id AND a.kind IN ('payment', 'credit')),
        l.category, l.rate, min(l.tax_code_id), sum(l.net),
        coalesce((SELECT sum(CASE f.kind WHEN 'credit_note' THEN d.net ELSE -d.net END)
          FROM invoice_line d JOIN invoice f ON f.id = d.invoice_id
          WHERE d.deducts_id = i.id AND d.category = l.category AND d.rate = l.rate
          AND d.tax_parts = l.tax_parts), 0), l.tax_parts
        FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id
        WHERE i.agreement_id IN (SELECT value FROM json_each(?)) AND i.kind = 'deposit'
        GROUP BY i.id, l.category, l.rate, l.tax_parts ORDER BY i.agreement_id, i.id""",
        ids,
    )


def clients(connection: Connection, ids: str) -> Rows:
    """Clients with their own terms, language, delivery and template; null where these are inherited."""
    return _rows(
        connection,
        """SELECT id, code, name, country, currency, street, postcode, city, tax_id, is_business, tax_treatment,
        segment_id, terms, language, delivery, template_id, combine, po_required, buyer_reference,
        buyer_reference_required, credit_limit, on_hold, hold_reason, disputed, email, region, place_of_supply,
        tax_certificate FROM client WHERE id IN (SELECT value FROM json_each(?))""",
        ids,
    )


def segment_settings(connection: Connection) -> Rows:
    return _rows(
        connection,
        """SELECT s.id, s.name, s.terms, s.delivery, s.language, s.template_id, coalesce(t.code, '')
        FROM segment s LEFT JOIN tax_code t ON t.id = s.tax_code_id""",
    )


def reserved(connection: Connection, ids: str) -> Rows:
    """(agreement, run number) of agreements whose draft still waits."""
    return _rows(
        connection,
        """SELECT o.agreement_id, r.number FROM outcome o JOIN run r ON r.id = o.run_id
        WHERE o.agreement_id IN (SELECT value FROM json_each(?))
        AND (o.state = 'ready' OR o.state = 'held' OR o.state = 'failed') AND o.draft_id IS NOT NULL""",
        ids,
    )


def open_by_client(connection: Connection, client_ids: str) -> Rows:
    """(client, currency, open in all, earliest due date, the number that is due then)."""
    return _rows(
        connection,
        """SELECT o.client_id, o.currency, sum(o.open), min(o.due_date), i.number FROM open_item o
        JOIN invoice i ON i.id = o.invoice_id WHERE o.open > 0 AND o.client_id IN (SELECT value FROM json_each(?))
        GROUP BY o.client_id, o.currency""",
        client_ids,
    )


def credit_by_client(connection: Connection, client_ids: str) -> Rows:
    return _rows(
        connection,
        """SELECT client_id, currency, sum(open) FROM open_credit WHERE open > 0
        AND client_id IN (SELECT value FROM json_each(?)) GROUP BY client_id, currency""",
        client_ids,
    )


def disputes(connection: Connection, client_ids: str) -> Rows:
    return _rows(
        connection,
        """SELECT i.client_id, i.number FROM dispute d JOIN invoice i ON i.id = d.invoice_id
        WHERE d.closed_on IS NULL AND i.client_id IN (SELECT value FROM json_each(?)) ORDER BY d.opened_on""",
        client_ids,
    )


def history(connection: Connection, ids: str) -> Rows:
    """The last six invoices of each agreement that were not taken back, newest first:
    (agreement, invoice, number, issue date, due date, net, payable without what was credited, open)."""
    return _rows(
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
    return _rows(
        connection,
        """SELECT invoice_id, min(due_date) FROM open_item
        WHERE open > 0 AND invoice_id IN (SELECT value FROM json_each(?)) GROUP BY invoice_id""",
        invoice_ids,
    )


def invoice_lines(connection: Connection, invoice_ids: str) -> Rows:
    return _rows(
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
    return _rows(
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
    return _rows(
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
    return _rows(
        connection,
        """SELECT id, client_id, gross, net, currency, json_extract(body, '$.po'), state FROM draft
        WHERE run_id = ? AND client_id IN (SELECT value FROM json_each(?))
        AND state IN ('ready', 'approved', 'held', 'failed') ORDER BY id""",
        run_id,
        client_ids,
    )


def invoiced_clients(connection: Connection, client_ids: str) -> set[int]:
    found = _rows(
        connection,
        """SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM invoice i WHERE i.client_id = value)""",
        client_ids,
    )
    return {row[0] for row in found}


def series_dates(connection: Connection) -> Rows:
    """(kind, year rule, year or null, last date or null) of each year of the default series."""
    return _rows(
        connection,
        """SELECT s.kind, s.year_rule, y.year, y.last_date FROM series s
        LEFT JOIN series_year y ON y.series_id = s.id WHERE s.is_default = 1""",
    )


def firm(connection: Connection) -> Any:
    return _rows(
        connection,
        """SELECT name, country, currency, language, terms, small_business, tax_id, delivery, template_id,
        fiscal_start_month, region, tax_regime, tax_currency FROM firm""",
    )[0]


def taxes(connection: Connection) -> Rows:
    return _rows(
        connection,
        """SELECT t.id, t.code, t.category, t.exemption_code, t.exemption_text, r.valid_from, r.rate, r.name
        FROM tax_code t LEFT JOIN tax_rate r ON r.tax_code_id = t.id WHERE t.active = 1
        ORDER BY t.id, r.valid_from, r.id""",
    )


def tax_rules(connection: Connection) -> Rows:
    """(country, region, class of items, code) in the order in which they are tried."""
    return _rows(
        connection,
        """SELECT r.country, r.region, r.item_code, t.code FROM tax_rule r JOIN tax_code t ON t.id = r.tax_code_id
        WHERE t.active = 1 ORDER BY r.position, r.id""",
    )


def book_setting(connection: Connection, key: str) -> str | None:
    """A named setting of the book as JSON text."""
    found = _rows(connection, "SELECT value FROM setting WHERE key = ?", key)
    return str(found[0][0]) if found else None


def items(connection: Connection) -> Rows:
    """Every item by its id; one that was merged is what it merged into."""
    return _rows(
        connection,
        """SELECT o.id, i.code, i.name, i.unit, i.kind, coalesce(t.code, ''), i.price, i.currency, i.hsn_sac
        FROM item o JOIN item i ON i.id = coalesce(o.merged_into_id, o.id)
        LEFT JOIN tax_code t ON t.id = i.tax_code_id""",
    )


def rates(connection: Connection) -> Rows:
    """Of an item that was merged, which only freed work still names, those of the one it merged into."""
    return _rows(
        connection,
        """SELECT id, item_id, client_id, currency, valid_from, up_to, price, mode FROM rate
        WHERE item_id NOT IN (SELECT id FROM item WHERE merged_into_id IS NOT NULL)
        UNION ALL SELECT r.id, o.id, r.client_id, r.currency, r.valid_from, r.up_to, r.price, r.mode
        FROM item o JOIN rate r ON r.item_id = o.merged_into_id""",
    )


def rule_settings(connection: Connection) -> Rows:
    return _rows(
        connection, "SELECT code, scope, scope_id, enabled, severity, parameters, owner_id, hours FROM rule_setting"
    )


def exchange_rates(connection: Connection, day: str) -> Rows:
    """(currency, units of firm currency times 10**6) in force on a day."""
    return _rows(
        connection,
        """SELECT currency, rate FROM exchange_rate e WHERE valid_from =
        (SELECT max(valid_from) FROM exchange_rate WHERE currency = e.currency AND valid_from <= ?)""",
        day,
    )
