"""Rows go from a spreadsheet into any list and back: pasted, dropped, watched for, exported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.imports import import_file
from desktop.services.imports.project_links import project_links
from desktop.services.watching import WatchedFolder, set_watched_folder, watched_folder
from desktop.ui.dialog import FormDialog
from desktop.ui.importing.dialog import ImportDialog, ask_import
from desktop.ui.importing.dropping import FileDrop
from desktop.ui.importing.exchange import export
from desktop.ui.importing.folder_watch import FolderWatch
from desktop.ui.page import Page
from desktop.ui.settings.imports import ImportsSection
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.services.imports.material import AGREEMENTS, CLIENTS, ITEMS, rows
from tests.services.imports.test_trackers import TOGGL
from tests.ui.program import Driver
from tests.workbooks import xlsx


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = new_book(tmp_path)
    for kind, text in (("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS)):
        import_file(made, kind, text.encode(), actor="Ann", today=date(2026, 3, 31))
    return made


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    for one in opened(ImportDialog):
        one.reject()
    for form in opened(FormDialog):
        form.reject()
    made.end()


def opened(kind: type) -> list:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def go(driver: Driver, name: str) -> Page:
    page = driver.window.go(name)
    driver.settle()
    assert isinstance(page, Page)
    return page


def paste(driver: Driver, page: Page, qtbot: QtBot, text: str) -> ImportDialog | None:
    QGuiApplication.clipboard().setText(text)
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    driver.settle()
    shown = opened(ImportDialog)
    return shown[0] if shown else None


# Pasting


def test_rows_with_headings_are_pasted_into_a_list(driver: Driver, book: Book, qtbot: QtBot) -> None:
    shown = paste(driver, go(driver, "clients"), qtbot, "Firma\tKürzel\tLand\nNeu GmbH\tNEU\tDE\nAlt AG\tALT\tAT\n")
    assert shown is not None
    assert shown.kind.value() == "clients"
    assert shown.sentence.text() == "2 rows would be imported."
    shown.accept()
    driver.settle()
    assert rows(book, "SELECT code, name, country FROM client WHERE id > 2") == [
        ("NEU", "Neu GmbH", "DE"), ("ALT", "Alt AG", "AT")
    ]  # fmt: skip
    driver.window.acts["edit.undo"].trigger()
    driver.settle()
    assert rows(book, "SELECT count(*) FROM client") == [(2,)]


def test_rows_without_headings_are_offered_under_the_columns_of_the_page(
    driver: Driver, book: Book, qtbot: QtBot
) -> None:
    page = go(driver, "clients")
    titles = [column.title for column in page.table.shown_columns() if column.title]
    row = {"Client": "Neu GmbH", "Code": "NEU"}
    shown = paste(driver, page, qtbot, "\t".join(row.get(title, "") for title in titles) + "\n" + "Alt AG\n")
    assert shown is not None
    assert shown.shown is not None
    assert list(shown.shown.file.header) == titles
    # What the page does not show is asked for, and nothing is lost meanwhile.
    assert shown.sentence.text().startswith("Say which column is:")
    assert not shown.verb.isEnabled()


def test_bad_cells_are_named(driver: Driver, qtbot: QtBot) -> None:
    page = go(driver, "billables")
    text = "Date\tAgreement\tHours\n2026-03-02\tA-1\t1:30\n2026-03-03\tA-1\tmuch\n"
    shown = paste(driver, page, qtbot, text)
    assert shown is not None
    assert shown.kind.value() == "time"
    assert shown.sentence.text() == "1 row would be imported, 1 is rejected."
    assert shown.shown is not None
    assert shown.shown.result is not None
    (problem,) = shown.shown.result.rejected
    assert (problem.row, problem.column, problem.value) == (3, "Hours", "much")


@pytest.mark.parametrize(
    "headings, kind",
    [
        ("agreement\titem\tfrom\tto\tquantity", "usage"),
        ("client\tdate\tdescription\tunit_price", "charges"),
        ("Datum\tProjekt\tStunden", "time"),
    ],
)
def test_the_headings_say_which_of_the_kinds_of_a_page_it_is(
    driver: Driver, qtbot: QtBot, headings: str, kind: str
) -> None:
    cells = "\t".join("x" for _one in headings.split("\t"))
    shown = paste(driver, go(driver, "billables"), qtbot, f"{headings}\n{cells}\n")
    assert shown is not None
    assert shown.kind.value() == kind


@pytest.mark.parametrize("text", ["", "one cell", "\n\n"])
def test_nothing_to_paste_is_said(driver: Driver, qtbot: QtBot, text: str) -> None:
    assert paste(driver, go(driver, "agreements"), qtbot, text) is None
    assert "no rows to paste" in driver.window.notices.sentence


def test_a_field_still_pastes_for_itself(driver: Driver, qtbot: QtBot) -> None:
    page = go(driver, "clients")
    QGuiApplication.clipboard().setText("Zenith")
    page.search.setFocus()
    qtbot.keyClick(page.search, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    driver.settle()
    assert page.search.text() == "Zenith"
    assert opened(ImportDialog) == []


# Workbooks and trackers


def test_a_person_chooses_between_sheets(driver: Driver, tmp_path: Path) -> None:
    table = [("agreement", "date", "person", "hours"), ("A-1", date(2026, 3, 2), "Ann", 1.5)]
    path = tmp_path / "time.xlsx"
    path.write_bytes(xlsx({"May": table, "June": [*table, ("A-1", date(2026, 3, 3), "Ann", 2)]}))
    ask_import(driver.desk, driver.window, "time", path)
    driver.settle()
    (shown,) = opened(ImportDialog)
    assert "several sheets" in shown.notice.sentence
    assert shown.habits.sheet.isVisible()
    shown.habits.sheet.choose("June")
    driver.settle()
    assert shown.sentence.text() == "2 rows would be imported."
    assert not shown.habits.encoding.isVisible()


def test_the_agreement_of_a_project_is_asked_once(driver: Driver, book: Book, tmp_path: Path) -> None:
    path = tmp_path / "toggl.csv"
    path.write_text(TOGGL.replace("Acme Ltd", "Somebody").replace('"A-1"', '"Website"'))
    ask_import(driver.desk, driver.window, None, path)
    driver.settle()
    (shown,) = opened(ImportDialog)
    # Nobody said that it holds hours.
    assert shown.kind.value() == "time"
    assert shown.link.isVisible()
    shown.link.click()
    driver.settle()
    (asked,) = opened(FormDialog)
    asked.form.editor("0").put(1)
    asked.accept()
    driver.settle()
    assert [(one.client, one.project, one.agreement) for one in project_links(book)] == [("Somebody", "Website", "A-1")]
    assert shown.sentence.text().startswith("2 rows would be imported.")
    assert not shown.link.isVisible()


# Dropping


def test_a_file_dropped_on_the_window_opens_in_the_import(driver: Driver, tmp_path: Path) -> None:
    assert driver.window.findChild(FileDrop) is not None
    path = tmp_path / "charges.csv"
    path.write_text("id,client,date,description,quantity,unit_price\nX1,ACME,2026-03-01,Setup,1,250\n")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPointF(9, 9).toPoint(), copy, mime, left, none)
    QApplication.sendEvent(driver.window, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(driver.window, QDropEvent(QPointF(9, 9), copy, mime, left, none))
    driver.settle()
    (shown,) = opened(ImportDialog)
    assert shown.kind.value() == "charges"
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "picture.png"))])
    other = QDragEnterEvent(QPointF(9, 9).toPoint(), copy, mime, left, none)
    QApplication.sendEvent(driver.window, other)
    assert not other.isAccepted()


# Exporting


def test_a_list_is_written_and_read_again(driver: Driver, book: Book, tmp_path: Path) -> None:
    go(driver, "clients")
    path = tmp_path / "out.xlsx"
    export(driver.desk, "clients", path)
    driver.settle()
    assert driver.window.notices.sentence.startswith("2 rows are written to out.xlsx.")
    result = import_file(book, "clients", path, actor="Ann", today=date(2026, 3, 31))
    assert (result.imported, result.unchanged, result.rejected) == (0, 2, ())


def test_what_is_filtered_is_written_alone(driver: Driver) -> None:
    page = go(driver, "clients")
    assert page.acts["clients.export"].text() == "Export every field…"
    page.search.setText("Zenith")
    page.search.searched.emit("Zenith")
    driver.settle()
    page.acts.refresh()
    assert page.acts["clients.export"].text() == "Export what is shown, every field…"
    assert list(page.model.ids) == [2]


def test_billables_are_written_as_they_are_shown(driver: Driver, tmp_path: Path) -> None:
    book = driver.desk.book
    text = "id,agreement,date,person,hours,note\nT1,A-1,2026-03-02,Ann,1,seen\nT2,A-1,2026-03-03,Ann,1,other\n"
    assert import_file(book, "time", text.encode(), actor="Ann", today=date(2026, 3, 31)).imported == 2
    charge = "id,client,date,description,quantity,unit_price\nX1,ACME,2026-03-01,Setup,1,250\n"
    assert import_file(book, "charges", charge.encode(), actor="Ann", today=date(2026, 3, 31)).imported == 1
    driver.desk.shell.jobs.announce({"billables"})
    page = go(driver, "billables")
    page.search.setText("seen")
    page.search.searched.emit("seen")
    driver.settle()
    page.acts.refresh()
    assert page.acts["time.export"].text() == "Export Hours as shown, every field…"
    page.acts["time.export"].trigger()
    (asked,) = opened(QFileDialog)
    asked.fileSelected.emit(str(tmp_path / "shown.csv"))
    asked.close()
    driver.settle()
    assert driver.window.notices.sentence.startswith("1 row is written to shown.csv.")
    page.acts["charges.export"].trigger()
    (asked,) = opened(QFileDialog)
    asked.fileSelected.emit(str(tmp_path / "none.csv"))
    asked.close()
    driver.settle()
    assert driver.window.notices.sentence.startswith("0 rows are written to none.csv.")


# The watched folder


def test_new_files_come_in_while_the_window_is_open(driver: Driver, book: Book, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    watch = driver.window.findChild(FolderWatch)
    assert isinstance(watch, FolderWatch)
    before = watch.folder
    assert before is None
    set_watched_folder(book, WatchedFolder(folder, True), actor="Ann")
    driver.desk.shell.jobs.announce({"firm"})
    driver.settle()
    assert watch.folder == folder
    (folder / "toggl.csv").write_text(TOGGL)
    (folder / "odd.csv").write_text("a,b\n1,2\n")
    for _look in range(3):
        watch.look()
        driver.settle()
    assert rows(book, "SELECT count(*) FROM time_entry") == [(2,)]
    said = driver.window.notices.sentence
    assert "2 files of the watched folder: 2 rows imported." in said
    assert "odd.csv" in said
    assert (folder / "done" / "toggl.csv").is_file()
    assert (folder / "refused" / "odd.csv").is_file()
    undo = next(one for one in driver.window.notices.findChildren(QPushButton) if one.text() == "Undo")
    undo.click()
    driver.settle()
    assert rows(book, "SELECT count(*) FROM time_entry") == [(0,)]


def test_the_folder_is_set_in_the_settings(driver: Driver, book: Book, tmp_path: Path) -> None:
    settings = driver.window.go("settings")
    assert isinstance(settings, SettingsPage)
    section = settings.show_section("imports")
    assert isinstance(section, ImportsSection)
    driver.settle()
    section.acts["imports.watch"].trigger()
    driver.settle()
    (form,) = opened(FormDialog)
    form.form.editor("on").put(True)
    form.form.editor("path").put(str(tmp_path / "none"))
    form.accept()
    driver.settle()
    assert "There is no folder" in form.said
    (tmp_path / "none").mkdir()
    form.accept()
    driver.settle()
    assert watched_folder(book) == WatchedFolder(tmp_path / "none", True)
