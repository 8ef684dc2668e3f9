"""One step of the guide: whether it is done, what it is for, and the button that does it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.i18n import _, number_text
from desktop.ui.icons import picture
from desktop.ui.repolish import repolish
from desktop.ui.theme import Theme

_MARK = 26
_ICON = 18


class StepRow(QFrame):
    """`more` is a second way, offered as a link."""

    def __init__(
        self,
        theme: Theme,
        number: int,
        title: str,
        words: str,
        act: tuple[str, Callable[[], object]],
        more: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._number = number
        self._title_text = title
        self.done = False
        self._mark, self._title, self._words = (
            QLabel(textFormat=Qt.TextFormat.PlainText),
            QLabel(title, textFormat=Qt.TextFormat.PlainText),
            QLabel(words, wordWrap=True, textFormat=Qt.TextFormat.PlainText),
        )
        side = theme.px(_MARK)
        self._mark.setFixedSize(side, side)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setProperty("role", "strong")
        self._words.setProperty("role", "secondary")
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self._title)
        text.addWidget(self._words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(14)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        if more is not None:
            row.addWidget(_button(more, "link"))
        self.button = _button(act, "")
        row.addWidget(self.button)
        theme.changed.connect(self._draw)
        self._draw()

    def say(self, words: str) -> None:
        self._words.setText(words)

    def show_state(self, done: bool, *, following: bool) -> None:
        """`following` is the step to take now: its button is the main one."""
        self.done = done
        self.button.setProperty("role", "main" if following else "")
        repolish(self.button)
        self._draw()

    def _draw(self) -> None:
        tokens = self._theme.tokens
        self._mark.setStyleSheet(
            f"background: {tokens.good_tint if self.done else tokens.quiet_tint};"
            f" color: {tokens.secondary}; border-radius: {self._mark.width() // 2}px; font-weight: 600;"
        )
        if self.done:
            self._mark.setPixmap(picture("done", tokens.good, self.devicePixelRatioF(), self._theme.px(_ICON)))
        else:
            self._mark.setText(number_text(self._number))
        word = _("done") if self.done else _("to do")
        self.setAccessibleName(f"{self._title_text}, {word}")
        self._mark.setAccessibleName(word)


def _button(act: tuple[str, Callable[[], object]], role: str) -> QPushButton:
    text, run = act
    button = QPushButton(text)
    button.setProperty("role", role)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _on=False: run())
    return button


def rule() -> QWidget:
    """A line between two steps."""
    line = QFrame()
    line.setProperty("role", "rule")
    return line
