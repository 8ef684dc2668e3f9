"""The section of the bank in the settings: the rule of matching, learned payers, and tables of banks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.domain.matching.facts import Policy
from desktop.importing.bank.csv_banks import BANKS
from desktop.importing.bank.csv_profiles import CsvProfile
from desktop.services.bank.learning import Sign, learn, learned
from desktop.services.bank.policy import bank_policy, keep_bank_policy
from desktop.services.bank.profiles import keep_profile, profiles
from desktop.ui.bank.page import BankPage
from desktop.ui.settings.bank import BankSection
from desktop.ui.settings.bank_profiles import BankProfilesPage
from desktop.ui.settings.page import SettingsPage
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.issued import ANNE, add_client
from tests.ui.forms import choose, dialog, press, save, write
from tests.ui.program import Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        client = add_client(book, "C1", name="Alpha AG")
        other = add_client(book, "C2", name="Bravo GmbH")
        signs = [Sign("account", "DE89370400440532013000", client), Sign("name", "Alpha Holding", client)]
        learn(book, [*signs, Sign("text", "monthly fee bravo", other)], actor=ANNE)
        yield book


@pytest.fixture
def section(driver: Driver) -> BankSection:
    page = driver.window.go("settings")
    assert isinstance(page, SettingsPage)
    section = page.show_section("bank")
    assert isinstance(section, BankSection)
    driver.settle()
    return section


def texts(section: BankSection) -> list[str]:
    return [str((section.model.row_at(place) or {})["value"]) for place in range(len(section.model.ids))]


def test_the_rule_stands_in_words_and_is_changed_and_undone(driver: Driver, section: BankSection, book: Book) -> None:
    assert "from 95% on" in section._facts.words
    assert "none are written off" in section._facts.words
    section.acts["bank_rules.rule"].trigger()
    shown = dialog(driver)
    write(shown.form, threshold="90", tolerance_EUR="0.50", share="2", charges_EUR="15", most="12", grace="3")
    choose(driver, shown.form, "oldest_first", True)
    assert save(driver, shown)
    wanted = Policy(900_000, {"EUR": 50}, 20_000, {"EUR": 1_500}, 12, 3, True)
    assert bank_policy(book) == wanted
    words = section._facts.words
    assert "from 90% on" in words
    assert "up to €0.50 and 2% of the invoice" in words
    assert "12 invoices at most" in words
    assert "3 days more" in words
    assert "the oldest is paid" in words
    press(driver, "Undo")
    assert bank_policy(book) == Policy()
    assert "from 95% on" in section._facts.words


def test_nothing_books_itself_where_a_person_wants_to_look(driver: Driver, section: BankSection, book: Book) -> None:
    section.acts["bank_rules.rule"].trigger()
    shown = dialog(driver)
    choose(driver, shown.form, "itself", False)
    assert not shown.form.editor("threshold").isVisible()
    assert save(driver, shown)
    assert bank_policy(book) == Policy(threshold=None)
    assert "Books itself nothing" in section._facts.words


def test_what_no_rule_can_be_is_said_and_nothing_is_kept(driver: Driver, section: BankSection, book: Book) -> None:
    section.acts["bank_rules.rule"].trigger()
    shown = dialog(driver)
    shown.form.editor("threshold").put(Decimal(40))
    assert not save(driver, shown)
    assert shown.said.startswith("The score from which a line books itself is between 50 and 100 percent.")
    write(shown.form, threshold="95", most="500")
    assert not save(driver, shown)
    assert shown.said.startswith("A payment can be for 1 to 100 invoices.")
    assert bank_policy(book) == Policy()


def test_amounts_are_asked_for_each_currency_of_the_accounts(driver: Driver, section: BankSection, book: Book) -> None:
    add_account(book, currency="CHF")
    keep_bank_policy(book, Policy(tolerance={"USD": 100}), actor=ANNE)
    section.acts["bank_rules.rule"].trigger()
    shown = dialog(driver)
    assert [shown.form.read(f"tolerance_{one}") for one in ("EUR", "CHF", "USD")] == [None, None, 100]
    write(shown.form, tolerance_CHF="0.05", tolerance_USD="")
    assert save(driver, shown)
    assert bank_policy(book).tolerance == {"CHF": 5}


def test_a_learned_payer_is_found_forgotten_and_known_again(driver: Driver, section: BankSection, book: Book) -> None:
    assert section.facts == "3 signs tell payers"
    assert texts(section) == ["DE89370400440532013000", "alpha holding", "monthly fee bravo"]
    section.filters.put(frozenset({"text"}))
    driver.settle()
    assert texts(section) == ["monthly fee bravo"]
    section.filters.put(frozenset())
    section.search.setText("holding")
    driver.settle()
    assert texts(section) == ["alpha holding"]
    section.table.select([section.model.ids[0]])
    driver.settle()
    assert section.pane.heading == "alpha holding"
    assert "Alpha AG" in section._facts.words
    assert ANNE in section._facts.words
    section.acts["bank_rules.forget"].trigger()
    driver.settle()
    assert [one.value for one in learned(book)] == ["DE89370400440532013000", "monthly fee bravo"]
    press(driver, "Undo")
    assert [one.value for one in learned(book)] == ["DE89370400440532013000", "alpha holding", "monthly fee bravo"]
    assert texts(section) == ["alpha holding"]


def test_only_a_profile_of_ones_own_is_forgotten(driver: Driver, section: BankSection, book: Book) -> None:
    header = ("Tag", "Betrag", "Wozu")
    own = CsvProfile("Hafenbank", {"booked_on": ("Tag",), "amount": ("Betrag",), "text": ("Wozu",)})
    keep_profile(book, own, header, actor=ANNE)
    section.acts["bank_rules.profiles"].trigger()
    driver.settle()
    page = driver.window.page
    assert isinstance(page, BankProfilesPage)
    assert len(page.model.ids) == len(BANKS) + 1
    page.table.select([page.model.ids[-1]])
    driver.settle()
    assert not page.acts["bank_profiles.forget"].isEnabled()
    page.filters.put(frozenset({"own"}))
    driver.settle()
    assert [(page.model.row_at(0) or {})[name] for name in ("name", "day", "amount")] == ["Hafenbank", "Tag", "Betrag"]
    page.table.select([page.model.ids[0]])
    driver.settle()
    page.acts["bank_profiles.forget"].trigger()
    driver.settle()
    assert profiles(book) == BANKS
    press(driver, "Undo")
    assert next(one.name for one in profiles(book)) == "Hafenbank"


def test_the_rules_are_one_key_from_the_lines_which_follow_them(driver: Driver, book: Book) -> None:
    add_line(book, add_account(book), date(2026, 5, 11), 12_345, "Thanks", party="Nobody")
    page = driver.window.go("bank")
    assert isinstance(page, BankPage)
    driver.settle()
    assert page.matching.found is not None
    assert page.matching.found.policy == Policy()
    page.acts["bank.rules"].trigger()
    driver.settle()
    shown = driver.window.page
    assert isinstance(shown, SettingsPage)
    assert shown.section == "bank"
    section = shown.show_section("bank")
    assert isinstance(section, BankSection)
    section.acts["bank_rules.rule"].trigger()
    asked = dialog(driver)
    write(asked.form, grace="4")
    assert save(driver, asked)
    driver.window.go("bank")
    driver.settle()
    assert page.matching.found.policy == Policy(discount_grace=4)
