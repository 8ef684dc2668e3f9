"""A file with bad rows: the good ones come in, the bad ones are told, mended in the file, and come in then."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from db.engine import Book
from desktop.services.check import check
from desktop.ui.importing.dialog import ImportDialog, ask_import
from tests.contracts import rows
from tests.ui.program import Driver
from tests.ui.ways.person import Person

BAD = (
    "Code;Name;Street;Postcode;City;Country;Currency;Credit limit\n"
    "K1;Adler GmbH;Ring 1;20095;Hamburg;DE;EUR;5,000.00\n"
    "K2;;Weg 2;80331;Munich;DE;EUR;\n"
    "K3;Clair SARL;Rue 3;75001;Paris;FR;EUR;much\n"
)


def brought(driver: Driver, path: Path) -> ImportDialog:
    ask_import(driver.desk, driver.window, "clients", path)
    driver.settle()
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, ImportDialog) and one.isVisible()]
    return found[0]


def test_bad_rows_are_told_mended_and_come_in(driver: Driver, book: Book, person: Person, tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text(BAD, encoding="utf-8")
    shown = brought(driver, path)
    assert shown.sentence.text() == "1 row would be imported, 2 are rejected."
    person.click("Import 1 row")
    assert "1 row imported, 0 unchanged, 2 rejected." in driver.window.notices.sentence
    assert rows(book, "SELECT code FROM client") == [("K1",)]
    # What is mended in the file comes in; what came in before is not doubled.
    path.write_text(BAD.replace("K2;;", "K2;Berg AG;").replace(";much", ";750.00"), encoding="utf-8")
    shown = brought(driver, path)
    assert "2 rows would be imported" in shown.sentence.text()
    person.click("Import 2 rows")
    assert rows(book, "SELECT code, name, credit_limit FROM client ORDER BY code") == [
        ("K1", "Adler GmbH", 500_000),
        ("K2", "Berg AG", None),
        ("K3", "Clair SARL", 75_000),
    ]
    person.press("Ctrl+Z")
    assert rows(book, "SELECT code FROM client") == [("K1",)]
    assert check(book).problems == ()
