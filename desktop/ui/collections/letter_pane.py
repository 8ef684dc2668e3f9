"""Beside the letters of a run: the real page, what can be decided, and what it asks for in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.ui.actions import Actions
from desktop.ui.pdf_view import PdfView
from desktop.ui.wrapping import WrappingRow

_LEAST_PAGE, _LEAST_WORDS = 160, 72


class LetterPane(QWidget):
    """The page and the words share the height; the line between them can be drawn."""

    def __init__(self, acts: Actions, page: PdfView, buttons: Sequence[str]) -> None:
        super().__init__()
        self._heading, self._aside, self._words = (QLabel(textFormat=Qt.TextFormat.PlainText) for _place in range(3))
        self._heading.setProperty("role", "strong")
        self._heading.setWordWrap(True)
        self._aside.setProperty("role", "secondary")
        self._aside.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignTrailing)
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self._aside)
        self._buttons = QWidget()
        row = WrappingRow(self._buttons)
        for place, one in enumerate(buttons):
            row.addWidget(acts.button(one, "" if place else "main"))
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setWidget(self._words)
        self._scroll.setMinimumHeight(_LEAST_WORDS)
        self._scroll.setAccessibleName(_("What the letter asks for"))
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        below = QWidget()
        foot = QVBoxLayout(below)
        foot.setContentsMargins(0, 8, 0, 0)
        foot.setSpacing(6)
        foot.addWidget(self._buttons)
        foot.addWidget(self._scroll, 1)
        page.setMinimumHeight(_LEAST_PAGE)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setChildrenCollapsible(False)
        both.addWidget(page)
        both.addWidget(below)
        both.setSizes([1_000, 600])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(both, 1)

    @property
    def heading(self) -> str:
        return self._heading.text()

    @property
    def words(self) -> str:
        return self._words.text()

    def show_letter(self, heading: str, aside: str, words: str, *, decidable: bool) -> None:
        """Another letter; the buttons are there while something can be decided of it."""
        self._heading.setText(heading)
        self._aside.setText(aside)
        self._buttons.setVisible(decidable)
        if words != self._words.text():
            self._words.setText(words)
            self._scroll.verticalScrollBar().setValue(0)
