"""The reports of faults are shown whole, copied, and deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop import crashes
from desktop.ui.main_window import MainWindow
from desktop.ui.trouble.crash_reports import show_crash_reports

NOW = datetime(2026, 11, 30, 12)


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def test_each_is_read_copied_and_deleted(qtbot: QtBot, window: MainWindow) -> None:
    crashes.keep(KeyError("amount"), NOW)
    crashes.keep(ZeroDivisionError(), NOW + timedelta(hours=1))
    dialog = show_crash_reports(window)
    assert dialog.list.count() == 2
    assert dialog.text.toPlainText().endswith("ZeroDivisionError\n")
    dialog.copy.click()
    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
    dialog.delete.click()
    assert [one.what for one in crashes.reports()] == ["KeyError"]
    assert dialog.text.toPlainText().endswith("KeyError\n")
    assert "sent nowhere" in dialog.said
    dialog.delete.click()
    assert crashes.reports() == []
    assert "no crash reports" in dialog.said
    assert not dialog.copy.isEnabled()
    dialog.close()
