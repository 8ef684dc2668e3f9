"""The first page when no book is open: look around, begin, or go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.i18n import _, date_text
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.recent_books import RecentBook
from desktop.ui.theme import Theme

_WIDTH = 460
_INSIDE = 28
_BUTTON_HEIGHT = 34
_BOOK_HEIGHT = 46
# So many of the books opened lately; the menu has them all.
_SHOWN = 5


class Welcome(QWidget):
    """Says what Sheaf does in a sentence and offers the three ways in, then the books opened lately."""

    def __init__(
        self,
        theme: Theme,
        new_book: Callable[[], object],
        open_book: Callable[[], object],
        sample: Callable[[], object],
        recent: Sequence[RecentBook],
        open_recent: Callable[[Path], object],
    ) -> None:
        super().__init__()
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(theme.px(_WIDTH))
        title = QLabel(_("Welcome to Sheaf"))
        title.setProperty("role", "title")
        words = QLabel(
            _(
                "Set up clients and agreements once. Each month one run bills them all, and you look only at the few "
                "invoices that need a person. Everything stays in one file on this computer."
            ),
            wordWrap=True,
        )
        words.setProperty("role", "secondary")
        # In a column of stretches a wrapped label gets the height of one line less than it needs.
        words.setMinimumHeight(words.heightForWidth(theme.px(_WIDTH) - 2 * _INSIDE))
        inside = QVBoxLayout(card)
        inside.setContentsMargins(_INSIDE, 26, _INSIDE, 26)
        inside.setSpacing(12)
        inside.addWidget(title)
        inside.addWidget(words)
        inside.addSpacing(8)
        for text, act, role in (
            (_("New book for my firm…"), new_book, "main"),
            (_("Look around in a sample firm"), sample, ""),
            (_("Open a book…"), open_book, ""),
        ):
            button = _button(text, act, role)
            button.setMinimumHeight(theme.px(_BUTTON_HEIGHT))
            inside.addWidget(button)
        if recent:
            inside.addSpacing(8)
            head = QLabel(_("Opened lately"))
            head.setProperty("role", "secondary")
            inside.addWidget(head)
            for book in recent[:_SHOWN]:
                inside.addWidget(_book(book, open_recent, theme))
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(3)


def _button(text: str, act: Callable[[], object], role: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", role)
    button.clicked.connect(lambda _on=False: act())
    return button


def _book(book: RecentBook, open_book: Callable[[Path], object], theme: Theme) -> QPushButton:
    """A book by its name, where it lies, and when it was opened last."""
    button = QPushButton()
    button.setProperty("role", "figures")
    button.setMinimumHeight(theme.px(_BOOK_HEIGHT))
    name, folder, when = (
        QLabel(book.path.stem, textFormat=Qt.TextFormat.PlainText),
        ElidedLabel(),
        QLabel(textFormat=Qt.TextFormat.PlainText),
    )
    folder.setText(str(book.path.parent))
    when.setText(date_text(book.at.date()) if book.at else "")
    name.setProperty("role", "strong")
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(name)
    words.addWidget(folder)
    row = QHBoxLayout(button)
    row.setContentsMargins(12, 4, 12, 4)
    row.addLayout(words, 1)
    row.addWidget(when)
    for label in (folder, when):
        label.setProperty("role", "secondary")
    for label in (name, folder, when):
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.setTextFormat(Qt.TextFormat.PlainText)
    button.setAccessibleName(", ".join(part for part in (name.text(), folder.text(), when.text()) if part))
    button.setToolTip(str(book.path))
    button.clicked.connect(lambda _on=False: open_book(book.path))
    return button
