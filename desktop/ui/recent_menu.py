"""The menu of the books opened lately, made anew each time that it opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from desktop.i18n import _
from desktop.ui.recent_books import RecentBook


class RecentMenu(QMenu):
    def __init__(
        self, books: Callable[[], Sequence[RecentBook]], open_book: Callable[[Path], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._books = books
        self._open_book = open_book
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Each book by its name and folder: two may have one name."""
        self.clear()
        for book in self._books():
            action = self.addAction(f"{book.path.stem} – {book.path.parent}")
            action.setToolTip(str(book.path))
            action.triggered.connect(partial(self._open, book.path))
        if self.isEmpty():
            self.addAction(_("No book was opened yet")).setEnabled(False)

    def _open(self, path: Path, _checked: bool = False) -> None:
        self._open_book(path)
