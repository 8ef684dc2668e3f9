"""Where documents stand, shown outside the outbox: on invoices, on the client, in the story, and as a run's steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.history import history
from desktop.ui.clients.client_page import ClientPage
from desktop.ui.clients.sheets import Sheet
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.outbox.page import OutboxPage
from desktop.ui.runs.page import RunsPage
from desktop.ui.runs.result import ResultPage
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.outgoing import NOON, event, mailed, stand
from tests.servers.faulty_smtp import faulty_smtp
from tests.services.delivery.posting import Clock, account, documents, standing
from tests.ui.program import Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A run of five documents: one failed, one bounced, one seen, one waits to be printed, one to be mailed."""
    with new_book(tmp_path) as book:
        Clock(book)
        documents(book, 5)
        stand(book, "INV-2026-0001", state="failed", answer="The mailbox is full.")
        mailed(book, "INV-2026-0002", to="c2@client.test", fate="bounced", fate_at=NOON)
        mailed(book, "INV-2026-0003", to="c3@client.test", fate="seen", fate_at=NOON)
        stand(book, "INV-2026-0004", channel="print", address="")
        yield book


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()


def shown(page: InvoicesPage | OutboxPage, key: str = "number") -> str:
    """The last digits of the documents shown, sorted."""
    rows = page.model.listing.rows(list(page.model.ids))
    return "".join(sorted(str(row[key])[-1] for row in rows.values()))


def test_the_list_of_invoices_tells_and_filters_by_it(driver: Driver) -> None:
    page = driver.window.go("invoices")
    assert isinstance(page, InvoicesPage)
    driver.settle()
    rows = page.model.listing.rows(list(page.model.ids))
    assert {str(row["number"])[-1]: row["delivery"] for row in rows.values()} == {
        "1": "failed", "2": "bounced", "3": "seen", "4": "waiting", "5": "waiting",
    }  # fmt: skip
    menu = page._chip_menus["delivery"]
    assert [action.text() for action in menu.menu().actions()] == [
        "Wherever they stand", "Not out yet", "Failed", "Bounced", "Out by any way", "Delivered or seen", "Seen",
    ]  # fmt: skip
    menu.choose("delivery:unsent")
    driver.settle()
    assert shown(page) == "45"
    menu.choose("delivery:arrived")
    driver.settle()
    assert shown(page) == "3"


def test_an_invoice_says_how_it_went_and_leads_to_its_deliveries(driver: Driver) -> None:
    page = driver.window.go("invoices")
    assert isinstance(page, InvoicesPage)
    driver.settle()
    numbers = page.model.listing.rows(list(page.model.ids))
    one = next(key for key, row in numbers.items() if str(row["number"]).endswith("3"))
    page.table.select([one])
    driver.settle()
    words = [label.text() for label in page.pane.findChildren(type(page._head_title))]
    assert any(text.startswith("Seen · E-mail\nc3@client.test") for text in words)
    page.acts["invoices.outbox"].trigger()
    driver.settle()
    outbox = driver.window.page
    assert isinstance(outbox, OutboxPage)
    assert shown(outbox, "title") == "3"


def test_the_steps_of_a_run_open_their_documents(driver: Driver, qtbot: QtBot) -> None:
    page = driver.window.go("runs")
    assert isinstance(page, RunsPage)
    driver.settle()
    assert page.funnel.told == [
        "5 documents", "2 waiting", "2 sent", "1 delivered", "1 seen", "0 paid", "1 failed", "1 bounced",
        "1 by e-mail", "1 to print",
    ]  # fmt: skip

    def press(text: str) -> str:
        driver.window.go("runs")
        driver.settle()
        button = next(one for one in page.funnel.findChildren(QPushButton) if one.text() == text and one.isVisible())
        button.click()
        driver.settle()
        opened = driver.window.page
        assert isinstance(opened, InvoicesPage | OutboxPage)
        return shown(opened, "number" if isinstance(opened, InvoicesPage) else "title")

    assert press("5 documents") == "12345"
    assert press("2 waiting") == "45"
    assert press("2 sent") == "23"
    assert press("1 seen") == "3"
    assert press("0 paid") == ""
    assert press("1 failed") == "1"
    assert press("1 to print") == "4"


def test_the_result_of_a_run_sends_what_goes_by_mail(driver: Driver, book: Book) -> None:
    page = ResultPage(driver.desk, 1)
    driver.window.push(page)
    driver.settle()
    assert page.acts["result.send"].text() == "Send 1 e-mail now"
    with faulty_smtp() as server:
        account(book, server.port)
        page.acts["result.send"].trigger()
        driver.settle()
        assert [one.recipients for one in server.taken] == [("c5@client.test",)]
    assert "1 by e-mail" not in page.funnel.told
    assert not page.acts["result.send"].isEnabled()
    assert [row[0] for row in standing(book)] == ["failed", "sent", "sent", "waiting", "sent"]


def test_a_client_has_all_that_went_to_it(driver: Driver) -> None:
    page = ClientPage(driver.desk, 3)
    driver.window.push(page)
    page.open("deliveries")
    driver.settle()
    (sheet,) = [one for one in page.findChildren(Sheet) if one.table.accessibleName() == "Deliveries"]
    assert [str(row["title"]) for row in sheet.listing.rows(list(sheet.model.ids)).values()] == ["INV-2026-0003"]
    sheet.opened.emit(sheet.model.ids[0])
    driver.settle()
    assert driver.window.here == "outbox"


def test_the_story_tells_each_event(book: Book) -> None:
    event(book, 3, NOON, "sent", actor="Anne")
    event(book, 3, "2026-05-31T13:00:00Z", "seen")
    found = [one for one in history(book, "invoice", 3).entries if one.place == "delivery"]
    assert [(one.summary, one.actor) for one in found] == [
        ("INV-2026-0003 seen", ""),
        ("INV-2026-0003 sent by e-mail", "Anne"),
    ]
    assert found[1].lines == ("To c3@client.test.",)
    assert [one.summary for one in history(book, "client", 3).entries if one.place == "delivery"] == [
        "INV-2026-0003 seen", "INV-2026-0003 sent by e-mail",
    ]  # fmt: skip
    assert "1 document seen" in [one.summary for one in history(book, "run", 1).entries]


def test_a_section_of_the_settings_is_opened_by_its_name(driver: Driver) -> None:
    page = driver.window.go("settings", filters=frozenset({"section:people"}))
    assert isinstance(page, SettingsPage)
    assert page.section == "people"
