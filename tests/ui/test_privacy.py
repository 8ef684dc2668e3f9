"""Whoever asks for their data is served from the page of clients; what may go is found in the settings."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from db.engine import Book
from db.schema import Client, Contact
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.privacy.planning import rules_of
from desktop.ui.clients.page import ClientsPage
from desktop.ui.dialog import FormDialog
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.privacy import PrivacySection
from tests.books import new_book
from tests.ui.program import Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        with change(book, "Anne", "Add") as made:
            for code, name in (("A", "Ada Lovelace"), ("B", "Bertha Benz")):
                made.insert(Client, code=code, name=name, country="DE", currency="EUR", email=f"{code}@example.org")
            made.insert(Contact, client_id=1, name="Jo Miller", email="jo@example.org")
        yield book


def value(book: Book, sql: str) -> object:
    with book.reading() as session:
        return session.connection().exec_driver_sql(sql).scalar()


def dialog(driver: Driver) -> FormDialog:
    def shown() -> list[FormDialog]:
        return [one for one in driver.window.findChildren(FormDialog) if one.isVisible()]

    driver.until(lambda: len(shown()) == 1)
    return shown()[0]


@pytest.fixture
def clients(driver: Driver) -> ClientsPage:
    page = driver.window.go("clients")
    assert isinstance(page, ClientsPage)
    driver.until(lambda: page.model.rowCount() == 2)
    page.table.select([1])
    driver.settle()
    return page


@pytest.fixture
def section(driver: Driver) -> PrivacySection:
    page = driver.window.go("settings")
    assert isinstance(page, SettingsPage)
    section = page.show_section("privacy")
    assert isinstance(section, PrivacySection)
    driver.settle()
    return section


def test_a_client_is_erased_once_it_is_said_twice(driver: Driver, clients: ClientsPage, book: Book) -> None:
    clients.erase_data()
    dialog(driver).accept()
    driver.settle()
    form = dialog(driver)
    assert any("Amounts, taxes and numbers" in label.text() for label in form.findChildren(QLabel))
    form.form.editor("reason").put("asked by letter")
    form.accept()
    driver.settle()
    # Without the word that it is meant nothing happens.
    assert form.said.startswith("Nothing was erased")
    assert value(book, "SELECT count(*) FROM erasure") == 0
    form.form.editor("sure").put(True)
    form.accept()
    driver.until(lambda: value(book, "SELECT count(*) FROM erasure") == 1)
    driver.settle()
    assert value(book, "SELECT count(*) FROM client WHERE name LIKE '%Lovelace%'") == 0
    assert check(book).clean


def test_only_a_contact_is_erased(driver: Driver, clients: ClientsPage, book: Book) -> None:
    clients.erase_data()
    form = dialog(driver)
    form.form.editor("who").put("1")
    form.accept()
    driver.settle()
    form = dialog(driver)
    form.form.editor("reason").put("left")
    form.form.editor("sure").put(True)
    form.accept()
    driver.until(lambda: value(book, "SELECT count(*) FROM contact") == 0)
    driver.settle()
    assert value(book, "SELECT name FROM client WHERE id = 1") == "Ada Lovelace"


def test_data_are_given_as_a_file(driver: Driver, clients: ClientsPage, tmp_path: Path) -> None:
    clients.give_data()
    dialog(driver).accept()
    driver.settle()
    (asked,) = [one for one in driver.window.findChildren(QFileDialog) if one.isVisible()]
    asked.fileSelected.emit(str(tmp_path / "ada.zip"))
    asked.close()
    driver.until(lambda: (tmp_path / "ada.zip").exists())
    driver.settle()
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert "Ada Lovelace" in archive.read("index.html").decode()


def test_what_may_go_is_proposed_and_what_went_is_told(driver: Driver, book: Book, section: PrivacySection) -> None:
    with change(book, "Anne", "Aside") as made:
        made.update(Client, 2, active=False)
    section.reload()
    driver.until(lambda: section.model.rowCount() == 1)
    section.table.select([1])
    driver.settle()
    section.erase()
    form = dialog(driver)
    form.form.editor("sure").put(True)
    form.accept()
    driver.until(lambda: value(book, "SELECT kind FROM erasure") == "retention")
    driver.settle()
    driver.until(lambda: [row["state"] for row in section._load()] == ["erased"])


def test_periods_are_never_below_what_the_law_asks(driver: Driver, book: Book, section: PrivacySection) -> None:
    section.periods()
    form = dialog(driver)
    form.form.editor("documents").put(5)
    form.accept()
    driver.settle()
    assert "§ 147 AO" in form.said
    form.form.editor("documents").put(12)
    form.accept()
    driver.settle()
    assert rules_of(book).retention.documents == 12
