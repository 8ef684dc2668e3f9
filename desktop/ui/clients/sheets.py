"""The tables of a client's page: what it was billed, what it paid, what is open, what it disputes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.accounts import account
from desktop.services.disputes import disputes_of_client
from desktop.services.lists.payments import PaymentList
from desktop.services.open_items import open_items
from desktop.ui.agreements.listing import AgreementRows
from desktop.ui.clients.account import booking_rows
from desktop.ui.clients.booked import find_booked
from desktop.ui.clients.open_items import item_rows
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.freshness import Freshness
from desktop.ui.invoices.listing import InvoiceRows
from desktop.ui.listing import Listing, Query, Row
from desktop.ui.outbox.listing import OutboxRows
from desktop.ui.payments.methods import method_word
from desktop.ui.rows_model import RowsModel
from desktop.ui.table import Empty, Table


class Sheet(QWidget):
    """One table in a tab: it asks the book only while it is looked at."""

    opened = Signal(object)  # the row's id

    def __init__(
        self, desk: Desk, name: str, title: str, columns: Sequence[Column], listing: Listing, empty: str, only: str = ""
    ) -> None:
        """`only` is a filter that always holds."""
        super().__init__()
        shell = desk.shell
        self.listing = listing
        self.model = RowsModel(listing, columns, shell.jobs, shell.home_currency)
        self.table = Table(self.model, shell.theme, shell.memory, shell.jobs, f"client_{name}")
        self.table.setAccessibleName(title)
        self.table.set_empty(Empty(empty), Empty(empty))
        self.table.opened.connect(self.opened)
        self._query = Query(filters=frozenset({only} if only else ()))
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(card)
        self._freshness = Freshness(self, shell.jobs, self.reload)

    def reload(self) -> None:
        self._freshness.loaded()
        if self.model.query is None:
            self.model.set_query(self._query)
        else:
            self.model.reload()

    def row(self, one: int) -> Row:
        """The row with this id, as far as it is loaded."""
        return self.listing.rows([one]).get(one, {})


class _Payments:
    """Payments with the words of the page of payments."""

    def __init__(self, desk: Desk) -> None:
        self._list = PaymentList(desk.book)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list.ids(search, filters, sort, descending)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        return {
            one: {**row, "method_word": method_word(str(row["method"])), "unapplied": row["unapplied"] or None}
            for one, row in self._list.rows(ids).items()
        }


def account_sheet(desk: Desk, client_id: int) -> Sheet:
    """The statement, the newest first, with the balance after each booking."""
    book, today = desk.book, desk.today
    made = Sheet(
        desk,
        "account",
        _("Account"),
        [
            Column("day", _("Date"), 104, "date", sort_key="day"),
            Column("kind_word", _("What"), 150, sort_key="kind_word"),
            Column("number", _("Number"), 140, sort_key="number", strong=True),
            Column("text", _("Text"), 180, secondary=True, wide=True),
            Column("amount", _("Amount"), 116, "money", sort_key="amount"),
            Column("balance", _("Balance"), 116, "money"),
            Column("open", _("Open"), 104, "money", sort_key="open"),
        ],
        FewRows(lambda: booking_rows(account(book, client_id, until=today()))),
        _("Invoices, payments and credit notes of this client will stand here."),
    )

    def go(one: object) -> None:
        assert isinstance(one, int)
        row = made.row(one)
        if row:
            find_booked(desk, str(row["kind"]), str(row["number"]))

    made.opened.connect(go)
    return made


def open_sheet(desk: Desk, client_id: int) -> Sheet:
    """What is owed, instalment by instalment."""
    book, today = desk.book, desk.today
    made = Sheet(
        desk,
        "open",
        _("Open items"),
        [
            Column("due_date", _("Due"), 110, "date", sort_key="due_date"),
            Column("name", _("Number"), 160, sort_key="name", strong=True),
            Column("bucket_word", _("Age"), 120, sort_key="days"),
            Column("late", _("Days late"), 90, "number", sort_key="days", secondary=True),
            Column("note", "", 160, secondary=True, wide=True),
            Column("open", _("Open"), 120, "money", sort_key="open"),
        ],
        FewRows(lambda: item_rows(open_items(book, today(), client_id=client_id))),
        _("This client owes nothing."),
    )
    made.opened.connect(_going(desk, made, "invoices", "invoice_id"))
    return made


def agreements_sheet(desk: Desk, client_id: int) -> Sheet:
    made = Sheet(
        desk,
        "agreements",
        _("Agreements"),
        [
            Column("code", _("Code"), 84, sort_key="code", secondary=True),
            Column("title", _("Agreement"), 220, sort_key="title", strong=True, wide=True),
            Column("tag", "", 92, "tag", sort_key="state"),
            Column("cadence", _("Billed"), 180, sort_key="billing", secondary=True),
            Column("amount", _("A period"), 110, "money"),
            Column("next_due", _("Next due"), 110, "date"),
            Column("po_number", _("PO number"), 120, secondary=True),
        ],
        AgreementRows(desk.book, desk.today),
        _("Nothing is agreed with this client yet."),
        f"client:{client_id}",
    )
    made.opened.connect(_going(desk, made, "agreements"))
    return made


def invoices_sheet(desk: Desk, client_id: int) -> Sheet:
    made = Sheet(
        desk,
        "invoices",
        _("Invoices"),
        [
            Column("status", "", 92, "tag", sort_key="status"),
            Column("number", _("Number"), 140, sort_key="number", strong=True),
            Column("kind_word", _("Kind"), 110, sort_key="kind", secondary=True),
            Column("issue_date", _("Issued"), 110, "date", sort_key="issue_date"),
            Column("due_date", _("Due"), 110, "date", sort_key="due_date"),
            Column("po_number", _("PO number"), 120, secondary=True, wide=True),
            Column("gross", _("Gross"), 116, "money", sort_key="gross"),
            Column("open", _("Open"), 110, "money", sort_key="open"),
        ],
        InvoiceRows(desk.book, desk.today),
        _("Nothing was issued to this client yet."),
        f"client:{client_id}",
    )
    made.opened.connect(_going(desk, made, "invoices"))
    return made


def deliveries_sheet(desk: Desk, client_id: int) -> Sheet:
    """All that went or waits to go to the client, by whatever way, the newest first; Enter shows it in the outbox."""
    made = Sheet(
        desk,
        "deliveries",
        _("Deliveries"),
        [
            Column("status", "", 96, "tag", sort_key="status"),
            Column("title", _("Document"), 130, sort_key="title", strong=True),
            Column("kind_word", _("Kind"), 110, secondary=True),
            Column("way", _("Way"), 90, sort_key="channel"),
            Column("where", _("Sent to"), 200, sort_key="address", wide=True),
            Column("said", _("Result"), 240, sort_key="done_at"),
        ],
        OutboxRows(desk.book, desk.today),
        _("What is issued to this client stands here, with the way it went and what was heard of it."),
        f"client:{client_id}",
    )

    def go(one: object) -> None:
        desk.shell.go("outbox", one, filters=frozenset({f"client:{client_id}"}))

    made.opened.connect(go)
    return made


def payments_sheet(desk: Desk, client_id: int) -> Sheet:
    made = Sheet(
        desk,
        "payments",
        _("Payments"),
        [
            Column("paid_on", _("Received"), 110, "date", sort_key="paid_on"),
            Column("number", _("Number"), 130, sort_key="number", strong=True),
            Column("method_word", _("Paid by"), 120, sort_key="method", secondary=True),
            Column("reference", _("Reference"), 160, sort_key="reference", secondary=True, wide=True),
            Column("amount", _("Amount"), 116, "money", sort_key="amount"),
            Column("unapplied", _("Unapplied"), 110, "money", sort_key="unapplied"),
        ],
        _Payments(desk),
        _("This client paid nothing yet."),
        f"client:{client_id}",
    )
    made.opened.connect(_going(desk, made, "payments"))
    return made


def disputes_sheet(desk: Desk, client_id: int) -> Sheet:
    book = desk.book

    def rows() -> list[Row]:
        return [
            {
                "id": one.id,
                "invoice_id": one.invoice_id,
                "state": "done" if one.closed_on else "disputed",
                "opened_on": one.opened_on,
                "number": one.number,
                "reason": one.reason,
                "outcome": one.outcome,
                "amount": one.amount,
                "closed_on": one.closed_on,
                "currency": one.currency,
            }
            for one in reversed(disputes_of_client(book, client_id))
        ]

    made = Sheet(
        desk,
        "disputes",
        _("Disputes"),
        [
            Column("state", "", 92, "tag", sort_key="state"),
            Column("opened_on", _("Opened"), 110, "date", sort_key="opened_on"),
            Column("number", _("Invoice"), 140, sort_key="number", strong=True),
            Column("reason", _("Reason"), 200, wide=True),
            Column("amount", _("Amount"), 116, "money", sort_key="amount"),
            Column("closed_on", _("Closed"), 110, "date", sort_key="closed_on"),
            Column("outcome", _("Outcome"), 160, secondary=True),
        ],
        FewRows(rows),
        _("This client disputes nothing."),
    )
    made.opened.connect(_going(desk, made, "invoices", "invoice_id"))
    return made


def _going(desk: Desk, sheet: Sheet, place: str, key: str = "") -> Callable[[object], None]:
    """Goes to the row in its own place; with `key` to what this field of the row names."""

    def go(one: object) -> None:
        assert isinstance(one, int)
        wanted = sheet.row(one).get(key) if key else one
        if isinstance(wanted, int):
            desk.shell.go(place, wanted)

    return go
