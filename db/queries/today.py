"""What needs a person: a few rows of each kind, each statement read once for the first page of the window.

A client is told by the one that it was merged into. Days come as ISO text, moments as UTC text.
"""

from __future__ import annotations

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows

_HEAD = "JOIN client m ON m.id = {of}.client_id JOIN client c ON c.id = coalesce(m.merged_into_id, m.id)"


def held_drafts(connection: Connection) -> Rows:
    """(draft, run, its number, state, severity, client, net, currency, owner, due moment, error, what was found first,
    how many findings stand against it), the ones due first at the front."""
    return plain_rows(
        connection,
        """SELECT d.id, r.id, r.number, d.state, coalesce(d.severity, ''), c.name, d.net, d.currency,
          coalesce(p.name, ''), coalesce(d.due_at, ''), d.error,
          (SELECT f.id FROM finding f WHERE f.draft_id = d.id AND f.approved = 0 AND f.severity <> 'note'
            ORDER BY f.severity <> 'block', f.id LIMIT 1),
          (SELECT count(*) FROM finding f WHERE f.draft_id = d.id AND f.approved = 0 AND f.severity <> 'note')
        FROM draft d JOIN run r ON r.id = d.run_id JOIN client c ON c.id = d.client_id
        LEFT JOIN person p ON p.id = d.owner_id
        WHERE d.run_id IN (SELECT id FROM run WHERE state IN ('planning', 'issuing', 'review'))
          AND d.state IN ('held', 'failed') ORDER BY d.due_at IS NULL, d.due_at, r.id, d.id""",
    )


def open_runs(connection: Connection) -> Rows:
    """(run, number, state, through, drafts ready to issue, their net by currency as JSON, drafts issued) of runs that
    were interrupted, and of those in review with something to issue."""
    return plain_rows(
        connection,
        """SELECT r.id, r.number, r.state, r.through, coalesce(sum(d.count) FILTER (WHERE d.waits), 0),
          json_group_array(json_array(d.net, d.currency)) FILTER (WHERE d.waits),
          coalesce(sum(d.count) FILTER (WHERE NOT d.waits), 0)
        FROM run r LEFT JOIN (SELECT run_id, currency, state <> 'issued' AS waits, count(*) AS count, sum(net) AS net
          FROM draft WHERE state IN ('ready', 'approved', 'issued')
          AND run_id IN (SELECT id FROM run WHERE state IN ('planning', 'issuing', 'review'))
          GROUP BY run_id, currency, waits) d ON d.run_id = r.id
        WHERE r.state IN ('planning', 'issuing', 'review') GROUP BY r.id ORDER BY r.id""",
    )


def unapplied_payments(connection: Connection) -> Rows:
    """(client, name, currency, left, payments, one of them, its number, oldest day, open of the same client and
    currency) of money that settles nothing yet, the most first."""
    return plain_rows(
        connection,
        f"""SELECT c.id, c.name, k.currency, sum(k.open) AS left_over, count(*), min(k.payment_id), min(p.number),
          min(k.dated), coalesce((SELECT sum(o.open) FROM open_item o WHERE o.open > 0 AND o.currency = k.currency
            AND o.client_id IN (SELECT f.id FROM client f WHERE f.id = c.id OR f.merged_into_id = c.id)), 0)
        FROM open_credit k JOIN payment p ON p.id = k.payment_id {_HEAD.format(of="k")}
        WHERE k.open > 0 GROUP BY c.id, k.currency ORDER BY left_over DESC""",
    )


def open_disputes(connection: Connection) -> Rows:
    """(invoice, number, client, currency, disputed, opened, reason), the oldest first; nothing of what is settled."""
    return plain_rows(
        connection,
        f"""SELECT i.id, i.number, c.name, i.currency, min(coalesce(d.amount, o.open), o.open), d.opened_on, d.reason
        FROM dispute d JOIN invoice i ON i.id = d.invoice_id {_HEAD.format(of="i")}
        JOIN (SELECT invoice_id, sum(open) AS open FROM open_item WHERE open > 0
          AND invoice_id IN (SELECT invoice_id FROM dispute WHERE closed_on IS NULL) GROUP BY invoice_id) o
          ON o.invoice_id = i.id
        WHERE d.closed_on IS NULL ORDER BY d.opened_on, d.id""",
    )


def overdue_clients(connection: Connection, today: str) -> Rows:
    """(client, name, currency, overdue, oldest due day), the oldest first."""
    return plain_rows(
        connection,
        f"""SELECT c.id, c.name, o.currency, sum(o.overdue), min(o.due) AS oldest FROM (
          SELECT client_id, currency, sum(open) AS overdue, min(due_date) AS due FROM open_item
          WHERE open > 0 AND due_date < ? GROUP BY client_id, currency) o {_HEAD.format(of="o")}
        GROUP BY c.id, o.currency ORDER BY oldest, c.id""",
        today,
    )


def late_milestones(connection: Connection, today: str) -> Rows:
    """(milestone, its name, agreement, code, client, planned day, amount or null, currency), the oldest first."""
    return plain_rows(
        connection,
        """SELECT m.id, m.name, a.id, a.code, c.name, m.planned_on, m.amount, a.currency
        FROM milestone m JOIN agreement a ON a.id = m.agreement_id JOIN client c ON c.id = a.client_id
        WHERE m.invoice_id IS NULL AND m.done_on IS NULL AND m.planned_on < ? AND a.active
        ORDER BY m.planned_on, m.id""",
        today,
    )


