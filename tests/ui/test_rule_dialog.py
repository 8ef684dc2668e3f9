"""A rule is changed with its past in sight, and a segment gets its rules from a template."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.people import save_person
from desktop.services.rule_templates import templates
from desktop.services.rules import common_care, rules
from desktop.services.runs import approve_drafts, exceptions, plan, resume
from desktop.services.segments import save_segment
from desktop.ui.page import Page
from desktop.ui.settings.gate import GateSection
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.rule_form import RuleDialog
from desktop.ui.settings.rule_templates import GiveTemplate
from tests.books import new_book
from tests.ui.forms import choose, dialog, press, save, write
from tests.ui.program import TODAY, Driver, add_retainers


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def gate(driver: Driver, book: Book) -> GateSection:
    """The rules over a book with twelve invoices of 1,000 to 12,000."""
    add_retainers(book, 12)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    approve_drafts(book, [one.draft_id for one in exceptions(book)], "", actor="test", now=book.now)
    resume(book, run.number, actor="test", now=book.now)
    page = driver.window.go("settings")
    driver.settle()
    assert isinstance(page, SettingsPage)
    shown = page.show_section("gate")
    driver.settle()
    assert isinstance(shown, GateSection)
    return shown


def choose_rule(driver: Driver, page: Page, code: str) -> None:
    rows = page.model.listing.rows(list(page.model.ids))
    page.table.select([one for one, row in rows.items() if row["code"] == code])
    driver.settle()


def opened(driver: Driver, gate: GateSection, code: str) -> RuleDialog:
    choose_rule(driver, gate, code)
    gate.acts["gate.edit"].trigger()
    shown = dialog(driver)
    driver.settle()
    assert isinstance(shown, RuleDialog)
    return shown


def said(driver: Driver, shown: RuleDialog, sentence: str) -> None:
    """The dialog follows once the typing pauses."""
    driver.until(lambda: shown.sentence == sentence)
    driver.settle()


def test_what_it_would_have_held_follows_the_typing(driver: Driver, book: Book, gate: GateSection) -> None:
    shown = opened(driver, gate, "amount_above")
    assert shown.sentence == "Would have held 2 of the last 12 invoices; today's setting 2."
    write(shown.form, limit="5,000")
    said(driver, shown, "Would have held 7 of the last 12 invoices; today's setting 2.")
    assert not shown.table.isVisible()
    shown._show.click()
    driver.settle()
    assert shown.table.isVisible()
    assert shown.model.rowCount() == 7
    assert shown.model.text_at(0, 0) == "INV-2026-0012"
    assert "above the limit of 5,000.00 EUR" in shown.model.text_at(0, 4)
    choose(driver, shown.form, "enabled", False)
    said(driver, shown, "Would have held 0 of the last 12 invoices; today's setting 2.")
    # What cannot be read is not tried.
    write(shown.form, limit="many")
    driver.qtbot.wait(300)
    driver.settle()
    assert shown.sentence.startswith("Would have held 0 of the last 12")
    assert next(one for one in rules(book) if one.code == "amount_above").enabled


def test_a_limit_is_suggested_and_taken(driver: Driver, book: Book, gate: GateSection) -> None:
    shown = opened(driver, gate, "amount_above")
    assert shown._use.text() == "To hold about 5 %: 11,000"
    shown._use.click()
    said(driver, shown, "Would have held 1 of the last 12 invoices; today's setting 2.")
    assert save(driver, shown)
    assert next(one for one in rules(book) if one.code == "amount_above").parameters == {"limit": 11_000}


def test_all_invoices_are_tried_on_demand(driver: Driver, gate: GateSection) -> None:
    shown = opened(driver, gate, "differs_from_usual")
    shown._all.click()
    driver.settle()
    assert shown.sentence == "Would have held 0 of the last 12 invoices; today's setting 0."
    assert shown._all.text() == "Try all invoices"
    shown._all.click()
    shown.reject()
    driver.settle()


def test_a_rule_without_a_past_says_why(driver: Driver, gate: GateSection) -> None:
    shown = opened(driver, gate, "client_on_hold")
    assert shown.sentence == "The book does not keep since when a client was on hold."
    assert shown._all.isHidden()
    shown.reject()
    driver.settle()
    shown = opened(driver, gate, "credit_limit")
    assert shown._caveat.text() == "By today's credit limits of the clients."


def test_owner_and_hours_of_one_rule_and_of_the_rest(
    driver: Driver, book: Book, gate: GateSection, qtbot: QtBot
) -> None:
    save_person(book, {"name": "Bea"}, actor="test")
    shown = opened(driver, gate, "old_time")
    choose(driver, shown.form, "owner", "Bea")
    write(shown.form, hours="24")
    assert save(driver, shown)
    choose_rule(driver, gate, "old_time")
    assert "Looked at by Bea, 24 h" in gate._facts.words
    gate.switch()
    driver.settle()
    row = next(one for one in rules(book) if one.code == "old_time")
    assert (row.enabled, row.owner, row.hours) == (False, "Bea", 24)
    driver.window.activateWindow()
    gate.table.setFocus()
    driver.until(gate.table.hasFocus)
    qtbot.keyClick(gate.table, Qt.Key.Key_W)
    asked = dialog(driver)
    choose(driver, asked.form, "owner", "Bea")
    write(asked.form, hours="48")
    assert save(driver, asked)
    assert common_care(book) == ("Bea", 48)
    press(driver, "Undo")
    assert common_care(book) == ("", None)


def test_a_template_shows_what_it_changes_and_is_taken_back(driver: Driver, book: Book, gate: GateSection) -> None:
    key = save_segment(book, {"name": "Newcomers"}, actor="test")
    driver.program.jobs.announce({"firm"})
    driver.settle()
    gate.acts["gate.template"].trigger()
    shown = dialog(driver)
    assert isinstance(shown, GiveTemplate)
    choose(driver, shown.form, "template", "Strict")
    driver.settle()
    texts = [[shown.model.text_at(row, at) for at in range(3)] for row in range(shown.model.rowCount())]
    assert ["Amounts above a limit", "Holds, above 10,000 EUR", "Holds, above 2,500 EUR"] in texts
    assert ["First invoice to a client", "Off", "Holds"] in texts
    assert shown.sentence.endswith(f"before it goes out. {len(texts)} rules change.")
    assert save(driver, shown)
    assert driver.window.notices.sentence.startswith("Newcomers has the rules now.")
    mine = next(one for one in rules(book, "segment", key) if one.code == "amount_above")
    assert mine.parameters == {"limit": 2_500}
    press(driver, "Undo")
    assert not [one for one in rules(book, "segment", key) if one.own]


def test_rules_are_kept_as_a_template_renamed_and_deleted(driver: Driver, book: Book, gate: GateSection) -> None:
    gate.acts["gate.rename_template"].trigger()
    driver.settle()
    assert driver.window.notices.sentence.startswith("No template was saved")
    choose_rule(driver, gate, "vague_text")
    gate.switch()
    driver.settle()
    gate.acts["gate.save_template"].trigger()
    shown = dialog(driver)
    write(shown.form, name="Strict")
    assert not save(driver, shown)
    write(shown.form, name="Lenient")
    assert save(driver, shown)
    gate.acts["gate.rename_template"].trigger()
    shown = dialog(driver)
    write(shown.form, name="Mild")
    assert save(driver, shown)
    assert [one.name for one in templates(book) if one.id] == ["Mild"]
    gate.acts["gate.delete_template"].trigger()
    assert save(driver, dialog(driver))
    assert [one.name for one in templates(book) if one.id] == []
    press(driver, "Undo")
    assert [one.name for one in templates(book) if one.id] == ["Mild"]
