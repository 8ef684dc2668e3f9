"""How long sales wait to be billed and paid: days sales outstanding, collection effectiveness, each client's habit."""

from __future__ import annotations

from typing import Any

from db.queries import measures as queries
from desktop.i18n import _
from desktop.services.figures import MONTHS
from desktop.services.figures.measures import SALES_MONTHS, effectiveness_by_month, mean, percent, receivable_days
from desktop.services.figures.monthly import MonthFacts, Monthly
from desktop.services.figures.months import spans_until
from desktop.services.reports.chart import line
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, of_days
from desktop.services.reports.usual import without_rate


def dso(asked: Question) -> Made:
    """Days sales outstanding at the end of each of the last twelve months, in each currency by itself."""
    columns = (
        Column("as_of", _("At the end of"), "date"),
        Column("currency", _("Currency")),
        Column("receivables", _("Receivables"), "amount"),
        Column("sales", _("Sales of three months, gross"), "amount"),
        Column("days", _("Days in these"), "number"),
        Column("dso", _("DSO"), "number"),
        Column("count_back", _("DSO by count-back"), "number"),
        Column("current", _("Not yet due"), "amount", more=True),
        Column("best", _("Best possible DSO"), "number"),
        Column("delinquent", _("Days delinquent"), "number"),
    )
    spans = spans_until(asked.as_of, MONTHS + SALES_MONTHS)
    rows: list[dict[str, Any]] = []
    with asked.book.reading() as session:
        facts = MonthFacts(session.connection(), asked.as_of, asked.client_id)
        for currency in facts.currencies:
            rows += _dso_rows(Monthly(facts, spans, currency), currency)
        whole = Monthly(facts, spans, asked.currency)
        values = [found and found.simple for found in receivable_days(whole)][SALES_MONTHS:]
        notes = without_rate(tuple(sorted(whole.sums.unknown)))
    title = _("DSO in days, {currency}").format(currency=whole.sums.currency)
    chart = line(title, "days", spans[SALES_MONTHS:], values)
    return Made(_("Days sales outstanding"), columns, rows, notes=notes, chart=chart)


def _dso_rows(monthly: Monthly, currency: str) -> list[dict[str, Any]]:
    rows = []
    for place, found in enumerate(receivable_days(monthly)):
        receivables = monthly.receivables[place]
        if place < SALES_MONTHS or found is None or not (receivables or found.sales):
            continue
        end = monthly.spans[place].last
        rows.append(
            {
                "as_of": end,
                "currency": currency,
                "receivables": receivables,
                "sales": found.sales,
                "days": found.days,
                "dso": found.simple,
                "count_back": found.count_back,
                "current": monthly.current[place],
                "best": found.best,
                "delinquent": None if found.simple is None or found.best is None else found.simple - found.best,
                BEHIND: Behind(report="aging", asked={"as_of": end, "since": None, "currency": currency}),
            }
        )
    return rows


def collection(asked: Question) -> Made:
    """How much of what could have been collected in each of the last twelve months was, in each currency by itself."""
    columns = (
        Column("month", _("Month")),
        Column("currency", _("Currency")),
        Column("beginning", _("Receivables before"), "amount"),
        Column("sales", _("Sales, gross"), "amount"),
        Column("ending", _("Receivables after"), "amount"),
        Column("current", _("Not yet due"), "amount"),
        Column("effectiveness", _("Effectiveness %"), "number"),
    )
    spans = spans_until(asked.as_of, MONTHS + 1)
    rows: list[dict[str, Any]] = []
    with asked.book.reading() as session:
        facts = MonthFacts(session.connection(), asked.as_of, asked.client_id)
        for currency in facts.currencies:
            monthly = Monthly(facts, spans, currency)
            found = effectiveness_by_month(monthly)
            for place in range(1, len(spans)):
                before, after = monthly.receivables[place - 1 : place + 1]
                sold = monthly.sold.get(spans[place].key, 0)
                if before or after or sold:
                    rows.append(
                        {
                            "month": spans[place].key,
                            "currency": currency,
                            "beginning": before,
                            "sales": sold,
                            "ending": after,
                            "current": monthly.current[place],
                            "effectiveness": found[place],
                            BEHIND: Behind(
                                report="aging", asked={"as_of": spans[place].last, "since": None, "currency": currency}
                            ),
                        }
                    )
        whole = Monthly(facts, spans, asked.currency)
        values = effectiveness_by_month(whole)[1:]
        notes = without_rate(tuple(sorted(whole.sums.unknown)))
    title = _("Collection effectiveness in %, {currency}").format(currency=whole.sums.currency)
    rows.sort(key=lambda row: (row["currency"], row["month"]))
    chart = line(title, "percent", spans[1:], values)
    return Made(_("Collection effectiveness"), columns, rows, notes=notes, chart=chart)


