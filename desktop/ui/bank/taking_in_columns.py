"""A bank's table that is not known: what each column is, how it is written, and what a sign means in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _
from desktop.services.bank.profiles import TableLook
from desktop.services.bank.tables import DEBIT_WORDS, JOINED, CsvProfile, columns_of, fields_of
from desktop.ui.bank.statement_words import fields
from desktop.ui.choices import currencies
from desktop.ui.editors import ChoiceEditor, WholeEditor
from desktop.ui.importing.habits import Habit
from desktop.ui.importing.words import date_orders, decimals, delimiters, encoding_word, encodings, word_of
from desktop.ui.theme import Theme

_WIDTHS = (200, 280)
_PADDING = 24
_CHOICE_HEIGHT = 38
_ROW_HEIGHT = 28
_ROWS = 6
_ACROSS = 5
# No bank's table has more that say anything; each has a choice of its own.
_MOST_COLUMNS = 60


class TableColumns(QWidget):
    """`changed` is emitted when a person has said something; `profile` is the file as it is described then."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._look: TableLook | None = None
        self._of: dict[int, str] = {}
        self._combos: list[QComboBox] = []
        self.sheet = self._build_sheet()
        self.encoding = Habit(encodings())
        self.delimiter = Habit(delimiters())
        self.decimal = Habit(decimals())
        self.dates = Habit(date_orders())
        self.header_row = WholeEditor()
        self.negate = QCheckBox(_("What came in has a minus"))
        self.debit_words = QLineEdit()
        self.debit_words.setPlaceholderText(_("D, Soll"))
        self.currency = ChoiceEditor([("", _("as found")), *currencies()])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(self._build_habits())
        layout.addWidget(self.sheet, 1)
        for habit in (self.encoding, self.delimiter, self.decimal, self.dates):
            habit.activated.connect(lambda _index: self.changed.emit())
        self.header_row.editingFinished.connect(self._row_edited)
        self.negate.clicked.connect(lambda _on: self.changed.emit())
        self.debit_words.editingFinished.connect(self._words_edited)
        self.currency.changed.connect(self.changed)

    def _build_sheet(self) -> QTableWidget:
        sheet = QTableWidget()
        sheet.setProperty("role", "sheet")
        sheet.setFrameShape(QFrame.Shape.NoFrame)
        sheet.setShowGrid(False)
        sheet.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        sheet.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        sheet.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sheet.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        sheet.verticalHeader().hide()
        sheet.horizontalHeader().setHighlightSections(False)
        sheet.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return sheet

    def _build_habits(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        shown: Sequence[tuple[str, QWidget]] = (
            (_("Letters"), self.encoding),
            (_("Between the cells"), self.delimiter),
            (_("Decimal sign"), self.decimal),
            (_("Dates"), self.dates),
            (_("Column names in line"), self.header_row),
            (_("Words for out"), self.debit_words),
            (_("Currency"), self.currency),
        )
        for number, (word, editor) in enumerate(shown):
            label = QLabel(word, textFormat=Qt.TextFormat.PlainText)
            label.setProperty("role", "heading")
            label.setBuddy(editor)
            editor.setAccessibleName(word)
            row, column = divmod(number, _ACROSS)
            grid.addWidget(label, 2 * row, column)
            grid.addWidget(editor, 2 * row + 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.negate, 3, len(shown) % _ACROSS, 1, 2)
        return grid

    @property
    def fields(self) -> Mapping[int, str]:
        """The field of each column by its place from 0; columns that are left out are not named."""
        return dict(self._of)

    @property
    def profile(self) -> CsvProfile | None:
        """What the person sees, as a profile without a name; None before a file is shown. UserError for a line number
        or a currency that is none."""
        if self._look is None:
            return None
        row = self.header_row.value()
        currency = self.currency.value()
        words = tuple(word.strip() for word in self.debit_words.text().split(",") if word.strip())
        found = self._look.profile
        return replace(
            found,
            name="",
            needs=(),
            columns=columns_of(self._look.header, self._of),
            negate=self.negate.isChecked(),
            debit_words=words or found.debit_words,
            date_order=self.dates.said,
            decimal=self.decimal.said,
            encoding=self.encoding.said,
            delimiter=self.delimiter.said,
            header_row=row if isinstance(row, int) else None,
            currency=str(currency or ""),
        )

    def choose(self, place: int, field: str) -> None:
        """Say what one column is, as a person would; only words can come from several columns."""
        if self._of.get(place, "") == field:
            return
        if field and field not in JOINED:
            self._of = {one: name for one, name in self._of.items() if name != field}
        self._of.pop(place, None)
        if field:
            self._of[place] = field
        for one, combo in enumerate(self._combos):
            combo.setCurrentIndex(max(0, combo.findData(self._of.get(one, ""))))
        self._paint()
        self.changed.emit()

    def show_file(self, look: TableLook) -> None:
        """Show the first rows of a file, and what is known of its columns."""
        across = self.sheet.horizontalScrollBar().value()
        in_hand = next((place for place, combo in enumerate(self._combos) if combo.hasFocus()), None)
        self._look = look
        known = fields_of(look.header, look.profile)
        self._of = {place: field for place, field in known.items() if place < _MOST_COLUMNS}
        profile = look.profile
        self.encoding.found(encoding_word(look.encoding), profile.encoding)
        self.delimiter.found(word_of(delimiters(), look.delimiter), profile.delimiter)
        self.decimal.found(_("as found"), profile.decimal)
        self.dates.found(_("as found"), profile.date_order)
        if not self.header_row.hasFocus():
            self.header_row.put(profile.header_row or look.header_row)
        self._row = self.header_row.text()
        self.currency.offer([("", _("as found")), *currencies(profile.currency)])
        self.currency.put(profile.currency)
        self.negate.setChecked(profile.negate)
        told = profile.debit_words != DEBIT_WORDS
        self.debit_words.setText(", ".join(profile.debit_words) if told else "")
        self._words = self.debit_words.text()
        self._fill(look)
        self.sheet.horizontalScrollBar().setValue(across)
        if in_hand is not None and in_hand < len(self._combos):
            self._combos[in_hand].setFocus()

    def _fill(self, look: TableLook) -> None:
        px, sheet = self._theme.px, self.sheet
        header = look.header[:_MOST_COLUMNS]
        rows = look.rows[:_ROWS]
        names = [heading or _("column {number}").format(number=place) for place, heading in enumerate(header, 1)]
        sheet.clear()
        sheet.setRowCount(1 + len(rows))
        sheet.setColumnCount(len(header))
        sheet.setHorizontalHeaderLabels(names)
        sheet.setRowHeight(0, px(_CHOICE_HEIGHT))
        least, most = map(px, _WIDTHS)
        metrics = self.fontMetrics()
        for column, name in enumerate(names):
            texts = [name, *(cells[column] for cells in rows if column < len(cells))]
            longest = max(map(metrics.horizontalAdvance, texts))
            sheet.setColumnWidth(column, max(least, min(most, longest + px(_PADDING))))
        for number, cells in enumerate(rows, 1):
            sheet.setRowHeight(number, px(_ROW_HEIGHT))
            for column, text in enumerate(cells[: len(header)]):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                sheet.setItem(number, column, item)
        self._combos = [self._combo(place, name) for place, name in enumerate(names)]
        before: QWidget = self.negate
        for place, combo in enumerate(self._combos):
            sheet.setCellWidget(0, place, combo)
            # They are made anew with each file, and would be reached last.
            QWidget.setTabOrder(before, combo)
            before = combo
        self._paint()

    def _combo(self, place: int, name: str) -> QComboBox:
        combo = QComboBox()
        combo.addItem(_("left out"), "")
        for value, text in fields():
            combo.addItem(text, value)
        combo.setCurrentIndex(max(0, combo.findData(self._of.get(place, ""))))
        combo.setAccessibleName(_("Field of {column}").format(column=name))
        combo.activated.connect(lambda _index, place=place, combo=combo: self.choose(place, str(combo.currentData())))
        return combo

    def _paint(self) -> None:
        """What is left out stands back."""
        inks = self._theme.color("secondary"), self._theme.color("text")
        for column in range(self.sheet.columnCount()):
            for row in range(1, self.sheet.rowCount()):
                item = self.sheet.item(row, column)
                if item is not None:
                    item.setForeground(inks[column in self._of])

    def _row_edited(self) -> None:
        if self._look is not None and self.header_row.text() != self._row:
            self._row = self.header_row.text()
            self.changed.emit()

    def _words_edited(self) -> None:
        if self._look is not None and self.debit_words.text() != self._words:
            self._words = self.debit_words.text()
            self.changed.emit()
