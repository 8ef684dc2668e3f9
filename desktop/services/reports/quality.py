"""What is disputed and at which rate, and how well billing runs go."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from db.queries import measures
from db.queries import sales as queries
from db.queries.measures import RunQuality
from desktop.i18n import _, money_text, number_text
from desktop.services.aging import aging_at
from desktop.services.figures import MONTHS
from desktop.services.figures.measures import percent
from desktop.services.figures.monthly import MonthFacts, Monthly
from desktop.services.figures.months import spans_until
from desktop.services.open_items import open_items
from desktop.services.reports.chart import line
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, of_days, sums_by_currency

_DAY = timedelta(days=1)


def disputes(asked: Question) -> Made:
    """What is disputed at the end of the day; with `since` also what was in the days from then on."""
    columns = (
        Column("client", _("Client")),
        Column("client_name", _("Name"), beside=True, more=True),
        Column("number", _("Invoice")),
        Column("opened", _("Since"), "date"),
        Column("days", _("Days"), "number"),
        Column("reason", _("Reason")),
        Column("currency", _("Currency")),
        Column("disputed", _("Disputed"), "amount"),
        Column("open", _("Open"), "amount"),
        Column("closed", _("Closed"), "date"),
        Column("outcome", _("Outcome")),
    )
    until = asked.as_of.isoformat()
    since = (asked.since - _DAY if asked.since else asked.as_of).isoformat()
    with asked.book.reading() as session:
        found = queries.disputes(session.connection(), since, until, asked.client_id)
    rows = []
    for invoice, number, client, name, currency, opened, reason, amount, closed, outcome, residual in found:
        over = closed is not None and closed <= until
        ended = date.fromisoformat(closed) if over else asked.as_of
        rows.append(
            {
                "client": client,
                "client_name": name,
                "number": number,
                "opened": date.fromisoformat(opened),
                "days": (ended - date.fromisoformat(opened)).days,
                "reason": reason,
                "currency": currency,
                "disputed": None if over else residual if amount is None else min(amount, residual),
                "open": residual,
                "closed": ended if over else None,
                "outcome": outcome if over else "",
                BEHIND: Behind("invoices", invoice),
            }
        )
    sums = sums_by_currency(columns, rows, ["disputed"])
    for total in sums:
        total["reason"] = _rate(asked, total["currency"], rows)
    return Made(_("Disputes"), columns, rows, sums)


def _rate(asked: Question, currency: str, rows: list[dict[str, Any]]) -> str:
    """The dispute rate by number and by value, of what is open in this currency."""
    disputed = {row["number"] for row in rows if row["currency"] == currency and row["disputed"]}
    items = [one for one in open_items(asked.book, asked.as_of, client_id=asked.client_id) if one.currency == currency]
    invoices = {one.number for one in items}
    owed = sum(one.open for one in items)
    value = sum(
        one.disputed for one in aging_at(asked.book, asked.as_of, client_id=asked.client_id) if one.currency == currency
    )
    return _("{count} of {all} open invoices ({share} %), {percent} % of {amount}").format(
        count=number_text(len(disputed)),
        all=number_text(len(invoices)),
        share=number_text(_percent(len(disputed), len(invoices))),
        percent=number_text(_percent(value, owed)),
        amount=money_text(owed, currency),
    )


def _percent(part: int, whole: int) -> Decimal:
    return (Decimal(part) * 100 / (whole or 1)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def dispute_rate(asked: Question) -> Made:
    """Of the documents of each of the last twelve months those that were disputed until the day, in each currency."""
    columns = (
        Column("month", _("Month")),
        Column("currency", _("Currency")),
        Column("documents", _("Documents"), "number"),
        Column("disputed_documents", _("Of these disputed"), "number"),
        Column("rate", _("Rate by number %"), "number"),
        Column("gross", _("Billed, gross"), "amount"),
        Column("disputed", _("Disputed"), "amount"),
        Column("rate_by_value", _("Rate by value %"), "number"),
    )
    spans = spans_until(asked.as_of, MONTHS)
    with asked.book.reading() as session:
        facts = MonthFacts(session.connection(), asked.as_of, asked.client_id)
        found = {(row[0], row[1]): row[2:] for row in facts.rows(measures.disputed_by_month)}
    rows: list[dict[str, Any]] = []
    for span in spans:
        for currency in sorted({one for _month, one in found}):
            documents, gross, disputed, amount = found.get((span.key, currency), (0, 0, 0, 0))
            if documents:
                rows.append(
                    {
                        "month": span.key,
                        "currency": currency,
                        "documents": documents,
                        "disputed_documents": disputed,
                        "rate": percent(disputed, documents),
                        "gross": gross,
                        "disputed": amount,
                        "rate_by_value": percent(amount, gross),
                        BEHIND: Behind(
                            report="disputes",
                            asked={"since": span.first, "as_of": asked.as_of, "currency": currency},
                        )
                        if disputed
                        else of_days("invoices", *span, "billed", f"currency:{currency}"),
                    }
                )
    sums = sums_by_currency(columns, rows, ["documents", "disputed_documents", "gross", "disputed"])
    for total in sums:
        total["rate"] = percent(total["disputed_documents"], total["documents"])
        total["rate_by_value"] = percent(total["disputed"], total["gross"])
    shares = {
        span.key: percent(*(sum(row[at] for (month, _one), row in found.items() if month == span.key) for at in (2, 0)))
        for span in spans
    }
    chart = line(_("Dispute rate by number, %"), "percent", spans, [shares[span.key] for span in spans])
    return Made(_("Dispute rate"), columns, rows, sums, chart=chart)


def runs(asked: Question) -> Made:
    """How well the billing runs of each of the last twelve months went."""
    columns = (
        Column("month", _("Month")),
        Column("drafts", _("Drafts"), "number"),
        Column("held", _("Held"), "number"),
        Column("held_rate", _("Held %"), "number"),
        Column("failed", _("Failed"), "number"),
        Column("failed_rate", _("Failed %"), "number"),
        Column("issued", _("Issued"), "number"),
        Column("edited", _("Changed by hand"), "number", more=True),
        Column("corrected", _("Corrected"), "number"),
        Column("corrected_rate", _("Corrected %"), "number"),
        Column("right", _("Right the first time"), "number", more=True),
        Column("right_rate", _("First time right %"), "number"),
    )
    spans = spans_until(asked.as_of, MONTHS)
    with asked.book.reading() as session:
        facts = MonthFacts(session.connection(), asked.as_of, asked.client_id)
        found = Monthly(facts, spans).quality
    rows = [
        _run_row(span.key, found[span.key]) | {BEHIND: of_days("invoices", *span, "billed")}
        for span in spans
        if span.key in found
    ]
    total = RunQuality(*(sum(found[row["month"]][at] for row in rows) for at in range(len(RunQuality._fields))))
    shares = [percent(found[span.key].right, found[span.key].drafts) if span.key in found else None for span in spans]
    return Made(
        _("Run quality"),
        columns,
        rows,
        [_run_row(None, total)] if rows else (),
        chart=line(_("First time right, %"), "percent", spans, shares),
    )


def _run_row(month: str | None, found: RunQuality) -> dict[str, Any]:
    return found._asdict() | {
        "month": month,
        "held_rate": percent(found.held, found.drafts),
        "failed_rate": percent(found.failed, found.drafts),
        "corrected_rate": percent(found.corrected, found.issued),
        "right_rate": percent(found.right, found.drafts),
    }
