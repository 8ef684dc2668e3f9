"""Reports as tables, for the window, commands and files: aging, statement, journal, unbilled, projects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from db.engine import Book
from db.queries import accounts as queries
from desktop.domain.aging import AgingRow, totals
from desktop.domain.money import major_text, scaled_to_percent
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.accounts import account
from desktop.services.aging import aging_at
from desktop.services.open_items import open_items
from desktop.services.projects import positions
from desktop.services.unbilled import unbilled

Kind = Literal["text", "date", "amount", "number"]
_FIRST = date(1, 1, 1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: amounts are minor units of the row's `currency`, or of the firm's where the key begins with firm_.

    `beside` marks what only helps people to read the row; `more` what a screen has no room for.
    """

    key: str
    title: str
    kind: Kind = "text"
    beside: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A table as of a day. A value may be None where the row has none. `sums` are rows that add up the others."""

    name: str
    title: str
    as_of: date
    firm_currency: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    sums: tuple[Mapping[str, Any], ...] = ()


def report(book: Book, name: str, *, as_of: date, client_code: str | None = None, since: date | None = None) -> Report:
    """The report of that name: aging, open (its items), statement (of one client), journal, unbilled, projects.

    UserError for a name or a client that does not exist, and for a statement without a client.
    """
    make = _REPORTS.get(name)
    if make is None:
        raise UserError(
            _("There is no report “{name}”.").format(name=name),
            _("Choose one of: {names}.").format(names=", ".join(_REPORTS)),
        )
    firm_currency, client_id = _scope(book, client_code)
    if name == "statement" and client_id is None:
        raise UserError(_("A statement is of one client."), _("Give the client's code."))
    title, columns, rows, sums = make(book, as_of, client_id, since)
    return Report(name, title, as_of, firm_currency, columns, tuple(rows), tuple(sums))


def plain_rows(made: Report, *, beside: bool = True) -> list[dict[str, str | None]]:
    """Rows with amounts in major units ("1234.50"), dates ISO, None where there is nothing.

    Without `beside` only what a program needs.
    """
    columns = [column for column in made.columns if beside or not column.beside]
    return [{column.key: _plain(made, column, row) for column in columns} for row in made.rows]


def _plain(made: Report, column: Column, row: Mapping[str, Any]) -> str | None:
    value = row[column.key]
    if value is None:
        return None
    if column.kind == "amount":
        currency = made.firm_currency if column.key.startswith("firm_") else row["currency"]
        return major_text(value, currency)
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _scope(book: Book, client_code: str | None) -> tuple[str, int | None]:
    """The firm's currency and the id of the client named."""
    with book.reading() as session:
        connection = session.connection()
        currency = connection.exec_driver_sql("SELECT currency FROM firm").scalar_one()
        if client_code is None:
            return currency, None
        client_id = connection.exec_driver_sql(
            "SELECT coalesce(merged_into_id, id) FROM client WHERE code = ?", (client_code,)
        ).scalar()
    if client_id is None:
        raise UserError(
            _("There is no client {code}.").format(code=client_code), _("The list of clients shows the codes.")
        )
    return currency, client_id


_Made = tuple[str, tuple[Column, ...], Iterable[Mapping[str, Any]], Iterable[Mapping[str, Any]]]


def _aging(book: Book, as_of: date, client_id: int | None, _since: date | None) -> _Made:
    rows = aging_at(book, as_of, client_id=client_id)
    names = _names(book)
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
        (_aging_row(row, *names[row.client_id]) for row in rows), key=lambda row: (row["client"], row["currency"])
    )
    sums = [_aging_row(row, "", _("All clients")) for row in totals(rows).values()]
    return _("Aging"), columns, found, sums


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
    }


def _open(book: Book, as_of: date, client_id: int | None, _since: date | None) -> _Made:
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
    found = open_items(book, as_of, client_id=client_id)
    sums: dict[str, int] = {}
    for row in found:
        sums[row.currency] = sums.get(row.currency, 0) + row.open
    words = {True: _("yes"), False: ""}
    rows = [
        {column.key: getattr(row, column.key) for column in columns}
        | {"plan": words[row.plan], "disputed": words[row.disputed]}
        for row in found
    ]
    blank = dict.fromkeys((column.key for column in columns), None)
    return (
        _("Open items"),
        columns,
        rows,
        [blank | {"currency": currency, "open": amount} for currency, amount in sorted(sums.items())],
    )


def _statement(book: Book, as_of: date, client_id: int | None, since: date | None) -> _Made:
    assert client_id is not None
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
    for page in account(book, client_id, until=as_of, since=since):
        empty = {"number": "", "text": "", "currency": page.currency, "debit": None, "credit": None}
        if since is not None:
            rows.append(empty | {"date": since, "kind": "brought_forward", "balance": page.brought_forward})
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
            }
            for row in page.rows
        ]
        sums.append(empty | {"date": as_of, "kind": "balance", "balance": page.balance})
    code, name = _names(book)[client_id]
    return _("Statement of {client}").format(client=f"{code} {name}"), columns, rows, sums


