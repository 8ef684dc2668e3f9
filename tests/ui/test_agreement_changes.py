"""Changes in mid-period, notice, renewals and price rises as a person works them in the window."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.domain.price_rises import by_percent
from desktop.services.agreements import agreement, create_agreement
from desktop.services.catalogue import save_item
from desktop.services.clients import create_client
from desktop.services.commitments import commitments, prepayments
from desktop.services.price_proposals import proposals, propose
from desktop.services.runs import bill
from desktop.ui.agreements.change import ChangeForm
from desktop.ui.agreements.ending import EndForm
from desktop.ui.agreements.page import AgreementsPage
from desktop.ui.agreements.renewals_page import RenewalsPage
from desktop.ui.agreements.rises_page import RisesPage
from tests.books import new_book
from tests.ui.forms import choose, dialog, open_dialogs, press, save, write
from tests.ui.program import Driver

ACTOR = "test"
ADDRESS = {"street": "Hafen 1", "postcode": "20457", "city": "Hamburg", "country": "DE", "currency": "EUR"}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, terms="net 14")


@pytest.fixture
def client(book: Book) -> int:
    return create_client(book, {"name": "Nordlicht GmbH"} | ADDRESS, actor=ACTOR)


def add(book: Book, client: int, title: str = "Care", price: str = "310", **more: object) -> int:
    values = {"client_id": client, "title": title, "start_date": date(2026, 5, 1), "timing": "advance"} | more
    return create_agreement(book, values, [{"description": title, "unit_price": Decimal(price)}], actor=ACTOR)


def bill_may(book: Book) -> None:
    bill(book, through=date(2026, 5, 1), issue_date=date(2026, 5, 1), actor=ACTOR, now=book.now)


def page_of(driver: Driver, *ids: int) -> AgreementsPage:
    page = driver.window.go("agreements")
    driver.settle()
    assert isinstance(page, AgreementsPage)
    page.table.select(ids)
    page.table.setFocus()
    driver.settle()
    return page


def cells(page: RenewalsPage | RisesPage, at: int) -> list[str]:
    return [page.model.text_at(place, at) for place in range(page.model.rowCount())]


def test_a_change_shows_its_figures_before_it_is_made_and_its_history_after(
    driver: Driver, book: Book, client: int
) -> None:
    one = add(book, client)
    bill_may(book)
    page = page_of(driver, one)
    page.change()
    driver.settle()
    form = dialog(driver).form
    assert isinstance(form, ChangeForm)
    assert form.figures.startswith("Change the quantity")
    write(form, dated="20 May 2026", quantity="2")
    driver.settle()
    assert form.figures.splitlines() == [
        "€240.00: Care, 20 May 2026 – 31 May 2026 (12 of 31 days)",
        "−€120.00 credited: Care, 20 May 2026 – 31 May 2026 (12 of 31 days)",
        "Together €120.00 net, on the first invoice of a run through 31 May 2026.",
    ]
    choose(driver, form, "when", "renewal")
    driver.settle()
    assert not form.editor("dated").isEnabled()
    assert "€620.00: Care, 1 Jun 2026 – 30 Jun 2026 (30 of 30 days)" in form.figures
    choose(driver, form, "when", "now")
    write(form, dated="20 May 2026", reason="One more seat", reference="PO 7")
    assert save(driver, dialog(driver))
    assert "20 May 2026 Care: 1 × 310 → 2 × 310\nOne more seat, PO 7\ntest" in page._facts.words
    press(driver, "Undo")
    assert [line["end_date"] for line in agreement(book, one)["lines"]] == [None]


def test_a_further_line_is_added_from_a_day_on(driver: Driver, book: Book, client: int) -> None:
    one = add(book, client)
    item = save_item(book, {"name": "Backup", "unit": "month", "price": Decimal(31)}, actor=ACTOR)
    page = page_of(driver, one)
    page.change()
    driver.settle()
    form = dialog(driver).form
    choose(driver, form, "line", 0)
    choose(driver, form, "item_id", item)
    write(form, dated="1 Jul 2026")
    assert save(driver, dialog(driver))
    added = agreement(book, one)["lines"][-1]
    assert (added["item_id"], added["unit_price"], added["start_date"]) == (item, None, date(2026, 7, 1))


def test_an_end_says_what_it_credits_and_may_leave_it_billed(driver: Driver, book: Book, client: int) -> None:
    one = add(book, client)
    bill_may(book)
    page = page_of(driver, one)
    page.end()
    driver.settle()
    form = dialog(driver).form
    assert isinstance(form, EndForm)
    write(form, day="21 May 2026")
    driver.settle()
    assert form.figures.startswith("−€100.00 credited: Care, 22 May 2026 – 31 May 2026 (10 of 31 days)")
    choose(driver, form, "beyond", "keep")
    driver.settle()
    assert form.figures == "Nothing is credited for it."
    assert save(driver, dialog(driver))
    assert agreement(book, one)["end_date"] == date(2026, 6, 1)


def test_notice_is_given_seen_and_withdrawn(driver: Driver, book: Book, client: int) -> None:
    one = add(
        book,
        client,
        renewal="auto",
        term_count=1,
        term_unit="year",
        term_end=date(2026, 10, 1),
        notice_count=3,
    )
    page = page_of(driver, one)
    assert "renews by itself for 1 year" in page._facts.words
    page.notice()
    driver.settle()
    shown = dialog(driver)
    assert "By its term it ends on 30 Sept 2026." in [label.text() for label in shown.form._problems.values()]
    assert save(driver, shown)
    assert agreement(book, one)["end_date"] == date(2026, 10, 1)
    assert page.acts["agreements.notice_back"].isEnabled()
    page.notice_back()
    driver.settle()
    assert agreement(book, one)["end_date"] is None


def test_renewals_are_a_page_with_what_waits_first(driver: Driver, book: Book, client: int) -> None:
    term: dict[str, Any] = {"term_count": 1, "term_unit": "year", "term_end": date(2026, 7, 1)}
    ask = add(book, client, "Hosting", renewal="ask", **term)
    add(book, client, "Care", renewal="auto", notice_count=3, **term)
    page = page_of(driver, ask)
    page.renewals()
    driver.settle()
    listed = driver.window.page
    assert isinstance(listed, RenewalsPage)
    assert (cells(listed, 0), cells(listed, 1)) == (["Decide", "Renewed"], ["Hosting", "Care"])
    listed.table.select([ask])
    driver.settle()
    assert listed.acts["renewals.renew"].isEnabled()
    listed.renew()
    driver.settle()
    assert agreement(book, ask)["term_end"] == date(2027, 7, 1)
    assert cells(listed, 1) == ["Care"]
    press(driver, "Undo")
    assert cells(listed, 1) == ["Hosting", "Care"]


def test_an_empty_page_of_renewals_says_where_terms_are_entered(driver: Driver) -> None:
    page = page_of(driver)
    page.renewals()
    driver.settle()
    listed = driver.window.page
    assert isinstance(listed, RenewalsPage)
    assert "Term, notice and prices to come" in listed.table.empty_words


def test_prices_are_proposed_looked_over_and_approved_in_bulk(driver: Driver, book: Book, client: int) -> None:
    one = add(book, client, "Care", index_name="CPI")
    other = add(book, client, "Hosting", index_name="CPI", index_cap=Decimal("0.02"))
    page = page_of(driver, one)
    page.rises()
    driver.settle()
    listed = driver.window.page
    assert isinstance(listed, RisesPage)
    assert "No price rise waits" in listed.table.empty_words
    listed.propose()
    driver.settle()
    shown = dialog(driver)
    choose(driver, shown.form, "scope", ("index", "CPI"))
    assert not save(driver, shown)
    assert "two index figures" in shown.form._problems["percent"].text()
    write(shown.form, old_index="118.4", new_index="121.2", step="0.1", valid_from="1 Jan 2027")
    assert save(driver, shown)
    assert cells(listed, 5) == ["317.30", "316.20"]
    assert [row.basis for row in proposals(book)] == ["CPI 2.36%", "CPI 2.36%, at most 2%"]
    listed.table.selectAll()
    driver.settle()
    assert listed.acts["rises.approve"].text() == "Approve 2 prices"
    listed.approve()
    driver.settle()
    rises = [agreement(book, key)["lines"][0]["price_changes"][0]["unit_price"] for key in (one, other)]
    assert rises == [Decimal("317.3"), Decimal("316.2")]
    press(driver, "Undo")
    assert cells(listed, 5) == ["317.30", "316.20"]


def test_one_price_is_mended_and_another_rejected(driver: Driver, book: Book, client: int) -> None:
    one, other = add(book, client), add(book, client, "Hosting")
    propose(book, [one, other], by_percent(Decimal(3)), date(2027, 1, 1), actor=ACTOR)
    page = page_of(driver, one)
    page.rises()
    driver.settle()
    listed = driver.window.page
    assert isinstance(listed, RisesPage)
    first, second = proposals(book)
    listed.table.select([first.id])
    driver.settle()
    listed.edit()
    driver.settle()
    write(dialog(driver).form, new_price="315")
    assert save(driver, dialog(driver))
    listed.table.select([second.id])
    driver.settle()
    listed.reject()
    driver.settle()
    assert [row.new_price for row in proposals(book)] == [315]


def test_a_year_ahead_and_a_commitment_are_agreed_and_taken_back(driver: Driver, book: Book, client: int) -> None:
    one = add(book, client)
    page = page_of(driver, one)
    page.prepay()
    driver.settle()
    write(dialog(driver).form, start_date="1 Jan 2027", end_date="31 Dec 2027", due_date="15 Dec 2026", discount="5")
    assert save(driver, dialog(driver))
    (ahead,) = prepayments(book, one)
    assert (ahead["end_date"], ahead["discount"]) == (date(2028, 1, 1), Decimal("0.05"))
    page.commit()
    driver.settle()
    write(dialog(driver).form, amount="5000")
    assert save(driver, dialog(driver))
    assert commitments(book, one)[0].amount == 500_000
    assert "€0.00 of €5,000.00" in page._facts.words
    page.beside_back()
    driver.settle()
    assert save(driver, dialog(driver))
    assert prepayments(book, one) == []
    assert open_dialogs() == []


def test_the_form_keeps_terms_and_meters(driver: Driver, book: Book, client: int) -> None:
    item = save_item(book, {"name": "Power", "unit": "kWh", "price": Decimal("0.3")}, actor=ACTOR)
    values = {
        "client_id": client,
        "title": "Power",
        "billing": "usage",
        "start_date": date(2026, 5, 1),
        "renewal": "auto",
        "term_count": 6,
        "term_unit": "month",
        "term_end": date(2026, 11, 1),
        "index_cap": Decimal("0.025"),
    }
    line = {"kind": "usage", "item_id": item, "included": Decimal(100), "minimum": 2_500, "metering": "readings"}
    one = create_agreement(book, values, [line], actor=ACTOR)
    before = agreement(book, one)
    page = page_of(driver, one)
    page.edit()
    driver.settle()
    shown = dialog(driver)
    assert shown.form.editor("term_count").isVisibleTo(shown)
    assert not shown.form.editor("cap").isVisibleTo(shown)
    write(shown.form, title="Power and light")
    shown.form.table("lines").model.setData(shown.form.table("lines").model.index(0, 9), "events")  # type: ignore[attr-defined]
    assert save(driver, shown), (shown.said, shown.form.table("lines").said)  # type: ignore[attr-defined]
    after = agreement(book, one)
    changed = {key for key in before if key not in ("lines", "title") and before[key] != after[key]}
    assert changed == set()
    (kept,) = after["lines"]
    assert (kept["included"], kept["minimum"], kept["metering"]) == (100, 2_500, "events")
