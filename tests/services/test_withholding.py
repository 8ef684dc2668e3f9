"""Tax that clients keep back for the state (TDS): what is expected, what it settles, how it is taken back."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client
from desktop.domain.money import scaled
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from desktop.services.payment_plans import agree_plan
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payment_suggestions import suggest_payment
from desktop.services.payments import PaymentResult, record_payment
from desktop.services.withholding import expected_withholding
from tests.books import new_book
from tests.contracts import rows
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

FIRST, SECOND, TODAY = date(2026, 4, 1), date(2026, 4, 5), date(2026, 4, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, country="IN", currency="INR") as book:
        yield book
        prove(book)


@pytest.fixture
def client(book: Book) -> int:
    """Withholds 10 % of the net."""
    key = add_client(book, "ACME", currency="INR")
    with change(book, ANNE, "TDS") as made:
        made.update(Client, key, withholding=scaled(Decimal("0.1")))
    return key


def invoice(book: Book, client: int, day: date = FIRST, net: int = 100_000, terms: str = "net 30") -> str:
    return add_invoice(book, client, day, (net, 18), currency="INR", terms=terms)


def pay(book: Book, amount: int, withheld: int, *numbers: str, client: int | None = None) -> PaymentResult:
    return record_payment(
        book,
        amount=amount,
        withheld=withheld,
        paid_on=TODAY,
        today=TODAY,
        actor=ANNE,
        numbers=numbers,
        client_id=client,
    )


def kept(book: Book, payment: str) -> list[tuple[str, int]]:
    return rows(
        book,
        "SELECT i.number, sum(a.amount) FROM allocation a JOIN payment p ON p.id = a.payment_id"
        " JOIN invoice i ON i.id = a.invoice_id WHERE p.number = ? GROUP BY i.id ORDER BY i.id",
        payment,
    )


def still_open(book: Book) -> dict[str, int]:
    return dict(
        rows(book, "SELECT i.number, sum(o.open) FROM open_item o JOIN invoice i ON i.id = o.invoice_id GROUP BY i.id")
    )


def test_each_invoice_bears_what_is_expected_of_it(book: Book, client: int) -> None:
    first, second = invoice(book, client), invoice(book, client, SECOND, 50_000)
    assert expected_withholding(book, [first, second]) == 15_000
    done = pay(book, 130_000, 15_000, first, second)
    assert kept(book, done.withheld) == [(first, 10_000), (second, 5_000)]
    assert kept(book, done.payment) == [(first, 108_000), (second, 22_000)]
    assert done.allocated == ((first, 118_000), (second, 27_000))
    assert still_open(book) == {first: 0, second: 32_000}
    assert expected_withholding(book, [first, second]) == 0


def test_where_nothing_is_known_the_invoices_named_bear_it_by_their_net(book: Book) -> None:
    client = add_client(book, "BOLT", currency="INR")
    first, second = invoice(book, client), invoice(book, client, SECOND, 50_000)
    assert kept(book, pay(book, 100_000, 9_000, first, second).withheld) == [(first, 6_000), (second, 3_000)]


def test_what_is_withheld_beyond_expectation_stays_with_the_invoice_named(book: Book, client: int) -> None:
    first, second = invoice(book, client), invoice(book, client, SECOND)
    done = pay(book, 100_000, 18_000, second)
    assert kept(book, done.withheld) == [(second, 18_000)]
    assert still_open(book) == {first: 118_000, second: 0}


def test_an_early_payment_discount_is_granted_beside_it(book: Book, client: int) -> None:
    number = invoice(book, client, terms="2/10 net 30")
    discount = 2_360
    shown = suggest_payment(
        book, client_id=client, currency="INR", amount=118_000 - 10_000 - discount, withheld=10_000, paid_on=TODAY
    )
    assert [(one.settles, one.discount, one.left) for one in shown.items] == [(115_640, discount, 0)]
    done = pay(book, 118_000 - 10_000 - discount, 10_000, number)
    assert done.discounts == ((number, discount),)
    assert still_open(book) == {number: 0}


def test_each_part_payment_brings_its_own_tax(book: Book, client: int) -> None:
    number = invoice(book, client)
    pay(book, 54_000, 5_000, number)
    assert expected_withholding(book, [number]) == 5_000
    done = pay(book, 54_000, 5_000, number)
    assert (still_open(book), done.unapplied) == ({number: 0}, 0)


def test_a_credit_note_lowers_what_is_expected_and_a_plan_does_not(book: Book, client: int) -> None:
    number = invoice(book, client)
    credit_invoice(book, number, reason="hours", actor=ANNE, today=SECOND, amount_gross=59_000)
    assert expected_withholding(book, [number]) == 5_000
    agree_plan(book, [number], [(TODAY, 59_000)], on=SECOND, reason="late", actor=ANNE, today=TODAY)
    assert expected_withholding(book, [number]) == 5_000
    pay(book, 54_000, 5_000, number)
    assert still_open(book) == {number: 0}


def test_tax_kept_back_of_an_advance_waits_as_credit(book: Book, client: int) -> None:
    done = pay(book, 108_000, 10_000, client=client)
    assert (done.allocated, done.unapplied) == ((), 118_000)


def test_taken_back_it_is_open_and_expected_again(book: Book, client: int) -> None:
    number = invoice(book, client)
    done = pay(book, 108_000, 10_000, number)
    by_role = dict(rows(book, "SELECT role, sum(amount) FROM posting GROUP BY role"))
    assert (by_role["bank"], by_role["withholding"], by_role["receivable"]) == (108_000, 10_000, 0)
    reverse_payment(book, done.withheld, on=TODAY, reason="no certificate", actor=ANNE, today=TODAY)
    assert (still_open(book), expected_withholding(book, [number])) == ({number: 10_000}, 10_000)
    by_role = dict(rows(book, "SELECT role, sum(amount) FROM posting GROUP BY role"))
    assert (by_role["withholding"], by_role["receivable"]) == (0, 10_000)


@pytest.mark.parametrize("withheld, says", [(-1, "above zero"), (10**18, "larger than a book")])
def test_what_cannot_be_withheld_is_refused(book: Book, client: int, withheld: int, says: str) -> None:
    with pytest.raises(UserError, match=says):
        pay(book, 100, withheld, invoice(book, client))
    assert rows(book, "SELECT * FROM payment") == []
