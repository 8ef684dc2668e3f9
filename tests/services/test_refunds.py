from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from db.queries.letters import credits_at
from desktop.errors import UserError
from desktop.services.accounts import account
from desktop.services.credits import credit_invoice
from desktop.services.history import history
from desktop.services.letters.receipt import receipt
from desktop.services.lists.payments import PaymentList
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.refunds import Refund, credit_left, refund_credit
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice, add_rate
from tests.ledger_proof import firm_receivable, prove

TODAY = date(2026, 3, 31)
FEBRUARY, MARCH = date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


def paid(book: Book, client: int, amount: int, currency: str = "EUR", method: str = "bank") -> str:
    return record_payment(
        book,
        amount=amount,
        paid_on=FEBRUARY,
        actor=ANNE,
        today=TODAY,
        client_id=client,
        currency=currency,
        method=method,
    ).payment


def back(book: Book, number: str, amount: int | None = None, on: date = MARCH) -> Refund:
    return refund_credit(book, number, on=on, reason="Paid twice", actor=ANNE, today=TODAY, amount=amount)


def postings(book: Book, number: str) -> list[tuple[str, int, int | None]]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT s.role, s.amount, s.firm_amount FROM posting s JOIN journal_entry e ON e.id = s.entry_id"
            " JOIN payment p ON p.id = e.payment_id WHERE p.number = ? ORDER BY s.role",
            (number,),
        )
        return [tuple(row) for row in rows]


def test_what_is_left_of_a_payment_is_paid_back_in_parts(book: Book, client: int) -> None:
    number = paid(book, client, 10_000)
    assert back(book, number, 4_000) == Refund("P-2026-0002", 2, number, client, "EUR", 4_000, 6_000)
    assert back(book, number).left == 0
    assert credit_left(book, number) == ("EUR", 0)
    assert postings(book, "P-2026-0002") == [("bank", -4_000, -4_000), ("receivable", 4_000, 4_000)]
    (page,) = account(book, client, until=TODAY)
    assert [(row.kind, row.amount, row.balance) for row in page.rows] == [
        ("payment", -10_000, -10_000),
        ("refund", 4_000, -6_000),
        ("refund", 6_000, 0),
    ]
    prove(book)


def test_the_rest_of_a_credit_note_is_paid_back(book: Book, client: int) -> None:
    invoice = add_invoice(book, client, FEBRUARY, (10_000, 19))
    record_payment(book, amount=11_900, paid_on=FEBRUARY, actor=ANNE, today=TODAY, numbers=[invoice])
    note = credit_invoice(book, invoice, reason="Returned", actor=ANNE, today=MARCH).credit_note
    refund = back(book, note)
    assert (refund.source, refund.amount, refund.left) == (note, 11_900, 0)
    prove(book)


def test_a_refund_that_bounces_leaves_the_credit_again(book: Book, client: int) -> None:
    number = paid(book, client, 10_000)
    refund = back(book, number, 4_000)
    reversal = reverse_payment(
        book, refund.refund, on=date(2026, 3, 20), reason="Account closed", actor=ANNE, today=TODAY
    )
    assert (reversal.reverses, reversal.restored) == (refund.refund, ())
    assert credit_left(book, number) == ("EUR", 10_000)
    prove(book)
    with pytest.raises(UserError, match="reversed already"):
        reverse_payment(book, refund.refund, on=TODAY, reason="again", actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="2026"):
        back(book, number, 10_000, on=MARCH)
    assert back(book, number, on=TODAY).left == 0
    prove(book)


def test_a_payment_that_was_paid_back_is_not_reversed_until_that_came_back(book: Book, client: int) -> None:
    number = paid(book, client, 10_000)
    refund = back(book, number, 1)
    with pytest.raises(UserError, match=refund.refund):
        reverse_payment(book, number, on=TODAY, reason="bounced", actor=ANNE, today=TODAY)
    reverse_payment(book, refund.refund, on=TODAY, reason="came back", actor=ANNE, today=TODAY)
    assert reverse_payment(book, number, on=TODAY, reason="bounced", actor=ANNE, today=TODAY).reverses == number
    prove(book)


