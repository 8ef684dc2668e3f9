"""A reminder run in the window: planned, looked through with the letter beside, sent into the outbox, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox
from pytestqt.modeltest import ModelTester

from db.engine import Book
from desktop.services.disputes import open_dispute
from desktop.services.dunning.holds import hold_client
from desktop.services.dunning.levels import Level, save_levels
from desktop.services.dunning.planning import plan_run
from desktop.services.dunning.policies import save_policy
from desktop.services.dunning.runs import ReminderRow, reminders, runs, unsent_run
from desktop.services.dunning.sending import send_run
from desktop.ui.collections.page import CollectionsPage
from desktop.ui.collections.reminder_review import ReminderReviewPage
from desktop.ui.collections.reminder_runs import ReminderRunsPage
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.outbox.page import OutboxPage
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client, add_invoice
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        book.clock = lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)
        zen = add_client(book, "ZEN")
        add_invoice(book, zen, date(2026, 4, 1), (50_000, 0))
        acme = add_client(book, "ACME")
        add_invoice(book, acme, date(2026, 4, 10), (20_000, 0))
        add_invoice(book, acme, date(2026, 4, 11), (10_000, 0))
        add_invoice(book, add_client(book, "GOOD"), TODAY, (1_000, 0))
        hold_client(book, zen, reason="calls on Friday", on=date(2026, 5, 20), actor=ANNE)
        yield book


@pytest.fixture
def page(driver: Driver) -> CollectionsPage:
    page = driver.window.go("collections")
    assert isinstance(page, CollectionsPage)
    driver.settle()
    return page


def shown(driver: Driver, kind: type[QDialog]) -> QDialog:
    def found() -> list[QDialog]:
        return [one for one in driver.window.findChildren(kind) if one.isVisible()]

    driver.until(lambda: len(found()) == 1)
    return found()[0]


def answer(driver: Driver) -> None:
    """Say yes to the question that stands there."""
    question = shown(driver, Question)
    buttons = question.findChild(QDialogButtonBox)
    assert buttons is not None
    yes = [one for one in buttons.buttons() if buttons.buttonRole(one) is QDialogButtonBox.ButtonRole.AcceptRole]
    yes[0].click()
    driver.settle()


def begun(driver: Driver, page: CollectionsPage) -> ReminderReviewPage:
    page.acts["collections.plan"].trigger()
    form = shown(driver, FormDialog)
    assert isinstance(form, FormDialog)
    form.accept()
    driver.settle()
    return review(driver)


def review(driver: Driver) -> ReminderReviewPage:
    found = [one for one in driver.window.findChildren(ReminderReviewPage) if one.isVisible()]
    assert len(found) == 1
    # The dialog before took the keys along.
    driver.window.activateWindow()
    found[0].table.setFocus()
    return found[0]


def codes(page: ReminderReviewPage) -> list[str]:
    rows = page.model.listing.rows(list(page.model.ids))
    return [str(rows[one]["code"]) for one in page.model.ids]


def choose(driver: Driver, page: ReminderReviewPage, code: str) -> None:
    page.table.select([page.model.ids[codes(page).index(code)]])
    driver.settle()


def letter(book: Book, code: str) -> ReminderRow:
    return next(one for one in reminders(book, 1) if one.code == code)


def test_a_run_is_planned_reviewed_and_sent(driver: Driver, page: CollectionsPage, book: Book) -> None:
    reviewed = begun(driver, page)
    ModelTester(reviewed.model)
    # Only what is held needs anybody, with its reason and its page.
    assert codes(reviewed) == ["ZEN"]
    choose(driver, reviewed, "ZEN")
    assert "Reminders are held: calls on Friday" in reviewed.pane.words
    driver.until(lambda: reviewed._pdf.page_count == 1)
    assert reviewed.acts["reminder.send"].text() == "Send 1 reminder"
    driver.qtbot.keyClick(reviewed.table, Qt.Key.Key_A)
    driver.settle()
    assert codes(reviewed) == []
    assert reviewed.acts["reminder.send"].text() == "Send 2 reminders"
    reviewed.acts["reminder.send"].trigger()
    asked = shown(driver, Question)
    assert isinstance(asked, Question)
    answer(driver)
    assert driver.desk.shell.notices.sentence.startswith("2 reminders are in the outbox.")
    assert {one.code: one.state for one in reminders(book, 1)} == {"ACME": "sent", "ZEN": "sent"}
    assert not reviewed.acts["reminder.send"].isEnabled()
    assert not reviewed.acts["reminder.hold"].isEnabled()
    outbox = driver.window.go("outbox")
    assert isinstance(outbox, OutboxPage)
    driver.settle()
    assert value(book, "SELECT count(*) FROM delivery WHERE letter = 'reminder'") == 2
    # Who was reminded is not reminded again.
    again = driver.window.go("collections")
    assert again is page
    page.acts["collections.plan"].trigger()
    form = shown(driver, FormDialog)
    assert isinstance(form, FormDialog)
    form.accept()
    driver.settle()
    assert driver.desk.shell.notices.sentence.startswith("Nobody is to be reminded.")
    assert len(runs(book)) == 1


def test_a_letter_is_held_skipped_and_let_go_again(driver: Driver, page: CollectionsPage, book: Book) -> None:
    reviewed = begun(driver, page)
    reviewed.show_all()
    driver.settle()
    assert codes(reviewed) == ["ZEN", "ACME"]
    choose(driver, reviewed, "ACME")
    assert not reviewed.acts["reminder.release"].isEnabled()
    driver.qtbot.keyClick(reviewed.table, Qt.Key.Key_H)
    driver.settle()
    assert letter(book, "ACME").state == "held"
    choose(driver, reviewed, "ACME")
    driver.qtbot.keyClick(reviewed.table, Qt.Key.Key_S)
    driver.settle()
    assert letter(book, "ACME").state == "skipped"
    choose(driver, reviewed, "ACME")
    driver.qtbot.keyClick(reviewed.table, Qt.Key.Key_A)
    driver.settle()
    assert letter(book, "ACME").state == "planned"
    choose(driver, reviewed, "ACME")
    reviewed.acts["reminder.hold_note"].trigger()
    form = shown(driver, FormDialog)
    assert isinstance(form, FormDialog)
    form.form.editor("note").put("Ada rings on Monday")
    form.accept()
    driver.settle()
    choose(driver, reviewed, "ACME")
    assert "test: Ada rings on Monday" in reviewed.pane.words


def test_only_what_was_changed_is_changed(driver: Driver, page: CollectionsPage, book: Book) -> None:
    save_levels(book, (Level(1, "First", 7), Level(2, "Second", 25, fee=500)), actor=ANNE)
    reviewed = begun(driver, page)
    reviewed.show_all()
    driver.settle()
    choose(driver, reviewed, "ACME")
    driver.qtbot.keyClick(reviewed.table, Qt.Key.Key_E)
    form = shown(driver, FormDialog)
    assert isinstance(form, FormDialog)
    form.form.editor("level").put(2)
    form.form.editor("channel").put("print")
    form.accept()
    driver.settle()
    changed = letter(book, "ACME")
    # The level brings its fee, although the form still showed the one before.
    assert (changed.level, changed.fee, changed.channel, changed.total) == (2, 500, "print", 30_500)
    choose(driver, reviewed, "ACME")
    assert "€5.00 fee" in reviewed.pane.words


def test_it_waits_for_bank_statements_unless_somebody_says_why(
    driver: Driver, page: CollectionsPage, book: Book
) -> None:
    save_policy(book, {"statements_within": 3}, actor=ANNE)
    page.acts["collections.plan"].trigger()
    form = shown(driver, FormDialog)
    assert isinstance(form, FormDialog)
    form.accept()
    driver.settle()
    assert "none were taken in" in form.said
    assert unsent_run(book) is None
    form.form.editor("override").put("The bank is closed")
    form.accept()
    driver.settle()
    assert "without bank statements: The bank is closed" in review(driver).facts


def test_a_remark_stands_beside_a_letter_that_goes(driver: Driver, page: CollectionsPage, book: Book) -> None:
    number = value(book, "SELECT number FROM invoice WHERE gross = 10000")
    open_dispute(book, number, reason="Wrong hours", on=date(2026, 5, 20), actor=ANNE, today=TODAY)
    reviewed = begun(driver, page)
    reviewed._cards[2].click()
    driver.settle()
    assert codes(reviewed) == ["ACME"]
    choose(driver, reviewed, "ACME")
    assert f"{number} is disputed." in reviewed.pane.words
    assert letter(book, "ACME").total == 20_000


def test_a_run_that_waits_is_gone_on_with_and_given_up(driver: Driver, page: CollectionsPage, book: Book) -> None:
    plan_run(book, as_of=TODAY, actor=ANNE)
    page.reload()
    driver.settle()
    assert page.acts["collections.plan"].text() == "Go on with M-2026-0001"
    page.acts["collections.plan"].trigger()
    driver.settle()
    reviewed = review(driver)
    reviewed.acts["reminder.cancel"].trigger()
    answer(driver)
    assert unsent_run(book) is None
    assert reviewed.acts["reminder.send"].text() == "Given up"
    assert not reviewed.acts["reminder.cancel"].isEnabled()


def test_runs_stand_in_a_list_and_show_the_letter_that_went(driver: Driver, page: CollectionsPage, book: Book) -> None:
    send_run(book, plan_run(book, as_of=TODAY, actor=ANNE).run, actor=ANNE)
    page.acts["collections.runs"].trigger()
    driver.settle()
    listed = driver.window.findChild(ReminderRunsPage)
    assert listed is not None
    rows = listed.model.listing.rows(list(listed.model.ids))
    assert [(row["number"], row["tag"], row["sent"], row["held"]) for row in rows.values()] == [
        ("M-2026-0001", "sent", 1, 1)
    ]
    listed.open_row(listed.model.ids[0])
    driver.settle()
    reviewed = review(driver)
    choose(driver, reviewed, "ACME")
    driver.until(lambda: reviewed._pdf.page_count == 1)
    with book.reading() as session:
        went = session.connection().exec_driver_sql(
            "SELECT f.content FROM delivery d JOIN file f ON f.id = d.file_id WHERE d.letter = 'reminder'"
        )
        assert reviewed._pdf.pdf == went.scalar_one()
