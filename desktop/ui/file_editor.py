"""A field for one file of this computer: typed, dropped or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit

from desktop.errors import UserError
from desktop.i18n import _
from desktop.paths import documents_dir
from desktop.ui.editors import TextEditor
from desktop.ui.icons import icon
from desktop.ui.theme import Theme


class FileEditor(TextEditor):
    """The path of a file that is there (Alt+Down chooses one); empty is None."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._open = self.addAction(QIcon(), QLineEdit.ActionPosition.TrailingPosition)
        self._open.setToolTip(_("Choose a file"))
        self._open.triggered.connect(self.choose)
        theme.changed.connect(self._paint)
        self._paint()

    def parse(self, text: str) -> Path:
        # What is dropped on a line arrives as an address.
        url = QUrl(text)
        path = Path(url.toLocalFile()) if url.isLocalFile() else Path(text)
        if not path.is_file():
            raise UserError(_("There is no file {path}.").format(path=path), _("Check its name and folder."))
        return path

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.choose()
        else:
            super().keyPressEvent(event)

    def choose(self) -> None:
        dialog = QFileDialog(self.window(), _("Choose a file"), str(documents_dir()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, name: str) -> None:
        self.put(Path(name))
        self.changed.emit()

    def _paint(self) -> None:
        self._open.setIcon(icon("open", self._theme.tokens.secondary))
