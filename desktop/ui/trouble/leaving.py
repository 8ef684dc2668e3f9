"""Closes the book when no window is left that could say what went wrong with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from desktop.errors import UserError

if TYPE_CHECKING:
    from db.engine import Book


def close_book(book: Book) -> None:
    """Close it, and where the disk takes no more, say so and wait until it was read: the program ends afterwards."""
    try:
        book.close()
    except UserError as error:
        box = QMessageBox(QMessageBox.Icon.Warning, "Sheaf", error.message)
        box.setInformativeText(error.remedy)
        box.exec()
