"""What clients owe: by age, item by item, and as the statement of one client."""

from __future__ import annotations

from typing import Any

from desktop.domain.aging import AgingRow, totals
from desktop.i18n import _
from desktop.services.accounts import account
from desktop.services.aging import aging_at
from desktop.services.open_items import open_items
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, names, sums_by_currency


def aging(asked: Question) -> Made:
    rows = aging_at(asked.book, asked.as_of, client_id=asked.client_id)
    known = names(asked.book)
    columns = (
        Column("client", _("Client")),
        Column("name", _("Name"), beside=True),
        Column("currency", _("Currency")),
        Column("current", _("Current"), "amount"),
        Column("d1_30", _("1–30 days"), "amount"),
        Column("d31_60", _("31–60 days"), "amount"),
        Column("d61_90", _("61–90 days"), "amount"),
        Column("over_90", _("Over 90 days"), "amount"),
        Column("credit", _("Credit"), "amount"),
        Column("disputed", _("Disputed"), "amount"),
        Column("total", _("Total"), "amount"),
    )
    found = sorted(
        (_aging_row(row, *known[row.client_id]) for row in rows), key=lambda row: (row["client"], row["currency"])
    )
    sums = [_aging_row(row, "", _("All clients")) for row in totals(rows).values()]
    return Made(_("Aging"), columns, found, sums)


def _aging_row(row: AgingRow, code: str, name: str) -> dict[str, Any]:
    return {
        "client": code,
        "name": name,
        "currency": row.currency,
        "current": row.current,
        "d1_30": row.d1_30,
        "d31_60": row.d31_60,
        "d61_90": row.d61_90,
        "over_90": row.over_90,
        "credit": row.credit,
        "disputed": row.disputed,
        "total": row.total,
        # Where only credit is left, the statement tells where it comes from.
        BEHIND: Behind(
            report="open" if row.total + row.credit else "statement",
            asked={"client_code": code, "currency": row.currency},
        ),
    }


def open_(asked: Question) -> Made:
    columns = (
        Column("client", _("Client")),
        Column("client_name", _("Name"), beside=True, more=True),
        Column("name", _("Number")),
        Column("issue_date", _("Issued"), "date"),
        Column("due_date", _("Due"), "date"),
        Column("days", _("Days past due"), "number"),
        Column("currency", _("Currency")),
        Column("open", _("Open"), "amount"),
        Column("plan", _("Payment plan")),
        Column("disputed", _("Disputed")),
    )
    found = open_items(asked.book, asked.as_of, client_id=asked.client_id)
    words = {True: _("yes"), False: ""}
    rows = [
        {column.key: getattr(row, column.key) for column in columns}
        | {"plan": words[row.plan], "disputed": words[row.disputed], BEHIND: Behind("invoices", row.invoice_id)}
        for row in found
        if asked.age is None or row.bucket == asked.age
    ]
    return Made(_("Open items"), columns, rows, sums_by_currency(columns, rows, ["open"]))


def statement(asked: Question) -> Made:
    assert asked.client_id is not None
    columns = (
        Column("date", _("Date"), "date"),
        Column("kind", _("Kind")),
        Column("number", _("Number")),
        Column("text", _("Text")),
        Column("currency", _("Currency")),
        Column("debit", _("Debit"), "amount"),
        Column("credit", _("Credit"), "amount"),
        Column("balance", _("Balance"), "amount"),
    )
    rows: list[dict[str, Any]] = []
    sums = []
    for page in account(asked.book, asked.client_id, until=asked.as_of, since=asked.since):
        empty = {"number": "", "text": "", "currency": page.currency, "debit": None, "credit": None}
        if asked.since is not None:
            rows.append(empty | {"date": asked.since, "kind": "brought_forward", "balance": page.brought_forward})
        rows += [
            {
                "date": row.dated,
                "kind": row.kind,
                "number": row.number,
                "text": row.text,
                "currency": page.currency,
                "debit": row.amount if row.amount > 0 else None,
                "credit": -row.amount if row.amount < 0 else None,
                "balance": row.balance,
                BEHIND: document(row.kind, row.number),
            }
            for row in page.rows
        ]
        sums.append(empty | {"date": asked.as_of, "kind": "balance", "balance": page.balance})
    code, name = names(asked.book)[asked.client_id]
    return Made(_("Statement of {client}").format(client=f"{code} {name}"), columns, rows, sums)


def document(kind: str, number: str) -> Behind | None:
    """What stands behind a booking of that kind, found by its number."""
    if not number:
        return None
    return Behind("payments" if kind in ("payment", "reversal") else "invoices", search=number)
