"""What the gate wants to know of firm and clients where a document is an e-invoice or has a code to pay by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows


def seller(connection: Connection) -> Any:
    return plain_rows(
        connection,
        """SELECT contact, phone, email, street, postcode, city, tax_number, endpoint, endpoint_scheme, legal_id,
        legal_scheme, creditor_id, upi_id, payment_link FROM firm""",
    )[0]


def accounts(connection: Connection) -> Rows:
    """(number, currency or an empty text for any, BIC) of the firm's bank accounts, in their order."""
    return plain_rows(connection, "SELECT iban, coalesce(currency, ''), bic FROM bank_account ORDER BY position, id")


def buyers(connection: Connection, ids: str) -> Rows:
    """Of each client how it is addressed and how it pays, and its first delivery address, if it has one."""
    return plain_rows(
        connection,
        """SELECT c.id, c.endpoint, c.endpoint_scheme, c.legal_id, c.legal_scheme, c.payment_means, c.mandate, c.iban,
        c.card, d.id, d.postcode, d.city, d.country
        FROM client c LEFT JOIN address d ON d.id =
          (SELECT min(x.id) FROM address x WHERE x.client_id = c.id AND x.kind = 'delivery')
        WHERE c.id IN (SELECT value FROM json_each(?))""",
        ids,
    )


def as_now(connection: Connection, client: int, agreement: int | None) -> tuple[str | None, str, str | None, str, str]:
    """What the client wants as e-invoice, its delivery, what segment and firm send, and the buyer reference."""
    row = connection.exec_driver_sql(
        """SELECT c.einvoice, coalesce(a.delivery, c.delivery, s.delivery, f.delivery), s.einvoice, f.einvoice,
        coalesce(nullif(a.buyer_reference, ''), c.buyer_reference)
        FROM client c CROSS JOIN firm f LEFT JOIN agreement a ON a.id = ?
        LEFT JOIN segment s ON s.id = coalesce(a.segment_id, c.segment_id) WHERE c.id = ?""",
        (agreement, client),
    ).one()
    return row[0], row[1], row[2], row[3], row[4]
