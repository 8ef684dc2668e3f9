"""Puts rows of the outbox where a test wants them, as the sender and the printer leave them."""

from __future__ import annotations

import json
from typing import Any

from db.engine import Book

NOON = "2026-05-31T12:00:00Z"


def stand(book: Book, title: str, **columns: Any) -> int:
    """Set columns of the current delivery of a document; its id."""
    told = ", ".join(f"{name} = ?" for name in columns)
    with book.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql(
            f"UPDATE delivery SET {told} WHERE title = ? AND current = 1", (*columns.values(), title)
        )
        return int(
            connection.exec_driver_sql("SELECT id FROM delivery WHERE title = ? AND current = 1", (title,)).scalar_one()
        )


def event(book: Book, delivery: int, at: str, kind: str, detail: str = "", actor: str = "") -> None:
    with book.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO delivery_event (delivery_id, at, kind, detail, actor) VALUES (?, ?, ?, ?, ?)",
            (delivery, at, kind, detail, actor),
        )


def mailed(book: Book, title: str, *, to: str = "pay@acme.example", subject: str = "Invoice", **columns: Any) -> int:
    """A mail that went with the document, as it is kept; the delivery's id."""
    files = [{"name": f"{title}.pdf", "media_type": "application/pdf", "sha256": "", "size": 1234, "form": "pdf"}]
    with book.writing() as session:
        connection = session.connection()
        delivery, client = connection.exec_driver_sql(
            "SELECT id, client_id FROM delivery WHERE title = ? AND current = 1", (title,)
        ).one()
        files[0]["delivery_id"] = delivery
        mailing = connection.exec_driver_sql(
            """INSERT INTO mailing (message_id, account_id, client_id, sender, reply_to, recipients, subject, text,
            html, attachments, digest, size, receipt, draft, state, tries, code, answer, made_at, sent_at)
            VALUES (?, NULL, ?, 'office@harbour.example', '', ?, ?, 'Dear client', '', ?, 'd', 2345, 0, 0, 'sent', 1,
            250, '250 2.0.0 Ok: queued as 4F2', ?, ?) RETURNING id""",
            (f"<{delivery}@harbour.example>", client, json.dumps({"to": [to], "cc": [], "bcc": []}), subject,
             json.dumps(files), NOON, NOON),
        ).scalar_one()  # fmt: skip
    return stand(
        book,
        title,
        **{"channel": "email", "state": "sent", "address": to, "mailing_id": mailing, "done_at": NOON, "tries": 1}
        | columns,
    )
