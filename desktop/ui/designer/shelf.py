"""Parts in an order: switched on and off by their box, moved by Alt and the arrows, by buttons or with the mouse."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from desktop.i18n import _
from desktop.ui.theme import Theme

Entry = tuple[str, bool]
_NAME = Qt.ItemDataRole.UserRole
_ROW = 26


class Shelf(QListWidget):
    """`changed` gives (name, shown) of every part in its order, `chosen` the name of the one with the focus."""

    changed = Signal(object)
    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, *, movable: bool = True, needed: Sequence[str] = ()) -> None:
        super().__init__()
        self._theme = theme
        self._movable = movable
        self._needed = frozenset(needed)
        self.setAccessibleName(name)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        if movable:
            self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
            self.setDefaultDropAction(Qt.DropAction.MoveAction)
            self.setToolTip(_("Alt with the arrow keys moves a part; so does the mouse."))
        self._filling = False
        self.itemChanged.connect(self._tell)
        self.currentItemChanged.connect(self._choose)

    def put(self, entries: Sequence[Entry], words: Sequence[str]) -> None:
        """Show these parts; the one with the focus keeps it."""
        before = self.current
        self._filling = True
        self.clear()
        for (name, shown), text in zip(entries, words, strict=True):
            item = QListWidgetItem(text)
            item.setData(_NAME, name)
            flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
            if name not in self._needed:
                flags |= Qt.ItemFlag.ItemIsUserCheckable
            if self._movable:
                flags |= Qt.ItemFlag.ItemIsDragEnabled
            item.setFlags(flags)
            item.setCheckState(Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, self._theme.px(_ROW)))
            self.addItem(item)
            if name == before:
                self.setCurrentItem(item)
        self._filling = False
        self.setFixedHeight(self._theme.px(_ROW) * len(entries) + 2 * self.frameWidth() + 4)

    @property
    def entries(self) -> list[Entry]:
        items = [self.item(row) for row in range(self.count())]
        return [(str(item.data(_NAME)), item.checkState() is Qt.CheckState.Checked) for item in items]

    @property
    def current(self) -> str:
        """The name of the part with the focus, empty if there is none."""
        item = self.currentItem()
        return str(item.data(_NAME)) if item is not None else ""

    def choose(self, name: str) -> None:
        for row in range(self.count()):
            if self.item(row).data(_NAME) == name:
                self.setCurrentRow(row)

    def shift(self, step: int) -> None:
        """Move the part with the focus by so many places."""
        row = self.currentRow()
        if not self._movable or row < 0 or not 0 <= row + step < self.count():
            return
        self._filling = True
        item = self.takeItem(row)
        self.insertItem(row + step, item)
        self.setCurrentItem(item)
        self._filling = False
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps:
            self.shift(steps[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if event.source() is not self:
            event.ignore()
            return
        self._filling = True
        super().dropEvent(event)
        self._filling = False
        self._tell()

    def _tell(self, _item: object = None) -> None:
        if not self._filling:
            self.changed.emit(self.entries)

    def _choose(self, _now: object, _before: object) -> None:
        if not self._filling:
            self.chosen.emit(self.current)
