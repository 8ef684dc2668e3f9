"""What one window of a book does for all of them: takes in, sends, reads back, prints, backs up."""

from __future__ import annotations

from collections.abc import Callable

from desktop.services.salvage.noticing import Damage
from desktop.services.sandbox.refusing import origin
from desktop.ui.backups.watch import BackupWatch
from desktop.ui.desk import Desk
from desktop.ui.importing.folder_watch import FolderWatch
from desktop.ui.main_window import MainWindow
from desktop.ui.outbox.inbox_watch import InboxWatch
from desktop.ui.outbox.postman import Postman
from desktop.ui.outbox.print_watch import PrintWatch


def take_turns(desk: Desk, window: MainWindow, damaged: Callable[[Damage], object]) -> None:
    """They live as long as the window; `damaged` is told what is broken in the book's file."""
    BackupWatch(desk, window, damaged)
    if desk.may("change") and origin(desk.book) is None:
        FolderWatch(desk, window)
        Postman(desk, window)
        InboxWatch(desk, window)
        PrintWatch(desk, window)
