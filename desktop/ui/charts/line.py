"""A line through the values of months, with a dot at the present one."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen

from desktop.ui.charts.chart import Chart

_DOT = 3.0
_FILL = 0.14


class LineChart(Chart):
    """From zero or the lowest value below it to the highest; months without a value interrupt it."""

    token = "note"

    def spot(self, place: int) -> QRectF:
        step = (self.width() - 2 * _DOT) / max(len(self.values), 1)
        return QRectF(self.mirrored(_DOT + place * step, step), 0, step, self.height())

    def point(self, place: int) -> QPointF | None:
        size = self.values[place].size
        if size is None:
            return None
        sizes = [value.size for value in self.values if value.size is not None]
        top, low = max(0, *sizes, 0), min(0, *sizes, 0)
        room = self.height() - 2 * _DOT
        # The last dot stands at the edge, where the eye looks for today.
        count = len(self.values)
        along = self.mirrored(_DOT + (self.width() - 2 * _DOT) * place / max(count - 1, 1), 0)
        return QPointF(along, _DOT + (room if top == low else room * (top - size) / (top - low)))

    def _stretches(self) -> Iterator[list[QPointF]]:
        run: list[QPointF] = []
        for place in range(len(self.values)):
            point = self.point(place)
            if point is not None:
                run.append(point)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for points in self._stretches():
            path = QPainterPath(points[0])
            for point in points[1:]:
                path.lineTo(point)
            below = QPainterPath(path)
            below.lineTo(points[-1].x(), self.height())
            below.lineTo(points[0].x(), self.height())
            painter.fillPath(below, self.color(self.token, _FILL))
            painter.setPen(QPen(self.color(self.token), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPath(path)
        last = self.point(len(self.values) - 1) if self.values else None
        if last is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.color(self.token))
            painter.drawEllipse(last, _DOT, _DOT)
