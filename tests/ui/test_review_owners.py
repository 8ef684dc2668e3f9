"""Whose exceptions these are: who looks at them by when, and the second person above an amount."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.i18n import short_day_text
from desktop.services.limits import set_limits_of_others, set_second_approval
from desktop.services.people import save_person
from desktop.services.rules import set_rule
from desktop.services.runs import Assignment, assign, exceptions, plan
from desktop.ui.runs.review import ReviewPage
from tests.books import new_book
from tests.ui.forms import choose, dialog, save
from tests.ui.program import TODAY, Driver, add_retainers


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = new_book(tmp_path)
    made.clock = lambda: datetime(2026, 5, 31, 10, tzinfo=UTC)
    for name in ("Bea", "Carl", "test"):
        save_person(made, {"name": name}, actor="test")
    return made


def review(driver: Driver, book: Book, count: int) -> ReviewPage:
    """C11 and above cost more than 10,000 and are held."""
    add_retainers(book, count)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    page = ReviewPage(driver.desk, run.id)
    driver.window.push(page)
    driver.settle()
    return page


def shown(page: ReviewPage, key: str) -> list[object]:
    rows = page.design.listing.rows(list(page.model.ids))
    return [rows[one][key] for one in page.model.ids]


def column(page: ReviewPage, key: str) -> int:
    return next(place for place, one in enumerate(page.design.columns) if one.key == key)


def test_owner_and_due_time_stand_beside_what_was_found(driver: Driver, book: Book) -> None:
    set_rule(book, "amount_above", owner="Bea", hours=24, actor="test")
    page = review(driver, book, 12)
    assert not page.table.horizontalHeader().isSectionHidden(column(page, "owner"))
    assert shown(page, "owner") == ["Bea", "Bea"]
    # A day after the plan, by the clock here.
    assert shown(page, "due") == [short_day_text(date(2026, 6, 1))] * 2


def test_without_owners_their_columns_take_no_room(driver: Driver, book: Book) -> None:
    page = review(driver, book, 11)
    assert page.table.horizontalHeader().isSectionHidden(column(page, "owner"))
    assert shown(page, "owner") == [""]


def test_mine_overdue_and_due_today_narrow_what_waits_and_the_first_due_stands_first(
    driver: Driver, book: Book
) -> None:
    page = review(driver, book, 14)
    first, second, third, fourth = page.model.ids
    assign(book, [fourth], Assignment("test", "2026-05-31T08:00:00Z"), actor="test")
    assign(book, [third], Assignment("test", "2026-06-03T08:00:00Z"), actor="test")
    assign(book, [second], Assignment("Bea", "2026-05-31T11:00:00Z"), actor="test")
    driver.program.jobs.announce({"runs"})
    driver.settle()
    assert list(page.model.ids) == [fourth, second, third, first]
    for chips, wanted in (
        ({"mine"}, [fourth, third]),
        ({"needs", "overdue"}, [fourth]),
        ({"today"}, [fourth, second]),
        ({"mine", "today"}, [fourth]),
    ):
        page.filters.put(frozenset(chips))
        driver.settle()
        assert list(page.model.ids) == wanted
    assert page._chips["mine"].text() == "Mine 2"
    assert page._chips["overdue"].text() == "Overdue 1"
    assert str(shown(page, "due")[0]).startswith("overdue: ")


def test_exceptions_are_handed_on_with_the_keyboard(driver: Driver, book: Book, qtbot: QtBot) -> None:
    page = review(driver, book, 12)
    page.table.select(list(page.model.ids))
    driver.settle()
    driver.window.activateWindow()
    page.table.setFocus()
    driver.until(page.table.hasFocus)
    qtbot.keyClick(page.table, Qt.Key.Key_G)
    asked = dialog(driver)
    choose(driver, asked.form, "owner", "Carl")
    asked.form.editor("due").put(date(2026, 6, 5))
    assert save(driver, asked)
    assert driver.window.notices.sentence == "2 drafts assigned."
    assert {one.owner for one in exceptions(book)} == {"Carl"}
    assert all(one.due_at.startswith("2026-06-0") for one in exceptions(book))
    assert shown(page, "owner") == ["Carl", "Carl"]


def test_one_of_two_approvals_is_told_and_another_person_ends_it(driver: Driver, book: Book) -> None:
    set_second_approval(book, 1_150_000, actor="test")
    page = review(driver, book, 12)
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["review.approve"].trigger()
    driver.settle()
    assert driver.window.notices.sentence.startswith("1 draft approved.")
    assert "1 needs a second person" in driver.window.notices.sentence
    assert shown(page, "state") == ["one_of_two"]
    assert page.model.text_at(0, 0) == "1 of 2"
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["review.approve"].trigger()
    driver.settle()
    assert "not yours to approve" in driver.window.notices.sentence
    driver.desk.actor = "Bea"
    page.acts["review.approve"].trigger()
    driver.settle()
    assert page.model.rowCount() == 0
    assert page.acts["review.issue"].text() == "Issue 12 invoices"


def test_above_the_own_limit_the_notice_names_who_may(driver: Driver, book: Book) -> None:
    set_limits_of_others(book, {"approval": 100}, actor="test")
    save_person(book, {"name": "Dora", "approval_limit": 1_000}, actor="test")
    page = review(driver, book, 11)
    driver.desk.actor = "Dora"
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["review.approve"].trigger()
    driver.settle()
    told = driver.window.notices.sentence
    assert "Dora may approve up to €10.00; this is €11,000.00." in told
    assert "Who may: Bea, Carl, test." in told
    assert page.model.rowCount() == 1
