"""Beside the exceptions: the real page, what can be decided, and the reason in sentences."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.ui.actions import Actions
from desktop.ui.pdf_view import PdfView

_LEAST_PAGE, _LEAST_WORDS = 160, 90


class ReviewPane(QWidget):
    """The page and the words share the height; the line between them can be drawn."""

    def __init__(self, actions: Actions, page: PdfView) -> None:
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
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for one, role in (("review.approve", "main"), ("review.hold", ""), ("review.edit", "")):
            row.addWidget(actions.button(one, role))
        row.addStretch(1)
        more = QHBoxLayout()
        more.setSpacing(4)
        self._remember = actions.button("review.remember", "link")
        for button in (actions.button("review.mend", "link"), actions.button("review.note", "link"), self._remember):
            more.addWidget(button)
        more.addStretch(1)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setWidget(self._words)
        self._scroll.setMinimumHeight(_LEAST_WORDS)
        self._scroll.setAccessibleName(_("Why"))
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 8, 0, 0)
        foot.setSpacing(6)
        self._buttons = QWidget()
        buttons = QVBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(4)
        buttons.addLayout(row)
        buttons.addLayout(more)
        foot.addWidget(self._buttons)
        foot.addWidget(self._scroll, 1)
        below = QWidget()
        below.setLayout(foot)
        page.setMinimumHeight(_LEAST_PAGE)
        both = QSplitter(Qt.Orientation.Vertical)
        both.setChildrenCollapsible(False)
        both.addWidget(page)
        both.addWidget(below)
        both.setStretchFactor(0, 1)
        both.setStretchFactor(1, 1)
        both.setSizes([1_000, 800])
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

    def show_draft(self, heading: str, aside: str, *, decidable: bool) -> None:
        """Another draft, whose words come later."""
        self._heading.setText(heading)
        self._aside.setText(aside)
        self._buttons.setVisible(decidable)

    def show_words(self, words: str) -> None:
        """The reason in sentences; also again, when more of it is known."""
        if words != self._words.text():
            self._words.setText(words)
            self._scroll.verticalScrollBar().setValue(0)

    def offer_remembering(self, offered: bool) -> None:
        self._remember.setVisible(offered)
