"""The ledger as a person does it: balances, an account's sheet, the way to the document, entries by hand, the chart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.accounting.chart import take_chart
from desktop.services.accounting.chart_files import chart
from desktop.services.bank.booking import put_aside
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.ledger.accounts import AccountsTab
from desktop.ui.ledger.exporting import write_file
from desktop.ui.ledger.journal import JournalTab
from desktop.ui.ledger.page import LedgerPage
from desktop.ui.ledger.sheet import SheetPage
from desktop.ui.page import Page
from desktop.ui.settings.accounts import AccountsSection
from desktop.ui.settings.page import SettingsPage
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import ANNE, rows, value
from tests.issued import add_client, add_invoice
from tests.services.accounting.test_bank_entries import unpost
from tests.ui.forms import dialog, save
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = new_book(tmp_path)
    take_chart(made, chart("skr03"), actor=ANNE, title="SKR03")
    client = add_client(made, "ACME")
    add_invoice(made, client, date(2026, 1, 15), (10_000, 19))
    add_invoice(made, client, date(2026, 5, 15), (5_000, 19))
    return made


def tab_of(driver: Driver, name: str) -> Page:
    page = driver.window.go("ledger")
    assert isinstance(page, LedgerPage)
    shown = page.show_tab(name)
    driver.settle()
    assert isinstance(shown, Page)
    return shown


def shown(page: Page, *keys: str) -> list[tuple[object, ...]]:
    found = page.model.listing.rows(page.model.ids)
    return [tuple(found[one][key] for key in keys) for one in page.model.ids]


def test_balances_and_the_way_down_to_the_document(driver: Driver) -> None:
    tab = tab_of(driver, "accounts")
    assert isinstance(tab, AccountsTab)
    assert shown(tab, "number", "closing") == [("1400", 17_850), ("1776", -2_850), ("8400", -15_000)]
    assert "debits and credits are equal: €178.50" in tab.facts
    tab.filters.put(frozenset({"days:2026-05-01:2026-05-31"}))
    driver.settle()
    assert shown(tab, "number", "opening", "closing")[0] == ("1400", 11_900, 17_850)
    tab.filters.put(frozenset({"income"}))
    driver.settle()
    assert shown(tab, "number") == [("8400",)]
    tab.open_row(tab.model.ids[0])
    driver.settle()
    sheet = driver.window.page
    assert isinstance(sheet, SheetPage)
    assert shown(sheet, "document", "credit", "balance") == [
        ("INV-2026-0001", 10_000, -10_000),
        ("INV-2026-0002", 5_000, -15_000),
    ]
    sheet.open_row(sheet.model.ids[1])
    driver.settle()
    invoices = driver.window.page
    assert isinstance(invoices, InvoicesPage)
    assert invoices.selected_ids() == [value(driver.desk.book, "SELECT id FROM invoice WHERE number = 'INV-2026-0002'")]


def test_the_journal_tells_each_entry_whole(driver: Driver) -> None:
    tab = tab_of(driver, "journal")
    assert isinstance(tab, JournalTab)
    assert {row[0] for row in shown(tab, "document")} == {"INV-2026-0001", "INV-2026-0002"}
    assert shown(tab, "document")[0] == ("INV-2026-0002",)
    tab.table.select([tab.model.ids[0]])
    driver.settle()
    assert tab.pane.heading == "Entry 2"
    assert tab.acts["journal.open"].isEnabled()
    assert not tab.acts["journal.reverse"].isEnabled()
    page = driver.window.go("ledger", filters=frozenset({"tab:journal"}), search="INV-2026-0001")
    driver.settle()
    assert isinstance(page, LedgerPage)
    assert page.tab == "journal"
    assert {row[0] for row in shown(tab, "document")} == {"INV-2026-0001"}


def test_an_entry_by_hand_is_booked_and_taken_back(driver: Driver) -> None:
    tab = tab_of(driver, "accounts")
    book = driver.desk.book
    paper, bank = (str(value(book, "SELECT id FROM account WHERE number = ?", one)) for one in ("4930", "1200"))
    tab.acts["ledger.by_hand"].trigger()
    form = dialog(driver)
    form.form.put(
        {"on": TODAY, "note": "Paper", "account0": paper, "debit0": 1_250, "account1": bank, "credit1": 1_249}
    )
    assert not save(driver, form)
    assert value(book, "SELECT count(*) FROM journal_entry WHERE kind = 'adjustment'") == 0
    form.form.put({"credit1": 1_250})
    assert save(driver, form)
    assert ("4930", 1_250) in shown(tab, "number", "closing")
    journal = tab_of(driver, "journal")
    assert isinstance(journal, JournalTab)
    journal.table.select([journal.model.ids[0]])
    driver.settle()
    assert journal.acts["journal.reverse"].isEnabled()
    journal.acts["journal.reverse"].trigger()
    form = dialog(driver)
    form.form.put({"reason": "Twice"})
    assert save(driver, form)
    assert rows(book, "SELECT count(*), count(reverses_id) FROM journal_entry WHERE kind = 'adjustment'") == [(2, 1)]


def test_earlier_bank_lines_are_offered_for_posting(driver: Driver) -> None:
    book = driver.desk.book
    tab = tab_of(driver, "accounts")
    assert not tab.acts["ledger.post_bank"].isVisible()
    line = add_line(book, add_account(book), TODAY, -1_290)
    put_aside(book, [line], note="", kind="charges", actor=ANNE, today=TODAY)
    unpost(book)
    tab.reload()
    driver.settle()
    assert tab.acts["ledger.post_bank"].isVisible()
    assert tab.acts["ledger.post_bank"].text() == "Post 1 earlier bank line"
    tab.acts["ledger.post_bank"].trigger()
    driver.settle()
    assert ("4970", 1_290) in shown(tab, "number", "closing")
    assert not tab.acts["ledger.post_bank"].isVisible()


def test_the_journal_is_exported(driver: Driver, tmp_path: Path) -> None:
    from desktop.services.accounting.exports.journal_files import write_beancount

    path = tmp_path / "j.beancount"
    write_file(driver.desk, path, (date(2026, 1, 1), TODAY), write_beancount)
    driver.settle()
    assert path.read_text(encoding="utf-8").count("INV-2026-0002") >= 1


def test_the_chart_is_chosen_and_an_account_changed(driver: Driver, tmp_path: Path) -> None:
    book = driver.desk.book
    page = driver.window.go("settings")
    assert isinstance(page, SettingsPage)
    section = page.show_section("accounts")
    driver.settle()
    assert isinstance(section, AccountsSection)
    assert len(section.model.ids) == len(chart("skr03"))
    key = value(book, "SELECT id FROM account WHERE number = '8400'")
    section.table.select([key])
    driver.settle()
    assert section.pane.heading == "8400 Erlöse 19 % USt"
    section.edit()
    form = dialog(driver)
    form.form.put({"name": "Sales 19 %"})
    assert save(driver, form)
    assert rows(book, "SELECT name FROM account WHERE id = ?", key) == [("Sales 19 %",)]
    assert rows(book, "SELECT count(*) FROM account_rule WHERE name = 'revenue.S.19'") == [(1,)]
    path = tmp_path / "chart.csv"
    section.write(path)
    driver.settle()
    section.acts["chart.choose"].trigger()
    form = dialog(driver)
    form.form.put({"name": "skr04"})
    assert save(driver, form)
    assert value(book, "SELECT count(*) FROM account WHERE number = '4400'") == 1
    section.read(path)
    assert save(driver, dialog(driver))
    assert value(book, "SELECT name FROM account WHERE number = '8400'") == "Sales 19 %"
