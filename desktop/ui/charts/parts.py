"""One bar cut into its parts: what is owed by its age, from what is not yet due to the oldest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent

from desktop.ui.charts.chart import Chart

_BETWEEN = 2.0
_LEAST = 3.0
# Token and how far opaque, from what is not yet due to over 90 days: darker is worse, also without colours.
AGES = (("good", 0.5), ("held", 0.4), ("held", 0.75), ("blocked", 0.65), ("blocked", 1.0))


class PartsChart(Chart):
    """As wide as there is room; `colors` names a token and its opacity for each part."""

    colors: Sequence[tuple[str, float]] = AGES

    def spot(self, place: int) -> QRectF:
        sizes = [max(value.size or 0, 0) for value in self.values]
        shown = [size for size in sizes if size]
        if not sizes[place]:
            return QRectF()
        room = self.width() - _BETWEEN * (len(shown) - 1) - _LEAST * len(shown)
        whole = sum(shown)
        left = 0.0
        for before in sizes[:place]:
            if before:
                left += _LEAST + room * before / whole + _BETWEEN
        width = _LEAST + room * sizes[place] / whole
        return QRectF(self.mirrored(left, width), 0, width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        round_ = QPainterPath()
        round_.addRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        painter.setClipPath(round_)
        if not any((value.size or 0) > 0 for value in self.values):
            painter.fillRect(self.rect(), self.color("line"))
            return
        for place, (token, share) in enumerate(self.colors[: len(self.values)]):
            painter.fillRect(self.spot(place), self.color(token, share))
