"""What a reminder run looks at: items that are due with how far they were reminded, and what keeps letters back.

Each row is of the client that its own client was merged into, if it was. Minor units.
"""

from __future__ import annotations

from sqlalchemy import Connection

from db.queries.families import family
from db.queries.rows import Rows, plain_rows

_HEAD = "coalesce(c.merged_into_id, c.id)"
TAKEN_BACK = """EXISTS (SELECT 1 FROM delivery d WHERE d.id = r.delivery_id AND d.state = 'cancelled'
  AND NOT EXISTS (WITH RECURSIVE went(id) AS (SELECT d.id
      UNION SELECT a.id FROM delivery a JOIN went w ON a.again_of_id = w.id)
    SELECT 1 FROM went JOIN delivery e ON e.id = went.id WHERE e.state <> 'cancelled'))"""
"""SQL: the letter of a reminder `r` was taken back from the outbox and never sent again, so it reached nobody."""
_CLAIM_OPEN = """(r.claim = '' OR r.claim = 'billed'
  AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.run_id = r.claim_run_id AND d.state <> 'discarded'))"""
"""SQL: nobody waived fee and interest of a reminder `r`, or billed them by a draft that stands."""


def due_items(connection: Connection, bound: str, as_of: str, client_id: int | None = None) -> Rows:
    """(item, client, currency, due date, open, invoice, number, instalment, whether there are several, whether a bank
    was asked to collect it) of what is open now and due until `bound`, by client and currency, the oldest due first."""
    one = f"AND o.client_id IN {family(str(int(client_id)))}" if client_id is not None else ""
    return plain_rows(
        connection,
        f"""SELECT o.id, {_HEAD}, o.currency, o.due_date, o.open, i.id, i.number, o.instalment,
          (SELECT max(m.instalment) FROM open_item m WHERE m.invoice_id = i.id) > 1,
          EXISTS (SELECT 1 FROM payment_order_item p WHERE p.open_item_id = o.id AND p.state = 'ordered')
        FROM open_item o JOIN invoice i ON i.id = o.invoice_id JOIN client c ON c.id = o.client_id
        WHERE o.open > 0 AND o.due_date <= ? AND i.issue_date <= ? {one}
        ORDER BY 2, o.currency, o.due_date, o.id""",
        bound,
        as_of,
    )


def items(connection: Connection, ids: str) -> Rows:
    """As due_items gives, of these items, a JSON list of ids, whatever is open of them."""
    return plain_rows(
        connection,
        f"""SELECT o.id, {_HEAD}, o.currency, o.due_date, o.open, i.id, i.number, o.instalment,
          (SELECT max(m.instalment) FROM open_item m WHERE m.invoice_id = i.id) > 1,
          EXISTS (SELECT 1 FROM payment_order_item p WHERE p.open_item_id = o.id AND p.state = 'ordered')
        FROM open_item o JOIN invoice i ON i.id = o.invoice_id JOIN client c ON c.id = o.client_id
        WHERE o.id IN (SELECT value FROM json_each(?)) ORDER BY 2, o.currency, o.due_date, o.id""",
        ids,
    )


def disputed_parts(connection: Connection) -> Rows:
    """(invoice, disputed amount or null for all, item, open) of the open items of invoices in dispute, the oldest due
    first."""
    return plain_rows(
        connection,
        """SELECT d.invoice_id, d.amount, o.id, o.open FROM dispute d JOIN open_item o ON o.invoice_id = d.invoice_id
        WHERE d.closed_on IS NULL AND o.open > 0 ORDER BY d.id, o.due_date, o.id""",
    )


def reminded(connection: Connection, ids: str, but_run: int = 0) -> Rows:
    """(item, level, day of the run, day to pay by) of all letters that named these items, a JSON list of ids, and were
    not taken back before they went, but for those of one run; the last one of an item comes last."""
    return plain_rows(
        connection,
        f"""SELECT t.open_item_id, t.level, n.as_of, r.pay_by FROM reminder_item t
        JOIN reminder r ON r.id = t.reminder_id JOIN reminder_run n ON n.id = r.run_id
        WHERE t.stands = 1 AND r.state = 'sent' AND n.id <> ? AND NOT {TAKEN_BACK}
          AND t.open_item_id IN (SELECT value FROM json_each(?)) ORDER BY n.as_of, t.level, t.id""",
        but_run,
        ids,
    )


def settled_claims(connection: Connection, ids: str) -> Rows:
    """(item, the last day of a run whose interest on it was waived or billed) of these items, a JSON list of ids."""
    return plain_rows(
        connection,
        f"""SELECT t.open_item_id, max(n.as_of) FROM reminder_item t JOIN reminder r ON r.id = t.reminder_id
        JOIN reminder_run n ON n.id = r.run_id
        WHERE NOT {_CLAIM_OPEN} AND t.interest > 0
          AND t.open_item_id IN (SELECT value FROM json_each(?)) GROUP BY t.open_item_id""",
        ids,
    )


def clients(connection: Connection, ids: str) -> Rows:
    """(client, code, name, segment or null, whether it is a business, whether all of it is disputed) of these, a JSON
    list of ids."""
    return plain_rows(
        connection,
        """SELECT id, code, name, segment_id, is_business, disputed FROM client
        WHERE id IN (SELECT value FROM json_each(?))""",
        ids,
    )


