"""A book told as plain rows, so that two books can be compared in numbers, amounts, dates and links."""

from __future__ import annotations

from typing import Any

from db.engine import Book
from tests.contracts import rows

# What a run makes. The log, and the time and order in which findings were written down, are each book's own.
_TABLES = (
    "run",
    "outcome",
    "draft",
    "invoice",
    "invoice_line",
    "invoice_tax",
    "open_item",
    "open_credit",
    "charge",
    "journal_entry",
    "posting",
    "party",
    "series_year",
    "time_entry",
    "one_off",
)


def told(book: Book) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of what runs write, by table and id, and the findings without their ids."""
    found = {table: rows(book, f"SELECT * FROM {table} ORDER BY id") for table in _TABLES}
    found["finding"] = rows(
        book, "SELECT draft_id, code, severity, message, remedy, field, approved FROM finding ORDER BY 1, 2, 4"
    )
    return found
