from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import DiscountRule, PaymentResult, plan_payment, record_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice, add_rate
from tests.ledger_proof import firm_receivable, prove

TODAY = date(2026, 3, 31)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


def pay(
    book: Book,
    amount: int,
    *numbers: str,
    on: date = MARCH,
    client_id: int | None = None,
    currency: str | None = None,
    only_named: bool = False,
) -> PaymentResult:
    return record_payment(
        book,
        amount=amount,
        paid_on=on,
        actor=ANNE,
        today=TODAY,
        numbers=numbers,
        client_id=client_id,
        currency=currency,
        only_named=only_named,
    )


def still_open(book: Book) -> dict[str, int]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT i.number, sum(o.open) FROM open_item o JOIN invoice i ON i.id = o.invoice_id GROUP BY i.id"
        )
        return dict(tuple(row) for row in rows)


def by_role(book: Book) -> dict[str, int]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT role, sum(amount) FROM posting GROUP BY role")
        return {role: amount for role, amount in rows if amount}


def test_paid_in_full(book: Book, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 19))
    result = pay(book, 11_900, number)
    assert (result.payment, result.allocated, result.unapplied) == ("P-2026-0001", ((number, 11_900),), 0)
    assert still_open(book) == {number: 0}
    prove(book)


def test_paid_in_part_twice(book: Book, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 19))
    pay(book, 5_000, number, on=FEBRUARY)
    assert still_open(book) == {number: 6_900}
    second = pay(book, 6_900, number)
    assert (second.payment, second.allocated) == ("P-2026-0002", ((number, 6_900),))
    assert still_open(book) == {number: 0}
    prove(book)


def test_one_payment_settles_what_it_names_and_the_surplus_the_oldest(book: Book, client: int) -> None:
    old, middle, new = (add_invoice(book, client, day, (1_000, 0)) for day in (JANUARY, FEBRUARY, MARCH))
    result = pay(book, 1_500, new)
    assert result.allocated == ((new, 1_000), (old, 500))
    assert still_open(book) == {old: 500, middle: 1_000, new: 0}
    prove(book)


def test_only_what_is_named_where_that_is_wanted(book: Book, client: int) -> None:
    old, new = (add_invoice(book, client, day, (1_000, 0)) for day in (JANUARY, FEBRUARY))
    result = pay(book, 1_500, new, only_named=True)
    assert (result.allocated, result.unapplied) == (((new, 1_000),), 500)
    assert still_open(book) == {old: 1_000, new: 0}
    prove(book)


def test_a_payment_over_three_invoices_with_a_surplus_and_its_reversal(book: Book, client: int) -> None:
    numbers = [add_invoice(book, client, day, (10_000, 19)) for day in (JANUARY, FEBRUARY, MARCH)]
    result = pay(book, 40_000, *numbers, on=date(2026, 3, 12))
    assert result.allocated == tuple((number, 11_900) for number in numbers)
    assert result.unapplied == 4_300
    prove(book)
    reversal = reverse_payment(
        book, result.payment, on=date(2026, 3, 20), reason="returned by the bank", actor=ANNE, today=TODAY
    )
    assert reversal.payment == "P-2026-0002"
    assert reversal.restored == tuple((number, 11_900) for number in numbers)
    assert still_open(book) == dict.fromkeys(numbers, 11_900)
    assert date(2026, 3, 12) in prove(book)
    assert by_role(book).keys() == {"receivable", "revenue", "tax_payable"}


def test_the_surplus_settles_nothing_of_another_client_or_currency(book: Book, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (1_000, 0))
    in_dollars = add_invoice(book, client, JANUARY, (1_000, 0), currency="USD")
    other = add_invoice(book, add_client(book, "OTHER"), JANUARY, (1_000, 0))
    assert pay(book, 5_000, number).unapplied == 4_000
    assert still_open(book) == {number: 0, in_dollars: 1_000, other: 1_000}
    prove(book)


