"""Payment plans on real books: due anew from their day on, as before until then, and never a cent between."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.domain.instalments import equal_instalments
from desktop.domain.periods import Interval
from desktop.errors import UserError
from desktop.services.aging import aging_at
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.payment_plans import (
    AgreedPlan,
    agree_plan,
    cancel_plan,
    missing,
    next_month,
    plan_basis,
    propose,
    schedule,
    typed_parts,
)
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payment_suggestions import suggest_payment
from desktop.services.payments import record_payment
from desktop.services.problems import ValidationError
from desktop.services.write_offs import reverse_write_off, write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice, add_rate
from tests.ledger_proof import firm_receivable, prove

ISSUED = date(2026, 1, 10)
DUE = date(2026, 2, 9)
AGREED = date(2026, 3, 10)
TODAY = date(2026, 6, 30)
PARTS = [(date(2026, 4, 1), 4_000), (date(2026, 5, 1), 4_000), (date(2026, 6, 1), 3_900)]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


@pytest.fixture
def number(book: Book, client: int) -> str:
    """119.00, due on 9 February."""
    return add_invoice(book, client, ISSUED, (10_000, 19), terms="net 30")


def agree(
    book: Book, *numbers: str, parts: list[tuple[date, int]] = PARTS, on: date = AGREED, reason: str = "short of cash"
) -> tuple[AgreedPlan, ...]:
    return agree_plan(book, numbers, parts, on=on, reason=reason, actor=ANNE, today=TODAY)


def pay(book: Book, amount: int, *numbers: str, on: date) -> str:
    return record_payment(book, amount=amount, paid_on=on, actor=ANNE, today=TODAY, numbers=numbers).payment


def buckets(book: Book, day: date) -> tuple[int, int, int, int, int]:
    (row,) = aging_at(book, day)
    return row.current, row.d1_30, row.d31_60, row.d61_90, row.over_90


def opens(book: Book, number: str) -> list[tuple[str, str, int, int]]:
    """(instalment, due date, amount, open) as they stand."""
    return [(one.name, one.due.isoformat(), one.amount, one.open) for one in schedule(book, number).parts]


def test_what_is_open_is_due_anew_from_the_day_of_the_plan(book: Book, number: str) -> None:
    (agreed,) = agree(book, number)
    assert agreed.instalments == (
        (f"{number}/2", date(2026, 4, 1), 4_000),
        (f"{number}/3", date(2026, 5, 1), 4_000),
        (f"{number}/4", date(2026, 6, 1), 3_900),
    )
    assert opens(book, number)[0] == (f"{number}/1", "2026-02-09", 11_900, 0)
    assert buckets(book, AGREED - timedelta(days=1)) == (0, 11_900, 0, 0, 0)
    assert buckets(book, AGREED) == (11_900, 0, 0, 0, 0)
    assert buckets(book, date(2026, 5, 2)) == (3_900, 4_000, 4_000, 0, 0)
    assert schedule(book, number).parts[0].state(TODAY) == "in_plan"
    assert prove(book)


def test_a_plan_in_foreign_currency_leaves_the_firm_nothing_that_it_is_owed(book: Book) -> None:
    add_rate(book, "USD", ISSUED, Decimal("0.905"))
    for total, of_invoice, planned in ((100, 3, 7), (10_001, 7, 3), (1_003, 1, 12)):
        client = add_client(book, f"US{total}", currency="USD")
        own = equal_instalments(total, of_invoice, DUE, Interval(1, "month"))
        number = add_invoice(book, client, ISSUED, (total, 0), currency="USD", instalments=own)
        owed = firm_receivable(book)
        agree(book, number, parts=list(equal_instalments(total, planned, AGREED, Interval(1, "week"))))
        assert firm_receivable(book) == owed
        pay(book, total // 3, number, on=date(2026, 3, 20))
        cancel_plan(book, number, on=date(2026, 4, 1), reason="not kept", actor=ANNE, today=TODAY)
        agree(book, number, parts=[(date(2026, 4, 2), total - total // 3)], on=date(2026, 4, 1))
        pay(book, total - total // 3, number, on=date(2026, 4, 2))
        assert firm_receivable(book) == 0
    prove(book)


def test_a_plan_posts_nothing(book: Book, number: str) -> None:
    with book.reading() as session:
        before = session.connection().exec_driver_sql("SELECT count(*), max(id) FROM posting").one()
    agree(book, number)
    cancel_plan(book, number, on=AGREED, reason="changed", actor=ANNE, today=TODAY)
    with book.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*), max(id) FROM posting").one() == before
    prove(book)


def test_only_what_is_open_is_planned(book: Book, number: str) -> None:
    pay(book, 1_900, number, on=date(2026, 2, 1))
    agree(book, number, parts=[(date(2026, 4, 1), 5_000), (date(2026, 5, 1), 5_000)])
    assert [one[2:] for one in opens(book, number)] == [(11_900, 0), (5_000, 5_000), (5_000, 5_000)]
    prove(book)


def test_payments_settle_the_plan_in_order_or_the_instalment_named(book: Book, number: str) -> None:
    agree(book, number)
    pay(book, 3_900, f"{number}/4", on=date(2026, 3, 20))
    assert [one[3] for one in opens(book, number)] == [0, 4_000, 4_000, 0]
    pay(book, 5_000, number, on=date(2026, 3, 21))
    assert [one[3] for one in opens(book, number)] == [0, 0, 3_000, 0]
    states = [one.state(date(2026, 5, 11)) for one in schedule(book, number).parts]
    assert states == ["in_plan", "paid", "overdue", "paid"]
    assert schedule(book, number).parts[2].days_late(date(2026, 5, 11)) == 10
    prove(book)


def test_a_payment_before_the_plan_that_is_booked_later_counts_from_the_plan_on(book: Book, number: str) -> None:
    agree(book, number)
    pay(book, 4_000, number, on=date(2026, 2, 1))
    assert buckets(book, date(2026, 3, 1)) == (0, 11_900, 0, 0, 0)
    (before,) = aging_at(book, date(2026, 3, 1))
    assert (before.credit, before.total) == (4_000, 7_900)
    assert buckets(book, AGREED) == (7_900, 0, 0, 0, 0)
    prove(book)


def test_a_part_that_is_not_there_is_answered_with_those_that_are_open(book: Book, number: str) -> None:
    agree(book, number)
    agree(book, number, parts=[(date(2026, 4, 1), 5_000), (date(2026, 3, 20), 6_900)])
    with pytest.raises(UserError) as refused:
        pay(book, 100, f"{number}/9", on=date(2026, 3, 20))
    assert refused.value.remedy == f"It has {number}/5, {number}/6."


def test_reversing_a_payment_opens_the_instalment_again(book: Book, number: str) -> None:
    agree(book, number)
    payment = pay(book, 6_000, number, on=date(2026, 3, 20))
    reverse_payment(book, payment, on=date(2026, 3, 25), reason="bounced", actor=ANNE, today=TODAY)
    assert [one[3] for one in opens(book, number)] == [0, 4_000, 4_000, 3_900]
    prove(book)


def test_reversing_a_payment_from_before_the_plan_opens_what_it_settled_then(book: Book, number: str) -> None:
    payment = pay(book, 1_900, number, on=date(2026, 2, 1))
    agree(book, number, parts=[(date(2026, 4, 1), 10_000)])
    done = reverse_payment(book, payment, on=date(2026, 4, 10), reason="bounced", actor=ANNE, today=TODAY)
    assert [one[3] for one in opens(book, number)] == [1_900, 10_000]
    assert (done.restored, done.beside_plan) == (((number, 1_900),), ((number, 1_900),))
    agree(book, number, parts=[(date(2026, 5, 1), 11_900)], on=date(2026, 4, 10))
    assert [one[3] for one in opens(book, number)] == [0, 0, 11_900]
    prove(book)


def test_a_reversal_says_nothing_of_plans_where_none_stands_beside_it(book: Book, number: str) -> None:
    before = pay(book, 1_900, number, on=date(2026, 2, 1))
    agree(book, number, parts=[(date(2026, 4, 1), 10_000)])
    within = pay(book, 5_000, number, on=date(2026, 3, 20))
    done = reverse_payment(book, within, on=date(2026, 4, 10), reason="bounced", actor=ANNE, today=TODAY)
    assert done.beside_plan == ()
    cancel_plan(book, number, on=date(2026, 4, 11), reason="not kept", actor=ANNE, today=TODAY)
    done = reverse_payment(book, before, on=date(2026, 4, 12), reason="bounced", actor=ANNE, today=TODAY)
    assert (done.restored, done.beside_plan) == (((number, 1_900),), ())


def test_calling_a_plan_off_makes_the_rest_due_as_before(book: Book, number: str) -> None:
    agree(book, number)
    pay(book, 5_000, number, on=date(2026, 4, 1))
    back = cancel_plan(book, number, on=date(2026, 5, 10), reason="not kept", actor=ANNE, today=TODAY)
    assert back == 6_900
    assert [one[3] for one in opens(book, number)] == [6_900, 0, 0, 0]
    assert buckets(book, date(2026, 5, 9)) == (3_900, 3_000, 0, 0, 0)
    assert buckets(book, date(2026, 5, 10)) == (0, 0, 0, 6_900, 0)
    found = schedule(book, number)
    assert found.standing is None
    assert [(plan.reason, plan.cancelled_on) for plan in found.plans] == [("short of cash", date(2026, 5, 10))]
    assert [one.state(TODAY) for one in found.parts] == ["overdue", "paid", "ended", "ended"]
    prove(book)


def test_what_comes_back_of_a_plan_is_what_was_due_last(book: Book, client: int) -> None:
    parts = [(date(2026, 2, 1), 4_000), (date(2026, 3, 1), 6_000)]
    number = add_invoice(book, client, ISSUED, (10_000, 0), instalments=parts)
    agree(book, number, parts=[(date(2026, 5, 1), 5_000), (date(2026, 6, 1), 5_000)])
    pay(book, 5_000, number, on=date(2026, 5, 1))
    cancel_plan(book, number, on=date(2026, 5, 10), reason="not kept", actor=ANNE, today=TODAY)
    assert [one[3] for one in opens(book, number)] == [0, 5_000, 0, 0]
    prove(book)


def test_what_is_taken_back_after_a_plan_was_called_off_is_due_as_before(book: Book, number: str) -> None:
    agree(book, number)
    payment = pay(book, 5_000, number, on=date(2026, 4, 1))
    lost = write_off(book, number, reason="lost", on=date(2026, 4, 5), actor=ANNE, today=TODAY, amount=1_000)
    cancel_plan(book, number, on=date(2026, 5, 10), reason="not kept", actor=ANNE, today=TODAY)
    reverse_payment(book, payment, on=date(2026, 4, 20), reason="bounced", actor=ANNE, today=TODAY)
    reverse_write_off(book, lost.id, reason="found", on=date(2026, 5, 20), actor=ANNE, today=TODAY)
    assert [one[3] for one in opens(book, number)] == [11_900, 0, 0, 0]
    prove(book)


def test_a_new_plan_replaces_the_one_that_stands(book: Book, number: str) -> None:
    agree(book, number)
    pay(book, 4_000, number, on=date(2026, 4, 1))
    assert plan_basis(book, [number]).replaces == (number,)
    agree(book, number, parts=[(date(2026, 6, 1), 7_900)], on=date(2026, 5, 2), reason="again")
    assert [one[3] for one in opens(book, number)] == [0, 0, 0, 0, 7_900]
    first, second = schedule(book, number).plans
    assert (first.cancelled_on, second.cancelled_on) == (date(2026, 5, 2), None)
    assert buckets(book, date(2026, 5, 1)) == (7_900, 0, 0, 0, 0)
    assert buckets(book, date(2026, 5, 2)) == (7_900, 0, 0, 0, 0)
    prove(book)


def test_one_plan_over_several_invoices_covers_the_oldest_due_first(book: Book, client: int) -> None:
    old = add_invoice(book, client, date(2026, 1, 1), (3_000, 0), terms="net 10")
    new = add_invoice(book, client, date(2026, 1, 5), (6_000, 0), terms="net 10")
    parts = [(date(2026, 4, 1), 4_500), (date(2026, 5, 1), 4_500)]
    first, second = agree(book, new, old, parts=parts)
    assert [(day.month, amount) for _name, day, amount in second.instalments] == [(4, 3_000)]
    assert (first.number, second.number) == (new, old)
    assert [(day.month, amount) for _name, day, amount in first.instalments] == [(4, 1_500), (5, 4_500)]
    prove(book)


def test_an_early_payment_discount_ends_with_a_plan(book: Book, client: int) -> None:
    number = add_invoice(book, client, AGREED, (10_000, 0), terms="net 30 2%/10")
    agree(book, number, parts=[(date(2026, 4, 1), 10_000)])
    found = suggest_payment(book, client_id=client, currency="EUR", amount=9_800, paid_on=AGREED)
    assert [(one.name, one.settles, one.discount, one.left) for one in found.items] == [(f"{number}/2", 9_800, 0, 200)]


def test_a_credit_note_settles_the_plan_the_oldest_due_first(book: Book, number: str) -> None:
    agree(book, number)
    credit_invoice(book, number, reason="too much", actor=ANNE, today=AGREED, amount_gross=5_000)
    assert [one[3] for one in opens(book, number)] == [0, 0, 3_000, 3_900]
    prove(book)


@pytest.mark.parametrize(
    "parts, says",
    [
        ([(date(2026, 4, 1), 11_899)], "The instalments come to €118.99, but €119.00 is open"),
        ([(date(2026, 4, 1), 11_901)], "€0.01 is too much"),
        ([(date(2026, 3, 9), 11_900)], "before the plan is agreed"),
        ([(date(2026, 4, 1), 5_900), (date(2026, 4, 1), 6_000)], "Two instalments are due"),
        ([(date(2026, 4, 1), 12_000), (date(2026, 5, 1), -100)], "above zero"),
        ([], "has 1 to 120 instalments, not 0"),
    ],
)
def test_parts_that_do_not_fit_are_refused(book: Book, number: str, parts: list[tuple[date, int]], says: str) -> None:
    with pytest.raises(UserError) as refused:
        agree(book, number, parts=parts)
    assert says in f"{refused.value} {refused.value.remedy}"
    assert schedule(book, number).plans == ()


def test_what_cannot_be_planned_is_refused(book: Book, client: int, number: str) -> None:
    other = add_invoice(book, add_client(book, "BOLT"), ISSUED, (1_000, 0))
    paid = add_invoice(book, client, ISSUED, (1_000, 0))
    pay(book, 1_000, paid, on=ISSUED)
    for numbers, says in (
        ((number, other), "belong to several clients"),
        ((paid,), "Nothing is open of"),
        (("INV-X",), "There is no invoice INV-X"),
        ((), "needs an invoice"),
    ):
        with pytest.raises(UserError, match=says):
            agree(book, *numbers)
    with pytest.raises(UserError, match="still to come"):
        agree(book, number, on=TODAY + timedelta(days=1))
    with pytest.raises(UserError, match="reason is missing"):
        agree(book, number, reason=" ")
    with pytest.raises(UserError, match="open since"):
        agree(book, number, on=ISSUED - timedelta(days=1))
    with pytest.raises(UserError, match="has no payment plan"):
        cancel_plan(book, number, on=AGREED, reason="x", actor=ANNE, today=TODAY)


def test_a_disputed_invoice_is_settled_first(book: Book, number: str) -> None:
    open_dispute(book, number, reason="hours", on=AGREED, actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="is disputed"):
        agree(book, number)
    close_dispute(book, number, outcome="agreed", on=AGREED, actor=ANNE, today=TODAY)
    agree(book, number)
    open_dispute(book, number, reason="again", on=AGREED, actor=ANNE, today=TODAY)
    (row,) = aging_at(book, AGREED)
    assert row.disputed == 11_900


def test_a_plan_that_is_paid_cannot_be_called_off(book: Book, number: str) -> None:
    agree(book, number)
    pay(book, 11_900, number, on=AGREED)
    with pytest.raises(UserError, match="is paid"):
        cancel_plan(book, number, on=AGREED, reason="x", actor=ANNE, today=TODAY)


def test_no_day_before_something_of_it_was_opened_again(book: Book, number: str) -> None:
    agree(book, number)
    payment = pay(book, 4_000, number, on=AGREED)
    reverse_payment(book, payment, on=date(2026, 5, 5), reason="bounced", actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="open since 5 May 2026 only"):
        cancel_plan(book, number, on=date(2026, 5, 4), reason="x", actor=ANNE, today=TODAY)
    prove(book)


@pytest.mark.parametrize(
    "statement, says",
    [
        ("UPDATE open_item SET since = '2026-03-11' WHERE instalment = 3", "does not begin with its payment plan"),
        ("UPDATE open_item SET amount = 3999, open = 3999 WHERE instalment = 3", "its payment plan come to"),
        ("UPDATE payment_plan SET cancelled_on = '2026-04-01'", "of a payment plan that was called off"),
        ("UPDATE allocation SET kind = 'credit' WHERE kind = 'plan'", "a payment plan that is not its own"),
    ],
)
def test_the_check_finds_a_plan_that_was_changed_by_hand(book: Book, number: str, statement: str, says: str) -> None:
    agree(book, number)
    assert check(book).problems == ()
    with book.writing() as session:
        connection = session.connection()
        # As someone would who knows what stands in the way.
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(statement)
    assert any(says in problem.detail for problem in check(book).problems)


def test_what_is_typed_is_read_and_summed(book: Book, number: str) -> None:
    basis = plan_basis(book, [number])
    due = date(2026, 4, 1)
    lines: list[dict[str, Any]] = [{"due": due, "amount": Decimal("100.00")}, {"due": None}, {"due": due}]
    assert missing(lines, basis) == 1_900
    assert missing([{"amount": Decimal(120)}], basis) == -100
    assert missing([{"amount": Decimal("1.005")}], basis) is None
    assert missing([{"amount": "what?"}], basis) is None
    assert typed_parts(lines[:1], "EUR") == ((due, 10_000),)
    with pytest.raises(ValidationError) as refused:
        typed_parts(
            [*lines[1:2], {"due": due, "amount": Decimal("-1")}, {"due": due, "amount": Decimal("0.001")}], "EUR"
        )
    assert list(refused.value.fields) == ["parts.0.due", "parts.0.amount", "parts.1.amount", "parts.2.amount"]


def test_equal_parts_are_proposed(book: Book, number: str) -> None:
    basis = plan_basis(book, [number])
    first = next_month(date(2026, 1, 31))
    assert [(day.isoformat(), amount) for day, amount in propose(basis, 3, first, "monthly")] == [
        ("2026-02-28", 3_967),
        ("2026-03-28", 3_967),
        ("2026-04-28", 3_966),
    ]
    for count, every, says in ((0, "monthly", "1 to 120"), (2, "sometimes", "not a billing interval")):
        with pytest.raises(UserError, match=says):
            propose(basis, count, first, every)
