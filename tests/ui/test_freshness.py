"""What a widget shows is asked for when it is seen, and again only when it changed."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.jobs import Jobs
from desktop.ui.freshness import Freshness


class Shown(QWidget):
    def __init__(self, jobs: Jobs, depends: set[str] | None) -> None:
        super().__init__()
        self.asked = 0
        self.freshness = Freshness(self, jobs, self.load, depends)

    def load(self) -> None:
        self.asked += 1
        self.freshness.loaded()


@pytest.mark.parametrize(
    "depends, changes, again", [(None, {"x"}, 1), (None, set(), 0), ({"x"}, {"x", "y"}, 1), ({"x"}, {"y"}, 0)]
)
def test_it_is_asked_when_seen_and_after_what_it_depends_on(
    qtbot: QtBot, jobs: Jobs, depends: set[str] | None, changes: set[str], again: int
) -> None:
    shown = Shown(jobs, depends)
    qtbot.addWidget(shown)
    jobs.changed.emit(frozenset(changes))
    assert shown.asked == 0
    shown.show()
    assert shown.asked == 1
    jobs.changed.emit(frozenset(changes))
    assert shown.asked == 1 + again
    shown.hide()
    jobs.changed.emit(frozenset(changes))
    assert shown.asked == 1 + again
    shown.show()
    assert shown.asked == 1 + 2 * again
    shown.hide()
    shown.show()
    assert shown.asked == 1 + 2 * again
