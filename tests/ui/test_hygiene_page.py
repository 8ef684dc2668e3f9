"""Clean-up as a person does it: matters are opened or put off, duplicates compared, merged or told apart."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from db.engine import Book
from desktop.services.catalogue import save_item
from desktop.services.changes import undo
from desktop.services.clients import client, create_client, update_client
from desktop.services.hygiene import hygiene, postpone, pressing
from desktop.ui.clients.page import ClientsPage
from desktop.ui.hygiene.compare import CompareForm
from desktop.ui.hygiene.duplicates import DuplicatesPage
from desktop.ui.hygiene.page import HygienePage
from desktop.ui.rail import PlaceButton
from desktop.ui.settings.items import ItemsSection
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.contracts import value
from tests.ui.forms import choose, dialog, save
from tests.ui.program import Driver

ACTOR = "test"
PLACE = {"street": "Hafenweg 1", "postcode": "20457", "city": "Hamburg", "country": "DE"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = new_book(tmp_path)
    for code, name, tax_id, phone in (
        ("C1", "Nordlicht Energie GmbH", "DE136695976", ""),
        ("C2", "Nordlicht Energie", "DE136695976", "040 1"),
        ("C3", "Bakery Rossi", "", ""),
    ):
        values = PLACE | {"code": code, "name": name, "tax_id": tax_id, "phone": phone}
        create_client(made, values | ({"street": "Weg 2", "city": ""} if code == "C3" else {}), actor=ACTOR)
    save_item(made, {"code": "CON", "name": "Consulting hour", "unit": "hour"}, actor=ACTOR)
    save_item(made, {"code": "CONS", "name": "Consulting hours", "unit": "hours"}, actor=ACTOR)
    return made


def page_of(driver: Driver) -> HygienePage:
    page = driver.window.go("hygiene")
    driver.settle()
    assert isinstance(page, HygienePage)
    return page


def codes(page: HygienePage) -> list[str]:
    found = [page._rows.finding(one) for one in page.model.ids]
    return [one.code for one in found if one is not None]


def select(driver: Driver, page: HygienePage, code: str) -> None:
    chosen = dict(zip(codes(page), page.model.ids, strict=True))
    page.table.select([chosen[code]])
    driver.settle()


def duplicates_of(driver: Driver) -> DuplicatesPage:
    page_of(driver).acts["hygiene.duplicates"].trigger()
    driver.settle()
    page = driver.window.page
    assert isinstance(page, DuplicatesPage)
    return page


def test_what_wants_mending_is_listed_and_leads_to_where_it_is_mended(driver: Driver, book: Book) -> None:
    page = page_of(driver)
    assert "address_incomplete" in codes(page)
    assert page.facts == f"{len(codes(page))} matters to mend"
    select(driver, page, "address_incomplete")
    assert page.pane.heading == "C3 Bakery Rossi"
    driver.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()
    clients = driver.window.page
    assert isinstance(clients, ClientsPage)
    assert clients.selected_ids() == [3]
    update_client(book, 3, {"city": "Roma"}, actor=ACTOR)
    page = page_of(driver)
    page.reload()
    driver.settle()
    assert "address_incomplete" not in codes(page)


def test_the_rail_counts_what_would_stop_or_hold_a_run(driver: Driver, book: Book) -> None:
    def counted() -> str:
        driver.settle()
        names = [one.accessibleName() for one in driver.window.findChildren(PlaceButton)]
        return next(name for name in names if name.startswith("Clean-up"))

    today = driver.desk.today()
    driver.desk.shell.jobs.announce({"clients"})
    pressing_now = pressing(book, today)
    # Of several changes in a moment the last counts.
    assert 0 < pressing_now < len(hygiene(book, today))
    assert counted() == f"Clean-up {pressing_now}"
    urgent = [one for one in hygiene(book, today) if one.severity != "note"]
    for one in urgent:
        postpone(book, [one], today + timedelta(days=9), actor=ACTOR)
        driver.desk.shell.jobs.announce({"clients"})
    assert counted() == "Clean-up"
    postpone(book, urgent[:1], None, actor=ACTOR)
    driver.desk.shell.jobs.announce({"clients"})
    assert counted() == "Clean-up 1"


def test_an_item_leads_to_the_catalogue(driver: Driver) -> None:
    page = page_of(driver)
    select(driver, page, "item_unused")
    page.acts["hygiene.open"].trigger()
    driver.settle()
    settings = driver.window.page
    assert isinstance(settings, SettingsPage)
    section = settings.show_section("items")
    assert isinstance(section, ItemsSection)
    assert len(section.selected_ids()) == 1


def test_chips_narrow_by_what_it_is_about(driver: Driver) -> None:
    page = page_of(driver)
    page.filters.put(frozenset({"items"}))
    driver.settle()
    assert set(codes(page)) == {"item_unused"}
    page.filters.put(frozenset({"items", "block"}))
    driver.settle()
    assert codes(page) == []


def test_many_are_put_off_and_taken_up_again(driver: Driver) -> None:
    page = page_of(driver)
    before = len(page.model.ids)
    page.filters.put(frozenset({"items"}))
    driver.settle()
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["hygiene.later"].trigger()
    save(driver, dialog(driver))
    assert codes(page) == []
    page.filters.put(frozenset())
    driver.settle()
    assert len(page.model.ids) == before - 2
    assert page.facts.endswith("2 put off")
    page.filters.put(frozenset({"later"}))
    driver.settle()
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["hygiene.now"].trigger()
    driver.settle()
    assert codes(page) == []
    page.filters.put(frozenset())
    driver.settle()
    assert len(page.model.ids) == before


def test_duplicates_are_compared_and_merged(driver: Driver, book: Book) -> None:
    page = duplicates_of(driver)
    assert page.facts == "2 pairs that may be one"
    page.table.select([page.model.ids[0]])
    driver.settle()
    assert page.pane.heading == "Nordlicht Energie GmbH · C1"
    page.acts["duplicates.compare"].trigger()
    asked = dialog(driver)
    form = asked.form
    assert isinstance(form, CompareForm)
    assert form.taken() == ("phone",)
    form.choose("name", taken=True)
    assert form.taken() == ("name", "phone")
    save(driver, asked)
    assert client(book, 1)["name"] == "Nordlicht Energie"
    assert (client(book, 1)["phone"], client(book, 2)["merged_into_id"]) == ("040 1", 1)
    assert page.facts == "1 pair that may be one"
    undo(book, ACTOR)
    assert client(book, 1)["name"] == "Nordlicht Energie GmbH"


def test_the_other_one_can_stay(driver: Driver, book: Book) -> None:
    page = duplicates_of(driver)
    page.table.select([page.model.ids[0]])
    driver.settle()
    page.acts["duplicates.turn"].trigger()
    driver.settle()
    page.acts["duplicates.compare"].trigger()
    save(driver, dialog(driver))
    assert client(book, 1)["merged_into_id"] == 2


def test_what_is_not_the_same_is_asked_no_more(driver: Driver) -> None:
    page = duplicates_of(driver)
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["duplicates.apart"].trigger()
    driver.settle()
    assert list(page.model.ids) == []
    page.acts["duplicates.back"].trigger()
    driver.settle()
    assert isinstance(driver.window.page, HygienePage)
    assert "duplicates" not in codes(page_of(driver))


def test_two_selected_clients_are_merged_from_their_page(driver: Driver, book: Book) -> None:
    page = driver.window.go("clients")
    driver.settle()
    assert isinstance(page, ClientsPage)
    page.table.select([1, 2])
    driver.settle()
    page.acts["clients.merge"].trigger()
    asked = dialog(driver)
    assert isinstance(asked.form, CompareForm)
    save(driver, asked)
    assert value(book, "SELECT count(*) FROM client WHERE merged_into_id IS NOT NULL") == 1
    page.filters.put(frozenset({"archived"}))
    driver.settle()
    assert [row["tag"] for row in page.model.listing.rows(page.model.ids).values()] == ["merged"]


def test_an_item_is_merged_with_one_that_is_asked_for(driver: Driver, book: Book) -> None:
    settings = driver.window.go("settings")
    assert isinstance(settings, SettingsPage)
    section = settings.show_section("items")
    driver.settle()
    assert isinstance(section, ItemsSection)
    section.table.select([1])
    driver.settle()
    section.acts["items.merge"].trigger()
    asked = dialog(driver)
    choose(driver, asked.form, "other", 2)
    save(driver, asked)
    compare = dialog(driver)
    assert isinstance(compare.form, CompareForm)
    save(driver, compare)
    assert value(book, "SELECT merged_into_id FROM item WHERE id = 2") == 1
