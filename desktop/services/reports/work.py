"""What is done and not billed, and where projects stand."""

from __future__ import annotations

from desktop.i18n import _
from desktop.services import projects as positions
from desktop.services import unbilled as waiting
from desktop.services.reports.table import BEHIND, Behind, Column, Made, Question, sums_by_currency


def unbilled(asked: Question) -> Made:
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
    rows = [
        {column.key: getattr(row, column.key) for column in columns}
        | {BEHIND: Behind("billables", search=row.agreement or row.client, filters=frozenset({"unbilled"}))}
        for row in waiting.unbilled(asked.book, asked.as_of, client_id=asked.client_id)
    ]
    return Made(_("Unbilled"), columns, rows, sums_by_currency(columns, rows, ["amount"]))


def projects(asked: Question) -> Made:
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
    rows = [
        {column.key: getattr(row, column.key) for column in columns} | {BEHIND: Behind("agreements", row.agreement_id)}
        for row in positions.positions(asked.book, asked.as_of, client_id=asked.client_id)
    ]
    # What one PO limits may be of several agreements, and would be counted once for each of them.
    added = [column.key for column in columns if column.kind == "amount" and not column.key.startswith("po_")]
    return Made(_("Projects"), columns, rows, sums_by_currency(columns, rows, added))
