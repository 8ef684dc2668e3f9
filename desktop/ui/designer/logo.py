"""The picture of a template: the firm's, one of its own, or none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _
from desktop.paths import documents_dir
from desktop.services.firm import logo
from desktop.services.templates import check_layout
from desktop.ui.designer.draft import LayoutDraft
from desktop.ui.desk import Desk
from desktop.ui.wrapping import WrappingRow

_HEIGHT = 64


class LogoPart(QWidget):
    """A picture may also be dropped on it."""

    def __init__(self, draft: LayoutDraft, desk: Desk) -> None:
        super().__init__()
        self._draft = draft
        self._desk = desk
        self.setAcceptDrops(True)
        self.picture = QLabel(wordWrap=True)
        self.picture.setProperty("role", "paper")
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.picture.setFixedHeight(desk.shell.theme.px(_HEIGHT) + 16)
        self.choose = QPushButton(_("Choose a picture…"))
        self.firms = QPushButton(_("Take the firm’s"))
        self.off = QPushButton(_("Without a logo"))
        buttons = WrappingRow()
        for button, act in ((self.choose, self._ask), (self.firms, self._take_firms), (self.off, self._take_off)):
            button.setAutoDefault(False)
            button.clicked.connect(act)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.picture)
        layout.addLayout(buttons)
        draft.changed.connect(self._show)
        draft.replaced.connect(self._show)
        self._shown: bytes | None = None
        self._show()

    def _show(self) -> None:
        content = self._draft.look.logo
        if content == self._shown:
            return
        self._shown = content
        self.off.setEnabled(bool(content))
        whole = QPixmap()
        if content and whole.loadFromData(content):
            ratio = self.devicePixelRatio()
            height = min(whole.height(), round((self.picture.height() - 16) * ratio))
            small = whole.scaledToHeight(height, Qt.TransformationMode.SmoothTransformation)
            small.setDevicePixelRatio(ratio)
            self.picture.setPixmap(small)
            self.picture.setAccessibleName(_("The logo of this template"))
        else:
            self.picture.setText(_("No logo. Drop a PNG or JPEG here, or choose one."))

    def _ask(self) -> None:
        dialog = QFileDialog(self, _("Choose a logo"), str(documents_dir()), _("Pictures (*.png *.jpg *.jpeg)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.open()

    def take(self, path: Path) -> None:
        """Take the picture of a file; what is none is told."""
        layout = self._draft.layout

        def work() -> bytes:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise UserError(
                    _("{file} cannot be read: {reason}.").format(file=path.name, reason=error.strerror or error),
                    _("Check that it is there and that you may read it."),
                ) from error
            check_layout(layout, content)
            return content

        self._desk.shell.jobs.ask(work, self._put, self._desk.shell.notices.show_error)

    def _put(self, content: object) -> None:
        assert isinstance(content, bytes)
        self._draft.set_logo(content)

    def _take_firms(self) -> None:
        book = self._desk.book

        def work() -> bytes:
            found = logo(book)
            return found.content if found else b""

        self._desk.shell.jobs.ask(work, self._put)

    def _take_off(self) -> None:
        self._draft.set_logo(b"")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.take(Path(files[0]))
