"""Files that are dropped anywhere on the window open in the import."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.desk import Desk
from desktop.ui.importing.dialog import ask_import
from desktop.ui.importing.words import ENDINGS


class FileDrop(QObject):
    """Watches a window for files; one at a time is imported, whatever its kind is."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        # QDragEnterEvent is a QDropEvent, too.
        if event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop) and isinstance(event, QDropEvent):
            path = _table_in(event)
            if path is not None:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    ask_import(self._desk, self._window, None, path)
                return True
        return False


def _table_in(event: QDropEvent) -> Path | None:
    """The first file that may be a table."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() in ENDINGS), None)
