"""The page of bank lines: cleared with the keyboard, one key a line, and taken back as easily."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.domain.matching import explain
from desktop.services.bank import proposing
from desktop.services.bank.learning import learned
from desktop.services.bank.passes import passes
from desktop.services.bank.showing import shown_line
from desktop.ui.bank.page import BankPage
from desktop.ui.bank.passes import PassesPage
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import value
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose, dialog, press, save, write
from tests.ui.program import Driver

JANUARY, MAY = date(2026, 1, 10), date(2026, 5, 11)
KEY = Qt.Key


class Desk:
    """Three clients with an invoice each; lines that are sure, of one kind too many, alike, and unknown."""

    def __init__(self, driver: Driver, book: Book) -> None:
        self.driver = driver
        self.book = book
        account = add_account(book, bank="Hafenbank")
        names = ("Alpha AG", "Bravo GmbH", "Delta SA")
        self.clients = [add_client(book, f"C{place}", name=name) for place, name in enumerate(names)]
        self.numbers = [
            add_invoice(book, client, JANUARY, (10_000 + 137 * place, 0)) for place, client in enumerate(self.clients)
        ]
        self.sure = [
            add_line(book, account, MAY, 10_000 + 137 * place, f"Invoice {number}", party=names[place])
            for place, number in enumerate(self.numbers)
        ]
        for code in ("G1", "G2"):
            add_invoice(book, add_client(book, code, name="Gemini Ltd"), JANUARY, (55_555, 0))
        self.alike = add_line(book, account, MAY, 55_555, "Thanks", party="Gemini Ltd")
        self.unknown = add_line(book, account, MAY, 250_00, "Guthaben", party="Stadtwerke")
        page = driver.window.go("bank")
        assert isinstance(page, BankPage)
        self.page = page
        driver.settle()

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.page.table, key)
        self.driver.settle()

    def state(self, line: int) -> str:
        return shown_line(self.book, line).state

    @property
    def said(self) -> str:
        return self.driver.window.notices.sentence


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()


@pytest.fixture
def desk(driver: Driver, book: Book) -> Desk:
    return Desk(driver, book)


def test_the_lines_stand_with_what_they_are(desk: Desk) -> None:
    page = desk.page
    assert list(page.model.ids) == [*desk.sure, desk.alike, desk.unknown]
    rows = [page.model.row_at(place) or {} for place in range(5)]
    assert [row["state"] for row in rows] == ["sure", "sure", "sure", "equal", "unmatched"]
    assert rows[0]["reading"] == desk.numbers[0]
    assert page.facts.startswith("5 lines wait")
    assert page.pane.heading == "Alpha AG"
    assert "to the cent" in page.pane.readings.said


def test_enter_books_a_line_and_goes_on(desk: Desk) -> None:
    desk.key(KEY.Key_Return)
    assert desk.state(desk.sure[0]) == "booked"
    assert list(desk.page.model.ids) == [*desk.sure[1:], desk.alike, desk.unknown]
    assert desk.page.pane.heading == "Bravo GmbH"
    assert desk.said == "Booked: P-2026-0001."
    press(desk.driver, "Undo")
    assert desk.state(desk.sure[0]) == "open"
    assert desk.sure[0] in desk.page.model.ids


def test_enter_goes_ahead_of_the_booking(desk: Desk) -> None:
    for _line in desk.sure:
        QTest.keyClick(desk.page.table, KEY.Key_Return)
    desk.driver.settle()
    assert [desk.state(line) for line in desk.sure] == ["booked"] * 3
    assert value(desk.book, "SELECT count(*) FROM payment") == 3


def test_one_booking_matches_anew_only_what_it_touched(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def counted(lines: list[object], *rest: object, **more: object) -> object:
        seen.append(len(lines))
        return explain(lines, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(proposing, "explain", counted)
    desk.key(KEY.Key_Return)
    assert desk.state(desk.sure[0]) == "booked"
    assert sum(seen) == 0


def test_of_equal_readings_none_is_chosen_until_a_digit_says(desk: Desk) -> None:
    page = desk.page
    page.table.select([desk.alike])
    desk.driver.settle()
    assert page.pane.readings.place is None
    assert len(page.pane.readings.readings) == 2
    assert "as likely as each other" in page.pane.readings.said
    desk.key(KEY.Key_Return)
    assert desk.state(desk.alike) == "open"
    assert desk.said.startswith("Nothing is chosen for this line.")
    desk.key(KEY.Key_2)
    chosen = page.pane.reading
    assert chosen is not None
    desk.key(KEY.Key_Return)
    assert desk.state(desk.alike) == "booked"
    assert shown_line(desk.book, desk.alike).matches[0].client_id == chosen.client_id


def test_what_is_sure_is_booked_by_one_key_and_undone_by_another(desk: Desk) -> None:
    assert desk.page.acts["bank.pass"].text() == "Book the 3 that are sure"
    desk.page.acts["bank.pass"].trigger()
    desk.driver.settle()
    assert list(desk.page.model.ids) == [desk.alike, desk.unknown]
    assert desk.said == "3 lines are booked (B-2026-0001). 2 lines wait."
    assert not desk.page.acts["bank.pass"].isEnabled()
    press(desk.driver, "Undo")
    assert len(desk.page.model.ids) == 5
    assert passes(desk.book)[0].undone_at


def test_several_lines_are_booked_as_one(desk: Desk) -> None:
    page = desk.page
    page.table.selectAll()
    desk.driver.settle()
    assert page.pane.heading == "5 lines"
    desk.key(KEY.Key_Return)
    assert [desk.state(line) for line in desk.sure] == ["booked"] * 3
    assert desk.state(desk.alike) == "open"
    assert desk.said == "3 lines are booked (B-2026-0001)."


def test_a_line_is_booked_for_what_is_found_by_hand(desk: Desk) -> None:
    page, items = desk.page, desk.page.pane.items
    page.table.select([desk.unknown])
    desk.driver.settle()
    desk.key(KEY.Key_F)
    assert items.search.hasFocus()
    QTest.keyClicks(items.search, "Bravo")
    desk.driver.settle()
    QTest.keyClick(items.search, KEY.Key_Return)
    desk.driver.settle()
    assert items.table.hasFocus()
    assert items.sentence == "1 chosen: €101.37 · €148.63 is left over"
    assert page.acts["bank.book"].text() == "Book for the 1 chosen"
    QTest.keyClick(items.table, KEY.Key_Return)
    desk.driver.settle()
    assert desk.state(desk.unknown) == "booked"
    assert value(desk.book, "SELECT open FROM open_credit") == 14_863
    assert page.table.hasFocus()


def test_escape_goes_back_to_the_lines(desk: Desk) -> None:
    desk.page.pane.items.table.setFocus()
    QTest.keyClick(desk.page.pane.items.table, KEY.Key_Escape)
    assert desk.page.table.hasFocus()


def test_a_part_is_split_off_and_the_rest_waits(desk: Desk) -> None:
    page = desk.page
    page.table.select([desk.unknown])
    desk.driver.settle()
    desk.key(KEY.Key_S)
    shown = dialog(desk.driver)
    write(shown.form, amount="50", note="Fee")
    choose(desk.driver, shown.form, "kind", "charges")
    assert save(desk.driver, shown)
    line = shown_line(desk.book, desk.unknown)
    assert (line.state, line.left) == ("open", 200_00)
    row = page.model.row_at(page.model.position_of(desk.unknown)) or {}
    assert (row["amount"], row["partly"]) == (200_00, True)
    assert desk.said == "Booked. The rest of the line waits."


def test_the_rest_is_written_off_with_a_reason(desk: Desk, book: Book) -> None:
    number = add_invoice(book, desk.clients[0], JANUARY, (70_500, 0))
    account = int(value(book, "SELECT min(id) FROM bank_account"))
    line = add_line(book, account, MAY, 70_000, f"Invoice {number}", party="Alpha AG")
    desk.page.matching.match()
    desk.driver.settle()
    desk.page.reveal(line)
    desk.driver.settle()
    desk.key(KEY.Key_W)
    shown = dialog(desk.driver)
    shown.accept()
    desk.driver.settle()
    assert desk.state(line) == "open"
    assert shown.said.startswith("The reason is missing.")
    write(shown.form, reason="Not worth a letter")
    assert save(desk.driver, shown)
    assert desk.state(line) == "booked"
    assert value(book, "SELECT reason FROM write_off") == "Not worth a letter"


def test_what_nobody_owes_is_put_aside_with_a_note(desk: Desk) -> None:
    desk.page.table.select([desk.unknown])
    desk.driver.settle()
    desk.key(KEY.Key_X)
    shown = dialog(desk.driver)
    shown.accept()
    desk.driver.settle()
    assert desk.state(desk.unknown) == "open"
    write(shown.form, note="Refund of the city's works")
    assert save(desk.driver, shown)
    assert desk.state(desk.unknown) == "booked"
    desk.page.show_query(frozenset({"aside"}))
    desk.driver.settle()
    assert list(desk.page.model.ids) == [desk.unknown]
    assert "Refund of the city's works" in desk.page.pane.became.words


def test_a_booked_line_is_taken_back(desk: Desk) -> None:
    desk.key(KEY.Key_Return)
    desk.page.show_query(frozenset({"booked"}))
    desk.driver.settle()
    assert "P-2026-0001" in desk.page.pane.became.words
    desk.key(KEY.Key_U)
    shown = dialog(desk.driver)
    write(shown.form, reason="Wrong client")
    assert save(desk.driver, shown)
    assert desk.state(desk.sure[0]) == "open"
    assert desk.said == "1 line waits again."


def test_a_payer_is_learned(desk: Desk) -> None:
    desk.key(KEY.Key_L)
    assert [(one.kind, one.client_id) for one in learned(desk.book)] == [("name", desk.clients[0])]
    desk.driver.settle()
    assert desk.said.startswith("Learned")
    press(desk.driver, "Undo")
    assert learned(desk.book) == []


def test_a_pass_is_taken_back_from_its_list(desk: Desk) -> None:
    desk.page.acts["bank.pass"].trigger()
    desk.driver.settle()
    desk.page.acts["bank.passes"].trigger()
    desk.driver.settle()
    shown = desk.driver.window.page
    assert isinstance(shown, PassesPage)
    assert shown.pane.heading == "B-2026-0001"
    QTest.keyClick(shown.table, KEY.Key_U)
    asked = dialog(desk.driver)
    write(asked.form, reason="Wrong month")
    assert save(desk.driver, asked)
    assert {desk.state(line) for line in desk.sure} == {"open"}
    assert not shown.acts["passes.take_back"].isEnabled()


def test_a_line_that_the_book_refuses_comes_back_with_the_reason(desk: Desk) -> None:
    account = int(value(desk.book, "SELECT min(id) FROM bank_account"))
    again = add_line(desk.book, account, MAY, 10_000, f"Invoice {desk.numbers[0]}", party="Alpha AG")
    found = desk.page.matching.found
    assert found is not None
    parts = found.parts(found.of(desk.sure[0])[0])
    desk.key(KEY.Key_Return)
    desk.page.deciding.book_parts(again, parts)
    desk.driver.settle()
    assert desk.state(again) == "open"
    assert desk.driver.window.notices.tone == "held"
    assert desk.page.deciding.under_way == set()


def test_other_writes_are_matched_when_the_page_is_seen_again(desk: Desk, book: Book) -> None:
    desk.driver.window.go("clients")
    number = add_invoice(book, desk.clients[2], JANUARY, (250_00, 0))
    desk.driver.program.jobs.announce({"invoices"})
    desk.driver.settle()
    desk.driver.window.go("bank")
    desk.driver.settle()
    found = desk.page.matching.found
    assert found is not None
    assert number in {one.name for one in found.items.values()}


def test_an_empty_bank_says_what_to_do(driver: Driver) -> None:
    page = driver.window.go("bank")
    driver.settle()
    assert isinstance(page, BankPage)
    assert page.table.empty_words.startswith("No bank line waits. Take in a statement")
    assert page.facts == "No line waits."
