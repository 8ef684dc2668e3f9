"""A book of an early version in the window of today: every place opens on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.services import books
from desktop.ui.places import places
from tests.db.test_early_books import OLD, unpacked
from tests.ui.program import Driver


@pytest.mark.parametrize("packed", [OLD[0], OLD[-1]], ids=lambda path: path.name.split(".")[0])
def test_every_place_opens_on_an_old_book(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = Driver(qtbot, qapp, books.open_(unpacked(packed, tmp_path)), tmp_path)
    driver.settle()
    told: list[object] = []
    monkeypatch.setattr(driver.window.notices, "show_error", told.append)
    monkeypatch.setattr(driver.window.notices, "show_bug", told.append)
    names = [place.name for place in places(driver.desk)]
    assert {"clients", "invoices", "runs"} <= set(names)
    for name in names:
        driver.window.go(name)
        driver.settle()
        assert told == [], name
    driver.end()
