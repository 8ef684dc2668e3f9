"""The reports of faults on this computer: what each holds, to be copied or thrown away. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop import crashes
from desktop.crashes import CrashReport
from desktop.i18n import _, date_text
from desktop.ui.opening import open_path


def show_crash_reports(parent: QWidget) -> CrashReports:
    """Open the list."""
    dialog = CrashReports(parent)
    dialog.open()
    return dialog


class CrashReports(QDialog):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Crash reports"))
        self.resize(860, 480)
        self._said = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Crash reports"))
        self.list.currentRowChanged.connect(self._show)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(_("What the report holds"))
        self.text.setProperty("role", "report")
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list)
        splitter.addWidget(self.text)
        splitter.setSizes([280, 540])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(_("Copy the report"), QDialogButtonBox.ButtonRole.ActionRole)
        self.delete = buttons.addButton(_("Delete it"), QDialogButtonBox.ButtonRole.ActionRole)
        self.open_folder = buttons.addButton(_("Open the folder"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.setProperty("role", "main")
        self.copy.clicked.connect(self._copy)
        self.delete.clicked.connect(self._delete)
        self.open_folder.clicked.connect(lambda: open_path(crashes.folder()))
        buttons.rejected.connect(self.reject)
        QShortcut(QKeySequence(Qt.Key.Key_Delete), self.list).activated.connect(self._delete)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(12)
        layout.addWidget(self._said)
        layout.addWidget(splitter, 1)
        layout.addWidget(buttons)
        self._reports: Sequence[CrashReport] = ()
        self._fill()

    @property
    def said(self) -> str:
        return self._said.text()

    def _fill(self) -> None:
        self._reports = crashes.reports()
        self.list.clear()
        for report in self._reports:
            self.list.addItem(QListWidgetItem(f"{date_text(report.at.date())} {report.at:%H:%M}\n{report.what}"))
        there = bool(self._reports)
        self._said.setText(
            _(
                "Reports stay on this computer and are sent nowhere. Each says where in the program a fault arose;"
                " none holds figures, names or folders of yours."
            )
            if there
            else _("There are no crash reports: Sheaf has not stumbled since the last were deleted.")
        )
        for button in (self.copy, self.delete, self.open_folder):
            button.setEnabled(there)
        if there:
            self.list.setCurrentRow(0)
        else:
            self.text.clear()

    def _show(self, row: int) -> None:
        self.text.setPlainText(self._reports[row].text if 0 <= row < len(self._reports) else "")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    def _delete(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._reports):
            crashes.forget(self._reports[row])
            self._fill()
            self.list.setCurrentRow(min(row, self.list.count() - 1))
