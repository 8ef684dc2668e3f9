"""Backups in the window: made by themselves and by hand, looked into, restored, and noticed damage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from db.book_files import open_book
from db.engine import Book
from desktop.app import Program
from desktop.services import books
from desktop.services.backups.choices import Choices, machine_choices
from desktop.services.backups.making import make_backup
from desktop.services.backups.record import record_of
from desktop.services.backups.shelf import Why, backups_of, identity
from desktop.services.salvage.noticing import Damage
from desktop.services.showing import bring_forward
from desktop.starts import Start
from desktop.ui.backups.page import BackupsPage
from desktop.ui.backups.watch import BackupWatch
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.facts import FactsView
from desktop.ui.settings.backups import BackupsSection
from desktop.ui.settings.page import SettingsPage
from desktop.ui.trouble.card import TroubleCard
from desktop.ui.trouble.refused import save_what_can_be_read, tell_of_damage
from tests.books import new_book
from tests.issued import add_client, add_invoice
from tests.ui.program import Driver

NOON = datetime(2026, 5, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    (tmp_path / "books").mkdir()
    with new_book(tmp_path / "books") as book:
        add_client(book, "ACME")
        yield book


def section(driver: Driver) -> BackupsSection:
    page = driver.window.go("settings", filters=frozenset({"section:backups"}))
    assert isinstance(page, SettingsPage)
    driver.settle()
    shown = page.show_section("backups")
    assert isinstance(shown, BackupsSection)
    driver.settle()
    return shown


def kept(book: Book) -> list[Path]:
    return [one.path for one in backups_of(book.path, machine_choices(), identity(book))]


def question() -> Question:
    (found,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, Question) and one.isVisible()]
    return found


def press(card: TroubleCard, text: str) -> None:
    next(one for one in card.buttons if one.text() == text).click()


def card(program: Program) -> TroubleCard:
    page = program.window.page
    assert isinstance(page, TroubleCard)
    return page


def test_closing_the_window_leaves_a_backup(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> None:
    driver = Driver(qtbot, qapp, book, tmp_path)
    path, uid = book.path, identity(book)
    driver.settle()
    driver.end()
    (made,) = backups_of(path, Choices(), uid)
    assert made.why is Why.CLOSED
    assert record_of(path, uid).failure == ""
    with open_book(made.path):
        pass


def test_the_section_lists_makes_and_proves_them(driver: Driver, book: Book) -> None:
    page = section(driver)
    assert page.table.model().rowCount() == 0
    page.acts["backups.now"].trigger()
    driver.settle()
    assert page.model.rowCount() == 1
    assert driver.window.notices.sentence.startswith("Backed up and proved.")
    page.table.select([page.model.ids[0]])
    driver.settle()
    assert "nothing would be lost" in page.pane.reason
    page.acts["backups.prove"].trigger()
    driver.settle()
    assert "This backup is sound" in driver.window.notices.sentence
    content = bytearray(kept(book)[0].read_bytes())
    content[40 * 4096 : 90 * 4096] = bytes(50 * 4096)
    kept(book)[0].write_bytes(content)
    page.acts["backups.prove"].trigger()
    driver.settle()
    assert driver.window.notices.tone == "blocked"


def test_the_list_is_searched(driver: Driver, book: Book) -> None:
    make_backup(book, Why.CLOSED, now=NOON)
    page = section(driver)
    page.search.setText("closed")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    driver.settle()
    assert page.model.rowCount() == 1
    page.search.setText("nothing of the kind")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    driver.settle()
    assert page.model.rowCount() == 0


def test_restoring_asks_with_what_would_be_lost(driver: Driver, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    backup = make_backup(book, Why.CLOSED, now=NOON).path
    number = add_invoice(book, 1, date(2026, 5, 31), (10_000, 19))
    page = section(driver)
    page.table.select([page.model.ids[0]])
    driver.settle()
    facts = page.pane.findChild(FactsView)
    assert isinstance(facts, FactsView)
    assert number in facts.words
    asked: list[tuple[Path, Path]] = []
    monkeypatch.setattr(driver.program, "restore", lambda given, where: asked.append((given, where)))
    page.acts["backups.restore"].trigger()
    assert number in question().findChildren(FactsView)[0].words
    question().accept()
    assert asked == [(backup, book.path)]


def test_where_they_go_is_chosen_in_a_form(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    page = section(driver)
    page.acts["backups.choose"].trigger()
    driver.settle()
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, FormDialog) and one.isVisible()]
    dialog.form.editor("folder").put(str(tmp_path / "nowhere"))
    dialog.accept()
    driver.settle()
    assert "does not exist" in dialog.said
    dialog.form.editor("folder").put(str(tmp_path / "disk"))
    dialog.form.editor("weekly").put(9)
    dialog.accept()
    driver.settle()
    assert machine_choices().folder == tmp_path / "disk"
    assert machine_choices().rotation.weekly == 9


def test_a_book_that_stays_open_gets_the_backup_of_the_day(driver: Driver, book: Book) -> None:
    watch = driver.window.findChild(BackupWatch)
    assert isinstance(watch, BackupWatch)
    watch.look()
    driver.settle()
    assert len(kept(book)) == 1
    add_client(book, "B")
    watch.look()
    driver.settle()
    assert len(kept(book)) == 1


def test_damage_is_noticed_while_the_book_is_open(driver: Driver, book: Book) -> None:
    watch = driver.window.findChild(BackupWatch)
    assert isinstance(watch, BackupWatch)
    watch.look_for_damage()
    driver.settle()
    assert not driver.window.notices.isVisible() or driver.window.notices.tone != "blocked"
    tell_of_damage(driver.program, Damage(book.path, "page 7 is broken"))
    assert "page 7 is broken" in driver.window.notices.sentence
    next(one for one in driver.window.notices.findChildren(QPushButton) if "What can be done" in one.text()).click()
    assert "is damaged" in card(driver.program).title


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Program]:
    made = Program(qapp, tmp_path / "window.ini")
    made.window.show()
    yield made
    qtbot.waitUntil(lambda: not made.jobs.busy, timeout=20_000)
    made.end()
    for window in made.windows:
        window.hide()
        window.deleteLater()


@pytest.fixture
def broken(book: Book, tmp_path: Path) -> Path:
    """A book whose first page is gone, with a backup of before."""
    add_invoice(book, 1, date(2026, 5, 29), (10_000, 19))
    make_backup(book, Why.CLOSED, now=NOON - timedelta(days=1))
    add_invoice(book, 1, date(2026, 5, 31), (10_000, 19))
    path = book.path
    book.close()
    with path.open("rb+") as file:
        file.write(bytes(4096))
    return path


def test_a_damaged_book_is_explained_and_a_backup_put_in_its_place(
    qtbot: QtBot, program: Program, broken: Path
) -> None:
    program.begin(Start(broken))
    qtbot.waitUntil(lambda: isinstance(program.window.page, TroubleCard), timeout=20_000)
    shown = card(program)
    assert shown.title == "Harbour is damaged"
    assert "29 May 2026" in shown.words
    press(shown, "Restore a backup…")
    page = program.window.page
    assert isinstance(page, BackupsPage)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1 and not program.jobs.busy, timeout=20_000)
    page.table.select([page.model.ids[0]])
    qtbot.waitUntil(lambda: "cannot be told" in page.pane.reason, timeout=20_000)
    page.acts["backups.restore"].trigger()
    question().accept()
    qtbot.waitUntil(lambda: program.desk is not None and not program.jobs.busy, timeout=20_000)
    assert books.contents(broken).invoices == 1
    assert "is kept in" in program.window.notices.sentence
    assert broken.with_name("Harbour replaced.sheaf").read_bytes()[:4096] == bytes(4096)


def test_what_can_be_read_of_it_is_saved_into_a_new_book(
    qtbot: QtBot, program: Program, broken: Path, tmp_path: Path
) -> None:
    program.begin(Start(broken))
    qtbot.waitUntil(lambda: isinstance(program.window.page, TroubleCard), timeout=20_000)
    to = tmp_path / "saved.sheaf"
    save_what_can_be_read(program, broken, to)
    qtbot.waitUntil(lambda: not program.jobs.busy, timeout=30_000)
    assert "Everything was saved" in card(program).words
    press(card(program), "Open the new book")
    qtbot.waitUntil(lambda: program.desk is not None and not program.jobs.busy, timeout=20_000)
    assert program.desk is not None
    assert program.desk.book.path == to
    assert books.contents(to).invoices == 2


def test_a_book_that_is_open_elsewhere_can_be_read(qtbot: QtBot, program: Program, book: Book) -> None:
    program.begin(Start(book.path))
    qtbot.waitUntil(lambda: isinstance(program.window.page, TroubleCard), timeout=20_000)
    assert card(program).title == "Harbour is open elsewhere"
    # The lock of this very process stands for another's; a reader of its own must not close its file.
    press(card(program), "Open it to read only")
    qtbot.waitUntil(lambda: program.desk is not None and not program.jobs.busy, timeout=20_000)
    assert program.desk is not None
    assert program.desk.book.read_only
    assert program.window.windowTitle() == "Harbour (read only) – Sheaf"
    assert program.window.findChild(BackupWatch) is None


def test_a_second_start_brings_the_window_to_the_front(qtbot: QtBot, driver: Driver, book: Book) -> None:
    with qtbot.waitSignal(driver.program.wanted, timeout=10_000):
        assert bring_forward(book.path)
    assert not bring_forward(book.path.with_name("other.sheaf"))


def test_after_two_failed_starts_safe_mode_is_offered(
    qtbot: QtBot, program: Program, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shutil.copyfile(book.path, tmp_path / "copy.sheaf")
    begun: list[Start] = []
    monkeypatch.setattr(program, "start_another", begun.append)
    program.begin(Start(path), failed=2)
    assert "The last 2 starts" in card(program).words
    press(card(program), "Start as usual")
    qtbot.waitUntil(lambda: program.desk is not None and not program.jobs.busy, timeout=20_000)
    program.begin(Start(path), failed=2)
    press(card(program), "Start in safe mode")
    assert begun == [Start(path, safe=True)]


def test_safe_mode_forgets_and_does_nothing_by_itself(qtbot: QtBot, qapp: QApplication, book: Book) -> None:
    program = Program(qapp, safe=True)
    try:
        program.memory.put("theme", "dark")
        program.window.show()
        program.furnish(book)
        assert program.window.windowTitle() == "Harbour – Sheaf in safe mode"
        assert program.window.findChild(BackupWatch) is None
        again = Program(qapp, safe=True)
        assert again.memory.get("theme") is None
        again.end()
        qtbot.waitUntil(lambda: not program.jobs.busy, timeout=20_000)
    finally:
        program.end()
