"""A window in which somebody types, to be killed: `python -m tests.ui.typing_process BOOK FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.app import Program
from desktop.services.books import open_
from desktop.ui.clients.form import edit_client
from desktop.ui.dialog import FormDialog


def main() -> None:
    book, folder = Path(sys.argv[1]), Path(sys.argv[2])
    app = QApplication(sys.argv[:1])
    program = Program(app, folder / "window.ini")
    program.window.show()
    program.furnish(open_(book))
    desk = program.desk
    assert desk is not None
    desk.actor = "test"

    def type_name() -> None:
        dialog = program.window.findChild(FormDialog)
        if dialog is None:
            QTimer.singleShot(50, type_name)
            return
        QTest.keyClicks(dialog.form.editor("name"), "Kai & Sons")
        print("typed", flush=True)

    edit_client(desk, program.window, None, print)
    type_name()
    app.exec()


if __name__ == "__main__":
    main()
