"""What a row is called in a sentence: "invoice INV-2026-0007", "client C-012 (Acme Ltd)"."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from db.schema import Base
from desktop.i18n import N_, _

_WORDS: Final = {
    "account": N_("ledger account"),
    "account_rule": N_("rule for a ledger account"),
    "address": N_("address"),
    "agreement": N_("agreement"),
    "agreement_line": N_("agreement line"),
    "allocation": N_("allocation"),
    "attachment": N_("attached file"),
    "bank_account": N_("bank account"),
    "bank_line": N_("bank line"),
    "bank_match": N_("match of a bank line"),
    "bank_statement": N_("bank statement"),
    "cash_movement": N_("cash movement"),
    "change_order": N_("change order"),
    "charge": N_("charge"),
    "client": N_("client"),
    "closing": N_("closed period"),
    "configuration_change": N_("change of configuration"),
    "commitment": N_("commitment"),
    "contact": N_("contact"),
    "dispute": N_("dispute"),
    "draft": N_("draft"),
    "dunning_hold": N_("hold of reminders"),
    "dunning_level": N_("dunning level"),
    "dunning_policy": N_("rules of reminding"),
    "interest_rate": N_("rate of interest for late payment"),
    "learned_payer": N_("learned payer"),
    "payment_order": N_("payment order"),
    "payment_order_item": N_("part of a payment order"),
    "reconciliation": N_("reconciliation"),
    "reminder": N_("reminder"),
    "reminder_run": N_("reminder run"),
    "erased_row": N_("erased row"),
    "erasure": N_("erasure"),
    "recognition_schedule": N_("revenue to recognise"),
    "exchange_rate": N_("exchange rate"),
    "file": N_("file"),
    "firm": N_("firm"),
    "import_batch": N_("import"),
    "invoice": N_("invoice"),
    "invoice_line": N_("invoice line"),
    "invoice_tax": N_("tax group"),
    "item": N_("item"),
    "journal_entry": N_("journal entry"),
    "delivery": N_("delivery"),
    "mail_account": N_("e-mail account"),
    "mail_text": N_("text of e-mails"),
    "mailing": N_("e-mail"),
    "milestone": N_("milestone"),
    "note": N_("note"),
    "one_off": N_("charge"),
    "open_credit": N_("open credit"),
    "open_item": N_("open amount"),
    "outcome": N_("outcome"),
    "party": N_("frozen party"),
    "pause": N_("pause"),
    "payment": N_("payment"),
    "payment_plan": N_("payment plan"),
    "person": N_("person"),
    "posting": N_("posting"),
    "prepayment": N_("prepayment"),
    "price_change": N_("price change"),
    "price_proposal": N_("proposed price"),
    "promise": N_("promise to pay"),
    "rate": N_("price on the rate card"),
    "rendering": N_("kept file"),
    "rule_setting": N_("rule of the gate"),
    "saved_view": N_("view"),
    "rule_template": N_("template of rules"),
    "run": N_("run"),
    "saved_mapping": N_("import profile"),
    "print_job": N_("print job"),
    "schedule": N_("schedule"),
    "segment": N_("segment"),
    "series": N_("number series"),
    "series_year": N_("counter of a series"),
    "setting": N_("setting"),
    "tax_code": N_("tax code"),
    "tax_rate": N_("tax rate"),
    "tax_rule": N_("tax rule"),
    "registration": N_("registration of an invoice"),
    "template": N_("template"),
    "template_version": N_("template version"),
    "time_entry": N_("time entry"),
    "usage": N_("usage record"),
    "write_off": N_("write-off"),
}

# The columns that people know a row by, the best first.
_NAMES: Final = ("number", "code", "external_id", "key", "name", "title", "description", "file_name")
# Rows without a name of their own are told by the one they belong to.
_OWNERS: Final = (
    "run_id",
    "invoice_id",
    "agreement_line_id",
    "agreement_id",
    "item_id",
    "tax_code_id",
    "series_id",
    "client_id",
)


def word(table: str) -> str:
    """The table's rows in plain words."""
    known = _WORDS.get(table)
    return _(known) if known else table.replace("_", " ")


def called(connection: Connection, table: str, key: int | str | None) -> str:
    """One row as people know it; by its number in the book where it has no name or is gone."""
    if key is None:
        return word(table)
    return f"{word(table)} {name_of(connection, table, key)}"


def name_of(connection: Connection, table: str, key: int | str) -> str:
    """The row's number, code or name alone."""
    schema = Base.metadata.tables[table]
    (primary,) = schema.primary_key.columns
    wanted = [primary.name, *(name for name in (*_NAMES, *_OWNERS) if name in schema.columns)]
    # As SQLite gives it: what a hand spoiled elsewhere in the row must not hide its name.
    found = connection.exec_driver_sql(
        f"SELECT {', '.join(wanted)} FROM {table} WHERE {primary.name} = ?", (key,)
    ).fetchone()
    if found is None:
        return f"#{key}"
    row = dict(zip(wanted, found, strict=True))
    for column in _NAMES:
        if row.get(column):
            return str(row[column])
    for column in _OWNERS:
        if row.get(column) is not None:
            (foreign,) = schema.columns[column].foreign_keys
            owner = called(connection, foreign.column.table.name, row[column])
            return _("#{number} of {owner}").format(number=key, owner=owner)
    return f"#{key}"
