"""Opening items from a file: booked once, and told apart from what was issued here."""

import pytest

from db.engine import Book
from desktop.services.changes import undo
from tests.services.imports.conftest import Importer
from tests.services.imports.material import counted, rows

HEAD = "number,client,issue_date,due_date,currency,gross,open\n"
TWO = HEAD + 'OLD-1,ACME,2025-11-03,2025-12-03,EUR,"1,190.00",500\nOLD-2,Zenith SA,2025-12-01,,,200,200\n'


def test_opening_items_are_open(book: Book, filled: Importer) -> None:
    assert counted(filled("opening", TWO)) == (2, 2, 0, 0)
    assert rows(book, "SELECT number, kind, client_id, gross, prepaid, payable FROM invoice ORDER BY id") == [
        ("OLD-1", "opening", 1, 119_000, 69_000, 50_000),
        ("OLD-2", "opening", 2, 20_000, 0, 20_000),
    ]
    assert rows(book, "SELECT due_date, amount, open FROM open_item ORDER BY id") == [
        ("2025-12-03", 50_000, 50_000),
        ("2025-12-01", 20_000, 20_000),
    ]


def test_the_same_file_twice_and_undone(book: Book, filled: Importer) -> None:
    filled("opening", TWO)
    before = rows(book, "SELECT * FROM invoice")
    assert counted(filled("opening", TWO)) == (2, 0, 2, 0)
    assert rows(book, "SELECT * FROM invoice") == before
    undo(book, "Ann")
    assert rows(book, "SELECT count(*) FROM invoice") == [(0,)]
    assert rows(book, "SELECT count(*) FROM open_item") == [(0,)]
    assert counted(filled("opening", TWO)) == (2, 2, 0, 0)


@pytest.mark.parametrize(
    "line, expected",
    [
        ("OLD-1,ACME,2025-11-03,2025-12-03,EUR,1190,400",
         ("open", "€400.00", "OLD-1 is booked with €500.00, not €400.00.")),
        ("OLD-1,ZEN,2025-11-03,2025-12-03,EUR,1190,500", ("client", "ZEN", "OLD-1 is booked with ACME, not ZEN.")),
        ("OLD-3,ACNE,2025-11-03,,,10,10", ("client", "ACNE", "There is no client “ACNE”.")),
        ("OLD-3,ACME,2025-11-03,,JPY,10.5,10.5",
         ("gross", "10.5", "10.5 has more than 0 decimals, which JPY does not have.")),
        ("OLD-3,ACME,2025-11-03,,,10,11", ("open", "11", "11 open is not between 0 and the total of 10.")),
        ("OLD-3,ACME,2026-04-01,,,10,10", ("issue_date", "2026-04-01", "1 Apr 2026 is yet to come.")),
    ],
)  # fmt: skip
def test_items_that_are_refused(filled: Importer, line: str, expected: tuple[str, str, str]) -> None:
    filled("opening", TWO)
    result = filled("opening", HEAD + line + "\n")
    assert counted(result) == (1, 0, 0, 1)
    first = result.rejected[0]
    assert (first.column, first.value, first.problem) == expected
