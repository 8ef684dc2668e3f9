from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.credit_use import Applied, apply_credit, withdraw_credit
from desktop.services.credits import credit_invoice
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def client(book: Book) -> int:
    """A client with 300 of a payment and 500 of a credit note left to use."""
    client = add_client(book, "ACME")
    record_payment(book, amount=300, paid_on=JANUARY, actor=ANNE, today=TODAY, client_id=client)
    number = add_invoice(book, client, JANUARY, (500, 0))
    record_payment(book, amount=500, paid_on=FEBRUARY, actor=ANNE, today=TODAY, numbers=[number])
    credit_invoice(book, number, reason="returned", actor=ANNE, today=FEBRUARY)
    return client


def use(
    book: Book, client: int, *numbers: str, source: str | None = None, amount: int | None = None, on: date = MARCH
) -> tuple[Applied, ...]:
    return apply_credit(
        book, client_id=client, on=on, actor=ANNE, today=TODAY, source=source, numbers=numbers, amount=amount
    )


def test_the_oldest_credit_settles_the_oldest_due(book: Book, client: int) -> None:
    old, new = (add_invoice(book, client, day, (600, 0)) for day in (FEBRUARY, MARCH))
    assert use(book, client) == (
        Applied("P-2026-0001", old, 300),
        Applied("CN-2026-0001", old, 300),
        Applied("CN-2026-0001", new, 200),
    )
    prove(book)
    with pytest.raises(UserError, match="no credit left"):
        use(book, client)


def test_one_credit_and_one_invoice_by_name(book: Book, client: int) -> None:
    _old, new = (add_invoice(book, client, day, (600, 0)) for day in (FEBRUARY, MARCH))
    assert use(book, client, new, source="CN-2026-0001", amount=100) == (Applied("CN-2026-0001", new, 100),)
    prove(book)


def test_credit_taken_off_an_invoice_is_the_clients_again(book: Book, client: int) -> None:
    old, new = (add_invoice(book, client, day, (600, 0)) for day in (FEBRUARY, MARCH))
    use(book, client, new, source="P-2026-0001")
    assert withdraw_credit(book, "P-2026-0001", new, on=TODAY, actor=ANNE, today=TODAY) == 300
    prove(book)
    with pytest.raises(UserError, match="settles nothing of"):
        withdraw_credit(book, "P-2026-0001", new, on=TODAY, actor=ANNE, today=TODAY)
    assert use(book, client, old, source="P-2026-0001") == (Applied("P-2026-0001", old, 300),)
    prove(book)


def test_what_was_given_back_is_used_and_settled_no_earlier(book: Book, client: int) -> None:
    old, new = (add_invoice(book, client, day, (300, 0)) for day in (FEBRUARY, MARCH))
    use(book, client, old, source="P-2026-0001")
    withdraw_credit(book, "P-2026-0001", old, on=date(2026, 3, 20), actor=ANNE, today=TODAY)
    # Until the twentieth it counted for the old invoice, whatever is booked afterwards.
    use(book, client, new, source="P-2026-0001", on=MARCH)
    use(book, client, old, source="CN-2026-0001", on=MARCH)
    with book.reading() as session:
        dated = session.connection().exec_driver_sql("SELECT dated FROM allocation ORDER BY id DESC LIMIT 2")
        assert dated.scalars().all() == ["2026-03-20", "2026-03-20"]
    prove(book)
    with pytest.raises(UserError, match="taken off an invoice on 20 Mar 2026"):
        reverse_payment(book, "P-2026-0001", on=MARCH, reason="bounced", actor=ANNE, today=TODAY)


def test_what_cannot_be_used_says_why(book: Book, client: int) -> None:
    with pytest.raises(UserError, match="Nothing is open"):
        use(book, client)
    number = add_invoice(book, client, MARCH, (600, 0))
    in_dollars = add_invoice(book, client, MARCH, (600, 0), currency="USD")
    other = add_client(book, "OTHER")
    with pytest.raises(UserError, match=r"Only €8.00 of credit is left, not €9.00"):
        use(book, client, amount=900)
    with pytest.raises(UserError, match=r"Only €6.00 is open, not €7.00"):
        use(book, client, amount=700)
    with pytest.raises(UserError, match="above zero"):
        use(book, client, amount=0)
    with pytest.raises(UserError, match="no payment or credit note P-9"):
        use(book, client, source="P-9")
    with pytest.raises(UserError, match="another client's"):
        use(book, other, source="P-2026-0001")
    with pytest.raises(UserError, match="several clients"):
        use(book, other, number)
    with pytest.raises(UserError, match="is in USD, not in EUR"):
        use(book, client, in_dollars, source="P-2026-0001")
