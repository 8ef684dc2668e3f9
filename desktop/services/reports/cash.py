"""The cash book: every entry of the tills with what was left after it, as an auditor asks for it."""

from __future__ import annotations

from typing import Any

from desktop.i18n import _, pgettext
from desktop.services.cash_book import cash_book, entry_words, tills
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question


def cash(asked: Question) -> Made:
    columns = (
        Column("till", _("Till")),
        Column("date", _("Date"), "date"),
        Column("number", _("Number")),
        Column("entry", _("Entry")),
        Column("client", _("Client")),
        Column("text", _("Text")),
        Column("currency", _("Currency")),
        Column("came_in", _("Came in"), "amount"),
        Column("went_out", pgettext("money", "Went out"), "amount"),
        Column("balance", _("Balance"), "amount"),
    )
    since = asked.since or asked.as_of.replace(month=1, day=1)
    rows: list[dict[str, Any]] = []
    sums: list[dict[str, Any]] = []
    known, words = tills(asked.book), entry_words()
    for place, till in enumerate(known):
        asked.progress(place, len(known), _("Reading the cash book"))
        kept = cash_book(asked.book, till.id, since=since, until=asked.as_of)
        blank: dict[str, Any] = dict.fromkeys(column.key for column in columns) | {
            "till": till.name,
            "currency": till.currency,
        }
        rows.append(blank | {"date": since, "entry": _("Brought forward"), "balance": kept.opening})
        rows += [
            {
                "till": till.name,
                "date": row.dated,
                "number": row.number,
                "entry": words[row.kind],
                "client": row.client,
                "text": row.text,
                "currency": till.currency,
                "came_in": row.amount if row.amount > 0 else None,
                "went_out": -row.amount if row.amount < 0 else None,
                "balance": row.balance,
                BEHIND: Behind("payments", row.id) if row.is_payment else None,
            }
            for row in kept.rows
        ]
        sums.append(
            blank
            | {
                "entry": _("Sum"),
                "came_in": sum(row.amount for row in kept.rows if row.amount > 0),
                "went_out": -sum(row.amount for row in kept.rows if row.amount < 0),
                "balance": kept.closing,
            }
        )
    return Made(_("Cash book"), columns, rows, sums)
