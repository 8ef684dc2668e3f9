"""Tax by place as a person sets it up: taxes of a code, rules, areas, the firm, the client, tax withheld."""

from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.clients import client, create_client, update_client
from desktop.services.firm import firm
from desktop.services.lists.invoices import InvoiceList
from desktop.services.rounding import roundings
from desktop.services.tax_rules import tax_rules
from desktop.services.taxes import tax_codes
from desktop.services.withholding import expected_withholding
from desktop.ui.clients.page import ClientsPage
from desktop.ui.lines_form import LinesForm
from desktop.ui.page import Page
from desktop.ui.payments.page import PaymentsPage
from desktop.ui.payments.record import RecordPayment, record_payment
from desktop.ui.settings.firm import FirmSection
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.tax_rules import TaxRulesSection
from desktop.ui.settings.taxes import TaxesSection
from tests.books import new_book
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose, dialog, press, said_at, save, write
from tests.ui.program import TODAY, Driver

ACTOR = "test"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, country="US", currency="USD")


def section(driver: Driver, name: str) -> object:
    page = driver.window.go("settings")
    assert isinstance(page, SettingsPage)
    shown = page.show_section(name)
    driver.settle()
    return shown


def pick(driver: Driver, page: Page, key: str, value: object) -> None:
    rows = page.model.listing.rows(list(page.model.ids))
    page.table.select([one for one, row in rows.items() if row[key] == value])
    driver.settle()


def fill(form: object, table: str, *lines: tuple[str, str]) -> None:
    assert isinstance(form, LinesForm)
    editor = form.table(table)
    for place, line in enumerate(lines):
        if place >= editor.model.rowCount():
            editor.view.add_line()
        for column, text in enumerate(line):
            editor.model.setData(editor.model.index(place, column), text)


def test_an_area_is_collected_in_and_taken_back(driver: Driver, book: Book) -> None:
    page = section(driver, "tax_rules")
    assert isinstance(page, TaxRulesSection)
    assert "a rule says which tax code a state bears" in page.table.empty_words
    page.area()
    shown = dialog(driver)
    write(shown.form, region="Austin, TX", name="Austin", item_codes="standard, saas")
    fill(shown.form, "taxes", ("Texas", "6.25"), ("Austin", "2 %"))
    assert not save(driver, shown)
    assert said_at(shown.form, "item_codes") == "There is no tax code “saas”."
    write(shown.form, item_codes="standard, software")
    assert save(driver, shown)
    assert [page.model.text_at(0, column) for column in (1, 3, 4)] == ["TX Austin", "software", "Austin"]
    assert [row["item_code"] for row in tax_rules(book)] == ["software", "standard"]
    press(driver, "Undo")
    assert tax_rules(book) == []
    assert all(code["code"] != "tx-austin" for code in tax_codes(book))


def test_rules_are_added_moved_and_deleted(driver: Driver, book: Book) -> None:
    page = section(driver, "tax_rules")
    assert isinstance(page, TaxRulesSection)
    page.samples()
    driver.settle()
    assert page.model.rowCount() == 3
    page.new()
    shown = dialog(driver)
    assert not save(driver, shown)
    exempt = next(code["id"] for code in tax_codes(book) if code["code"] == "exempt")
    choose(driver, shown.form, "tax_code_id", exempt)
    write(shown.form, region="Texas")
    assert save(driver, shown)
    assert page.model.text_at(0, 1) == "Texas"
    page.shift(1)
    driver.settle()
    assert [row["place"] for row in tax_rules(book)][1] == "Texas"
    pick(driver, page, "place", "Texas")
    page.delete()
    driver.settle()
    assert page.model.rowCount() == 3


def test_a_code_gets_several_taxes(driver: Driver, book: Book) -> None:
    page = section(driver, "tax_rules")
    assert isinstance(page, TaxRulesSection)
    page.samples()
    driver.settle()
    codes = section(driver, "taxes")
    assert isinstance(codes, TaxesSection)
    pick(driver, codes, "code", "tx-austin")
    assert "8.25% = Texas 6.25% + Austin 1% + Transit authority 1%" in codes._facts.words
    codes.several()
    shown = dialog(driver)
    write(shown.form, valid_from="1 Jan 2027")
    fill(shown.form, "taxes", ("Texas", "6.25"), ("", "1"), ("Transit authority", "1"))
    assert not save(driver, shown)
    assert said_at(shown.form, "valid_from") == "Each of several taxes needs a name; it stands on the invoice."
    fill(shown.form, "taxes", ("Texas", "6.25"), ("Austin", "2"), ("Transit authority", "0.5"))
    assert save(driver, shown)
    assert next(one["percent"] for one in tax_codes(book) if one["code"] == "tx-austin") == Decimal("8.75")


