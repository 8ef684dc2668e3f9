"""Cells from the clipboard: rows count as they stood in the spreadsheet, whatever was put above them."""

from __future__ import annotations

from db.engine import Book
from desktop.services.imports.pasting import pasted_table
from tests.services.imports.conftest import Importer
from tests.services.imports.material import counted, rows

TITLES = ("Code", "Name", "Country")


def problems(take_in: Importer, text: str, **fixed: str) -> list[tuple[int, str]]:
    pasted = pasted_table(text, "clients", TITLES, fixed)
    return [(one.row, one.value) for one in take_in("clients", pasted.content, options=pasted.options).rejected]


def test_rows_without_headings_count_from_the_first_of_them(take_in: Importer) -> None:
    assert problems(take_in, "A\tAlpha\tDE\nB\tBeta\tNowhere\n\nC\tGamma\tNarnia\n") == [(2, "Nowhere"), (4, "Narnia")]


def test_rows_below_headings_count_with_them(take_in: Importer) -> None:
    assert problems(take_in, "\ncode\tname\tcountry\nA\tAlpha\tDE\n\nB\tBeta\tNowhere\n") == [(5, "Nowhere")]


def test_a_cell_of_several_lines_is_in_one_row(book: Book, take_in: Importer) -> None:
    text = 'A\t"Alpha\nHolding"\tDE\nB\tBeta\tNowhere\n'
    assert problems(take_in, text) == [(2, "Nowhere")]
    assert rows(book, "SELECT name FROM client") == [("Alpha Holding",)]


def test_a_field_of_the_page_is_given_to_rows_alone(book: Book, take_in: Importer) -> None:
    assert problems(take_in, "\nA\tAlpha\n\nB\tBeta\n", country="DE") == []
    assert rows(book, "SELECT code, country FROM client") == [("A", "DE"), ("B", "DE")]


def test_a_ragged_paste_of_thousands_of_rows_is_taken(book: Book, take_in: Importer) -> None:
    lines = [f"C{one}\tClient {one}\tDE" + ("\t" if one % 3 else "") for one in range(5000)]
    pasted = pasted_table("\r\n".join(lines), "clients", TITLES, {})
    assert counted(take_in("clients", pasted.content, options=pasted.options)) == (5000, 5000, 0, 0)
