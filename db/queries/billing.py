"""What a run reads: agreements with their lines, what waits to be billed.

Every function takes ids as one JSON text, so that a statement stays the same for any number of them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from db.queries.families import head_codes
from db.queries.rows import Rows, plain_rows

_AGREEMENT = """a.id, a.code, a.title, a.client_id, a.segment_id, a.billing, a.currency, a.every_count, a.every_unit,
 a.alignment, a.anchor, a.bill_day, a.timing, a.fixed_30, a.start_date, a.end_date, a.trial_until, a.charged_through,
 a.grouping, a.cap, a.deposits, a.is_final, a.po_number, a.po_limit, a.po_expires, a.buyer_reference, a.terms,
 a.delivery, a.template_id, a.discount, a.discount_reason, a.active, a.unused, a.agreed, a.budget, a.renewal,
 a.term_end, a.term_count, a.term_unit, a.notice_count, a.notice_unit, a.min_term_until"""


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
    return plain_rows(connection, sql + " ORDER BY client_code, agreement_code", *values)


def clients_done(connection: Connection, run_id: int) -> set[int]:
    return {row[0] for row in plain_rows(connection, "SELECT DISTINCT client_id FROM outcome WHERE run_id = ?", run_id)}


def agreements(connection: Connection, ids: str) -> Rows:
    return plain_rows(
        connection, f"SELECT {_AGREEMENT} FROM agreement a WHERE a.id IN (SELECT value FROM json_each(?))", ids
    )


def lines(connection: Connection, ids: str) -> Rows:
    return plain_rows(
        connection,
        """SELECT agreement_id, id, position, kind, item_id, description, quantity, unit_price, discount,
        start_date, end_date, included, minimum, threshold, metering FROM agreement_line
        WHERE agreement_id IN (SELECT value FROM json_each(?))
        ORDER BY agreement_id, position""",
        ids,
    )


def price_changes(connection: Connection, ids: str) -> Rows:
    return plain_rows(
        connection,
        """SELECT p.agreement_line_id, p.valid_from, p.unit_price FROM price_change p
        JOIN agreement_line l ON l.id = p.agreement_line_id
        WHERE l.agreement_id IN (SELECT value FROM json_each(?)) ORDER BY p.agreement_line_id, p.valid_from""",
        ids,
    )


def pauses(connection: Connection, ids: str) -> Rows:
    return plain_rows(
        connection,
        """SELECT agreement_id, start_date, end_date FROM pause
        WHERE agreement_id IN (SELECT value FROM json_each(?)) ORDER BY agreement_id, start_date""",
        ids,
    )


def charged(connection: Connection, ids: str) -> Rows:
    """(line id, first start, last end, days in all) of what is billed and not reversed of recurring lines."""
    return plain_rows(
        connection,
        """SELECT c.agreement_line_id, min(c.period_start), max(c.period_end),
        CAST(sum(julianday(c.period_end) - julianday(c.period_start)) AS INTEGER)
        FROM agreement_line l JOIN charge c ON c.agreement_line_id = l.id
        WHERE l.agreement_id IN (SELECT value FROM json_each(?)) AND l.kind = 'recurring'
        AND c.kind = 'recurring' AND c.reversed_by IS NULL AND c.sequence = 0 GROUP BY c.agreement_line_id""",
        ids,
    )


def charged_spans(connection: Connection, line_ids: str) -> Rows:
    return plain_rows(
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
    return plain_rows(
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
    return plain_rows(
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
    return plain_rows(
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
    return plain_rows(
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
    return plain_rows(
        connection,
        """SELECT id, code, name, country, currency, street, postcode, city, tax_id, is_business, tax_treatment,
        segment_id, terms, language, delivery, template_id, combine, po_required, buyer_reference,
        buyer_reference_required, credit_limit, on_hold, hold_reason, disputed, email, region, place_of_supply,
        tax_certificate, einvoice, contact, street2 FROM client WHERE id IN (SELECT value FROM json_each(?))""",
        ids,
    )


def segment_settings(connection: Connection) -> Rows:
    return plain_rows(
        connection,
        """SELECT s.id, s.name, s.terms, s.delivery, s.language, s.template_id, coalesce(t.code, ''), s.einvoice
        FROM segment s LEFT JOIN tax_code t ON t.id = s.tax_code_id""",
    )


def reserved(connection: Connection, ids: str) -> Rows:
    """(agreement, run number) of agreements whose draft still waits."""
    return plain_rows(
        connection,
        """SELECT o.agreement_id, r.number FROM outcome o JOIN run r ON r.id = o.run_id
        WHERE o.agreement_id IN (SELECT value FROM json_each(?))
        AND (o.state = 'ready' OR o.state = 'held' OR o.state = 'failed') AND o.draft_id IS NOT NULL""",
        ids,
    )


def series_dates(connection: Connection) -> Rows:
    """(kind, year rule, year or null, last date or null) of each year of the default series."""
    return plain_rows(
        connection,
        """SELECT s.kind, s.year_rule, y.year, y.last_date FROM series s
        LEFT JOIN series_year y ON y.series_id = s.id WHERE s.is_default = 1""",
    )


def firm(connection: Connection) -> Any:
    return plain_rows(
        connection,
        """SELECT name, country, currency, language, terms, small_business, tax_id, delivery, template_id,
        fiscal_start_month, region, tax_regime, tax_currency, einvoice FROM firm""",
    )[0]


def taxes(connection: Connection) -> Rows:
    return plain_rows(
        connection,
        """SELECT t.id, t.code, t.category, t.exemption_code, t.exemption_text, r.valid_from, r.rate, r.name
        FROM tax_code t LEFT JOIN tax_rate r ON r.tax_code_id = t.id WHERE t.active = 1
        ORDER BY t.id, r.valid_from, r.id""",
    )


def tax_rules(connection: Connection) -> Rows:
    """(country, region, class of items, code) in the order in which they are tried."""
    return plain_rows(
        connection,
        """SELECT r.country, r.region, r.item_code, t.code FROM tax_rule r JOIN tax_code t ON t.id = r.tax_code_id
        WHERE t.active = 1 ORDER BY r.position, r.id""",
    )


def book_setting(connection: Connection, key: str) -> str | None:
    """A named setting of the book as JSON text."""
    found = plain_rows(connection, "SELECT value FROM setting WHERE key = ?", key)
    return str(found[0][0]) if found else None


def items(connection: Connection) -> Rows:
    """Every item by its id; one that was merged is what it merged into."""
    return plain_rows(
        connection,
        """SELECT o.id, i.code, i.name, i.unit, i.kind, coalesce(t.code, ''), i.price, i.currency, i.hsn_sac
        FROM item o JOIN item i ON i.id = coalesce(o.merged_into_id, o.id)
        LEFT JOIN tax_code t ON t.id = i.tax_code_id""",
    )


def rates(connection: Connection) -> Rows:
    """Of an item that was merged, which only freed work still names, those of the one it merged into."""
    return plain_rows(
        connection,
        """SELECT id, item_id, client_id, currency, valid_from, up_to, price, mode FROM rate
        WHERE item_id NOT IN (SELECT id FROM item WHERE merged_into_id IS NOT NULL)
        UNION ALL SELECT r.id, o.id, r.client_id, r.currency, r.valid_from, r.up_to, r.price, r.mode
        FROM item o JOIN rate r ON r.item_id = o.merged_into_id""",
    )


def rule_settings(connection: Connection) -> Rows:
    return plain_rows(
        connection, "SELECT code, scope, scope_id, enabled, severity, parameters, owner_id, hours FROM rule_setting"
    )


def exchange_rates(connection: Connection, day: str) -> Rows:
    """(currency, units of firm currency times 10**6, the day it is of) in force on a day."""
    return plain_rows(
        connection,
        """SELECT currency, rate, valid_from FROM exchange_rate e WHERE valid_from =
        (SELECT max(valid_from) FROM exchange_rate WHERE currency = e.currency AND valid_from <= ?)""",
        day,
    )
