"""The firm's logo, as it will stand on documents."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.errors import UserError
from desktop.i18n import _
from desktop.paths import documents_dir
from desktop.services.files import StoredFile
from desktop.services.firm import logo, remove_logo, set_logo
from desktop.ui.desk import Desk
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS
from desktop.ui.wrapping import WrappingRow

_HEIGHT = 72
# Border and padding of the paper.
_AROUND = 16


class Logo(QWidget):
    """A preview on white, as on paper; a picture may be dropped on it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._whole = QPixmap()
        self.setAcceptDrops(True)
        self.picture = QLabel(alignment=Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # A picture as wide as its label must not keep the label from getting narrower.
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.picture.setFixedHeight(desk.shell.theme.px(_HEIGHT) + 16)
        self.picture.setProperty("role", "paper")
        self.picture.setWordWrap(True)
        title = QLabel(_("Logo"))
        title.setProperty("role", "strong")
        self._choose = QPushButton(_("Choose a picture…"))
        self._choose.clicked.connect(self._ask)
        self._remove = QPushButton(_("Remove"))
        self._remove.clicked.connect(self._take_off)
        buttons = WrappingRow()
        buttons.addWidget(self._choose)
        buttons.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(self.picture)
        layout.addLayout(buttons)

    def reload(self) -> None:
        self._desk.shell.jobs.ask(lambda: logo(self._desk.book), self._show)

    def _show(self, found: object) -> None:
        assert found is None or isinstance(found, StoredFile)
        self._remove.setVisible(found is not None)
        self._whole = QPixmap()
        if found is None:
            self.picture.setPixmap(QPixmap())
            self.picture.setText(_("None yet: PNG or JPEG, about 600 pixels wide."))
            return
        self._whole.loadFromData(found.content)
        self.picture.setToolTip(found.name)
        self._fit()

    def _fit(self) -> None:
        """The whole picture within the room there is, sharp on every screen."""
        if self._whole.isNull():
            return
        scale = self.devicePixelRatio()
        height = round(self._desk.shell.theme.px(_HEIGHT) * scale)
        width = round((self.picture.width() - _AROUND) * scale)
        fitted = self._whole.scaled(
            max(width, 1), height, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(scale)
        self.picture.setPixmap(fitted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def use(self, path: Path) -> None:
        """Put a picture on all documents to come."""
        book, actor = self._desk.book, self._desk.actor

        def work() -> None:
            try:
                content = path.read_bytes()
            except OSError as error:
                raise UserError(
                    _("{file} cannot be read: {reason}.").format(file=path.name, reason=error.strerror or error),
                    _("Choose another picture."),
                ) from error
            set_logo(book, path.name, content, actor=actor)

        write(self._desk, _("Changing the logo"), work, _("The logo is changed."), changed=SETTINGS)

    def _ask(self) -> None:
        dialog = QFileDialog(self, _("Choose a picture"), str(documents_dir()), _("Pictures") + " (*.png *.jpg *.jpeg)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.use(Path(name)))
        dialog.open()

    def _take_off(self) -> None:
        act = partial(remove_logo, self._desk.book, actor=self._desk.actor)
        write(self._desk, _("Removing the logo"), act, _("The logo is removed."), changed=SETTINGS)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.use(Path(files[0]))
