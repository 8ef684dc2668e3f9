"""A line changed in mid-period: it ends, another follows in its place, prices agreed ahead go with it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.agreement_changes import apply_line_change
from desktop.services.agreements import update_agreement
from desktop.services.changes import change, undo
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

LINES = "SELECT position, quantity, unit_price, start_date, end_date FROM agreement_line ORDER BY position"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def contracts(book: Book) -> Contracts:
    return Contracts(book)


def changed(book: Book, agreement: int, position: int, dated: str, **given: object) -> int:
    line = value(book, "SELECT id FROM agreement_line WHERE agreement_id = ? AND position = ?", agreement, position)
    with change(book, ANNE, "Change a line") as made:
        return apply_line_change(made, agreement, line, day(dated), **given)  # type: ignore[arg-type]


class TestALineThatAnotherFollows:
    def test_takes_the_place_behind_it_and_the_lines_after_it_move_on(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "A1", {}, {"unit_price": "30"}, {"unit_price": "7"})
        changed(book, agreement, 1, "2026-03-10", quantity=money(2), reason="One more seat", reference="CO-1")
        assert rows(book, LINES) == [
            (1, money(1), money(100), None, "2026-03-10"),
            (2, money(2), money(100), "2026-03-10", None),
            (3, money(1), money(30), None, None),
            (4, money(1), money(7), None, None),
        ]
        assert rows(book, "SELECT effect, state, dated, quantity, unit_price, reason, reference FROM change_order") == [
            ("line", "approved", "2026-03-10", money(2), money(100), "One more seat", "CO-1")
        ]
        undo(book, ANNE)
        assert rows(book, LINES) == [
            (1, money(1), money(100), None, None),
            (2, money(1), money(30), None, None),
            (3, money(1), money(7), None, None),
        ]

    def test_takes_prices_agreed_ahead_with_it(self, book: Book, contracts: Contracts) -> None:
        rises = (("2026-02-01", "110"), ("2026-07-01", "120"))
        agreement = contracts.agreement(contracts.client(), "A1", {"prices": rises})
        new = changed(book, agreement, 1, "2026-03-10", quantity=money(2))
        assert value(book, "SELECT unit_price FROM agreement_line WHERE id = ?", new) == money(110)
        assert rows(book, "SELECT agreement_line_id <> ?, valid_from FROM price_change ORDER BY id", new) == [
            (1, "2026-02-01"),
            (0, "2026-07-01"),
        ]

    def test_with_a_price_of_its_own_follows_no_rise_agreed_before(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "A1", {"prices": (("2026-07-01", "120"),)})
        changed(book, agreement, 1, "2026-03-10", unit_price=money(90))
        assert rows(book, "SELECT id FROM price_change") == []
        undo(book, ANNE)
        assert rows(book, "SELECT valid_from, unit_price FROM price_change") == [("2026-07-01", money(120))]

    def test_of_another_item_is_priced_by_the_card(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "A1", {"description": "Small plan"})
        new = changed(book, agreement, 1, "2026-03-10", item_id=contracts.item("BIG"))
        assert rows(book, "SELECT unit_price, description FROM agreement_line WHERE id = ?", new) == [(None, "")]

    def test_may_follow_from_the_very_first_day(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "A1", {"start_date": "2026-03-10"})
        changed(book, agreement, 1, "2026-03-10", unit_price=money(90))
        assert [row[3:] for row in rows(book, LINES)] == [("2026-03-10", "2026-03-10"), ("2026-03-10", None)]

    def test_changes_only_on_a_day_on_which_it_runs(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client(), "A1", {"end_date": "2026-05-01"})
        with pytest.raises(UserError, match="last day"):
            changed(book, agreement, 1, "2026-05-01")
        with pytest.raises(UserError, match="cannot change"):
            changed(book, agreement, 1, "2025-12-31")

    def test_can_be_changed_twice_in_one_transaction(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client())
        line = value(book, "SELECT id FROM agreement_line")
        with change(book, ANNE, "Change twice") as made:
            second = apply_line_change(made, agreement, line, date(2026, 3, 1), quantity=money(2))
            apply_line_change(made, agreement, second, date(2026, 4, 1), quantity=money(3))
            with pytest.raises(UserError, match="last day"):
                apply_line_change(made, agreement, line, date(2026, 5, 1))
        assert [row[1] for row in rows(book, LINES)] == [money(1), money(2), money(3)]


def test_a_line_that_a_change_began_or_ended_is_not_deleted(book: Book, contracts: Contracts) -> None:
    agreement = contracts.agreement(contracts.client())
    new = changed(book, agreement, 1, "2026-03-10", quantity=money(2))
    (old,) = rows(book, "SELECT id FROM agreement_line WHERE id <> ?", new)[0]
    for kept in (old, new):
        with pytest.raises(UserError, match="belongs to a change from"):
            update_agreement(book, agreement, {}, [{"id": kept}], actor=ANNE)
    assert len(rows(book, LINES)) == 2