def test_a_client_pays_without_naming_anything(book: Book, client: int) -> None:
    old, new = (add_invoice(book, client, day, (1_000, 0)) for day in (JANUARY, FEBRUARY))
    assert pay(book, 1_200, client_id=client).allocated == ((old, 1_000), (new, 200))


def test_instalments_are_settled_one_by_one_and_reported_as_one_invoice(book: Book, client: int) -> None:
    plan = [(date(2026, 2, 1), 600), (date(2026, 4, 1), 400)]
    number = add_invoice(book, client, JANUARY, (1_000, 0), instalments=plan)
    assert pay(book, 700, number).allocated == ((number, 700),)
    with book.reading() as session:
        opens = session.connection().exec_driver_sql("SELECT open FROM open_item ORDER BY instalment").scalars().all()
    assert opens == [0, 300]
    prove(book)


def test_money_that_comes_before_its_invoice_counts_from_the_invoice_on(book: Book, client: int) -> None:
    number = add_invoice(book, client, MARCH, (1_000, 0))
    pay(book, 1_000, number, on=FEBRUARY)
    with book.reading() as session:
        dated = session.connection().exec_driver_sql("SELECT dated FROM allocation").scalars().all()
    assert dated == ["2026-03-10"]
    prove(book)


def test_a_discount_taken_in_time_settles_the_invoice_and_lowers_the_tax(book: Book, client: int) -> None:
    number = add_invoice(book, client, MARCH, (10_000, 19), terms="net 30 2%/10")
    result = pay(book, 11_662, number, on=date(2026, 3, 20))
    assert (result.allocated, result.discounts) == (((number, 11_662),), ((number, 238),))
    assert still_open(book) == {number: 0}
    assert by_role(book) == {"bank": 11_662, "revenue": -10_000, "discount": 200, "tax_payable": -1_862}
    prove(book)
    reverse_payment(book, result.payment, on=TODAY, reason="bounced", actor=ANNE, today=TODAY)
    assert still_open(book) == {number: 11_900}
    assert by_role(book) == {"receivable": 11_900, "revenue": -10_000, "tax_payable": -1_900}
    prove(book)


def test_a_discount_too_late_leaves_the_rest_open(book: Book, client: int) -> None:
    number = add_invoice(book, client, MARCH, (10_000, 19), terms="net 30 2%/10")
    result = pay(book, 11_662, number, on=date(2026, 3, 21))
    assert result.discounts == ()
    assert still_open(book) == {number: 238}


def test_the_second_part_may_keep_back_the_discount_of_the_whole(book: Book, client: int) -> None:
    number = add_invoice(book, client, MARCH, (10_000, 19), terms="net 30 2%/10")
    pay(book, 5_000, number, on=date(2026, 3, 12))
    assert pay(book, 6_662, number, on=date(2026, 3, 15)).discounts == ((number, 238),)
    assert still_open(book) == {number: 0}
    prove(book)


def test_a_gain_by_the_exchange_rate_is_posted_and_the_firm_is_owed_nothing(book: Book, client: int) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.9"))
    add_rate(book, "USD", date(2026, 3, 1), Decimal("0.933333"))
    number = add_invoice(book, client, JANUARY, (10_001, 0), currency="USD")
    pay(book, 3_333, number)
    pay(book, 3_333, number)
    result = pay(book, 4_000, number)
    assert result.unapplied == 665
    prove(book)
    reverse_payment(book, result.payment, on=TODAY, reason="bounced", actor=ANNE, today=TODAY)
    prove(book)
    pay(book, 3_335, number)
    assert firm_receivable(book) == 0
    with book.reading() as session:
        gain = session.connection().exec_driver_sql("SELECT sum(firm_amount) FROM posting WHERE role = 'exchange'")
        assert gain.scalar_one() == (9_001 - 3_111 - 3_111 - 3_113)
    prove(book)


def test_a_plan_is_what_recording_then_does(book: Book, client: int) -> None:
    number = add_invoice(book, client, MARCH, (10_000, 19), terms="net 30 2%/10")
    plan = plan_payment(book, amount=11_662, paid_on=date(2026, 3, 20), numbers=[number])
    assert plan.items == ((1, number, 11_900, 11_662, 238),)
    assert plan.unapplied == 0
    assert still_open(book) == {number: 11_900}


