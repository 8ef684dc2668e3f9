"""The heading row of a table: quiet words over their columns and a small arrow where the rows are sorted."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.ui.cells import PAD
from desktop.ui.columns import Column
from desktop.ui.theme import Theme

_ARROW = 7
_LEAST_WIDTH = 48


class TableHeader(QHeaderView):
    """Paints itself: a stylesheet can neither align each heading with its column nor leave out the lines."""

    def __init__(self, theme: Theme, columns: tuple[Column, ...], parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._columns = columns
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setMinimumSectionSize(theme.px(_LEAST_WIDTH))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.row_height)

    def width_of(self, section: int) -> int:
        """What a heading needs beside the arrow of its order."""
        column = self._columns[section]
        words = QFontMetrics(self._theme.font("head", strong=True)).horizontalAdvance(column.title)
        return words + 2 * PAD + (_ARROW + 5 if column.sort_key else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line"))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        column = self._columns[logicalIndex]
        painter.save()
        painter.setFont(self._theme.font("head", strong=True))
        painter.setPen(self._theme.color("secondary"))
        metrics = painter.fontMetrics()
        sorted_here = bool(column.sort_key) and self.sortIndicatorSection() == logicalIndex
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        gap = _ARROW + 5 if sorted_here else 0
        title = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, max(0, inner.width() - gap))
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, title)
        if sorted_here:
            width = metrics.horizontalAdvance(title)
            x = inner.right() - width - gap if column.right else inner.left() + width + 5
            self._paint_arrow(painter, x, rect.center().y() + 1)
        painter.restore()

    def _paint_arrow(self, painter: QPainter, x: float, middle: float) -> None:
        tip = -2 if self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder else 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent"), 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(
            [QPointF(x, middle - tip), QPointF(x + _ARROW / 2, middle + tip), QPointF(x + _ARROW, middle - tip)]
        )
