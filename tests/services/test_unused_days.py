"""Days charged ahead and not used: credited on the next document, and what credit notes may then still take back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Agreement, AgreementLine, Pause, Rate, RuleSetting
from desktop.errors import UserError
from desktop.services.agreement_changes import apply_line_change
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.credits import CreditResult, credit_invoice, creditable, creditable_lines
from desktop.services.documents import draft_document
from desktop.services.runs import BillResult, approve_drafts, resume
from desktop.services.trail import trail
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.ledger_proof import prove


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Totals below nothing are issued as credit notes without asking."""
    with new_book(tmp_path, street="Kai 1", postcode="20457", city="Hamburg", tax_id="DE136695976") as book:
        with change(book, ANNE, "Set up") as made:
            for code in ("negative_total", "differs_from_usual", "credit_limit"):
                made.insert(RuleSetting, code=code, scope="firm", enabled=False)
        yield book


@pytest.fixture
def contracts(book: Book) -> Contracts:
    return Contracts(book)


@pytest.fixture
def ahead(contracts: Contracts) -> int:
    """310.00 a month in advance, January billed: 10.00 a day."""
    agreement = contracts.agreement(contracts.client(), "A1", {"unit_price": "310"}, timing="advance")
    contracts.bill("2026-01-01")
    return agreement


def the_line(book: Book) -> int:
    return int(value(book, "SELECT max(id) FROM agreement_line"))


def lines_of(book: Book, number: str) -> list[tuple[Any, ...]]:
    return rows(
        book,
        "SELECT l.quantity, l.base_quantity, l.net, l.period_start, l.period_end, l.detail FROM invoice_line l"
        " JOIN invoice i ON i.id = l.invoice_id WHERE i.number = ? ORDER BY l.position",
        number,
    )


def documents(book: Book) -> list[tuple[Any, ...]]:
    return rows(
        book,
        "SELECT i.number, i.net, i.payable, x.number FROM invoice i LEFT JOIN invoice x ON x.id = i.corrects_id"
        " ORDER BY i.id",
    )


def standing(book: Book) -> list[tuple[Any, ...]]:
    """What is charged, day by day, whatever document it came by."""
    return rows(
        book,
        "SELECT period_start, period_end, amount FROM charge WHERE kind = 'recurring' AND reversed_by IS NULL"
        " ORDER BY period_start, id",
    )


def credit(book: Book, number: str, on: str = "2026-02-10", **more: Any) -> CreditResult:
    return credit_invoice(book, number, reason="Wrong", actor=ANNE, today=day(on), **more)


def again(contracts: Contracts, on: str) -> BillResult:
    return contracts.bill(on)


