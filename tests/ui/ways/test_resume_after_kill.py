"""The program is killed while it issues. The next time it offers to go on, and the books come out the same."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.check import check
from desktop.services.runs import issuing_runs, plan, resume
from desktop.ui.runs.page import RunsPage
from tests.contracts import value
from tests.e2e.killed_run import opened
from tests.ui.program import TODAY, Driver, add_retainers
from tests.ui.ways.person import Person
from tests.whole_books import told

ROOT = Path(__file__).parents[3]
COUNT = 10


@pytest.fixture
def source(book: Book) -> Path:
    add_retainers(book, COUNT)
    book.close()
    return book.path


def _undisturbed(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with opened(path) as book:
        run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
        resume(book, run.number, actor="test", now=book.now)
        return told(book)


@pytest.mark.skipif(sys.platform == "win32", reason="kills by a signal")
def test_a_killed_run_is_finished_from_the_notice(
    qtbot: QtBot, qapp: QApplication, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The buyers of a chunk are written down in an order of their own.
    monkeypatch.setattr(issuing_runs, "CHUNK", 4)
    whole = _undisturbed(Path(shutil.copyfile(source, tmp_path / "undisturbed.sheaf")))
    # Chunks are of four: the first is written, and in the second the sixth is not.
    killed = subprocess.run(
        [sys.executable, "-m", "tests.ui.ways.killed_window", str(source), "6"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    book = opened(source)
    issued = value(book, "SELECT count(*) FROM invoice")
    assert issued == 4
    assert value(book, "SELECT state FROM run") == "issuing"
    driver = Driver(qtbot, qapp, book, tmp_path)
    person = Person(driver)
    driver.until(lambda: "R-2026-0001 was stopped in the middle" in driver.window.notices.sentence)
    runs = driver.window.go("runs")
    assert isinstance(runs, RunsPage)
    driver.until(lambda: runs.acts["runs.next"].text() == "Go on with R-2026-0001")
    driver.window.notices.show()
    person.click("Go on", driver.window.notices)
    driver.settle()
    assert f"{COUNT} invoices are issued" in driver.window.notices.sentence
    assert check(book).problems == ()
    after = told(book)
    driver.end()
    assert [table for table in whole if after[table] != whole[table]] == []
