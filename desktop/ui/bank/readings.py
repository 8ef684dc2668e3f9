"""What a bank line may be: its readings one below the other, each with the digit that chooses it, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLabel, QVBoxLayout, QWidget

from desktop.i18n import percent_text
from desktop.ui.cells import paint_bar
from desktop.ui.theme import Theme, Tone

_PAD, _GAP, _BAR, _BAR_WIDTH = 8, 3, 4, 54


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading as it is shown; `score` is a fraction times 10**6, `reasons` are sentences."""

    words: str
    amount: str
    score: int
    sure: bool
    likely: bool
    reasons: tuple[str, ...]

    @property
    def percent(self) -> int:
        return self.score // 10_000


class ReadingButton(QAbstractButton):
    """One reading: its digit, what it is, how likely."""

    def __init__(self, theme: Theme, digit: int, reading: Reading) -> None:
        super().__init__()
        self._theme = theme
        self._digit = str(digit)
        self.reading = reading
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        score = percent_text(reading.percent)
        self.setAccessibleName(f"{digit}. {reading.words}, {reading.amount}, {score}")
        self.setAccessibleDescription(" ".join(reading.reasons))
        self.setToolTip(reading.words)
        self.setMinimumHeight(self.sizeHint().height())
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(px(200), 2 * self.fontMetrics().height() + px(_GAP) + 2 * px(_PAD) - px(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(theme.color("selection" if self.isChecked() else "hover" if self.underMouse() else "card"))
        edge = theme.color("accent" if self.isChecked() or self.hasFocus() else "line")
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(frame, 6, 6)
        inner = self.rect().adjusted(px(_PAD), 0, -px(_PAD), 0)
        digit = self._side(inner, 0, px(18))
        painter.setPen(theme.color("accent" if self.isChecked() else "secondary"))
        painter.setFont(theme.font("body", strong=True))
        painter.drawText(digit, Qt.AlignmentFlag.AlignCenter, self._digit)
        self._paint_words(painter, inner)

    def _paint_words(self, painter: QPainter, inner: QRect) -> None:
        theme, px, reading = self._theme, self._theme.px, self.reading
        leading, trailing = Qt.AlignmentFlag.AlignLeading, Qt.AlignmentFlag.AlignTrailing
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        line = painter.fontMetrics().height()
        top = (self.height() - 2 * line - px(_GAP)) // 2
        start = px(18) + px(_PAD)
        room = inner.width() - start
        painter.setFont(theme.font("body", figures=True))
        taken = painter.fontMetrics().horizontalAdvance(reading.amount)
        first = QRect(inner.left(), top, inner.width(), line)
        painter.setPen(theme.color("text"))
        painter.drawText(self._side(first, start, room), self._aligned(trailing) | middle, reading.amount)
        painter.setFont(theme.font("body", strong=True))
        words = painter.fontMetrics().elidedText(
            reading.words, Qt.TextElideMode.ElideRight, max(0, room - taken - px(_PAD))
        )
        painter.drawText(self._side(first, start, room), self._aligned(leading) | middle, words)
        second = QRect(inner.left(), top + line + px(_GAP), inner.width(), line)
        ink, ground = (QColor(one) for one in theme.tokens.tone(_tone(reading)))
        painter.setFont(theme.font("tag", strong=True))
        score = percent_text(reading.percent)
        bar = self._side(second, start, px(_BAR_WIDTH))
        bar = QRect(bar.left(), second.center().y() - px(_BAR) // 2, bar.width(), px(_BAR))
        paint_bar(painter, bar, reading.percent, ink, ground)
        painter.setPen(ink)
        painter.drawText(
            self._side(second, start + px(_BAR_WIDTH) + px(_PAD), px(90)), self._aligned(leading) | middle, score
        )
        if reading.reasons and not self.isChecked():
            after = start + px(_BAR_WIDTH) + px(_PAD) + painter.fontMetrics().horizontalAdvance("100 %") + px(_PAD)
            painter.setPen(theme.color("secondary"))
            painter.setFont(theme.font("head"))
            room = inner.width() - after
            why = painter.fontMetrics().elidedText(reading.reasons[0], Qt.TextElideMode.ElideRight, room)
            painter.drawText(self._side(second, after, room), self._aligned(leading) | middle, why)

    def _side(self, rect: QRect, start: int, width: int) -> QRect:
        """A part of a line, from its leading edge on."""
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            return QRect(rect.right() + 1 - start - width, rect.top(), width, rect.height())
        return QRect(rect.left() + start, rect.top(), width, rect.height())

    def _aligned(self, side: Qt.AlignmentFlag) -> Qt.AlignmentFlag:
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        leading = side is Qt.AlignmentFlag.AlignLeading
        return Qt.AlignmentFlag.AlignRight if leading == mirrored else Qt.AlignmentFlag.AlignLeft


def _tone(reading: Reading) -> Tone:
    return "good" if reading.sure else "note" if reading.likely else "held"


class ReadingsView(QWidget):
    """The readings of one line; at most one is chosen."""

    chosen = Signal(object)  # its place from 0

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._buttons: list[ReadingButton] = []
        self._place: int | None = None
        self._nothing = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._nothing.setProperty("role", "secondary")
        self._why = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._nothing)
        layout.addLayout(self._list)
        layout.addWidget(self._why)

    @property
    def place(self) -> int | None:
        """Which one is chosen, from 0."""
        return self._place

    @property
    def said(self) -> str:
        """What it says where there is nothing to choose, or why the chosen one is likely."""
        return self._why.text() if self._place is not None else self._nothing.text()

    @property
    def readings(self) -> list[Reading]:
        return [one.reading for one in self._buttons]

    def show_readings(self, several: Sequence[Reading], place: int | None, nothing: str) -> None:
        """Show these with one of them chosen or none; `nothing` is said where none is."""
        for button in self._buttons:
            button.hide()
            self._list.removeWidget(button)
            button.deleteLater()
        self._buttons = [ReadingButton(self._theme, digit, one) for digit, one in enumerate(several, 1)]
        for number, button in enumerate(self._buttons):
            self._list.addWidget(button)
            # Whoever asks how high this is must not wait until Qt shows it.
            button.show()
            button.clicked.connect(lambda _on=False, number=number: self.choose(number))
        self._nothing.setText(nothing)
        self._show(place)

    def choose(self, place: int) -> None:
        """Choose one, if there are so many."""
        if place < len(self._buttons):
            self._show(place)
            self.chosen.emit(place)

    def _show(self, place: int | None) -> None:
        self._place = place
        for number, button in enumerate(self._buttons):
            button.setChecked(number == place)
        reasons = self._buttons[place].reading.reasons if place is not None else ()
        self._why.setText("\n".join(f"•  {one}" for one in reasons))
        self._why.setVisible(bool(reasons))
        self._nothing.setVisible(place is None and bool(self._nothing.text()))
