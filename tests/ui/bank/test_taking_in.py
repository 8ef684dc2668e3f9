"""Statements come in as a person brings them: seen first, of a table that is not known told, and taken out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.bank.profiles import profile_named
from desktop.services.bank.statement_list import statement_rows
from desktop.ui.bank.statements import StatementsPage, show_statements
from desktop.ui.bank.taking_in import TakeInDialog, ask_statements
from desktop.ui.importing.dialog import ImportDialog
from desktop.ui.table import Table
from tests.bank_lines import IBAN, add_account
from tests.books import new_book
from tests.camt_text import camt
from tests.ui.forms import press
from tests.ui.program import Driver

UNKNOWN = "Tag;Wer;Was;Geld\n03.05.2026;Adler GmbH;Rechnung 7;1.190,00\n04.05.2026;Post;Porto;-12,50\n"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = new_book(tmp_path)
    add_account(made, bank="Hafenbank", currency="EUR")
    return made


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    for one in open_dialogs():
        one.reject()
    made.end()


def open_dialogs() -> list[TakeInDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, TakeInDialog) and one.isVisible()]


def ask(driver: Driver, *paths: Path) -> TakeInDialog:
    ask_statements(driver.desk, driver.window, paths)
    driver.settle()
    return open_dialogs()[0]


def file_of(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def may(folder: Path, name: str = "may.xml") -> Path:
    return file_of(folder, name, camt(IBAN, ("2026-05-04", 5_000, "INV-7"), ("2026-05-29", -1_000, "Rent")))


def cells(table: Table, place: int) -> list[str]:
    return [table.rows.text_at(place, column) for column in range(len(table.rows.columns))]


def drop(driver: Driver, *paths: Path) -> None:
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(driver.window, QDragEnterEvent(QPoint(9, 9), copy, carried, left, none))
    QApplication.sendEvent(driver.window, QDropEvent(QPointF(9, 9), copy, carried, left, none))
    driver.settle()


def test_a_statement_is_seen_taken_in_and_taken_out_again(driver: Driver, book: Book, tmp_path: Path) -> None:
    shown = ask(driver, may(tmp_path))
    assert shown.sentence.text() == "2 lines would come in."
    assert cells(shown.statements, 0)[:3] == ["Hafenbank DE02 1203 0000 0000 2020 51", "4 May 2026", "29 May 2026"]
    assert statement_rows(book) == ()
    assert shown.verb.text() == "Take in 2 lines"
    shown.accept()
    driver.settle()
    assert open_dialogs() == []
    assert [one.lines for one in statement_rows(book)] == [2]
    assert driver.window.notices.sentence == "Statements: 2 new lines, 0 known already, 0 rejected."
    press(driver, "Undo")
    assert statement_rows(book) == ()


def test_what_is_known_is_not_taken_in_again(driver: Driver, tmp_path: Path) -> None:
    ask(driver, may(tmp_path)).accept()
    driver.settle()
    shown = ask(driver, may(tmp_path, "again.xml"))
    assert shown.sentence.text() == "0 lines would come in, 2 are in the book already."
    assert not shown.verb.isEnabled()


def test_a_file_that_is_no_statement_says_so(driver: Driver, tmp_path: Path) -> None:
    shown = ask(driver, file_of(tmp_path, "letter.pdf", "%PDF-1.4"))
    assert "is no bank statement" in shown.notice.sentence
    assert not shown.verb.isEnabled()


def test_all_or_nothing_is_nothing_while_a_line_is_rejected(driver: Driver, book: Book, tmp_path: Path) -> None:
    other = file_of(tmp_path, "other.xml", camt("DE89370400440532013000", ("2026-05-04", 5_000, "A")))
    shown = ask(driver, may(tmp_path), other)
    assert shown.sentence.text() == "2 lines would come in, 1 is rejected."
    assert "none of the firm's" in cells(shown.refused, 0)[4]
    shown.all_or_nothing.setChecked(True)
    assert shown.sentence.text() == "Nothing would be taken in: 1 line is rejected."
    assert not shown.verb.isEnabled()
    shown.all_or_nothing.setChecked(False)
    shown.accept()
    driver.settle()
    assert len(statement_rows(book)) == 1
    assert driver.window.notices.tone == "held"


def test_the_columns_of_an_unknown_table_are_told_once(driver: Driver, book: Book, tmp_path: Path) -> None:
    shown = ask(driver, file_of(tmp_path, "Sparverein.csv", UNKNOWN))
    assert shown.tabs.currentWidget() is shown.columns
    assert "does not know the columns" in shown.notice.sentence
    for place, field in enumerate(("booked_on", "party", "text", "amount")):
        shown.columns.choose(place, field)
        driver.settle()
    assert shown.sentence.text() == "2 lines would come in."
    assert shown.remember.isChecked()
    assert shown.profile_name.text() == "Sparverein"
    shown.accept()
    driver.settle()
    (row,) = statement_rows(book)
    assert (row.came_in, row.went_out) == (119_000, -1_250)
    assert profile_named(book, "Sparverein").columns["text"] == ("Was",)
    again = ask(driver, file_of(tmp_path, "june.csv", UNKNOWN.replace(".05.", ".06.")))
    assert again.sentence.text() == "2 lines would come in."
    assert again.columns.fields == {0: "booked_on", 1: "party", 2: "text", 3: "amount"}


def test_a_sign_can_be_turned_round(driver: Driver, tmp_path: Path) -> None:
    shown = ask(driver, file_of(tmp_path, "card.csv", UNKNOWN))
    for place, field in enumerate(("booked_on", "text", "text", "amount")):
        shown.columns.choose(place, field)
    driver.settle()
    shown.columns.negate.click()
    driver.settle()
    shown.accept()
    driver.settle()
    (row,) = statement_rows(driver.desk.book)
    assert (row.came_in, row.went_out) == (1_250, -119_000)


def test_only_words_come_from_several_columns(driver: Driver, tmp_path: Path) -> None:
    shown = ask(driver, file_of(tmp_path, "card.csv", UNKNOWN))
    shown.columns.choose(1, "text")
    shown.columns.choose(2, "text")
    shown.columns.choose(2, "amount")
    shown.columns.choose(3, "amount")
    assert shown.columns.fields == {1: "text", 3: "amount"}


def test_statements_that_are_dropped_come_together(driver: Driver, tmp_path: Path) -> None:
    june = file_of(tmp_path, "june.xml", camt(IBAN, ("2026-06-04", 700, "C"), number=2, opening=104_000))
    drop(driver, may(tmp_path), june)
    (shown,) = open_dialogs()
    assert shown.sentence.text() == "3 lines would come in."


def test_a_table_of_clients_that_is_dropped_opens_the_import(driver: Driver, tmp_path: Path) -> None:
    drop(driver, file_of(tmp_path, "clients.csv", "code,name,country\nA,Adler,DE\n"))
    assert open_dialogs() == []
    windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, ImportDialog) and one.isVisible()]
    assert len(windows) == 1
    for one in windows:
        one.reject()


def test_the_page_shows_statements_their_gaps_and_undoes_a_file(driver: Driver, book: Book, tmp_path: Path) -> None:
    later = file_of(tmp_path, "july.xml", camt(IBAN, ("2026-07-10", 700, "C"), number=3, opening=109_000))
    ask(driver, may(tmp_path), later).accept()
    driver.settle()
    show_statements(driver.desk)
    driver.settle()
    page = driver.window.findChild(StatementsPage)
    assert page is not None
    assert page.facts == "2 statements · 3 lines are not booked yet"
    assert [page.model.text_at(place, 0) for place in range(2)] == ["Gap", ""]
    page.filters.put(frozenset({"gap", f"account:{statement_rows(book)[0].account_id}"}))
    driver.settle()
    assert page.model.rowCount() == 1
    page.table.select([page.model.ids[0]])
    driver.settle()
    assert "€50.00" in page.pane.reason
    page.acts["statements.undo"].trigger()
    driver.settle()
    assert [one.file_name for one in statement_rows(book)] == ["may.xml"]


def test_the_dialog_of_the_page_is_a_dialog(driver: Driver) -> None:
    ask_statements(driver.desk, driver.window)
    driver.settle()
    (shown,) = open_dialogs()
    assert isinstance(shown, QDialog)
    assert shown.sentence.text().startswith("Choose the statements of your bank")
    assert not shown.verb.isEnabled()


def test_a_file_without_an_account_asks_whose_it_is(driver: Driver, book: Book, tmp_path: Path) -> None:
    other = add_account(book, "DE89370400440532013000", bank="Elbbank", currency="EUR")
    shown = ask(driver, file_of(tmp_path, "may.qif", "!Type:Bank\nD2026-05-04\nT50.00\nPAcme\n^\n"))
    assert shown.notice.sentence.startswith("The file does not say which account it is of.")
    assert not shown.verb.isEnabled()
    shown.account.put(other)
    shown.account.activated.emit(shown.account.currentIndex())
    driver.settle()
    assert cells(shown.statements, 0)[0].startswith("Elbbank")
    shown.accept()
    driver.settle()
    assert [(one.account_id, one.came_in) for one in statement_rows(book)] == [(other, 5_000)]


def test_what_a_file_says_of_itself_stands_among_the_remarks(driver: Driver, tmp_path: Path) -> None:
    text = camt(IBAN, ("2026-05-04", 5_000, "A")).replace("1050.00", "1051.00")
    shown = ask(driver, file_of(tmp_path, "may.xml", text))
    assert "€1,051.00" in cells(shown.remarks, 0)[1]
    assert shown.verb.isEnabled()


def test_closing_stops_what_is_under_way(driver: Driver, tmp_path: Path) -> None:
    ask_statements(driver.desk, driver.window, [may(tmp_path)])
    (shown,) = open_dialogs()
    shown.reject()
    driver.settle()
    assert open_dialogs() == []
    assert statement_rows(driver.desk.book) == ()
