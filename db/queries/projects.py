"""What projects come to: their milestones, the scope with its changes, and what documents and payments say of them.

As in `db.queries.billing`, ids come as one JSON text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

Rows = Sequence[Any]


def _rows(connection: Connection, sql: str, *parameters: Any) -> Rows:
    return connection.exec_driver_sql(sql, parameters).fetchall()


def due_milestones(connection: Connection, ids: str, through: str, draft_ids: str | None) -> Rows:
    """Milestones done and not billed: those nobody reserved, or, at a recheck, exactly those of the drafts."""
    reserved = "draft_id IN (SELECT value FROM json_each(?))" if draft_ids else "draft_id IS NULL"
    return _rows(
        connection,
        f"""SELECT id, agreement_id, item_id, name, amount, fraction, done_on FROM milestone
        WHERE agreement_id IN (SELECT value FROM json_each(?)) AND invoice_id IS NULL AND done_on <= ? AND {reserved}
        ORDER BY agreement_id, done_on, position, id""",
        *((ids, through, draft_ids) if draft_ids else (ids, through)),
    )


def scope_changes(connection: Connection, ids: str) -> Rows:
    """(agreement, first day, net in minor units) of the approved changes of fixed prices."""
    return _rows(
        connection,
        """SELECT agreement_id, dated, amount FROM change_order
        WHERE agreement_id IN (SELECT value FROM json_each(?)) AND effect = 'scope' AND state = 'approved'
        ORDER BY agreement_id, dated, id""",
        ids,
    )


def milestones_billed(connection: Connection, ids: str) -> Rows:
    """(agreement, sum of fractions, their net, the last day that one of them was done, net of the amounts) of what
    stands billed of milestones."""
    return _rows(
        connection,
        """SELECT m.agreement_id, coalesce(sum(m.fraction), 0),
        sum(CASE WHEN m.fraction IS NULL THEN 0 ELSE c.amount END),
        max(CASE WHEN m.fraction IS NULL THEN NULL ELSE m.done_on END),
        sum(CASE WHEN m.fraction IS NULL THEN c.amount ELSE 0 END)
        FROM milestone m JOIN charge c ON c.milestone_id = m.id AND c.reversed_by IS NULL
        WHERE m.agreement_id IN (SELECT value FROM json_each(?)) GROUP BY m.agreement_id""",
        ids,
    )


def all_milestones(connection: Connection, ids: str) -> Rows:
    """Every milestone of the agreements in its order, with what bills it:
    (id, agreement, item, position, name, amount, fraction, planned, done, invoice, its number, run's number, charged
    net, run)."""
    return _rows(
        connection,
        """SELECT m.id, m.agreement_id, m.item_id, m.position, m.name, m.amount, m.fraction, m.planned_on, m.done_on,
        m.invoice_id, coalesce(i.number, ''), coalesce(r.number, ''), c.amount, r.id
        FROM milestone m LEFT JOIN invoice i ON i.id = m.invoice_id LEFT JOIN draft d ON d.id = m.draft_id
        LEFT JOIN run r ON r.id = d.run_id LEFT JOIN charge c ON c.milestone_id = m.id AND c.reversed_by IS NULL
        WHERE m.agreement_id IN (SELECT value FROM json_each(?)) ORDER BY m.agreement_id, m.position, m.id""",
        ids,
    )


def change_sums(connection: Connection, ids: str, as_of: str) -> Rows:
    """(agreement, approved by the day, approved from a later day, proposed) of scopes, net."""
    return _rows(
        connection,
        """SELECT agreement_id, sum(CASE WHEN state = 'approved' AND dated <= ? THEN amount ELSE 0 END),
        sum(CASE WHEN state = 'approved' AND dated > ? THEN amount ELSE 0 END),
        sum(CASE WHEN state = 'proposed' THEN amount ELSE 0 END)
        FROM change_order WHERE agreement_id IN (SELECT value FROM json_each(?)) AND effect = 'scope'
        GROUP BY agreement_id""",
        as_of,
        as_of,
        ids,
    )


# A line belongs to the agreement that its agreement line, its charge, the line that it takes back or the deposit that
# it deducts belongs to; one that nothing of this tells, to its document's. 0 is a charge outside any agreement.
_OWNER = """coalesce(g.agreement_id,
  (SELECT coalesce(c.agreement_id, 0) FROM charge c WHERE c.invoice_id = l.invoice_id AND c.position = l.position),
  o.agreement_id, (SELECT coalesce(c.agreement_id, 0) FROM charge c
    WHERE c.invoice_id = b.invoice_id AND c.position = b.position), t.agreement_id)"""


def documents(connection: Connection, ids: str) -> Rows:
    """What documents bill, by owner and tax group, of every document that bills something of the agreements:
    (invoice, kind, corrects, the document's agreement, payable, owner or null, category, rate, net, net deducted).

    Credit notes count below nothing. Owners may be other agreements, on joint invoices.
    """
    return _rows(
        connection,
        f"""WITH own AS (
          SELECT id FROM invoice WHERE agreement_id IN (SELECT value FROM json_each(?))
          UNION SELECT invoice_id FROM outcome WHERE agreement_id IN (SELECT value FROM json_each(?))
            AND invoice_id IS NOT NULL),
        whole AS (SELECT id FROM own UNION SELECT k.id FROM own JOIN invoice k ON k.corrects_id = own.id)
        SELECT i.id, i.kind, i.corrects_id, i.agreement_id, i.payable, {_OWNER} AS owner, l.category, l.rate,
          sum(CASE i.kind WHEN 'credit_note' THEN -l.net ELSE l.net END),
          sum(CASE WHEN l.deducts_id IS NULL THEN 0 WHEN i.kind = 'credit_note' THEN -l.net ELSE l.net END)
        FROM whole w JOIN invoice i ON i.id = w.id JOIN invoice_line l ON l.invoice_id = i.id
        LEFT JOIN agreement_line g ON g.id = l.agreement_line_id
        LEFT JOIN invoice_line b ON b.id = l.corrects_line_id
        LEFT JOIN agreement_line o ON o.id = b.agreement_line_id
        LEFT JOIN invoice t ON t.id = l.deducts_id
        GROUP BY i.id, owner, l.category, l.rate ORDER BY i.id""",
        ids,
        ids,
    )


def settled(connection: Connection, invoice_ids: str) -> Rows:
    """(invoice, settled by payments, by credits, by discounts and write-offs) of documents, gross."""
    return _rows(
        connection,
        """SELECT invoice_id, sum(CASE kind WHEN 'payment' THEN amount ELSE 0 END),
        sum(CASE kind WHEN 'credit' THEN amount ELSE 0 END),
        sum(CASE WHEN kind IN ('discount', 'write_off') THEN amount ELSE 0 END)
        FROM allocation WHERE invoice_id IN (SELECT value FROM json_each(?)) GROUP BY invoice_id""",
        invoice_ids,
    )


def project_agreements(connection: Connection, client_id: int | None = None) -> Rows:
    """(id, code, title, client code, client name, client id, billing, currency, agreed, budget, PO number, PO limit,
    active) of agreements that a project's figures say something of, by client and code."""
    where, values = ("AND a.client_id = ?", (client_id,)) if client_id is not None else ("", ())
    return _rows(
        connection,
        f"""SELECT a.id, a.code, a.title, c.code, c.name, c.id, a.billing, a.currency, a.agreed, a.budget, a.po_number,
        a.po_limit, a.active FROM agreement a JOIN client c ON c.id = a.client_id
        WHERE (a.billing IN ('fixed', 'time') OR a.agreed IS NOT NULL OR a.budget IS NOT NULL OR a.po_limit IS NOT NULL
          OR EXISTS (SELECT 1 FROM milestone m WHERE m.agreement_id = a.id)) {where} ORDER BY c.code, a.code""",
        *values,
    )


def one_agreement(connection: Connection, agreement_id: int) -> Rows:
    """The columns of `project_agreements`, of any agreement."""
    return _rows(
        connection,
        """SELECT a.id, a.code, a.title, c.code, c.name, c.id, a.billing, a.currency, a.agreed, a.budget, a.po_number,
        a.po_limit, a.active FROM agreement a JOIN client c ON c.id = a.client_id WHERE a.id = ?""",
        agreement_id,
    )
