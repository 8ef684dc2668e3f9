"""Settings as a person changes them: each wrong field says why, each change counts at once and can be taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.errors import UserError
from desktop.services.catalogue import save_item
from desktop.services.credits import credit_invoice
from desktop.services.currencies import exchange_rates
from desktop.services.firm import bank_accounts, firm, logo
from desktop.services.limits import limits_of_others, second_approval
from desktop.services.rates import price_on
from desktop.services.rules import rules
from desktop.services.runs import plan
from desktop.services.segments import save_segment, segments
from desktop.services.series import series_list
from desktop.services.taxes import tax_codes
from desktop.services.templates import choices, templates
from desktop.ui.page import Page
from desktop.ui.settings.appearance import AppearanceSection
from desktop.ui.settings.currencies import CurrenciesSection
from desktop.ui.settings.firm import FirmSection
from desktop.ui.settings.gate import GateSection
from desktop.ui.settings.items import ItemsSection
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.people import PeopleSection
from desktop.ui.settings.segments import SegmentsSection
from desktop.ui.settings.series import SeriesSection
from desktop.ui.settings.taxes import TaxesSection
from tests.books import new_book
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose, dialog, press, said_at, save, write
from tests.ui.program import TODAY, Driver, add_retainers

ACTOR = "test"
PICTURE = Path("resources/sample/logo.png")
Section = TypeVar("Section")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


def settings_of(driver: Driver) -> SettingsPage:
    page = driver.window.go("settings")
    driver.settle()
    assert isinstance(page, SettingsPage)
    return page


def section_of(driver: Driver, name: str, kind: type[Section]) -> Section:
    shown = settings_of(driver).show_section(name)
    driver.settle()
    assert isinstance(shown, kind)
    return shown


def choose_row(driver: Driver, page: Page, key: str, value: object) -> None:
    rows = page.model.listing.rows(list(page.model.ids))
    page.table.select([one for one, row in rows.items() if row[key] == value])
    driver.settle()


def rule(book: Book, code: str, scope: str = "firm", scope_id: int = 0) -> tuple[bool, str, dict[str, int]]:
    found = next(one for one in rules(book, scope, scope_id) if one.code == code)
    return found.enabled, found.severity, dict(found.parameters)


def waiting(book: Book) -> int:
    """Plan everything that is due; how many drafts wait for a person."""
    planned = plan(book, through=TODAY, issue_date=TODAY, actor=ACTOR, now=book.now)
    with book.reading() as session:
        sql = "SELECT count(*) FROM draft WHERE run_id = ? AND state = 'held'"
        return int(session.connection().exec_driver_sql(sql, (planned.id,)).scalar_one())


def test_the_page_opens_at_the_firm_and_then_where_it_was_left(driver: Driver, qtbot: QtBot) -> None:
    page = settings_of(driver)
    assert page.section == "firm"
    taxes = page.show_section("taxes")
    driver.settle()
    assert isinstance(taxes, TaxesSection)
    driver.window.activateWindow()
    driver.until(taxes.table.hasFocus)
    qtbot.keyClick(taxes.table, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    driver.settle()
    assert page.section == "tax_rules"
    again = SettingsPage(driver.desk)
    qtbot.addWidget(again)
    again.show()
    driver.settle()
    assert again.section == "tax_rules"


def test_the_firm_is_saved_once_each_field_is_right_and_taken_back(driver: Driver, book: Book) -> None:
    section = section_of(driver, "firm", FirmSection)
    assert not section.save_button.isEnabled()
    write(section.form, city="Hamburg", tax_id="DE123456789", email="office")
    assert section.save_button.isEnabled()
    section.save()
    driver.settle()
    assert "fails its check digits" in said_at(section.form, "tax_id")
    assert said_at(section.form, "email") == "“office” is not an e-mail address."
    assert firm(book)["city"] == ""
    write(section.form, tax_id="DE136695976", email="office@harbour.example", terms="2% 10, net 30")
    section.save()
    driver.settle()
    assert driver.window.notices.sentence == "The firm is saved."
    assert (firm(book)["city"], firm(book)["terms"]) == ("Hamburg", "net 30 2%/10")
    # The book's own spelling is shown back.
    assert section.form.values()["terms"] == "net 30 2%/10"
    assert not section.save_button.isEnabled()
    press(driver, "Undo")
    assert firm(book)["city"] == ""
    assert section.form.values()["city"] is None


def test_what_was_typed_survives_a_change_elsewhere(driver: Driver, book: Book) -> None:
    section = section_of(driver, "firm", FirmSection)
    write(section.form, city="Hamburg")
    save_segment(book, {"name": "Retainers"}, actor=ACTOR)
    driver.program.jobs.announce({"firm"})
    driver.settle()
    assert section.form.values()["city"] == "Hamburg"
    section.revert_button.click()
    driver.settle()
    assert section.form.values()["city"] is None


def test_a_logo_is_chosen_shown_and_taken_off(driver: Driver, book: Book, tmp_path: Path) -> None:
    section = section_of(driver, "firm", FirmSection)
    assert section.logo.picture.text().startswith("None yet")
    section.logo.use(PICTURE)
    driver.settle()
    assert logo(book) is not None
    assert not section.logo.picture.pixmap().isNull()
    wrong = tmp_path / "logo.png"
    wrong.write_text("no picture")
    section.logo.use(wrong)
    driver.settle()
    assert driver.window.notices.sentence.startswith("logo.png is not a picture that a PDF can hold.")
    section.logo.use(tmp_path / "gone.png")
    driver.settle()
    assert driver.window.notices.sentence.startswith("gone.png cannot be read")
    section.logo._take_off()
    driver.settle()
    assert logo(book) is None
    assert section.logo.picture.text().startswith("None yet")


def test_a_bank_account_says_what_is_wrong_with_its_iban(driver: Driver, book: Book) -> None:
    section = section_of(driver, "firm", FirmSection)
    section.accounts.add()
    shown = dialog(driver)
    write(shown.form, iban="DE89 3704 0044 0532 0130 01")
    assert not save(driver, shown)
    assert "check digits" in said_at(shown.form, "iban")
    write(shown.form, iban="DE89 3704 0044 0532 0130 00", bank="Commerzbank")
    assert save(driver, shown)
    assert [one["iban"] for one in bank_accounts(book)] == ["DE89370400440532013000"]
    assert section.accounts.model.text_at(0, 0) == "DE89 3704 0044 0532 0130 00"


def test_a_rule_that_is_switched_off_holds_nothing_any_more(driver: Driver, book: Book, qtbot: QtBot) -> None:
    add_retainers(book, 3, faulty=1)
    section = section_of(driver, "gate", GateSection)
    choose_row(driver, section, "code", "address_incomplete")
    assert section.pane.heading == "Address of the client"
    driver.window.activateWindow()
    section.table.setFocus()
    driver.until(section.table.hasFocus)
    qtbot.keyClick(section.table, Qt.Key.Key_O)
    driver.settle()
    assert rule(book, "address_incomplete")[0] is False
    assert driver.window.notices.sentence == "“Address of the client” is off."
    assert section.model.text_at(0, 0) == "Off"
    assert section.model.text_at(0, 5) == "the firm"
    assert waiting(book) == 0


def test_undoing_the_switch_holds_again(driver: Driver, book: Book) -> None:
    add_retainers(book, 3, faulty=1)
    section = section_of(driver, "gate", GateSection)
    choose_row(driver, section, "code", "address_incomplete")
    section.switch()
    driver.settle()
    press(driver, "Undo")
    assert rule(book, "address_incomplete")[0] is True
    assert waiting(book) == 1


def test_a_limit_differs_for_a_segment_and_is_left_to_the_firm_again(driver: Driver, book: Book) -> None:
    key = save_segment(book, {"name": "Projects"}, actor=ACTOR)
    section = section_of(driver, "gate", GateSection)
    section._chip_menus["segment"].choose(f"segment:{key}")
    driver.settle()
    assert section.facts.endswith("for segment Projects")
    choose_row(driver, section, "code", "amount_above")
    section.edit()
    shown = dialog(driver)
    write(shown.form, limit="-5")
    assert not save(driver, shown)
    assert said_at(shown.form, "limit") == "A limit cannot be below 0."
    write(shown.form, limit="50,000")
    choose(driver, shown.form, "severity", "note")
    assert save(driver, shown)
    assert rule(book, "amount_above", "segment", key) == (True, "note", {"limit": 50_000})
    assert rule(book, "amount_above") == (True, "hold", {"limit": 10_000})
    choose_row(driver, section, "code", "amount_above")
    assert section._facts.words.splitlines()[-1] == "Projects Note, above 50,000 EUR"
    section.filters.toggle("own")
    driver.settle()
    assert section.model.rowCount() == 1
    choose_row(driver, section, "code", "amount_above")
    section.reset()
    driver.settle()
    assert rule(book, "amount_above", "segment", key) == (True, "hold", {"limit": 10_000})


def test_a_switch_leaves_the_limit_as_it_was_set(driver: Driver, book: Book) -> None:
    section = section_of(driver, "gate", GateSection)
    choose_row(driver, section, "code", "old_time")
    section.edit()
    shown = dialog(driver)
    write(shown.form, days="90")
    assert save(driver, shown)
    choose_row(driver, section, "code", "old_time")
    section.switch()
    driver.settle()
    assert rule(book, "old_time") == (False, "hold", {"days": 90})


def test_the_rules_of_one_client(driver: Driver, book: Book) -> None:
    client = add_client(book, "ACME")
    section = section_of(driver, "gate", GateSection)
    section.client()
    shown = dialog(driver)
    choose(driver, shown.form, "client", client)
    assert save(driver, shown)
    assert section.level == ("client", client)
    choose_row(driver, section, "code", "vague_text")
    section.switch()
    driver.settle()
    assert rule(book, "vague_text", "client", client)[0] is False
    assert rule(book, "vague_text")[0] is True


def test_an_item_gets_a_price_in_tiers(driver: Driver, book: Book) -> None:
    section = section_of(driver, "items", ItemsSection)
    assert section.table.empty_words.startswith("Each service or product stands here once")
    section.new()
    shown = dialog(driver)
    write(shown.form, name="Development", unit="hour", price="100")
    assert save(driver, shown)
    assert section.pane.heading == "Development"
    section.price()
    shown = dialog(driver)
    choose(driver, shown.form, "mode", "volume")
    write(shown.form, valid_from="1 Jun 2026")
    write(shown.form, **{"tiers.0.price": "90", "tiers.0.up_to": "10", "tiers.1.price": "80", "tiers.1.up_to": "5"})
    assert not save(driver, shown)
    assert said_at(shown.form, "tiers.1.up_to").startswith("Leave the last tier open")
    write(shown.form, **{"tiers.1.up_to": ""})
    assert save(driver, shown)
    found = price_on(book, 1, None, "EUR", date(2026, 6, 1), Decimal(20))
    assert found is not None
    assert found.unit_price == 80
    assert section.prices._model.rowCount() == 2
    section.unprice()
    driver.settle()
    after = price_on(book, 1, None, "EUR", date(2026, 6, 1), Decimal(20))
    assert after is not None
    assert after.unit_price == 100


def test_an_item_that_is_used_is_archived_not_deleted(driver: Driver, book: Book) -> None:
    add_retainers(book, 1)
    section = section_of(driver, "items", ItemsSection)
    section.delete()
    driver.settle()
    assert driver.window.notices.sentence.startswith("Monthly retainer is used 1 times")
    section.archive()
    driver.settle()
    assert section.model.rowCount() == 0
    section.filters.toggle("archived")
    driver.settle()
    assert section.acts["items.archive"].text() == "Bring back"


def test_all_prices_rise_and_the_rise_is_undone(driver: Driver, book: Book) -> None:
    one = save_item(book, {"name": "Hosting", "unit": "month"}, actor=ACTOR)
    section = section_of(driver, "items", ItemsSection)
    section.price()
    shown = dialog(driver)
    write(shown.form, valid_from="1 Jan 2026", **{"tiers.0.price": "50"})
    assert save(driver, shown)
    section.raise_all()
    shown = dialog(driver)
    write(shown.form, percent="4", valid_from="1 Jan 2027")
    assert save(driver, shown)
    assert driver.window.notices.sentence == "1 price is raised."

    def in_2027() -> Decimal:
        found = price_on(book, one, None, "EUR", date(2027, 2, 1))
        assert found is not None
        return found.unit_price

    assert in_2027() == 52
    press(driver, "Undo")
    assert in_2027() == 50


def test_a_tax_rate_counts_from_its_day_and_is_taken_back(driver: Driver, book: Book) -> None:
    section = section_of(driver, "taxes", TaxesSection)
    choose_row(driver, section, "code", "standard")
    section.rate()
    shown = dialog(driver)
    write(shown.form, rate="0", valid_from="1 Jan 2027")
    assert not save(driver, shown)
    assert said_at(shown.form, "rate").startswith("Category S needs a rate above 0")
    write(shown.form, rate="20")
    assert save(driver, shown)
    assert tax_codes(book)[0]["rates"][-1] == (date(2027, 1, 1), Decimal(20))
    choose_row(driver, section, "code", "standard")
    assert "from 1 Jan 2027 20%" in section._facts.words
    section.unrate()
    driver.settle()
    assert tax_codes(book)[0]["rates"][-1] == (date(2021, 1, 1), Decimal(19))
    assert driver.window.notices.sentence == "20% from 1 Jan 2027 is taken back."


def test_the_codes_of_another_country_join(driver: Driver, book: Book) -> None:
    section = section_of(driver, "taxes", TaxesSection)
    before = section.model.rowCount()
    section.country()
    shown = dialog(driver)
    choose(driver, shown.form, "country", "FR")
    assert save(driver, shown)
    assert driver.window.notices.sentence.startswith("Added: fr-standard")
    assert section.model.rowCount() > before


def test_a_series_refuses_a_pattern_that_gives_numbers_twice(driver: Driver, book: Book) -> None:
    section = section_of(driver, "series", SeriesSection)
    section.new()
    shown = dialog(driver)
    write(shown.form, code="late", pattern="INV-{n:04}")
    assert not save(driver, shown)
    assert said_at(shown.form, "pattern") != ""
    write(shown.form, pattern="L{yy}-{n:05}")
    assert save(driver, shown)
    known = {one["code"]: one for one in series_list(book, today=TODAY)}
    assert known["late"]["next_number"] == "L26-00001"
    assert not known["late"]["is_default"]
    choose_row(driver, section, "code", "late")
    section.use()
    driver.settle()
    assert {one["code"]: one["is_default"] for one in series_list(book, today=TODAY)}["late"]
    press(driver, "Undo")
    assert not {one["code"]: one["is_default"] for one in series_list(book, today=TODAY)}["late"]


def test_a_limit_binds_whoever_works_here(driver: Driver, book: Book) -> None:
    number = add_invoice(book, add_client(book, "ACME"), date(2026, 5, 1), (100_000, 19))
    section = section_of(driver, "people", PeopleSection)
    assert [section.model.text_at(0, column) for column in range(4)] == ["Everyone else", *["no limit"] * 3]
    section.edit()
    shown = dialog(driver)
    assert "name" not in shown.form.values()
    write(shown.form, credit_limit="50", write_off_limit="")
    assert save(driver, shown)
    assert section.model.text_at(0, 2) == "50.00"
    with pytest.raises(UserError, match=r"may credit up to €50\.00"):
        credit_invoice(book, number, reason="late", actor="somebody", today=TODAY)
    section.new()
    shown = dialog(driver)
    write(shown.form, name="Anna", credit_limit="2000")
    assert save(driver, shown)
    assert credit_invoice(book, number, reason="late", actor="Anna", today=TODAY).amount == 119_000
    choose_row(driver, section, "name", "Anna")
    section.remove()
    driver.settle()
    assert section.model.rowCount() == 1


def test_who_may_approve_how_much_and_when_two_must(driver: Driver, book: Book) -> None:
    section = section_of(driver, "people", PeopleSection)
    assert section.facts == "One person is enough to approve what the gate holds."
    section.edit()
    shown = dialog(driver)
    write(shown.form, approval_limit="500")
    assert save(driver, shown)
    assert section.model.text_at(0, 1) == "500.00"
    assert limits_of_others(book) == {"credit": None, "write_off": None, "approval": 50_000}
    section.acts["people.second"].trigger()
    shown = dialog(driver)
    write(shown.form, above="2,500")
    assert save(driver, shown)
    assert section.facts == "Above €2,500.00 two people approve what the gate holds."
    press(driver, "Undo")
    assert second_approval(book) is None


def test_an_exchange_rate_is_set_and_removed(driver: Driver, book: Book) -> None:
    section = section_of(driver, "currencies", CurrenciesSection)
    section.set()
    shown = dialog(driver)
    choose(driver, shown.form, "currency", "USD")
    write(shown.form, rate="0.92")
    assert save(driver, shown)
    assert [(one["currency"], one["rate"]) for one in exchange_rates(book)] == [("USD", Decimal("0.92"))]
    choose_row(driver, section, "currency", "USD")
    assert section.pane.heading == "1 USD = 0.92 EUR"
    section.remove()
    driver.settle()
    assert exchange_rates(book) == []


def test_a_segment_gives_terms_and_stays_while_it_is_used(driver: Driver, book: Book) -> None:
    section = section_of(driver, "segments", SegmentsSection)
    section.new()
    shown = dialog(driver)
    write(shown.form, name="Retainers", terms="whenever")
    assert not save(driver, shown)
    assert said_at(shown.form, "terms") != ""
    write(shown.form, terms="14 days")
    choose(driver, shown.form, "milestones", "at_once")
    look = next(one.id for one in templates(book) if one.name == "Modern")
    choose(driver, shown.form, "template_id", look)
    assert save(driver, shown)
    assert [(one["name"], one["terms"], one["milestones"]) for one in segments(book)] == [
        ("Retainers", "net 14", "at_once")
    ]
    # The table of templates says the same.
    assert [(one.whose, one.template) for one in choices(book) if one.scope == "segment"] == [("Retainers", "Modern")]
    section.delete()
    driver.settle()
    assert segments(book) == []
    press(driver, "Undo")
    assert [one["name"] for one in segments(book)] == ["Retainers"]


def test_every_column_of_the_segments_is_seen_whole(driver: Driver) -> None:
    driver.window.resize(1280, 720)
    table = section_of(driver, "segments", SegmentsSection).table
    driver.settle()
    header = table.horizontalHeader()
    assert header.length() <= table.viewport().width()
    # "Time and materials" in bold.
    assert header.sectionSize(0) >= 170
    assert not header.isSectionHidden(header.count() - 1)


def test_the_look_changes_at_once(driver: Driver) -> None:
    section = section_of(driver, "appearance", AppearanceSection)
    theme = driver.program.theme
    choose(driver, section.form, "mode", "dark")
    assert theme.dark
    choose(driver, section.form, "density", "compact")
    assert theme.row_height == theme.px(30)
    theme.set_mode("light")
    assert section.form.values()["mode"] == "light"
    assert driver.program.memory.get("density") == "compact"


def test_no_field_of_the_settings_is_without_a_name(driver: Driver) -> None:
    """A screen reader must tell what each field is."""
    section = section_of(driver, "firm", FirmSection)
    fields = [*section.form.findChildren(QLineEdit), *section.form.findChildren(QPlainTextEdit)]
    assert fields
    inside = [one for one in fields if one.parent() is section.form]
    assert all(one.accessibleName() for one in inside)
