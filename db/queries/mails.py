"""What mails are made of, for many deliveries at once: documents, clients, contacts, texts and accounts."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows

_HEAD = "coalesce(c.merged_into_id, c.id)"


class CarriedRow(NamedTuple):
    """A row of the outbox with its document or letter. `client` is the one that counts, `segment` the agreement's or
    the client's, `size` the bytes of a letter's file; what follows is null where there is no document."""

    delivery: int
    client: int
    invoice: int | None
    letter: str
    file: int | None
    title: str
    form: str
    address: str
    by_hand: int
    subject: str | None
    body: str | None
    facts: str | None
    size: int | None
    segment: int | None
    number: str
    kind: str
    issued: str
    due: str
    start: str | None
    end: str | None
    language: str
    currency: str
    payable: int
    po_number: str
    reference: str
    texts: str
    agreement: str | None
    corrects: str | None


def carried(connection: Connection, ids: str) -> list[CarriedRow]:
    """What these deliveries carry, the earliest first."""
    rows = plain_rows(
        connection,
        f"""SELECT d.id, {_HEAD}, d.invoice_id, d.letter, d.file_id, d.title, d.form, d.address, d.by_hand, d.subject,
          d.body, d.facts, (SELECT length(f.content) FROM file f WHERE f.id = d.file_id),
          coalesce(a.segment_id, h.segment_id), i.number, i.kind, i.issue_date, i.due_date, i.period_start,
          i.period_end, i.language, i.currency, i.payable, i.po_number, i.buyer_reference, i.texts,
          CASE a.title WHEN '' THEN a.code ELSE a.title END, (SELECT o.number FROM invoice o WHERE o.id = i.corrects_id)
        FROM delivery d JOIN client c ON c.id = d.client_id JOIN client h ON h.id = {_HEAD}
        LEFT JOIN invoice i ON i.id = d.invoice_id LEFT JOIN agreement a ON a.id = i.agreement_id
        WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id""",
        ids,
    )
    return list(map(CarriedRow._make, rows))


def open_of(connection: Connection, invoice_ids: str) -> Rows:
    """(document, what is open, how many parts are open, when the next one is due, its amount)."""
    return plain_rows(
        connection,
        """SELECT invoice_id, sum(open), count(*), min(due_date), open FROM open_item
        WHERE open > 0 AND invoice_id IN (SELECT value FROM json_each(?)) GROUP BY invoice_id""",
        invoice_ids,
    )


def clients(connection: Connection, ids: str) -> Rows:
    """(client, code, name, contact, email, whether it takes its mails together or null, language, withholding)."""
    return plain_rows(
        connection,
        """SELECT c.id, c.code, c.name, c.contact, c.email, coalesce(c.mail_together, s.mail_together),
          coalesce(c.language, s.language, f.language), c.withholding
        FROM firm f, client c LEFT JOIN segment s ON s.id = c.segment_id
        WHERE c.id IN (SELECT value FROM json_each(?))""",
        ids,
    )


def contacts(connection: Connection, client_ids: str) -> Rows:
    """(client, name, email, gets invoices, gets reminders, place on the mail) of contacts that get any."""
    return plain_rows(
        connection,
        """SELECT client_id, name, email, gets_invoices, gets_reminders, mail_as FROM contact
        WHERE email <> '' AND (gets_invoices OR gets_reminders)
          AND client_id IN (SELECT value FROM json_each(?)) ORDER BY id""",
        client_ids,
    )


def texts(connection: Connection) -> Rows:
    """(scope, whose, kind, language, subject, body) of all texts that people wrote."""
    return plain_rows(connection, "SELECT scope, scope_id, kind, language, subject, body FROM mail_text")


def accounts(connection: Connection) -> Rows:
    """(account, sender, its name, reply to, copy to, receipts) of those in use, in their order."""
    return plain_rows(
        connection,
        """SELECT id, sender, sender_name, reply_to, copy_to, receipts FROM mail_account WHERE active
        ORDER BY position, id""",
    )


def segment_accounts(connection: Connection) -> Rows:
    """(segment, account) where a segment has one of its own."""
    return plain_rows(connection, "SELECT id, mail_account_id FROM segment WHERE mail_account_id IS NOT NULL")


def firm(connection: Connection) -> Rows:
    """(name, contact, email, language, country, payment link): one row."""
    return plain_rows(connection, "SELECT name, contact, email, language, country, payment_link FROM firm")


def settings(connection: Connection) -> Rows:
    """(key, JSON value) of what is set for going out."""
    return plain_rows(connection, "SELECT key, value FROM setting WHERE key LIKE 'delivery.%'")


def largest_logo(connection: Connection) -> Rows:
    """(bytes of the largest logo that documents carry): one row."""
    return plain_rows(
        connection,
        """SELECT coalesce(max(length(content)), 0) FROM file
        WHERE id IN (SELECT logo_id FROM template_version UNION SELECT logo_id FROM firm)""",
    )
