"""The firm's logo, as it will stand on documents."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.services.files import StoredFile
from desktop.services.firm import logo, remove_logo, set_logo
from desktop.ui.desk import Desk
from desktop.ui.picture_paper import PicturePaper, picture_bytes
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS
from desktop.ui.wrapping import WrappingRow

_HEIGHT = 72


class Logo(QWidget):
    """A preview of it; a picture may be dropped there."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.picture = PicturePaper(desk.shell.theme, _HEIGHT)
        self.picture.chosen.connect(self.use)
        title = QLabel(_("Logo"))
        title.setProperty("role", "strong")
        self._choose = QPushButton(_("Choose a picture…"))
        self._choose.clicked.connect(self.picture.ask)
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
        self.picture.show_picture(found.content if found else b"", _("None yet: PNG or JPEG, about 600 pixels wide."))
        self.picture.setToolTip(found.name if found else "")

    def use(self, path: object) -> None:
        """Put a picture on all documents to come."""
        assert isinstance(path, Path)
        book, actor, file = self._desk.book, self._desk.actor, path

        def work() -> None:
            set_logo(book, file.name, picture_bytes(file), actor=actor)

        write(self._desk, _("Changing the logo"), work, _("The logo is changed."), changed=SETTINGS)

    def _take_off(self) -> None:
        act = partial(remove_logo, self._desk.book, actor=self._desk.actor)
        write(self._desk, _("Removing the logo"), act, _("The logo is removed."), changed=SETTINGS)
