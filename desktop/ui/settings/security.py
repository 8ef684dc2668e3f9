"""Whether the open book is encrypted, and the way to what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from db.engine import PLAIN
from desktop.i18n import _
from desktop.ui.desk import Desk

_WIDTH = 520


class SecuritySection(QWidget):
    """The key is changed while the book is closed; the section says what the book is and leads there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        theme = desk.shell.theme
        encrypted = desk.book.driver is not PLAIN
        title = QLabel(_("Security"))
        title.setProperty("role", "title")
        self.state = _words(
            _("This book is encrypted.") if encrypted else _("This book is not encrypted."), "strong", theme.px(_WIDTH)
        )
        if encrypted:
            told = _(
                "Nobody reads it, or a backup made since, without its key. The key is in the keyring of this computer "
                "or was typed when the book was opened; on another computer the recovery passphrase or the recovery "
                "key opens it."
            )
        else:
            told = _(
                "Whoever gets hold of the file, or of a backup, can read all of it. Encrypted, it takes a key that "
                "this computer keeps in its keyring."
            )
        self.button = QPushButton(_("Key and encryption…") if encrypted else _("Encrypt this book…"))
        self.button.setProperty("role", "main")
        self.button.clicked.connect(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 18)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(self.state)
        layout.addWidget(_words(told, "secondary", theme.px(_WIDTH)))
        layout.addWidget(
            _words(
                _("The book closes for it, and opens again in a new window."),
                "secondary",
                theme.px(_WIDTH),
            )
        )
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeading)
        layout.addWidget(
            _words(
                _(
                    "Documents, spreadsheets and archives that you save outside the book are not encrypted with it. "
                    "Passwords of e-mail accounts are never in the book: they are in the keyring."
                ),
                "secondary",
                theme.px(_WIDTH),
            )
        )
        layout.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        why = self._desk.shell.refusal("people.encryption")
        if not why and self._desk.book.read_only:
            why = _("The book is open for reading only.")
        self.button.setEnabled(not why and self._desk.shell.encryption is not None)
        self.button.setToolTip(why)

    def go(self) -> None:
        """Close the book and show the ways."""
        if self._desk.shell.encryption is not None:
            self._desk.shell.encryption()


def _words(text: str, role: str, width: int) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    label.setMaximumWidth(width)
    label.setMinimumHeight(label.heightForWidth(width))
    return label
