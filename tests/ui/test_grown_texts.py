"""Every page and dialog with texts grown by two fifths: all of it is translated, and none of it is cut off."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QAbstractPrintDialog
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import Program
from desktop.services.backups.choices import own_folder
from desktop.services.books import open_
from desktop.services.runs import plan
from desktop.services.sample import make_sample
from desktop.ui.actions import Actions
from desktop.ui.desk import Desk
from desktop.ui.page import Page
from desktop.ui.places import places
from desktop.ui.runs.review import ReviewPage
from desktop.ui.settings.page import SettingsPage, sections
from tests.ui.grown import Grown, dialogs, grown, overlapping, problems, speak_grown, unmarked, words_in, words_of

TODAY = date(2026, 11, 22)
SIZE = (1280, 720)
# Ask what lies outside the window: the system's own dialogs, another process.
OUTSIDE = {"book.new", "book.open", "book.sample", "book.quit", "book.backup", "book.check"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("grown") / "sample.sheaf"
    make_sample(path, today=TODAY, clients=20)
    return path


class Looker:
    """The program over the sample firm in the language of tests."""

    def __init__(self, qtbot: QtBot, qapp: QApplication, path: Path) -> None:
        self.qtbot = qtbot
        self.book = open_(path)
        # Names of folders are the computer's.
        self.known = words_of(self.book) | words_in(str(own_folder()))
        self.program = Program(qapp, path.with_suffix(".ini"))
        self.window = self.program.window
        qtbot.addWidget(self.window)
        self.window.resize(*SIZE)
        self.window.show()
        self.program.furnish(self.book)
        assert isinstance(self.program.desk, Desk)
        self.desk = self.program.desk
        self.desk.today = lambda: TODAY
        self.found: dict[str, str] = {}

    def settle(self) -> None:
        for _turn in range(2):
            self.qtbot.waitUntil(lambda: not self.program.jobs.busy, timeout=20_000)
            self.qtbot.wait(40)

    def look(self, where: str, what: QWidget | None = None) -> None:
        for problem in problems(what or self.window, self.known):
            self.found.setdefault(problem, where)

    def go(self, name: str) -> QWidget:
        page = self.window.go(name)
        self.settle()
        self.choose_first(page)
        return page

    def choose_first(self, page: QWidget) -> None:
        if isinstance(page, Page) and page.model.rowCount():
            page.table.select([page.model.ids[0]])
            self.settle()

    def open_each(self, acts: Actions, where: str) -> int:
        """Open what every action opens that asks something first, look at it, and leave it; how many there were."""
        opened, below = 0, len(self.window._pushed)
        for name in acts.ids:
            action = acts[name]
            if name in OUTSIDE or "…" not in action.text() or not action.isEnabled():
                continue
            action.trigger()
            self.settle()
            for dialog in dialogs():
                if not isinstance(dialog, QFileDialog | QAbstractPrintDialog):
                    self.look(f"{where}: {name}", dialog)
                    opened += 1
                assert isinstance(dialog, QDialog)
                dialog.reject()
            while len(self.window._pushed) > below:
                self.look(f"{where}: {name}")
                opened += 1
                self.window.back()
            self.settle()
        return opened

    def open_tabs(self, page: QWidget, where: str) -> None:
        """What stands behind each tab of the pane."""
        for bar in page.findChildren(QTabBar):
            for tab in range(bar.count() if bar.isVisibleTo(self.window) else 0):
                bar.setCurrentIndex(tab)
                self.settle()
                self.look(f"{where}, tab {tab}")

    def end(self) -> None:
        self.settle()
        self.program.end()

    def told(self) -> list[str]:
        return [f"{where}: {problem}" for problem, where in self.found.items()]


@pytest.fixture
def looker(
    qtbot: QtBot, qapp: QApplication, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Looker]:
    path = tmp_path / "sample.sheaf"
    shutil.copyfile(sample, path)
    speak_grown(monkeypatch)
    one = Looker(qtbot, qapp, path)
    yield one
    one.end()


PLACES = (
    "today",
    "clients",
    "agreements",
    "billables",
    "runs",
    "invoices",
    "outbox",
    "payments",
    "bank",
    "collections",
    "reports",
    "ledger",
    "hygiene",
)


# At least so many questions are asked there; a page that asks none would pass unseen.
ASKS = {
    "clients": 4,
    "agreements": 4,
    "billables": 4,
    "runs": 1,
    "invoices": 3,
    "payments": 2,
    "bank": 3,
    "collections": 1,
}


def test_every_place_is_looked_at(looker: Looker) -> None:
    assert {place.name for place in places(looker.desk)} == {*PLACES, "settings"}


@pytest.mark.parametrize("place", PLACES)
def test_a_page_and_what_it_asks(looker: Looker, place: str) -> None:
    page = looker.go(place)
    looker.look(place)
    looker.open_tabs(page, place)
    acts = getattr(page, "acts", None)
    opened = looker.open_each(acts, place) if isinstance(acts, Actions) else 0
    assert opened >= ASKS.get(place, 0)
    assert looker.told() == []


def test_the_review_of_a_run(looker: Looker) -> None:
    run = plan(looker.book, through=TODAY, issue_date=TODAY, actor="test", now=looker.book.now)
    looker.go("runs")
    review = ReviewPage(looker.desk, run.id)
    looker.window.push(review)
    looker.settle()
    assert review.model.rowCount()
    for one in review.model.ids[:8]:
        review.table.select([one])
        looker.settle()
        looker.look("review")
    looker.open_tabs(review, "review")
    assert looker.open_each(review.acts, "review") > 0
    assert looker.told() == []


def test_the_settings_and_what_they_ask(looker: Looker) -> None:
    page = looker.go("settings")
    assert isinstance(page, SettingsPage)
    for place in sections(looker.desk):
        section = page.show_section(place.name)
        looker.settle()
        looker.look(place.name)
        for acts in section.findChildren(Actions):
            looker.open_each(acts, place.name)
    assert looker.told() == []


def test_the_window_s_own_questions(looker: Looker) -> None:
    acts = looker.window.acts
    assert looker.open_each(acts, "window") > 0
    assert looker.told() == []


@pytest.mark.parametrize("place", [*PLACES, "settings"])
def test_read_from_the_right_the_page_is_its_mirror(
    qtbot: QtBot, qapp: QApplication, sample: Path, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sample.sheaf"
    shutil.copyfile(sample, path)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        looker = Looker(qtbot, qapp, path)
        page = looker.go(place)
        assert looker.window.rail is not None
        rail = looker.window.rail
        assert rail.mapTo(looker.window, rail.rect().topRight()).x() == looker.window.width() - 1
        if isinstance(page, Page):
            header = page.table.horizontalHeader()
            at = [header.sectionViewportPosition(header.logicalIndex(k)) for k in range(header.count())]
            shown = [x for k, x in enumerate(at) if not header.isSectionHidden(header.logicalIndex(k))]
            assert shown == sorted(shown, reverse=True)
        assert overlapping(looker.window) == []
        looker.end()
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_a_text_that_is_cut_or_plain_is_found(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    box.resize(300, 200)
    cut, plain, good = QLabel(grown("A long sentence"), box), QLabel("Plain words", box), QLabel(grown("Good"), box)
    button = QPushButton(grown("Press it"), box)
    cut.resize(20, 20)
    button.setGeometry(0, 40, 30, 30)
    plain.setGeometry(0, 80, 200, 20)
    good.setGeometry(0, 120, 200, 20)
    box.show()
    told = problems(box, set())
    assert [one.split(" ")[0] for one in told] == ["clipped", "untranslated:", "clipped"]
    assert problems(box, {"plain", "words"})[1].startswith("clipped")


def test_two_that_lie_on_each_other_are_found(qtbot: QtBot) -> None:
    box = QWidget()
    qtbot.addWidget(box)
    one, other = QLabel("One", box), QPushButton("Other", box)
    one.setGeometry(0, 0, 60, 30)
    other.setGeometry(20, 10, 60, 30)
    box.show()
    assert len(overlapping(box)) == 1
    other.setGeometry(70, 0, 60, 30)
    assert overlapping(box) == []


def test_what_stands_outside_the_marks_is_told() -> None:
    assert unmarked(f"{grown('Due')} · INV-7 EUR", set()) == ""
    assert unmarked(f"{grown('Due {day}')} tomorrow", set()) == "tomorrow"
    assert unmarked("Harbour Services", {"harbour", "services"}) == ""
    assert Grown().ngettext("{count} row", "{count} rows", 2).startswith("‹{count} rows")
