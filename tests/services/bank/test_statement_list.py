"""The list of statements: what each brought, what of it is booked, and what is missing before it."""

from datetime import date
from pathlib import Path

from desktop.services.bank.statement_list import statement_rows
from desktop.services.bank.statements import take_in
from tests.bank_lines import IBAN, add_account
from tests.books import new_book
from tests.camt_text import camt

TODAY = date(2026, 5, 31)


def test_each_statement_with_its_lines_and_the_gap_before_it(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    add_account(book, bank="Hafenbank")
    march, may = tmp_path / "march.xml", tmp_path / "may.xml"
    march.write_text(camt(IBAN, ("2026-03-02", 5_000, "A"), ("2026-03-30", -1_000, "B")))
    may.write_text(camt(IBAN, ("2026-05-04", 700, "C"), number=2, opening=109_000))
    take_in(book, [march, may], actor="test", today=TODAY)
    later, earlier = statement_rows(book)
    assert (earlier.file_name, earlier.from_day, earlier.to_day) == ("march.xml", date(2026, 3, 2), date(2026, 3, 30))
    assert (earlier.opening, earlier.closing, earlier.came_in, earlier.went_out) == (100_000, 104_000, 5_000, -1_000)
    assert (earlier.lines, earlier.booked, earlier.gap) == (2, 0, None)
    assert earlier.account == "Hafenbank DE02 1203 0000 0000 2020 51"
    assert (earlier.format, earlier.number, earlier.currency, earlier.actor) == ("camt", "1", "EUR", "test")
    assert later.gap is not None
    assert (later.gap.kind, later.gap.amount) == ("days", 5_000)
    assert later.batch != earlier.batch
    assert None not in (later.batch, earlier.batch)


def test_a_book_without_statements_has_none(tmp_path: Path) -> None:
    assert statement_rows(new_book(tmp_path)) == ()
