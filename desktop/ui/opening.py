"""Opens what was written with the system's own programs, and offers it in a notice."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop.errors import UserError
from desktop.i18n import _, pgettext
from desktop.ui.notice import Offer

# What systems start instead of showing it: whoever sent the file would run it with one press.
_RUNS: Final = frozenset(
    (
        *(".app", ".appimage", ".bat", ".chm", ".cmd", ".com", ".command", ".cpl", ".desktop", ".docm", ".exe", ".hta"),
        *(".jar", ".js", ".jse", ".lnk", ".msi", ".pif", ".ps1", ".py", ".reg", ".scf", ".scr", ".sh", ".terminal"),
        *(".url", ".vb", ".vbe", ".vbs", ".webloc", ".wsf", ".xlsm"),
    )
)


def open_path(path: Path) -> None:
    """Open a file or a folder. UserError where it would run as a program, or the system knows no program for it."""
    # Windows takes no notice of dots and spaces at the end.
    if Path(path.name.rstrip(". ")).suffix.lower() in _RUNS and not path.is_dir():
        raise UserError(
            _("{name} would run as a program, and is not opened from here.").format(name=path.name),
            _("If you trust who sent it, save a copy and open that."),
        )
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
        raise UserError(
            _("{path} cannot be opened from here.").format(path=path), _("Open it with the program of your choice.")
        )


def offer_folder(folder: Path) -> Offer:
    return _("Open the folder"), lambda: open_path(folder)


def offer_file(path: Path) -> Offer:
    return pgettext("verb", "Open"), lambda: open_path(path)
