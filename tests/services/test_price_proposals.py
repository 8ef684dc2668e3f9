"""Price rises in bulk: proposed, capped, rounded, looked over, decided on and undone."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import AgreementLine
from desktop.domain.price_rises import by_index, by_percent, risen
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.price_proposals import (
    Proposed,
    approve_proposals,
    edit_proposal,
    index_names,
    indexed,
    proposals,
    propose,
    reject_proposals,
)
from desktop.services.problems import ValidationError
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

FROM = date(2027, 1, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def contracts(book: Book) -> Contracts:
    return Contracts(book)


def ask(book: Book, *agreements: int, rise: Any = None, **more: Any) -> Proposed:
    return propose(book, agreements, rise or by_percent(Decimal("2.9"), "CPI"), FROM, actor=ANNE, **more)


@pytest.mark.parametrize(
    "price, percent, cap, step, expected",
    [
        ("100", "2.9", None, "0.01", ("102.9", False)),
        ("99.99", "2.5", None, "0.01", ("102.49", False)),
        ("99.99", "2.5", None, "0.05", ("102.50", False)),
        ("99.99", "2.5", None, "1", ("102", False)),
        ("99.99", "2.5", "0.02", "0.01", ("101.98", True)),
        ("99.99", "2.5", "0.02", "5", ("100", True)),
        ("102.50", "2.5", "0.02", "100", ("102.50", True)),
        ("100", "-3", "0.02", "0.01", ("97", False)),
    ],
)
def test_a_price_rises(price: str, percent: str, cap: str | None, step: str, expected: tuple[str, bool]) -> None:
    rise = by_percent(Decimal(percent))
    new, capped = risen(Decimal(price), rise, Decimal(cap) if cap else None, Decimal(step))
    assert (new, capped) == (Decimal(expected[0]), expected[1])


def test_two_figures_of_an_index_are_a_percentage() -> None:
    assert by_index(Decimal("118.4"), Decimal("121.2")).percent == Decimal("2.36")
    assert risen(Decimal(1184), by_index(Decimal("118.4"), Decimal("121.2")), None, Decimal("0.01"))[0] == 1212


class TestAProposal:
    def test_tells_old_new_and_the_year(self, book: Book, contracts: Contracts) -> None:
        client = contracts.client()
        first = contracts.agreement(client, "A1", {"quantity": "3"}, {"unit_price": None}, index_name="CPI")
        capped = contracts.agreement(client, "A2", index_cap=money("0.02"))
        ended = contracts.agreement(client, "A3", end_date="2027-01-01")
        assert ask(book, first, capped, ended) == Proposed(proposed=2, by_card=1, same=0)
        found: list[tuple[Any, ...]] = [
            (one.code, one.old_price, one.new_price, one.percent, one.a_year, one.basis) for one in proposals(book)
        ]
        assert found == [
            ("A1", 100, Decimal("102.9"), Decimal("2.90"), 10440, "CPI 2.9%"),
            ("A2", 100, 102, Decimal("2.00"), 2400, "CPI 2.9%, at most 2%"),
        ]
        assert (index_names(book), indexed(book, index_name="CPI")) == (["CPI"], [first])

    def test_made_again_takes_the_place_of_the_first(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(contracts.client())
        ask(book, agreement)
        ask(book, agreement, rise=by_percent(Decimal(5)), step=Decimal(1))
        assert [one.new_price for one in proposals(book)] == [105]

    def test_of_nothing_is_refused(self, book: Book, contracts: Contracts) -> None:
        with pytest.raises(ValidationError, match="no rise of prices"):
            ask(book, contracts.agreement(contracts.client()), rise=by_percent(Decimal(0)))


class TestApproval:
    def test_agrees_on_the_price_ahead_and_is_undone_as_one(self, book: Book, contracts: Contracts) -> None:
        client = contracts.client()
        ask(book, contracts.agreement(client, "A1"), contracts.agreement(client, "A2"))
        first, second = proposals(book)
        edit_proposal(book, second.id, Decimal(101), actor=ANNE)
        assert approve_proposals(book, [first.id, second.id], actor=ANNE) == 2
        assert proposals(book) == []
        prices = "SELECT valid_from, unit_price, reason FROM price_change ORDER BY id"
        assert rows(book, prices) == [
            ("2027-01-01", money("102.9"), "CPI 2.9%"),
            ("2027-01-01", money(101), "CPI 2.9%"),
        ]
        undo(book, ANNE)
        assert rows(book, prices) == []
        assert len(proposals(book)) == 2

    def test_for_days_billed_already_credits_and_charges_them(self, book: Book, contracts: Contracts) -> None:
        agreement = contracts.agreement(
            contracts.client(), "A1", {"unit_price": "310"}, timing="advance", charged_through="2027-01-01"
        )
        contracts.bill("2027-01-01")
        propose(book, [agreement], by_percent(Decimal(10)), day("2027-01-11"), actor=ANNE)
        (one,) = proposals(book)
        assert one.billed
        approve_proposals(book, [one.id], actor=ANNE)
        contracts.bill("2027-01-15")
        nets = rows(book, "SELECT net FROM invoice_line WHERE invoice_id = 2 ORDER BY position")
        assert nets == [(23100,), (-21000,)]

    def test_is_refused_once_the_price_is_another(self, book: Book, contracts: Contracts) -> None:
        ask(book, contracts.agreement(contracts.client()))
        (one,) = proposals(book)
        contracts.update(AgreementLine, value(book, "SELECT id FROM agreement_line"), unit_price=money(120))
        with pytest.raises(UserError, match="is 120 now, not 100"):
            approve_proposals(book, [one.id], actor=ANNE)
        assert reject_proposals(book, [one.id], actor=ANNE) == 1
        with pytest.raises(UserError, match="decided on already"):
            approve_proposals(book, [one.id], actor=ANNE)
