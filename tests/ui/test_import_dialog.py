"""Files come in as a person brings them: seen first, mapped, with their bad rows told, and taken out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.imports import import_file, profiles
from desktop.services.lists.clients import ClientList
from desktop.ui.importing.dialog import ImportDialog, ask_import
from desktop.ui.page import Page
from desktop.ui.settings.imports import ImportsSection
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.ui.forms import press
from tests.ui.program import TODAY, Driver

GOOD_AND_BAD = (
    "Kundennummer;Firma;Straße;PLZ;Ort;Land;Währung;Kreditlimit\n"
    "K1;Adler GmbH;Ring 1;20095;Hamburg;DE;EUR;5.000,00\n"
    "K2;;Weg 2;80331;München;DE;EUR;\n"
    "K3;Clair SARL;Rue 3;75001;Paris;FR;EUR;viel\n"
    "K4;Dorn AG;Gasse 4;8001;Zürich;CH;CHF;\n"
)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    for one in open_imports():
        one.reject()
    made.end()


def open_imports() -> list[ImportDialog]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, ImportDialog) and one.isVisible()]


def ask(driver: Driver, kind: str, path: Path | None = None) -> ImportDialog:
    ask_import(driver.desk, driver.window, kind, path)
    driver.settle()
    return open_imports()[0]


def file_of(tmp_path: Path, text: str, name: str = "Kunden.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def clients(book: Book) -> list[str]:
    listing = ClientList(book, TODAY)
    ids = listing.ids("", frozenset(), "code", False)
    rows = listing.rows(ids)
    return [str(rows[one]["code"]) for one in ids]


def cells(table: Page | ImportDialog, place: int) -> list[str]:
    model = table.refused.rows if isinstance(table, ImportDialog) else table.model
    return [model.text_at(place, column) for column in range(len(model.columns))]


def test_nothing_can_be_imported_before_a_file_is_chosen(driver: Driver) -> None:
    shown = ask(driver, "clients")
    assert shown.sentence.text() == "Choose a CSV file or a spreadsheet, or write an empty one to fill in."
    assert not shown.verb.isEnabled()
    assert not shown.habits.isVisible()


def test_good_rows_come_in_bad_ones_are_told_and_all_is_undone(driver: Driver, book: Book, tmp_path: Path) -> None:
    shown = ask(driver, "clients", file_of(tmp_path, GOOD_AND_BAD))
    assert shown.sentence.text() == "2 rows would be imported, 2 are rejected."
    assert [shown.tabs.tabText(place) for place in range(3)] == ["Columns 8/8", "Rejected 2", "To confirm 0"]
    assert shown.habits.delimiter.itemText(0) == "semicolon"
    assert shown.habits.decimal.itemText(0) == "comma, 1.234,50"
    shown.tabs.setCurrentIndex(1)
    driver.settle()
    assert cells(shown, 0) == [
        "3",
        "Firma",
        "",
        "“Firma” is empty.",
        "Write the name that stands on the client's invoices.",
    ]
    assert cells(shown, 1)[:4] == ["4", "Kreditlimit", "viel", "“viel” is not a number."]
    shown.refused.selectAll()
    shown.refused.copy()
    driver.settle()
    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("4\tKreditlimit\tviel\t")
    assert clients(book) == []
    shown.accept()
    driver.settle()
    assert open_imports() == []
    assert clients(book) == ["K1", "K4"]
    assert driver.window.notices.sentence == "Clients: 2 rows imported, 0 unchanged, 2 rejected."
    assert driver.window.notices.tone == "held"
    press(driver, "Undo")
    assert clients(book) == []
    assert driver.window.notices.sentence.startswith("Undone: Import 2 rows of clients from Kunden.csv")


def test_what_was_rejected_can_be_looked_at_afterwards(driver: Driver, tmp_path: Path) -> None:
    shown = ask(driver, "clients", file_of(tmp_path, GOOD_AND_BAD))
    shown.accept()
    driver.settle()
    press(driver, "Show what was rejected")
    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible())
    page = window.findChild(Page)
    assert isinstance(page, Page)
    driver.until(lambda: page.model.rowCount() == 2)
    page.search.setText("Kreditlimit")
    driver.until(lambda: page.model.rowCount() == 1)
    assert cells(page, 0)[:2] == ["4", "Kreditlimit"]
    window.close()


def test_all_or_nothing_is_nothing_while_a_row_is_rejected(driver: Driver, book: Book, tmp_path: Path) -> None:
    shown = ask(driver, "clients", file_of(tmp_path, GOOD_AND_BAD))
    assert shown.verb.text() == "Import 2 rows"
    shown.all_or_nothing.setChecked(True)
    assert not shown.verb.isEnabled()
    shown.accept()
    driver.settle()
    assert clients(book) == []
    shown.all_or_nothing.setChecked(False)
    assert shown.verb.isEnabled()


def test_a_column_is_mapped_by_hand_and_remembered(driver: Driver, book: Book, tmp_path: Path) -> None:
    path = file_of(tmp_path, "Kürzel;Wer;Wo\nA;Adler;DE\nB;Berg;AT\n", "alt.csv")
    shown = ask(driver, "clients", path)
    assert shown.sentence.text() == "Say which column is: Name, Country."
    assert not shown.verb.isEnabled()
    shown.mapping.choose(1, "name")
    driver.settle()
    assert shown.sentence.text() == "Say which column is: Country."
    shown.mapping.choose(2, "country")
    driver.settle()
    assert shown.sentence.text() == "2 rows would be imported."
    assert shown.remember.isChecked()
    shown.accept()
    driver.settle()
    assert clients(book) == ["A", "B"]
    assert [one.name for one in profiles(book, "clients")] == ["alt"]
    again = ask(driver, "clients", file_of(tmp_path, "Kürzel;Wer;Wo\nC;Clair;FR\n", "neu.csv"))
    assert again.sentence.text() == "1 row would be imported. The columns are mapped as in “alt”."
    assert again.mapping.fields == {0: "code", 1: "name", 2: "country"}


def test_what_is_left_open_is_said_and_can_be_corrected(driver: Driver, book: Book, tmp_path: Path) -> None:
    import_file(
        book, "clients", b"code,name,country,currency\nA,Adler,DE,EUR\n", actor="test", today=TODAY, name="c.csv"
    )
    text = "number,client,issue_date,gross\nX1,A,03/04/2026,10.00\n"
    shown = ask(driver, "opening", file_of(tmp_path, text, "open.csv"))
    assert shown.habits.dates.itemText(0) == "day first, 31/12/2026, perhaps"
    assert shown.tabs.tabText(2) == "To confirm 2"
    shown.habits.dates.choose("mdy")
    driver.settle()
    # That nothing is said of payments stays.
    assert shown.tabs.tabText(2) == "To confirm 1"
    shown.accept()
    driver.settle()
    with book.reading() as session:
        day = session.connection().exec_driver_sql("SELECT issue_date FROM invoice").scalar_one()
    assert day == "2026-03-04"


def test_another_kind_reads_the_same_file_anew(driver: Driver, tmp_path: Path) -> None:
    shown = ask(driver, "clients", file_of(tmp_path, "code,name,unit,price\nDEV,Development,hour,100\n", "items.csv"))
    assert shown.sentence.text() == "Say which column is: Country."
    shown.kind.put("items")
    shown.kind.activated.emit(shown.kind.currentIndex())
    driver.settle()
    assert shown.sentence.text() == "1 row would be imported."


def test_a_file_that_is_no_table_is_refused_in_plain_words(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "photo.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    shown = ask(driver, "clients", path)
    assert shown.notice.isVisible()
    assert shown.notice.tone == "held"
    assert not shown.verb.isEnabled()


def test_the_same_file_twice_changes_nothing_and_says_so(driver: Driver, book: Book, tmp_path: Path) -> None:
    path = file_of(tmp_path, "code,name,country\nA,Adler,DE\n")
    ask(driver, "clients", path).accept()
    driver.settle()
    again = ask(driver, "clients", path)
    assert again.sentence.text() == "0 rows would be imported, 1 is in the book already."
    assert not again.verb.isEnabled()
    assert clients(book) == ["A"]


def test_a_file_is_dropped(driver: Driver, tmp_path: Path) -> None:
    path = file_of(tmp_path, "code,name,country\nA,Adler,DE\n")
    shown = ask(driver, "clients")
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    shown.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, carried, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    driver.settle()
    assert shown.sentence.text() == "1 row would be imported."


def test_an_empty_file_is_written_and_never_over_another(driver: Driver, tmp_path: Path) -> None:
    shown = ask(driver, "items")
    path = tmp_path / "items.csv"
    shown.write_template(path)
    driver.settle()
    assert path.read_text(encoding="utf-8-sig").startswith("code,name,unit,price")
    assert shown.notice.sentence == "items.csv is written. Fill it in, then choose it here."
    shown.write_template(path)
    driver.settle()
    assert shown.notice.sentence.startswith("“items.csv” exists already.")


def test_hundreds_of_columns_get_their_choices_as_they_come_into_view(driver: Driver, tmp_path: Path) -> None:
    heads = ["code", "name", "country", *(f"x{number}" for number in range(297))]
    row = ["A", "Adler", "DE", *("" for _ in range(297))]
    shown = ask(driver, "clients", file_of(tmp_path, ",".join(heads) + "\n" + ",".join(row) + "\n"))
    assert shown.sentence.text() == "1 row would be imported."
    assert shown.mapping.columnCount() == 300
    assert shown.mapping.cellWidget(0, 299) is None
    shown.mapping.horizontalScrollBar().setValue(shown.mapping.horizontalScrollBar().maximum())
    assert shown.mapping.cellWidget(0, 299) is not None


def test_the_history_undoes_one_file_of_several(driver: Driver, book: Book, tmp_path: Path) -> None:
    for code, name in (("A", "first.csv"), ("B", "second.csv")):
        text = f"code,name,country\n{code},{code} GmbH,DE\n"
        import_file(book, "clients", text.encode(), actor="test", today=TODAY, name=name)
    settings = driver.window.go("settings")
    assert isinstance(settings, SettingsPage)
    section = settings.show_section("imports")
    driver.settle()
    assert isinstance(section, ImportsSection)
    assert [section.model.text_at(place, 1) for place in range(2)] == ["second.csv", "first.csv"]
    section.table.select([1])
    driver.settle()
    section.undo()
    driver.settle()
    assert clients(book) == ["B"]
    assert [section.model.text_at(place, 1) for place in range(section.model.rowCount())] == ["second.csv"]
