"""A client's own page: all of it in tabs, and its contacts and further addresses, which stand nowhere else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.engine import Book
from db.schema import Template
from desktop.importing.mapping import Profile
from desktop.services.changes import change
from desktop.services.clients import client, create_client
from desktop.services.disputes import open_dispute
from desktop.services.imports.profiles import kept_profiles, remember
from desktop.services.notes import notes
from desktop.services.payments import record_payment
from desktop.ui.clients.client_page import ClientPage
from desktop.ui.clients.page import ClientsPage
from desktop.ui.clients.reach import ReachSheet
from desktop.ui.clients.sheets import Sheet
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.lines_editor import LineTable
from desktop.ui.settings.kept_mappings import ask_forgetting
from tests.books import new_book
from tests.issued import add_invoice
from tests.ui.forms import choose, dialog, press, save, write
from tests.ui.program import TODAY, Driver

ACTOR = "test"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, terms="net 14")


def add(book: Book) -> int:
    return create_client(
        book, {"name": "Acme", "country": "DE"}, actor=ACTOR, contacts=[{"name": "Ida", "email": "ida@acme.example"}]
    )


def opened(driver: Driver, one: int) -> ClientPage:
    page = driver.window.go("clients")
    driver.settle()
    assert isinstance(page, ClientsPage)
    page.table.select([one])
    page.table.setFocus()
    driver.settle()
    driver.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()
    made = driver.window.page
    assert isinstance(made, ClientPage)
    return made


def cells(sheet: Sheet) -> list[list[str]]:
    model = sheet.model
    return [[model.text_at(row, column) for column in range(len(model.columns))] for row in range(model.rowCount())]


def sheet_of(driver: Driver, page: ClientPage, name: str) -> Sheet:
    page.open(name)
    driver.settle()
    found = page.part(name)
    assert isinstance(found, Sheet)
    return found


def test_enter_opens_the_whole_of_a_client_and_esc_goes_back(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book)
    number = add_invoice(book, one, date(2026, 5, 1), (100_00, 19))
    record_payment(book, amount=50_00, paid_on=date(2026, 5, 9), numbers=[number], actor=ACTOR, today=TODAY)
    open_dispute(book, number, reason="Too much", on=date(2026, 5, 10), actor=ACTOR, today=TODAY, amount=20_00)
    page = opened(driver, one)
    title, facts, _why = page.said
    assert title == "Acme"
    assert "€69.00 open" in facts
    account = sheet_of(driver, page, "account")
    assert [row[5] for row in cells(account)] == ["69.00", "119.00"]
    assert cells(sheet_of(driver, page, "open"))[0][-1] == "69.00"
    assert cells(sheet_of(driver, page, "invoices"))[0][1] == number
    assert cells(sheet_of(driver, page, "payments"))[0][1] == "P-2026-0001"
    (dispute,) = cells(sheet_of(driver, page, "disputes"))
    assert dispute[2:5] == [number, "Too much", "20.00"]
    assert cells(sheet_of(driver, page, "agreements")) == []
    assert page.part("agreements").table.empty_words == "Nothing is agreed with this client yet."  # type: ignore[attr-defined]
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    driver.settle()
    assert isinstance(driver.window.page, ClientsPage)


def test_enter_on_a_row_goes_to_the_thing(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book)
    number = add_invoice(book, one, date(2026, 5, 1), (100_00, 19))
    for name in ("account", "open", "invoices"):
        sheet = sheet_of(driver, opened(driver, one), name)
        sheet.table.select([sheet.model.id_at(0)])
        qtbot.keyClick(sheet.table, Qt.Key.Key_Return)
        driver.settle()
        shown = driver.window.page
        assert isinstance(shown, InvoicesPage)
        assert shown.number == number


def test_tabs_are_stepped_through_and_a_note_is_written(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book)
    page = opened(driver, one)
    assert page.titles()[page.bar.currentIndex()] == "Account"
    qtbot.keyClick(page.part("account").table, Qt.Key.Key_Tab, CTRL)  # type: ignore[attr-defined]
    assert page.titles()[page.bar.currentIndex()] == "Open items"
    qtbot.keyClick(page.bar, Qt.Key.Key_Tab, CTRL | SHIFT)
    assert page.titles()[page.bar.currentIndex()] == "Account"
    qtbot.keyClick(page.bar, Qt.Key.Key_M, CTRL | SHIFT)
    driver.settle()
    qtbot.keyClicks(page.notes.field, "Call Ida")
    qtbot.keyClick(page.notes.field, Qt.Key.Key_Return, CTRL)
    driver.settle()
    assert [note.text for note in notes(book, "client", one)] == ["Call Ida"]
    assert "Notes 1" in page.titles()


def test_a_further_address_is_added_changed_and_removed(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book)
    page = opened(driver, one)
    page.open("reach")
    driver.settle()
    reach = page.part("reach")
    assert isinstance(reach, ReachSheet)
    assert [row[:3] for row in cells(reach.sheet)] == [["Contact", "Ida", "ida@acme.example"]]
    reach.acts["reach.address"].trigger()
    shown = dialog(driver)
    write(shown.form, street="Werft 3", city="Kiel")
    choose(driver, shown.form, "country", "DE")
    assert save(driver, shown)
    assert client(book, one)["addresses"][0]["street"] == "Werft 3"
    assert cells(reach.sheet)[1][:3] == ["Delivery", "", "Werft 3, Kiel, Germany"]
    reach.sheet.table.select([2])
    driver.settle()
    qtbot.keyClick(reach.sheet.table, Qt.Key.Key_Return)
    shown = dialog(driver)
    write(shown.form, city="Rostock")
    assert save(driver, shown)
    assert client(book, one)["addresses"][0]["city"] == "Rostock"
    assert client(book, one)["addresses"][0]["street"] == "Werft 3"
    reach.sheet.table.select([2])
    driver.window.activateWindow()
    reach.sheet.table.setFocus()
    driver.settle()
    qtbot.keyClick(reach.sheet.table, Qt.Key.Key_Delete)
    driver.settle()
    assert client(book, one)["addresses"] == []
    press(driver, "Undo")
    assert client(book, one)["addresses"][0]["city"] == "Rostock"


def test_a_contact_is_changed_in_its_place(driver: Driver, book: Book) -> None:
    one = add(book)
    page = opened(driver, one)
    page.open("reach")
    driver.settle()
    page.reach.sheet.table.select([1])
    driver.settle()
    page.reach.edit()
    shown = dialog(driver)
    write(shown.form, role="Accounts")
    assert save(driver, shown)
    (contact,) = client(book, one)["contacts"]
    assert (contact["role"], contact["email"]) == ("Accounts", "ida@acme.example")


def test_the_form_shows_whole_the_address_of_a_contact(driver: Driver, book: Book) -> None:
    page = opened(driver, add(book))
    page.edit()
    shown = dialog(driver)
    (table,) = shown.form.findChildren(LineTable)
    driver.settle()
    place = [column.key for column in table.model.columns].index("email")
    longest = table.view.fontMetrics().horizontalAdvance("ida.feddersen@buchhaltung.acme.example")
    assert table.view.columnWidth(place) >= longest
    shown.reject()


def test_a_template_of_its_own_is_chosen_in_the_form(driver: Driver, book: Book) -> None:
    with change(book, ACTOR, "Add a template") as made:
        plain = made.insert(Template, name="Plain")
    one = add(book)
    page = opened(driver, one)
    page.edit()
    shown = dialog(driver)
    assert shown.form.editor("template_id").currentText() == "As the firm"  # type: ignore[union-attr]
    choose(driver, shown.form, "template_id", plain)
    assert save(driver, shown)
    assert client(book, one)["template_id"] == plain


def test_a_kept_mapping_is_forgotten(driver: Driver, book: Book) -> None:
    ask_forgetting(driver.desk, driver.window)
    driver.settle()
    assert driver.window.notices.sentence.startswith("No mapping is kept.")
    for name in ("Bank", "Tracker"):
        remember(book, Profile(name, "time", {"hours": ("Std",)}, name), actor=ACTOR)
    ask_forgetting(driver.desk, driver.window)
    shown = dialog(driver)
    choose(driver, shown.form, "profile", 1)
    assert save(driver, shown)
    assert kept_profiles(book) == [("time", "Bank")]
    press(driver, "Undo")
    assert kept_profiles(book) == [("time", "Bank"), ("time", "Tracker")]
