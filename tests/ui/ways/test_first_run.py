"""A new firm: from the greeting to its first invoice, nothing made beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.app import Program
from desktop.services.check import check
from desktop.starts import Start
from desktop.ui.agreements.form import AgreementForm
from desktop.ui.document_page import DocumentPage
from desktop.ui.form import Form
from desktop.ui.runs.result import ResultPage
from desktop.ui.runs.review import ReviewPage
from tests.contracts import rows
from tests.ui.forms import choose
from tests.ui.program import Driver
from tests.ui.ways.person import Person

MAY_31 = date(2026, 5, 31)


class Newcomer(Driver):
    """The program without a book, as it greets."""

    def __init__(self, qtbot: QtBot, qapp: QApplication, folder: Path) -> None:
        self.qtbot = qtbot
        self.program = Program(qapp, folder / "window.ini")
        self.window = self.program.window
        qtbot.addWidget(self.window)
        self.window.show()
        self.program.begin(Start())


@pytest.fixture
def newcomer(qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newcomer]:
    monkeypatch.setattr("desktop.ui.new_book.documents_dir", lambda: tmp_path)
    made = Newcomer(qtbot, qapp, tmp_path)
    yield made
    made.end()


def made_book(newcomer: Newcomer, person: Person, path: Path) -> Book:
    person.click("New book for my firm…")
    person.dialog()
    person.fill(name="Brandt & Partner")
    form = person.front.findChild(Form)
    assert isinstance(form, Form)
    choose(newcomer, form, "country", "DE")
    person.press("Return")
    newcomer.until(lambda: bool(_file_dialogs()))
    # Where the system shows its own dialog for files nobody can type into it from here.
    (asked,) = _file_dialogs()
    asked.fileSelected.emit(str(path))
    asked.close()
    newcomer.until(lambda: newcomer.program.desk is not None)
    newcomer.settle()
    desk = newcomer.program.desk
    assert desk is not None
    newcomer.desk = desk
    desk.today = lambda: MAY_31
    return desk.book


def _file_dialogs() -> list[QFileDialog]:
    found: list[QWidget] = QApplication.topLevelWidgets()
    return [one for one in found if isinstance(one, QFileDialog) and one.isVisible()]


def test_from_the_greeting_to_the_first_invoice(newcomer: Newcomer, tmp_path: Path) -> None:
    person = Person(newcomer)
    book = made_book(newcomer, person, tmp_path / "Brandt.sheaf")
    # The first client.
    newcomer.window.go("clients")
    newcomer.settle()
    person.press("Ctrl+N")
    person.dialog()
    person.fill(name="Nordlicht GmbH", street="Kai 1", postcode="20457", city="Hamburg")
    person.press("Ctrl+Return")
    assert rows(book, "SELECT name, city, currency FROM client") == [("Nordlicht GmbH", "Hamburg", "EUR")]
    # The first agreement: 1,200 a month since the first of May.
    newcomer.window.go("agreements")
    newcomer.settle()
    person.press("Ctrl+N")
    person.dialog()
    form = person.front.findChild(AgreementForm)
    assert isinstance(form, AgreementForm)
    choose(newcomer, form, "client_id", 1)
    person.fill(start_date="1 May 2026")
    form.table("lines").model.paste(0, 0, "Recurring\t\tCare\t1\t1200")
    person.press("Ctrl+Return")
    assert rows(book, "SELECT start_date, currency FROM agreement") == [("2026-05-01", "EUR")]
    # The first run.
    newcomer.window.go("runs")
    newcomer.settle()
    person.click("Bill May")
    review = newcomer.window.page
    assert isinstance(review, ReviewPage)
    # Nothing needs anybody: all is shown, and it is ready.
    assert [review.model.text_at(row, 1) for row in range(review.model.rowCount())] == ["Nordlicht GmbH"]
    person.click("Issue 1 invoice")
    newcomer.until(lambda: isinstance(newcomer.window.page, ResultPage))
    assert rows(book, "SELECT number, net FROM invoice") == [("INV-2026-0001", 120_000)]
    # And its page.
    newcomer.window.back()
    newcomer.settle()
    person.press("Return")
    document = newcomer.window.page
    assert isinstance(document, DocumentPage)
    newcomer.until(lambda: document.view.page_count == 1)
    assert document.paper.title == "INV-2026-0001"
    assert check(book).problems == ()
