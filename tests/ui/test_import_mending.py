"""What a person says of a file stays said, is remembered apart from other files, and can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QApplication, QComboBox, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from db.engine import Book
from db.schema import Client
from desktop.services.changes import change
from desktop.services.imports import Profile, profiles
from desktop.services.imports.history import import_batches
from desktop.ui.importing.dialog import ImportDialog
from desktop.ui.importing.habits import Habit
from desktop.ui.importing.remembering import name_for
from desktop.ui.theme import DARK, LIGHT
from tests.books import new_book
from tests.ui.forms import press
from tests.ui.program import Driver

HEADER = "Code,Name,Country,City,Alias,Credit limit"
ALPHA = 'A1,Alpha GmbH,DE,Hamburg,Alf,"1.500,00"'
BETA = 'B1,Beta GmbH,DE,Bremen,Bet,"2.500,00"'
PLACES = {name: place for place, name in enumerate(HEADER.split(","))}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    made.window.shell.theme.set_mode("light")
    yield made
    made.window.shell.theme.set_mode("light")
    for one in QApplication.topLevelWidgets():
        if isinstance(one, ImportDialog):
            one.reject()
    made.end()


def _file(tmp_path: Path, *lines: str, name: str = "clients.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def _dialog(driver: Driver, path: Path) -> ImportDialog:
    dialog = ImportDialog(driver.desk, driver.window, "clients", path)
    dialog.open()
    driver.settle()
    return dialog


def _header(dialog: ImportDialog) -> tuple[str, ...]:
    assert dialog.shown is not None
    return dialog.shown.file.header


def _mapped(dialog: ImportDialog) -> dict[str, str]:
    return {_header(dialog)[place]: field for place, field in dialog.mapping.fields.items()}


def _map(driver: Driver, dialog: ImportDialog, column: str, field: str) -> None:
    dialog.mapping.choose(_header(dialog).index(column), field)
    driver.settle()


def _import(driver: Driver, dialog: ImportDialog) -> None:
    assert dialog.verb.isEnabled()
    dialog.verb.click()
    driver.settle()


def _names(book: Book) -> list[str]:
    with book.reading() as session:
        return [row[0] for row in session.connection().exec_driver_sql("SELECT name FROM client ORDER BY code")]


# What was mapped stays


@pytest.mark.parametrize(
    "habit, option, value",
    [
        ("decimal", "decimal", ","),
        ("dates", "date_order", "mdy"),
        ("encoding", "encoding", "cp1252"),
        ("delimiter", "delimiter", ","),
    ],
)
def test_a_mapping_outlives_another_way_of_reading(
    driver: Driver, tmp_path: Path, habit: str, option: str, value: str
) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA))
    _map(driver, dialog, "Alias", "segment")
    _map(driver, dialog, "City", "")
    wanted = _mapped(dialog)
    getattr(dialog.habits, habit).choose(value)
    driver.settle()
    assert dialog.shown is not None
    assert getattr(dialog.shown.file.options, option) == value
    assert _mapped(dialog) == wanted
    assert wanted["Alias"] == "segment"
    assert "City" not in wanted


def test_a_mapping_outlives_another_line_of_headings(driver: Driver, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, HEADER.replace("Alias", "Other"), ALPHA))
    _map(driver, dialog, "City", "region")
    dialog.habits.header_row.setText("2")
    dialog.habits.header_row.editingFinished.emit()
    driver.settle()
    assert "Other" in _header(dialog)
    assert _mapped(dialog)["City"] == "region"


def test_a_mapping_comes_back_with_its_headings(driver: Driver, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA, BETA))
    _map(driver, dialog, "Alias", "name")
    wanted = _mapped(dialog)
    dialog.habits.delimiter.choose(";")
    driver.settle()
    assert dialog.shown is None or len(_header(dialog)) == 1
    dialog.habits.delimiter.choose(",")
    driver.settle()
    assert _mapped(dialog) == wanted


def test_headings_that_are_mended_are_recognised_and_the_others_stay(driver: Driver, tmp_path: Path) -> None:
    file = _file(tmp_path, "Code,Name,Straße,Land,Alias", "A1,Alpha GmbH,Große Straße 1,DE,Alf", encoding="mac_roman")
    dialog = _dialog(driver, file)
    dialog.habits.encoding.choose("cp1252")
    driver.settle()
    assert "Straße" not in _header(dialog)
    _map(driver, dialog, "Alias", "segment")
    dialog.habits.encoding.choose("mac_roman")
    driver.settle()
    wanted = {"Code": "code", "Name": "name", "Straße": "street", "Land": "country", "Alias": "segment"}
    assert _mapped(dialog) == wanted


def test_what_was_said_of_one_file_is_not_said_of_the_next(driver: Driver, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA))
    _map(driver, dialog, "Alias", "name")
    assert dialog.remember.isChecked()
    dialog.choose(_file(tmp_path, HEADER, BETA, name="more.csv"))
    driver.settle()
    assert _mapped(dialog)["Name"] == "name"
    assert not dialog.remember.isChecked()


def test_a_line_that_is_no_number_is_told(driver: Driver, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA))
    dialog.habits.header_row.setText("two")
    dialog.habits.header_row.editingFinished.emit()
    assert "“two”" in dialog.notice.sentence
    assert dialog.notice.isVisible()


# One column for a field


def test_a_field_moves_to_the_column_that_it_is_given(driver: Driver, book: Book, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA))
    _map(driver, dialog, "Alias", "name")
    assert _mapped(dialog)["Alias"] == "name"
    assert "Name" not in _mapped(dialog)
    combo = dialog.mapping.cellWidget(0, PLACES["Name"])
    assert isinstance(combo, QComboBox)
    assert combo.currentText() == "left out"
    _import(driver, dialog)
    assert _names(book) == ["Alf"]


def test_joined_columns_stay_joined_in_their_order(driver: Driver, book: Book, tmp_path: Path) -> None:
    file = _file(tmp_path, "Code,Name,Country,Last name,First name,Alias", "A1,Alpha GmbH,DE,Meier,Anna,Alf")
    dialog = _dialog(driver, file)
    # What a column is already changes nothing when it is chosen again.
    _map(driver, dialog, "First name", "contact")
    assert _mapped(dialog)["Last name"] == _mapped(dialog)["First name"] == "contact"
    _map(driver, dialog, "Alias", "segment")
    _import(driver, dialog)
    with book.reading() as session:
        assert session.connection().exec_driver_sql("SELECT contact FROM client").scalar_one() == "Anna Meier"


def test_a_choice_leaves_the_person_at_the_column(driver: Driver, tmp_path: Path) -> None:
    header = HEADER + "".join(f",Extra {number}" for number in range(20))
    dialog = _dialog(driver, _file(tmp_path, header, ALPHA + ",x" * 20))
    bar = dialog.mapping.horizontalScrollBar()
    bar.setValue(bar.maximum())
    place = dialog.mapping.columnCount() - 1
    combo = dialog.mapping.cellWidget(0, place)
    assert combo is not None
    dialog.activateWindow()
    combo.setFocus()
    driver.until(combo.hasFocus)
    _map(driver, dialog, "Extra 19", "segment")
    again = dialog.mapping.cellWidget(0, place)
    assert again is not None
    assert again is not combo
    assert again.hasFocus()
    assert bar.value() == bar.maximum() > 0


# Undo


def test_the_last_change_after_remembering_is_the_import(driver: Driver, book: Book, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA))
    dialog.remember.setChecked(True)
    _import(driver, dialog)
    assert _names(book) == ["Alpha GmbH"]
    undo = next(one for one in driver.window.findChildren(QAction) if one.shortcut().toString() == "Ctrl+Z")
    undo.trigger()
    driver.settle()
    assert _names(book) == []
    assert [one.name for one in profiles(book, "clients")] == ["clients"]


def test_undo_in_the_notice_takes_back_this_file_alone(driver: Driver, book: Book, tmp_path: Path) -> None:
    _import(driver, _dialog(driver, _file(tmp_path, HEADER, ALPHA)))
    _import(driver, _dialog(driver, _file(tmp_path, HEADER, BETA, name="more.csv")))
    with change(book, "test", "Add a client") as made:
        made.insert(Client, code="C1", name="Gamma GmbH", country="DE", currency="EUR")
    press(driver, "Undo")
    driver.settle()
    assert _names(book) == ["Alpha GmbH", "Gamma GmbH"]
    assert [one.file_name for one in import_batches(book)] == ["clients.csv"]


# All or nothing


def test_all_or_nothing_says_what_holds_it(driver: Driver, book: Book, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA, BETA, "G1,Gamma GmbH,Nowhere,Kiel,Gam,"))
    dialog.all_or_nothing.click()
    assert dialog.sentence.text() == (
        "Nothing would be imported: 1 of 3 rows is rejected. "
        "Mend the file and choose it again, or clear the tick to import the 2 good rows."
    )
    assert dialog.verb.text() == "Import"
    dialog.all_or_nothing.click()
    assert dialog.sentence.text() == "2 rows would be imported, 1 is rejected."
    _import(driver, dialog)
    assert _names(book) == ["Alpha GmbH", "Beta GmbH"]


def test_all_or_nothing_holds_no_file_that_is_whole(driver: Driver, book: Book, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA))
    dialog.all_or_nothing.click()
    assert dialog.sentence.text() == "1 row would be imported."
    _import(driver, dialog)
    assert _names(book) == ["Alpha GmbH"]


# Remembering


def test_files_of_one_name_with_other_columns_are_remembered_apart(driver: Driver, book: Book, tmp_path: Path) -> None:
    first = _file(tmp_path, "Code,Country,Alias,Who", "A1,DE,Alf,x", name="first/clients.csv")
    second = _file(tmp_path, "Code,Country,Label,City", "B1,DE,Bet,Bremen", name="second/clients.csv")
    for file, column in ((first, "Alias"), (second, "Label")):
        dialog = _dialog(driver, file)
        _map(driver, dialog, column, "name")
        _import(driver, dialog)
    assert [one.name for one in profiles(book, "clients")] == ["clients", "clients 2"]
    again = _dialog(driver, first)
    assert _mapped(again)["Alias"] == "name"
    assert "The columns are mapped as in “clients”." in again.sentence.text()


def test_the_same_headings_are_remembered_once(driver: Driver, book: Book, tmp_path: Path) -> None:
    for name, field in (("clients.csv", "segment"), ("new clients.csv", "region")):
        dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA.replace("A1", field), name=name))
        _map(driver, dialog, "Alias", field)
        _import(driver, dialog)
    (kept,) = profiles(book, "clients")
    assert kept.name == "clients"
    assert kept.columns["region"] == ("Alias",)


def test_how_a_remembered_file_is_written_is_shown_and_outlives_a_mapping(driver: Driver, tmp_path: Path) -> None:
    first = _dialog(driver, _file(tmp_path, HEADER, ALPHA))
    first.habits.encoding.choose("mac_roman")
    driver.settle()
    first.remember.setChecked(True)
    _import(driver, first)
    dialog = _dialog(driver, _file(tmp_path, HEADER, BETA))
    assert dialog.habits.encoding.said == "mac_roman"
    _map(driver, dialog, "Alias", "segment")
    assert dialog.shown is not None
    assert dialog.shown.file.options.encoding == "mac_roman"
    assert dialog.habits.encoding.itemText(0) == dialog.habits.encoding.currentText() == "Macintosh"


@pytest.mark.parametrize(
    "known, name",
    [
        ([], "clients"),
        ([("Clients", "other")], "clients 2"),
        ([("clients", "other"), ("clients 2", "third")], "clients 3"),
        ([("Export", "mine"), ("clients", "other")], "Export"),
        ([("Export", "mine"), ("clients", "mine")], "clients 2"),
    ],
)
def test_a_mapping_has_a_name_of_its_own(known: list[tuple[str, str]], name: str) -> None:
    there = [Profile(one, "clients", {}, signature) for one, signature in known]
    assert name_for(Profile("", "clients", {}, "mine"), there, "clients") == name


# The look


def test_the_first_rows_follow_the_theme(driver: Driver, tmp_path: Path) -> None:
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA))

    def inks() -> list[QColor]:
        cells = [dialog.mapping.item(1, PLACES[column]) for column in ("Name", "Alias")]
        return [cell.foreground().color() for cell in cells if cell is not None]

    assert inks() == [QColor(LIGHT.text), QColor(LIGHT.secondary)]
    driver.window.shell.theme.set_mode("dark")
    assert inks() == [QColor(DARK.text), QColor(DARK.secondary)]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_what_was_found_of_a_file_can_be_read_whole(driver: Driver, tmp_path: Path, mode: str) -> None:
    driver.window.shell.theme.set_mode(mode)  # type: ignore[arg-type]
    dialog = _dialog(driver, _file(tmp_path, HEADER, ALPHA.replace("Alf", "Älf"), encoding="cp1252"))
    assert dialog.habits.encoding.currentText() == "Windows, western Europe, perhaps"
    for habit in dialog.habits.findChildren(Habit):
        assert _room(habit) >= habit.fontMetrics().horizontalAdvance(habit.currentText()), habit.currentText()


def _room(habit: Habit) -> int:
    option = QStyleOptionComboBox()
    habit.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    return habit.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, habit).width()
