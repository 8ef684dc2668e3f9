"""One account of the ledger: each posting with the balance after it, and the way to what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from threading import Lock

from db.engine import Book
from desktop.i18n import _, money_text, pgettext
from desktop.services.accounting.journal import JournalRow, Sheet, account_sheet
from desktop.services.accounting.words import entry_word
from desktop.ui.actions import Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.filters import ChipMenu, Figure
from desktop.ui.ledger.by_hand import ask_reversal
from desktop.ui.ledger.going import go_behind
from desktop.ui.ledger.periods import Periods, Span, named, told
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary


class SheetRows:
    """The postings of one account in the days of the filter; their balance is that of the account in all."""

    def __init__(self, book: Book, account_id: int, today: Callable[[], date]) -> None:
        self._book = book
        self._account_id = account_id
        self.periods = Periods(book, today)
        self._lock = Lock()
        self._shown: dict[int, Row] = {}
        self._found: dict[int, JournalRow] = {}
        self.sheet: Sheet | None = None

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        first, last = self.periods.of(filters)
        sheet = account_sheet(self._book, self._account_id, last, first)
        words = search.casefold().split()
        shown = {one.row.id: _shown(one.row, one.balance, sheet.currency) for one in sheet.rows}
        found = {one.row.id: one.row for one in sheet.rows}
        with self._lock:
            self.sheet, self._shown, self._found = sheet, shown, found
        keys = [key for key, row in shown.items() if all(word in str(row["searched"]) for word in words)]
        if sort:
            keys.sort(key=lambda key: _order(shown[key].get(sort)), reverse=descending)
        return keys

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        with self._lock:
            return {key: self._shown[key] for key in ids if key in self._shown}

    def posting(self, one: int) -> JournalRow | None:
        with self._lock:
            return self._found.get(one)


class SheetPage(Page):
    """Shown above the ledger; Enter goes to the document, payment or bank line, Esc goes back."""

    def __init__(self, desk: Desk, account_id: int, span: Span) -> None:
        self.desk = desk
        self._rows = SheetRows(desk.book, account_id, desk.today)
        self._span = span
        super().__init__(
            desk.shell,
            Design(
                name="ledger_sheet",
                title=_("Account"),
                columns=[
                    Column("date", _("Date"), 100, "date", sort_key="date"),
                    Column("entry", _("Entry"), 72, "number", sort_key="entry", secondary=True),
                    Column("kind", _("Kind"), 112, sort_key="kind", secondary=True),
                    Column("document", _("Document"), 130, sort_key="document", strong=True),
                    Column("text", _("Client, text"), 220, sort_key="text", wide=True),
                    Column("own", _("Amount"), 120, "money", hidden=True, currency_key="own_currency"),
                    Column("debit", pgettext("ledger", "Debit"), 112, "money", sort_key="debit"),
                    Column("credit", pgettext("ledger", "Credit"), 112, "money", sort_key="credit"),
                    Column("balance", _("Balance"), 120, "money", strong=True),
                ],
                listing=self._rows,
                search_hint=_("Search document, client, text"),
                nothing_yet=_("Nothing was booked on this account in these days."),
                depends=frozenset({"ledger", "invoices", "payments", "bank", "clients"}),
                chip_menus=[ChipMenu("days", _("Days"), _("This fiscal year"))],
                first_filters=frozenset({named(span)}),
                side_actions=["sheet.back", "sheet.reverse"],
                main_action="sheet.open",
                menu=["sheet.open", "sheet.reverse"],
                summary=self._summary,
            ),
        )
        self.model.loaded.connect(self._follow_sheet)

    def offers(self) -> Iterable[Action]:
        return [
            Action("sheet.back", _("Back"), self.shell.back, "previous"),
            Action("sheet.open", _("Open what is behind it"), self.open_current, "open", "", self._leads),
            Action("sheet.reverse", _("Take the entry back…"), self.reverse, "undo", "", self._by_hand),
        ]

    def _choices(self) -> Sequence[tuple[str, str]]:
        return ((named(self._span), told(self._span)), *self._rows.periods.choices())

    def _summary(self) -> Summary:
        """Of what was asked last."""
        sheet, choices = self._rows.sheet, {"days": self._choices()}
        if sheet is None:
            return Summary(choices=choices)
        money = partial(money_text, currency=sheet.currency)
        figures = [
            Figure(money(sheet.opening), _("opening")),
            Figure(money(sheet.debit), _("debit")),
            Figure(money(sheet.credit), pgettext("ledger", "credit")),
            Figure(money(sheet.closing), _("closing")),
        ]
        return Summary(told((sheet.first, sheet.last)), figures, choices=choices)

    def _follow_sheet(self, _query: object) -> None:
        if self._rows.sheet is not None:
            self._head_title.setText(self._rows.sheet.account.called)
            self._show_summary(self._summary())

    def _chosen(self) -> JournalRow | None:
        ids = self.selected_ids()
        return self._rows.posting(ids[0]) if len(ids) == 1 else None

    def _leads(self) -> bool:
        row = self._chosen()
        return row is not None and bool(row.place)

    def _by_hand(self) -> bool:
        row = self._chosen()
        return row is not None and row.kind == "adjustment" and row.reverses is None and row.reversed_by is None

    def open_row(self, one: int) -> None:
        row = self._rows.posting(one)
        if row is not None:
            go_behind(self.shell, row)

    def open_current(self) -> None:
        self.open_row(self.selected_ids()[0])

    def reverse(self) -> None:
        row = self._chosen()
        if row is not None:
            ask_reversal(self.desk, self, row)


def _shown(row: JournalRow, balance: int, home: str) -> Row:
    firm = row.firm_amount or 0
    text = " · ".join(part for part in (row.client_name, row.text) if part)
    return {
        "id": row.id,
        "date": row.booked_on,
        "entry": row.entry,
        "kind": entry_word(row.kind),
        "document": row.document,
        "text": text,
        "own": row.amount,
        "own_currency": row.currency,
        "debit": firm if firm > 0 else None,
        "credit": -firm if firm < 0 else None,
        "balance": balance,
        "currency": home,
        "searched": f"{row.document} {row.client} {text} {row.entry}".casefold(),
    }


def _order(value: object) -> tuple[int, object]:
    if value is None:
        return (0, 0)
    if isinstance(value, int | date):
        return (1, value)
    return (2, str(value).casefold())
