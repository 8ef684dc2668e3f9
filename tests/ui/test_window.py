"""The window: places and the way back, notices, work under way, and a close that waits for the book."""

from collections.abc import Callable
from functools import partial
from threading import Event

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.errors import UserError
from desktop.jobs import Job, Jobs, Report, State
from desktop.ui.actions import GAP, Action
from desktop.ui.bug_report import ReportDialog, bug_report
from desktop.ui.job_bar import JobBar
from desktop.ui.main_window import MainWindow, first_size
from desktop.ui.memory import Memory
from desktop.ui.rail import Place, PlaceButton
from desktop.ui.theme import Theme

NAMES = ("clients", "runs", "invoices")


class Room(QWidget):
    """A page with something that takes the focus."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)


@pytest.fixture
def built() -> list[str]:
    return []


@pytest.fixture
def furnished(window: MainWindow, built: list[str], qtbot: QtBot) -> MainWindow:
    def build(name: str) -> Room:
        built.append(name)
        return Room(name)

    places = [Place(name, name.title(), partial(build, name), low=name == "invoices") for name in NAMES]
    window.show()
    window.furnish(places, [Action("app.quit", "Quit", window.close)], {"File": ["go.runs", GAP, "app.quit"]})
    with qtbot.waitActive(window):
        window.activateWindow()
    return window


def here(window: MainWindow) -> str:
    assert isinstance(window.page, Room)
    return window.page.name


def test_a_page_is_built_when_it_is_first_gone_to(furnished: MainWindow, built: list[str], qtbot: QtBot) -> None:
    assert built == ["clients"]
    qtbot.keyClick(furnished, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(furnished, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(furnished, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    assert here(furnished) == "invoices"
    assert built == ["clients", "invoices"]


def test_enter_presses_the_button_that_has_the_focus(furnished: MainWindow, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    button = QPushButton("Begin")
    button.clicked.connect(lambda: pressed.append(True))
    furnished.push(button)
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    assert pressed == [True]
    button.setEnabled(False)
    qtbot.keyClick(furnished, Qt.Key.Key_Return)
    assert pressed == [True]


def test_the_rail_marks_where_one_is_and_counts_what_waits(furnished: MainWindow, qtbot: QtBot) -> None:
    rail = furnished.rail
    assert rail is not None
    buttons = {one.accessibleName(): one for one in rail.findChildren(PlaceButton)}
    qtbot.mouseClick(buttons["Runs"], Qt.MouseButton.LeftButton)
    assert here(furnished) == "runs"
    assert [name for name, one in buttons.items() if one.isChecked()] == ["Runs"]
    rail.count("runs", 1234)
    assert buttons["Runs"].accessibleName() == "Runs 1,234"
    rail.count("runs", 0)
    assert buttons["Runs"].accessibleName() == "Runs"


def test_esc_goes_back_through_pages_and_places(furnished: MainWindow, qtbot: QtBot) -> None:
    furnished.go("runs")
    review = Room("review")
    furnished.push(review)
    review.field.setFocus()
    qtbot.keyClick(review.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(review))
    assert here(furnished) == "runs"
    qtbot.keyClick(furnished, Qt.Key.Key_Escape)
    assert here(furnished) == "clients"
    qtbot.keyClick(furnished, Qt.Key.Key_Escape)
    assert here(furnished) == "clients"


def test_going_to_a_place_leaves_what_stood_above_the_last_one(furnished: MainWindow) -> None:
    furnished.go("runs")
    furnished.push(Room("review"))
    furnished.go("runs")
    assert here(furnished) == "runs"
    furnished.back()
    assert here(furnished) == "clients"


def test_the_menus_hold_the_declared_actions(furnished: MainWindow) -> None:
    menus = [one.menu() for one in furnished.menuBar().actions() if one.isVisible()]
    file, go = (menu for menu in menus if isinstance(menu, QMenu))
    assert [one.text() for one in file.actions()] == ["Runs", "", "Quit"]
    assert [one.text() for one in go.actions()] == ["Clients", "Runs", "Invoices", "", "Back"]
    file.actions()[0].trigger()
    assert here(furnished) == "runs"


def test_what_the_user_can_mend_is_said_with_its_remedy(furnished: MainWindow) -> None:
    furnished.notices.show_error(UserError("PO 77-1203 has 310.00 left.", "Raise its limit."))
    assert furnished.notices.isVisible()
    assert furnished.notices.sentence == "PO 77-1203 has 310.00 left. Raise its limit."
    assert furnished.notices.tone == "held"


def test_an_action_that_fails_says_so_in_the_window(furnished: MainWindow, caplog: pytest.LogCaptureFixture) -> None:
    def refuse() -> None:
        raise UserError("This client has open invoices.")

    def stumble() -> None:
        raise KeyError("amount")

    furnished.acts.declare([Action("refuse", "Refuse", refuse), Action("stumble", "Stumble", stumble)])
    furnished.acts["refuse"].trigger()
    assert furnished.notices.sentence == "This client has open invoices."
    furnished.acts["stumble"].trigger()
    assert furnished.notices.tone == "blocked"
    assert "KeyError" in caplog.text


def test_a_job_that_fails_says_so_in_the_window(furnished: MainWindow, jobs: Jobs, qtbot: QtBot) -> None:
    def work(report: Report) -> None:
        raise UserError("The disk is full.", "Make room and resume the run.")

    with qtbot.waitSignal(jobs.idle):
        jobs.start(Job("Issue", work))
    assert furnished.notices.sentence == "The disk is full. Make room and resume the run."


def test_a_notice_offers_to_undo_and_goes_with_it(furnished: MainWindow, qtbot: QtBot) -> None:
    undone: list[int] = []
    furnished.notices.say("3 drafts held.", offers=[("Undo", lambda: undone.append(1))])
    button = next(one for one in furnished.notices.findChildren(QPushButton) if one.text() == "Undo")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert undone == [1]
    assert not furnished.notices.isVisible()


def test_good_news_stay_behind_and_what_is_to_mend_comes_along(furnished: MainWindow) -> None:
    furnished.notices.say("INV-1 is saved.")
    furnished.acts["go.clients"].trigger()
    assert furnished.notices.isVisible(), "the person is still there"
    furnished.acts["go.runs"].trigger()
    assert not furnished.notices.isVisible()
    furnished.notices.show_error(UserError("The disk is full."))
    assert furnished.rail is not None
    furnished.rail.chosen.emit("invoices")
    assert here(furnished) == "invoices"
    assert furnished.notices.isVisible()


def test_a_fault_shows_all_that_a_report_would_share(furnished: MainWindow, qtbot: QtBot) -> None:
    def stumble() -> None:
        client = "Nordlicht Studio GmbH"
        raise LookupError(f"no price{client[:0]}")

    try:
        stumble()
    except LookupError as error:
        fault = error
    furnished.notices.show_bug(fault)
    qtbot.waitUntil(furnished.notices.isVisible)
    button = next(one for one in furnished.notices.findChildren(QPushButton) if one.text() == "Report…")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    dialog = furnished.findChild(ReportDialog)
    assert dialog is not None
    shown = dialog.text.toPlainText()
    assert shown == bug_report(fault)
    assert "LookupError: no price" in shown
    assert "tests/ui/test_window.py" in shown
    assert "in stumble" in shown
    # Neither values nor the names of the person's folders.
    assert "Nordlicht" not in shown
    assert not [line for line in shown.splitlines()[1:] if line.strip().startswith("/")]
    copy = next(one for one in dialog.findChildren(QPushButton) if one.text() == "Copy the report")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == shown
    dialog.close()


def test_work_under_way_is_shown_and_can_be_stopped(furnished: MainWindow, jobs: Jobs, qtbot: QtBot) -> None:
    def work(report: Report) -> None:
        for done in range(1, 1_000_000):
            report(done, 2_000, "Nordlicht Studio GmbH")
            gate.wait(0.01)

    gate = Event()
    bar = furnished.findChild(JobBar)
    assert bar is not None
    assert not bar.isVisible()
    job = jobs.start(Job("Issuing invoices", work))
    waiting = jobs.start(Job("Importing", lambda report: None))
    qtbot.waitUntil(bar.isVisible)
    progress = bar.findChild(QProgressBar)
    assert progress is not None
    qtbot.waitUntil(lambda: progress.value() > 0)
    texts = [label.text() for label in bar.findChildren(QLabel)]
    assert texts[0] == "Issuing invoices"
    assert "of 2,000 · Nordlicht Studio GmbH · 1 more waits" in texts[1]
    with qtbot.waitSignals([job.ended, waiting.ended]):
        qtbot.mouseClick(bar.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert job.state is State.CANCELLED
    assert waiting.state is State.DONE
    assert not bar.isVisible()


def test_short_work_does_not_flicker(furnished: MainWindow, jobs: Jobs, qtbot: QtBot) -> None:
    bar = furnished.findChild(JobBar)
    assert bar is not None
    with qtbot.waitSignal(jobs.idle):
        jobs.start(Job("Save", lambda report: None))
    qtbot.wait(350)
    assert not bar.isVisible()


def test_closing_waits_for_the_step_under_way(furnished: MainWindow, jobs: Jobs, qtbot: QtBot) -> None:
    begun, written = Event(), []

    def work(report: Report) -> None:
        begun.set()
        while True:
            report(0, 0, "")
            written.append(1)
            Event().wait(0.005)

    job = jobs.start(Job("Issue", work))
    begun.wait(5)
    with qtbot.waitSignal(furnished.closed):
        furnished.close()
        assert furnished.isVisible()
    assert job.state is State.CANCELLED
    assert not furnished.isVisible()


def test_the_window_comes_back_where_it_was(
    furnished: MainWindow, theme: Theme, memory: Memory, jobs: Jobs, qtbot: QtBot
) -> None:
    # The screen of the tests is narrower than the window, so its height must tell.
    furnished.resize(1111, 666)
    furnished.close()
    again = MainWindow(theme, memory, jobs)
    qtbot.addWidget(again)
    again.show()
    assert again.height() == 666


def test_the_window_shows_before_there_is_a_book(window: MainWindow, qtbot: QtBot) -> None:
    window.show()
    qtbot.waitExposed(window)
    assert window.page is None
    furnish: Callable[..., None] = window.furnish
    furnish([Place("clients", "Clients", lambda: Room("clients"))])
    assert here(window) == "clients"


@pytest.mark.parametrize(
    "room, size", [((1280, 720), (1272, 680)), ((2560, 1440), (1440, 840)), ((1440, 900), (1432, 840))]
)
def test_the_first_window_fits_on_the_screen(room: tuple[int, int], size: tuple[int, int]) -> None:
    assert first_size(QSize(*room)) == QSize(*size)
