"""Where a book holds what it knows of a person: by table, what is emptied or deleted, and how long it must stay.

Amounts, taxes, dates and numbers are in none of these columns: they stay in the books for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from desktop.domain.privacy import AT_ONCE, DOCUMENTS, LETTERS
from desktop.i18n import N_

_NO_COLUMNS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of a table, as `t`, that are about the person: `:clients` is a JSON list of ids, `:marks` one of the texts
    (addresses, numbers, names) that tell of the person.

    `columns` gives in SQL what stands instead; without any the rows are deleted. `day` is SQL for the day from which
    they are kept. `group` says in plain words what it is.
    """

    table: str
    group: str
    kept_as: str
    rows: str
    columns: Mapping[str, str] = field(default_factory=lambda: _NO_COLUMNS)
    day: str = "''"


def _empty(*names: str, **others: str) -> Mapping[str, str]:
    return dict.fromkeys(names, "''") | others


_C: Final = "(SELECT value FROM json_each(:clients))"
_INVOICES: Final = f"(SELECT id FROM invoice WHERE client_id IN {_C})"
_AGREEMENTS: Final = f"(SELECT id FROM agreement WHERE client_id IN {_C})"
_LINES: Final = f"(SELECT id FROM agreement_line WHERE agreement_id IN {_AGREEMENTS})"
_ISSUED: Final = "(SELECT issue_date FROM invoice WHERE id = t.invoice_id)"
_MARKED: Final = "EXISTS (SELECT 1 FROM json_each(:marks) m WHERE instr({column}, m.value))"


_OWN_WORDS: Final = "coalesce(t.body, '') || coalesce(t.subject, '') || coalesce(t.facts, '')"
_NOBODY: Final = """'{"to": [], "cc": [], "bcc": []}'"""


def _lived(agreement: str) -> str:
    """The last day that an agreement had a meaning for the books."""
    return (
        f"(SELECT max(coalesce(a.end_date, ''), a.start_date, coalesce((SELECT max(issue_date) FROM invoice"
        f" WHERE agreement_id = a.id), '')) FROM agreement a WHERE a.id = {agreement})"
    )


_OF_LINE: Final = _lived("(SELECT agreement_id FROM agreement_line WHERE id = t.agreement_line_id)")
_ADDRESSES: Final = N_("Addresses, contacts and master data")
_BESIDE: Final = N_("Notes and files")
_SAID: Final = N_("Promises, disputes and holds")
_SENT: Final = N_("E-mails, letters and where documents went")
_AGREED: Final = N_("Agreements and what was billed under them")
_ISSUED_DOCUMENTS: Final = N_("Issued documents: recipient, texts and kept files")
_PAID: Final = N_("Payments, bank lines and debits")

