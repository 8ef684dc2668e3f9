"""Bars with the range that each may lie in: what is expected, and how far it may be off."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen

from desktop.ui.charts.plot import Plot

_GAP = 0.36
_CAP = 3.5
_FILL = 0.55


class RangesChart(Plot):
    """A bar from zero; a line with ends from the least to the most."""

    token = "note"

    def bar(self, place: int) -> QRectF:
        """What is painted of a size: nothing where it is 0 or none."""
        size = self.marks[place].size
        if not size:
            return QRectF()
        spot = self.spot(place)
        inset = spot.width() * _GAP / 2
        zero, end = self.height_of(0), self.height_of(size)
        return QRectF(spot.left() + inset, min(zero, end), spot.width() - 2 * inset, abs(zero - end))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_axes(painter)
        for place, mark in enumerate(self.marks):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.color(self.token, _FILL))
            bar = self.bar(place)
            if not bar.isEmpty():
                painter.drawRoundedRect(bar, 2, 2)
            if mark.low is not None and mark.high is not None and mark.low < mark.high:
                self._paint_range(painter, place, mark.low, mark.high)

    def _paint_range(self, painter: QPainter, place: int, low: int, high: int) -> None:
        painter.setPen(QPen(self.color("text"), 1.2))
        bottom, top = self.point(place, low), self.point(place, high)
        painter.drawLine(bottom, top)
        for end in (bottom, top):
            painter.drawLine(end - QPointF(_CAP, 0), end + QPointF(_CAP, 0))
