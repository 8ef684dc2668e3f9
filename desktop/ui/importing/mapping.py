"""The first rows of a file with a choice above each column: which field it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QFrame, QTableWidget, QTableWidgetItem

from desktop.i18n import _
from desktop.services.imports import ImportPreview
from desktop.services.imports.columns import FieldOffer
from desktop.ui.importing.words import field_word
from desktop.ui.theme import Theme

_WIDTHS = (150, 260)
_PADDING = 24
_CHOICE_HEIGHT = 38
_ROW_HEIGHT = 28
_ROWS = 8


class ColumnMapping(QTableWidget):
    """Each column of the file with the field that it is, and what stands in its first rows."""

    chosen = Signal()  # the person has mapped a column

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fields: list[FieldOffer] = []
        self._of: dict[int, str] = {}
        self._combos: dict[int, QComboBox] = {}
        self.setProperty("role", "sheet")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalScrollBar().valueChanged.connect(self._offer_in_view)
        theme.changed.connect(self._paint_rows)

    @property
    def fields(self) -> dict[int, str]:
        """The field of each column by its place from 0; columns that are left out are not named."""
        return dict(self._of)

    def choose(self, place: int, field: str) -> None:
        """Map one column as a person would; an empty field leaves it out, and a field moves here from its column."""
        if self._of.get(place, "") == field:
            return
        self._of = {one: name for one, name in self._of.items() if one != place and name != field}
        if field:
            self._of[place] = field
        for one, combo in self._combos.items():
            combo.setCurrentIndex(max(0, combo.findData(self._of.get(one, ""))))
        self._paint_rows()
        self.chosen.emit()

    def show_file(self, shown: ImportPreview, fields: Sequence[FieldOffer]) -> None:
        """Show the columns of a file as they are mapped now."""
        file = shown.file
        across = self.horizontalScrollBar().value()
        in_hand = next((place for place, combo in self._combos.items() if combo.hasFocus()), None)
        self._fields = list(fields)
        self._of = {place: name for name, places in file.mapping.columns.items() for place in places}
        self._combos = {}
        self.clear()
        raw = file.raw[:_ROWS]
        self.setRowCount(1 + len(raw))
        self.setColumnCount(len(file.header))
        names = [heading or _("column {number}").format(number=place) for place, heading in enumerate(file.header, 1)]
        self.setHorizontalHeaderLabels(names)
        px = self._theme.px
        self.setRowHeight(0, px(_CHOICE_HEIGHT))
        for column in range(self.columnCount()):
            texts = [names[column], *(cells[column] for _line, cells in raw if column < len(cells))]
            self.setColumnWidth(column, self._width(texts))
        for row, (_line, cells) in enumerate(raw, 1):
            self.setRowHeight(row, px(_ROW_HEIGHT))
            for column, text in enumerate(cells[: self.columnCount()]):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.setItem(row, column, item)
        self._paint_rows()
        # A file that is shown anew after each choice stays where the person is at work.
        self.horizontalScrollBar().setValue(across)
        self._offer_in_view()
        if in_hand in self._combos:
            self._combos[in_hand].setFocus()

    def _width(self, texts: Sequence[str]) -> int:
        """Wide enough for what the column shows, within reason."""
        least, most = map(self._theme.px, _WIDTHS)
        longest = max(map(self.fontMetrics().horizontalAdvance, texts))
        return max(least, min(most, longest + self._theme.px(_PADDING)))

    def _paint_rows(self) -> None:
        """What is left out stands back; the colours are those of the theme as it is now."""
        inks = self._theme.color("secondary"), self._theme.color("text")
        for column in range(self.columnCount()):
            for row in range(1, self.rowCount()):
                item = self.item(row, column)
                if item is not None:
                    item.setForeground(inks[column in self._of])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._offer_in_view()

    def _offer_in_view(self) -> None:
        """Make the choices that can be seen: a file may have hundreds of columns."""
        if not self.columnCount():
            return
        first = max(0, self.columnAt(0))
        last = self.columnAt(self.viewport().width() - 1)
        last = self.columnCount() - 1 if last < 0 else min(last + 1, self.columnCount() - 1)
        for place in range(first, last + 1):
            if place not in self._combos:
                self._combos[place] = self._combo(place)
                self.setCellWidget(0, place, self._combos[place])

    def _combo(self, place: int) -> QComboBox:
        combo = QComboBox()
        combo.addItem(_("left out"), "")
        for field in self._fields:
            combo.addItem(field_word(field.name) + (" *" if field.needed else ""), field.name)
        combo.setCurrentIndex(max(0, combo.findData(self._of.get(place, ""))))
        heading = self.horizontalHeaderItem(place)
        combo.setAccessibleName(_("Field of {column}").format(column=heading.text() if heading else place + 1))
        combo.activated.connect(lambda _index, place=place, combo=combo: self.choose(place, str(combo.currentData())))
        return combo
