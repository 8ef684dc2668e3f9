"""The pane beside a list: tabs that ask only when they are looked at, notes, files, and all that happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.attachments import attach, attachments
from desktop.services.clients import client, create_client, update_client
from desktop.services.notes import add_note, notes
from desktop.services.payments import record_payment
from desktop.services.people import save_person
from desktop.services.runs import plan
from desktop.ui.clients.page import ClientsPage
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.page import Page
from desktop.ui.story.account import AccountTab
from desktop.ui.story.entries import EntriesModel, Entry, EntryList
from desktop.ui.story.pane import StoryPane
from desktop.ui.story.tab import Question, StoryTab
from desktop.ui.theme import Theme
from tests.books import new_book
from tests.issued import add_invoice
from tests.ui.forms import dialog, press, save
from tests.ui.program import TODAY, Driver, add_retainers

ACTOR = "test"
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, terms="net 14")


def add(book: Book, name: str) -> int:
    return create_client(book, {"name": name, "country": "DE"}, actor=ACTOR)


def opened(driver: Driver, *ids: int) -> tuple[ClientsPage, StoryPane]:
    page = driver.window.go("clients")
    driver.settle()
    assert isinstance(page, ClientsPage)
    page.table.select(ids)
    page.table.setFocus()
    driver.settle()
    return page, page.story_pane


def test_the_model_is_one_that_qt_trusts(qtmodeltester: ModelTester) -> None:
    model = EntriesModel()
    qtmodeltester.check(model)
    model.put([Entry(7, "Call Ida", "today", tag="planned"), Entry(8, "Paid", aside="€5.00")])
    qtmodeltester.check(model)
    assert model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "Call Ida, Planned, today"
    assert model.data(model.index(1, 0), Qt.ItemDataRole.AccessibleTextRole) == "Paid, €5.00"


def test_a_word_longer_than_a_line_goes_on_in_the_next(qtbot: QtBot, theme: Theme) -> None:
    view = EntryList(theme, "Notes")
    qtbot.addWidget(view)
    view.resize(200, 300)
    view.show()
    view.put([Entry(1, "https"), Entry(2, "https" * 60)], "")
    one, long = (view.sizeHintForRow(row) for row in range(2))
    assert long > 5 * one


def test_tabs_are_counted_and_stepped_through_by_keys(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one, other = add(book, "Acme"), add(book, "Other")
    for text in ("First", "Second"):
        add_note(book, "client", one, text, actor=ACTOR)
    attach(book, "client", one, "order.txt", b"order", actor=ACTOR)
    page, story = opened(driver, one)
    assert story.titles() == ["Overview", "Account", "History", "Notes 2", "Files 1"]
    qtbot.keyClick(page.table, Qt.Key.Key_Tab, CTRL)
    assert story.bar.currentIndex() == 1
    qtbot.keyClick(page.table, Qt.Key.Key_Tab, CTRL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(page.table, Qt.Key.Key_Tab, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert story.bar.currentIndex() == 4
    story.bar.setFocus()
    qtbot.keyClick(story.bar, Qt.Key.Key_Left)
    assert story.bar.currentIndex() == 3
    driver.settle()
    assert story.notes.list.texts() == ["Second", "First"]
    page.table.select([other])
    driver.settle()
    assert story.titles()[3:] == ["Notes", "Files"]
    assert story.notes.list.empty_words.startswith("What was said and agreed stands here")


def test_a_tab_asks_only_when_it_is_looked_at(driver: Driver, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def heard(name: str, question: Callable[[int], Question]) -> Callable[[int], Question]:
        def ask(one: int) -> Question:
            asked.append(name)
            return question(one)

        return ask

    first = opened(driver)[1]
    tabs: dict[str, StoryTab] = {"history": first.history, "notes": first.notes, "files": first.files}
    for name, tab in tabs.items():
        monkeypatch.setattr(tab, "question", heard(name, tab.question))
    one = add(book, "Acme")
    driver.program.jobs.announce({"clients"})
    driver.settle()
    _page, story = opened(driver, one)
    assert asked == []
    story.open_tab(story.history)
    driver.settle()
    assert asked == ["history"]
    story.bar.setCurrentIndex(0)
    story.open_tab(story.history)
    driver.settle()
    assert asked == ["history"]


def test_a_note_is_written_ticked_off_changed_and_taken_back(driver: Driver, book: Book, qtbot: QtBot) -> None:
    save_person(book, {"name": "Ida"}, actor=ACTOR)
    one = add(book, "Acme")
    page, story = opened(driver, one)
    qtbot.keyClick(page.table, Qt.Key.Key_M, CTRL | Qt.KeyboardModifier.ShiftModifier)
    tab = story.notes
    driver.settle()
    assert tab.field.hasFocus()
    qtbot.keyClicks(tab.field, "Ask for the order")
    tab.due.setText("12 June 2026")
    tab.owner.put(1)
    qtbot.keyClick(tab.field, Qt.Key.Key_Return, CTRL)
    driver.settle()
    (note,) = notes(book, "client", one)
    assert (note.text, note.due_on, note.owner) == ("Ask for the order", date(2026, 6, 12), "Ida")
    assert tab.field.toPlainText() == ""
    assert story.titles()[3] == "Notes 1"
    assert driver.window.notices.sentence == "The note is kept."
    qtbot.keyClick(tab.list, Qt.Key.Key_Space)
    driver.settle()
    assert notes(book, "client", one)[0].done_on == TODAY
    qtbot.keyClick(tab.list, Qt.Key.Key_F2)
    shown = dialog(driver)
    shown.form.editor("text").put("Ask for the order again")
    assert save(driver, shown)
    assert tab.list.texts() == ["Ask for the order again"]
    qtbot.keyClick(tab.list, Qt.Key.Key_Delete)
    driver.settle()
    assert notes(book, "client", one) == []
    press(driver, "Undo")
    assert tab.list.texts() == ["Ask for the order again"]


def test_what_was_begun_is_kept_while_one_looks_elsewhere(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one, other = add(book, "Acme"), add(book, "Other")
    page, story = opened(driver, one)
    story.write_note()
    qtbot.keyClicks(story.notes.field, "Half a sent")
    page.table.select([other])
    driver.settle()
    assert story.notes.field.toPlainText() == ""
    page.table.select([one])
    driver.settle()
    assert story.notes.field.toPlainText() == "Half a sent"


def test_a_day_that_cannot_be_read_keeps_the_note_in_the_field(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book, "Acme")
    _page, story = opened(driver, one)
    story.write_note()
    qtbot.keyClicks(story.notes.field, "Call")
    story.notes.due.setText("some day")
    story.notes.keep()
    driver.settle()
    assert "some day" in story.notes.problem.text()
    assert (story.notes.field.toPlainText(), notes(book, "client", one)) == ("Call", [])


def test_files_are_dropped_on_the_pane_opened_saved_and_removed(
    driver: Driver, book: Book, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = add(book, "Acme")
    _page, story = opened(driver, one)
    order = tmp_path / "order.txt"
    order.write_text("An order")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(order))])
    enter = QDragEnterEvent(
        QPoint(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    story.dragEnterEvent(enter)
    assert enter.isAccepted()
    story.dropEvent(
        QDropEvent(
            QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    driver.settle()
    tab = story.files
    assert (story.titles()[4], tab.list.texts()) == ("Files 1", ["order.txt"])
    shown: list[QUrl] = []

    def show(url: QUrl) -> bool:
        shown.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", show)
    qtbot.keyClick(tab.list, Qt.Key.Key_Return)
    driver.settle()
    assert Path(shown[0].toLocalFile()).read_text() == "An order"
    tab.save_to(attachments(book, "client", one)[0].id, tmp_path / "copy.txt")
    driver.settle()
    assert (tmp_path / "copy.txt").read_text() == "An order"
    qtbot.keyClick(tab.list, Qt.Key.Key_Delete)
    driver.settle()
    assert attachments(book, "client", one) == []
    assert driver.window.notices.sentence == "order.txt is removed."
    # The client itself still stands.
    assert client(book, one)["name"] == "Acme"


def test_a_copied_picture_is_pasted(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book, "Acme")
    _page, story = opened(driver, one)
    story.open_tab(story.files)
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(0)
    QGuiApplication.clipboard().setImage(image)
    qtbot.keyClick(story.files.list, Qt.Key.Key_V, CTRL)
    driver.settle()
    (row,) = attachments(book, "client", one)
    assert (row.name, row.media_type) == ("Picture 2026-05-31.png", "image/png")
    QGuiApplication.clipboard().setText("only words")
    qtbot.keyClick(story.files.list, Qt.Key.Key_V, CTRL)
    driver.settle()
    assert driver.window.notices.sentence.startswith("Nothing that could be kept")


def test_a_change_is_undone_from_the_history(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book, "Acme")
    update_client(book, one, {"po_required": True}, actor=ACTOR)
    _page, story = opened(driver, one)
    story.open_tab(story.history)
    driver.settle()
    assert story.history.list.texts() == ["Change client C-0001", "Add client C-0001"]
    below = story.history.list.rows.entries[0].below
    assert "Hold invoices without a PO: no → yes" in below
    qtbot.keyClick(story.history.list, Qt.Key.Key_U)
    driver.settle()
    assert not client(book, one)["po_required"]
    assert story.history.list.texts()[0] == "Undone: Change client C-0001"
    assert "Undone since." in story.history.list.rows.entries[1].below


def test_the_history_grows_by_a_page(driver: Driver, book: Book) -> None:
    one = add(book, "Acme")
    for number in range(55):
        update_client(book, one, {"city": f"City {number}"}, actor=ACTOR)
    _page, story = opened(driver, one)
    story.open_tab(story.history)
    driver.settle()
    assert len(story.history.list.texts()) == 50
    story.history.older()
    driver.settle()
    assert len(story.history.list.texts()) == 56


def test_the_account_leads_to_the_invoice(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book, "Acme")
    number = add_invoice(book, one, date(2026, 5, 1), (100_00, 19))
    record_payment(book, amount=50_00, paid_on=date(2026, 5, 9), numbers=[number], actor=ACTOR, today=TODAY)
    page, story = opened(driver, one)
    qtbot.keyClick(page.table, Qt.Key.Key_Tab, CTRL)
    driver.settle()
    tab = story.findChild(AccountTab)
    assert tab is not None
    assert tab.list.texts() == ["Payment P-2026-0001", f"Invoice {number}"]
    assert "balance €69.00" in tab.list.rows.entries[0].below
    tab.list.select(1)
    qtbot.keyClick(tab.list, Qt.Key.Key_Return)
    driver.settle()
    shown = driver.window.page
    assert isinstance(shown, InvoicesPage)
    assert shown.number == number
    shown.story_pane.open_tab(shown.story_pane.history)
    driver.settle()
    assert shown.story_pane.history.list.texts()[-1] == f"Invoice {number} issued, €119.00"


@pytest.mark.parametrize("place", ["agreements", "invoices", "payments", "runs"])
def test_every_page_of_things_has_its_story(driver: Driver, book: Book, place: str) -> None:
    add_retainers(book, 1)
    number = add_invoice(book, 1, date(2026, 5, 1), (100_00, 19))
    record_payment(book, amount=50_00, paid_on=date(2026, 5, 9), numbers=[number], actor=ACTOR, today=TODAY)
    plan(book, through=TODAY, issue_date=TODAY, actor=ACTOR, now=book.now)
    page = driver.window.go(place)
    driver.settle()
    assert isinstance(page, Page)
    page.table.select([page.model.id_at(0)])
    driver.settle()
    story = page.findChild(StoryPane)
    assert story is not None
    story.open_tab(story.history)
    driver.settle()
    assert story.history.list.texts()
    story.write_note()
    driver.settle()
    story.notes.field.setPlainText("Seen")
    story.notes.keep()
    driver.settle()
    assert "Notes 1" in story.titles()
