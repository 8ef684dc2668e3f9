"""Files that are dropped anywhere on the window open where they belong: bank statements and tables apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from desktop.jobs import Lane
from desktop.ui.bank.statement_words import ENDINGS as STATEMENT_ENDINGS
from desktop.ui.desk import Desk
from desktop.ui.importing.dialog import ask_import
from desktop.ui.importing.words import ENDINGS


class FileDrop(QObject):
    """Watches a window for files. Statements come together; of tables one at a time is imported, whatever its kind."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        # QDragEnterEvent is a QDropEvent, too.
        if event.type() in (QEvent.Type.DragEnter, QEvent.Type.Drop) and isinstance(event, QDropEvent):
            paths = _files_in(event)
            if paths:
                event.acceptProposedAction()
                if event.type() == QEvent.Type.Drop:
                    self._sort(paths)
                return True
        return False

    def _sort(self, paths: Sequence[Path]) -> None:
        from desktop.services.bank.recognising import statements_among

        book = self._desk.book
        self._desk.shell.jobs.ask(
            lambda: statements_among(book, paths),
            partial(self._open, paths),
            self._desk.shell.notices.show_error,
            lane=Lane.SIDE,
        )

    def _open(self, paths: Sequence[Path], statements: object) -> None:
        assert isinstance(statements, Sequence)
        tables = [path for path in paths if path not in statements and path.suffix.lower() in ENDINGS]
        if statements or not tables:
            from desktop.ui.bank.taking_in import ask_statements

            ask_statements(self._desk, self._window, list(statements) or paths)
        else:
            ask_import(self._desk, self._window, None, tables[0])


def _files_in(event: QDropEvent) -> list[Path]:
    """The files that may be statements or tables."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in (*ENDINGS, *STATEMENT_ENDINGS)]
