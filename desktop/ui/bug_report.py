"""What a report of a fault contains, so that a person can read all of it before anything is shared."""

import traceback
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.crashes import ran_on, short_place
from desktop.i18n import _


def bug_report(error: BaseException) -> str:
    """The error, where in the program it arose, and what the program ran on. No values of variables, no folders."""
    frames = [
        f"  {short_place(frame.filename)}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    message = str(error).replace(str(Path.home()), "~")
    return "\n".join([ran_on(), *frames, f"{type(error).__name__}: {message}"])


class ReportDialog(QDialog):
    """Shows the report as it would be shared. The person may cut from it and copies it; nothing is sent from here."""

    def __init__(self, error: BaseException, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Report a fault"))
        self.resize(640, 420)
        explained = QLabel(
            _("A report contains this and nothing else. Take out what you do not want to share, then copy it."),
            wordWrap=True,
        )
        self.text = QPlainTextEdit(bug_report(error))
        self.text.setProperty("role", "report")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(_("Copy the report"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.setDefault(True)
        copy.setProperty("role", "main")
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addWidget(explained)
        layout.addWidget(self.text)
        layout.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