def test_numbers_run_by_the_year_of_the_payment(book: Book, client: int) -> None:
    add_invoice(book, client, date(2025, 11, 1), (10_000, 0))
    assert pay(book, 100, client_id=client, on=date(2025, 12, 1)).payment == "P-2025-0001"
    assert pay(book, 100, client_id=client).payment == "P-2026-0001"
    assert pay(book, 100, client_id=client, on=date(2025, 12, 1)).payment == "P-2025-0002"


@pytest.mark.parametrize("amount", [0, -100])
def test_a_payment_of_nothing_or_less_is_refused(book: Book, client: int, amount: int) -> None:
    with pytest.raises(UserError, match="above zero"):
        pay(book, amount, client_id=client)


def test_what_cannot_be_booked_is_refused_with_its_figures(book: Book, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (1_000, 0))
    other = add_invoice(book, add_client(book, "OTHER"), JANUARY, (1_000, 0))
    in_dollars = add_invoice(book, client, JANUARY, (1_000, 0), currency="USD")
    with pytest.raises(UserError, match="There is no invoice INV-2026-0099"):
        pay(book, 100, "INV-2026-0099")
    with pytest.raises(UserError, match=r"INV-2026-0001: ACME ACME Ltd; INV-2026-0002: OTHER OTHER Ltd"):
        pay(book, 100, number, other)
    with pytest.raises(UserError, match="several clients"):
        pay(book, 100, other, client_id=client)
    with pytest.raises(UserError, match="INV-2026-0003 is in USD, not in EUR"):
        pay(book, 100, number, in_dollars)
    with pytest.raises(UserError, match="INV-2026-0001 is in EUR, not in USD"):
        pay(book, 100, number, currency="USD")
    with pytest.raises(UserError, match="“EURO” is not the code"):
        pay(book, 100, client_id=client, currency="EURO")
    with pytest.raises(UserError, match="1 Apr 2026 is still to come"):
        pay(book, 100, number, on=date(2026, 4, 1))
    with pytest.raises(UserError, match="Whose money"):
        pay(book, 100)
    with pytest.raises(UserError, match="not there any more"):
        pay(book, 100, client_id=77)
    with book.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM payment").scalar() == 0


def test_a_reversal_is_refused_where_it_makes_no_sense(book: Book, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (1_000, 0))
    payment = pay(book, 1_000, number).payment

    def reverse(what: str, on: date = TODAY, reason: str = "bounced") -> str:
        return reverse_payment(book, what, on=on, reason=reason, actor=ANNE, today=TODAY).payment

    with pytest.raises(UserError, match="no payment P-2026-0009"):
        reverse("P-2026-0009")
    with pytest.raises(UserError, match="10 Mar 2026"):
        reverse(payment, on=FEBRUARY)
    with pytest.raises(UserError, match="reason is missing"):
        reverse(payment, reason="  ")
    reversal = reverse(payment)
    with pytest.raises(UserError, match=f"reversed already, by {reversal}"):
        reverse(payment)
    with pytest.raises(UserError, match="itself a reversal"):
        reverse(reversal)


def test_the_log_keeps_who_booked_what(book: Book, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (1_000, 0))
    pay(book, 400, number)
    with book.reading() as session:
        actor, after = (
            session.connection()
            .exec_driver_sql(
                "SELECT e.actor, p.after FROM audit_event e JOIN audit_payload p ON p.event_id = e.id "
                "WHERE e.subject = 'payment' AND e.action = 'book'"
            )
            .one()
        )
        undoable = session.connection().exec_driver_sql("SELECT undoable FROM change_set ORDER BY id DESC LIMIT 1")
        assert undoable.scalar_one() == 0
    assert actor == ANNE
    assert '"number":"P-2026-0001"' in after
    assert '"amount":400' in after


