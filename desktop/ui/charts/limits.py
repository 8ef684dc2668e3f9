"""A control chart: values of months, the limits of what is usual, and a diamond where a month is more than chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF

from desktop.services.reports import Mark
from desktop.ui.charts.plot import Plot

_DOT, _DIAMOND = 2.6, 5.0
_BAND = 0.1


class LimitsChart(Plot):
    """Without limits a plain line."""

    token = "note"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_axes(painter)
        self._paint_limits(painter)
        self._paint_line(painter)

    def _paint_limits(self, painter: QPainter) -> None:
        for place, mark in enumerate(self.marks):
            spot = self.spot(place)
            if mark.low is not None and mark.high is not None:
                top, bottom = self.height_of(mark.high), self.height_of(mark.low)
                painter.fillRect(QRectF(spot.left(), top, spot.width(), bottom - top), self.color(self.token, _BAND))
        dashed = QPen(self.color("secondary"), 1, Qt.PenStyle.DashLine)
        limits: tuple[tuple[Callable[[Mark], int | None], QPen], ...] = (
            (lambda mark: mark.low, dashed),
            (lambda mark: mark.high, dashed),
            (lambda mark: mark.centre, QPen(self.color("secondary"), 1)),
        )
        for size_of, pen in limits:
            painter.setPen(pen)
            painter.drawPath(self._steps([size_of(mark) for mark in self.marks]))

    def _steps(self, sizes: list[int | None]) -> QPainterPath:
        """Level over each month, since limits of rates are wider where there is less to count."""
        path = QPainterPath()
        drawing = False
        for place, size in enumerate(sizes):
            if size is None:
                drawing = False
                continue
            spot, y = self.spot(place), self.height_of(size)
            ends = (spot.left(), spot.right())
            first, last = ends if self.layoutDirection() is Qt.LayoutDirection.LeftToRight else ends[::-1]
            if drawing:
                path.lineTo(first, y)
            else:
                path.moveTo(first, y)
            path.lineTo(last, y)
            drawing = True
        return path

    def _paint_line(self, painter: QPainter) -> None:
        painter.setPen(QPen(self.color(self.token), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for run in self._runs():
            path = QPainterPath(run[0])
            for point in run[1:]:
                path.lineTo(point)
            painter.drawPath(path)
        painter.setPen(Qt.PenStyle.NoPen)
        for place, mark in enumerate(self.marks):
            if mark.size is None:
                continue
            point = self.point(place, mark.size)
            painter.setBrush(self.color("blocked" if mark.signal else self.token))
            if mark.signal:
                # Another shape, so that it shows without colours.
                ends = ((0, -_DIAMOND), (_DIAMOND, 0), (0, _DIAMOND), (-_DIAMOND, 0))
                painter.drawPolygon(QPolygonF([point + QPointF(*end) for end in ends]))
            else:
                painter.drawEllipse(point, _DOT, _DOT)

    def _runs(self) -> Iterator[list[QPointF]]:
        """Months that follow each other; one without a value interrupts the line."""
        run: list[QPointF] = []
        for place, mark in enumerate(self.marks):
            if mark.size is not None:
                run.append(self.point(place, mark.size))
            elif run:
                yield run
                run = []
        if run:
            yield run