def times(asked: Question) -> Made:
    """From work being done to its invoice, and from there to the money, in each of the last twelve months."""
    columns = (
        Column("month", _("Month")),
        Column("billed", _("Documents billed"), "number"),
        Column("order_to_invoice", _("Order to invoice, days"), "number"),
        Column("paid", _("Items paid"), "number"),
        Column("invoice_to_cash", _("Invoice to cash, days"), "number"),
        Column("days_late", _("Average days late"), "number"),
    )
    spans = spans_until(asked.as_of, MONTHS)
    with asked.book.reading() as session:
        monthly = Monthly(MonthFacts(session.connection(), asked.as_of, asked.client_id), spans)
        billed, paid = monthly.billed_after, monthly.paid
    rows = []
    for span in spans:
        documents, waited = billed.get(span.key, (0, 0))
        items, late, days = paid.get(span.key, (0, 0, 0))
        if documents or items:
            rows.append(
                {
                    "month": span.key,
                    "billed": documents,
                    "order_to_invoice": mean(waited, documents),
                    "paid": items,
                    "invoice_to_cash": mean(days, items),
                    "days_late": mean(late, items),
                    BEHIND: Behind(report="paying", asked={"since": span.first, "as_of": span.last})
                    if items
                    else of_days("invoices", *span, "billed"),
                }
            )
    values = [mean(paid[span.key][2], paid[span.key][0]) if span.key in paid else None for span in spans]
    return Made(
        _("Times to invoice and to cash"), columns, rows, chart=line(_("Invoice to cash, days"), "days", spans, values)
    )


def paying(asked: Question) -> Made:
    """How late each client paid what it paid in the days asked for, the latest payer first."""
    assert asked.since is not None
    columns = (
        Column("client", _("Client")),
        Column("name", _("Name"), beside=True),
        Column("items", _("Items paid"), "number"),
        Column("days_late", _("Average days late"), "number"),
        Column("most", _("Most days late"), "number"),
        Column("invoice_to_cash", _("Invoice to cash, days"), "number"),
        Column("on_time", _("Paid by the due date %"), "number"),
        Column("currency", _("Currency")),
        Column("paid", _("Paid"), "amount"),
    )
    with asked.book.reading() as session:
        found = queries.paid_by_client(
            session.connection(), asked.since.isoformat(), asked.as_of.isoformat(), asked.client_id
        )
    rows = [
        {
            "client": code,
            "name": name,
            "items": items,
            "days_late": mean(late, items),
            "most": most,
            "invoice_to_cash": mean(days, items),
            "on_time": percent(on_time, items),
            "currency": currency,
            "paid": amount,
            BEHIND: Behind(
                report="statement",
                asked={"client_code": code, "currency": currency},
            ),
        }
        for code, name, currency, items, late, most, days, on_time, amount in sorted(
            found, key=lambda row: (-row[4] / row[3], row[0], row[2])
        )
    ]
    return Made(_("Days late by client"), columns, rows)
