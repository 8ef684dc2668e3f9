"""A table to type lines into: of an agreement, of an invoice by hand, of a client's contacts.

Tab moves on, Enter adds a line, what a spreadsheet copied is pasted and with Ctrl+Z taken back as one, Ctrl+Shift+C
copies all lines for one, Ctrl+Delete removes the line and Alt with the arrows moves it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import (
    QModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _, ngettext, number_text
from desktop.ui.columns import Column
from desktop.ui.lines_cells import LineCells
from desktop.ui.lines_model import LineColumn, Lines
from desktop.ui.repolish import repolish
from desktop.ui.table_header import TableHeader
from desktop.ui.theme import Theme

_LEAST_ROWS, _MOST_ROWS = 2, 8
# So many of the cells that found no column are named, each up to so many letters.
_NAMED, _SHOWN = 5, 30
_ENDS = QAbstractItemDelegate.EndEditHint
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class _View(QTableView):
    """Cells under the keys of a spreadsheet."""

    pasted = Signal(object)  # the cells that found no column

    def __init__(self, model: Lines, theme: Theme) -> None:
        super().__init__()
        self._lines = model
        self._before_paste: list[dict[str, object]] | None = None
        model.changed.connect(self._forget_paste)
        self.setModel(model)
        self.setItemDelegate(LineCells(theme, self))
        columns = tuple(
            Column(one.key, one.title, one.width, "number" if one.right else "text") for one in model.columns
        )
        header = TableHeader(theme, columns, self)
        header.setSectionsMovable(False)
        header.setSectionsClickable(False)
        self.setHorizontalHeader(header)
        for place, column in enumerate(model.columns):
            if column.wide:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)
            header.resizeSection(place, theme.px(column.width))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(34))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            triggers.DoubleClicked | triggers.SelectedClicked | triggers.EditKeyPressed | triggers.AnyKeyPressed
        )

    # Moving on

    def _beside(self, index: QModelIndex, step: int) -> QModelIndex:
        """The next or the last cell in reading order; none at either end."""
        count = self._lines.columnCount()
        place = index.row() * count + index.column() + step
        while index.isValid() and 0 <= place < self._lines.rowCount() * count:
            if not self.isColumnHidden(place % count):
                return self._lines.index(*divmod(place, count))
            place += step
        return QModelIndex()

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        if action is QAbstractItemView.CursorAction.MoveNext:
            return self._beside(self.currentIndex(), 1)
        if action is QAbstractItemView.CursorAction.MovePrevious:
            return self._beside(self.currentIndex(), -1)
        return super().moveCursor(action, modifiers)

    def focusNextPrevChild(self, forward: bool) -> bool:
        beside = self._beside(self.currentIndex(), 1 if forward else -1)
        if beside.isValid() and self.hasFocus():
            self.setCurrentIndex(beside)
            return True
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._lines.rowCount():
            if event.reason() is Qt.FocusReason.TabFocusReason:
                self.setCurrentIndex(self._lines.index(0, 0))
            elif event.reason() is Qt.FocusReason.BacktabFocusReason:
                last = self._lines.index(self._lines.rowCount() - 1, self._lines.columnCount() - 1)
                self.setCurrentIndex(self._beside(last, -1) if self.isColumnHidden(last.column()) else last)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        step = {_ENDS.EditNextItem: 1, _ENDS.EditPreviousItem: -1}.get(hint, 0)
        at_the_end = step and not self._beside(self.currentIndex(), step).isValid()
        super().closeEditor(editor, _ENDS.NoHint if at_the_end else hint)
        if at_the_end:
            super().focusNextPrevChild(step > 0)
        elif hint is _ENDS.SubmitModelCache:
            self.go_down()

    def go_down(self) -> None:
        """To the line below, which is made where there is none."""
        row = self.currentIndex().row()
        if row + 1 < self._lines.rowCount():
            self.setCurrentIndex(self._lines.index(row + 1, self.currentIndex().column()))
        else:
            self.add_line()

    def add_line(self) -> None:
        """A new line below the current one, ready to be typed into."""
        current = self.currentIndex()
        row = current.row() + 1 if current.isValid() else self._lines.rowCount()
        self._lines.add(row)
        self.setCurrentIndex(self._lines.index(row, 0))
        self.scrollTo(self.currentIndex())
        self.setFocus()

    def remove_line(self) -> None:
        row = self.currentIndex().row()
        if row < 0:
            return
        column = self.currentIndex().column()
        self._lines.remove(row)
        if self._lines.rowCount():
            self.setCurrentIndex(self._lines.index(min(row, self._lines.rowCount() - 1), column))

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        row, column = self.currentIndex().row(), self.currentIndex().column()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not held & _CTRL:
            # While a cell is edited its editor has heard the key too, and goes on by itself.
            if self.state() is not QAbstractItemView.State.EditingState:
                self.add_line()
        elif key == Qt.Key.Key_Delete and held & _CTRL:
            self.remove_line()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._clear()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and held & _ALT:
            to = row + (1 if key == Qt.Key.Key_Down else -1)
            if row >= 0 and self._lines.move(row, to):
                self.setCurrentIndex(self._lines.index(to, column))
        elif event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self._take_back_paste()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy(all_lines=False)
        elif key == Qt.Key.Key_C and held == _CTRL | Qt.KeyboardModifier.ShiftModifier:
            self._copy(all_lines=True)
        else:
            super().keyPressEvent(event)

    def _clear(self) -> None:
        if self.currentIndex().isValid():
            self._lines.setData(self.currentIndex(), "")

    def _paste(self) -> None:
        current = self.currentIndex()
        text = QGuiApplication.clipboard().text()
        if not text:
            return
        row, column = (current.row(), current.column()) if current.isValid() else (0, 0)
        before = self._lines.all_lines()
        beyond = self._lines.paste(row, column, text)
        self._before_paste = before
        self.setCurrentIndex(self._lines.index(row, column))
        self.pasted.emit(beyond)

    def _forget_paste(self) -> None:
        self._before_paste = None

    def _take_back_paste(self) -> None:
        """As it was before the last paste, as long as nothing was typed since."""
        if self._before_paste is None:
            return
        current = self.currentIndex()
        self._lines.put(self._before_paste)
        self.setCurrentIndex(self._lines.index(min(current.row(), self._lines.rowCount() - 1), current.column()))
        self._lines.changed.emit()

    def _copy(self, *, all_lines: bool) -> None:
        if all_lines:
            text = "\n".join("\t".join(cells) for cells in self._lines.texts())
        else:
            text = str(self.currentIndex().data() or "")
        QGuiApplication.clipboard().setText(text)


class LineTable(QWidget):
    """Lines in a card, with their two buttons and what is wrong with them below."""

    changed = Signal()

    def __init__(self, columns: Sequence[LineColumn], theme: Theme, name: str, least: int = _LEAST_ROWS) -> None:
        super().__init__()
        self.model = Lines(columns)
        self.view = _View(self.model, theme)
        self.view.setAccessibleName(name)
        self._theme = theme
        self._least = least
        self._clean: list[list[str]] = []
        self._problem = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._problem.setProperty("role", "problem")
        self._problem.hide()
        self._card = QFrame()
        self._card.setProperty("role", "card")
        inside = QVBoxLayout(self._card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._card)
        layout.addLayout(self._buttons())
        layout.addWidget(self._problem)
        self.setFocusProxy(self.view)
        self.model.changed.connect(self._after_change)
        self.view.pasted.connect(self._after_paste)
        self.model.modelReset.connect(self._fit)
        self._fit()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for text, keys, act in (
            (_("Add a line"), _("Enter"), self.view.add_line),
            (_("Remove the line"), "Ctrl+Del", self.view.remove_line),
        ):
            button = QPushButton(text)
            button.setProperty("role", "link")
            button.setAutoDefault(False)
            button.setToolTip(f"{text} ({keys})")
            button.clicked.connect(act)
            row.addWidget(button)
        row.addStretch(1)
        return row

    # What a form asks

    def put(self, lines: Sequence[Mapping[str, object]]) -> None:
        """Show these lines; they count as unchanged afterwards. Without any there is an empty one to begin with."""
        self.model.put(lines)
        if not lines and self._least:
            self.model.add(0)
        self._clean = self.model.texts()
        self._say("")

    def show_columns(self, keys: Collection[str], shown: bool) -> None:
        """Take columns that mean nothing here out of sight, or bring them back."""
        for place, column in enumerate(self.model.columns):
            if column.key in keys:
                self.view.setColumnHidden(place, not shown)

    @property
    def dirty(self) -> bool:
        return self.model.texts() != self._clean

    def values(self) -> list[dict[str, object]]:
        return self.model.values()

    @property
    def said(self) -> str:
        """What is said to be wrong."""
        return "" if self._problem.isHidden() else self._problem.text()

    def check(self) -> bool:
        """Whether every cell can be read; otherwise each that cannot is marked, and the first has the focus."""
        return self._show(self.model.unread())

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Mark what a service found wrong: keys are `place.key`, counted over the filled lines, or empty for all."""
        rows, found, general = self.model.filled(), dict[tuple[int, str], str](), []
        titles = {column.key: column.title for column in self.model.columns}
        for name, sentence in problems.items():
            place, _dot, key = name.partition(".")
            if place.isdigit() and int(place) < len(rows) and key in titles:
                found[rows[int(place)], key] = f"{titles[key]}: {sentence}"
            else:
                general.append(sentence)
        self._show(found, general)

    def _show(self, problems: Mapping[tuple[int, str], str], general: Sequence[str] = ()) -> bool:
        self.model.show_problems(problems)
        several = self.model.rowCount() > 1
        places = {one.key: place for place, one in enumerate(self.model.columns)}
        found = sorted((row, places[key], sentence) for (row, key), sentence in problems.items())
        sentences = [
            _("Line {number}, {problem}").format(number=number_text(row + 1), problem=sentence) if several else sentence
            for row, _column, sentence in found
        ]
        self._say("\n".join([*general, *sentences]))
        if found:
            self.view.setCurrentIndex(self.model.index(*found[0][:2]))
        if problems or general:
            self.view.setFocus()
        return not problems and not general

    def _after_paste(self, beyond: object) -> None:
        """Name at once what cannot be read, and what found no column."""
        assert isinstance(beyond, list)
        general = []
        if beyond:
            text = ngettext(
                "{count} cell found no column: {cells}. Paste further to the left, or take it back with Ctrl+Z.",
                "{count} cells found no column: {cells}. Paste further to the left, or take it back with Ctrl+Z.",
                len(beyond),
            )
            shown = ", ".join(f"“{cell[:_SHOWN]}”" for cell in beyond[:_NAMED])
            general = [text.format(count=number_text(len(beyond)), cells=shown)]
        self._show(self.model.unread(), general)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.view.setAccessibleDescription(sentence)
        wrong = bool(sentence)
        if self._card.property("wrong") != wrong:
            self._card.setProperty("wrong", wrong)
            repolish(self._card)

    def _after_change(self) -> None:
        self._say("")
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        rows = min(max(self.model.rowCount(), self._least), _MOST_ROWS)
        row_height = self.view.verticalHeader().defaultSectionSize()
        self.view.setFixedHeight(self.view.horizontalHeader().sizeHint().height() + rows * row_height + 4)
