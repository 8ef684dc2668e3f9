"""Agreements as a person works them: made with lines, explained by their dates, changed ahead, and taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.agreement_dates import pause_agreement
from desktop.services.agreements import agreement, create_agreement
from desktop.services.billables import create_time_entry
from desktop.services.catalogue import save_item
from desktop.services.clients import create_client
from desktop.services.files import stored_file
from desktop.services.runs import bill
from desktop.ui.agreements.contract import ask_signature
from desktop.ui.agreements.form import AgreementForm
from desktop.ui.agreements.page import AgreementsPage
from tests.books import new_book
from tests.ui.forms import choose, dialog, open_dialogs, press, said_at, save, write
from tests.ui.program import TODAY, Driver

ACTOR = "test"
ADDRESS = {"street": "Hafen 1", "postcode": "20457", "city": "Hamburg", "country": "DE"}
TITLE, TAG, CADENCE, AMOUNT, DUE, LEFT = 1, 2, 4, 5, 6, 7


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, terms="net 14")


@pytest.fixture
def client(book: Book) -> int:
    return create_client(book, {"name": "Nordlicht GmbH", "currency": "CHF", "terms": "net 7"} | ADDRESS, actor=ACTOR)


@pytest.fixture
def item(book: Book) -> int:
    return save_item(book, {"name": "Senior hour", "unit": "hour", "price": Decimal(100)}, actor=ACTOR)


def add(book: Book, client: int, title: str = "Care", price: str = "100", **more: object) -> int:
    values = {"client_id": client, "title": title, "start_date": date(2026, 1, 1), "timing": "advance"} | more
    return create_agreement(book, values, [{"description": title, "unit_price": Decimal(price)}], actor=ACTOR)


def page_of(driver: Driver) -> AgreementsPage:
    page = driver.window.go("agreements")
    driver.settle()
    assert isinstance(page, AgreementsPage)
    return page


def pick(driver: Driver, page: AgreementsPage, *ids: int) -> None:
    page.table.select(ids)
    page.table.setFocus()
    driver.settle()


def column(page: AgreementsPage, at: int) -> list[str]:
    return [page.model.text_at(place, at) for place in range(page.model.rowCount())]


def form_of(driver: Driver) -> AgreementForm:
    form = dialog(driver).form
    assert isinstance(form, AgreementForm)
    return form


def test_an_empty_book_says_what_an_agreement_is(driver: Driver) -> None:
    page = page_of(driver)
    assert page.table.empty_words.startswith("Agreements say what is billed to whom")
    assert page.pane.heading == "No agreement chosen"
    page.new()
    driver.settle()
    assert not open_dialogs()
    assert driver.window.notices.sentence == "There is no client to agree with yet. Add the client first."
    press(driver, "Show the clients")
    assert driver.window.page is driver.window._roots["clients"]


def test_an_agreement_is_made_once_the_form_is_right_and_undone(
    driver: Driver, book: Book, client: int, item: int, qtbot: QtBot
) -> None:
    page = page_of(driver)
    qtbot.keyClick(page.table, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    shown, form = dialog(driver), form_of(driver)
    assert not save(driver, shown)
    assert said_at(form, "client_id") == "Client is needed."
    choose(driver, form, "client_id", client)
    assert form.editor("currency").value() == "CHF"
    assert form.editor("terms").placeholderText() == "As the client: 7 days net"  # type: ignore[union-attr]
    assert not save(driver, shown)
    assert form.table("lines").said.startswith("A recurring agreement needs a line that recurs")
    form.table("lines").model.paste(0, 0, "Recurring\t\tCare\t2\t49.90\nHours\tSenior hour")
    assert form.table("lines").model.hint(1, 4) == "rate card"
    write(form, start_date="15 Apr 2026", end_date="1 Apr 2026")
    assert not save(driver, shown)
    assert said_at(form, "end_date") == "It ends on 1 Apr 2026, before it starts on 15 Apr 2026."
    write(form, end_date="")
    assert save(driver, shown)
    assert (column(page, TITLE), column(page, CADENCE), column(page, AMOUNT)) == (
        ["Care"],
        ["monthly in advance"],
        ["CHF 99.80"],
    )
    assert column(page, DUE) == ["15 Apr 2026"]
    record = agreement(book, 1)
    assert [(line["kind"], line["item_id"], line["quantity"], line["unit_price"]) for line in record["lines"]] == [
        ("recurring", None, 2, Decimal("49.90")),
        ("time", item, 1, None),
    ]
    assert record["anchor"] == date(2026, 4, 15)
    press(driver, "Undo")
    assert column(page, TITLE) == []


@pytest.mark.parametrize(
    "fields, sentence",
    [
        (
            {"start_date": "1 Jan 2026"},
            "Bills 1 Jan 2026 – 31 Jan 2026 on 1 Jan 2026; then 1 Feb 2026 – 28 Feb 2026 on 1 Feb 2026.",
        ),
        (
            {"start_date": "20 Jan 2026"},
            "Bills 20 Jan 2026 – 31 Jan 2026 (12 of 31 days) on 20 Jan 2026; "
            "then 1 Feb 2026 – 28 Feb 2026 on 1 Feb 2026.",
        ),
        (
            {"start_date": "31 Jan 2026", "alignment": "anniversary", "timing": "arrears"},
            "Bills 31 Jan 2026 – 27 Feb 2026 on 27 Feb 2026; then 28 Feb 2026 – 30 Mar 2026 on 30 Mar 2026.",
        ),
        (
            {"start_date": "1 Jan 2026", "charged_through": "31 Mar 2026", "every_count": "3"},
            "Bills 1 Apr 2026 – 30 Jun 2026 on 1 Apr 2026; then 1 Jul 2026 – 30 Sept 2026 on 1 Jul 2026.",
        ),
        (
            {"start_date": "10 Jan 2026", "alignment": "bcd", "bill_day": "15"},
            "Bills 10 Jan 2026 – 14 Jan 2026 (5 of 31 days) on 10 Jan 2026; "
            "then 15 Jan 2026 – 14 Feb 2026 on 15 Jan 2026.",
        ),
        ({"start_date": "1 Jan 2026", "end_date": "31 Jan 2026"}, "Bills 1 Jan 2026 – 31 Jan 2026 on 1 Jan 2026"),
        (
            {"start_date": "1 Jan 2026", "end_date": "31 Jan 2026", "charged_through": "31 Jan 2026"},
            "Nothing more is billed with these dates.",
        ),
        ({"start_date": "1 Jan 2026", "bill_day": "40", "alignment": "bcd"}, "A bill-cycle day of 40 does not exist"),
        ({"billing": "time"}, "Each run bills the hours worked until its through-date."),
        ({"start_date": ""}, ""),
        ({"every_count": "1.5"}, ""),
    ],
)
def test_the_form_explains_what_its_dates_mean(
    driver: Driver, book: Book, client: int, fields: dict[str, str], sentence: str
) -> None:
    page = page_of(driver)
    page.new()
    form = form_of(driver)
    for key, value in fields.items():
        if key in ("alignment", "timing", "billing"):
            choose(driver, form, key, value)
        else:
            write(form, **{key: value})
    assert form.schedule.startswith(sentence)
    assert bool(form.schedule) is bool(sentence)
    assert form.editor("bill_day").isEnabled() is (fields.get("alignment") == "bcd")
    assert form.editor("timing").isEnabled() is (fields.get("billing") != "time")


def test_a_price_of_nothing_is_asked_about(driver: Driver, book: Book, client: int) -> None:
    one = add(book, client)
    page = page_of(driver)
    page.open_row(one)
    shown, form = dialog(driver), form_of(driver)
    assert form._zero.isHidden()
    model = form.table("lines").model
    model.setData(model.index(0, 4), "0")
    assert not form._zero.isHidden()
    assert not save(driver, shown)
    assert form.table("lines").said == "Unit price: A price of 0 bills nothing. Confirm that this is meant."
    form._zero.setChecked(True)
    assert save(driver, shown)
    assert agreement(book, one)["lines"][0]["unit_price"] == 0


def test_only_what_was_changed_is_saved(driver: Driver, book: Book, client: int) -> None:
    one = add(book, client, end_date=date(2026, 12, 1), discount=Decimal("0.125"), trial_until=date(2026, 2, 1))
    page = page_of(driver)
    page.open_row(one)
    shown, form = dialog(driver), form_of(driver)
    texts = {key: form.editor(key).text() for key in ("end_date", "trial_until", "discount")}  # type: ignore[union-attr]
    assert texts == {"end_date": "30 Nov 2026", "trial_until": "31 Jan 2026", "discount": "12.5"}
    before = agreement(book, one)
    write(form, title="Care and more")
    assert save(driver, shown)
    assert agreement(book, one) == before | {"title": "Care and more"}
    page.open_row(one)
    shown, form = dialog(driver), form_of(driver)
    write(form, end_date="31 Dec 2026", discount="")
    assert save(driver, shown)
    record = agreement(book, one)
    assert (record["end_date"], record["discount"]) == (date(2027, 1, 1), 0)


def test_prices_of_several_rise_by_a_percentage(driver: Driver, book: Book, client: int, qtbot: QtBot) -> None:
    ids = [add(book, client, "Care", "100"), add(book, client, "Hosting", "19.99")]
    page = page_of(driver)
    pick(driver, page, *ids)
    qtbot.keyClick(page.table, Qt.Key.Key_R)
    shown = dialog(driver)
    assert shown.windowTitle() == "Price rise of 2 agreements"
    write(shown.form, valid_from="1 Jul 2026")
    assert not save(driver, shown)
    assert said_at(shown.form, "percent") == "By how much do they rise?"
    write(shown.form, percent="5 %", reason="Index")
    assert save(driver, shown)
    assert driver.window.notices.sentence == "2 prices rise on 1 Jul 2026."
    rises = [agreement(book, one)["lines"][0]["price_changes"][0] for one in ids]
    assert [(one["unit_price"], one["reason"]) for one in rises] == [(105, "Index"), (Decimal("20.99"), "Index")]
    press(driver, "Undo")
    assert agreement(book, ids[0])["lines"][0]["price_changes"] == []


def test_one_price_is_set_and_taken_back_unless_it_is_billed(driver: Driver, book: Book, client: int) -> None:
    one = add(book, client)
    bill(book, through=TODAY, issue_date=TODAY, actor=ACTOR, now=book.now)
    page = page_of(driver)
    pick(driver, page, one)
    page.rise()
    shown = dialog(driver)
    line = agreement(book, one)["lines"][0]["id"]
    assert not shown.form.editor("price").isEnabled()
    choose(driver, shown.form, "what", line)
    assert shown.form.editor("price").isEnabled()
    write(shown.form, price="120", valid_from="1 May 2026")
    assert not save(driver, shown)
    assert said_at(shown.form, "valid_from") == "The days before 1 Jun 2026 are billed already."
    write(shown.form, valid_from="1 Jun 2026")
    assert save(driver, shown)
    assert "1 Jun 2026 Care: 120" in page._facts.words
    page.price_back()
    shown = dialog(driver)
    assert save(driver, shown)
    assert "Care: 120" not in page._facts.words
    page.price_back()
    driver.settle()
    assert not open_dialogs()
    assert driver.window.notices.sentence == "No price is agreed ahead."


def test_a_pause_shows_and_ends_by_resuming(driver: Driver, book: Book, client: int, qtbot: QtBot) -> None:
    one = add(book, client, timing="arrears", start_date=date(2026, 5, 1))
    page = page_of(driver)
    pick(driver, page, one)
    assert not page.acts["agreements.resume"].isEnabled()
    qtbot.keyClick(page.table, Qt.Key.Key_P)
    shown = dialog(driver)
    write(shown.form, start_date="20 May 2026", end_date="10 May 2026", reason="Rebuilding")
    assert not save(driver, shown)
    assert said_at(shown.form, "end_date") == "The pause ends before it starts on 20 May 2026."
    write(shown.form, end_date="")
    assert save(driver, shown)
    assert column(page, TAG) == ["Paused"]
    assert "Pause from 20 May 2026\nRebuilding" in page._facts.words
    assert page.acts["agreements.resume"].isEnabled()
    page.resume()
    shown = dialog(driver)
    write(shown.form, day="25 May 2026")
    assert save(driver, shown)
    assert column(page, TAG) == [""]
    assert agreement(book, one)["pauses"][0]["end_date"] == date(2026, 5, 25)


def test_an_agreement_ends_switches_off_and_finishes(driver: Driver, book: Book, client: int) -> None:
    one = add(book, client)
    page = page_of(driver)
    pick(driver, page, one)
    page.end()
    shown = dialog(driver)
    write(shown.form, day="31 Dec 2025")
    assert not save(driver, shown)
    assert shown.said.startswith("A-0001 starts on 1 Jan 2026, after 31 Dec 2025.")
    write(shown.form, day="30 Apr 2026")
    assert save(driver, shown)
    assert column(page, TITLE) == []
    page.filters.put(frozenset({"ended"}))
    driver.settle()
    assert column(page, TAG) == ["Ended"]
    press(driver, "Undo")
    page.show_all()
    driver.settle()
    pick(driver, page, one)
    page.switch()
    driver.settle()
    assert page._chips["inactive"].text() == "Off 1"
    page.filters.put(frozenset({"inactive"}))
    driver.settle()
    pick(driver, page, one)
    assert page.acts["agreements.switch"].text() == "Switch on"
    page.switch()
    driver.settle()
    page.show_all()
    driver.settle()
    pick(driver, page, one)
    page.final()
    driver.settle()
    assert agreement(book, one)["is_final"] is True
    assert page.acts["agreements.final"].text() == "Not final"


def test_a_contract_is_attached_with_its_day(driver: Driver, book: Book, client: int, tmp_path: Path) -> None:
    one = add(book, client)
    scan = tmp_path / "Contract Nordlicht.pdf"
    scan.write_bytes(b"%PDF-1.7 signed")
    page = page_of(driver)
    pick(driver, page, one)
    assert "None attached." in page._facts.words
    ask_signature(driver.desk, page, one, scan)
    shown = dialog(driver)
    write(shown.form, signed_on="1 Jun 2026")
    assert not save(driver, shown)
    assert shown.said.startswith("A contract signed on 1 Jun 2026 is not signed yet.")
    write(shown.form, signed_on="2 Mar 2026")
    assert save(driver, shown)
    assert "File Contract Nordlicht.pdf\nSigned 2 Mar 2026" in page._facts.words
    assert stored_file(book, agreement(book, one)["contract_id"]).content == b"%PDF-1.7 signed"
    press(driver, "Undo")
    assert "None attached." in page._facts.words
    ask_signature(driver.desk, page, one, tmp_path / "gone.pdf")
    shown = dialog(driver)
    assert not save(driver, shown)
    assert shown.said.startswith("gone.pdf cannot be read: No such file or directory.")


def test_what_is_used_is_not_deleted(driver: Driver, book: Book, client: int, item: int) -> None:
    one, other = add(book, client), add(book, client, "Hosting")
    create_time_entry(
        book, {"agreement_id": one, "item_id": item, "work_date": TODAY, "hours": Decimal(1)}, actor=ACTOR
    )
    page = page_of(driver)
    for each in (one, other):
        pick(driver, page, each)
        page.delete()
        driver.settle()
        if each == one:
            assert driver.window.notices.sentence.startswith("A-0001 stays in the book")
    assert column(page, TITLE) == ["Care"]
    # Its neighbour takes its place, so that the keys go on working.
    assert page.selected_ids() == [one]
    assert page.acts["agreements.edit"].isEnabled()
    press(driver, "Undo")
    assert column(page, TITLE) == ["Care", "Hosting"]


def test_chips_and_the_kinds_filter_the_list(driver: Driver, book: Book, client: int, item: int) -> None:
    one = add(book, client, po_number="P-7", po_limit=50_000)
    hours = create_agreement(
        book,
        {"client_id": client, "title": "Hours", "billing": "time", "start_date": date(2026, 1, 1)},
        [{"kind": "time", "item_id": item}],
        actor=ACTOR,
    )
    pause_agreement(book, hours, TODAY, actor=ACTOR)
    page = page_of(driver)
    assert (column(page, CADENCE), column(page, LEFT)) == (
        ["monthly in advance", "hours as worked"],
        ["CHF 500.00", "–"],
    )
    page._chip_menus["billing"].choose("billing:time")
    driver.settle()
    assert column(page, TITLE) == ["Hours"]
    page._chip_menus["billing"].choose("")
    page._chips["paused"].click()
    driver.settle()
    assert column(page, TITLE) == ["Hours"]
    page.show_all()
    driver.settle()
    page.search.setText("P-7")
    driver.until(lambda: column(page, TITLE) == ["Care"])
    driver.settle()
    pick(driver, page, one)
    assert "Next\n1 Jan 2026 1 Jan 2026 – 31 Jan 2026" in page._facts.words
    link = next(one for one in page._facts.findChildren(QLabel) if "Nordlicht" in one.text())
    assert link.focusPolicy() == Qt.FocusPolicy.StrongFocus
    link.linkActivated.emit("#")
    driver.settle()
    assert driver.window.page.selected_ids() == [client]  # type: ignore[union-attr]
