"""A book that the disk does not let close is said, though every window is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from db.refusals import not_folded
from desktop.ui.trouble.leaving import close_book
from tests.books import new_book


def test_what_the_disk_refuses_at_the_end_is_said(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def read() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.extend((box.text(), box.informativeText()))
        box.accept()

    with new_book(tmp_path) as book:
        with monkeypatch.context() as patch:

            def refuse() -> None:
                raise not_folded(book.path, OSError("no space left"))

            patch.setattr(book, "close", refuse)
            QTimer.singleShot(0, read)
            close_book(book)
        assert "Everything that was saved is safe" in said[0]
        assert "Harbour.sheaf-wal" in said[1]
        close_book(book)
