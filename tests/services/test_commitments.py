"""Commitments and years paid ahead on real books: entered, billed once, taken back."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Agreement, RuleSetting
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.commitments import (
    add_commitment,
    add_prepayment,
    commitments,
    prepayments,
    remove_commitment,
    remove_prepayment,
)
from desktop.services.credits import credit_invoice
from desktop.services.problems import ValidationError
from desktop.services.runs import LineEdit, approve_drafts, edit, plan, resume
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.ledger_proof import prove

YEAR = {"start_date": day("2026-01-01"), "end_date": day("2027-01-01")}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def contracts(book: Book) -> Contracts:
    return Contracts(book)


class TestACommitment:
    def test_bills_what_lacks_once_the_span_is_over(self, book: Book, contracts: Contracts) -> None:
        client = contracts.client()
        agreement = contracts.agreement(client)
        contracts.one_off(client, agreement, "2026-03-01", "50")
        contracts.one_off(client, agreement, "2026-03-02", "400", kind="deposit")
        made = add_commitment(book, agreement, YEAR | {"amount": 200_000, "description": "Least use"}, actor=ANNE)
        contracts.bill("2026-10-31")
        assert commitments(book, agreement)[0].spent == 105_000
        contracts.bill("2026-12-31")
        lines = "SELECT net, detail FROM invoice_line WHERE price_source = 'commitment'"
        assert rows(book, lines) == [(75_000, "Committed 2000.00, spent 1250.00")]
        assert contracts.bill("2026-12-31").outcomes["issued"] == 0
        with pytest.raises(UserError, match="billed already"):
            remove_commitment(book, made, actor=ANNE)
        number = commitments(book, agreement)[0].billed_by
        credit_invoice(book, number, reason="Wrong", actor=ANNE, today=day("2027-01-02"), release=True)
        contracts.bill("2027-01-03")
        assert len(rows(book, lines)) == 3
        prove(book)

    def test_is_filled_by_what_is_charged_late_and_no_further(self, book: Book, contracts: Contracts) -> None:
        client = contracts.client()
        agreement = contracts.agreement(client)
        with change(book, ANNE, "Ask nobody") as made:
            for code in ("differs_from_usual", "client_overdue", "discount_above", "off_rate_card"):
                made.insert(RuleSetting, code=code, scope="firm", enabled=False)
        add_commitment(book, agreement, YEAR | {"amount": 200_000}, actor=ANNE)
        contracts.bill("2026-12-31")
        standing = "SELECT sum(amount), count(*) FROM charge WHERE commitment_id IS NOT NULL AND reversed_by IS NULL"
        assert rows(book, standing) == [(80_000, 1)]
        contracts.one_off(client, agreement, "2026-06-01", "300")
        contracts.one_off(client, agreement, "2026-06-01", "150")
        contracts.bill("2027-01-31")
        assert rows(book, "SELECT quantity, net FROM invoice_line WHERE price_source = 'commitment'")[1:] == [
            (money(-1), -45_000)
        ]
        assert rows(book, standing) == [(35_000, 2)]
        contracts.one_off(client, agreement, "2026-06-01", "900")
        contracts.bill("2027-02-28")
        assert rows(book, standing) == [(0, 3)]
        assert contracts.bill("2027-03-31").outcomes["issued"] == 1
        assert rows(book, standing) == [(0, 3)]
        contracts.one_off(client, agreement, "2026-06-01", "1250", kind="discount")
        contracts.one_off(client, agreement, "2027-04-01", "1300")
        assert contracts.bill("2027-04-30").outcomes["issued"] == 1
        # 2,000 are committed, and 1,300 were spent after all.
        assert rows(book, standing) == [(70_000, 4)]
        prove(book)

    def test_lowered_by_hand_stays_lower(self, book: Book, contracts: Contracts) -> None:
        client = contracts.client()
        agreement = contracts.agreement(client)
        add_commitment(book, agreement, YEAR | {"amount": 200_000}, actor=ANNE)
        planned = plan(book, through=day("2026-12-31"), issue_date=day("2026-12-31"), actor=ANNE, now=book.now)
        (draft,) = rows(book, "SELECT id FROM draft")[0]
        edit(book, draft, [LineEdit(13, unit_price=Decimal(500))], actor=ANNE)
        drafts = [draft]
        approve_drafts(book, drafts, "Agreed", actor=ANNE, now=book.now)
        resume(book, planned.number, actor=ANNE, now=book.now)
        contracts.one_off(client, agreement, "2026-06-01", "400")
        contracts.bill("2027-01-31")
        standing = "SELECT sum(amount) FROM charge WHERE commitment_id IS NOT NULL"
        # 400 lack, which is less than the 500 that were asked for.
        assert value(book, standing) == 40_000

    def test_given_up_by_a_credit_note_is_not_reckoned_again(self, book: Book, contracts: Contracts) -> None:
        client = contracts.client()
        agreement = contracts.agreement(client)
        add_commitment(book, agreement, YEAR | {"amount": 200_000}, actor=ANNE)
        contracts.bill("2026-12-31")
        number = commitments(book, agreement)[0].billed_by
        credit_invoice(book, number, reason="Goodwill", actor=ANNE, today=day("2027-01-02"), lines=[13])
        contracts.one_off(client, agreement, "2026-06-01", "300")
        contracts.bill("2027-01-31")
        assert value(book, "SELECT count(*) FROM charge WHERE commitment_id IS NOT NULL") == 1
        prove(book)

    def test_that_covers_no_day_or_no_money_is_refused(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client())
        with pytest.raises(ValidationError) as raised:
            add_commitment(book, agreement, {"start_date": None, "end_date": None, "amount": 0}, actor=ANNE)
        assert set(raised.value.fields) == {"start_date", "end_date", "amount"}


class TestAYearPaidAhead:
    def test_is_billed_once_and_credited_where_the_agreement_ends_within(
        self, book: Book, contracts: Contracts
    ) -> None:
        agreement = contracts.agreement(contracts.client(), "A1", {"unit_price": "310"}, timing="arrears")
        paid = add_prepayment(
            book, agreement, YEAR | {"due_date": day("2025-12-15"), "discount": Decimal("0.1")}, actor=ANNE
        )
        assert contracts.bill("2025-12-15").totals == {"EUR": 12 * 27900 * 119 // 100}
        assert contracts.bill("2026-06-30").outcomes["issued"] == 0
        contracts.update(Agreement, agreement, end_date=day("2026-12-22"))
        result = contracts.bill("2026-12-25")
        assert result.outcomes["held"] == 1
        assert rows(book, "SELECT net, gross FROM draft WHERE state = 'held'") == [(-9000, -10710)]
        remove_prepayment(book, paid, actor=ANNE)
        assert prepayments(book, agreement) == []
        assert value(book, "SELECT count(*) FROM charge") == 12
        prove(book)

    def test_meets_no_other(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client())
        add_prepayment(book, agreement, YEAR | {"due_date": day("2025-12-15")}, actor=ANNE)
        with pytest.raises(ValidationError, match="ahead from 1 Jan 2026 on already"):
            add_prepayment(
                book,
                agreement,
                {"start_date": day("2026-12-01"), "end_date": day("2027-03-01"), "due_date": day("2026-11-01")},
                actor=ANNE,
            )
