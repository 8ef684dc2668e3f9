"""What was credited and what a run then bills: issued anew it is billed once, released it is billed again."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client, Item, OneOff, TimeEntry
from desktop.domain.money import SCALE
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from desktop.services.runs.billing_run import bill
from desktop.services.runs.scope import BillResult
from tests.books import new_book
from tests.issued import ANNE
from tests.ledger_proof import prove

APRIL = date(2026, 4, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A client whose March is due: a fee in arrears, two hours and one charge."""
    with new_book(tmp_path, street="Kai 1", postcode="20457", city="Hamburg", tax_id="DE136695976") as book:
        with change(book, ANNE, "Set up") as made:
            client = made.insert(
                Client,
                code="ACME",
                name="Acme GmbH",
                street="Weg 1",
                postcode="28195",
                city="Bremen",
                country="DE",
                currency="EUR",
            )
            item = made.insert(Item, code="CARE", name="Care of the servers")
            agreement = made.insert(
                Agreement,
                code="A-1",
                title="Care",
                client_id=client,
                billing="hybrid",
                currency="EUR",
                anchor=date(2026, 1, 1),
                start_date=date(2026, 3, 1),
            )
            for position, (kind, price) in enumerate((("recurring", 500), ("time", 90)), 1):
                made.insert(
                    AgreementLine,
                    agreement_id=agreement,
                    position=position,
                    kind=kind,
                    item_id=item,
                    quantity=SCALE,
                    unit_price=price * SCALE,
                )
            made.insert(
                TimeEntry,
                client_id=client,
                agreement_id=agreement,
                item_id=item,
                work_date=date(2026, 3, 9),
                hours=2 * SCALE,
            )
            made.insert(
                OneOff,
                client_id=client,
                agreement_id=agreement,
                item_id=item,
                due_date=date(2026, 3, 20),
                description="New server, set up",
                quantity=SCALE,
                unit_price=70 * SCALE,
                currency="EUR",
            )
        yield book


def run(book: Book) -> BillResult:
    return bill(book, through=APRIL, issue_date=APRIL, actor=ANNE, now=book.now)


def rows(book: Book, sql: str) -> list[tuple[Any, ...]]:
    with book.reading() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(sql)]


def billed(book: Book) -> list[tuple[Any, ...]]:
    """Each thing that is billed and on which document."""
    return rows(
        book,
        "SELECT c.kind, c.amount, i.number FROM charge c JOIN invoice i ON i.id = c.invoice_id "
        "WHERE c.reversed_by IS NULL ORDER BY c.kind",
    )


def of(number: str) -> list[tuple[Any, ...]]:
    return [("one_off", 7_000, number), ("recurring", 50_000, number), ("time", 18_000, number)]


def test_credited_and_issued_anew_it_is_billed_once(book: Book) -> None:
    assert len(run(book).invoices) == 1
    result = credit_invoice(book, "INV-2026-0001", reason="wrong address", actor=ANNE, today=APRIL, reissue=True)
    assert result.reissued == "INV-2026-0002"
    assert run(book).invoices == []
    assert billed(book) == of("INV-2026-0002")
    prove(book)


def test_released_it_is_billed_again_and_only_that(book: Book) -> None:
    run(book)
    positions = [row[0] for row in rows(book, "SELECT position FROM charge WHERE kind IN ('time', 'one_off')")]
    credit_invoice(book, "INV-2026-0001", reason="wrong month", actor=ANNE, today=APRIL, lines=positions, release=True)
    assert len(run(book).invoices) == 1
    assert billed(book) == [
        ("one_off", 7_000, "INV-2026-0002"),
        ("recurring", 50_000, "INV-2026-0001"),
        ("time", 18_000, "INV-2026-0002"),
    ]
    prove(book)


def test_credited_without_release_it_stays_billed(book: Book) -> None:
    run(book)
    credit_invoice(book, "INV-2026-0001", reason="a gift", actor=ANNE, today=APRIL)
    assert run(book).invoices == []
    assert billed(book) == of("INV-2026-0001")
    prove(book)


def test_released_as_a_whole_all_of_it_is_billed_again(book: Book) -> None:
    run(book)
    credit_invoice(book, "INV-2026-0001", reason="wrong", actor=ANNE, today=APRIL, amount_gross=1_000)
    credit_invoice(book, "INV-2026-0001", reason="wrong", actor=ANNE, today=APRIL, release=True)
    assert len(run(book).invoices) == 1
    assert billed(book) == of("INV-2026-0002")
    prove(book)
