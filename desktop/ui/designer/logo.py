"""The picture of a template: the firm's, one of its own, or none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.firm import logo
from desktop.services.templates import check_layout
from desktop.ui.designer.draft import LayoutDraft
from desktop.ui.desk import Desk
from desktop.ui.picture_paper import PicturePaper, picture_bytes
from desktop.ui.wrapping import WrappingRow

_HEIGHT = 64


class LogoPart(QWidget):
    """A picture may also be dropped on it."""

    def __init__(self, draft: LayoutDraft, desk: Desk) -> None:
        super().__init__()
        self._draft = draft
        self._desk = desk
        self.picture = PicturePaper(desk.shell.theme, _HEIGHT)
        self.picture.chosen.connect(self.take)
        self.choose = QPushButton(_("Choose a picture…"))
        self.firms = QPushButton(_("Take the firm’s"))
        self.off = QPushButton(_("Without a logo"))
        buttons = WrappingRow()
        for button, act in (
            (self.choose, self.picture.ask),
            (self.firms, self._take_firms),
            (self.off, self._take_off),
        ):
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
        shown = self.picture.show_picture(content, _("No logo. Drop a PNG or JPEG here, or choose one."))
        self.picture.setAccessibleName(_("The logo of this template") if shown else "")

    def take(self, path: object) -> None:
        """Take the picture of a file; what is none is told."""
        assert isinstance(path, Path)
        layout, file = self._draft.layout, path

        def work() -> bytes:
            content = picture_bytes(file)
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
