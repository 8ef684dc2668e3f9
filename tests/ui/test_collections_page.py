"""The page of collections as a collector works it: call, promise, payment, dispute, hold, and everything undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from db.engine import Book
from db.schema import Client
from desktop.services.changes import change
from desktop.services.disputes import disputes_of
from desktop.services.notes import add_note, notes
from desktop.services.promises import note_promise, promises_of
from desktop.ui.clients.page import ClientsPage
from desktop.ui.collections.page import CollectionsPage
from desktop.ui.dialog import FormDialog
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        book.clock = lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
        zen, acme = add_client(book, "ZEN", name="Zen & Söhne"), add_client(book, "ACME")
        with change(book, ANNE, "Set up") as made:
            made.update(Client, acme, email="pay@acme.example", contact="Ada Lee")
        add_invoice(book, zen, date(2026, 1, 10), (50_000, 0))
        add_invoice(book, acme, date(2026, 3, 10), (20_000, 0))
        add_invoice(book, acme, date(2026, 3, 11), (10_000, 0))
        add_invoice(book, add_client(book, "GOOD"), TODAY, (1_000, 0))
        yield book


@pytest.fixture
def page(driver: Driver) -> CollectionsPage:
    page = driver.window.go("collections")
    assert isinstance(page, CollectionsPage)
    driver.settle()
    return page


def names(page: CollectionsPage) -> list[str]:
    rows = page.model.listing.rows(list(page.model.ids))
    return [str(rows[one]["code"]) for one in page.model.ids]


def choose(driver: Driver, page: CollectionsPage, code: str) -> None:
    page.table.select([page.model.ids[names(page).index(code)]])
    driver.settle()


def dialog(driver: Driver) -> FormDialog:
    def shown() -> list[FormDialog]:
        return [one for one in driver.window.findChildren(FormDialog) if one.isVisible()]

    driver.until(lambda: len(shown()) == 1)
    return shown()[0]


def act(driver: Driver, page: CollectionsPage, word: str) -> FormDialog:
    page.acts[f"collections.{word}"].trigger()
    return dialog(driver)


def fill(driver: Driver, form: FormDialog, **values: object) -> None:
    for key, value in values.items():
        form.form.editor(key).put(value)
    form.accept()
    driver.settle()


def test_after_midnight_it_follows_the_day(driver: Driver) -> None:
    days = [TODAY]
    driver.desk.today = lambda: days[0]
    driver.program._clock.timeout.emit()
    page = driver.window.go("collections")
    assert isinstance(page, CollectionsPage)
    driver.settle()
    assert "GOOD" not in names(page)
    days[0] = TODAY + timedelta(days=60)
    driver.program._clock.timeout.emit()
    driver.settle()
    assert "GOOD" in names(page)


def test_who_is_late_stands_with_figures_that_filter(driver: Driver, page: CollectionsPage) -> None:
    assert names(page) == ["ZEN", "ACME"]
    assert page.facts == "2 clients are late"
    assert page.foot[1] == "Selected €500.00   ·   All €800.00"
    assert [card.accessibleName() for card in page._cards] == [
        "€800.00 overdue", "€500.00 over 60 days late", "€0.00 disputed", "€0.00 promised",
        "€0.00 missed of broken promises",
    ]  # fmt: skip
    page._cards[1].click()
    driver.settle()
    assert names(page) == ["ZEN"]
    page.show_all()
    driver.settle()
    assert names(page) == ["ZEN", "ACME"]


def test_the_pane_tells_what_is_open_and_whom_to_reach(driver: Driver, page: CollectionsPage) -> None:
    choose(driver, page, "ACME")
    words = page.facts_view.words
    assert page.pane.heading == "ACME Ltd"
    assert "Contact Ada Lee" in words
    assert "INV-2026-0002 €200.00 · 52 days late" in words
    page.acts["collections.copy"].trigger()
    assert QGuiApplication.clipboard().text() == "pay@acme.example"
    choose(driver, page, "ZEN")
    assert not page.acts["collections.copy"].isEnabled()


def test_a_call_is_noted_with_a_step_that_is_ticked_off(driver: Driver, page: CollectionsPage, book: Book) -> None:
    choose(driver, page, "ACME")
    driver.qtbot.keyClick(page.table, Qt.Key.Key_N)
    fill(driver, dialog(driver), text="Rang, waits for a signature", due_on=TODAY)
    assert page.facts == "2 clients are late · 1 step to be done"
    choose(driver, page, "ACME")
    assert "Rang, waits for a signature" in page.facts_view.words
    page.acts["collections.step_done"].trigger()
    driver.settle()
    (note,) = notes(book, "client", 2)
    assert note.done_on == TODAY
    assert page.facts == "2 clients are late"
    assert not page.acts["collections.step_done"].isEnabled()


def test_a_promise_is_noted_withdrawn_and_undone(driver: Driver, page: CollectionsPage, book: Book) -> None:
    choose(driver, page, "ACME")
    asked = act(driver, page, "promise")
    assert asked.form.values()["amount"] == 30_000
    fill(driver, asked, amount=25_000, said_by="Ada Lee")
    (promise,) = promises_of(book, TODAY)
    assert (promise.amount, promise.promised_on, promise.state) == (25_000, TODAY + timedelta(days=7), "open")
    assert page._cards[3].accessibleName() == "€250.00 promised"
    choose(driver, page, "ACME")
    page.acts["collections.withdraw"].trigger()
    driver.settle()
    assert page._cards[3].accessibleName() == "€0.00 promised"
    page.acts["collections.undo"].trigger()
    driver.settle()
    assert page._cards[3].accessibleName() == "€250.00 promised"


def test_too_large_a_promise_says_so_in_the_form(driver: Driver, page: CollectionsPage, book: Book) -> None:
    choose(driver, page, "ACME")
    asked = act(driver, page, "promise")
    fill(driver, asked, amount=30_001)
    assert asked.said.startswith("ACME Ltd owes €300.00")
    asked.reject()
    asked.reject()
    driver.settle()
    assert promises_of(book, TODAY) == ()


def test_a_broken_word_comes_first_in_the_row(driver: Driver, page: CollectionsPage, book: Book) -> None:
    day = TODAY - timedelta(days=1)
    note_promise(book, 2, amount=5_000, currency="EUR", promised_on=day, actor=ANNE, today=day)
    page.reload()
    driver.settle()
    page.filters.put(frozenset({"broken"}))
    driver.settle()
    assert names(page) == ["ACME"]
    choose(driver, page, "ACME")
    (row,) = page.model.listing.rows(list(page.model.ids)).values()
    assert row["tag"] == "promise_broken"
    assert "€50.00 was promised for 30 May 2026; nothing came." in page.pane._reason.text()


def test_a_payment_takes_a_client_off_the_list(driver: Driver, page: CollectionsPage) -> None:
    choose(driver, page, "ZEN")
    fill(driver, act(driver, page, "payment"), amount=50_000, paid_on=TODAY)
    assert names(page) == ["ACME"]


def test_one_of_several_invoices_is_disputed(driver: Driver, page: CollectionsPage, book: Book) -> None:
    choose(driver, page, "ACME")
    asked = act(driver, page, "dispute")
    assert asked.form.values()["number"] == "INV-2026-0002"
    fill(driver, asked, number="INV-2026-0003", reason="Not ordered")
    assert [one.reason for one in disputes_of(book, "INV-2026-0003")] == ["Not ordered"]
    assert page._cards[2].accessibleName() == "€100.00 disputed"


def test_billing_is_held_and_let_go(driver: Driver, page: CollectionsPage) -> None:
    choose(driver, page, "ZEN")
    fill(driver, act(driver, page, "hold"), reason="Pays nothing")
    choose(driver, page, "ZEN")
    assert page.acts["collections.hold"].text() == "Take off hold"
    assert "On hold" in page.pane._reason.text()
    page.acts["collections.hold"].trigger()
    driver.settle()
    choose(driver, page, "ZEN")
    assert "On hold" not in page.pane._reason.text()


def test_enter_opens_the_client_and_the_way_back_finds_the_row(driver: Driver, page: CollectionsPage) -> None:
    choose(driver, page, "ACME")
    driver.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()
    assert isinstance(driver.window.page, ClientsPage)
    assert driver.window.page.selected_ids() == [2]
    driver.window.go("collections", 1)
    driver.settle()
    assert page.pane.heading == "Zen & Söhne"


def test_a_client_is_found_in_whatever_currency_and_behind_any_filter(driver: Driver, book: Book) -> None:
    orbit = add_client(book, "ORBIT", name="Orbit plc", currency="USD")
    add_invoice(book, orbit, TODAY, (9_000, 0), currency="USD", terms="net 5")
    driver.desk.today = lambda: TODAY + timedelta(days=10)
    page = driver.window.go("collections", orbit)
    assert isinstance(page, CollectionsPage)
    driver.settle()
    assert page.pane.heading == "Orbit plc"
    page.show_query(frozenset({"disputed"}))
    driver.settle()
    assert names(page) == []
    driver.window.go("collections", orbit)
    driver.settle()
    assert page.pane.heading == "Orbit plc"
    assert len(names(page)) == 3


def test_what_is_noted_of_the_client_stands_in_the_tabs(driver: Driver, page: CollectionsPage, book: Book) -> None:
    choose(driver, page, "ACME")
    fill(driver, act(driver, page, "call"), text="Rang")
    choose(driver, page, "ACME")
    assert page.story_pane.titles() == ["Overview", "Account", "Letters", "History", "Notes 1", "Files"]
    add_note(book, "client", 1, "Wrote a letter", actor=ANNE, due_on=TODAY)
    driver.program.jobs.announce({"notes"})
    driver.settle()
    assert page.facts == "2 clients are late · 1 step to be done"


def test_the_model_keeps_qts_rules(driver: Driver, page: CollectionsPage, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(page.model)


def test_an_empty_list_says_what_will_stand_there(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with new_book(tmp_path, file="Empty.sheaf") as book:
        driver = Driver(qtbot, qapp, book, tmp_path)
        page = driver.window.go("collections")
        assert isinstance(page, CollectionsPage)
        driver.settle()
        assert page.table.empty_words.startswith("Nobody is late.")
        driver.end()
