"""The mails of the past: what each said, to whom, what the server answered, and its files byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import told
from desktop.services.delivery.kept import file_of


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a mail that went; `size` in bytes."""

    name: str
    media_type: str
    sha256: str
    size: int
    delivery_id: int | None
    form: str


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail as it went. Times are UTC text; `answer` is what the server said, in its own words."""

    id: int
    message_id: str
    account: str
    sender: str
    reply_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attached, ...]
    state: str
    draft: bool
    tries: int
    code: int | None
    answer: str
    made_at: str
    sent_at: str
    size: int


def sent_mail(book: Book, mailing_id: int) -> SentMail:
    """The mail with this id as it went, or was to go."""
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql(
                """SELECT m.*, coalesce(a.name, '') AS account FROM mailing m
                LEFT JOIN mail_account a ON a.id = m.account_id WHERE m.id = ?""",
                (mailing_id,),
            )
            .mappings()
            .one()
        )
    people = json.loads(row["recipients"])
    return SentMail(
        row["id"],
        row["message_id"],
        row["account"],
        row["sender"],
        row["reply_to"],
        tuple(people.get("to", ())),
        tuple(people.get("cc", ())),
        tuple(people.get("bcc", ())),
        row["subject"],
        row["text"],
        row["html"],
        tuple(_attached(one) for one in json.loads(row["attachments"])),
        row["state"],
        bool(row["draft"]),
        row["tries"],
        row["code"],
        told(row["answer"]),
        row["made_at"],
        row["sent_at"] or "",
        row["size"],
    )


def _attached(one: Mapping[str, Any]) -> Attached:
    return Attached(
        str(one["name"]),
        str(one.get("media_type", "")),
        str(one.get("sha256", "")),
        int(one.get("size", 0)),
        one.get("delivery_id"),
        str(one.get("form", "")),
    )


def attached_file(book: Book, attached: Attached) -> bytes:
    """The file as it went. UserError where it cannot be given again byte for byte."""
    with book.reading() as session:
        found = (
            session.connection()
            .exec_driver_sql(
                """SELECT d.invoice_id, f.content FROM delivery d LEFT JOIN file f ON f.id = d.file_id
                WHERE d.id = ?""",
                (attached.delivery_id,),
            )
            .one_or_none()
        )
    if found is None:
        raise UserError(_("{file} is not kept in this book.").format(file=attached.name))
    invoice_id, content = found
    data = bytes(content) if invoice_id is None else file_of(book, invoice_id, attached.form or "pdf").content
    if attached.sha256 and hashlib.sha256(data).hexdigest() != attached.sha256:
        raise UserError(
            _("{file} cannot be given again as it went.").format(file=attached.name),
            _("Open the document itself: it says the same, but its file is another."),
        )
    return data
