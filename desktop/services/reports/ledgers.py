"""The journal: every booking with its two sides and more."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from db.queries import accounts as queries
from desktop.domain.money import scaled_to_percent
from desktop.i18n import _, pgettext
from desktop.services.reports.owed import document
from desktop.services.reports.table import BEHIND, Column, Made, Question

_FIRST = date(1, 1, 1)
_DAY = timedelta(days=1)
_REPORT_EVERY = 2_000


def journal(asked: Question) -> Made:
    columns = (
        Column("entry", _("Entry"), "number"),
        Column("date", _("Date"), "date"),
        Column("kind", _("Kind")),
        Column("document", _("Document")),
        Column("account", _("Account")),
        Column("client", _("Client")),
        Column("currency", _("Currency")),
        Column("debit", pgettext("ledger", "Debit"), "amount"),
        Column("credit", pgettext("ledger", "Credit"), "amount"),
        Column("firm_amount", _("Amount in the firm's currency"), "amount"),
        Column("tax_category", _("Tax category")),
        Column("tax_rate", _("Tax rate"), "number"),
        Column("period_start", _("Service from"), "date"),
        Column("period_end", _("Service until"), "date"),
    )
    since = (asked.since or _FIRST).isoformat()
    asked.progress(0, 0, _("Reading the journal"))
    with asked.book.reading() as session:
        found = queries.journal(session.connection(), asked.as_of.isoformat(), since, asked.client_id)
    rows: list[dict[str, Any]] = []
    for entry, day, kind, number, role, client, currency, amount, firm, category, rate, start, end in found:
        if len(rows) % _REPORT_EVERY == 0:
            asked.progress(len(rows), len(found), _("Reading the journal"))
        rows.append(
            {
                "entry": entry,
                "date": date.fromisoformat(day),
                "kind": kind,
                "document": number,
                "account": role,
                "client": client,
                "currency": currency,
                "debit": amount if amount > 0 else None,
                "credit": -amount if amount < 0 else None,
                "firm_amount": firm,
                "tax_category": category,
                "tax_rate": None if rate is None else scaled_to_percent(rate),
                "period_start": date.fromisoformat(start) if start else None,
                "period_end": date.fromisoformat(end) - _DAY if end else None,
                BEHIND: document(kind, number),
            }
        )
    return Made(_("Journal"), columns, rows)
