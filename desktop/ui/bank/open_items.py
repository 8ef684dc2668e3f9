"""What a line may pay, to be chosen by hand: open items of its client or of anyone, or payments that may come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.bank.choice import difference
from desktop.services.bank.items import Offered, offered
from desktop.services.bank.proposing import Proposals
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.filters import SearchField
from desktop.ui.listing import Query, Row
from desktop.ui.rows_model import RowsModel
from desktop.ui.table import Empty, Table

_SEARCH_WIDTH = 120
_LEAST_HEIGHT = 120


class _Rows:
    """Answers for the line that was asked for last."""

    def __init__(self) -> None:
        self.found: Proposals | None = None
        self.clients: Mapping[int, str] = {}
        self.line_id: int | None = None
        self._rows: Mapping[int, Offered] = {}

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        found, line_id = self.found, self.line_id
        if found is None or line_id is None:
            self._rows = {}
            return []
        some = offered(found, line_id, self.clients, search)
        self._rows = {one.id: one for one in some}
        return list(self._rows)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        rows = self._rows
        return {key: _row(rows[key]) for key in ids if key in rows}


def _row(one: Offered) -> Row:
    return {
        "id": one.id,
        "name": one.name,
        "client": one.client,
        "day": one.day,
        "amount": one.amount,
        "currency": one.currency,
    }


class OpenItems(QWidget):
    """Enter books what is selected, Escape goes back to the lines."""

    booked = Signal()
    left = Signal()
    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        shell = desk.shell
        self._rows = _Rows()
        self.search = SearchField(_("Any invoice, client, PO or amount"), shell.theme.px(_SEARCH_WIDTH))
        self.search.setMinimumWidth(shell.theme.px(_SEARCH_WIDTH))
        self.search.setMaximumWidth(16_777_215)
        columns = [
            Column("name", _("Open"), 122, strong=True),
            Column("client", _("Client"), 80, wide=True, lines=2),
            Column("day", _("Due"), 86, "date", secondary=True),
            Column("amount", _("Amount"), 84, "money"),
        ]
        self.model = RowsModel(self._rows, columns, shell.jobs, shell.home_currency)
        self.table = Table(self.model, shell.theme, shell.memory, shell.jobs, "bank_items")
        self.table.setAccessibleName(_("Open items"))
        self.table.setMinimumHeight(shell.theme.px(_LEAST_HEIGHT))
        nothing = Empty(_("Nothing open fits. Search for an invoice, a client or an amount."))
        self.table.set_empty(nothing, nothing)
        self._sums = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._sums.setProperty("role", "strong")
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(card, 1)
        layout.addWidget(self._sums)
        self.search.searched.connect(self._ask)
        self.search.left.connect(self._go_to_rows)
        self.model.loaded.connect(self._choose_nothing)
        self.table.opened.connect(self._book)
        self.table.selection_changed.connect(self._follow)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.table)
        back.setContext(Qt.ShortcutContext.WidgetShortcut)
        back.activated.connect(self.left)
        self._follow()

    @property
    def item_ids(self) -> list[int]:
        """What is selected, from the top down."""
        return self.table.selected_ids()

    @property
    def sentence(self) -> str:
        """What the selected ones come to beside the line."""
        return self._sums.text()

    def show_line(self, found: Proposals | None, line_id: int | None, clients: Mapping[int, str]) -> None:
        """Offer what fits a line; the search is taken off where it is another line."""
        rows = self._rows
        if line_id != rows.line_id:
            self.search.put("")
            self.table.clearSelection()
        elif found is rows.found:
            return
        rows.found, rows.line_id, rows.clients = found, line_id, clients
        self.model.set_query(Query(self.search.text()))

    def let_go(self) -> None:
        """Nothing is chosen here any more."""
        self.table.clearSelection()

    def begin(self) -> None:
        """Here the person goes on."""
        self.search.setFocus()
        self.search.selectAll()

    def _choose_nothing(self, _query: object) -> None:
        """What nobody chose is not chosen, though a table begins with its first row."""
        if not (self.table.hasFocus() or self.search.hasFocus()):
            self.table.clearSelection()

    def _go_to_rows(self) -> None:
        self.table.setFocus()
        if not self.item_ids and self.model.rowCount():
            self.table.select([self.model.ids[0]])

    def _ask(self, _search: object = None) -> None:
        self.model.set_query(Query(self.search.text()))

    def _book(self, _one: object) -> None:
        self.booked.emit()

    def _follow(self) -> None:
        ids, rows = self.item_ids, self._rows
        words = ""
        if ids and rows.found is not None and rows.line_id is not None:
            words = ngettext("{count} chosen", "{count} chosen", len(ids)).format(count=number_text(len(ids)))
            beside = difference(rows.found, rows.line_id, ids)
            if beside is not None:
                words = f"{words}: {money_text(beside.open, beside.currency)}"
                rest = money_text(abs(beside.left), beside.currency)
                if beside.left > 0:
                    words = f"{words} · " + _("{amount} is left over").format(amount=rest)
                elif beside.left < 0:
                    words = f"{words} · " + _("{amount} stays open").format(amount=rest)
                else:
                    words = f"{words} · " + _("to the cent")
        self._sums.setText(words)
        self._sums.setVisible(bool(words))
        self.changed.emit()