def _journal(book: Book, as_of: date, client_id: int | None, since: date | None) -> _Made:
    columns = (
        Column("entry", _("Entry"), "number"),
        Column("date", _("Date"), "date"),
        Column("kind", _("Kind")),
        Column("document", _("Document")),
        Column("account", _("Account")),
        Column("client", _("Client")),
        Column("currency", _("Currency")),
        Column("debit", _("Debit"), "amount"),
        Column("credit", _("Credit"), "amount"),
        Column("firm_amount", _("Amount in the firm's currency"), "amount"),
        Column("tax_category", _("Tax category")),
        Column("tax_rate", _("Tax rate"), "number"),
        Column("period_start", _("Service from"), "date"),
        Column("period_end", _("Service until"), "date"),
    )
    with book.reading() as session:
        found = queries.journal(session.connection(), as_of.isoformat(), (since or _FIRST).isoformat(), client_id)
    rows = [
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
        }
        for entry, day, kind, number, role, client, currency, amount, firm, category, rate, start, end in found
    ]
    return _("Journal"), columns, rows, ()


def _unbilled(book: Book, as_of: date, client_id: int | None, _since: date | None) -> _Made:
    columns = (
        Column("client", _("Client")),
        Column("name", _("Name")),
        Column("agreement", _("Agreement")),
        Column("kind", _("Kind")),
        Column("run", _("In run")),
        Column("first", _("From"), "date"),
        Column("last", _("Until"), "date"),
        Column("entries", _("Entries"), "number"),
        Column("quantity", _("Quantity"), "number"),
        Column("currency", _("Currency")),
        Column("amount", _("Amount"), "amount"),
        Column("unpriced", _("Without price"), "number"),
    )
    found = unbilled(book, as_of, client_id=client_id)
    sums: dict[str, int] = {}
    for row in found:
        sums[row.currency] = sums.get(row.currency, 0) + row.amount
    rows = [{column.key: getattr(row, column.key) for column in columns} for row in found]
    blank = dict.fromkeys((column.key for column in columns), None)
    return (
        _("Unbilled"),
        columns,
        rows,
        [blank | {"currency": currency, "amount": amount} for currency, amount in sorted(sums.items())],
    )


def _projects(book: Book, as_of: date, client_id: int | None, _since: date | None) -> _Made:
    columns = (
        Column("client", _("Client")),
        Column("client_name", _("Name"), beside=True, more=True),
        Column("code", _("Agreement")),
        Column("title", _("Title"), beside=True),
        Column("currency", _("Currency")),
        Column("agreed", _("Agreed"), "amount"),
        Column("changed", _("Changed"), "amount", more=True),
        Column("proposed", _("Proposed"), "amount", more=True),
        Column("scope", _("Scope"), "amount"),
        Column("billed", _("Billed, net"), "amount"),
        Column("waiting", _("Done, not billed"), "amount"),
        Column("planned", _("Planned"), "amount"),
        Column("left", _("Left"), "amount"),
        Column("invoiced", _("Invoiced, gross"), "amount", more=True),
        Column("paid", _("Paid, gross"), "amount"),
        Column("credited", _("Credited, gross"), "amount", more=True),
        Column("let_go", _("Written off, gross"), "amount", more=True),
        Column("open", _("Open, gross"), "amount"),
        Column("deposits", _("Deposits received, gross"), "amount", more=True),
        Column("budget", _("Budget"), "amount"),
        Column("used", _("Budget used"), "amount", more=True),
        Column("budget_share", _("Budget %"), "number"),
        Column("po_number", _("PO number")),
        Column("po_limit", _("PO limit"), "amount", more=True),
        Column("po_used", _("PO used"), "amount", more=True),
        Column("po_share", _("PO %"), "number"),
    )
    found = [
        {column.key: getattr(row, column.key) for column in columns}
        for row in positions(book, as_of, client_id=client_id)
    ]
    sums: dict[str, dict[str, Any]] = {}
    blank = dict.fromkeys((column.key for column in columns), None)
    # What one PO limits may be of several agreements, and would be counted once for each of them.
    added = [column.key for column in columns if column.kind == "amount" and not column.key.startswith("po_")]
    for row in found:
        total = sums.setdefault(row["currency"], blank | dict.fromkeys(added, 0) | {"currency": row["currency"]})
        for key in added:
            total[key] += row[key] or 0
    return _("Projects"), columns, found, [sums[currency] for currency in sorted(sums)]


def _names(book: Book) -> Mapping[int, tuple[str, str]]:
    with book.reading() as session:
        rows: Sequence[Any] = session.connection().exec_driver_sql("SELECT id, code, name FROM client").fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}


_REPORTS: dict[str, Callable[[Book, date, int | None, date | None], _Made]] = {
    "aging": _aging,
    "open": _open,
    "statement": _statement,
    "journal": _journal,
    "unbilled": _unbilled,
    "projects": _projects,
}
