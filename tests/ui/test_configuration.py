"""Changes of the configuration as a person makes them: proposed in a form, looked at, accepted, rolled back; and the
sandbox, made, marked and compared."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from db.book_files import open_book
from db.engine import Book
from db.schema import Rate
from desktop.services.changes import change
from desktop.services.configuration.applying import accept
from desktop.services.configuration.proposing import propose
from desktop.services.configuration.standing import proposals
from desktop.services.firm import firm, update_firm
from desktop.services.rates import raise_rates
from desktop.services.sandbox.making import make_sandbox, sandbox_of
from desktop.ui.configuration.comparison_page import ComparisonPage
from desktop.ui.configuration.history_page import HistoryPage
from desktop.ui.configuration.impact_page import ImpactPage
from desktop.ui.configuration.section import ConfigurationSection
from desktop.ui.settings.firm import FirmSection
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.segments import SegmentsSection
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import Contracts, value
from tests.ui.forms import dialog, open_dialogs, press, save, write
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """One client billed by the month at the card's price of 100, of May."""
    opened = new_book(tmp_path)
    made = Contracts(opened)
    item = made.item()
    with change(opened, "Ada", "Prices") as changed:
        changed.insert(Rate, item_id=item, currency="EUR", valid_from=date(2025, 1, 1), price=money(100), mode="flat")
    made.agreement(made.client("C1"), "A1", {"unit_price": None}, charged_through="2026-05-01")
    return opened


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    made.settle()
    yield made
    made.end()


def _section(driver: Driver, name: str = "configuration") -> object:
    page = driver.window.go("settings")
    assert isinstance(page, SettingsPage)
    shown = page.show_section(name)
    driver.settle()
    return shown


def _changes(driver: Driver) -> ConfigurationSection:
    found = _section(driver)
    assert isinstance(found, ConfigurationSection)
    return found


def _press(within: QWidget, text: str) -> None:
    button = next(one for one in within.findChildren(QPushButton) if one.text() == text)
    button.click()


def _dearer(book: Book, day: date = date(2026, 5, 1)) -> str:
    return propose(
        book,
        lambda: raise_rates(book, Decimal(20), day, actor="Ada"),
        summary="Dearer",
        reason="Index",
        from_day=day,
        actor="Ada",
        today=TODAY,
    )


def test_a_form_proposes_instead_of_saving(driver: Driver, book: Book) -> None:
    segments = _section(driver, "segments")
    assert isinstance(segments, SegmentsSection)
    segments.new()
    driver.until(lambda: bool(open_dialogs()))
    form = dialog(driver)
    write(form.form, name="Gold", terms="net 7")
    _press(form, "Propose from a day…")
    driver.until(lambda: len(open_dialogs()) == 2)
    asked = next(one for one in open_dialogs() if one is not form)
    asked.form.editor("reason").put("Agreed")
    asked.accept()
    driver.settle()
    assert not open_dialogs()
    (one,) = proposals(book)
    assert (one.summary, one.reason, one.from_day, one.subject) == ("New segment", "Agreed", TODAY, "segments")
    assert value(book, "SELECT count(*) FROM segment") == 0
    press(driver, "See what it changes")
    assert isinstance(driver.window.page, ImpactPage)


def test_a_wrong_field_is_said_before_a_day_is_asked(driver: Driver, book: Book) -> None:
    segments = _section(driver, "segments")
    assert isinstance(segments, SegmentsSection)
    segments.new()
    driver.until(lambda: bool(open_dialogs()))
    form = dialog(driver)
    _press(form, "Propose from a day…")
    driver.settle()
    assert open_dialogs() == [form]
    write(form.form, name="Gold", terms="whenever")
    _press(form, "Propose from a day…")
    driver.until(lambda: len(open_dialogs()) == 2)
    asked = next(one for one in open_dialogs() if one is not form)
    asked.accept()
    driver.settle()
    assert "whenever" in asked.said
    assert proposals(book) == []


def test_the_firm_proposes_and_goes_back_to_what_stands(driver: Driver, book: Book) -> None:
    section = _section(driver, "firm")
    assert isinstance(section, FirmSection)
    before = firm(book)["terms"]
    write(section.form, terms="net 7")
    assert section.propose_button.isVisible()
    section.propose_button.click()
    assert save(driver, dialog(driver))
    assert [one.subject for one in proposals(book)] == ["terms"]
    assert firm(book)["terms"] == before
    assert not section.form.dirty


