"""What stands beside Collections: disputes, holds, who is to be escalated, fees and interest, letters, statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from db.engine import Book
from db.schema import Item
from desktop.services.changes import change
from desktop.services.disputes import CATEGORIES, disputes_of, open_dispute, open_disputes
from desktop.services.dunning.claims import claims
from desktop.services.dunning.holds import holds
from desktop.services.dunning.levels import Level, save_levels
from desktop.services.dunning.planning import plan_run
from desktop.services.dunning.sending import send_run
from desktop.services.people import save_person
from desktop.ui.collections.claims import ClaimsPage
from desktop.ui.collections.correspondence import CorrespondenceTab
from desktop.ui.collections.disputes import DisputesPage, categories
from desktop.ui.collections.escalations import EscalationsPage
from desktop.ui.collections.holds import HoldsPage
from desktop.ui.collections.page import CollectionsPage
from desktop.ui.dialog import FormDialog
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.page import Page
from desktop.ui.runs.review import ReviewPage
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client, add_invoice
from tests.ui.program import TODAY, Driver

REMINDED = TODAY - timedelta(days=20)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        book.clock = lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
        save_person(book, {"name": "Mara"}, actor=ANNE)
        add_invoice(book, add_client(book, "ACME"), date(2026, 3, 1), (50_000, 0))
        yield book


@pytest.fixture
def page(driver: Driver) -> CollectionsPage:
    page = driver.window.go("collections")
    assert isinstance(page, CollectionsPage)
    driver.settle()
    page.table.select([page.model.ids[0]])
    driver.settle()
    return page


def fill(driver: Driver, **values: object) -> FormDialog:
    def shown() -> list[FormDialog]:
        return [one for one in driver.window.findChildren(FormDialog) if one.isVisible()]

    driver.until(lambda: len(shown()) == 1)
    form = shown()[0]
    for key, given in values.items():
        form.form.editor(key).put(given)
    form.accept()
    driver.settle()
    return form


def above(driver: Driver, kind: type[Page]) -> Page:
    found = [one for one in driver.window.findChildren(kind) if one.isVisible()]
    assert len(found) == 1
    driver.window.activateWindow()
    found[0].table.setFocus()
    if found[0].model.ids:
        found[0].table.select([found[0].model.ids[0]])
    driver.settle()
    return found[0]


def act(driver: Driver, page: Page, name: str) -> None:
    page.acts[name].trigger()
    driver.settle()


def remind_to_the_end(book: Book, fee: int = 0) -> None:
    save_levels(book, (Level(1, "Last", 7, fee=fee),), actor=ANNE)
    send_run(book, plan_run(book, as_of=REMINDED, actor=ANNE).run, actor=ANNE)


def test_a_dispute_gets_an_owner_and_a_day_and_is_settled(driver: Driver, page: CollectionsPage, book: Book) -> None:
    page.acts["collections.dispute"].trigger()
    fill(driver, reason="Wrong hours", amount=5_000, category="quantity", due_on=TODAY)
    (found,) = open_disputes(book)
    assert (found.category, found.owner, found.due_on, found.amount) == ("quantity", "", TODAY, 5_000)
    act(driver, page, "collections.disputes")
    listed = above(driver, DisputesPage)
    assert listed.facts == "1 dispute is open"
    (row,) = listed.model.listing.rows(list(listed.model.ids)).values()
    assert (row["client"], row["amount"], row["category"], row["marks"]) == (
        "ACME Ltd", 5_000, "Quantity", ("late", "nobody")
    )  # fmt: skip
    driver.qtbot.keyClick(listed.table, Qt.Key.Key_E)
    fill(driver, owner="Mara", due_on=TODAY + timedelta(days=3))
    (found,) = open_disputes(book)
    assert (found.owner, found.due_on, found.category) == ("Mara", TODAY + timedelta(days=3), "quantity")
    driver.window.activateWindow()
    listed.table.setFocus()
    act(driver, listed, "disputes.settle")
    fill(driver, outcome="Agreed on less")
    assert disputes_of(book, found.number)[0].outcome == "Agreed on less"
    assert listed.table.empty_words.startswith("Nothing is disputed.")


def test_reminders_are_held_and_let_go_again(driver: Driver, page: CollectionsPage, book: Book) -> None:
    act(driver, page, "collections.hold_reminders")
    fill(driver, reason="Calls on Friday", until=TODAY + timedelta(days=5))
    (hold,) = holds(book, TODAY)
    assert (hold.number, hold.reason, hold.until) == ("", "Calls on Friday", TODAY + timedelta(days=5))
    number = value(book, "SELECT number FROM invoice")
    act(driver, page, "collections.hold_reminders")
    fill(driver, number=number, reason="Lost")
    act(driver, page, "collections.holds")
    listed = above(driver, HoldsPage)
    rows = listed.model.listing.rows(list(listed.model.ids)).values()
    assert [row["what"] for row in rows] == [number, "all reminders"]
    driver.qtbot.keyClick(listed.table, Qt.Key.Key_R)
    driver.settle()
    assert [one.number for one in holds(book, TODAY)] == [""]


def test_who_had_the_last_reminder_is_to_be_escalated(driver: Driver, page: CollectionsPage, book: Book) -> None:
    act(driver, page, "collections.escalations")
    listed = above(driver, EscalationsPage)
    assert listed.table.empty_words.startswith("Nobody is to be escalated")
    remind_to_the_end(book)
    listed.reload()
    driver.settle()
    listed = above(driver, EscalationsPage)
    (row,) = listed.model.listing.rows(list(listed.model.ids)).values()
    assert (row["name"], row["open"], row["days"], row["since"]) == ("ACME Ltd", 50_000, 20, REMINDED)
    listed.open_row(listed.model.ids[0])
    driver.settle()
    assert driver.window.page is page
    assert page.pane.heading == "ACME Ltd"


def test_a_fee_is_waived_and_brought_back(driver: Driver, page: CollectionsPage, book: Book) -> None:
    remind_to_the_end(book, fee=500)
    act(driver, page, "collections.claims")
    listed = above(driver, ClaimsPage)
    (row,) = listed.model.listing.rows(list(listed.model.ids)).values()
    assert (row["name"], row["total"], row["runs"]) == ("ACME Ltd", 500, "M-2026-0001")
    act(driver, listed, "claims.waive")
    assert claims(book) == ()
    assert "€5.00" in driver.desk.shell.notices.sentence
    driver.window.acts["edit.undo"].trigger()
    driver.settle()
    assert [one.total for one in claims(book)] == [500]


def test_a_fee_is_billed_by_an_invoice_that_waits_for_review(driver: Driver, page: CollectionsPage, book: Book) -> None:
    with change(book, ANNE, "Set up") as made:
        standard = made.connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'standard'").scalar_one()
        made.insert(Item, code="FEE", name="Reminder fee", unit="piece", tax_code_id=standard)
    remind_to_the_end(book, fee=500)
    act(driver, page, "collections.claims")
    listed = above(driver, ClaimsPage)
    listed.acts["claims.bill"].trigger()
    fill(driver, item="FEE")
    assert claims(book) == ()
    reviewed = above(driver, ReviewPage)
    (row,) = reviewed.model.listing.rows(list(reviewed.model.ids)).values()
    assert row["client"] == "ACME Ltd"


def test_letters_and_words_of_a_client_stand_in_one_tab(driver: Driver, page: CollectionsPage, book: Book) -> None:
    remind_to_the_end(book)
    number = value(book, "SELECT number FROM invoice")
    open_dispute(book, number, reason="Wrong hours", on=REMINDED, actor=ANNE, today=TODAY)
    tab = page.story_pane.findChild(CorrespondenceTab)
    assert tab is not None
    page.story_pane.open_tab(tab)
    driver.settle()
    texts = [one.text for one in tab.list.rows.entries]
    assert any(text.startswith("Reminder") for text in texts)
    place = texts.index(f"{number} is disputed: Wrong hours")
    tab.open_word(place)
    driver.settle()
    assert isinstance(driver.window.page, InvoicesPage)


def test_statements_go_to_everyone_with_their_documents(driver: Driver, page: CollectionsPage, book: Book) -> None:
    add_invoice(book, add_client(book, "BOLT"), date(2026, 5, 20), (7_000, 0))
    page.acts["collections.send_all"].trigger()
    fill(driver, as_of=TODAY)
    assert driver.desk.shell.notices.sentence.startswith("Statements for 2 clients are in the outbox.")
    assert value(book, "SELECT count(*) FROM delivery WHERE letter = 'statement'") == 2


def test_every_category_of_disputes_has_its_word() -> None:
    assert categories() == dict(CATEGORIES)
