"""Opens what was written with the system's own programs, and offers it in a notice."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop.errors import UserError
from desktop.i18n import _, pgettext
from desktop.ui.notice import Offer


def open_path(path: Path) -> None:
    """Open a file or a folder. UserError where the system knows no program for it."""
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        raise UserError(
            _("{path} cannot be opened from here.").format(path=path), _("Open it with the program of your choice.")
        )


def offer_folder(folder: Path) -> Offer:
    return _("Open the folder"), lambda: open_path(folder)


def offer_file(path: Path) -> Offer:
    return pgettext("verb", "Open"), lambda: open_path(path)
