"""What clients owe: by age, item by item, and as the statement of one client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from db.engine import Book
from db.queries import receivables
from desktop.domain.aging import AgingRow, totals
from desktop.i18n import _
from desktop.services.accounts import account
from desktop.services.aging import aging_at
from desktop.services.aging_in_firm import aging_in_firm
from desktop.services.open_items import open_items
from desktop.services.reports.in_firm import Valued, account_rows, notes_of
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, names, sums_by_currency

BY: Final = ("client", "segment", "salesperson")


def aging(asked: Question) -> Made:
    """What is owed by age, of each client, segment or salesperson (`asked.by`); both as they are now."""
    by = asked.by or BY[0]
    notes: list[str] = []
    if asked.in_firm:
        home, valued = Valued(asked).home, aging_in_firm(asked.book, asked.as_of, client_id=asked.client_id)
        found, notes = valued.rows, notes_of(home, valued.unvalued)
    else:
        found = aging_at(asked.book, asked.as_of, client_id=asked.client_id)
    columns = (
        *_group_columns(by),
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
    sums = [_figures(row) | {"client": "", "name": _("All clients"), "group": ""} for row in totals(found).values()]
    if by == "client":
        known = names(asked.book)
        rows = [_of_client(row, *known[row.client_id], asked.in_firm) for row in found]
    else:
        rows = [
            _of_group(by, group, row, asked.in_firm) for group, row in _grouped(found, client_groups(asked.book, by))
        ]
    rows.sort(key=lambda row: (row["client" if by == "client" else "group"], row["currency"]))
    return Made(_("Aging"), columns, rows, sums, notes)


def _group_columns(by: str) -> tuple[Column, ...]:
    if by == "client":
        return Column("client", _("Client")), Column("name", _("Name"), beside=True)
    return (Column("group", _("Segment") if by == "segment" else _("Salesperson")),)


def _grouped(found: Iterable[AgingRow], groups: Mapping[int, str]) -> Iterator[tuple[str, AgingRow]]:
    """Rows of groups, each with the sums of its clients by currency."""
    by_group: dict[str, list[AgingRow]] = {}
    for row in found:
        by_group.setdefault(groups.get(row.client_id, ""), []).append(row)
    for group, rows in by_group.items():
        for row in totals(rows).values():
            yield group, row


def client_groups(book: Book, by: str) -> Mapping[int, str]:
    """The segment or the salesperson of each client, empty without one."""
    with book.reading() as session:
        return {row[0]: row[1] for row in receivables.client_groups(session.connection(), by)}


def _figures(row: AgingRow) -> dict[str, Any]:
    return {
        "currency": row.currency,
        "current": row.current,
        "d1_30": row.d1_30,
        "d31_60": row.d31_60,
        "d61_90": row.d61_90,
        "over_90": row.over_90,
        "credit": row.credit,
        "disputed": row.disputed,
        "total": row.total,
    }


def _of_client(row: AgingRow, code: str, name: str, in_firm: bool) -> dict[str, Any]:
    return _figures(row) | {
        "client": code,
        "name": name,
        # Where only credit is left, the statement tells where it comes from.
        BEHIND: Behind(
            report="open" if row.total + row.credit else "statement",
            asked={"client_code": code, "currency": "" if in_firm else row.currency, "by": ""},
        ),
    }


def _of_group(by: str, group: str, row: AgingRow, in_firm: bool) -> dict[str, Any]:
    nameless = _("No segment") if by == "segment" else _("No salesperson")
    return _figures(row) | {
        "group": group or nameless,
        BEHIND: Behind(report="open", asked={"by": by, "only": group, "currency": "" if in_firm else row.currency}),
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
    groups = client_groups(asked.book, asked.by) if asked.by in BY[1:] else None
    words = {True: _("yes"), False: ""}
    shown = [
        row
        for row in found
        if (asked.age is None or row.bucket == asked.age)
        and (groups is None or groups.get(row.client_id, "") == asked.only)
    ]
    rows = [
        {column.key: getattr(row, column.key) for column in columns}
        | {"plan": words[row.plan], "disputed": words[row.disputed], BEHIND: Behind("invoices", row.invoice_id)}
        for row in shown
    ]
    notes: list[str] = []
    if asked.in_firm:
        valued = Valued(asked)
        valued.unvalued.update(row.currency for row in shown if row.firm_open is None)
        notes = valued.notes()
        for told, firm_open in zip(rows, (row.firm_open for row in shown), strict=True):
            told.update(currency=valued.home, open=firm_open)
    return Made(_("Open items"), columns, rows, sums_by_currency(columns, rows, ["open"]), notes)


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
    code, name = names(asked.book)[asked.client_id]
    title = _("Statement of {client}").format(client=f"{code} {name}")
    if asked.in_firm:
        return _statement_in_firm(asked, title, columns)
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
    return Made(title, columns, rows, sums)


def _statement_in_firm(asked: Question, title: str, columns: tuple[Column, ...]) -> Made:
    """The account as the journal has it, so that its balance is the ledger's; gains and losses of rates stand in it."""
    valued = Valued(asked)
    brought, found, balance = account_rows(asked, valued)
    empty = {"number": "", "text": "", "currency": valued.home, "debit": None, "credit": None}
    rows: list[dict[str, Any]] = []
    if asked.since is not None:
        rows.append(empty | {"date": asked.since, "kind": "brought_forward", "balance": brought})
    for row in found:
        amount = row.pop("amount")
        sides = {"debit": amount if amount > 0 else None, "credit": -amount if amount < 0 else None}
        rows.append(empty | row | sides | {BEHIND: document(row["kind"], row["number"])})
    sums = [empty | {"date": asked.as_of, "kind": "balance", "balance": balance}] if rows else []
    return Made(title, columns, rows, sums, valued.notes())


def document(kind: str, number: str) -> Behind | None:
    """What stands behind a booking of that kind, found by its number."""
    if not number:
        return None
    return Behind("payments" if kind in ("payment", "reversal", "refund") else "invoices", search=number)
