"""A row of buttons that goes on in a second line where its words need more room than there is."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QStyle, QWidget


class WrappingRow(QLayout):
    """Items from the leading edge on, each as wide as it wants to be; a line takes as many as fit."""

    def __init__(self, parent: QWidget | None = None, spacing: int = 8) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)
        self.items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        self.items.append(item)

    def count(self) -> int:
        return len(self.items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self.items[index] if 0 <= index < len(self.items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self.items.pop(index) if 0 <= index < len(self.items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return sum(height for _items, height in self._lines(width)) + self.spacing() * (len(self._lines(width)) - 1)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self.items if not item.isEmpty()]
        between = self.spacing() * max(0, len(shown) - 1)
        return QSize(sum(one.width() for one in shown) + between, max((one.height() for one in shown), default=0))

    def minimumSize(self) -> QSize:
        shown = [item.sizeHint() for item in self.items if not item.isEmpty()]
        return QSize(max((one.width() for one in shown), default=0), max((one.height() for one in shown), default=0))

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        parent = self.parentWidget()
        direction = parent.layoutDirection() if parent is not None else Qt.LayoutDirection.LeftToRight
        top = rect.top()
        for items, height in self._lines(rect.width()):
            left = rect.left()
            for item in items:
                size = item.sizeHint().boundedTo(QSize(rect.width(), height))
                item.setGeometry(QStyle.visualRect(direction, rect, QRect(left, top, size.width(), height)))
                left += size.width() + self.spacing()
            top += height + self.spacing()

    def _lines(self, width: int) -> list[tuple[list[QLayoutItem], int]]:
        """The items of each line, and its height."""
        lines: list[tuple[list[QLayoutItem], int]] = []
        used = 0
        for item in self.items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if lines and used + self.spacing() + size.width() <= width:
                items, height = lines[-1]
                lines[-1] = ([*items, item], max(height, size.height()))
                used += self.spacing() + size.width()
            else:
                lines.append(([item], size.height()))
                used = size.width()
        return lines
