"""Bars that show how much of a whole is reached, each part with its word and figure below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.theme import Theme

_BAR, _LINE_GAP, _GAP, _MARK = 8, 4, 14, 8


@dataclass(frozen=True)
class Part:
    """A part of a whole: its size in any unit, the colour token that it has, and its word with the figure."""

    size: int
    token: str
    text: str


@dataclass(frozen=True)
class Bar:
    """A whole of which parts are reached; `aside` stands at its right. A whole of nothing is shown empty."""

    title: str
    aside: str
    whole: int
    parts: Sequence[Part]


class Bars(QWidget):
    """Bars below each other, as wide as there is room."""

    def __init__(self, theme: Theme, bars: Sequence[Bar]) -> None:
        super().__init__()
        self._theme = theme
        self._bars = tuple(bars)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.words)
        theme.changed.connect(self.update)

    @property
    def words(self) -> str:
        """All that is shown, line by line."""
        return "\n".join(
            " ".join([bar.title, bar.aside, *(part.text.replace("\t", " ") for part in bar.parts)]).strip()
            for bar in self._bars
        )

    def sizeHint(self) -> QSize:
        return QSize(200, sum(self._height(bar) for bar in self._bars))

    def _height(self, bar: Bar) -> int:
        theme = self._theme
        line = self._line()
        return line * (1 + len(bar.parts)) + theme.px(_BAR) + theme.px(_LINE_GAP) * 2 + theme.px(_GAP)

    def _line(self) -> int:
        return self._theme.px(18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = 0
        for bar in self._bars:
            self._paint(painter, bar, top)
            top += self._height(bar)

    def _paint(self, painter: QPainter, bar: Bar, top: int) -> None:
        theme, line = self._theme, self._line()
        self._write(painter, top, bar.title, bar.aside, "text", strong=True)
        top += line + theme.px(_LINE_GAP)
        height = theme.px(_BAR)
        path = QPainterPath()
        path.addRoundedRect(QRectF(0, top, self.width(), height), height / 2, height / 2)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(QRectF(0, top, self.width(), height), theme.color("line"))
        left = 0.0
        for part in bar.parts:
            width = self.width() * max(part.size, 0) / bar.whole if bar.whole > 0 else 0
            painter.fillRect(QRectF(left, top, width, height), theme.color(part.token))
            left += width
        painter.restore()
        top += height + theme.px(_LINE_GAP)
        for part in bar.parts:
            mark = theme.px(_MARK)
            spot = QRectF(0, top + (line - mark) / 2, mark, mark)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(part.token))
            painter.drawRoundedRect(spot, 2, 2)
            word, _tab, figure = part.text.partition("\t")
            self._write(painter, top, word, figure, "secondary", left=mark + theme.px(6))
            top += line

    def _write(
        self, painter: QPainter, top: int, word: str, figure: str, ink: str, *, strong: bool = False, left: int = 0
    ) -> None:
        painter.setPen(self._theme.color(ink))
        painter.setFont(self._theme.font("body", strong=strong, figures=True))
        metrics = painter.fontMetrics()
        room = self.width() - left - metrics.horizontalAdvance(figure) - self._theme.px(8)
        shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, max(room, 0))
        middle = Qt.AlignmentFlag.AlignVCenter
        place = QRectF(left, top, self.width() - left, self._line())
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignLeft, shown)
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, figure)
