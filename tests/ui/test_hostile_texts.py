"""Names and notes that are written to be run: the window shows them letter by letter, on every place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from db.schema import Agreement, AgreementLine, Client, Contact, Firm, Item
from desktop.services.changes import change
from desktop.ui.places import places
from tests.books import new_book
from tests.ui.program import E6, Driver

EVIL = '<b>Evil</b><img src="file:///etc/hostname">'


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    book = new_book(tmp_path)
    with change(book, "test", EVIL) as made:
        made.update(Firm, 1, name=f"Firm {EVIL}", city=EVIL)
        standard = made.connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'standard'").scalar_one()
        item = made.insert(Item, code="RET", name=EVIL, unit="month", tax_code_id=standard)
        client = made.insert(Client, code="C1", name=EVIL, street=EVIL, city=EVIL, country="DE", currency="EUR")
        made.insert(Contact, client_id=client, name=EVIL, email="a@b.example")
        day = date(2026, 5, 1)
        agreement = made.insert(
            Agreement,
            code="A1",
            title=EVIL,
            client_id=client,
            billing="recurring",
            currency="EUR",
            anchor=day,
            start_date=day,
        )
        made.insert(
            AgreementLine,
            agreement_id=agreement,
            position=1,
            kind="recurring",
            item_id=item,
            description=EVIL,
            quantity=E6,
            unit_price=1000 * E6,
        )
    driver = Driver(qtbot, qapp, book, tmp_path)
    driver.settle()
    yield driver
    driver.end()


def run(widget: QWidget) -> list[str]:
    """Texts of the widget that Qt would take for HTML though somebody typed them."""
    found = []
    for label in widget.findChildren(QLabel):
        plain = label.textFormat() == Qt.TextFormat.PlainText
        if not plain and "<img" in label.text() and label.textFormat() != Qt.TextFormat.MarkdownText:
            found.append(f"label {label.text()}")
    for one in [widget, *widget.findChildren(QWidget)]:
        if "<img" in one.toolTip():
            found.append(f"tooltip of {type(one).__name__}: {one.toolTip()}")
    return found


def test_a_typed_text_is_shown_letter_by_letter(driver: Driver) -> None:
    shown = 0
    for place in places(driver.desk):
        driver.window.go(place.name)
        driver.settle()
        page = driver.window.page
        if (table := getattr(page, "table", None)) is not None and table.model().rowCount():
            table.selectRow(0)
            driver.settle()
        assert run(driver.window) == [], place.name
        shown += sum("<img" in label.text() for label in driver.window.findChildren(QLabel))
    # A window that shows none of it would prove nothing.
    assert shown
