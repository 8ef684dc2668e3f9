"""The look that this user chose, as the theme that paints it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from db.engine import Book
from desktop.i18n import _
from desktop.ui.memory import Memory
from desktop.ui.theme import ZOOMS, Density, Mode, Theme


def theme_of(app: QApplication, memory: Memory) -> Theme:
    """Light or dark, how dense, how large; what was never chosen is as the system has it."""
    return Theme(app, _mode(memory), _density(memory), _zoom(memory))


def _zoom(memory: Memory) -> int:
    stored = memory.get("zoom", 100)
    return stored if isinstance(stored, int) and ZOOMS[0] <= stored <= ZOOMS[-1] else 100


def _mode(memory: Memory) -> Mode:
    match memory.get("theme"):
        case "light":
            return "light"
        case "dark":
            return "dark"
    return "system"


def _density(memory: Memory) -> Density:
    return "compact" if memory.get("density") == "compact" else "comfortable"


def window_title(book: Book, *, safe: bool) -> str:
    """The book's name, and what is not as usual."""
    name = book.path.stem
    if safe:
        return _("{name} – Sheaf in safe mode").format(name=name)
    if book.read_only:
        return _("{name} (read only) – Sheaf").format(name=name)
    return f"{name} – Sheaf"
