"""Clients as a person works them: made, mended where the form says so, held, and everything taken back again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.engine import Book
from db.schema import Client
from desktop.services.agreements import create_agreement
from desktop.services.catalogue import save_item
from desktop.services.changes import change
from desktop.services.clients import client, create_client
from desktop.services.payments import record_payment
from desktop.services.segments import save_segment
from desktop.ui.clients.account import AccountPage
from desktop.ui.clients.form import ClientForm
from desktop.ui.clients.page import ClientsPage
from desktop.ui.runs.review import ReviewPage
from tests.books import new_book
from tests.issued import add_invoice
from tests.ui.forms import choose, dialog, press, said_at, save, write
from tests.ui.program import TODAY, Driver

ACTOR = "test"
ADDRESS = {"street": "Hafen 1", "postcode": "20457", "city": "Hamburg", "country": "DE"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, terms="net 14")


def add(book: Book, name: str, **more: object) -> int:
    return create_client(book, {"name": name} | ADDRESS | more, actor=ACTOR)


def page_of(driver: Driver) -> ClientsPage:
    page = driver.window.go("clients")
    driver.settle()
    assert isinstance(page, ClientsPage)
    return page


def pick(driver: Driver, page: ClientsPage, *ids: int) -> None:
    page.table.select(ids)
    page.table.setFocus()
    driver.settle()


def names(page: ClientsPage) -> list[str]:
    return [page.model.text_at(place, 0) for place in range(page.model.rowCount())]


def tags(page: ClientsPage) -> list[str]:
    return [page.model.text_at(place, 1) for place in range(page.model.rowCount())]


def form_of(driver: Driver) -> ClientForm:
    form = dialog(driver).form
    assert isinstance(form, ClientForm)
    return form


def test_an_empty_book_says_what_will_stand_here(driver: Driver) -> None:
    page = page_of(driver)
    assert page.table.empty_words.startswith("Your clients will stand here")
    assert page.facts == "0 clients"
    assert page.pane.heading == "No client chosen"


def test_a_client_is_made_once_the_form_is_right_and_undone(driver: Driver, book: Book, qtbot: QtBot) -> None:
    page = page_of(driver)
    qtbot.keyClick(page.table, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    shown = dialog(driver)
    form = form_of(driver)
    assert not save(driver, shown)
    assert said_at(form, "name") == "Name is needed."
    write(form, name="Nordlicht Studio GmbH", tax_id="DE123456789", email="studio", street="Hafen 1", city="Hamburg")
    assert not save(driver, shown)
    assert "fails its check digits" in said_at(form, "tax_id")
    assert said_at(form, "email") == "“studio” is not an e-mail address."
    assert said_at(form, "name") == ""
    assert shown.said == ""
    write(form, tax_id="DE136695976", email="studio@nordlicht.example")
    assert said_at(form, "email") == ""
    assert save(driver, shown)
    assert names(page) == ["Nordlicht Studio GmbH"]
    assert page.selected_ids() == [1]
    assert driver.window.notices.sentence == "Nordlicht Studio GmbH is added."
    assert client(book, 1)["country"] == "DE"
    press(driver, "Undo")
    assert names(page) == []
    assert driver.window.notices.sentence == "Undone: Add client C-0001"


def test_a_client_is_changed_with_its_contacts_and_undone_as_one(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = create_client(book, {"name": "Elm & Sons"} | ADDRESS, actor=ACTOR, contacts=[{"name": "Ida"}])
    page = page_of(driver)
    pick(driver, page, one)
    qtbot.keyClick(page.table, Qt.Key.Key_E)
    shown, form = dialog(driver), form_of(driver)
    table = form.table("contacts")
    table.model.setData(table.model.index(0, 4), "Yes")
    assert not save(driver, shown)
    assert table.said == "E-mail: Who gets the invoices needs an e-mail address."
    table.model.setData(table.model.index(0, 2), "ida@elm.example")
    table.view.add_line()
    table.model.setData(table.model.index(1, 0), "Ole")
    write(form, city="Kiel")
    assert save(driver, shown)
    record = client(book, one)
    assert (record["city"], [contact["name"] for contact in record["contacts"]]) == ("Kiel", ["Ida", "Ole"])
    assert "Ida ida@elm.example\ngets the invoices" in page._facts.words
    press(driver, "Undo")
    record = client(book, one)
    assert (record["city"], [contact["email"] for contact in record["contacts"]]) == ("Hamburg", [""])


def test_what_was_wrong_before_keeps_nobody_from_saving(driver: Driver, book: Book) -> None:
    with change(book, ACTOR, "An old book") as made:
        one = made.insert(Client, code="OLD", name="Dupré", country="FR", currency="EUR", tax_id="FR12 345678901")
    page = page_of(driver)
    pick(driver, page, one)
    page.edit()
    shown, form = dialog(driver), form_of(driver)
    write(form, phone="+33 1 23 45")
    assert save(driver, shown)
    assert client(book, one)["phone"] == "+33 1 23 45"
    pick(driver, page, one)
    page.edit()
    shown, form = dialog(driver), form_of(driver)
    write(form, tax_id="FR12 345678902")
    assert not save(driver, shown)
    assert "fails its check digits" in said_at(form, "tax_id")


def test_a_closed_form_without_a_change_says_nothing(driver: Driver, book: Book) -> None:
    one = add(book, "Elm & Sons")
    page = page_of(driver)
    pick(driver, page, one)
    page.edit()
    assert save(driver, dialog(driver))
    assert driver.window.notices.isHidden()


def test_the_form_says_what_an_empty_field_inherits(driver: Driver, book: Book) -> None:
    gold = save_segment(book, {"name": "Gold", "terms": "net 60", "delivery": "print"}, actor=ACTOR)
    page = page_of(driver)
    page.new()
    form = form_of(driver)
    terms, delivery = form.editor("terms"), form.editor("delivery")
    assert terms.placeholderText() == "As the firm: 14 days net"  # type: ignore[union-attr]
    choose(driver, form, "segment_id", gold)
    assert terms.placeholderText() == "As Gold: 60 days net"  # type: ignore[union-attr]
    assert delivery.currentText() == "As Gold: Paper"  # type: ignore[union-attr]
    write(form, terms="net 30 2%/10")
    assert said_at(form, "terms") == "30 days net, 2% discount within 10 days"
    write(form, name="Elm", terms="whenever")
    choose(driver, form, "country", "DE")
    shown = dialog(driver)
    assert not save(driver, shown)
    assert said_at(form, "terms").startswith("“whenever” is not a payment term.")
    write(form, terms="")
    assert save(driver, shown)
    assert (client(book, 1)["terms"], client(book, 1)["segment_id"]) == (None, gold)
    assert "Terms 60 days net (as its segment)" in page._facts.words


def test_a_client_is_put_on_hold_with_a_reason_and_freed_by_undo(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one, other = add(book, "Elm & Sons"), add(book, "Orbit B.V.", country="NL", tax_id="")
    page = page_of(driver)
    pick(driver, page, one)
    assert page.acts["clients.hold"].text() == "Put on hold…"
    qtbot.keyClick(page.table, Qt.Key.Key_H)
    shown = dialog(driver)
    write(shown.form, reason="Waits for a PO")
    assert save(driver, shown)
    assert tags(page) == ["On hold", ""]
    assert client(book, one)["hold_reason"] == "Waits for a PO"
    assert page._chips["on_hold"].text() == "On hold 1"
    assert page.acts["clients.hold"].text() == "Take off hold"
    page.filters.put(frozenset({"on_hold"}))
    driver.settle()
    assert names(page) == ["Elm & Sons"]
    page.hold()
    driver.settle()
    assert names(page) == []
    press(driver, "Undo")
    assert (client(book, one)["on_hold"], client(book, one)["hold_reason"]) == (True, "Waits for a PO")
    assert client(book, other)["on_hold"] is False


def test_several_clients_are_disputed_and_freed_as_one(driver: Driver, book: Book) -> None:
    ids = [add(book, name) for name in ("Alpha", "Beta", "Gamma")]
    page = page_of(driver)
    pick(driver, page, *ids[:2])
    page.dispute()
    driver.settle()
    assert tags(page) == ["Disputed", "Disputed", ""]
    assert driver.window.notices.sentence == "2 clients are in dispute."
    press(driver, "Undo")
    assert tags(page) == ["", "", ""]


def test_a_client_that_is_used_is_archived_and_not_deleted(driver: Driver, book: Book) -> None:
    one = add(book, "Elm & Sons")
    create_agreement(
        book,
        {"client_id": one, "start_date": TODAY},
        [{"description": "Care", "unit_price": Decimal(1)}],
        actor=ACTOR,
    )
    page = page_of(driver)
    pick(driver, page, one)
    page.delete()
    driver.settle()
    assert driver.window.notices.sentence.startswith("Elm & Sons stays in the book: it has 1 agreements.")
    page.archive()
    driver.settle()
    assert driver.window.notices.sentence.startswith("Elm & Sons has active agreements: A-0001.")
    other = add(book, "Orbit")
    page.reload()
    driver.settle()
    pick(driver, page, other)
    page.archive()
    driver.settle()
    assert names(page) == ["Elm & Sons"]
    page.filters.put(frozenset({"archived"}))
    driver.settle()
    assert (names(page), tags(page)) == (["Orbit"], ["Archived"])
    pick(driver, page, other)
    page.archive()
    driver.settle()
    page.show_all()
    driver.settle()
    assert names(page) == ["Elm & Sons", "Orbit"]
    pick(driver, page, other)
    page.delete()
    driver.settle()
    press(driver, "Undo")
    assert names(page) == ["Elm & Sons", "Orbit"]


def test_figures_and_the_segment_chip_filter_the_list(driver: Driver, book: Book) -> None:
    gold = save_segment(book, {"name": "Gold"}, actor=ACTOR)
    one, other = add(book, "Elm & Sons", segment_id=gold), add(book, "Orbit")
    add_invoice(book, one, date(2026, 4, 1), (10_000, 19))
    add_invoice(book, other, date(2026, 5, 20), (20_000, 19))
    page = page_of(driver)
    assert [card.accessibleName() for card in page._cards][:2] == [
        "€357.00 2 clients owe",
        "€119.00 overdue at 1 client",
    ]
    assert page.foot[1] == "Selected €119.00   ·   All €357.00"
    page._cards[1].click()
    driver.settle()
    assert names(page) == ["Elm & Sons"]
    page.show_all()
    page._chip_menus["segment"].choose(f"segment:{gold}")
    driver.settle()
    assert names(page) == ["Elm & Sons"]
    assert page._chip_menus["segment"].text().startswith("Gold")
    page._chip_menus["segment"].choose("")
    driver.settle()
    assert names(page) == ["Elm & Sons", "Orbit"]


def test_the_account_shows_bookings_and_leads_to_them(driver: Driver, book: Book) -> None:
    one = add(book, "Elm & Sons")
    number = add_invoice(book, one, date(2026, 5, 1), (10_000, 19))
    record_payment(book, numbers=[number], amount=5_000, paid_on=date(2026, 5, 10), actor=ACTOR, today=TODAY)
    page = page_of(driver)
    pick(driver, page, one)
    page.account()
    driver.settle()
    account = driver.window.page
    assert isinstance(account, AccountPage)
    rows = [[account.model.text_at(place, at) for at in (2, 4, 5, 6)] for place in range(account.model.rowCount())]
    assert rows == [["P-2026-0001", "−50.00", "69.00", "–"], [number, "119.00", "119.00", "69.00"]]
    assert account.facts == "2 bookings · as of 31 May 2026"
    assert f"10 May 2026 {number}  €50.00" in account._facts.words
    account.filters.put(frozenset({"documents"}))
    driver.settle()
    account.open_row(account.model.id_at(0))
    driver.until(lambda: driver.window.page is driver.window._roots.get("invoices"))
    driver.settle()
    assert driver.window.page.selected_ids() == [1]  # type: ignore[union-attr]


def test_an_invoice_by_hand_is_drafted_for_review(driver: Driver, book: Book, qtbot: QtBot) -> None:
    one = add(book, "Elm & Sons")
    save_item(book, {"code": "DAY", "name": "Day of advice", "unit": "day", "price": Decimal(800)}, actor=ACTOR)
    page = page_of(driver)
    pick(driver, page, one)
    qtbot.keyClick(page.table, Qt.Key.Key_I)
    shown = dialog(driver)
    table = shown.form.table("lines")  # type: ignore[attr-defined]
    assert not save(driver, shown)
    assert table.said == "The invoice has no lines: add at least one."
    table.model.paste(0, 0, "Day of advice\t\t2\n\tTravel\t1\t\t150")
    assert table.model.hint(0, 1) == "Day of advice"
    write(shown.form, terms="whenever")
    assert not save(driver, shown)
    assert table.said.splitlines() == [
        "Line 2, Unit price: Without an item there is no rate card: the line needs a price.",
        "Line 2, Discount %: A discount is at least 0 and below 100 %.",
    ]
    assert said_at(shown.form, "terms").startswith("“whenever” is not a payment term.")
    table.model.paste(1, 3, "88.50\t")
    write(shown.form, terms="net 7")
    assert save(driver, shown)
    driver.until(lambda: isinstance(driver.window.page, ReviewPage))
    driver.settle()
    review = driver.window.page
    assert isinstance(review, ReviewPage)
    assert review.model.text_at(0, 3) == "1,688.50"
