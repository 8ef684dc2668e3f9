"""Jobs, a theme and a listing over a real database for the tests of the window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.jobs import Jobs
from desktop.ui.main_window import MainWindow
from desktop.ui.memory import Memory
from desktop.ui.theme import Theme
from tests.ui.parcels import Parcels
from tests.ui.program import Driver


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.close()


@pytest.fixture
def parcels() -> Iterator[Callable[[int], Parcels]]:
    """Makes listings of so many rows."""
    made: list[Parcels] = []

    def make(count: int) -> Parcels:
        made.append(Parcels(count))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def settle(qtbot: QtBot, jobs: Jobs) -> Callable[[], None]:
    """Waits until every job has ended and its answer is shown."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not jobs.busy, timeout=10_000)

    return wait


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "window.ini")


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, memory: Memory, jobs: Jobs) -> MainWindow:
    made = MainWindow(theme, memory, jobs)
    made.shell.home_currency = "EUR"
    qtbot.addWidget(made)
    return made


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    """The program over the `book` of the test's module."""
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()
