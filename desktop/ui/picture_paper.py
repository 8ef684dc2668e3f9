"""A picture on white, as on paper; another one is chosen from the disk or dropped on it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QLabel, QSizePolicy

from desktop.errors import UserError
from desktop.i18n import _
from desktop.paths import documents_dir
from desktop.ui.theme import Theme

# Border and padding of the paper.
_AROUND = 16


class PicturePaper(QLabel):
    """`height` is that of the picture, in pixels of the design."""

    chosen = Signal(object)  # the Path of another picture

    def __init__(self, theme: Theme, height: int) -> None:
        super().__init__(alignment=Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, wordWrap=True)
        self._height = theme.px(height)
        self._whole = QPixmap()
        self.setProperty("role", "paper")
        # A picture as wide as its label must not keep the label from getting narrower.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self._height + _AROUND)
        self.setAcceptDrops(True)

    def show_picture(self, content: bytes, otherwise: str) -> bool:
        """Show these bytes of a picture, or a text where they are none; whether it is the picture."""
        self._whole = QPixmap()
        if content and self._whole.loadFromData(content):
            self._fit()
            return True
        self.setPixmap(QPixmap())
        self.setText(otherwise)
        return False

    def _fit(self) -> None:
        """The whole picture within the room there is, sharp on every screen."""
        if self._whole.isNull():
            return
        scale = self.devicePixelRatio()
        width = round((self.width() - _AROUND) * scale)
        fitted = self._whole.scaled(
            max(width, 1),
            round(self._height * scale),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitted.setDevicePixelRatio(scale)
        self.setPixmap(fitted)

    def ask(self) -> None:
        """Ask for the file of a picture."""
        pictures = _("Pictures (*.png *.jpg *.jpeg)")
        dialog = QFileDialog(self, _("Choose a picture"), str(documents_dir()), pictures)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.chosen.emit(Path(name)))
        dialog.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.chosen.emit(Path(files[0]))


def picture_bytes(path: Path) -> bytes:
    """The file's content. UserError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            _("{file} cannot be read: {reason}.").format(file=path.name, reason=error.strerror or error),
            _("Check that it is there and that you may read it."),
        ) from error
