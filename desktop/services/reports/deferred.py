"""Deferred revenue month by month: opening, billed, earned and closing, and what later months will earn."""

from __future__ import annotations

from typing import Any

from desktop.i18n import _, pgettext
from desktop.services.accounting.schedules import month_rows
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question


def deferred(asked: Question) -> Made:
    """From `asked.since` to the month of the day, in each currency; in the firm's where that is asked for."""
    columns = (
        Column("month", _("Month")),
        Column("currency", _("Currency")),
        Column("opening", _("Opening"), "amount"),
        Column("billed", _("Deferred by documents"), "amount"),
        Column("earned", _("Recognised"), "amount"),
        Column("closing", pgettext("balance", "Closing"), "amount"),
        Column("by_service", _("Earned by the days of service"), "amount"),
    )
    assert asked.since is not None
    asked.progress(0, 0, _("Reading the journal"))
    rows: list[dict[str, Any]] = [
        {
            "month": f"{row.month:%Y-%m}",
            "currency": row.currency,
            "opening": row.opening,
            "billed": row.billed,
            "earned": row.earned,
            "closing": row.closing,
            "by_service": row.coming,
            BEHIND: Behind("ledger", filters=frozenset({"tab:recognition"})),
        }
        for row in month_rows(asked.book, asked.since, asked.as_of, in_firm=asked.in_firm)
    ]
    notes = [_("Closing is deferred revenue less what was earned before its document.")]
    return Made(_("Deferred revenue"), columns, rows, (), notes)
