"""Work by the clock as a person sets it up: a form, a list, what came of it, and the entry of the system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.domain.schedule import Times
from desktop.errors import UserError
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.installing import Installed
from desktop.services.schedules.keeping import save_schedule, schedules
from desktop.services.today.schedules import KIND
from desktop.ui.dialog import Question
from desktop.ui.settings import schedule_form as form_module
from desktop.ui.settings import schedules as section_module
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.schedules import SchedulesSection
from desktop.ui.today.page import TodayPage
from tests.books import new_book
from tests.contracts import rows
from tests.ui.forms import choose, dialog, press, said_at, save, write
from tests.ui.program import TODAY, Driver, add_retainers

MONTH_END = {"name": "Month end", "task": "bill", "every": "month", "day": 31, "at": "6:30"}


class System:
    """A system's schedule in the place of this computer's."""

    def __init__(self) -> None:
        self.entered: list[Times] = []
        self.there = False
        self.refuses = False

    def installed(self, book: Book) -> Installed:
        wanted = [one.times for one in schedules(book) if one.active]
        fits = self.entered == wanted if self.there else not wanted
        return Installed("cron" if self.there else "", fits, "cron", len(wanted), "")

    def install(self, book: Book) -> Installed:
        if self.refuses:
            raise UserError("The system refused: crontab: full", "Make room.")
        self.entered = [one.times for one in schedules(book) if one.active]
        self.there = bool(self.entered)
        return self.installed(book)

    def uninstall(self, book: Book) -> Installed:
        self.there = False
        return self.installed(book)

    def renew(self, book: Book) -> Installed:
        return self.install(book) if self.there else self.installed(book)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    found = System()
    for name in ("installed", "install", "uninstall"):
        monkeypatch.setattr(section_module, name, getattr(found, name))
    monkeypatch.setattr(form_module, "renew", found.renew)
    return found


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = new_book(tmp_path)
    noon = datetime.combine(TODAY, time(12)).astimezone()
    book.clock = lambda: noon
    return book


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path, system: System) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()


def section(driver: Driver) -> SchedulesSection:
    page = driver.window.go("settings")
    driver.settle()
    assert isinstance(page, SettingsPage)
    shown = page.show_section("schedules")
    driver.settle()
    assert isinstance(shown, SchedulesSection)
    return shown


def first(driver: Driver, page: SchedulesSection) -> None:
    page.table.select([page.model.ids[0]])
    driver.settle()


def answer(driver: Driver, verb: str) -> None:
    """Press the verb of the question that is open."""
    driver.until(lambda: any(isinstance(one, Question) and one.isVisible() for one in QApplication.topLevelWidgets()))
    asked = next(one for one in QApplication.topLevelWidgets() if isinstance(one, Question) and one.isVisible())
    button = next(one for one in asked.findChildren(QPushButton) if one.text() == verb)
    button.click()
    driver.settle()


def add(book: Book, **changes: object) -> int:
    return save_schedule(book, MONTH_END | changes, actor="test", now=datetime(2026, 5, 1))


def test_a_schedule_is_made_changed_and_taken_back(driver: Driver, book: Book) -> None:
    page = section(driver)
    assert page.model.rowCount() == 0
    page.acts["schedules.new"].trigger()
    asked = dialog(driver)
    write(asked.form, name="Month end", at="25:00")
    assert not save(driver, asked)
    assert said_at(asked.form, "at") == "Write a time of the day like 06:30."
    write(asked.form, at="6:30", most_documents="400", most_amount="50000")
    assert save(driver, asked)
    (one,) = schedules(book)
    assert (one.times, one.through) == (Times("month", time(6, 30), day=31), "this_month")
    assert (one.most_documents, one.most_amount) == (400, 5_000_000)
    assert page.facts == "Not in the schedule of the system"

    first(driver, page)
    assert "Last day of the month, 06:30" in page._facts.words
    assert "30 Jun 2026 06:30" in page._facts.words
    page.acts["schedules.edit"].trigger()
    asked = dialog(driver)
    choose(driver, asked.form, "on", "week:2")
    assert save(driver, asked)
    assert schedules(book)[0].times == Times("week", time(6, 30), weekday=2)
    press(driver, "Undo")
    assert schedules(book)[0].times == Times("month", time(6, 30), day=31)

    first(driver, page)
    page.acts["schedules.pause"].trigger()
    driver.settle()
    assert not schedules(book)[0].active
    assert page.acts["schedules.pause"].text() == "Let it go on"
    page.acts["schedules.delete"].trigger()
    driver.settle()
    assert schedules(book) == []


def test_what_a_task_does_not_heed_cannot_be_typed(driver: Driver) -> None:
    page = section(driver)
    page.acts["schedules.new"].trigger()
    asked = dialog(driver)
    assert asked.form.editor("most_documents").isEnabled()
    choose(driver, asked.form, "task", "bounces")
    for key in ("through", "most_documents", "most_amount", "segment_id"):
        assert not asked.form.editor(key).isEnabled()
    choose(driver, asked.form, "task", "send")
    assert asked.form.editor("segment_id").isEnabled()
    assert not asked.form.editor("most_amount").isEnabled()


def test_what_stands_in_the_way_of_sending_is_said_when_it_is_saved(driver: Driver) -> None:
    page = section(driver)
    page.acts["schedules.new"].trigger()
    asked = dialog(driver)
    write(asked.form, name="Night")
    choose(driver, asked.form, "task", "send")
    assert save(driver, asked)
    assert driver.window.notices.sentence == (
        "The schedule is saved, but it lacks something. No e-mail account is set up yet: without one this cannot work."
    )


def test_it_is_done_now_and_what_came_of_it_is_seen(driver: Driver, book: Book) -> None:
    add_retainers(book, 2)
    add(book)
    page = section(driver)
    first(driver, page)
    page.acts["schedules.now"].trigger()
    answer(driver, "Do it now")
    assert rows(book, "SELECT count(*) FROM invoice") == [(2,)]
    assert "Run R-2026-0001 issued 2 invoices over" in driver.window.notices.sentence
    first(driver, page)
    driver.until(lambda: "issued 2 invoices" in page._facts.words)
    driver.settle()
    assert rows(book, "SELECT seen FROM schedule_result") == [(1,)]


def test_what_is_due_is_done_by_a_button(driver: Driver, book: Book) -> None:
    add_retainers(book, 1)
    add(book, every="day", day=None, at="00:00")
    page = section(driver)
    page.acts["schedules.due"].trigger()
    driver.settle()
    assert rows(book, "SELECT state FROM schedule_result ORDER BY due_at DESC LIMIT 1") == [("done",)]
    page.acts["schedules.due"].trigger()
    driver.settle()
    assert driver.window.notices.sentence == "Nothing is due."


def test_the_system_is_asked_and_follows_each_change(driver: Driver, book: Book, system: System) -> None:
    add(book)
    page = section(driver)
    first(driver, page)
    assert page.acts["schedules.system"].text() == "Have the system call Sheaf…"
    page.acts["schedules.system"].trigger()
    answer(driver, "Enter it")
    assert system.entered == [Times("month", time(6, 30), day=31)]
    assert page.facts == "cron calls Sheaf"
    assert page.acts["schedules.system"].text() == "Take it out of the system…"

    first(driver, page)
    page.acts["schedules.edit"].trigger()
    asked = dialog(driver)
    write(asked.form, at="7:00")
    assert save(driver, asked)
    assert system.entered == [Times("month", time(7), day=31)]
    # An undo does not reach into the system, and the page says so.
    press(driver, "Undo")
    driver.settle()
    assert page.facts == "The entry of the system is out of date"
    assert page.acts["schedules.system"].text() == "Renew the entry…"
    page.acts["schedules.system"].trigger()
    answer(driver, "Enter it")
    assert page.facts == "cron calls Sheaf"
    page.acts["schedules.system"].trigger()
    answer(driver, "Take it out")
    assert not system.there


def test_a_system_that_refuses_keeps_no_schedule_from_being_saved(driver: Driver, book: Book, system: System) -> None:
    add(book)
    page = section(driver)
    system.install(book)
    system.refuses = True
    page.reload()
    driver.settle()
    first(driver, page)
    page.acts["schedules.edit"].trigger()
    asked = dialog(driver)
    write(asked.form, at="7:00")
    assert save(driver, asked)
    assert schedules(book)[0].times.at == time(7)
    assert page.facts == "The entry of the system is out of date"
    page.acts["schedules.system"].trigger()
    answer(driver, "Enter it")
    assert "The system refused: crontab: full" in driver.window.notices.sentence


def test_today_leads_to_what_came_of_it_and_then_is_rid_of_it(driver: Driver, book: Book) -> None:
    add_retainers(book, 1)
    add(book)
    now = datetime(2026, 5, 31, 7)
    (found,) = carry_out(book, now=lambda: now, actor="test")
    page = driver.window.go("today")
    assert isinstance(page, TodayPage)
    page.reload()
    driver.settle()
    (item,) = [one for one in page.list.items.items if one.kind == KIND]
    assert found.said in item.why
    page._take_up(item)
    driver.settle()
    assert driver.window.here == "runs"
    assert rows(book, "SELECT seen FROM schedule_result") == [(1,)]
    driver.window.go("today")
    page.reload()
    driver.settle()
    assert [one for one in page.list.items.items if one.kind == KIND] == []


def test_today_leads_to_the_section_of_what_failed(driver: Driver, book: Book) -> None:
    add(book, name="Inbox", task="bounces", every="day", day=None)
    carry_out(book, now=lambda: datetime.combine(TODAY, time(8)), actor="test")
    page = driver.window.go("today")
    assert isinstance(page, TodayPage)
    page.reload()
    driver.settle()
    (item,) = [one for one in page.list.items.items if one.kind == "schedule_failed"]
    page._take_up(item)
    driver.settle()
    shown = driver.window.page
    assert isinstance(shown, SettingsPage)
    assert shown.section == "schedules"
