"""What is disputed, at which rate, and how long sales wait to be paid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from db.queries import sales as queries
from desktop.domain import dso as days_sales
from desktop.i18n import _, money_text, number_text
from desktop.services.aging import aging_at
from desktop.services.figures import MONTHS, SALES_MONTHS
from desktop.services.open_items import open_items
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, sums_by_currency

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
    )
    until = asked.as_of.isoformat()
    with asked.book.reading() as session:
        connection = session.connection()
        moved = _by_currency(queries.receivables_moved(connection, until, asked.client_id))
        sold = _by_currency(queries.sold_by_month(connection, until, asked.client_id))
    rows = []
    months = list(_months(asked.as_of, MONTHS + SALES_MONTHS))
    for currency in sorted(moved.keys() | sold.keys()):
        flows, sales = moved.get(currency, {}), sold.get(currency, {})
        for place in range(SALES_MONTHS, len(months)):
            end = months[place][1]
            receivables = sum(amount for month, amount in flows.items() if month <= months[place][0])
            spans = [(sales.get(month, 0), last.day) for month, last in reversed(months[: place + 1])]
            three, days = sum(one for one, _ in spans[:SALES_MONTHS]), sum(one for _, one in spans[:SALES_MONTHS])
            if receivables or three:
                rows.append(
                    {
                        "as_of": end,
                        "currency": currency,
                        "receivables": receivables,
                        "sales": three,
                        "days": days,
                        "dso": days_sales.simple(receivables, three, days),
                        "count_back": days_sales.count_back(receivables, spans),
                        BEHIND: Behind(report="aging", asked={"as_of": end, "since": None, "currency": currency}),
                    }
                )
    return Made(_("Days sales outstanding"), columns, rows)


def _by_currency(rows: Any) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for month, currency, amount in rows:
        found.setdefault(currency, {})[month] = amount
    return found


def _months(as_of: date, count: int) -> Iterator[tuple[str, date]]:
    """So many months, the oldest first: as YYYY-MM, with the last of its days that counts."""
    number = as_of.year * 12 + as_of.month - 1
    for one in range(number - count + 1, number + 1):
        following = date((one + 1) // 12, (one + 1) % 12 + 1, 1)
        yield f"{one // 12:04}-{one % 12 + 1:02}", min(following - _DAY, as_of)