class TestAnEndWithinWhatWasBilled:
    def test_credits_the_days_after_it_by_a_credit_note_that_names_its_invoice(
        self, book: Book, contracts: Contracts, ahead: int
    ) -> None:
        contracts.update(Agreement, ahead, end_date=day("2026-01-20"))
        again(contracts, "2026-01-25")
        assert documents(book)[1:] == [("CN-2026-0001", 12000, 14280, "INV-2026-0001")]
        assert lines_of(book, "CN-2026-0001") == [
            (12 * money(1), 31 * money(1), 12000, "2026-01-20", "2026-02-01", "Unused 12 of 31 days, INV-2026-0001")
        ]
        assert value(book, "SELECT sum(open) FROM open_item") == 36890 - 14280
        assert value(book, "SELECT sum(open) FROM open_credit") == 0
        assert standing(book) == [("2026-01-01", "2026-01-20", 19000)]
        prove(book)
        assert again(contracts, "2026-03-01").outcomes["issued"] == 0

    def test_is_held_until_someone_approves(self, book: Book, contracts: Contracts, ahead: int) -> None:
        with change(book, ANNE, "Ask") as made:
            made.update(RuleSetting, 1, enabled=True)
        contracts.update(Agreement, ahead, end_date=day("2026-01-20"))
        run = again(contracts, "2026-01-25")
        assert run.outcomes["held"] == 1
        assert rows(book, "SELECT code FROM finding") == [("negative_total",)]
        draft = value(book, "SELECT id FROM draft WHERE state = 'held'")
        seen, _template = draft_document(book, draft)
        assert (seen.kind, seen.corrects, seen.net) == ("credit_note", "INV-2026-0001", 12000)
        approve_drafts(book, [draft], "Agreed", actor=ANNE, now=book.now)
        resume(book, run.run, actor=ANNE, now=book.now)
        assert documents(book)[1:] == [("CN-2026-0001", 12000, 14280, "INV-2026-0001")]
        prove(book)

    def test_keeps_what_was_billed_where_that_is_agreed(self, book: Book, contracts: Contracts, ahead: int) -> None:
        contracts.update(Agreement, ahead, end_date=day("2026-01-20"), unused="keep")
        assert again(contracts, "2026-01-25").outcomes["skipped"] == 1
        assert standing(book) == [("2026-01-01", "2026-02-01", 31000)]

    def test_taken_back_bills_the_days_again(self, book: Book, contracts: Contracts, ahead: int) -> None:
        contracts.update(Agreement, ahead, end_date=day("2026-01-20"))
        again(contracts, "2026-01-25")
        contracts.update(Agreement, ahead, end_date=None)
        again(contracts, "2026-02-01")
        assert lines_of(book, "INV-2026-0002") == [
            (12 * money(1), 31 * money(1), 12000, "2026-01-20", "2026-02-01", ""),
            (money(1), money(1), 31000, "2026-02-01", "2026-03-01", ""),
        ]
        prove(book)

    def test_before_the_first_day_billed_credits_the_whole_charge(
        self, book: Book, contracts: Contracts, ahead: int
    ) -> None:
        contracts.bill("2026-02-01")
        contracts.update(Agreement, ahead, end_date=day("2026-02-01"))
        again(contracts, "2026-02-02")
        assert documents(book)[2:] == [("CN-2026-0001", 31000, 36890, "INV-2026-0002")]
        assert creditable(book, "INV-2026-0001").payable == 36890
        with pytest.raises(UserError, match="All of INV-2026-0002"):
            credit(book, "INV-2026-0002")
        prove(book)

    def test_of_days_of_two_invoices_names_none(self, book: Book, contracts: Contracts, ahead: int) -> None:
        contracts.bill("2026-02-01")
        contracts.update(Agreement, ahead, end_date=day("2026-01-20"))
        again(contracts, "2026-02-02")
        assert documents(book)[2:] == [("CN-2026-0001", 43000, 51170, None)]
        prove(book)


