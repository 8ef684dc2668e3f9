"""Marks the windows of a sandbox, so that nobody takes it for the real book."""

from __future__ import annotations

from db.engine import Book
from desktop.i18n import _
from desktop.services.sandbox.refusing import origin
from desktop.ui.main_window import MainWindow


def mark_if_sandbox(window: MainWindow, book: Book) -> None:
    found = origin(book)
    if found is not None:
        window.mark(
            _("SANDBOX of {name}: try things out. Nothing is sent, printed, ordered or registered from here.").format(
                name=found.name
            )
        )
        window.setWindowTitle(_("SANDBOX – {title}").format(title=window.windowTitle()))
