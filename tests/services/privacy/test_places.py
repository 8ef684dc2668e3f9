"""Every text of the book was decided on: it tells of a person and can be erased, or it does not."""

from __future__ import annotations

from sqlalchemy import LargeBinary, String

from db.schema import Base
from db.triggers import ERASABLE, FROZEN, MUTABLE
from desktop.services.privacy.places import OF_CLIENT, OF_CONTACT, SWEPT

# Texts that tell of the firm, of its work or of what is sold, and never of one client's people.
_OF_THE_FIRM = {
    "account", "account_rule", "bank_account", "bank_statement", "book", "cash_movement", "change_set", "charge",
    "closing", "configuration_change", "dunning_level", "dunning_policy", "erased_row", "erasure", "exchange_rate",
    "firm", "interest_rate", "item", "mail_account", "passphrase", "person", "price_proposal", "rate",
    "recognition_schedule", "reconciliation", "reminder_item", "reminder_run", "rendering_prefix", "rule_setting",
    "rule_template", "run", "saved_mapping", "saved_view", "schedule", "segment", "series", "series_year", "setting",
    "sign_in", "tax_code", "tax_rate", "tax_rule", "template", "template_choice", "template_version",
    "payment_order", "allocation", "audit_event", "invoice_tax", "journal_entry", "open_credit", "open_item",
    "posting",
}  # fmt: skip
# In tables that hold a person's data: what people did not write, words of the program, numbers, currencies, times.
_WORDLESS = {
    "actor", "at", "author", "category", "channel", "claim", "created_at", "currency", "form", "kind", "language",
    "made_at", "made_by", "method", "number", "state", "subject", "unit", "country", "sha256", "media_type",
    "alignment",
    "billing", "every_unit", "grouping", "deposits", "timing", "unused", "renewal", "term_unit", "notice_unit",
    "effect", "metering", "decided_by", "decided_at", "noted_at", "noted_by", "withdrawn_on", "letter", "fate",
    "fate_at", "not_before", "done_at", "role", "digest", "identity", "batch", "code", "received_currency",
    "original_currency", "return_reason", "scheme", "sequence", "firm_currency", "tax_currency", "terms", "delivery",
    "einvoice", "tax_treatment", "mandate_scheme", "account_kind", "place_of_supply", "withholding_section",
    "payment_means", "price_source", "classification", "tax_parts", "external_id", "end_to_end", "severity",
    "fingerprint", "seconded_by", "due_at", "field", "reason_code", "queue", "job", "options", "sender", "message_id",
    "sent_at", "file_digest", "undone_at", "irn", "ack_number", "ack_at", "cancelled_at", "index_name", "title",
    "cancelled_on", "began_at", "ended_at", "undone_by",
}  # fmt: skip


def test_every_text_of_the_book_was_decided_on() -> None:
    taken: dict[str, set[str]] = {}
    deleted = set()
    for place in (*OF_CLIENT, *OF_CONTACT):
        taken.setdefault(place.table, set()).update(place.columns)
        if not place.columns:
            deleted.add(place.table)
    for table, columns in SWEPT.items():
        taken.setdefault(table, set()).update(columns)
    open_to_question = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name not in _OF_THE_FIRM | deleted | {"audit_payload"}
        for column in table.columns
        if isinstance(column.type, String | LargeBinary)
        and column.name not in taken.get(table.name, set())
        and not (column.name in _WORDLESS and table.name in taken)
    ]
    assert open_to_question == []


def test_each_place_is_a_place_of_the_book() -> None:
    for place in (*OF_CLIENT, *OF_CONTACT):
        assert set(place.columns) <= set(Base.metadata.tables[place.table].columns.keys()), place.table


def test_what_is_frozen_opens_for_the_columns_of_a_place_and_for_no_other() -> None:
    for place in OF_CLIENT:
        if place.columns and place.table in FROZEN.keys() | MUTABLE.keys():
            assert set(place.columns) <= set(ERASABLE[place.table]), place.table
