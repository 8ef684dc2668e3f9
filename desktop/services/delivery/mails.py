"""Mails as they would go now: which documents go together, to whom, by which account, and what the mail says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of a mail: an issued document in a form of FORMS, or a letter's file."""

    delivery_id: int
    name: str
    form: str
    invoice_id: int | None = None
    file_id: int | None = None


@dataclass(frozen=True, slots=True)
class MailDraft:
    """One mail to one client for one or more rows of the outbox. `account_id` is None where no account is set up."""

    client_id: int
    delivery_ids: tuple[int, ...]
    account_id: int | None
    sender: str
    sender_name: str
    reply_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    text: str
    html: str
    receipt: bool
    enclosures: tuple[Enclosure, ...]
