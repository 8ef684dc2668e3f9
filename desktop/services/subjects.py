"""What a row is called in a sentence: "invoice INV-2026-0007", "client C-012 (Acme Ltd)"."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from db.schema import Base
from desktop.i18n import _

# Texts are looked up when they are shown; here they only stand where the collector of texts finds them.
_WORDS: Final = {
    "address": "address",
    "agreement": "agreement",
    "agreement_line": "agreement line",
    "allocation": "allocation",
    "attachment": "attached file",
    "bank_account": "bank account",
    "change_order": "change order",
    "charge": "charge",
    "client": "client",
    "commitment": "commitment",
    "contact": "contact",
    "dispute": "dispute",
    "draft": "draft",
    "exchange_rate": "exchange rate",
    "file": "file",
    "firm": "firm",
    "import_batch": "import",
    "invoice": "invoice",
    "invoice_line": "invoice line",
    "invoice_tax": "tax group",
    "item": "item",
    "journal_entry": "journal entry",
    "milestone": "milestone",
    "note": "note",
    "one_off": "charge",
    "open_credit": "open credit",
    "open_item": "open amount",
    "outcome": "outcome",
    "party": "frozen party",
    "pause": "pause",
    "payment": "payment",
    "payment_plan": "payment plan",
    "person": "person",
    "posting": "posting",
    "prepayment": "prepayment",
    "price_change": "price change",
    "price_proposal": "proposed price",
    "promise": "promise to pay",
    "rate": "price on the rate card",
    "rule_setting": "rule of the gate",
    "saved_view": "view",
    "rule_template": "template of rules",
    "run": "run",
    "saved_mapping": "import profile",
    "segment": "segment",
    "series": "number series",
    "series_year": "counter of a series",
    "setting": "setting",
    "tax_code": "tax code",
    "tax_rate": "tax rate",
    "tax_rule": "tax rule",
    "template": "template",
    "template_version": "template version",
    "time_entry": "time entry",
    "usage": "usage record",
    "write_off": "write-off",
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
    return _(_WORDS.get(table, table.replace("_", " ")))


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
