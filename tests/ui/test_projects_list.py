"""All projects in one table, opened from the agreements by a key."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from db.engine import Book
from desktop.services.milestones import create_milestone, mark_done
from desktop.services.runs import bill
from desktop.ui.agreements.page import AgreementsPage
from desktop.ui.projects.bars import Bars
from desktop.ui.projects.list_page import ProjectsPage
from desktop.ui.projects.page import ProjectPage
from tests.books import new_book
from tests.contracts import Contracts
from tests.ui.program import TODAY, Driver

ACTOR = "test"
HOURS = {"kind": "time", "unit_price": "90"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, street="Kai 1", postcode="20457", city="Hamburg", tax_id="DE136695976")


def finish(book: Book, project: int, amount: int | None = None, share: str | None = None) -> None:
    values: dict[str, object] = {"name": "Design accepted", "item_id": 1}
    values |= {"amount": amount} if amount else {"fraction": Decimal(share or "1")}
    one = create_milestone(book, project, values, actor=ACTOR)
    mark_done(book, one, TODAY, actor=ACTOR, today=TODAY, now=book.now)


def listed(driver: Driver) -> ProjectsPage:
    agreements = driver.window.go("agreements")
    driver.settle()
    assert isinstance(agreements, AgreementsPage)
    driver.qtbot.keyClick(
        agreements, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    driver.settle()
    page = driver.window.page
    assert isinstance(page, ProjectsPage)
    return page


def shown(page: ProjectsPage, place: int, *keys: str) -> list[str]:
    columns = [column.key for column in page.design.columns]
    return [page.model.text_at(place, columns.index(key)) for key in keys]


def test_projects_stand_beside_each_other_with_their_sums(driver: Driver, book: Book) -> None:
    put = Contracts(book)
    client = put.client(postcode="53111")
    first = put.agreement(client, "P1", HOURS, billing="fixed", agreed=800_000, budget=250_000, title="Web shop")
    second = put.agreement(client, "P2", HOURS, billing="fixed", agreed=100_000, title="Brand")
    put.agreement(client, "R1", title="Retainer")
    finish(book, first, share="0.3")
    bill(book, through=TODAY, issue_date=TODAY, actor=ACTOR, now=book.now)
    finish(book, first, amount=30_000)
    finish(book, second, share="1")
    page = listed(driver)
    keys = ("state", "title", "scope", "billed", "waiting", "left", "open", "budget")
    assert [shown(page, place, *keys) for place in range(page.model.rowCount())] == [
        ["Over", "Web shop", "8,000.00", "2,400.00", "300.00", "5,600.00", "2,856.00", "108%"],
        ["To bill", "Brand", "1,000.00", "0.00", "1,000.00", "1,000.00", "0.00", "–"],
    ]
    assert "All €2,400.00" in page.foot[1]
    assert "The budget is exceeded by €200.00." in [one.text() for one in page.pane.findChildren(QLabel)]
    page._chips["over"].click()
    driver.settle()
    assert list(page.model.ids) == [first]


def test_a_deposit_is_neither_too_much_planned_nor_beyond_the_price(driver: Driver, book: Book) -> None:
    put = Contracts(book)
    client = put.client(postcode="53111")
    project = put.agreement(client, "P1", HOURS, billing="fixed", agreed=800_000, title="Web shop")
    put.one_off(client, project, "2026-05-01", "3000", kind="deposit")
    bill(book, through=TODAY, issue_date=TODAY, actor=ACTOR, now=book.now)
    finish(book, project, share="1")
    page = listed(driver)
    assert shown(page, 0, "state", "billed", "waiting", "left") == ["To bill", "3,000.00", "8,000.00", "5,000.00"]
    assert not any("Too much" in one.text() for one in page.pane.findChildren(QLabel))
    (bars,) = page.pane.findChildren(Bars)
    price = bars._bars[0]
    assert (price.whole, [part.size for part in price.parts]) == (800_000, [300_000, 500_000])


def test_enter_opens_the_project_and_escape_comes_back(driver: Driver, book: Book) -> None:
    put = Contracts(book)
    client = put.client(postcode="53111")
    put.agreement(client, "P1", HOURS, billing="fixed", agreed=800_000, title="Web shop")
    page = listed(driver)
    driver.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()
    opened = driver.window.page
    assert isinstance(opened, ProjectPage)
    assert opened.design.title == "Web shop"
    driver.qtbot.keyClick(opened.table, Qt.Key.Key_Escape)
    driver.settle()
    assert driver.window.page is page


def test_without_projects_the_page_says_what_makes_one(driver: Driver, book: Book) -> None:
    page = listed(driver)
    assert page.model.rowCount() == 0
    assert "Add such an agreement first" in page.design.nothing_yet
    assert page.facts == ""
