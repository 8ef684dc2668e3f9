"""Which columns a table shows and in which order, by keys alone as well as by dragging."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _
from desktop.services.views import ViewColumn
from desktop.ui.column_layout import ColumnLayout

_MARGIN = 24
_LIST_HEIGHT = 320
_KEY = Qt.ItemDataRole.UserRole


class _Rows(QListWidget):
    """A list whose rows move with Alt and an arrow, which alone would only go from one to the next."""

    pushed = Signal(object)  # by how many places

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if by and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.pushed.emit(by)
        else:
            super().keyPressEvent(event)


class ColumnsDialog(QDialog):
    """Arranges the columns when it is accepted; a column keeps the width that it has."""

    def __init__(self, arrangement: ColumnLayout, parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Columns"))
        self._arrangement = arrangement
        self._widths = {one.key: one.width for one in arrangement.state()}
        self.list = _Rows()
        self.list.setAccessibleName(_("Columns in their order"))
        self.list.setSpacing(2)
        self.list.setMinimumHeight(_LIST_HEIGHT)
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        how = QLabel(_("Space shows or hides a column, Alt+Up and Alt+Down move it."), wordWrap=True)
        how.setProperty("role", "note")
        self.up, self.down = QPushButton(_("Up")), QPushButton(_("Down"))
        self.first = QPushButton(_("As they came"))
        moving = QHBoxLayout()
        moving.setSpacing(8)
        for button in (self.up, self.down, self.first):
            button.setAutoDefault(False)
            moving.addWidget(button)
        moving.addStretch(1)
        buttons = QDialogButtonBox()
        accept = buttons.addButton(_("Show these"), QDialogButtonBox.ButtonRole.AcceptRole)
        accept.setProperty("role", "main")
        buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(12)
        for part in (how, self.list):
            layout.addWidget(part)
        layout.addLayout(moving)
        layout.addWidget(buttons)
        accept.setDefault(True)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.first.clicked.connect(self._put_first)
        self.list.pushed.connect(self._move)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._fill({one.key: not one.hidden for one in arrangement.state()})
        self.list.setFocus()

    def accept(self) -> None:
        """Arrange the columns so; with none of them left to see, nothing changes."""
        rows = [self.list.item(place) for place in range(self.list.count())]
        columns = [
            ViewColumn(key := str(row.data(_KEY)), self._widths[key], row.checkState() is not Qt.CheckState.Checked)
            for row in rows
        ]
        if not all(one.hidden for one in columns):
            self._arrangement.put(columns)
        super().accept()

    def _fill(self, shown: dict[str, bool]) -> None:
        titles = {column.key: column.title for column in self._arrangement.columns}
        self.list.clear()
        for key, visible in shown.items():
            # The column of states stands without a heading.
            row = QListWidgetItem(titles[key] or _("State"))
            row.setData(_KEY, key)
            row.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsDragEnabled
            )
            row.setCheckState(Qt.CheckState.Checked if visible else Qt.CheckState.Unchecked)
            self.list.addItem(row)
        self.list.setCurrentRow(0)

    def _put_first(self) -> None:
        self._widths = {column.key: 0 for column in self._arrangement.columns}
        self._fill({column.key: not column.hidden for column in self._arrangement.columns})

    def _move(self, by: object) -> None:
        assert isinstance(by, int)
        place = self.list.currentRow()
        if 0 <= place + by < self.list.count():
            self.list.insertItem(place + by, self.list.takeItem(place))
            self.list.setCurrentRow(place + by)