def test_what_it_changes_is_seen_before_it_is_accepted(driver: Driver, book: Book) -> None:
    _dearer(book)
    section = _changes(driver)
    section.table.select([1])
    driver.settle()
    section.open_row(1)
    driver.settle()
    page = driver.window.page
    assert isinstance(page, ImpactPage)
    (row,) = page.model.listing.rows(list(page.model.ids)).values()
    assert (row["client"], row["before"], row["after"], row["change"]) == ("Client C1", "€100.00", "€120.00", 2000)
    assert row["why"] == "price 100 → 120"
    page.accept()
    assert save(driver, dialog(driver))
    assert value(book, "SELECT count(*) FROM rate") == 2
    (one,) = proposals(book)
    assert one.state == "applied"
    assert '"EUR": 14280' in one.impact


def test_refused_withdrawn_and_rolled_back(driver: Driver, book: Book) -> None:
    for day in (date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)):
        _dearer(book, day)
    accept(book, "C-2026-0003", actor="Ben", today=TODAY)
    section = _changes(driver)
    section.table.select([1])
    driver.settle()
    section.refuse()
    assert save(driver, dialog(driver))
    section.table.select([2])
    driver.settle()
    section.withdraw()
    driver.settle()
    section.table.select([3])
    driver.settle()
    assert "120" in section._facts.words
    section.roll_back()
    assert save(driver, dialog(driver))
    assert [one.state for one in proposals(book)] == ["rolled_back", "withdrawn", "refused"]
    assert value(book, "SELECT count(*) FROM rate") == 1


def test_the_history_tells_before_and_after(driver: Driver, book: Book) -> None:
    update_firm(book, {"terms": "net 7"}, actor="Ada")
    section = _changes(driver)
    section.history()
    driver.settle()
    page = driver.window.page
    assert isinstance(page, HistoryPage)
    row = page.model.listing.rows(list(page.model.ids)[:1])
    assert next(iter(row.values()))["told"] == "payment terms: net 30 → net 7"


def test_what_was_accepted_for_today_is_in_force_when_the_window_opens(
    qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path
) -> None:
    propose(
        book,
        lambda: update_firm(book, {"terms": "net 7"}, actor="Ada"),
        summary="Terms",
        reason="",
        from_day=date(2026, 1, 5),
        actor="Ada",
        today=date(2026, 1, 1),
    )
    accept(book, "C-2026-0001", actor="Ben", today=date(2026, 1, 1))
    driver = Driver(qtbot, qapp, book, tmp_path)
    driver.settle()
    assert firm(book)["terms"] == "net 7"
    driver.end()


def test_a_sandbox_is_made_compared_and_discarded(driver: Driver, book: Book) -> None:
    section = _changes(driver)
    section.acts["configuration.sandbox"].trigger()
    driver.settle()
    made = sandbox_of(book)
    assert made is not None
    with open_book(made.path) as copy:
        raise_rates(copy, Decimal(10), date(2026, 5, 1), actor="Ada")
    section.acts["configuration.compare"].trigger()
    driver.settle()
    page = driver.window.page
    assert isinstance(page, ComparisonPage)
    (row,) = page.model.listing.rows(list(page.model.ids)).values()
    assert (row["before"], row["after"]) == ("€100.00", "€110.00")
    page.write(made.path.with_name("lines.csv"))
    driver.settle()
    assert "110" in made.path.with_name("lines.csv").read_text(encoding="utf-8-sig")
    driver.window.back()
    section.acts["configuration.discard"].trigger()
    asked = next(
        one for one in QApplication.topLevelWidgets() if one.isVisible() and one.windowTitle() == "Discard the sandbox"
    )
    _press(asked, "Discard the sandbox")
    driver.settle()
    assert sandbox_of(book) is None


def test_every_window_of_a_sandbox_is_marked(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> None:
    path = make_sandbox(book, actor="Ada").path
    book.close()
    driver = Driver(qtbot, qapp, open_book(path), tmp_path)
    driver.settle()
    driver.program.new_window()
    for window in driver.program.windows:
        assert "SANDBOX of Harbour.sheaf" in window.marked
        assert window.windowTitle().startswith("SANDBOX")
    driver.end()


def test_a_real_book_is_not_marked(driver: Driver) -> None:
    assert driver.window.marked == ""
    assert "SANDBOX" not in driver.window.windowTitle()
