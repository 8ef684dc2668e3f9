"""Texts that come with the program to be read in it: what is new, and the licences of all its parts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from desktop import paths
from desktop.i18n import _

_MARGIN = 16
_SIZE = (760, 560)


def release_notes() -> Path:
    return _enclosed("CHANGELOG.md")


def licences() -> Path:
    """Of every part where the program was frozen; from source each package has its own, and this is Sheaf's."""
    collected = paths.resource("LICENCES.txt")
    return collected if collected.is_file() else _enclosed("LICENSE")


def _enclosed(name: str) -> Path:
    """Frozen it lies among the resources, in a checkout beside them."""
    collected = paths.resource(name)
    return collected if collected.is_file() else paths.resource().parent / name


class EnclosedText(QDialog):
    """One text, to scroll, search by eye and copy."""

    def __init__(self, title: str, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        text = QPlainTextEdit(path.read_text(encoding="utf-8"), readOnly=True)
        text.setAccessibleName(title)
        # Otherwise Tab stays in the text, and who has no mouse with it.
        text.setTabChangesFocus(True)
        buttons = QDialogButtonBox()
        buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole).setDefault(True)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.addWidget(text, 1)
        layout.addWidget(buttons)
        self.resize(*_SIZE)