def test_the_credit_goes_at_its_rate_and_the_money_at_that_of_the_day(book: Book, client: int) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.90"))
    add_rate(book, "USD", date(2026, 3, 1), Decimal("0.80"))
    number = paid(book, client, 10_001, "USD")
    first, second = back(book, number, 3_333), back(book, number)
    assert postings(book, first.refund) == [
        ("bank", -3_333, -2_666),
        ("exchange", 0, -334),
        ("receivable", 3_333, 3_000),
    ]
    assert firm_receivable(book) == 0
    reverse_payment(book, first.refund, on=TODAY, reason="came back", actor=ANNE, today=TODAY)
    assert firm_receivable(book) == -3_000
    assert second.left == 0
    prove(book)


def test_no_more_than_is_left_and_no_tax_is_paid_back(book: Book, client: int) -> None:
    number = paid(book, client, 10_000)
    for amount in (0, -1, 10_001):
        with pytest.raises(UserError):
            back(book, number, amount)
    with pytest.raises(UserError):
        back(book, number, on=date(2026, 2, 9))
    with pytest.raises(UserError):
        back(book, number, on=date(2026, 4, 1))
    with pytest.raises(UserError, match="state"):
        back(book, paid(book, client, 500, method="withholding"))
    prove(book)


def test_what_an_order_pays_back_is_not_paid_back_by_hand(book: Book, client: int) -> None:
    number = paid(book, client, 10_000)
    with book.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql(
            "INSERT INTO bank_account (id, position, holder, iban, bic, bank, currency, kind, routing, account_number,"
            " company_id) VALUES (9, 9, 'Firm', 'DE89370400440532013000', '', '', 'EUR', 'bank', '', '', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO payment_order (id, number, kind, account_id, execute_on, currency, count, total, state,"
            " made_at, actor) VALUES (1, 'O-2026-0001', 'sepa_transfer', 9, '2026-03-12', 'EUR', 1, 6000, 'made', '',"
            " 'x')"
        )
        connection.exec_driver_sql(
            "INSERT INTO payment_order_item (id, order_id, client_id, credit_id, amount, end_to_end, holder, iban, bic,"
            " routing, account_number, mandate, scheme, sequence, text, state, return_reason)"
            " SELECT 1, 1, client_id, id, 6000, 'E1', 'A', '', '', '', '', '', '', '', '', 'ordered', ''"
            " FROM open_credit"
        )
    with pytest.raises(UserError, match="O-2026-0001"):
        back(book, number, 4_001)
    assert back(book, number, 4_000).left == 6_000


def test_lists_histories_and_receipts_tell_a_refund(book: Book, client: int) -> None:
    number = paid(book, client, 10_000)
    refund = back(book, number, 4_000)
    listed = PaymentList(book)
    assert listed.ids("", frozenset({"refunds"}), "", False) == [refund.refund_id]
    rows = listed.rows([1, 2])
    assert (rows[2]["state"], rows[2]["counterpart"], rows[2]["amount"]) == ("refund", number, -4_000)
    assert (rows[1]["state"], rows[1]["refunded"], rows[1]["unapplied"]) == ("standing", 4_000, 6_000)
    told = [entry.summary for entry in history(book, "payment", 1).entries]
    assert any(refund.refund in summary and number in summary for summary in told)
    with pytest.raises(UserError, match="paid money back"):
        receipt(book, refund.refund, as_of=TODAY)


def test_a_statement_tells_what_is_left_after_refunds_on_each_day(book: Book, client: int) -> None:
    number = paid(book, client, 10_000)
    refund = back(book, number, 4_000)
    reverse_payment(book, refund.refund, on=date(2026, 3, 20), reason="came back", actor=ANNE, today=TODAY)
    with book.reading() as session:
        left = [
            credits_at(session.connection(), client, "EUR", day)[0][4]
            for day in ("2026-03-09", "2026-03-10", "2026-03-19", "2026-03-20")
        ]
    assert left == [10_000, 6_000, 6_000, 10_000]
