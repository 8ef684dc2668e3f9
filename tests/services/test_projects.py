"""Where projects stand: joint invoices told apart, deposits, budgets, purchase orders, and the report of them all."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Agreement
from desktop.errors import UserError
from desktop.services import runs
from desktop.services.credits import credit_invoice
from desktop.services.milestones import create_milestone, mark_done
from desktop.services.payments import record_payment
from desktop.services.projects import Position, position, positions, share
from desktop.services.reports import plain_rows, report
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value

TODAY = date(2026, 3, 20)
NOW = "2026-03-20T10:00:00Z"
HOURS = {"kind": "time", "unit_price": "90"}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, street="Kai 1", postcode="20457", city="Hamburg", tax_id="DE136695976") as opened:
        yield opened


@pytest.fixture
def put(book: Book) -> Contracts:
    return Contracts(book)


def done(book: Book, project: int, amount: int) -> None:
    values = {"name": "Phase accepted", "amount": amount, "item_id": 1}
    milestone = create_milestone(book, project, values, actor=ANNE)
    mark_done(book, milestone, TODAY, actor=ANNE, today=TODAY, now=NOW)


def bill(book: Book) -> str:
    """Bill everything, whatever the gate finds; the number of the one invoice."""
    run = runs.plan(book, through=TODAY, issue_date=TODAY, actor=ANNE, now=NOW)
    held = [one.id for one in runs.exceptions(book, run.number) if one.severity == "hold"]
    if held:
        runs.approve(book, held, "seen", actor="Eva", now=NOW)
    (number,) = runs.resume(book, run.number, actor=ANNE, now=NOW).invoices
    return number


def where(book: Book, project: int) -> Position:
    return position(book, project, TODAY)


def test_a_joint_invoice_is_told_apart_with_its_payments_and_credits(book: Book, put: Contracts) -> None:
    client = put.client(postcode="53111", combine=True)
    first, second = (
        put.agreement(client, code, HOURS, billing="fixed", agreed=100_000, title=code) for code in ("P1", "P2")
    )
    done(book, first, 10_000)
    done(book, second, 20_000)
    number = bill(book)
    assert value(book, "SELECT agreement_id FROM invoice") == first
    record_payment(book, amount=11_901, paid_on=TODAY, actor=ANNE, today=TODAY, numbers=[number])
    credit_invoice(book, number, reason="slow", actor=ANNE, today=TODAY, amount_gross=3_571)
    one, other = where(book, first), where(book, second)
    assert (one.billed, other.billed) == (9_000, 17_999)
    assert (one.invoiced, one.paid, one.credited, one.open) == (11_900, 3_967, 1_190, 6_743)
    assert (other.invoiced, other.paid, other.credited, other.open) == (23_800, 7_934, 2_381, 13_485)
    assert one.open + other.open == value(book, "SELECT sum(open) FROM open_item")


def test_what_a_joint_invoice_bills_outside_agreements_is_no_project_s(book: Book, put: Contracts) -> None:
    client = put.client(postcode="53111", combine=True)
    project = put.agreement(client, "P1", HOURS, billing="fixed", agreed=100_000)
    put.one_off(client, None, "2026-03-01", "55.55")
    done(book, project, 10_000)
    bill(book)
    assert (where(book, project).billed, where(book, project).invoiced) == (10_000, 11_900)


def test_a_deposit_counts_as_billed_but_not_as_work(book: Book, put: Contracts) -> None:
    client = put.client(postcode="53111")
    project = put.agreement(client, "P1", HOURS, billing="fixed", agreed=100_000, budget=90_000)
    put.one_off(client, project, "2026-03-01", "300", kind="deposit")
    deposit = bill(book)
    record_payment(book, amount=35_700, paid_on=TODAY, actor=ANNE, today=TODAY, numbers=[deposit])
    now = where(book, project)
    assert (now.billed, now.deposits_ahead, now.deposits, now.used, now.left) == (30_000, 30_000, 35_700, 0, 70_000)
    assert (now.worked, now.unplanned) == (0, 100_000)
    done(book, project, 50_000)
    assert (where(book, project).waiting, where(book, project).used) == (50_000, 50_000)
    assert where(book, project).unplanned == 50_000
    bill(book)
    now = where(book, project)
    assert (now.billed, now.deposits_ahead, now.used, now.left) == (50_000, 0, 50_000, 50_000)
    assert now.unplanned == 50_000


def test_hours_use_up_a_budget_and_the_gate_holds_what_exceeds_it(book: Book, put: Contracts) -> None:
    client = put.client(postcode="53111")
    project = put.agreement(client, "T1", HOURS, billing="time", budget=100_000)
    put.hours(client, project, "2026-03-02", "10")
    now = where(book, project)
    assert (now.scope, now.waiting, now.used, now.left, now.budget_share) == (None, 90_000, 90_000, 10_000, 90)
    bill(book)
    put.hours(client, project, "2026-03-03", "1.5")
    run = runs.plan(book, through=TODAY, issue_date=TODAY, actor=ANNE, now=NOW)
    (found,) = [one for one in runs.exceptions(book, run.number) if one.code == "budget_exceeded"]
    assert found.message == "Its budget of 1,000.00 EUR has 100.00 EUR left, this bills 135.00 EUR."
    put.update(Agreement, project, budget=103_500)
    runs.look_again(book, [found.draft_id], actor=ANNE)
    assert not [one for one in runs.exceptions(book, run.number) if one.code == "budget_exceeded"]


def test_a_purchase_order_is_one_for_all_agreements_under_its_number(book: Book, put: Contracts) -> None:
    client = put.client(postcode="53111")
    first, second = (
        put.agreement(client, code, HOURS, billing="fixed", agreed=100_000, po_number="4711", po_limit=40_000)
        for code in ("P1", "P2")
    )
    done(book, first, 13_333)
    bill(book)
    assert [(one.po_used, one.po_share) for one in (where(book, first), where(book, second))] == [(13_333, 33)] * 2


def test_the_report_has_every_project_and_sums_by_currency(book: Book, put: Contracts) -> None:
    client = put.client(postcode="53111")
    put.agreement(client, "R1", title="Retainer", start_date="2026-04-01")
    project = put.agreement(client, "P1", HOURS, billing="fixed", agreed=100_000, budget=200_000)
    put.agreement(client, "P2", HOURS, billing="fixed", agreed=5_000)
    put.agreement(put.client("C2", currency="USD"), "P3", HOURS, billing="fixed", agreed=700, currency="USD")
    done(book, project, 10_000)
    bill(book)
    made = report(book, "projects", as_of=TODAY)
    rows = plain_rows(made, beside=False)
    assert [(row["code"], row["agreed"], row["billed"], row["left"], row["budget_share"]) for row in rows] == [
        ("P1", "1000.00", "100.00", "900.00", "5"),
        ("P2", "50.00", "0.00", "50.00", None),
        ("P3", "7.00", "0.00", "7.00", None),
    ]
    assert [(row["currency"], row["agreed"], row["invoiced"], row["po_limit"]) for row in made.sums] == [
        ("EUR", 105_000, 11_900, None),
        ("USD", 700, 0, None),
    ]
    assert [row["code"] for row in plain_rows(report(book, "projects", as_of=TODAY, client_code="C2"))] == ["P3"]
    assert [one.code for one in positions(book, TODAY)] == ["P1", "P2", "P3"]
    with pytest.raises(UserError, match="not there any more"):
        position(book, 99, TODAY)


def test_shares_are_whole_percents_that_reach_a_hundred_only_at_the_whole() -> None:
    assert [share(99_999, 100_000), share(100_000, 100_000), share(5, None), share(5, 0)] == [99, 100, None, None]
