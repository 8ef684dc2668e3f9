"""What small charts share: a place for each value, its words under the mouse, all of them for who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.ui.theme import Theme


class Value(NamedTuple):
    """A size in any unit, None where there is none, and its words: “October 2026: €1,200.00”."""

    size: int | None
    words: str


class Chart(QWidget):
    """A kind of chart of its own says where each value stands (`spot`) and paints them."""

    def __init__(self, theme: Theme, height: int, name: str) -> None:
        super().__init__()
        self.theme = theme
        self.values: Sequence[Value] = ()
        self._height = height
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def put(self, values: Sequence[Value]) -> None:
        self.values = tuple(values)
        self.setAccessibleDescription("; ".join(value.words for value in self.values))
        self.update()

    def spot(self, place: int) -> QRectF:
        """Where the value at a place stands, as tall as the chart; mirrored where one reads from right to left."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        return QSize(80, self.theme.px(self._height))

    def value_at(self, where: QPoint) -> Value | None:
        return next((value for place, value in enumerate(self.values) if self.spot(place).contains(where)), None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.value_at(event.pos())
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), found.words, self, QRect(event.pos(), QSize(1, 1)))
            return True
        return super().event(event)

    def mirrored(self, left: float, width: float) -> float:
        """The left edge of what stands so far from the side where reading begins."""
        return self.width() - left - width if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else left

    def color(self, token: str, share: float = 1.0) -> QColor:
        """A colour of the theme, so far opaque."""
        color = self.theme.color(token)
        color.setAlphaF(share)
        return color
