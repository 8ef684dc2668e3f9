"""What stood in the book when a document was issued: its frozen self, and what came before it with its clients.

Ids go in as one JSON text. Clients are told by the head of their family.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from desktop.domain.sealing import LINE_FIELDS

Rows = Sequence[Any]

_IDS = "IN (SELECT value FROM json_each(?))"
_SCOPES = {
    "firm": "1",
    "segment": "coalesce(a.segment_id, c.segment_id) = :scope_id",
    "client": "(c.id = :scope_id OR c.merged_into_id = :scope_id)",
    "agreement": "i.agreement_id = :scope_id",
}


def _rows(connection: Connection, sql: str, *parameters: Any) -> Rows:
    driver: Any = connection.connection.driver_connection
    found: list[Any] = driver.execute(sql, parameters).fetchall()
    return found


def issued(
    connection: Connection, scope: str, scope_id: int, last: int | None, since: date | None, until: date | None
) -> Rows:
    """(id, client) of the documents that went through the gate at a level, newest first.

    Not opening items, nor credit notes that correct an invoice: no rule looked at these.
    """
    driver: Any = connection.connection.driver_connection
    joins = "LEFT JOIN agreement a ON a.id = i.agreement_id" if scope == "segment" else ""
    where = [_SCOPES[scope], "i.kind <> 'opening'", "i.corrects_id IS NULL"]
    where += ["i.issue_date >= :since"] if since else []
    where += ["i.issue_date <= :until"] if until else []
    found: list[Any] = driver.execute(
        f"""SELECT i.id, coalesce(c.merged_into_id, c.id) FROM invoice i JOIN client c ON c.id = i.client_id {joins}
        WHERE {" AND ".join(where)} ORDER BY i.id DESC LIMIT :last""",
        {
            "scope_id": scope_id,
            "since": since.isoformat() if since else None,
            "until": until.isoformat() if until else None,
            "last": -1 if last is None else last,
        },
    ).fetchall()
    return found


def documents(connection: Connection, ids: str) -> Rows:
    """(id, reference, terms, buyer as JSON, run's through, run's issue date, agreements as JSON or null, kind as
    drafted or null, when issued)."""
    return _rows(
        connection,
        f"""SELECT i.id, i.buyer_reference, i.terms, p.data, r.through, r.issue_date,
        json_extract(d.body, '$.agreements'), d.kind, i.created_at
        FROM invoice i JOIN party p ON p.id = i.buyer_id LEFT JOIN run r ON r.id = i.run_id
        LEFT JOIN draft d ON d.invoice_id = i.id WHERE i.id {_IDS}""",
        ids,
    )


def lives(connection: Connection, client_ids: str) -> Rows:
    """Every document of these clients in the order of issue: (client, id, number, kind, agreement, run, issue date,
    due date, currency, net, gross, payable, corrected document, PO number, exchange rate, draft, own client)."""
    return _rows(
        connection,
        f"""SELECT coalesce(c.merged_into_id, c.id), i.id, i.number, i.kind, i.agreement_id, i.run_id, i.issue_date,
        i.due_date, i.currency, i.net, i.gross, i.payable, i.corrects_id, i.po_number, i.firm_rate,
        (SELECT d.id FROM draft d WHERE d.invoice_id = i.id), i.client_id
        FROM client c JOIN invoice i ON i.client_id = c.id
        WHERE c.id {_IDS} OR c.merged_into_id {_IDS} ORDER BY i.id""",
        client_ids,
        client_ids,
    )


def lines(connection: Connection, ids: str) -> Rows:
    """(document, then the fields of a line in their order)."""
    return _rows(
        connection,
        f"""SELECT invoice_id, {", ".join(LINE_FIELDS)}
        FROM invoice_line WHERE invoice_id {_IDS} ORDER BY invoice_id, position""",
        ids,
    )


def charges(connection: Connection, ids: str) -> Rows:
    """(document, then the fields of a charge in their order), freed ones as well."""
    return _rows(
        connection,
        f"""SELECT invoice_id, kind, agreement_id,
        coalesce(agreement_line_id, time_entry_id, one_off_id, milestone_id, commitment_id, credits_id, 0),
        period_start, period_end, sequence, position, quantity, amount, mark
        FROM charge WHERE invoice_id {_IDS} AND part_of_id IS NULL ORDER BY invoice_id, position, id""",
        ids,
    )


def open_items(connection: Connection, ids: str) -> Rows:
    """(item, document, due date, amount, day from which it counts or null)."""
    return _rows(
        connection, f"SELECT id, invoice_id, due_date, amount, since FROM open_item WHERE invoice_id {_IDS}", ids
    )


def settlements(connection: Connection, ids: str) -> Rows:
    """(item, document, kind, day, when written, amount) of what settled these documents."""
    return _rows(
        connection,
        f"""SELECT open_item_id, invoice_id, kind, dated, created_at, amount FROM allocation
        WHERE invoice_id {_IDS}""",
        ids,
    )


def payments(connection: Connection, client_ids: str) -> Rows:
    """(client, currency, day, when written, amount)."""
    return _rows(
        connection,
        f"""SELECT coalesce(c.merged_into_id, c.id), p.currency, p.paid_on, p.created_at, p.amount
        FROM client c JOIN payment p ON p.client_id = c.id WHERE c.id {_IDS} OR c.merged_into_id {_IDS}""",
        client_ids,
        client_ids,
    )


def disputes(connection: Connection, ids: str) -> Rows:
    """(document, opened, closed or null), the oldest first."""
    return _rows(
        connection,
        f"SELECT invoice_id, opened_on, closed_on FROM dispute WHERE invoice_id {_IDS} ORDER BY opened_on, id",
        ids,
    )


def held_drafts(connection: Connection, draft_ids: str) -> set[int]:
    """Those that a person had to release."""
    return {
        row[0]
        for row in _rows(
            connection,
            f"SELECT DISTINCT draft_id FROM finding WHERE draft_id {_IDS} AND severity <> 'note'",
            draft_ids,
        )
    }
