"""Invoices as a person works them: paid in part and in one sum, credited, lost, disputed, explained, saved."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.lists.invoices import InvoiceList
from desktop.services.opening import OpeningItem, add_opening_item
from desktop.services.payments import record_payment
from desktop.ui.document_page import DocumentPage
from desktop.ui.invoices.credit import CreditDialog
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.invoices.story import StoryDialog
from desktop.ui.payments.record import RecordPayment
from desktop.ui.table_form import TableFormDialog
from tests.books import new_book
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose, dialog, open_dialogs, press, save, write
from tests.ui.program import TODAY, Driver

MARCH, APRIL, MAY = date(2026, 3, 10), date(2026, 4, 20), date(2026, 5, 20)
ACTOR = "test"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def numbers(book: Book) -> tuple[str, str, str]:
    """Of one client 119.00 overdue and 238.00 to come, of another 595.00 to come."""
    acme, zenith = add_client(book, "ACME"), add_client(book, "ZEN")
    return (
        add_invoice(book, acme, MARCH, (10_000, 19)),
        add_invoice(book, acme, MAY, (15_000, 19), (5_000, 19)),
        add_invoice(book, zenith, MAY, (50_000, 19)),
    )


def page_of(driver: Driver) -> InvoicesPage:
    page = driver.window.go("invoices")
    driver.settle()
    assert isinstance(page, InvoicesPage)
    return page


def pick(driver: Driver, page: InvoicesPage, *numbers: str) -> None:
    rows = page.model.listing.rows(list(page.model.ids))
    page.table.select([one for one, row in rows.items() if row["number"] in numbers])
    page.table.setFocus()
    driver.settle()


def states(book: Book) -> dict[object, object]:
    found = InvoiceList(book, TODAY)
    return {row["number"]: row["status"] for row in found.rows(found.ids("", frozenset(), "", False)).values()}


def still_open(book: Book, number: str) -> object:
    found = InvoiceList(book, TODAY)
    (row,) = found.rows(found.ids(number, frozenset(), "", False)).values()
    return row["open"]


def press_key(qtbot: QtBot, driver: Driver, page: InvoicesPage, key: Qt.Key) -> None:
    # A dialog that was closed does not give the focus back on every platform.
    driver.window.activateWindow()
    page.table.setFocus()
    driver.until(page.table.hasFocus)
    qtbot.keyClick(page.table, key)
    driver.settle()


def says(driver: Driver, shown: TableFormDialog, sentence: str) -> None:
    """What follows is asked for when the typing pauses."""
    driver.until(lambda: shown.sentence == sentence)


def shown_numbers(page: InvoicesPage) -> list[str]:
    return [page.model.text_at(place, 1) for place in range(page.model.rowCount())]


def test_an_empty_book_says_what_will_stand_here_and_how_it_comes(driver: Driver) -> None:
    page = page_of(driver)
    assert page.table.empty_words.startswith("Invoices stand here once a run has issued them")
    assert page.pane.heading == "No document chosen"
    assert not page.acts["invoices.pay"].isEnabled()


def test_the_page_shows_what_is_owed_and_the_document_itself(driver: Driver, numbers: tuple[str, ...]) -> None:
    page = page_of(driver)
    assert page.facts == "3 documents · 3 open"
    assert [card.accessibleName() for card in page._cards] == ["€952.00 3 open", "€119.00 overdue"]
    pick(driver, page, numbers[0])
    assert page.pane.heading == numbers[0]
    driver.until(lambda: page._pdf.page_count == 1)
    page.filters.toggle("overdue")
    driver.settle()
    assert shown_numbers(page) == [numbers[0]]
    assert page.foot[1].endswith("All €119.00")


def test_a_card_of_one_currency_filters_by_it(driver: Driver, book: Book, numbers: tuple[str, ...]) -> None:
    abroad = add_client(book, "NYC", currency="USD")
    foreign = add_invoice(book, abroad, MARCH, (7_000, 0), currency="USD")
    page = page_of(driver)
    assert [card.accessibleName() for card in page._cards] == [
        "€952.00 3 open",
        "€119.00 overdue",
        "US$70.00 1 open",
        "US$0.00 overdue",
    ]
    page.filters.toggle("open:USD")
    driver.settle()
    assert shown_numbers(page) == [foreign]
    page.show_all()
    page.filters.toggle("overdue:EUR")
    driver.settle()
    assert shown_numbers(page) == [numbers[0]]


def test_a_part_is_paid_and_the_rest_stays_open(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[1])
    press_key(qtbot, driver, page, Qt.Key.Key_P)
    shown = dialog(driver)
    assert isinstance(shown, RecordPayment)
    assert shown.form.values()["amount"] == 23_800
    write(shown.form, amount="100", reference="bank 7")
    # What the person chose is settled before the older one.
    says(driver, shown, f"€138.00 of {numbers[1]} stays open.")
    driver.until(lambda: [shown.model.text_at(place, 4) for place in range(2)] == ["–", "100.00"])
    assert save(driver, shown)
    assert driver.window.notices.sentence == f"Payment P-2026-0001 is recorded. It settles {numbers[1]} €100.00."
    assert states(book)[numbers[1]] == "partly_paid"
    assert still_open(book, numbers[1]) == 13_800
    assert page.pane.heading == numbers[1]
    press(driver, "Show it")
    assert driver.window.page.table.selected_ids() == [1]  # type: ignore[union-attr]


def test_one_payment_over_several_with_a_surplus(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0], numbers[1])
    press_key(qtbot, driver, page, Qt.Key.Key_P)
    shown = dialog(driver)
    assert isinstance(shown, RecordPayment)
    assert shown.form.values()["amount"] == 35_700
    write(shown.form, amount="360")
    says(driver, shown, "Pays 2 invoices. €3.00 is left over and stays as the client’s credit.")
    assert save(driver, shown)
    assert driver.window.notices.sentence.endswith("€3.00 stays as the client’s credit.")
    assert [states(book)[number] for number in numbers] == ["paid", "paid", "open"]


def test_invoices_of_two_clients_are_not_one_payment(driver: Driver, qtbot: QtBot, numbers: tuple[str, ...]) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0], numbers[2])
    press_key(qtbot, driver, page, Qt.Key.Key_P)
    assert open_dialogs() == []
    assert driver.window.notices.sentence == (
        "The chosen invoices belong to 2 clients. Record one payment for each client."
    )


def test_paid_invoices_ask_for_no_payment(driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]) -> None:
    record_payment(book, amount=35_700, paid_on=MAY, actor=ACTOR, today=TODAY, numbers=numbers[:2])
    page = page_of(driver)
    pick(driver, page, *numbers[:2])
    press_key(qtbot, driver, page, Qt.Key.Key_P)
    assert open_dialogs() == []
    assert driver.window.notices.sentence == "Nothing of what is chosen is open."


def test_an_amount_of_nothing_is_refused_where_it_stands(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0])
    press_key(qtbot, driver, page, Qt.Key.Key_P)
    shown = dialog(driver)
    write(shown.form, amount="0")
    assert not save(driver, shown)
    assert shown.said.startswith("A payment needs an amount above zero.")
    assert still_open(book, numbers[0]) == 11_900
    shown.form.put({})
    shown.reject()


def test_lines_are_credited_and_may_be_billed_again(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[1])
    press_key(qtbot, driver, page, Qt.Key.Key_C)
    shown = dialog(driver)
    assert isinstance(shown, CreditDialog)
    assert shown.sentence == "Credits €238.00: €200.00 net and €38.00 tax."
    choose(driver, shown.form, "how", "lines")
    shown.table.select([2])
    says(driver, shown, "Credits €59.50: €50.00 net and €9.50 tax.")
    assert not save(driver, shown)
    write(shown.form, reason="not delivered")
    assert save(driver, shown)
    assert driver.window.notices.sentence == f"{numbers[1]} is credited by CN-2026-0001, €59.50."
    assert still_open(book, numbers[1]) == 17_850
    assert "CN-2026-0001" in shown_numbers(page)
    # A credit note lowers what the list comes to.
    place = shown_numbers(page).index("CN-2026-0001")
    assert page.model.text_at(place, 7) == "−59.50"


def test_an_amount_above_what_is_left_says_so_before_it_is_saved(
    driver: Driver, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0])
    press_key(qtbot, driver, page, Qt.Key.Key_C)
    shown = dialog(driver)
    assert isinstance(shown, CreditDialog)
    choose(driver, shown.form, "how", "amount")
    write(shown.form, amount="200")
    left = f"€119.00 is left of {numbers[0]}"
    says(driver, shown, f"€200.00 cannot be credited: {left}. Leave the amount out to credit all that is left.")
    shown.form.put({})
    shown.reject()


def test_an_invoice_is_credited_whole_and_issued_anew_at_once(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0])
    press_key(qtbot, driver, page, Qt.Key.Key_C)
    shown = dialog(driver)
    choose(driver, shown.form, "after", "anew")
    write(shown.form, reason="wrong address")
    assert save(driver, shown)
    assert "It is issued anew as INV-2026-0004." in driver.window.notices.sentence
    assert states(book)[numbers[0]] == "credited"
    assert still_open(book, "INV-2026-0004") == 11_900


def test_what_is_lost_is_written_off_and_taken_back(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0])
    press_key(qtbot, driver, page, Qt.Key.Key_W)
    shown = dialog(driver)
    assert shown.form.values()["amount"] == 11_900
    write(shown.form, reason="bankrupt")
    assert save(driver, shown)
    assert states(book)[numbers[0]] == "written_off"
    pick(driver, page, numbers[0])
    assert page.acts["invoices.write_off"].text() == "Take the write-off back…"
    press_key(qtbot, driver, page, Qt.Key.Key_W)
    back = dialog(driver)
    write(back.form, reason="paid after all")
    assert save(driver, back)
    assert states(book)[numbers[0]] == "overdue"
    assert driver.window.notices.sentence == f"€119.00 of {numbers[0]} is open again."


def test_a_dispute_is_flagged_settled_and_undone(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0])
    press_key(qtbot, driver, page, Qt.Key.Key_D)
    shown = dialog(driver)
    shown.form.editor("reason").put("Wrong hours")
    assert save(driver, shown)
    assert states(book)[numbers[0]] == "disputed"
    assert page.acts["invoices.dispute"].text() == "Settle the dispute…"
    press_key(qtbot, driver, page, Qt.Key.Key_D)
    settled = dialog(driver)
    settled.form.editor("outcome").put("Agreed")
    assert save(driver, settled)
    assert states(book)[numbers[0]] == "overdue"
    press(driver, "Undo")
    assert states(book)[numbers[0]] == "disputed"


def test_unused_credit_settles_the_chosen_invoice(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[2])
    press_key(qtbot, driver, page, Qt.Key.Key_U)
    assert driver.window.notices.sentence == "This client has no unused credit in EUR."
    record_payment(book, amount=12_400, paid_on=MAY, actor=ACTOR, today=TODAY, numbers=[numbers[0]], only_named=True)
    driver.program.jobs.announce({"payments", "invoices"})
    driver.settle()
    pick(driver, page, numbers[1])
    press_key(qtbot, driver, page, Qt.Key.Key_U)
    shown = dialog(driver)
    assert save(driver, shown)
    assert driver.window.notices.sentence == f"€5.00 of credit used on {numbers[1]}."
    assert still_open(book, numbers[1]) == 23_300


def test_a_document_tells_its_story(driver: Driver, qtbot: QtBot, numbers: tuple[str, ...]) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[1])
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()
    story = next(one for one in QApplication.topLevelWidgets() if isinstance(one, StoryDialog) and one.isVisible())
    lines = [line.strip() for step in story.steps for line in step.lines()]
    assert lines[0] == "Payable\t€238.00"
    assert "Net\tsum of 2 lines\t€200.00" in lines
    assert "1. Work 1\t1 unit × 150\t€150.00" in lines
    assert "Tax S\t19% of €200.00, rounded once\t€38.00" in lines
    assert "Receivable\t20 May 2026\t€238.00" in lines
    story.copy()
    assert QGuiApplication.clipboard().text().startswith("Payable\t€238.00\n  Net\tsum of 2 lines")
    story.reject()


def _file_dialog(driver: Driver) -> QFileDialog:
    driver.until(lambda: any(isinstance(one, QFileDialog) for one in QApplication.allWidgets()))
    return next(one for one in QApplication.allWidgets() if isinstance(one, QFileDialog))


def test_pdfs_are_saved_one_under_a_name_several_into_a_folder(
    driver: Driver, book: Book, tmp_path: Path, numbers: tuple[str, ...]
) -> None:
    add_opening_item(book, OpeningItem("OLD-7", 1, MARCH, APRIL, "EUR", 5_000, 5_000), actor=ACTOR, today=TODAY)
    page = page_of(driver)
    pick(driver, page, numbers[0])
    page.save()
    asked = _file_dialog(driver)
    asked.fileSelected.emit(str(tmp_path / "one.pdf"))
    asked.close()
    asked.deleteLater()
    driver.settle()
    assert (tmp_path / "one.pdf").read_bytes().startswith(b"%PDF-")
    pick(driver, page, *numbers, "OLD-7")
    assert page.acts["invoices.save"].text() == "Save 4 PDFs…"
    page.save()
    asked = _file_dialog(driver)
    asked.fileSelected.emit(str(tmp_path / "all"))
    asked.close()
    asked.deleteLater()
    driver.settle()
    assert sorted(file.name for file in (tmp_path / "all").iterdir()) == [f"{number}.pdf" for number in numbers]
    assert driver.window.notices.sentence == "3 PDFs are saved in all."


def test_an_opening_item_has_a_balance_but_no_page(driver: Driver, book: Book) -> None:
    client = add_client(book, "ACME")
    add_opening_item(book, OpeningItem("OLD-7", client, MARCH, APRIL, "EUR", 5_000, 2_000), actor=ACTOR, today=TODAY)
    page = page_of(driver)
    assert page._pdf.words.startswith("This was issued before the book began")
    assert not page.acts["invoices.credit"].isEnabled()
    assert page.acts["invoices.pay"].isEnabled()


def test_an_invoice_by_hand_goes_through_the_gate_like_any_other(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...]
) -> None:
    page = page_of(driver)
    driver.window.activateWindow()
    driver.until(page.table.hasFocus)
    qtbot.keyClick(page.table, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    asked = dialog(driver)
    choose(driver, asked.form, "client", 2)
    asked.accept()
    driver.until(lambda: [one.windowTitle() for one in open_dialogs()] == ["Invoice to ZEN Ltd"])
    open_dialogs()[0].reject()


def test_a_document_opens_as_large_as_the_window(driver: Driver, qtbot: QtBot, numbers: tuple[str, ...]) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0])
    press_key(qtbot, driver, page, Qt.Key.Key_O)
    document = driver.window.page
    assert isinstance(document, DocumentPage)
    driver.until(lambda: document.view.page_count == 1)
    assert document.paper.title == numbers[0]
    qtbot.keyClick(document.view, Qt.Key.Key_Escape)
    driver.settle()
    assert driver.window.page is page
    assert page.pane.heading == numbers[0]


def test_a_document_is_saved_from_its_own_page(
    driver: Driver, book: Book, qtbot: QtBot, numbers: tuple[str, ...], tmp_path: Path
) -> None:
    page = page_of(driver)
    pick(driver, page, numbers[0])
    page.document()
    document = driver.window.page
    assert isinstance(document, DocumentPage)
    driver.until(lambda: document.view.page_count == 1)
    document.save()
    chosen = next(one for one in document.findChildren(QFileDialog) if one.isVisible())
    chosen.fileSelected.emit(str(tmp_path / "one.pdf"))
    chosen.close()
    driver.settle()
    assert (tmp_path / "one.pdf").read_bytes() == document.view.pdf
    assert "one.pdf is saved" in driver.window.notices.sentence
