"""Bars of months beside each other, the present one in full colour; below zero they hang."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent

from desktop.ui.charts.chart import Chart

_GAP = 0.28
_FAINT = 0.38
_LEAST = 2.0


class BarChart(Chart):
    """The last value is the present."""

    token = "note"

    def spot(self, place: int) -> QRectF:
        step = self.width() / max(len(self.values), 1)
        return QRectF(self.mirrored(place * step, step), 0, step, self.height())

    def bar(self, place: int) -> QRectF:
        """What is painted of a value: nothing where it is 0 or none."""
        sizes = [value.size or 0 for value in self.values]
        top, low = max(0, *sizes, 0), min(0, *sizes, 0)
        size = sizes[place]
        if not size or top == low:
            return QRectF()
        scale = self.height() / (top - low)
        tall = max(abs(size) * scale, _LEAST)
        zero = top * scale
        spot = self.spot(place)
        inset = spot.width() * _GAP / 2
        return QRectF(spot.left() + inset, zero - tall if size > 0 else zero, spot.width() - 2 * inset, tall)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        last = len(self.values) - 1
        for place in range(len(self.values)):
            bar = self.bar(place)
            if bar.isEmpty():
                # Where nothing was, a mark keeps the months countable.
                spot = self.spot(place)
                painter.fillRect(QRectF(spot.center().x() - 1.5, self.height() - 1, 3, 1), self.color("line"))
                continue
            painter.setBrush(self.color(self.token, 1.0 if place == last else _FAINT))
            painter.drawRoundedRect(bar, 2, 2)
