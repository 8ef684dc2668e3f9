"""What a change would come to is told before it is made, and is what a run then bills."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.agreement_changes import add_line, change_line, end_line
from desktop.services.agreement_history import line_changes
from desktop.services.change_preview import preview_added, preview_changed, preview_end
from desktop.services.changes import undo
from desktop.services.problems import ValidationError
from desktop.services.renewals import renewal_day
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

TODAY = date(2026, 1, 20)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def contracts(book: Book) -> Contracts:
    return Contracts(book)


@pytest.fixture
def ahead(contracts: Contracts) -> int:
    """310.00 a month in advance, January billed; and a line that nothing changes."""
    agreement = contracts.agreement(
        contracts.client(), "A1", {"unit_price": "310"}, {"unit_price": "62"}, timing="advance"
    )
    contracts.bill("2026-01-01")
    return agreement


def first_line(book: Book) -> int:
    return int(value(book, "SELECT min(id) FROM agreement_line"))


def state(book: Book) -> list[object]:
    return rows(book, "SELECT * FROM agreement_line"), rows(book, "SELECT * FROM change_order")  # type: ignore[return-value]


class TestAPreview:
    def test_is_what_the_next_run_bills_and_writes_nothing(self, book: Book, contracts: Contracts, ahead: int) -> None:
        before, changes = state(book), value(book, "SELECT count(*) FROM change_set")
        found = preview_changed(book, ahead, first_line(book), TODAY, today=TODAY, quantity=Decimal(2))
        assert [(one.start, one.days, one.whole_days, one.net, one.credit) for one in found.figures] == [
            (TODAY, 12, 31, 24000, False),
            (TODAY, 12, 31, -12000, True),
        ]
        assert (found.net, found.through, found.currency) == (12000, TODAY, "EUR")
        assert (state(book), value(book, "SELECT count(*) FROM change_set")) == (before, changes)
        change_line(book, ahead, first_line(book), TODAY, quantity=Decimal(2), actor=ANNE)
        contracts.bill("2026-01-20")
        assert value(book, "SELECT net FROM invoice ORDER BY id DESC LIMIT 1") == found.net

    def test_in_arrears_tells_the_end_of_the_period(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "A1", {"unit_price": "310"})
        found = preview_changed(book, agreement, first_line(book), TODAY, today=TODAY, quantity=Decimal(2))
        assert [(one.start, one.net) for one in found.figures] == [(TODAY, 24000)]
        assert found.through == date(2026, 1, 31)

    def test_of_a_further_line_and_of_an_end(self, book: Book, contracts: Contracts, ahead: int) -> None:
        more = preview_added(book, ahead, TODAY, today=TODAY, item_id=contracts.item(), unit_price=Decimal(31))
        assert [one.net for one in more.figures] == [1200]
        last = date(2026, 1, 21)
        assert preview_end(book, ahead, None, last, credit=True, today=TODAY).net == -10000 - 2000
        assert preview_end(book, ahead, first_line(book), last, credit=True, today=TODAY).net == -10000
        assert preview_end(book, ahead, None, last, credit=False, today=TODAY).figures == ()

    def test_says_what_the_change_would_be_refused_for(self, book: Book, ahead: int) -> None:
        with pytest.raises(ValidationError, match="Nothing would change"):
            preview_changed(book, ahead, first_line(book), TODAY, today=TODAY, quantity=Decimal(1))
        with pytest.raises(UserError, match="cannot change"):
            preview_changed(book, ahead, first_line(book), date(2025, 12, 1), today=TODAY, quantity=Decimal(2))


class TestAChange:
    def test_is_undone_until_the_new_line_is_billed(self, book: Book, contracts: Contracts, ahead: int) -> None:
        before = state(book)
        change_line(book, ahead, first_line(book), TODAY, unit_price=Decimal(290), actor=ANNE)
        undo(book, ANNE)
        assert state(book) == before
        change_line(book, ahead, first_line(book), TODAY, unit_price=Decimal(290), actor=ANNE)
        number = value(book, "SELECT max(id) FROM change_set WHERE undoable")
        contracts.bill("2026-02-01")
        with pytest.raises(UserError, match="cannot be undone"):
            undo(book, ANNE, number)

    def test_stands_in_the_history_with_its_reason(self, book: Book, contracts: Contracts, ahead: int) -> None:
        line = change_line(
            book, ahead, first_line(book), TODAY, quantity=Decimal(2), reason="Grows", reference="PO 7", actor=ANNE
        )
        add_line(book, ahead, day("2026-03-01"), item_id=contracts.item(), unit_price=Decimal(5), actor=ANNE)
        end_line(book, ahead, line, day("2026-03-31"), reason="Moves", actor=ANNE)
        told = [
            (one.dated, one.kind, one.old_quantity, one.new_quantity, one.reason) for one in line_changes(book, ahead)
        ]
        assert told == [
            (date(2026, 4, 1), "ended", 2, None, "Moves"),
            (date(2026, 3, 1), "added", None, 1, ""),
            (TODAY, "changed", 1, 2, "Grows"),
        ]

    def test_without_credit_an_end_waits_for_what_was_billed(self, book: Book, ahead: int) -> None:
        assert end_line(book, ahead, first_line(book), TODAY, credit=False, actor=ANNE) == date(2026, 1, 31)

    def test_at_renewal_begins_with_the_next_term_or_with_what_is_not_billed(
        self, book: Book, contracts: Contracts, ahead: int
    ) -> None:
        assert renewal_day(book, ahead, TODAY) == date(2026, 2, 1)
        termed = contracts.agreement(
            contracts.client("C2"), "A2", renewal="auto", term_count=1, term_unit="year", term_end=day("2025-07-01")
        )
        assert renewal_day(book, termed, TODAY) == date(2026, 7, 1)