class TestAChangeInMidPeriod:
    def test_credits_the_old_line_and_charges_the_new_one_on_one_invoice(
        self, book: Book, contracts: Contracts, ahead: int
    ) -> None:
        with change(book, ANNE, "Grow") as made:
            apply_line_change(made, ahead, the_line(book), day("2026-01-22"), quantity=money(3), reason="Grows")
        again(contracts, "2026-01-22")
        assert lines_of(book, "INV-2026-0002") == [
            (30 * money(1), 31 * money(1), 30000, "2026-01-22", "2026-02-01", ""),
            (-10 * money(1), 31 * money(1), -10000, "2026-01-22", "2026-02-01", "Unused 10 of 31 days, INV-2026-0001"),
        ]
        (new, unused) = trail(book, "INV-2026-0002").lines
        assert (new.sources[0].kind, unused.sources[0].kind) == ("recurring", "unused")
        assert unused.sources[0].detail == {"invoice": "INV-2026-0001"}
        prove(book)

    def test_charged_beside_its_credit_on_a_credit_note_is_credited_in_turn(
        self, book: Book, contracts: Contracts, ahead: int
    ) -> None:
        with change(book, ANNE, "Shrink") as made:
            apply_line_change(made, ahead, the_line(book), day("2026-01-12"), unit_price=money(31))
        again(contracts, "2026-01-12")
        assert [row[2] for row in lines_of(book, "CN-2026-0001")] == [-2000, 20000]
        contracts.update(Agreement, ahead, end_date=day("2026-01-22"))
        again(contracts, "2026-01-22")
        assert documents(book)[2:] == [("CN-2026-0002", 1000, 1190, None)]
        assert lines_of(book, "CN-2026-0002")[0][:3] == (10 * money(1), 31 * money(1), 1000)
        assert sum(row[2] for row in standing(book)) == 11000 + 1000
        prove(book)

    def test_comes_out_to_the_cent_with_a_discount_and_an_odd_price(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(
            contracts.client(), "A1", {"unit_price": "99.99", "discount": "0.07"}, timing="advance"
        )
        contracts.bill("2026-01-01")
        whole = value(book, "SELECT net FROM invoice")
        for last in ("2026-01-25", "2026-01-14", "2026-01-07"):
            contracts.update(Agreement, agreement, end_date=day(last))
            again(contracts, "2026-01-27")
        contracts.update(AgreementLine, the_line(book), start_date=day("2026-01-01"), end_date=day("2026-01-01"))
        again(contracts, "2026-01-27")
        assert value(book, "SELECT sum(net) FROM invoice WHERE kind = 'credit_note'") == whole
        assert standing(book) == []
        prove(book)

    def test_credits_each_tier_at_its_own_price(self, book: Book, contracts: Contracts) -> None:
        item = contracts.item("SEAT")
        with change(book, ANNE, "Price seats") as made:
            for up_to, price in ((10, "31"), (None, "15.50")):
                made.insert(
                    Rate,
                    item_id=item,
                    currency="EUR",
                    valid_from=day("2025-01-01"),
                    up_to=None if up_to is None else money(up_to),
                    price=money(price),
                    mode="graduated",
                )
        line = {"item_id": item, "unit_price": None, "quantity": "15"}
        agreement = contracts.agreement(contracts.client(), "A1", line, timing="advance")
        contracts.bill("2026-01-01")
        contracts.update(Agreement, agreement, end_date=day("2026-01-11"))
        again(contracts, "2026-01-12")
        nets = [row[2] for row in lines_of(book, "CN-2026-0001")]
        assert nets == [10 * 3100 * 21 // 31, 5 * 1550 * 21 // 31]
        prove(book)

    def test_leaves_a_31st_that_costs_nothing_without_a_share(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(
            contracts.client(), "A1", {"unit_price": "300"}, timing="advance", fixed_30=True
        )
        contracts.bill("2026-01-01")
        with change(book, ANNE, "Pause") as made:
            made.insert(Pause, agreement_id=agreement, start_date=day("2026-01-30"), end_date=day("2026-01-31"))
        again(contracts, "2026-01-30")
        assert standing(book) == [("2026-01-01", "2026-01-30", 29000), ("2026-01-31", "2026-02-01", 0)]
        prove(book)

    def test_counts_thirty_days_a_month_where_that_is_agreed(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(
            contracts.client(), "A1", {"unit_price": "300"}, timing="advance", fixed_30=True
        )
        contracts.bill("2026-01-01")
        contracts.update(Agreement, agreement, end_date=day("2026-01-21"))
        again(contracts, "2026-01-22")
        assert [row[2] for row in lines_of(book, "CN-2026-0001")] == [10000]
        prove(book)


class TestAPauseEnteredLater:
    def test_credits_its_days_and_once_taken_back_bills_them_again(
        self, book: Book, contracts: Contracts, ahead: int
    ) -> None:
        with change(book, ANNE, "Pause") as made:
            pause = made.insert(
                Pause, agreement_id=ahead, start_date=day("2026-01-10"), end_date=day("2026-01-15"), reason=""
            )
        again(contracts, "2026-01-20")
        assert documents(book)[1:] == [("CN-2026-0001", 5000, 5950, "INV-2026-0001")]
        assert standing(book) == [("2026-01-01", "2026-01-10", 9000), ("2026-01-15", "2026-02-01", 17000)]
        with change(book, ANNE, "No pause") as made:
            made.delete(Pause, pause)
        again(contracts, "2026-01-25")
        assert lines_of(book, "INV-2026-0002") == [(5 * money(1), 31 * money(1), 5000, "2026-01-10", "2026-01-15", "")]
        assert sum(row[2] for row in standing(book)) == 31000
        prove(book)


class TestAfterUnusedDaysWereCredited:
    @pytest.fixture
    def ended(self, book: Book, contracts: Contracts, ahead: int) -> int:
        contracts.update(Agreement, ahead, end_date=day("2026-01-20"))
        again(contracts, "2026-01-25")
        return ahead

    def test_a_credit_note_takes_back_the_other_days_alone(self, book: Book, ended: int) -> None:
        currency, left, lines = creditable_lines(book, "INV-2026-0001")
        assert (currency, left, [line.net for line in lines]) == ("EUR", 36890 - 14280, [19000])
        note = credit(book, "INV-2026-0001", release=True)
        assert (note.amount, note.released) == (36890 - 14280, 1)
        assert lines_of(book, note.credit_note)[0][:3] == (19 * money(1), 31 * money(1), 19000)
        assert standing(book) == []
        with pytest.raises(UserError, match="All of INV-2026-0001"):
            credit(book, "INV-2026-0001")
        prove(book)

    def test_more_than_is_left_cannot_be_credited(self, book: Book, ended: int) -> None:
        with pytest.raises(UserError, match="is left of INV-2026-0001"):
            credit(book, "INV-2026-0001", amount_gross=36890 - 14280 + 1)
        assert credit(book, "INV-2026-0001", amount_gross=10000).amount == 10000
        assert credit(book, "INV-2026-0001").amount == 36890 - 14280 - 10000
        prove(book)

    def test_the_days_released_by_the_credit_note_are_billed_again_without_the_unused(
        self, book: Book, contracts: Contracts, ended: int
    ) -> None:
        credit(book, "INV-2026-0001", release=True)
        again(contracts, "2026-02-11")
        assert standing(book) == [("2026-01-01", "2026-01-20", 19000)]
        prove(book)

    def test_days_of_a_line_credited_for_good_are_not_credited_again(
        self, book: Book, contracts: Contracts, ahead: int
    ) -> None:
        credit(book, "INV-2026-0001", on="2026-01-15")
        contracts.update(Agreement, ahead, end_date=day("2026-01-10"))
        assert again(contracts, "2026-01-25").outcomes["skipped"] == 1
        prove(book)

    def test_no_more_is_credited_than_an_amount_left_of_the_invoice(
        self, book: Book, contracts: Contracts, ahead: int
    ) -> None:
        credit(book, "INV-2026-0001", on="2026-01-15", amount_gross=30000)
        contracts.update(Agreement, ahead, end_date=day("2026-01-10"))
        assert again(contracts, "2026-01-25").outcomes["skipped"] == 1
        prove(book)


class TestAnInvoiceThatCarriesAnUnusedLine:
    @pytest.fixture
    def grown(self, book: Book, contracts: Contracts, ahead: int) -> int:
        with change(book, ANNE, "Grow") as made:
            apply_line_change(made, ahead, the_line(book), day("2026-01-22"), quantity=money(3))
        again(contracts, "2026-01-22")
        return ahead

    def test_credited_with_release_charges_the_days_again_and_then_credits_them_once_more(
        self, book: Book, contracts: Contracts, grown: int
    ) -> None:
        note = credit(book, "INV-2026-0002", on="2026-01-23", release=True)
        assert note.amount == 23800
        assert sum(row[2] for row in standing(book)) == 31000
        assert creditable(book, "INV-2026-0001").payable == 36890
        again(contracts, "2026-01-24")
        assert [row[2] for row in lines_of(book, "INV-2026-0003")] == [30000, -10000]
        prove(book)

    def test_credited_after_the_rest_of_the_first_invoice_leaves_its_days_to_be_credited(
        self, book: Book, contracts: Contracts, grown: int
    ) -> None:
        credit(book, "INV-2026-0001", on="2026-01-23", release=True)
        credit(book, "INV-2026-0002", on="2026-01-23", release=True)
        assert standing(book) == [("2026-01-22", "2026-02-01", 10000)]
        assert creditable(book, "INV-2026-0001").payable == 11900
        again(contracts, "2026-01-24")
        assert [row[2] for row in lines_of(book, "INV-2026-0003")] == [21000, 30000, -10000]
        assert sum(row[2] for row in standing(book)) == 51000
        prove(book)

    def test_credited_for_good_frees_the_first_invoice_to_be_credited_whole(self, book: Book, grown: int) -> None:
        credit(book, "INV-2026-0002", on="2026-01-23")
        assert credit(book, "INV-2026-0001").amount == 36890
        prove(book)

    def test_issued_anew_charges_and_credits_the_same(self, book: Book, grown: int) -> None:
        before = standing(book)
        note = credit(book, "INV-2026-0002", on="2026-01-23", reissue=True)
        assert note.reissued == "INV-2026-0003"
        assert standing(book) == before
        assert creditable(book, "INV-2026-0001").payable == 36890 - 11900
        prove(book)


class TestTheProof:
    @pytest.mark.parametrize(
        "spoilt, found",
        [
            ("UPDATE charge SET reversed_by = NULL WHERE id = 1", "still stands"),
            ("UPDATE charge SET amount = amount + 1 WHERE part_of_id = 1", "not what it was"),
        ],
    )
    def test_finds_what_was_changed_by_hand(
        self, book: Book, contracts: Contracts, ahead: int, spoilt: str, found: str
    ) -> None:
        contracts.update(Agreement, ahead, end_date=day("2026-01-20"))
        again(contracts, "2026-01-25")
        assert check(book).clean
        with book.writing() as session:
            connection = session.connection()
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'charge'"
            ).fetchall():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql(spoilt)
        assert any(found in problem.detail for problem in check(book).problems)
