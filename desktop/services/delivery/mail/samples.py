"""A text of mails tried on a document of the book, before it is kept."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.mail_text import Worded
from desktop.services.delivery.mail.mails import SEVERAL, MailDraft, mail_as_worded
from desktop.services.delivery.mail.texts import CLIENT, SEGMENT

_FROM = """SELECT d.id, coalesce(c.merged_into_id, c.id) FROM delivery d JOIN client c ON c.id = d.client_id
JOIN client h ON h.id = coalesce(c.merged_into_id, c.id) LEFT JOIN invoice i ON i.id = d.invoice_id"""


def sample_mail(
    book: Book, worded: Worded, kind: str, language: str, *, scope: str, scope_id: int, today: date
) -> MailDraft | None:
    """What a text says of the latest document that it would be used for, or of the latest at all where there is none
    such yet; None in a book from which nothing went out."""
    with book.reading() as session:
        connection = session.connection()
        ids = _latest(connection, kind, scope, scope_id)
        return mail_as_worded(connection, ids, worded, kind, language, today=today)


def _latest(connection: Connection, kind: str, scope: str, scope_id: int) -> list[int]:
    whose = {CLIENT: " AND h.id = :whose", SEGMENT: " AND h.segment_id = :whose"}.get(scope, "")
    of_kind = "" if kind == SEVERAL else " AND coalesce(i.kind, d.letter) = :kind"
    documents = " AND d.invoice_id IS NOT NULL"
    for where in (of_kind + whose, of_kind, documents):
        first = connection.exec_driver_sql(
            f"{_FROM} WHERE 1{where} ORDER BY d.id DESC LIMIT 1", {"kind": kind, "whose": scope_id}
        ).fetchone()
        if first is None:
            continue
        if kind != SEVERAL:
            return [int(first[0])]
        rows = connection.exec_driver_sql(
            f"{_FROM} WHERE h.id = :client{documents} ORDER BY d.id DESC LIMIT 3", {"client": first[1]}
        )
        return [int(key) for key, _client in rows] or [int(first[0])]
    return []
