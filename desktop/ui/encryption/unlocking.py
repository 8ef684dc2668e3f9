"""The page before an encrypted book whose key this computer does not have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop import secrets
from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.encryption.opening import unlock
from desktop.ui.form import Field, Form, Section
from desktop.ui.main_window import MainWindow

_WIDTH = 460
_INSIDE = 28


class Opens(Protocol):
    """The program, as far as this page needs it."""

    @property
    def window(self) -> MainWindow: ...
    def open(self, path: Path) -> None: ...
    def greet(self) -> None: ...


class UnlockPage(QWidget):
    """Takes the recovery passphrase or the recovery key of `locked`, then opens `book`."""

    def __init__(self, program: Opens, locked: Path, book: Path, damaged: Callable[[], object] | None = None) -> None:
        """`damaged` shows what can be done where no key helps, since the file is damaged."""
        super().__init__()
        self._program, self._locked, self._book = program, locked, book
        shell = program.window.shell
        self._shell = shell
        keyring = secrets.has_keyring()
        fields = [
            Field(
                "secret",
                _("Recovery passphrase or recovery key"),
                "password",
                required=True,
            )
        ]
        if keyring:
            fields.append(Field("keep", _("Keep the key in the keyring of this computer"), "check"))
        self.form = Form([Section("", fields)], shell.theme)
        if keyring:
            self.form.put({"keep": True})
        self.problem = _label("", "problem")
        self.problem.hide()
        self.button = QPushButton(_("Unlock"))
        self.button.setProperty("role", "main")
        self.button.clicked.connect(self.accept)
        card = QFrame()
        card.setProperty("role", "card")
        card.setFixedWidth(shell.theme.px(_WIDTH))
        inside = QVBoxLayout(card)
        inside.setContentsMargins(_INSIDE, 26, _INSIDE, 26)
        inside.setSpacing(12)
        inside.addWidget(_label(_("{name} is encrypted").format(name=locked.stem), "title"))
        words = _(
            "This computer does not have its key. The recovery key is on the page that was printed when the book was "
            "encrypted."
        )
        inside.addWidget(_label(words, "secondary"))
        inside.addWidget(self.form)
        inside.addWidget(self.problem)
        inside.addWidget(self.button)
        if damaged is not None:
            broken = QPushButton(_("No key opens it…"))
            broken.clicked.connect(lambda _on=False: damaged())
            inside.addWidget(broken)
        other = QPushButton(_("Other books…"))
        other.clicked.connect(lambda _on=False: program.greet())
        inside.addWidget(other)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(3)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Otherwise a long sentence below it takes its height.
        self.form.setMinimumHeight(self.form.sizeHint().height())
        self.form.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Try what was typed."""
        if not self.button.isEnabled() or not self.form.check():
            return
        values, path = self.form.values(), self._locked
        typed, keep = str(values["secret"]), bool(values.get("keep"))
        self.problem.hide()
        self.button.setEnabled(False)

        def work(_report: object) -> None:
            unlock(path, typed, keep=keep)

        self._shell.jobs.start(Job(_("Unlocking"), work, lane=Lane.HAND, quiet=True), self._unlocked, self._refused)

    def _unlocked(self, _nothing: object) -> None:
        self._program.window.clear()
        self._program.open(self._book)

    def _refused(self, error: object) -> None:
        self.button.setEnabled(True)
        self.problem.setText(str(error))
        # In a column of stretches a wrapped label gets the height of one line less than it needs.
        self.problem.setMinimumHeight(self.problem.heightForWidth(self.form.width()))
        self.problem.show()
        self.form.focus_on("secret")


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", role)
    return label
