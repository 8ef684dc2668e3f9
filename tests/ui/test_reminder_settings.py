"""The section of reminders in the settings: levels of the firm and of a segment, how reminders are sent, and rates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.dunning.levels import has_own_levels, levels
from desktop.services.dunning.policies import policy
from desktop.services.dunning.rates import rate_rows
from desktop.services.segments import save_segment
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import ChoiceEditor
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.reminder_rates import RatesPage
from desktop.ui.settings.reminders import RemindersSection
from tests.books import new_book
from tests.issued import ANNE
from tests.ui.program import Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        save_segment(book, {"name": "Projects"}, actor=ANNE)
        yield book


@pytest.fixture
def section(driver: Driver) -> RemindersSection:
    page = driver.window.go("settings")
    assert isinstance(page, SettingsPage)
    section = page.show_section("reminders")
    assert isinstance(section, RemindersSection)
    driver.settle()
    return section


def dialog(driver: Driver) -> FormDialog:
    def shown() -> list[FormDialog]:
        return [one for one in driver.window.findChildren(FormDialog) if one.isVisible()]

    driver.until(lambda: len(shown()) == 1)
    return shown()[0]


def fill(driver: Driver, **values: object) -> FormDialog:
    form = dialog(driver)
    for key, value in values.items():
        form.form.editor(key).put(value)
    form.accept()
    driver.settle()
    return form


def choose(driver: Driver, section: RemindersSection, place: int) -> None:
    section.table.select([section.model.ids[place]])
    driver.settle()


def test_a_level_is_changed_added_and_taken_away(driver: Driver, section: RemindersSection, book: Book) -> None:
    assert section.facts.startswith("the levels as they come")
    choose(driver, section, 1)
    section.acts["reminders.edit"].trigger()
    fill(driver, fee=500, text_de="Bitte zahlen Sie, {client.contact}.")
    kept = levels(book)
    assert [(one.level, one.days, one.fee) for one in kept] == [(1, 7, 0), (2, 14, 500), (3, 28, 0)]
    assert kept[1].texts == {"de": "Bitte zahlen Sie, {client.contact}."}
    section.acts["reminders.new"].trigger()
    fill(driver, name="Friendly", days=-3, days_to_pay=0)
    assert next(one.name for one in levels(book)) == "Friendly"
    choose(driver, section, 0)
    assert section.pane.heading == "Friendly"
    assert "3 days before it is due" in section.pane.reason
    section.acts["reminders.delete"].trigger()
    driver.settle()
    assert [one.days for one in levels(book)] == [7, 14, 28]
    section.acts["reminders.reset"].trigger()
    driver.settle()
    assert not has_own_levels(book)


def test_what_a_level_cannot_be_stands_at_its_field(driver: Driver, section: RemindersSection, book: Book) -> None:
    choose(driver, section, 0)
    section.acts["reminders.edit"].trigger()
    form = fill(driver, days=14)
    assert form.isVisible()
    assert form.form._problems["days"].text() == "Two levels cannot begin on the same day."
    fill(driver, days=8, text_="Pay {nonsense}")
    assert "nonsense" in form.form._problems["text_"].text()
    assert not has_own_levels(book)


def test_a_segment_has_levels_and_a_policy_of_its_own(driver: Driver, section: RemindersSection, book: Book) -> None:
    section.filters.put(frozenset({"segment:1"}))
    driver.settle()
    assert section.facts == "segment Projects follows the firm"
    choose(driver, section, 0)
    section.acts["reminders.edit"].trigger()
    fill(driver, days=3)
    assert [one.days for one in levels(book, 1)] == [3, 14, 28]
    assert [one.days for one in levels(book)] == [7, 14, 28]
    assert section.facts == "own levels of segment Projects"
    section.acts["reminders.policy"].trigger()
    fill(driver, active=False)
    assert not policy(book, 1).active
    assert policy(book).active
    driver.settle()
    assert "Reminders are switched off" in section._facts.words


def test_how_the_firm_reminds_with_interest_at_a_rate(driver: Driver, section: RemindersSection, book: Book) -> None:
    section.acts["reminders.policy"].trigger()
    form = dialog(driver)
    assert not form.form.editor("interest_rate").isVisible()
    interest = form.form.editor("interest")
    assert isinstance(interest, ChoiceEditor)
    interest.put("fixed")
    interest.activated.emit(interest.currentIndex())
    assert form.form.editor("interest_rate").isVisible()
    fill(driver, interest_rate=Decimal("8.5"), minimum=1_000, statements_within=3, day_count="30/360")
    kept = policy(book)
    assert (kept.interest, kept.interest_rate, kept.day_count) == ("fixed", 85_000, "30/360")
    assert (kept.minimum, kept.statements_within, kept.escalate_after) == (1_000, 3, 14)
    assert "8.5% a year" in section._facts.words


def test_a_rate_is_entered_and_taken_away(driver: Driver, section: RemindersSection, book: Book) -> None:
    section.acts["reminders.rates"].trigger()
    driver.settle()
    rates = driver.window.findChild(RatesPage)
    assert rates is not None
    known = len(rates.model.ids)
    assert known
    assert not rates.acts["rates.delete"].isEnabled()
    rates.acts["rates.add"].trigger()
    fill(driver, valid_from=date(2027, 1, 1), rate=Decimal("11.11"))
    (own,) = [one for one in rate_rows(book) if one.own_id is not None]
    assert (own.country, own.who, own.rate, own.valid_from) == ("DE", "business", 111_100, date(2027, 1, 1))
    rows = rates.model.listing.rows(list(rates.model.ids))
    key = next(one for one, row in rows.items() if row["own_id"] is not None)
    rates.table.select([key])
    driver.settle()
    rates.acts["rates.delete"].trigger()
    driver.settle()
    assert not [one for one in rate_rows(book) if one.own_id is not None]
