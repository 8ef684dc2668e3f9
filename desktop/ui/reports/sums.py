"""The rows that add up a report, below its table and under its columns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.i18n import _
from desktop.ui.cells import PAD
from desktop.ui.columns import Column, cell_text
from desktop.ui.listing import Row
from desktop.ui.table import Table
from desktop.ui.theme import Theme


class SumsRow(QWidget):
    """Follows the columns of a table: their widths, their order, and how far it is scrolled."""

    def __init__(self, theme: Theme, table: Table, columns: Sequence[Column], home: str) -> None:
        super().__init__()
        self._theme = theme
        self._table = table
        self._columns = columns
        self._home = home
        self._rows: Sequence[Row] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        header = table.horizontalHeader()
        for signal in (header.sectionResized, header.sectionMoved, header.geometriesChanged):
            signal.connect(self._repaint)
        table.horizontalScrollBar().valueChanged.connect(self._repaint)
        theme.changed.connect(self._repaint)

    def show_rows(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self.setVisible(bool(rows))
        self.setAccessibleName("; ".join(self.words))
        self.updateGeometry()
        self.update()

    @property
    def words(self) -> list[str]:
        """Each row as it reads."""
        return [
            ", ".join(
                f"{column.title} {text}"
                for column in self._columns
                if (text := self._text(column, row)) and column.right
            )
            for row in self._rows
        ]

    def sizeHint(self) -> QSize:
        return QSize(0, self._theme.row_height * len(self._rows))

    def _text(self, column: Column, row: Row) -> str:
        return "" if row.get(column.key) is None else cell_text(column, row, self._home)

    def _first_shown(self) -> int:
        """The column that stands first."""
        header = self._table.horizontalHeader()
        order = [header.logicalIndex(place) for place in range(header.count())]
        return next((section for section in order if not header.isSectionHidden(section)), 0)

    def _room_of_words(self, first: int) -> int:
        """From the first column to the first figures."""
        header, room = self._table.horizontalHeader(), 0
        for place in range(header.visualIndex(first), header.count()):
            section = header.logicalIndex(place)
            if self._columns[section].right and section != first:
                break
            room += header.sectionSize(section)
        return room

    def _repaint(self, *_changed: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, header = self._theme, self._table.horizontalHeader()
        painter.fillRect(0, 0, self.width(), 1, theme.color("line"))
        painter.setPen(theme.color("text"))
        height = theme.row_height
        first = self._first_shown()
        for place, row in enumerate(self._rows):
            for section, column in enumerate(self._columns):
                if header.isSectionHidden(section):
                    continue
                text = self._text(column, row) if column.right else ""
                left, width = header.sectionViewportPosition(section), header.sectionSize(section)
                if section == first:
                    width = self._room_of_words(section)
                    text = _("Sum") if len(self._rows) == 1 else _("Sum {currency}").format(currency=row["currency"])
                painter.setFont(theme.font("body", strong=True, figures=column.figures))
                side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
                room = QRect(left + PAD, place * height, width - 2 * PAD, height)
                shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
                painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)