OF_CLIENT: Final[tuple[Place, ...]] = (
    Place("contact", _ADDRESSES, AT_ONCE, f"t.client_id IN {_C}"),
    Place("address", _ADDRESSES, AT_ONCE, f"t.client_id IN {_C}"),
    Place("mail_text", _ADDRESSES, AT_ONCE, f"t.scope = 'client' AND t.scope_id IN {_C}"),
    Place("learned_payer", _ADDRESSES, AT_ONCE, f"t.client_id IN {_C}"),
    Place("unfinished", _ADDRESSES, AT_ONCE, _MARKED.format(column="t.entries")),
    Place(
        "client",
        _ADDRESSES,
        AT_ONCE,
        f"t.id IN {_C}",
        _empty(
            "contact",
            "email",
            "phone",
            "street",
            "street2",
            "postcode",
            "city",
            "region",
            "tax_id",
            "tax_number",
            "iban",
            "buyer_reference",
            "hold_reason",
            "tax_certificate",
            "endpoint",
            "endpoint_scheme",
            "legal_id",
            "legal_scheme",
            "mandate",
            "bic",
            "routing",
            "account_number",
            "card",
            "note",
            "digest",
            code=":number || '-' || t.id",
            name=":number",
            mandate_date="NULL",
            payment_means="'transfer'",
            delivery="NULL",
            active="0",
        ),
    ),
    Place(
        "note",
        _BESIDE,
        AT_ONCE,
        f"(t.subject = 'client' AND t.subject_id IN {_C})"
        f" OR (t.subject = 'agreement' AND t.subject_id IN {_AGREEMENTS})"
        f" OR (t.subject = 'invoice' AND t.subject_id IN {_INVOICES}) OR (t.subject = 'payment' AND t.subject_id IN"
        f" (SELECT id FROM payment WHERE client_id IN {_C})) OR (t.subject = 'dispute' AND t.subject_id IN"
        f" (SELECT id FROM dispute WHERE invoice_id IN {_INVOICES}))",
    ),
    Place(
        "attachment",
        _BESIDE,
        LETTERS,
        f"(t.subject = 'client' AND t.subject_id IN {_C})"
        f" OR (t.subject = 'agreement' AND t.subject_id IN {_AGREEMENTS})"
        f" OR (t.subject = 'invoice' AND t.subject_id IN {_INVOICES})",
        day="substr(t.at, 1, 10)",
    ),
    Place("promise", _SAID, LETTERS, f"t.client_id IN {_C}", _empty("said_by", "note"), "t.promised_on"),
    Place("dispute", _SAID, LETTERS, f"t.invoice_id IN {_INVOICES}", _empty("reason", "outcome"), "t.opened_on"),
    Place("dunning_hold", _SAID, LETTERS, f"t.client_id IN {_C}", _empty("reason"), "t.since"),
    Place(
        "reminder",
        _SENT,
        LETTERS,
        f"t.client_id IN {_C}",
        _empty("note"),
        "(SELECT substr(planned_at, 1, 10) FROM reminder_run WHERE id = t.run_id)",
    ),
    Place(
        "mailing",
        _SENT,
        LETTERS,
        f"t.client_id IN {_C}",
        _empty("subject", "text", "html", "answer", "digest", "reply_to", recipients=_NOBODY, attachments="'[]'"),
        "substr(t.made_at, 1, 10)",
    ),
    Place(
        "delivery_event",
        _SENT,
        LETTERS,
        f"t.delivery_id IN (SELECT id FROM delivery WHERE client_id IN {_C})",
        _empty("detail"),
        "substr(t.at, 1, 10)",
    ),
    Place(
        "file",
        _SENT,
        LETTERS,
        f"t.id IN (SELECT file_id FROM delivery WHERE client_id IN {_C} AND file_id IS NOT NULL)",
        _empty("name", content="x''"),
        "(SELECT max(substr(made_at, 1, 10)) FROM delivery WHERE file_id = t.id)",
    ),
    Place(
        "delivery",
        _SENT,
        LETTERS,
        f"t.client_id IN {_C}",
        _empty("address", "path", "answer", subject="NULL", body="NULL", facts="NULL"),
        "substr(t.made_at, 1, 10)",
    ),
    Place(
        "agreement",
        _AGREED,
        DOCUMENTS,
        f"t.client_id IN {_C}",
        _empty("title", "project_reference", "po_number", "buyer_reference", "discount_reason", "note", "digest"),
        _lived("t.id"),
    ),
    Place(
        "file",
        _AGREED,
        DOCUMENTS,
        f"t.id IN (SELECT contract_id FROM agreement WHERE client_id IN {_C})"
        f" AND NOT EXISTS (SELECT 1 FROM agreement WHERE contract_id = t.id AND client_id NOT IN {_C})",
        _empty("name", content="x''"),
        f"(SELECT max({_lived('g.id')}) FROM agreement g WHERE g.contract_id = t.id)",
    ),
    Place(
        "agreement_line",
        _AGREED,
        DOCUMENTS,
        f"t.agreement_id IN {_AGREEMENTS}",
        _empty("description"),
        _lived("t.agreement_id"),
    ),
    Place("price_change", _AGREED, DOCUMENTS, f"t.agreement_line_id IN {_LINES}", _empty("reason"), _OF_LINE),
    Place("pause", _AGREED, DOCUMENTS, f"t.agreement_id IN {_AGREEMENTS}", _empty("reason"), _lived("t.agreement_id")),
    Place(
        "prepayment",
        _AGREED,
        DOCUMENTS,
        f"t.agreement_id IN {_AGREEMENTS}",
        _empty("reason"),
        _lived("t.agreement_id"),
    ),
    Place(
        "commitment",
        _AGREED,
        DOCUMENTS,
        f"t.agreement_id IN {_AGREEMENTS}",
        _empty("description"),
        _lived("t.agreement_id"),
    ),
    Place(
        "change_order",
        _AGREED,
        DOCUMENTS,
        f"t.agreement_id IN {_AGREEMENTS}",
        _empty("reason", "reference"),
        _lived("t.agreement_id"),
    ),
    Place(
        "milestone", _AGREED, DOCUMENTS, f"t.agreement_id IN {_AGREEMENTS}", _empty("name"), _lived("t.agreement_id")
    ),
    Place("one_off", _AGREED, DOCUMENTS, f"t.client_id IN {_C}", _empty("description"), "t.due_date"),
    Place("time_entry", _AGREED, DOCUMENTS, f"t.client_id IN {_C}", _empty("note", "person"), "t.work_date"),
    Place("usage", _AGREED, DOCUMENTS, f"t.agreement_id IN {_AGREEMENTS}", _empty("note"), "t.end_date"),
    Place("rendering", _ISSUED_DOCUMENTS, DOCUMENTS, f"t.invoice_id IN {_INVOICES}", day=_ISSUED),
    Place("registration", _ISSUED_DOCUMENTS, DOCUMENTS, f"t.invoice_id IN {_INVOICES}", _empty("signed_qr"), _ISSUED),
    Place(
        "invoice_line",
        _ISSUED_DOCUMENTS,
        DOCUMENTS,
        f"t.invoice_id IN {_INVOICES}",
        _empty("description", "detail", "heading", "allowance_reason"),
        _ISSUED,
    ),
    Place(
        "invoice",
        _ISSUED_DOCUMENTS,
        DOCUMENTS,
        f"t.client_id IN {_C}",
        _empty("po_number", "buyer_reference", "reason", texts="'{}'"),
        "t.issue_date",
    ),
    Place(
        "party",
        _ISSUED_DOCUMENTS,
        DOCUMENTS,
        f"t.role = 'buyer' AND t.id IN (SELECT buyer_id FROM invoice WHERE client_id IN {_C})",
        _empty("name", data="'{}'", erasure_id=":erasure"),
        "(SELECT max(issue_date) FROM invoice WHERE buyer_id = t.id)",
    ),
    Place(
        "payment_plan",
        _PAID,
        DOCUMENTS,
        f"t.invoice_id IN {_INVOICES}",
        _empty("reason"),
        "t.agreed_on",
    ),
    Place("write_off", _PAID, DOCUMENTS, f"t.invoice_id IN {_INVOICES}", _empty("reason"), "t.dated"),
    Place("payment", _PAID, DOCUMENTS, f"t.client_id IN {_C}", _empty("reference", "note"), "t.paid_on"),
    Place(
        "file",
        _PAID,
        DOCUMENTS,
        f"t.id IN (SELECT file_id FROM payment WHERE client_id IN {_C} AND file_id IS NOT NULL)",
        _empty("name", content="x''"),
        "(SELECT max(paid_on) FROM payment WHERE file_id = t.id)",
    ),
    Place(
        "bank_line",
        _PAID,
        DOCUMENTS,
        f"t.id IN (SELECT line_id FROM bank_match WHERE client_id IN {_C})",
        _empty("party", "party_account", "party_bic", "text", "reference", "end_to_end", "mandate", "bank_reference"),
        "t.booked_on",
    ),
    Place(
        "bank_match",
        _PAID,
        DOCUMENTS,
        f"t.client_id IN {_C}",
        _empty("note", reasons="'[]'"),
        "(SELECT booked_on FROM bank_line WHERE id = t.line_id)",
    ),
    Place(
        "payment_order_item",
        _PAID,
        DOCUMENTS,
        f"t.client_id IN {_C}",
        _empty("holder", "iban", "bic", "routing", "account_number", "mandate", "text", mandate_date="NULL"),
        "(SELECT execute_on FROM payment_order WHERE id = t.order_id)",
    ),
    # The file names all who were debited with it, and all of them are as old.
    Place(
        "file",
        _PAID,
        DOCUMENTS,
        "t.id IN (SELECT o.file_id FROM payment_order o JOIN payment_order_item i ON i.order_id = o.id"
        f" WHERE i.client_id IN {_C} AND o.file_id IS NOT NULL)",
        _empty("name", content="x''"),
        "(SELECT max(execute_on) FROM payment_order WHERE file_id = t.id)",
    ),
)

