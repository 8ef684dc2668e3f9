"""Keeps a person's place in a table while its rows come and go: what is selected, and what stands at the top."""

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject
from PySide6.QtWidgets import QTableView

from desktop.ui.rows_model import RowsModel

# A selection in more pieces than this is given up when the order changes: Qt handles each piece on its own.
_MOST_PIECES = 500
_ROWS = QItemSelectionModel.SelectionFlag.Rows
_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | _ROWS


class PlaceKeeper(QObject):
    """Through a reload Qt keeps the selection and this keeps the scroll; through a reset this keeps the selection."""

    def __init__(self, table: QTableView, model: RowsModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._selected: list[int] = []
        self._current: int | None = None
        self._top: tuple[int, int] | None = None
        self._restored: list[tuple[int, int]] = []
        model.modelAboutToBeReset.connect(self._note_selection)
        model.modelReset.connect(self._restore_selection)
        model.moving.connect(self._note_top)
        model.loaded.connect(self._restore_rest)
        model.loaded.connect(self._restore_top)

    def selected_runs(self) -> list[tuple[int, int]]:
        """Selected positions as runs, both ends included, from the top down."""
        ranges = self._table.selectionModel().selection().toList()
        return sorted({(one.top(), one.bottom()) for one in ranges})

    def select(self, ids: Iterable[int]) -> None:
        """Select these rows, as far as they are there, and put the focus on the first."""
        places = sorted(place for place in map(self._model.position_of, ids) if place >= 0)
        self._table.selectionModel().select(self._runs(places), _SELECT)
        if places:
            self._focus(places[0])

    def invert(self) -> None:
        """Select the other rows. A selection in a great many pieces is many pieces the other way round, too."""
        last_column = len(self._model.columns) - 1
        made, start = QItemSelection(), 0
        for first, last in [*self.selected_runs(), (self._model.rowCount(), -1)]:
            if first > start:
                made.select(self._model.index(start, 0), self._model.index(first - 1, last_column))
            start = max(start, last + 1)
        self._table.selectionModel().select(made, _SELECT)

    def select_first(self) -> None:
        if self._model.rowCount():
            self._focus(0)
            self._table.selectionModel().select(self._model.index(0, 0), _SELECT)

    def _note_selection(self) -> None:
        ids = self._model.ids
        self._selected = [one for first, last in self.selected_runs() for one in ids[first : last + 1]]
        current = self._table.currentIndex().row()
        self._current = ids[current] if 0 <= current < len(ids) else None

    def _restore_selection(self) -> None:
        places = {one: place for place, one in enumerate(self._model.ids)} if self._selected else {}
        kept = self._runs(sorted(places[one] for one in self._selected if one in places))
        if kept.size() <= _MOST_PIECES:
            self._table.selectionModel().select(kept, _SELECT)
        if self._current is not None and (place := self._model.position_of(self._current)) >= 0:
            self._focus(place)
        elif not kept.isEmpty():
            self._focus(kept.first().top())
        if kept.isEmpty():
            self.select_first()
        self._restored = self.selected_runs()
        if self._model.complete:
            self._selected = []

    def _restore_rest(self) -> None:
        """What was selected beyond the first rows comes back with the others, unless somebody chose anew meanwhile."""
        if not self._model.complete or not self._selected:
            return
        wanted, self._selected = self._selected, []
        if self.selected_runs() != self._restored:
            return
        places = {one: place for place, one in enumerate(self._model.ids)}
        kept = self._runs(sorted(places[one] for one in wanted if one in places))
        if 0 < kept.size() <= _MOST_PIECES:
            self._table.selectionModel().select(kept, _SELECT)
            if self._current is not None and (place := self._model.position_of(self._current)) >= 0:
                self._focus(place)

    def _focus(self, place: int) -> None:
        self._table.selectionModel().setCurrentIndex(
            self._model.index(place, self._first_column()), QItemSelectionModel.SelectionFlag.NoUpdate
        )

    def _first_column(self) -> int:
        header = self._table.horizontalHeader()
        order = (header.logicalIndex(place) for place in range(header.count()))
        return next(one for one in order if not header.isSectionHidden(one))

    def _runs(self, places: list[int]) -> QItemSelection:
        made = QItemSelection()
        last_column = len(self._model.columns) - 1
        first = previous = -2
        for place in [*places, -2]:
            if place == previous + 1:
                previous = place
                continue
            if first >= 0:
                made.select(self._model.index(first, 0), self._model.index(previous, last_column))
            first = previous = place
        return made

    def _note_top(self) -> None:
        bar = self._table.verticalScrollBar()
        row = self._table.rowAt(0)
        # Who stands at the top wants to see what is new there.
        if bar.value() == 0 or row < 0:
            self._top = None
        else:
            self._top = (self._model.id_at(row), self._table.rowViewportPosition(row))

    def _restore_top(self) -> None:
        if self._top is None:
            return
        one, offset = self._top
        self._top = None
        if (place := self._model.position_of(one)) >= 0:
            bar = self._table.verticalScrollBar()
            bar.setValue(bar.value() + self._table.rowViewportPosition(place) - offset)
