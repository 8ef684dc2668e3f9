"""Printing from the window: the dialog, what it says, and what happens through a real print server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialogButtonBox, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.delivery.printer import Queue
from desktop.services.delivery.paper.papers import Choice
from desktop.services.delivery.paper.print_outlook import Outlook, outlook
from desktop.services.delivery.paper.print_settings import PrintSettings, print_settings
from desktop.ui.document_page import DocumentPage, invoice_paper
from desktop.ui.outbox import print_dialog
from desktop.ui.outbox.page import OutboxPage
from desktop.ui.outbox.print_dialog import PrintDialog
from desktop.ui.outbox.print_ways import print_invoices, print_outbox, print_run
from desktop.ui.outbox.print_words import paper_choices, queue_state, side_choices, tray_choices
from tests.books import new_book
from tests.contracts import Contracts, rows, value
from tests.documents.papers import pages
from tests.servers.cups import Cups, cups
from tests.ui.program import Driver

__all__ = ["cups"]

RUN = "R-2026-0001"


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path, cups: Cups) -> Iterator[Driver]:
    """A run of four documents: three of two clients go by print, one by folder."""
    book = new_book(tmp_path, street="Kai 1", city="Hamburg", postcode="20457", tax_number="22/123/45678")
    contracts = Contracts(book)
    for code, delivery, count in (("C1", "print", 2), ("C2", "print", 1), ("C3", "folder", 1)):
        client = contracts.client(code, delivery=delivery)
        for agreement in range(count):
            contracts.agreement(client, f"{code}-{agreement}", start_date="2026-05-01")
    assert contracts.bill("2026-05-31").run == RUN
    found = Driver(qtbot, qapp, book, tmp_path)
    found.settle()
    yield found
    found.end()


def asked(driver: Driver, ask: Callable[[], object]) -> PrintDialog:
    """The dialog, once it says what the order comes to."""
    ask()
    shown: list[PrintDialog] = []

    def there() -> bool:
        shown[:] = [one for one in QApplication.topLevelWidgets() if isinstance(one, PrintDialog) and one.isVisible()]
        return bool(shown)

    driver.until(there)
    driver.settle()
    return shown[0]


def choose(driver: Driver, dialog: PrintDialog, **values: Any) -> None:
    for key, wanted in values.items():
        dialog.form.editor(key).put(wanted)
        dialog.form.editor(key).changed.emit()
    driver.settle()


def main_button(dialog: PrintDialog) -> QAbstractButton:
    found = dialog.findChild(QDialogButtonBox)
    assert isinstance(found, QDialogButtonBox)
    return next(one for one in found.buttons() if found.buttonRole(one) is QDialogButtonBox.ButtonRole.AcceptRole)


def press(dialog: PrintDialog, words: str) -> None:
    next(one for one in dialog.findChildren(QPushButton) if words in one.text()).click()


def states(driver: Driver) -> list[str]:
    return [state for (state,) in rows(driver.desk.book, "SELECT state FROM delivery ORDER BY id")]


def test_a_run_is_printed_and_said_to_be(driver: Driver, cups: Cups) -> None:
    dialog = asked(driver, lambda: print_run(driver.desk, driver.window, RUN))
    choose(driver, dialog, queue="office", sides="two-sided-long-edge", cover=True)
    assert dialog.comes_to == "3 documents · 2 clients · 3 pages · 1 job It takes 4 sheets of paper."
    press(dialog, "Print")
    (printed,) = cups.printed(1)
    assert len(pages(printed)) == 8
    driver.until(lambda: states(driver) == ["sent", "sent", "sent", "waiting"])
    driver.settle()
    assert driver.window.shell.notices.sentence == "3 documents are printed."
    # The next time begins where this one ended.
    kept = print_settings(driver.desk.book)
    assert kept == PrintSettings(queue="office", sides="two-sided-long-edge", cover=True)
    dialog = asked(driver, lambda: print_run(driver.desk, driver.window, RUN))
    assert dialog.order().settings == kept
    # Nothing waits any more: the whole run is what can be printed.
    assert dialog.order().choice.everything
    assert "4 documents" in dialog.comes_to
    assert "4 of them go another way or went already" in dialog.comes_to


def test_what_can_be_chosen_goes_by_the_printer(driver: Driver) -> None:
    dialog = asked(driver, lambda: print_outbox(driver.desk, driver.window, []))
    choose(driver, dialog, queue="office", tray="tray-2", sides="two-sided-long-edge")
    assert dialog.order().settings.tray == "tray-2"
    assert dialog.form.editor("fronts").isEnabled()
    choose(driver, dialog, queue="plain")
    settings = dialog.order().settings
    assert (settings.queue, settings.tray, settings.sides) == ("plain", "", "")
    assert not dialog.form.editor("fronts").isEnabled()


def test_a_range_and_the_order(driver: Driver) -> None:
    numbers = [title for (title,) in rows(driver.desk.book, "SELECT title FROM delivery ORDER BY id")]
    dialog = asked(driver, lambda: print_run(driver.desk, driver.window, RUN))
    choose(driver, dialog, queue="office", first=numbers[1], copies=3, per_client=True)
    assert dialog.comes_to.startswith("2 documents · 2 clients · 2 pages · 2 jobs It takes 6 sheets")
    choose(driver, dialog, first="INV-9")
    assert "INV-9 is not among the documents" in dialog.comes_to
    assert not main_button(dialog).isEnabled()


def test_what_was_counted_for_an_earlier_choice_is_not_shown(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = asked(driver, lambda: print_run(driver.desk, driver.window, RUN))
    begun, answered, real = threading.Event(), threading.Event(), outlook

    def slow(book: Book, choice: Choice, settings: PrintSettings, *more: Any) -> Outlook:
        found = real(book, choice, settings, *more)
        if settings.copies == 7:
            begun.set()
            answered.wait(20)
        return found

    monkeypatch.setattr(print_dialog, "outlook", slow)
    for copies in (7, 2):
        dialog.form.editor("copies").put(copies)
        dialog.form.editor("copies").changed.emit()
        driver.until(begun.is_set)
    driver.until(lambda: "6 sheets" in dialog.comes_to)
    answered.set()
    driver.settle()
    assert "6 sheets" in dialog.comes_to


def test_a_stopped_printer_says_so_and_printing_is_taken_back(driver: Driver, cups: Cups) -> None:
    cups.command("cupsdisable", "-r", "Paper jam", "office")
    dialog = asked(driver, lambda: print_outbox(driver.desk, driver.window, []))
    choose(driver, dialog, queue="office")
    assert "stopped" in dialog.form.editor("queue").accessibleDescription()
    assert "Paper jam" in dialog.form.editor("queue").accessibleDescription()
    press(dialog, "Print")
    driver.until(lambda: states(driver)[:3] == ["sending"] * 3)
    driver.settle()
    notices = driver.window.shell.notices
    assert notices.sentence == "3 documents are in the queue of office."
    page = driver.window.go("outbox")
    assert isinstance(page, OutboxPage)
    driver.settle()
    page.table.select(page.model.ids)
    driver.settle()
    page.acts["outbox.unprint"].trigger()
    driver.until(lambda: states(driver)[:3] == ["waiting"] * 3)


def test_a_job_that_fails_is_told_with_its_remedy(driver: Driver, cups: Cups) -> None:
    cups.command("lpadmin", "-p", "office", "-o", "printer-error-policy=abort-job")
    cups.shut("faulty")
    dialog = asked(driver, lambda: print_outbox(driver.desk, driver.window, []))
    choose(driver, dialog, queue="office")
    press(dialog, "Print")
    driver.until(lambda: states(driver)[:3] == ["failed"] * 3)
    driver.settle()
    assert driver.window.shell.notices.sentence.startswith("1 print job did not come to its end.")


def test_without_a_print_server_there_is_a_sentence_and_other_ways(driver: Driver, cups: Cups, tmp_path: Path) -> None:
    cups.stop()
    dialog = asked(driver, lambda: print_run(driver.desk, driver.window, RUN))
    assert "does not answer" in dialog.form.editor("queue").accessibleDescription()
    assert not main_button(dialog).isEnabled()
    press(dialog, "One PDF")
    chooser = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog) and one.isVisible())
    chooser.fileSelected.emit(str(tmp_path / "shop.pdf"))
    driver.settle()
    assert len(pages((tmp_path / "shop.pdf").read_bytes())) == 3
    assert driver.window.shell.notices.sentence.startswith("shop.pdf holds 3 documents, pages in all: 3.")
    assert states(driver) == ["waiting"] * 4
    chooser.close()


def test_selected_invoices_get_copies_on_paper(driver: Driver, cups: Cups) -> None:
    last = value(driver.desk.book, "SELECT invoice_id FROM delivery WHERE channel = 'folder'")
    dialog = asked(driver, lambda: print_invoices(driver.desk, driver.window, [last]))
    choose(driver, dialog, queue="office")
    assert "a copy on paper" in dialog.comes_to
    press(dialog, "Print")
    cups.printed(1)
    driver.settle()
    assert states(driver)[3] == "waiting"


def test_leaving_keeps_nothing_and_asks_nothing(driver: Driver) -> None:
    dialog = asked(driver, lambda: print_run(driver.desk, driver.window, RUN))
    choose(driver, dialog, queue="office", copies=5)
    dialog.reject()
    assert not dialog.isVisible()
    assert print_settings(driver.desk.book) == PrintSettings()


def test_the_systems_dialog_marks_one_document_as_printed(driver: Driver, cups: Cups) -> None:
    invoice, number = rows(driver.desk.book, "SELECT invoice_id, title FROM delivery ORDER BY id")[0]
    page = DocumentPage(driver.desk, invoice_paper(driver.desk, invoice, number))
    driver.window.shell.push(page)
    driver.settle()
    page.print()
    dialog = next(one for one in driver.window.findChildren(QPrintDialog) if one.isVisible())
    dialog.printer().setPrinterName("office")
    assert dialog.printer().isValid()
    dialog.accept()
    cups.printed(1)
    driver.until(lambda: states(driver)[0] == "sent")
    assert states(driver)[1:] == ["waiting"] * 3


def test_words_of_printers() -> None:
    queue = Queue(
        "x",
        sides=("one-sided",),
        trays=("tray-3", "by-pass-tray", "stapler-feed"),
        media=("iso_a4_210x297mm", "na_letter_8.5x11in", "odd"),
    )
    assert [words for _value, words in tray_choices(queue)][1:] == ["Tray 3", "Bypass tray", "Stapler feed"]
    assert [words for _value, words in paper_choices(queue)][1:] == ["A4 (210 × 297 mm)", "Letter (8.5 × 11 in)", "odd"]
    assert len(side_choices(queue)) == 2
    assert queue_state(Queue("x", jobs=2)) == "Ready; 2 jobs are before this one."
    assert "takes no jobs" in queue_state(Queue("x", accepting=False))