def old_work(connection: Connection, before: str) -> Rows:
    """(client, name, entries, hours times 10**6, oldest day) of work before a day that no draft holds."""
    return plain_rows(
        connection,
        f"""SELECT c.id, c.name, sum(w.count), sum(w.hours), min(w.first) AS oldest FROM (
          SELECT client_id, count(*) AS count, sum(hours) AS hours, min(work_date) AS first FROM time_entry
            WHERE invoice_id IS NULL AND draft_id IS NULL AND billable = 1 AND work_date < ? GROUP BY client_id
          UNION ALL SELECT client_id, count(*), 0, min(due_date) FROM one_off
            WHERE invoice_id IS NULL AND draft_id IS NULL AND due_date < ? GROUP BY client_id) w
        {_HEAD.format(of="w")} GROUP BY c.id ORDER BY oldest, c.id""",
        before,
        before,
    )


def endings(connection: Connection, today: str, until: str) -> Rows:
    """(agreement, code, client, first day no longer in, whether a person decides on the next term) of agreements that
    end in these days, and of terms that end without a decision, however long ago."""
    return plain_rows(
        connection,
        """SELECT * FROM (SELECT a.id, a.code, c.name,
          CASE WHEN a.renewal = 'ask' AND a.term_end IS NOT NULL AND (a.end_date IS NULL OR a.end_date > a.term_end)
            THEN a.term_end ELSE a.end_date END AS ends,
          a.renewal = 'ask' AND a.term_end IS NOT NULL AND (a.end_date IS NULL OR a.end_date > a.term_end) AS asks
          FROM agreement a JOIN client c ON c.id = a.client_id
          WHERE a.active AND (a.end_date IS NOT NULL OR a.term_end IS NOT NULL))
        WHERE ends <= ? AND (asks OR ends > ?) ORDER BY ends, code""",
        until,
        today,
    )


def waiting_prices(connection: Connection) -> Rows:
    """(how many proposals wait, the first day from which one would hold, how many agreements); one row."""
    return plain_rows(
        connection,
        """SELECT count(*), min(p.valid_from), count(DISTINCT l.agreement_id) FROM price_proposal p
        JOIN agreement_line l ON l.id = p.agreement_line_id WHERE p.state = 'proposed'""",
    )


def limited_orders(connection: Connection, today: str) -> Rows:
    """(agreement, code, client, PO number, limit or null, currency, its last day or null, client's name) of agreements
    that run under a purchase order with a limit or an end."""
    return plain_rows(
        connection,
        """SELECT a.id, a.code, a.client_id, a.po_number, a.po_limit, a.currency, a.po_expires, c.name
        FROM agreement a JOIN client c ON c.id = a.client_id
        WHERE a.active AND (a.end_date IS NULL OR a.end_date > ?)
          AND (a.po_limit IS NOT NULL AND a.po_number <> '' OR a.po_expires IS NOT NULL) ORDER BY a.code""",
        today,
    )


def orders_used(connection: Connection, today: str) -> Rows:
    """(client, PO number, net billed under it, credit notes taken off) of orders with a limit, as `po_used` tells them
    of a few agreements; here from the numbers of the orders, since it is asked of all."""
    return plain_rows(
        connection,
        """SELECT a.client_id, a.po_number, sum(CASE i.kind WHEN 'credit_note' THEN -i.net ELSE i.net END)
        FROM (SELECT DISTINCT client_id, po_number FROM agreement WHERE active AND (end_date IS NULL OR end_date > ?)
          AND po_number <> '' AND po_limit IS NOT NULL) a
        CROSS JOIN invoice i ON i.po_number = a.po_number AND i.po_number <> ''
        JOIN client c ON c.id = i.client_id AND coalesce(c.merged_into_id, c.id) = a.client_id
        GROUP BY a.client_id, a.po_number""",
        today,
    )


def due_notes(connection: Connection, until: str) -> Rows:
    """(note, subject, its id, text, due, owner, what the subject is called) of follow-ups that are due in time."""
    return plain_rows(
        connection,
        """SELECT n.id, n.subject, n.subject_id, n.text, n.due_on, coalesce(p.name, n.author), CASE n.subject
            WHEN 'client' THEN (SELECT name FROM client WHERE id = n.subject_id)
            WHEN 'agreement' THEN (SELECT code FROM agreement WHERE id = n.subject_id)
            WHEN 'invoice' THEN (SELECT number FROM invoice WHERE id = n.subject_id)
            WHEN 'payment' THEN (SELECT number FROM payment WHERE id = n.subject_id)
            WHEN 'run' THEN (SELECT number FROM run WHERE id = n.subject_id)
            WHEN 'item' THEN (SELECT name FROM item WHERE id = n.subject_id)
            WHEN 'draft' THEN (SELECT c.name FROM draft d JOIN client c ON c.id = d.client_id WHERE d.id = n.subject_id)
            WHEN 'dispute' THEN (SELECT i.number FROM dispute d JOIN invoice i ON i.id = d.invoice_id
              WHERE d.id = n.subject_id) END
        FROM note n LEFT JOIN person p ON p.id = n.owner_id
        WHERE n.due_on IS NOT NULL AND n.done_on IS NULL AND n.due_on <= ? ORDER BY n.due_on, n.id""",
        until,
    )


def disputed_invoice(connection: Connection, dispute_id: int) -> int | None:
    found = plain_rows(connection, "SELECT invoice_id FROM dispute WHERE id = ?", dispute_id)
    return int(found[0][0]) if found else None


def run_of_draft(connection: Connection, draft_id: int) -> int | None:
    found = plain_rows(connection, "SELECT run_id FROM draft WHERE id = ?", draft_id)
    return int(found[0][0]) if found else None


def finding_texts(connection: Connection, finding_ids: str) -> dict[int, str]:
    """What was found, by the finding's id."""
    found = plain_rows(
        connection, "SELECT id, message FROM finding WHERE id IN (SELECT value FROM json_each(?))", finding_ids
    )
    return {row[0]: str(row[1]) for row in found}
