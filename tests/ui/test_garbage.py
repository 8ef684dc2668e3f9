"""A widget that refers to itself dies in the thread of the window, whoever allocates in the meantime."""

from __future__ import annotations

import gc
from threading import Thread, get_ident

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.ui.garbage import Garbage


class Ring:
    """Garbage that only the collector finds, and that tells in which thread it did."""

    def __init__(self, died: list[int]) -> None:
        self.died = died
        self.me = self

    def __del__(self) -> None:
        self.died.append(get_ident())


def test_only_the_window_s_thread_clears_away(qtbot: QtBot) -> None:
    parent = QObject()
    garbage = Garbage(parent)
    died: list[int] = []
    try:
        Ring(died)
        kept: list[list[int]] = []
        worker = Thread(target=lambda: kept.extend([number] for number in range(200_000)))
        worker.start()
        worker.join()
        assert died == []
        qtbot.waitUntil(lambda: bool(died), timeout=20_000)
        assert died == [get_ident()]
    finally:
        garbage.stop()
    assert gc.isenabled()
