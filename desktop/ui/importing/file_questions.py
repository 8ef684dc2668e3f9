"""Asks for the file to import, and where an empty one shall be written; both begin where the last file was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _
from desktop.ui.importing.words import ENDINGS
from desktop.ui.memory import Memory

_FOLDER = "import_folder"


def ask_file(parent: QWidget, memory: Memory, then: Callable[[Path], object]) -> None:
    """Ask for a table; `then` gets the one that is chosen."""
    tables = " ".join(f"*{one}" for one in ENDINGS)
    kinds = f"{_('Tables')} ({tables});;{_('All files')} (*)"
    dialog = QFileDialog(parent, _("Choose the file"), str(memory.folder(_FOLDER)), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()


def ask_template(parent: QWidget, memory: Memory, kind: str, then: Callable[[Path], object]) -> None:
    """Ask for the place of an empty file of a kind."""
    dialog = QFileDialog(parent, _("Write an empty file"), str(memory.folder(_FOLDER)), "CSV (*.csv)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.selectFile(f"{kind}.csv")
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()


def remember_folder(memory: Memory, path: Path) -> None:
    """The next question begins where this file is."""
    memory.put_folder(_FOLDER, path.parent)