def test_a_new_code_has_its_taxes_at_once(driver: Driver, book: Book) -> None:
    codes = section(driver, "taxes")
    assert isinstance(codes, TaxesSection)
    codes.new()
    shown = dialog(driver)
    write(shown.form, code="reno", name="Reno")
    fill(shown.form, "taxes", ("Nevada", "4.6"), ("", "3.665"))
    assert not save(driver, shown)
    assert isinstance(shown.form, LinesForm)
    said = shown.form.table("taxes").model.problem(1, "name")
    assert said.endswith("Each of several taxes needs a name; it stands on the invoice.")
    fill(shown.form, "taxes", ("Nevada", "4.6"), ("Washoe", "3.665"))
    assert save(driver, shown)
    code = next(one for one in tax_codes(book) if one["code"] == "reno")
    assert code["percent"] == Decimal("8.265")
    assert [taxes for _day, taxes in code["taxes"]] == [[("Nevada", Decimal("4.6")), ("Washoe", Decimal("3.665"))]]
    codes.new()
    shown = dialog(driver)
    write(shown.form, code="one", name="One tax")
    fill(shown.form, "taxes", ("", "7"))
    assert save(driver, shown)
    code = next(one for one in tax_codes(book) if one["code"] == "one")
    assert (code["percent"], code["taxes"]) == (Decimal(7), [])


def test_the_firm_says_how_it_is_taxed_and_rounded(driver: Driver, book: Book) -> None:
    page = section(driver, "firm")
    assert isinstance(page, FirmSection)
    choose(driver, page.form, "tax_regime", "generic")
    choose(driver, page.form, "tax_currency", "EUR")
    write(page.form, rounding="0.05")
    page.save()
    driver.settle()
    assert (firm(book)["tax_regime"], firm(book)["tax_currency"]) == ("generic", "EUR")
    assert roundings(book) == {"USD": Decimal("0.05")}
    press(driver, "Undo")
    assert (firm(book)["tax_regime"], roundings(book)) == ("auto", {})


def test_a_client_has_a_place_a_certificate_and_withholds(driver: Driver, book: Book) -> None:
    one = create_client(book, {"name": "Elm", "country": "US", "city": "Austin"}, actor=ACTOR)
    page = driver.window.go("clients")
    assert isinstance(page, ClientsPage)
    driver.settle()
    page.table.select([one])
    driver.settle()
    page.edit()
    shown = dialog(driver)
    write(shown.form, place_of_supply="austin, texas", tax_certificate="01-339 B", withholding="10%")
    assert save(driver, shown)
    record = client(book, one)
    assert (record["place_of_supply"], record["tax_certificate"]) == ("TX Austin", "01-339 B")
    assert record["withholding"] == Decimal("0.1")


def test_tax_withheld_settles_with_the_money(driver: Driver, book: Book) -> None:
    payer = add_client(book, "ACME", currency="USD")
    number = add_invoice(book, payer, TODAY, (100_000, 0), currency="USD")
    page = driver.window.go("payments")
    assert isinstance(page, PaymentsPage)
    driver.settle()
    page.new()
    shown = dialog(driver)
    assert isinstance(shown, RecordPayment)
    choose(driver, shown.form, "client", payer)
    write(shown.form, amount="900", withheld="100")
    driver.until(lambda: shown.sentence.startswith("Pays 1 invoice"))
    assert save(driver, shown)
    found = InvoiceList(book, TODAY)
    assert [row["open"] for row in found.rows(found.ids("", frozenset(), "", False)).values()] == [0]
    assert page.model.rowCount() == 2
    assert number in page.facts_view.words


def test_what_a_client_withholds_is_proposed(driver: Driver, book: Book) -> None:
    payer = add_client(book, "ACME", currency="USD")
    update_client(book, payer, {"withholding": Decimal("0.1")}, actor=ACTOR)
    number = add_invoice(book, payer, TODAY, (100_000, 18), currency="USD")
    invoices = InvoiceList(book, TODAY)
    ids = invoices.ids("", frozenset(), "", False)
    record_payment(driver.desk, driver.window, invoices=list(invoices.rows(ids).values()))
    shown = dialog(driver)
    assert (shown.form.editor("amount").value(), shown.form.editor("withheld").value()) == (108_000, 10_000)
    assert save(driver, shown)
    assert expected_withholding(book, [number]) == 0
    assert [row["open"] for row in invoices.rows(ids).values()] == [0]