OF_CONTACT: Final[tuple[Place, ...]] = (
    Place("contact", _ADDRESSES, AT_ONCE, "t.id = :contact"),
    Place("unfinished", _ADDRESSES, AT_ONCE, _MARKED.format(column="t.entries")),
    Place(
        "note",
        _BESIDE,
        AT_ONCE,
        f"{_MARKED.format(column='t.text')} AND ((t.subject = 'client' AND t.subject_id IN {_C})"
        f" OR (t.subject = 'invoice' AND t.subject_id IN {_INVOICES}))",
    ),
    Place(
        "promise",
        _SAID,
        LETTERS,
        f"t.client_id IN {_C} AND (t.said_by = :name OR {_MARKED.format(column='t.note')})",
        _empty("said_by", "note"),
        "t.promised_on",
    ),
    Place(
        "mailing",
        _SENT,
        LETTERS,
        f"t.client_id IN {_C} AND ({_MARKED.format(column='t.recipients')} OR {_MARKED.format(column='t.text')})",
        _empty("subject", "text", "html", "answer", "digest", "reply_to", recipients=_NOBODY, attachments="'[]'"),
        "substr(t.made_at, 1, 10)",
    ),
    Place(
        "delivery_event",
        _SENT,
        LETTERS,
        f"t.delivery_id IN (SELECT id FROM delivery WHERE client_id IN {_C}) AND {_MARKED.format(column='t.detail')}",
        _empty("detail"),
        "substr(t.at, 1, 10)",
    ),
    Place(
        "delivery",
        _SENT,
        LETTERS,
        f"t.client_id IN {_C} AND ({_MARKED.format(column='t.address')} OR {_MARKED.format(column=_OWN_WORDS)})",
        _empty("address", "path", "answer", subject="NULL", body="NULL", facts="NULL"),
        "substr(t.made_at, 1, 10)",
    ),
)

# Work in progress that the log does not cover, in which what tells of the person is replaced wherever it stands.
SWEPT: Final[Mapping[str, tuple[str, ...]]] = {
    "draft": ("body", "error", "decision_note"),
    "finding": ("message", "remedy"),
    "outcome": ("reason",),
    "reminder": ("reason",),
    "schedule_result": ("said",),
    "print_job": ("title", "answer"),
    "import_batch": ("file_name",),
}
