"""What is opened with the system's own programs, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop.errors import UserError
from desktop.ui.opening import open_path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def note(url: QUrl) -> bool:
        found.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", note)
    return found


@pytest.mark.parametrize(
    "name", ["order.exe", "ORDER.PDF.EXE", "invoice.pdf.lnk", "order.js. ", "a.desktop", "sum.xlsm", "run.SH"]
)
def test_a_file_that_would_run_is_not_opened(opened: list[str], tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="run as a program"):
        open_path(tmp_path / name)
    assert opened == []


@pytest.mark.parametrize("name", ["order.pdf", "sums.xlsx", "letter.exe.txt", "photo.jpeg", "no ending"])
def test_papers_and_folders_are(opened: list[str], tmp_path: Path, name: str) -> None:
    folder = tmp_path / "firm.app"
    folder.mkdir()
    open_path(tmp_path / name)
    open_path(folder)
    assert opened == [str(tmp_path / name), str(folder)]
