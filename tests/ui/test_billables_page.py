"""Billables as a person works them: what waits and why it stays, new hours and charges, what is billed already."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.agreements import create_agreement
from desktop.services.billables import create_one_off, create_time_entry, one_off, time_entry
from desktop.services.catalogue import save_item
from desktop.services.clients import create_client
from desktop.services.lists.billables import row_id, source
from desktop.services.runs import bill, plan
from desktop.services.usage import usage_rows
from desktop.ui.billables.form import BillableForm
from desktop.ui.billables.page import BillablesPage
from desktop.ui.billables.usage_check import UsageCheckPage
from desktop.ui.billables.usage_form import UsageForm
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import ChoiceEditor
from desktop.ui.form import Form
from desktop.ui.runs.review import ReviewPage
from tests.books import new_book
from tests.ui.program import TODAY, Driver

ACTOR = "test"
DAY = date(2026, 5, 12)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def item(book: Book) -> int:
    return save_item(book, {"name": "Senior hour", "unit": "hour", "price": Decimal(100)}, actor=ACTOR)


@pytest.fixture
def client(book: Book) -> int:
    return _client(book, "Nordlicht GmbH")


@pytest.fixture
def agreement(book: Book, client: int, item: int) -> int:
    return _agreement(book, client, item, "Design by the hour")


def _client(book: Book, name: str, currency: str = "EUR") -> int:
    address = {"street": "Hafen 1", "postcode": "20457", "city": "Hamburg", "country": "DE"}
    return create_client(book, {"name": name, "currency": currency} | address, actor=ACTOR)


def _agreement(book: Book, client: int, item: int, title: str, currency: str = "EUR") -> int:
    values: dict[str, object] = {
        "client_id": client,
        "title": title,
        "billing": "time",
        "currency": currency,
        "anchor": date(2026, 1, 1),
        "start_date": date(2026, 1, 1),
    }
    return create_agreement(book, values, [{"kind": "time", "item_id": item}], actor=ACTOR)


def _hours(book: Book, client: int, hours: str = "2", **more: object) -> int:
    values = {"client_id": client, "work_date": DAY, "hours": Decimal(hours), "note": "Logo"} | more
    return row_id("time", create_time_entry(book, values, actor=ACTOR))


def _charge(book: Book, client: int, price: str = "50", **more: object) -> int:
    values = {"client_id": client, "due_date": DAY, "description": "Travel", "unit_price": Decimal(price)} | more
    return row_id("one_off", create_one_off(book, values, actor=ACTOR))


def _page(driver: Driver) -> BillablesPage:
    page = driver.window.go("billables")
    driver.settle()
    assert isinstance(page, BillablesPage)
    return page


def _choose(driver: Driver, page: BillablesPage, *ids: int) -> None:
    page.table.select(ids)
    page.table.setFocus()
    driver.settle()


def _dialog(driver: Driver) -> FormDialog:
    driver.until(lambda: any(isinstance(w, FormDialog) and w.isVisible() for w in QApplication.topLevelWidgets()))
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, FormDialog) and w.isVisible())


def _pick(driver: Driver, form: Form, key: str, value: object) -> None:
    """Choose as a person does, which the form hears."""
    editor = form.editor(key)
    assert isinstance(editor, ChoiceEditor)
    editor.put(value)
    editor.activated.emit(editor.currentIndex())
    driver.settle()


def _tag(page: BillablesPage, one: int) -> object:
    return page.design.listing.rows([one])[one]["tag"]


def _cards(page: BillablesPage) -> list[str]:
    return [card.accessibleName() for card in page._cards if card.isVisible()]


def _issue(book: Book) -> None:
    bill(book, through=TODAY, issue_date=TODAY, actor=ACTOR, now=book.now)


def test_an_empty_book_says_what_will_stand_here(driver: Driver) -> None:
    page = _page(driver)
    assert "import a time sheet" in page.table.empty_words
    assert page.filters.on == frozenset()


def test_the_first_hours_bring_the_filter_back(driver: Driver, book: Book, client: int, agreement: int) -> None:
    page = _page(driver)
    one = _hours(book, client, agreement_id=agreement)
    driver.program.jobs.announce({"billables"})
    driver.settle()
    assert page.filters.on == {"unbilled"}
    assert list(page.model.ids) == [one]


def test_cards_say_what_waits_and_what_no_run_will_bill(
    driver: Driver, book: Book, client: int, item: int, agreement: int
) -> None:
    _hours(book, client, "2.5", agreement_id=agreement, item_id=item)
    stuck = _hours(book, client, "1", item_id=item)
    unpriced = _hours(book, client, "4")
    _charge(book, client)
    page = _page(driver)
    cards = _cards(page)
    assert cards == [
        "7.5 h worked, not billed",
        "€400.00 waits to be billed",
        "2 without an agreement",
        "1 without a price",
    ]
    # The entry without either counts once.
    assert page.facts == "4 wait to be billed · no run will bill 2 of them: 2 without an agreement"
    page.filters.toggle("stranded")
    driver.settle()
    assert set(page.model.ids) == {stuck, unpriced}
    page.filters.put(frozenset({"unpriced"}))
    driver.settle()
    assert list(page.model.ids) == [unpriced]
    _choose(driver, page, unpriced)
    assert page.pane._reason.text().startswith("No run bills it: hours are billed by an agreement.")


def test_a_row_says_what_keeps_it(driver: Driver, book: Book, client: int, item: int, agreement: int) -> None:
    other = save_item(book, {"name": "Night work", "unit": "hour"}, actor=ACTOR)
    plain = _hours(book, client, agreement_id=agreement)
    dear = _hours(book, client, agreement_id=agreement, item_id=other)
    own = _hours(book, client, agreement_id=agreement, billable=False)
    later = _charge(book, client, due_date=date(2026, 7, 1))
    page = _page(driver)
    assert [_tag(page, one) for one in (plain, dear, own, later)] == [
        "unbilled",
        "no_price",
        "not_billable",
        "unbilled",
    ]
    _choose(driver, page, dear)
    assert "the rate card has none for Night work" in page.pane._reason.text()
    _choose(driver, page, later)
    assert page.pane._reason.text() == (
        "The next run bills it to the client, on an invoice outside any agreement. It has to reach 1 Jul 2026 or later."
    )


def test_the_foot_adds_money_and_hours(driver: Driver, book: Book, client: int, agreement: int) -> None:
    ids = [_hours(book, client, "2", agreement_id=agreement), _hours(book, client, "1.5", agreement_id=agreement)]
    ids.append(_charge(book, client))
    page = _page(driver)
    _choose(driver, page, *ids)
    driver.until(lambda: "h" in page.foot[0].split("·")[-1])
    assert page.foot[0] == "3 of 3 selected   ·   3.5 h"
    assert page.foot[1].startswith("Selected €400.00")


def test_new_hours_take_the_only_agreement(
    driver: Driver, book: Book, client: int, agreement: int, qtbot: QtBot
) -> None:
    page = _page(driver)
    qtbot.keyClick(page.table, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    dialog = _dialog(driver)
    form = dialog.form
    assert isinstance(form, BillableForm)
    _pick(driver, form, "client_id", client)
    assert form.editor("agreement_id").value() == agreement
    form.editor("hours").put(Decimal("1.25"))
    form.editor("note").put("Sketches")
    dialog.accept()
    driver.settle()
    (one,) = page.model.ids
    made = time_entry(book, source(one)[1])
    assert (made["agreement_id"], made["hours"], made["note"], made["work_date"]) == (
        agreement,
        Decimal("1.25"),
        "Sketches",
        TODAY,
    )
    assert page.selected_ids() == [one]
    assert driver.window.notices.sentence == "1.25 h for Nordlicht GmbH are added."


def test_another_client_brings_its_own_agreements(
    driver: Driver, book: Book, client: int, item: int, agreement: int
) -> None:
    other = _client(book, "Castellan Ltd", "USD")
    own = [_agreement(book, other, item, f"Phase {k}", "USD") for k in (1, 2)]
    one = _charge(book, client, agreement_id=agreement)
    page = _page(driver)
    _choose(driver, page, one)
    page.acts["billables.edit"].trigger()
    dialog = _dialog(driver)
    form = dialog.form
    assert isinstance(form, BillableForm)
    _pick(driver, form, "client_id", other)
    editor = form.editor("agreement_id")
    assert isinstance(editor, ChoiceEditor)
    assert editor.value() is None
    assert editor._values == [None, *own]
    assert form.editor("currency").value() == "USD"
    _pick(driver, form, "agreement_id", own[1])
    dialog.accept()
    driver.settle()
    changed = one_off(book, source(one)[1])
    assert (changed["client_id"], changed["agreement_id"], changed["currency"]) == (other, own[1], "USD")


def test_what_is_wrong_is_said_at_its_field(driver: Driver, book: Book, client: int, agreement: int) -> None:
    page = _page(driver)
    page.acts["billables.new"].trigger()
    dialog = _dialog(driver)
    form = dialog.form
    assert isinstance(form, BillableForm)
    dialog.accept()
    assert form._problems["client_id"].text() == "Client is needed."
    _pick(driver, form, "client_id", client)
    form.editor("hours").put(Decimal(25))
    dialog.accept()
    driver.settle()
    assert form._problems["hours"].text() == "A day has 24 hours, not 25."
    form.editor("hours").put(Decimal(8))
    dialog.accept()
    driver.settle()
    assert len(page.model.ids) == 1


def test_a_price_of_nothing_must_be_meant(driver: Driver, book: Book, client: int) -> None:
    page = _page(driver)
    page.acts["billables.charge"].trigger()
    dialog = _dialog(driver)
    form = dialog.form
    assert isinstance(form, BillableForm)
    _pick(driver, form, "client_id", client)
    form.editor("unit_price").put(Decimal(0))
    form.editor("description").put("Goodwill")
    dialog.accept()
    driver.settle()
    assert form._problems["unit_price"].text().startswith("A price of 0 bills nothing.")
    form.editor("free").put(True)
    dialog.accept()
    driver.settle()
    assert one_off(book, source(page.model.ids[0])[1])["unit_price"] == 0


@pytest.mark.parametrize("kind, price", [("discount", Decimal(-80)), ("deposit", Decimal(80))])
def test_a_discount_takes_off_and_a_deposit_asks(
    driver: Driver, book: Book, client: int, kind: str, price: Decimal
) -> None:
    page = _page(driver)
    page.acts[f"billables.{kind}"].trigger()
    dialog = _dialog(driver)
    form = dialog.form
    assert isinstance(form, BillableForm)
    _pick(driver, form, "client_id", client)
    form.editor("unit_price").put(Decimal(80))
    form.editor("description").put("Agreed by phone")
    dialog.accept()
    driver.settle()
    (one,) = page.model.ids
    made = one_off(book, source(one)[1])
    assert (made["kind"], made["unit_price"]) == (kind, price)
    # Shown again it reads as it was typed, and saved untouched nothing changes.
    page.open_row(one)
    again = _dialog(driver)
    assert isinstance(again.form, BillableForm)
    assert again.form.editor("unit_price").value() == 80
    assert again.form.changed_values() == {}
    again.reject()


def test_enter_edits_and_only_what_changed_is_written(
    driver: Driver, book: Book, client: int, agreement: int, qtbot: QtBot
) -> None:
    one = _hours(book, client, agreement_id=agreement)
    page = _page(driver)
    _choose(driver, page, one)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    dialog = _dialog(driver)
    form = dialog.form
    assert isinstance(form, BillableForm)
    form.editor("hours").put(Decimal(3))
    assert form.changed_values() == {"hours": Decimal(3)}
    dialog.accept()
    driver.settle()
    assert time_entry(book, source(one)[1])["hours"] == 3
    offers = [button for button in driver.window.notices.findChildren(QPushButton) if button.text() == "Undo"]
    offers[-1].click()
    driver.settle()
    assert time_entry(book, source(one)[1])["hours"] == 2


def test_a_duplicate_is_of_today(driver: Driver, book: Book, client: int, agreement: int, qtbot: QtBot) -> None:
    one = _hours(book, client, agreement_id=agreement)
    page = _page(driver)
    _choose(driver, page, one)
    qtbot.keyClick(page.table, Qt.Key.Key_D)
    _dialog(driver).accept()
    driver.settle()
    (new,) = set(page.model.ids) - {one}
    made = time_entry(book, source(new)[1])
    assert (made["work_date"], made["hours"], made["agreement_id"]) == (TODAY, Decimal(2), agreement)
    assert time_entry(book, source(one)[1])["work_date"] == DAY
    # The default filter stays on: what was made is among what waits.
    assert page.filters.on == {"unbilled"}


def test_deleting_several_is_undone_by_one_press(
    driver: Driver, book: Book, client: int, agreement: int, qtbot: QtBot
) -> None:
    ids = [_hours(book, client, agreement_id=agreement), _charge(book, client)]
    page = _page(driver)
    _choose(driver, page, *ids)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    driver.settle()
    assert list(page.model.ids) == []
    assert driver.window.notices.sentence == "2 billables are deleted."
    undo = next(button for button in driver.window.notices.findChildren(QPushButton) if button.text() == "Undo")
    undo.click()
    driver.settle()
    assert set(page.model.ids) == set(ids)


def test_what_is_billed_stays_and_names_its_invoice(
    driver: Driver, book: Book, client: int, agreement: int, qtbot: QtBot
) -> None:
    billed = _hours(book, client, agreement_id=agreement)
    _issue(book)
    waiting = _hours(book, client, "1", agreement_id=agreement)
    page = _page(driver)
    assert list(page.model.ids) == [waiting]
    page.filters.toggle("billed")
    driver.settle()
    _choose(driver, page, billed)
    assert page.pane._reason.text() == "Billed on INV-2026-0001, so it stays as it is. A credit note can free it."
    assert not page.acts["billables.edit"].isEnabled()
    assert not page.acts["billables.delete"].isEnabled()
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()
    assert "It was billed on INV-2026-0001" in driver.window.notices.sentence
    assert not any(isinstance(w, FormDialog) and w.isVisible() for w in QApplication.topLevelWidgets())
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_S)
    driver.settle()
    assert driver.window.here == "invoices"


def test_among_several_the_billed_one_keeps_all(driver: Driver, book: Book, client: int, agreement: int) -> None:
    ids = [_hours(book, client, agreement_id=agreement)]
    _issue(book)
    ids.append(_hours(book, client, "1", agreement_id=agreement))
    page = _page(driver)
    page.show_all()
    driver.settle()
    _choose(driver, page, *ids)
    page.acts["billables.delete"].trigger()
    driver.settle()
    assert "It was billed on INV-2026-0001." in driver.window.notices.sentence
    assert set(page.model.ids) == set(ids)


def test_what_a_run_has_leads_to_its_review(
    driver: Driver, book: Book, client: int, agreement: int, qtbot: QtBot
) -> None:
    one = _hours(book, client, agreement_id=agreement)
    run = plan(book, through=TODAY, issue_date=TODAY, actor=ACTOR, now=book.now)
    page = _page(driver)
    assert _tag(page, one) == "reserved"
    _choose(driver, page, one)
    assert page.acts["billables.show"].text() == "Show the run"
    assert run.number in page.facts_view.words
    assert not page.acts["billables.delete"].isEnabled()
    qtbot.keyClick(page.table, Qt.Key.Key_S)
    driver.settle()
    assert isinstance(driver.window.page, ReviewPage)


def test_a_switched_off_agreement_is_the_reason(driver: Driver, book: Book, client: int, agreement: int) -> None:
    from desktop.services.agreements import switch_agreement

    one = _hours(book, client, agreement_id=agreement)
    switch_agreement(book, agreement, active=False, actor=ACTOR)
    page = _page(driver)
    _choose(driver, page, one)
    assert "is switched off" in page.pane._reason.text()


def test_the_import_comes_with_its_kind_chosen(driver: Driver, client: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("desktop.ui.importing.dialog.ask_import", lambda _desk, _parent, kind: asked.append(kind))
    _page(driver).acts["billables.import"].trigger()
    assert asked == ["time"]


# --- metered use


@pytest.fixture
def metered(book: Book, client: int, item: int) -> int:
    values: dict[str, object] = {
        "client_id": client,
        "title": "Platform",
        "billing": "usage",
        "anchor": date(2026, 5, 1),
        "start_date": date(2026, 5, 1),
    }
    return create_agreement(book, values, [{"kind": "usage", "item_id": item}], actor=ACTOR)


def test_use_is_recorded_where_hours_are(driver: Driver, book: Book, item: int, metered: int) -> None:
    page = _page(driver)
    page.new("usage")
    dialog = _dialog(driver)
    form = dialog.form
    assert isinstance(form, UsageForm)
    _pick(driver, form, "agreement_id", metered)
    # There is but one meter, so it is chosen.
    assert form.editor("item_id").value() == item
    form.editor("quantity").put(Decimal(7))
    form.editor("start_date").put(date(2026, 5, 4))
    form.editor("last_day").put(date(2026, 5, 6))
    dialog.accept()
    driver.settle()
    (row,) = usage_rows(book)
    assert (row.start, row.end, row.quantity) == (date(2026, 5, 4), date(2026, 5, 7), Decimal(7))
    page.table.select([row_id("usage", row.id)])
    driver.settle()
    assert "Its period is over: the next run bills it." in page.pane._reason.text()
    assert "€700.00" in page.facts_view.words
    page.acts["billables.delete"].trigger()
    driver.settle()
    assert usage_rows(book) == []


def test_what_a_run_would_find_has_its_page(driver: Driver, book: Book, metered: int) -> None:
    page = _page(driver)
    page.validate()
    driver.settle()
    check = driver.window.page
    assert isinstance(check, UsageCheckPage)
    ids = list(check.model.ids)
    assert [row["state"] for row in check.design.listing.rows(ids).values()] == ["missing"]
    check.table.select(ids)
    driver.settle()
    assert "No use of “Senior hour” is recorded" in check.pane._reason.text()
