"""The one table of the window: calm rows, keys for everything, a place and a selection that it keeps."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QItemSelection, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QProgressBar, QTableView

from desktop.i18n import _, ngettext
from desktop.jobs import Job, Jobs, Lane
from desktop.ui.cells import PAD, Cells
from desktop.ui.column_layout import ColumnLayout
from desktop.ui.columns import Column
from desktop.ui.copying import tsv
from desktop.ui.empty_state import EmptyState
from desktop.ui.memory import Memory
from desktop.ui.place_keeper import PlaceKeeper
from desktop.ui.rows_model import Index, RowsModel
from desktop.ui.table_header import TableHeader
from desktop.ui.theme import Theme

# A question that is answered sooner than this needs no sign of waiting.
_MOST_ROWS_TO_MEASURE = 30
_PATIENCE_MS = 250
_RING = 2


class Empty(NamedTuple):
    """What an empty table says, and the action that fills it."""

    sentence: str
    action: QAction | None = None


class Table(QTableView):
    """Shows a RowsModel and speaks of its rows by their ids."""

    opened = Signal(object)  # id, by Enter or double click
    current_changed = Signal(object)  # id of the row with the focus or None; also after a reload, as it may differ
    selection_changed = Signal()

    def __init__(self, model: RowsModel, theme: Theme, memory: Memory, jobs: Jobs, name: str) -> None:
        super().__init__()
        self.rows = model
        self._theme = theme
        self._jobs = jobs
        self._by_keys = False
        self._menu: list[QAction] = []
        self._nothing_yet = Empty("")
        self._nothing_found = Empty(_("Nothing fits."))
        self._cells = Cells(theme, self)
        self._header = TableHeader(theme, model.columns, self)
        self.setModel(model)
        self.setItemDelegate(self._cells)
        self.setHorizontalHeader(self._header)
        self._prepare()
        self.arrangement = ColumnLayout(self._header, model.columns, memory, name, theme)
        self._place = PlaceKeeper(self, model)
        self._empty = EmptyState(self.viewport())
        self._waiting = QProgressBar(self, minimum=0, maximum=0, textVisible=False)
        self._waiting.hide()
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._waiting.show)
        self._copy = self._key_action(_("Copy"), QKeySequence.StandardKey.Copy, self.copy)
        self._copy_all = self._key_action(_("Copy with headings"), "Ctrl+Shift+C", self.copy_with_headings)
        self._select_all = self._key_action(_("Select all"), QKeySequence.StandardKey.SelectAll, self.selectAll)
        self._invert = self._key_action(_("Invert the selection"), "Ctrl+Shift+A", self.invert_selection)
        self._connect()
        self._restyle()

    def _prepare(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        # Tab goes on to the next part of the page: a hundred thousand rows are no way out.
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        heights = self.verticalHeader()
        heights.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heights.hide()

    def _connect(self) -> None:
        self.doubleClicked.connect(self._open)
        self._header.sectionClicked.connect(self._sort_by)
        self._header.customContextMenuRequested.connect(self._show_header_menu)
        self.rows.loading.connect(self._wait)
        self.rows.loaded.connect(self._after_loading)
        self._theme.changed.connect(self._restyle)

    def _key_action(self, text: str, keys: QKeySequence.StandardKey | str, run: object) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(run)
        self.addAction(action)
        return action

    # What is selected

    def current_id(self) -> int | None:
        place = self.currentIndex().row()
        return self.rows.id_at(place) if 0 <= place < self.rows.rowCount() else None

    def selected_ids(self) -> list[int]:
        """Ids of the selected rows from the top down."""
        ids = self.rows.ids
        return [one for first, last in self._place.selected_runs() for one in ids[first : last + 1]]

    def shown_columns(self) -> list[Column]:
        """The columns that are not hidden, from left to right."""
        return self.arrangement.shown()

    def selected_count(self) -> int:
        return sum(last - first + 1 for first, last in self._place.selected_runs())

    def select(self, ids: Iterable[int]) -> None:
        """Select these rows, as far as they are there, and show the first."""
        self._place.select(ids)
        self.scrollTo(self.currentIndex())

    def invert_selection(self) -> None:
        """Select the rows that are not selected, and only them."""
        self._place.invert()

    @property
    def copying(self) -> list[QAction]:
        """What can be done with the selected rows of any table."""
        return [self._copy, self._copy_all, self._invert]

    def edit_current(self, key: str) -> None:
        """Edit one column of the current row in place."""
        column = next(place for place, one in enumerate(self.rows.columns) if one.key == key)
        self.edit(self.rows.index(self.currentIndex().row(), column))

    # What it says when there is nothing

    def set_empty(self, nothing_yet: Empty, nothing_found: Empty) -> None:
        self._nothing_yet, self._nothing_found = nothing_yet, nothing_found
        self._say_if_empty()

    @property
    def empty_words(self) -> str:
        """What stands in the place of rows, if anything does."""
        return self._empty.words

    def _say_if_empty(self) -> None:
        if self.rows.query is None or self.rows.rowCount():
            self._empty.hide()
            return
        narrowed = self.rows.query.narrowed
        self._empty.say(*(self._nothing_found if narrowed else self._nothing_yet))
        self._place_overlays()

    def _wait(self, waiting: object) -> None:
        if waiting:
            self._patience.start()
        else:
            self._patience.stop()
            self._waiting.hide()

    def _after_loading(self) -> None:
        self._say_if_empty()
        self._watch()
        self._follow_sort()
        self._make_room()
        self.selection_changed.emit()
        self.current_changed.emit(self.current_id())

    def _make_room(self) -> None:
        """Figures, days and states are not cut: half of one is worse than none."""
        first = max(0, self.rowAt(0))
        seen = range(first, min(first + _MOST_ROWS_TO_MEASURE, self.rows.rowCount()))
        for section, column in enumerate(self.rows.columns):
            if column.kind != "text" and seen:
                widest = max(self._cells.width_of(self.rows, row, section) for row in seen)
                self.arrangement.need(section, max(widest, self._header.width_of(section)))

    # Order and columns

    def _sort_by(self, section: int) -> None:
        column = self.rows.columns[section]
        if not column.sort_key:
            return
        asked = self.rows.asked
        descending = asked.sort == column.sort_key and not asked.descending
        self.rows.sort(section, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)
        self._follow_sort()

    def _follow_sort(self) -> None:
        asked = self.rows.asked
        places = [place for place, one in enumerate(self.rows.columns) if asked.sort and one.sort_key == asked.sort]
        order = Qt.SortOrder.DescendingOrder if asked.descending else Qt.SortOrder.AscendingOrder
        self._header.setSortIndicator(places[0] if places else -1, order)

    def sizeHintForColumn(self, column: int) -> int:
        """What the rows in view need, for a double click at the edge of the heading."""
        first, last = max(0, self.rowAt(0)), self.rowAt(self.viewport().height() - 1)
        seen = range(first, last + 1 if last >= 0 else self.rows.rowCount())
        widest = max((self._cells.width_of(self.rows, row, column) for row in seen), default=0)
        return max(widest, self._header.width_of(column))

    def _show_header_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        section = self._header.logicalIndexAt(place)
        if section >= 0:
            menu.addAction(_("Fit its width")).triggered.connect(lambda: self.resizeColumnToContents(section))
        menu.addAction(_("Columns as they came")).triggered.connect(lambda: self.arrangement.put(()))
        menu.addSeparator()
        self._fill_columns_menu(menu)
        self._pop_up(menu, self._header.viewport().mapToGlobal(place))

    def _fill_columns_menu(self, menu: QMenu) -> None:
        shown = self.arrangement.shown()
        for column in self.rows.columns:
            if column.title:
                choice = menu.addAction(column.title)
                choice.setCheckable(True)
                choice.setChecked(column in shown)
                choice.toggled.connect(lambda visible, column=column: self.arrangement.show(column, visible))

    # Menu, copy, keys

    def set_menu(self, actions: Sequence[QAction]) -> None:
        """What the context menu offers before the table's own."""
        self._menu = list(actions)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addActions(self._menu)
        menu.addSeparator()
        menu.addActions([self._copy, self._copy_all])
        menu.addSeparator()
        menu.addActions([self._select_all, self._invert])
        menu.addSeparator()
        by = menu.addMenu(_("Sort by"))
        for section, column in enumerate(self.rows.columns):
            if column.sort_key:
                by.addAction(column.title).triggered.connect(lambda _on=False, one=section: self._sort_by(one))
        self._fill_columns_menu(menu.addMenu(_("Columns")))
        from_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        beside = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
        self._pop_up(menu, beside if from_keys else event.globalPos())

    def _pop_up(self, menu: QMenu, place: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def copy(self) -> None:
        self._copy_rows(headings=False)

    def copy_with_headings(self) -> None:
        self._copy_rows(headings=True)

    def _copy_rows(self, *, headings: bool) -> None:
        ids, listing, columns = self.selected_ids(), self.rows.listing, self.arrangement.shown()
        if not ids:
            return
        title = ngettext("Copying {count} row", "Copying {count} rows", len(ids)).format(count=len(ids))
        job = Job(title, lambda _report: tsv(listing, ids, columns, headings=headings), lane=Lane.HAND, quiet=True)
        self._jobs.start(job, self._put_on_clipboard)

    def _put_on_clipboard(self, text: object) -> None:
        QGuiApplication.clipboard().setText(str(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keys = True
        editing = self.state() is QAbstractItemView.State.EditingState
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not editing:
            self._open(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            # Within a row there is nowhere to go.
            to_the_end = event.modifiers() | Qt.KeyboardModifier.ControlModifier
            super().keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, event.key(), to_the_end))
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Nothing: letters are the page's shortcuts, and Qt would read every row to find one."""

    def _open(self, index: Index) -> None:
        if index.isValid():
            self.opened.emit(self.rows.id_at(index.row()))

    # What Qt tells

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.row() != previous.row():
            self.current_changed.emit(self.current_id())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keys = False
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, place: int) -> None:
        before, self._cells.hovered = self._cells.hovered, place
        for row in {before, place} - {-1}:
            self.viewport().update(self._row_rect(row))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keys = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dy:
            self._watch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_overlays()
        self._watch()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        current = self.currentIndex()
        if not (current.isValid() and self._by_keys and self.hasFocus()):
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent"), _RING))
        inner = QRectF(self._row_rect(current.row())).adjusted(_RING, _RING / 2, -_RING, -_RING / 2)
        painter.drawRoundedRect(inner, 4, 4)

    def _row_rect(self, row: int) -> QRect:
        return QRect(0, self.rowViewportPosition(row), self.viewport().width(), self.rowHeight(row))

    def _watch(self) -> None:
        if not self.rows.rowCount():
            return
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        self.rows.watch(max(0, first), last if last >= 0 else self.rows.rowCount() - 1)

    def _place_overlays(self) -> None:
        width = self.viewport().width() - 2 * PAD
        self._empty.setGeometry(PAD, PAD, max(0, width), self._empty.heightForWidth(max(0, width)))
        self._waiting.setGeometry(0, self._header.height() - 2, self.width(), 4)

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.row_height)
        self._header.updateGeometry()
        self.viewport().update()