def holds(connection: Connection, as_of: str) -> Rows:
    """(client, invoice or null, until or null, reason) of the holds that have not ended before a day.

    One that was made after the day counts too: a run that was planned yesterday may be sent today."""
    return plain_rows(
        connection,
        f"""SELECT {_HEAD}, h.invoice_id, h.until, h.reason FROM dunning_hold h JOIN client c ON c.id = h.client_id
        WHERE h.released_on IS NULL AND (h.until IS NULL OR h.until >= ?) ORDER BY h.id""",
        as_of,
    )


def credits(connection: Connection, client_id: int | None = None) -> Rows:
    """(client, currency, credit that is not used)."""
    one = f"AND o.client_id IN {family(str(int(client_id)))}" if client_id is not None else ""
    return plain_rows(
        connection,
        f"""SELECT {_HEAD}, o.currency, sum(o.open) FROM open_credit o JOIN client c ON c.id = o.client_id
        WHERE o.open > 0 {one} GROUP BY 1, 2""",
    )


def reminders(connection: Connection, run_id: int) -> Rows:
    """Every reminder of a run by client and currency: (id, client, code, name, currency, level, amount, disputed,
    credit, fee, interest, pay by, channel, state, reason, note, decided by, delivery, sent at, claim, segment)."""
    return plain_rows(connection, f"{_REMINDER} WHERE r.run_id = ? ORDER BY c.code, r.currency", run_id)


def reminders_by_id(connection: Connection, ids: str) -> Rows:
    """As `reminders`, of these, a JSON list of ids."""
    return plain_rows(
        connection, f"{_REMINDER} WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY c.code, r.currency", ids
    )


def reminders_of_client(connection: Connection, client_id: int) -> Rows:
    """As `reminders`, all of a client's family, the newest first."""
    return plain_rows(
        connection,
        f"{_REMINDER} WHERE r.client_id IN {family('?1')} ORDER BY n.as_of DESC, r.id DESC",
        client_id,
    )


_REMINDER = """SELECT r.id, c.id, c.code, c.name, r.currency, r.level, r.amount, r.disputed, r.credit, r.fee,
  r.interest, r.pay_by, r.channel, r.state, r.reason, r.note, coalesce(r.decided_by, ''), r.delivery_id, r.sent_at,
  r.claim, c.segment_id, n.id, n.number, n.as_of
  FROM reminder r JOIN client k ON k.id = r.client_id JOIN client c ON c.id = coalesce(k.merged_into_id, k.id)
  JOIN reminder_run n ON n.id = r.run_id"""


def reminder_items(connection: Connection, reminder_ids: str) -> Rows:
    """(reminder, item, level, days, open, disputed, interest, stands, number, instalment, whether there are several,
    due date, invoice) of these reminders, a JSON list of ids; the oldest due first."""
    return plain_rows(
        connection,
        """SELECT t.reminder_id, t.open_item_id, t.level, t.days, t.open, t.disputed, t.interest, t.stands, i.number,
          o.instalment, (SELECT max(m.instalment) FROM open_item m WHERE m.invoice_id = i.id) > 1, o.due_date, i.id
        FROM reminder_item t JOIN open_item o ON o.id = t.open_item_id JOIN invoice i ON i.id = o.invoice_id
        WHERE t.reminder_id IN (SELECT value FROM json_each(?)) ORDER BY t.reminder_id, o.due_date, o.id""",
        reminder_ids,
    )


def reminded_open(connection: Connection) -> Rows:
    """(item) of what was named by a letter that went and is still open."""
    return plain_rows(
        connection,
        """SELECT DISTINCT t.open_item_id FROM reminder_item t JOIN reminder r ON r.id = t.reminder_id
        JOIN open_item o ON o.id = t.open_item_id WHERE t.stands = 1 AND r.state = 'sent' AND o.open > 0
        ORDER BY t.open_item_id""",
    )


def claims(connection: Connection, client_id: int | None = None) -> Rows:
    """(reminder, client, code, name, currency, fee, run, its day, item, number, interest on it) of letters that went
    and asked for fee or interest that nobody waived or billed, the oldest first; one row an item."""
    one = f"AND r.client_id IN {family(str(int(client_id)))}" if client_id is not None else ""
    return plain_rows(
        connection,
        f"""SELECT r.id, {_HEAD}, h.code, h.name, r.currency, r.fee, n.number, n.as_of, t.open_item_id, i.number,
          t.interest
        FROM reminder r JOIN reminder_run n ON n.id = r.run_id JOIN client c ON c.id = r.client_id
        JOIN client h ON h.id = {_HEAD} JOIN reminder_item t ON t.reminder_id = r.id AND t.stands = 1
        JOIN open_item o ON o.id = t.open_item_id JOIN invoice i ON i.id = o.invoice_id
        WHERE r.state = 'sent' AND r.fee + r.interest > 0 AND {_CLAIM_OPEN} AND NOT {TAKEN_BACK} {one}
        ORDER BY h.code, r.currency, n.as_of, r.id, o.due_date, o.id""",
    )


def open_documents(connection: Connection, client_id: int, as_of: str) -> Rows:
    """(document, number) of a client's family of which something is open, or credit is left; the oldest due first.
    Items that were open before the book began have no document."""
    return plain_rows(
        connection,
        f"""SELECT i.id, i.number FROM invoice i WHERE i.client_id IN {family("?1")} AND i.kind <> 'opening'
          AND i.issue_date <= ?2 AND (EXISTS (SELECT 1 FROM open_item o WHERE o.invoice_id = i.id AND o.open > 0)
            OR EXISTS (SELECT 1 FROM open_credit k WHERE k.credit_note_id = i.id AND k.open > 0))
        ORDER BY i.due_date, i.id""",
        client_id,
        as_of,
    )
