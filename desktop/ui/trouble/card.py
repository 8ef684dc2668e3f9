"""A page that stands where no book does: what happened, what is safe, and the ways on as buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.ui.theme import Theme

_WIDTH = 520
_INSIDE = 28
_BUTTON_HEIGHT = 34


class Way(NamedTuple):
    """A verb and what it does; the first of a card is what helps most often."""

    text: str
    act: Callable[[], object]


class TroubleCard(QWidget):
    """Esc does nothing here: one of the ways has to be taken."""

    def __init__(self, theme: Theme, title: str, sentences: Sequence[str], ways: Sequence[Way]) -> None:
        super().__init__()
        self.title = title
        self.words = "\n".join(sentences)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(theme.px(_WIDTH))
        inside = QVBoxLayout(card)
        inside.setContentsMargins(_INSIDE, 26, _INSIDE, 26)
        inside.setSpacing(12)
        head = _label(title, "title", theme)
        inside.addWidget(head)
        for sentence in sentences:
            inside.addWidget(_label(sentence, "secondary", theme))
        inside.addSpacing(8)
        self.buttons: list[QPushButton] = []
        for place, way in enumerate(ways):
            button = QPushButton(way.text)
            button.setProperty("role", "main" if place == 0 else "")
            button.setMinimumHeight(theme.px(_BUTTON_HEIGHT))
            button.clicked.connect(lambda _on=False, act=way.act: act())
            inside.addWidget(button)
            self.buttons.append(button)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(3)
        if self.buttons:
            self.buttons[0].setFocus()


def _label(text: str, role: str, theme: Theme) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    # In a column of stretches a wrapped label gets the height of one line less than it needs.
    label.setMinimumHeight(label.heightForWidth(theme.px(_WIDTH) - 2 * _INSIDE))
    return label
