"""What charts with axes share: a scale of round figures at the side, months or weeks below, and the room between."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from desktop.services.reports import Chart as Told
from desktop.services.reports import Mark
from desktop.ui.charts.chart import Chart, Value
from desktop.ui.theme import Theme

_GAP = 8.0


class Plot(Chart):
    """A chart of a report. A kind of its own paints its marks (`paint_marks`) between the axes."""

    def __init__(self, theme: Theme, height: int) -> None:
        super().__init__(theme, height, "")
        self.told: Told | None = None
        self.marks: Sequence[Mark] = ()
        self._ticks: Sequence[int] = ()

    def show_told(self, told: Told) -> None:
        self.told = told
        self.marks = told.marks
        self._ticks = told.ticks
        self.setAccessibleName(told.title)
        self.put([Value(mark.size, mark.words) for mark in told.marks])

    # Where things stand

    @property
    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.theme.font("tag", figures=True))

    def tick_text(self, size: int) -> str:
        return self.told.text(size) if self.told is not None else ""

    def room(self) -> QRectF:
        """What is between the axes, as if one read from left to right."""
        metrics = self._metrics
        side = max((metrics.horizontalAdvance(self.tick_text(size)) for size in self._ticks), default=0.0) + _GAP
        top = metrics.height() / 2
        return QRectF(side, top, max(self.width() - side - _GAP, 1.0), max(self.height() - top - self._below, 1.0))

    @property
    def _below(self) -> float:
        return self._metrics.height() + _GAP / 2

    def spot(self, place: int) -> QRectF:
        room = self.room()
        step = room.width() / max(len(self.marks), 1)
        return QRectF(self.mirrored(room.left() + place * step, step), 0, step, self.height())

    def height_of(self, size: int) -> float:
        """How far from the top a size stands."""
        room = self.room()
        low, high = self._ticks[0], self._ticks[-1]
        return room.bottom() - room.height() * (size - low) / (high - low)

    def point(self, place: int, size: int) -> QPointF:
        return QPointF(self.spot(place).center().x(), self.height_of(size))

    # Painting

    def paint_axes(self, painter: QPainter) -> None:
        """Lines at the round sizes with their figures, and below as many of the labels as there is room for."""
        room, metrics = self.room(), self._metrics
        painter.setFont(self.theme.font("tag", figures=True))
        for size in self._ticks:
            y = self.height_of(size)
            painter.setPen(QPen(self.color("line"), 1))
            left = self.mirrored(room.left(), room.width())
            painter.drawLine(QPointF(left, y), QPointF(left + room.width(), y))
            painter.setPen(self.color("secondary"))
            side = self.mirrored(0, room.left() - _GAP)
            place = QRectF(side, y - metrics.height() / 2, room.left() - _GAP, metrics.height())
            painter.drawText(place, self._towards_room() | Qt.AlignmentFlag.AlignVCenter, self.tick_text(size))
        painter.setPen(self.color("secondary"))
        wide = max((metrics.horizontalAdvance(mark.label) for mark in self.marks), default=0.0) + 2 * _GAP
        every = max(1, int(-(-wide // max(self.spot(0).width(), 1.0)))) if self.marks else 1
        for at in range(len(self.marks) - 1, -1, -every):
            # From the last one back: the latest is the one to read.
            centre = self.spot(at).center().x()
            text = metrics.horizontalAdvance(self.marks[at].label)
            left = min(max(centre - text / 2, 0.0), self.width() - text)
            below = QRectF(left, self.height() - metrics.height(), text + 1, metrics.height())
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.marks[at].label)

    def _towards_room(self) -> Qt.AlignmentFlag:
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        return Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
