"""The list of Today: arrows walk over its items, Enter or a click on the verb takes one up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from desktop.i18n import _
from desktop.services.today import Item
from desktop.ui.theme import Theme
from desktop.ui.today.items_model import Index, ItemsModel
from desktop.ui.today.items_paint import ItemPaint


class ItemsList(QListView):
    """Keeps what is chosen over a new list, or its neighbour where it is done."""

    taken_up = Signal(object)  # Item
    current_changed = Signal()
    menu_wanted = Signal(object)  # where, as a point of the screen

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.items = ItemsModel()
        self._paint = ItemPaint(theme, self)
        self._walked = False
        self.setModel(self.items)
        self.setItemDelegate(self._paint)
        self.setAccessibleName(_("What needs you"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setStyleSheet("QListView { background: transparent; border: none; outline: none; }")
        theme.changed.connect(self._measure)

    def put(self, items: Sequence[Item]) -> None:
        # Before anybody has chosen, what stands first is chosen, also where it comes later than the others.
        before = self.current() if self._walked else None
        place = self.currentIndex().row() if self._walked else 0
        self.items.put(items)
        self._measure()
        kept = self.items.place_of(before.key) if before is not None else -1
        self._choose(kept if kept >= 0 else self.items.nearest_item(max(place, 0)))

    def current(self) -> Item | None:
        return self.items.item(self.currentIndex())

    def choose(self, key: str) -> None:
        self._walked = True
        self._choose(self.items.place_of(key))

    def _choose(self, place: int) -> None:
        index = self.items.index(place) if place >= 0 else QModelIndex()
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.current_changed.emit()

    def _measure(self) -> None:
        self._paint.fit(self.items.items)
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit()

    def take_up(self) -> None:
        item = self.current()
        if item is not None:
            self.taken_up.emit(item)

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._walked = True
            self.take_up()
            return
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._walked = True
            self._choose(self.items.nearest_item(0 if event.key() == Qt.Key.Key_Home else self.items.rowCount()))
        else:
            before = self.currentIndex()
            super().keyPressEvent(event)
            self._walked = self._walked or before != self.currentIndex()
        if self.currentIndex().row() == 1:
            # The heading above the first item comes into view with it.
            self.scrollToTop()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.current() is None:
            self._choose(self.items.nearest_item(0))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        where = event.position().toPoint()
        index = self.indexAt(where)
        self._hover(index.row() if self.items.item(index) is not None else -1)
        over = self._over_verb(where)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, place: int) -> None:
        if place != self._paint.hovered:
            self._paint.hovered = place
            self.viewport().update()

    def _over_verb(self, where: QPoint) -> bool:
        index = self.indexAt(where)
        item = self.items.item(index)
        return item is not None and self._paint.verb_rect(self.visualRect(index), item.verb).contains(where)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._walked = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self._over_verb(event.position().toPoint()):
            self.take_up()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.items.item(self.indexAt(event.position().toPoint())) is not None and not self._over_verb(
            event.position().toPoint()
        ):
            self.take_up()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            where = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        else:
            where = event.globalPos()
        if self.current() is not None:
            self.menu_wanted.emit(where)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
