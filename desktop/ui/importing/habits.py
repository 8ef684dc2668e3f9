"""How a file is written, as it was found: sheet, encoding, separator, decimals, dates. Each can be corrected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from desktop.i18n import _
from desktop.services.imports import ImportPreview, TableOptions
from desktop.ui.editors import Choice, WholeEditor
from desktop.ui.importing.words import (
    date_orders,
    decimals,
    delimiters,
    encoding_word,
    encodings,
    word_of,
)


class Habit(QComboBox):
    """One habit: first what was found, then what a person may say instead."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        # What is found in the file is known late and may be longer than any choice.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.addItem("", None)
        for value, text in choices:
            self.addItem(text, value)

    def minimumSizeHint(self) -> QSize:
        """Qt's own is that of the choices with which the field was made."""
        return self.sizeHint()

    @property
    def said(self) -> str | None:
        """What the person chose; None leaves it to the file."""
        value = self.currentData()
        return value if isinstance(value, str) else None

    def found(self, word: str, stated: str | None) -> None:
        """What the file has, and what was stated of it: by the person, or by the profile that was remembered."""
        self.setItemText(0, word)
        if stated is not None and self.findData(stated) < 0:
            self.addItem(word, stated)
        self.setCurrentIndex(self.findData(stated))

    def choose(self, value: str | None) -> None:
        """Choose as a person would."""
        self.setCurrentIndex(max(0, self.findData(value)))
        self.activated.emit(self.currentIndex())


class Habits(QWidget):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sheet = Habit([])
        self.encoding = Habit(encodings())
        self.delimiter = Habit(delimiters())
        self.decimal = Habit(decimals())
        self.dates = Habit(date_orders())
        self.header_row = WholeEditor()
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        shown = (
            (_("Sheet"), self.sheet),
            (_("Letters"), self.encoding),
            (_("Between the cells"), self.delimiter),
            (_("Decimal sign"), self.decimal),
            (_("Dates"), self.dates),
            (_("Column names in line"), self.header_row),
        )
        self._labels: dict[QWidget, QLabel] = {}
        for column, (word, editor) in enumerate(shown):
            label = QLabel(word, textFormat=Qt.TextFormat.PlainText)
            label.setProperty("role", "heading")
            label.setBuddy(editor)
            self._labels[editor] = label
            editor.setAccessibleName(word)
            grid.addWidget(label, 0, column)
            grid.addWidget(editor, 1, column)
            grid.setColumnStretch(column, 1)
            if isinstance(editor, Habit):
                editor.activated.connect(lambda _index: self.changed.emit())
        self.header_row.editingFinished.connect(self._row_edited)
        self._row = ""
        self.offer_sheets(())

    @property
    def options(self) -> TableOptions:
        """What the person said of the file. UserError where it cannot be."""
        row = self.header_row.value()
        return TableOptions(
            encoding=self.encoding.said,
            delimiter=self.delimiter.said,
            decimal=self.decimal.said,  # type: ignore[arg-type]
            date_order=self.dates.said,  # type: ignore[arg-type]
            header_row=row if isinstance(row, int) else None,
            sheet=self.sheet.said,
        )

    def forget(self) -> None:
        """Leave everything to the file again: another one was chosen."""
        for habit in (self.encoding, self.delimiter, self.decimal, self.dates):
            habit.setCurrentIndex(0)
        self.offer_sheets(())
        self.header_row.put(None)
        self._row = ""

    def show_file(self, shown: ImportPreview) -> None:
        """Say what was found, and where it is not sure."""
        file = shown.file
        said = file.options
        self.offer_sheets(file.sheets)
        self.sheet.found(file.sheet, said.sheet)
        self.encoding.found(_sure(encoding_word(file.encoding), file.encoding_sure), said.encoding)
        self.delimiter.found(word_of(delimiters(), file.delimiter), said.delimiter)
        signs = _convention(file.conventions.decimals.values(), decimals(), _("no figures"))
        self.decimal.found(signs, said.decimal)
        orders = _convention(file.conventions.orders.values(), date_orders(), _("no dates"))
        self.dates.found(orders, said.date_order)
        # Names that were put above pasted rows stand in no line of theirs.
        self.header_row.setPlaceholderText(str(file.header_row or ""))
        self.header_row.put(said.header_row)
        self._row = self.header_row.text()

    def offer_sheets(self, sheets: Sequence[str]) -> None:
        """The sheets of a workbook; a choice is offered where there are several."""
        chosen = self.sheet.said
        self.sheet.clear()
        self.sheet.addItem(_("choose one") if sheets else "", None)
        for name in sheets:
            self.sheet.addItem(name, name)
        self.sheet.setCurrentIndex(max(0, self.sheet.findData(chosen)))
        self._show(self.sheet, len(sheets) > 1)
        for habit in (self.encoding, self.delimiter):
            # A workbook says both by itself.
            self._show(habit, not sheets)

    def _show(self, habit: Habit, visible: bool) -> None:
        self._labels[habit].setVisible(visible)
        habit.setVisible(visible)
        place = self._grid.getItemPosition(self._grid.indexOf(habit))
        assert isinstance(place, tuple)
        # What is not there takes no room.
        self._grid.setColumnStretch(place[1], int(visible))

    def _row_edited(self) -> None:
        # Leaving the field without a change asks nothing; what cannot be read is said where the options are asked.
        if self.header_row.text() != self._row:
            self._row = self.header_row.text()
            self.changed.emit()


def _sure(word: str, sure: bool) -> str:
    return word if sure else _("{word}, perhaps").format(word=word)


def _convention(found: Iterable[tuple[str | None, bool, str]], choices: list[Choice], nothing: str) -> str:
    """The habit of all columns together, in a word."""
    columns = list(found)
    values = {value for value, _sure_, _words in columns}
    if not columns:
        return nothing
    if len(values) > 1 or None in values:
        return _("not the same everywhere")
    return _sure(word_of(choices, values.pop()), all(sure for _value, sure, _words in columns))