def entries(book: Book, number: str) -> list[tuple[str, int, int | None]]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT s.role, s.amount, s.firm_amount FROM posting s JOIN journal_entry e ON e.id = s.entry_id"
            " JOIN payment p ON p.id = e.payment_id WHERE p.number = ? ORDER BY s.role",
            (number,),
        )
        return [tuple(row) for row in rows]


def test_charges_of_banks_are_a_cost_and_the_debt_is_settled_whole(book: Book, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    result = record_payment(
        book, amount=10_000, paid_on=MARCH, actor=ANNE, today=TODAY, numbers=[number], charges=1_500
    )
    assert result.allocated == ((number, 10_000),)
    assert entries(book, result.payment) == [
        ("bank", 8_500, 8_500),
        ("fees", 1_500, 1_500),
        ("receivable", -10_000, -10_000),
    ]
    prove(book)
    reversal = reverse_payment(book, result.payment, on=TODAY, reason="Returned", actor=ANNE, today=TODAY)
    assert sum(amount for role, amount, _firm in entries(book, reversal.payment) if role == "bank") == -8_500
    assert still_open(book) == {number: 10_000}
    prove(book)


@pytest.mark.parametrize("charges", [-1, 10_000, 10_001])
def test_charges_that_cannot_be_are_refused(book: Book, client: int, charges: int) -> None:
    with pytest.raises(UserError, match="kept back"):
        record_payment(book, amount=10_000, paid_on=MARCH, actor=ANNE, today=TODAY, client_id=client, charges=charges)


def test_what_the_bank_converted_is_worth_what_it_gave(book: Book, client: int) -> None:
    add_rate(book, "USD", JANUARY, Decimal("0.90"))
    number = add_invoice(book, client, JANUARY, (100_000, 0), currency="USD")
    result = record_payment(
        book,
        amount=100_000,
        paid_on=MARCH,
        actor=ANNE,
        today=TODAY,
        numbers=[number],
        charges=1_000,
        received=(86_130, "EUR"),
    )
    # 861.30 EUR for 990 USD is 0.87 a dollar; the invoice was booked at 0.90.
    assert entries(book, result.payment) == [
        ("bank", 99_000, 86_130),
        ("fees", 1_000, 870),
        ("receivable", -100_000, -87_000),
    ]
    with book.reading() as session:
        exchange = session.connection().exec_driver_sql("SELECT sum(firm_amount) FROM posting WHERE role = 'exchange'")
        assert exchange.scalar() == 3_000
    assert firm_receivable(book) == 0
    prove(book)


def test_a_conversion_that_cannot_be_is_refused(book: Book, client: int) -> None:
    for amount, received in ((1, (10**13, "EUR")), (10_000, (0, "EUR")), (10_000, (10_000, "USD"))):
        with pytest.raises(UserError):
            record_payment(
                book,
                amount=amount,
                paid_on=MARCH,
                actor=ANNE,
                today=TODAY,
                client_id=client,
                currency="USD",
                received=received,
            )


def test_a_late_discount_is_granted_with_a_reason_and_none_where_it_is_refused(book: Book, client: int) -> None:
    number = add_invoice(book, client, JANUARY, (10_000, 0), terms="net 30 2%/10")

    def settle(rule: DiscountRule, note: str = "", on: date = MARCH) -> PaymentResult:
        return record_payment(
            book,
            amount=9_800,
            paid_on=on,
            actor=ANNE,
            today=TODAY,
            numbers=[number],
            discount=rule,
            note=note,
        )

    with pytest.raises(UserError, match="reason"):
        settle("grant")
    refused = settle("none", on=JANUARY)
    assert (refused.discounts, still_open(book)) == ((), {number: 200})
    reverse_payment(book, refused.payment, on=JANUARY, reason="wrong", actor=ANNE, today=TODAY)
    assert settle("terms").discounts == ()
    reverse_payment(book, "P-2026-0003", on=MARCH, reason="wrong", actor=ANNE, today=TODAY)
    assert settle("grant", "Agreed by phone").discounts == ((number, 200),)
    assert still_open(book) == {number: 0}
    prove(book)
