"""The foot of a page's table: how many rows are selected, what they come to, and what can be done with them."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from desktop.i18n import _, money_text, ngettext, number_text
from desktop.jobs import Jobs
from desktop.ui.cells import PAD
from desktop.ui.columns import Column
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.listing import SumsItself, average, totals
from desktop.ui.table import Table
from desktop.ui.theme import Theme

# Past this many rows only a listing that sums itself shows the sum of all.
_MOST_ROWS_TO_SUM = 5_000
_GAP = "   ·   "
_AIR = 6


class Sums(ElidedLabel):
    """Sums one after the other; where they have no room in one line, that of all rows stands in a second."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._tall = False
        self.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)

    def put(self, parts: list[str]) -> None:
        self._parts = parts
        self.setText(_GAP.join(parts))
        self._stretch()

    def settle(self) -> None:
        """Back to one line if that is enough."""
        self._tall = False
        self._stretch()

    @property
    def lines(self) -> list[str]:
        if self._tall and len(self._parts) > 1:
            return [_GAP.join(self._parts[:-1]), self._parts[-1]]
        return [self.text()]

    @property
    def shown(self) -> str:
        room, metrics = self.contentsRect().width(), self.fontMetrics()
        return "\n".join(metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in self.lines)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height())

    def _height(self) -> int:
        return self.fontMetrics().lineSpacing() * len(self.lines)

    def _stretch(self) -> None:
        # It stays tall while one goes through the rows: the table would jump with every other sum.
        room = self.contentsRect().width()
        self._tall = self._tall or self.fontMetrics().horizontalAdvance(self.text()) > room > 0
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.settle()


class Foot(QWidget):
    """Follows a table: `follow` after the selection has changed, `follow_rows` after its rows have."""

    def __init__(self, table: Table, jobs: Jobs, theme: Theme, column: Column | None) -> None:
        super().__init__()
        self._table, self._jobs, self._column = table, jobs, column
        self._count, self._sums = QLabel(textFormat=Qt.TextFormat.PlainText), Sums()
        self._all = ""
        for label in (self._count, self._sums):
            label.setProperty("role", "secondary")
            label.setFont(theme.font("body", figures=True))
        self.many = QPushButton()
        self.many.setProperty("role", "chip")
        self.many.setProperty("menu", True)
        self.many.setAutoDefault(False)
        self.many.setMenu(QMenu(self.many))
        self.many.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(PAD, _AIR, PAD, _AIR)
        layout.setSpacing(12)
        layout.addWidget(self._count)
        layout.addWidget(self.many)
        layout.addWidget(self._sums, 1)

    @property
    def said(self) -> tuple[str, str]:
        """What it says of the count and of the sums."""
        return self._count.text(), self._sums.text()

    def offer(self, groups: Iterable[Sequence[QAction]]) -> None:
        """What can be done with several rows at once."""
        menu = self.many.menu()
        for actions in groups:
            if actions:
                menu.addActions(list(actions))
                menu.addSeparator()

    def add(self, figure: str) -> None:
        """One more figure beside the count, of what is selected."""
        self._count.setText(self._count.text() + _GAP + figure)

    def minimumSizeHint(self) -> QSize:
        # Room for the button is kept, so that the table does not jump when a second row is selected.
        least = super().minimumSizeHint()
        return QSize(least.width(), max(least.height(), self.many.sizeHint().height() + 2 * _AIR))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), self.minimumSizeHint().height()))

    def follow(self) -> None:
        selected, rows = self._table.selected_count(), self._table.rows.rowCount()
        said = ngettext("{selected} of {rows} selected", "{selected} of {rows} selected", selected)
        self._count.setText(said.format(selected=number_text(selected), rows=number_text(rows)) if rows else "")
        self.many.setText(
            ngettext("With this {count} row", "With these {count} rows", selected).format(count=number_text(selected))
        )
        self.many.setVisible(selected > 1)
        column = self._column
        if column is None or not selected:
            self._show({}, 0)
            return
        ids, listing = self._table.selected_ids(), self._table.rows.listing
        self._jobs.ask(
            lambda: (totals(listing, ids, column.key, column.currency_key), len(ids)), self._take_sums_of_selected
        )

    def follow_rows(self) -> None:
        """Sum up all rows, as far as that is quick."""
        self._all = ""
        ids, listing, column = list(self._table.rows.ids), self._table.rows.listing, self._column
        if column and ids and (isinstance(listing, SumsItself) or len(ids) <= _MOST_ROWS_TO_SUM):
            self._jobs.ask(lambda: totals(listing, ids, column.key, column.currency_key), self._take_sums_of_all)

    def _take_sums_of_all(self, sums: object) -> None:
        self._all = _sums_text(sums)
        self._sums.settle()
        self.follow()

    def _take_sums_of_selected(self, found: object) -> None:
        assert isinstance(found, tuple)
        self._show(*found)

    def _show(self, sums: Mapping[str, int], rows: int) -> None:
        parts = []
        if selected := _sums_text(sums):
            parts.append(_("Selected {sum}").format(sum=selected))
        if mean := average(sums, rows):
            parts.append(_("on average {amount}").format(amount=money_text(*mean)))
        if self._all:
            parts.append(_("All {sum}").format(sum=self._all))
        self._sums.put(parts)


def _sums_text(sums: object) -> str:
    assert isinstance(sums, dict)
    return " + ".join(money_text(amount, currency) for currency, amount in sorted(sums.items()))
