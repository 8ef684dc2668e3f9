"""Fields that read what a person types in their locale, and say what is wrong in a sentence."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QCompleter,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QWidgetAction,
)

from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, number_text, parse_money, parse_number
from desktop.ui.icons import icon
from desktop.ui.theme import Theme
from desktop.ui.typed_dates import parse_date

Choice = tuple[object, str]

# With more choices than these, typing finds one sooner than looking.
_CHOICES_TO_LOOK_THROUGH = 12
_LINES_SHOWN = 3
_LEAST_LETTERS = 6


class TextEditor(QLineEdit):
    """One line of text; empty is None."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.textEdited.connect(lambda _text: self.changed.emit())

    def value(self) -> object:
        """What was typed; UserError if it cannot be read."""
        return self.parse(self.text().strip()) if self.text().strip() else None

    def put(self, value: object) -> None:
        self.setText("" if value is None else self.format(value))
        self.setCursorPosition(0)

    def parse(self, text: str) -> object:
        """The value of a text that is not empty."""
        return text

    def format(self, value: object) -> str:
        return str(value)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # What was understood is shown back as it was understood.
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            try:
                self.put(self.value())
            except UserError:
                return


class PasswordEditor(TextEditor):
    """A secret: hidden unless asked for, taken letter by letter as it was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.show_letters(False)

    def show_letters(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def value(self) -> object:
        return self.text() or None


class FigureEditor(TextEditor):
    """A figure, right-aligned like its column."""

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(Qt.AlignmentFlag.AlignRight)


class MoneyEditor(FigureEditor):
    """An amount in minor units of its currency."""

    def __init__(self, currency: str) -> None:
        super().__init__()
        self.currency = currency

    def parse(self, text: str) -> int:
        return parse_money(text, self.currency)

    def format(self, value: object) -> str:
        assert isinstance(value, int)
        return amount_text(value, self.currency)


class NumberEditor(FigureEditor):
    """A quantity or a price, a Decimal."""

    def parse(self, text: str) -> Decimal:
        return parse_number(text)

    def format(self, value: object) -> str:
        assert isinstance(value, Decimal | int)
        return number_text(value)


class PercentEditor(NumberEditor):
    """A rate in percent, a Decimal; the sign may be typed or left out."""

    def parse(self, text: str) -> Decimal:
        return super().parse(text.replace("%", "").strip())


class WholeEditor(FigureEditor):
    """A whole number, an int."""

    def parse(self, text: str) -> int:
        value = parse_number(text)
        if value != value.to_integral_value():
            raise UserError(_("“{text}” is not a whole number.").format(text=text))
        return int(value)

    def format(self, value: object) -> str:
        assert isinstance(value, int)
        return number_text(value)


class DateEditor(TextEditor):
    """A day, typed or taken from a calendar (Alt+Down)."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._open = self.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self._open.setToolTip(_("Calendar"))
        self._open.triggered.connect(self.open_calendar)
        theme.changed.connect(self._paint)
        self._paint()

    def parse(self, text: str) -> date:
        return parse_date(text, date.today())

    def format(self, value: object) -> str:
        assert isinstance(value, date)
        return date_text(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
        else:
            super().keyPressEvent(event)

    def open_calendar(self) -> None:
        """Choose the day from a month's sheet below the field."""
        sheet = QCalendarWidget()
        sheet.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        try:
            day = self.value()
        except UserError:
            day = None
        if isinstance(day, date):
            sheet.setSelectedDate(QDate(day.year, day.month, day.day))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(sheet)
        menu.addAction(holder)
        sheet.activated.connect(self._take)
        sheet.clicked.connect(self._take)
        sheet.activated.connect(menu.close)
        sheet.clicked.connect(menu.close)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))
        sheet.setFocus()

    def _take(self, day: QDate) -> None:
        self.put(date(day.year(), day.month(), day.day()))
        self.changed.emit()

    def _paint(self) -> None:
        self._open.setIcon(icon("calendar", self._theme.tokens.secondary))


class LinesEditor(QPlainTextEdit):
    """Several lines of text; empty is None. Tab goes on to the next field."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._putting = False
        self.setTabChangesFocus(True)
        self.setFixedHeight(_LINES_SHOWN * self.fontMetrics().lineSpacing() + 20)
        self.textChanged.connect(self._say_changed)

    def value(self) -> object:
        return self.toPlainText().strip() or None

    def put(self, value: object) -> None:
        self._putting = True
        self.setPlainText("" if value is None else str(value))
        self._putting = False

    def _say_changed(self) -> None:
        if not self._putting:
            self.changed.emit()


class ChoiceEditor(QComboBox):
    """One of some values. Where they are many, typing any part of a name finds it."""

    changed = Signal()

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._values = [value for value, _text in choices]
        self.addItems([text for _value, text in choices])
        self.setCurrentIndex(-1)
        # Fields of a form are as wide as its grid says; one long name must not push the others away.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_LETTERS)
        if len(choices) > _CHOICES_TO_LOOK_THROUGH:
            self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            finder = QCompleter(self.model(), self)
            finder.setFilterMode(Qt.MatchFlag.MatchContains)
            finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            line = QLineEdit()
            line.editingFinished.connect(self._show_back)
            self.setLineEdit(line)
            self.setCompleter(finder)
        self.activated.connect(lambda _index: self.changed.emit())

    def setAccessibleName(self, name: str) -> None:
        """Also of the line that is typed into, which has the focus in its place."""
        super().setAccessibleName(name)
        line = self.lineEdit()
        if line is not None:
            line.setAccessibleName(name)

    def offer(self, choices: Sequence[Choice]) -> None:
        """Other choices than before; the chosen one stays chosen if it is among them."""
        try:
            chosen = self.value()
        except UserError:
            chosen = None
        self._values = [value for value, _text in choices]
        self.clear()
        self.addItems([text for _value, text in choices])
        self.put(chosen)

    def value(self) -> object:
        """The chosen value, None if there is none; UserError for a text that names no choice."""
        text = self.currentText().strip()
        if not text:
            return None
        place = self._place(text)
        if place < 0:
            raise UserError(_("“{text}” is not in the list.").format(text=text))
        return self._values[place]

    def _place(self, text: str) -> int:
        """Where the choice stands that is called so, or that alone begins so; -1 if there is none."""
        place = self.findText(text, Qt.MatchFlag.MatchFixedString)
        if place >= 0:
            return place
        begun = [at for at in range(self.count()) if self.itemText(at).casefold().startswith(text.casefold())]
        return begun[0] if len(begun) == 1 else -1

    def _show_back(self) -> None:
        """What was understood, in full."""
        text = self.currentText().strip()
        place = self._place(text) if text else -1
        if place >= 0 and self.itemText(place) != self.currentText():
            self.put(self._values[place])
            self.changed.emit()

    def put(self, value: object) -> None:
        self.setCurrentIndex(self._values.index(value) if value in self._values else -1)
        line = self.lineEdit()
        if line is not None:
            if self.currentIndex() < 0:
                self.clearEditText()
            # A long name is known by its beginning.
            line.setCursorPosition(0)


class CheckEditor(QCheckBox):
    """Yes or no."""

    changed = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.clicked.connect(lambda _on: self.changed.emit())

    def value(self) -> object:
        return self.isChecked()

    def put(self, value: object) -> None:
        self.setChecked(bool(value))


Editor = TextEditor | LinesEditor | ChoiceEditor | CheckEditor
