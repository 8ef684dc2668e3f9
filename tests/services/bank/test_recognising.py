"""Statements among files that somebody dropped."""

from pathlib import Path

from desktop.services.bank.recognising import statements_among
from tests.bank_lines import IBAN
from tests.books import new_book
from tests.camt_text import camt


def test_statements_are_told_from_other_files(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    files = {
        "statement.xml": camt(IBAN, ("2026-03-02", 5_000, "A")),
        "known.csv": "Buchungstag;Wertstellung;Umsatzart;Buchungstext;Betrag;Währung;IBAN Kontoinhaber;Kategorie\n",
        "clients.csv": "code,name,country\nA,Adler,DE\n",
        "notes.txt": "Dear reader",
        "empty.xml": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths = [tmp_path / name for name in files]
    found = [path.name for path in statements_among(book, paths)]
    assert "statement.xml" in found
    assert not {"clients.csv", "notes.txt", "empty.xml"} & set(found)
    assert statements_among(book, [tmp_path / "gone.xml"]) == ()
