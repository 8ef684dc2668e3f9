"""Jobs, a theme and a listing over a real database for the tests of the window."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.jobs import Jobs
from tests.ui.parcels import Parcels


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
