"""A widget that refers to itself dies in the thread of the window, whoever allocates in the meantime."""

from __future__ import annotations

import gc
from threading import Thread, get_ident

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
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
    assert not gc.isenabled()
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


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("first, second", [(0, 1), (1, 0)])
def test_it_is_given_back_by_the_last_program_as_the_first_found_it(
    qapp: QApplication, enabled: bool, first: int, second: int
) -> None:
    if enabled:
        gc.enable()
    try:
        parent = QObject()
        both = Garbage(parent), Garbage(parent)
        both[first].stop()
        both[first].stop()
        assert not gc.isenabled()
        both[second].stop()
        assert gc.isenabled() is enabled
    finally:
        gc.disable()


def test_no_worker_clears_away_after_a_program_has_ended(qapp: QApplication) -> None:
    died: list[int] = []
    parent = QObject()
    Garbage(parent).stop()
    Ring(died)
    kept: list[list[int]] = []
    worker = Thread(target=lambda: kept.extend([number] for number in range(200_000)))
    worker.start()
    worker.join()
    assert died == []
