"""Hours on a graduated card over several invoices of one period: each hour in the tier that the period has reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.services.check import check
from desktop.services.credits import credit_invoice
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, rows
from tests.services.test_usage_billing import Meters


@pytest.fixture
def worked(tmp_path: Path) -> Iterator[tuple[Meters, int, int, int]]:
    """A book, its client, an agreement on time in tiers of 10 hours at 100, 20 at 80 and the rest at 50; the item."""
    with new_book(tmp_path) as book:
        made = Meters(book)
        made.quiet()
        item = made.card("graduated", ("10", "100"), ("30", "80"), (None, "50"))
        client = made.client(combine=True)
        yield made, client, _agreement(made, client, item), item
        assert check(book).problems == ()


def _agreement(made: Meters, client: int, item: int, code: str = "A1") -> int:
    return made.agreement(client, code, {"kind": "time", "item_id": item, "unit_price": None}, billing="time")


def _lines(made: Meters, invoice: int) -> list[tuple[Any, ...]]:
    return rows(
        made.book,
        "SELECT detail, quantity / 1000000, net FROM invoice_line WHERE invoice_id = ? ORDER BY position",
        invoice,
    )


def _credit(made: Meters, number: str) -> None:
    credit_invoice(made.book, number, release=True, reason="Wrong", actor=ANNE, today=day("2026-01-31"))


def test_hours_go_on_from_the_tier_that_the_period_has_reached(worked: tuple[Meters, int, int, int]) -> None:
    made, client, one, item = worked
    made.hours(client, one, "2026-01-05", "13", item_id=item)
    made.bill("2026-01-10")
    made.hours(client, one, "2026-01-12", "12", item_id=item)
    made.bill("2026-01-20")
    made.hours(client, one, "2026-01-06", "7", item_id=item)
    made.hours(client, one, "2026-02-06", "4", item_id=item)
    made.bill("2026-02-28")
    assert _lines(made, 1) == [("0 – 10", 10, 100_000), ("10 – 30", 3, 24_000)]
    assert _lines(made, 2) == [("10 – 30", 12, 96_000)]
    assert _lines(made, 3) == [("10 – 30", 5, 40_000), ("> 30", 2, 10_000), ("0 – 10", 4, 40_000)]


def test_what_a_credit_freed_fills_the_tiers_that_it_left(worked: tuple[Meters, int, int, int]) -> None:
    made, client, one, item = worked
    made.hours(client, one, "2026-01-05", "35", item_id=item)
    made.bill("2026-01-10")
    made.hours(client, one, "2026-01-12", "4", item_id=item)
    made.bill("2026-01-20")
    assert _lines(made, 2) == [("> 30", 4, 20_000)]
    (number,) = rows(made.book, "SELECT number FROM invoice WHERE id = 1")[0]
    _credit(made, number)
    made.bill("2026-01-31")
    assert _lines(made, 4) == _lines(made, 1)


def test_hours_taken_back_come_off_the_highest_tier(worked: tuple[Meters, int, int, int]) -> None:
    made, client, one, item = worked
    made.hours(client, one, "2026-01-05", "13", item_id=item)
    made.bill("2026-01-10")
    made.hours(client, one, "2026-01-06", "-5", item_id=item)
    made.hours(client, one, "2026-02-06", "10", item_id=item)
    made.bill("2026-02-28")
    assert _lines(made, 2) == [("10 – 30", -3, -24_000), ("0 – 10", -2, -20_000), ("0 – 10", 10, 100_000)]


def test_each_agreement_of_a_joint_invoice_has_its_own_tiers(worked: tuple[Meters, int, int, int]) -> None:
    made, client, one, item = worked
    two = _agreement(made, client, item, "A2")
    made.hours(client, one, "2026-01-05", "35", item_id=item)
    made.hours(client, two, "2026-01-05", "4", item_id=item)
    made.bill("2026-01-10")
    made.hours(client, one, "2026-01-12", "1", item_id=item)
    made.hours(client, two, "2026-01-12", "7", item_id=item)
    made.bill("2026-01-20")
    assert _lines(made, 2) == [("> 30", 1, 5_000), ("0 – 10", 6, 60_000), ("10 – 30", 1, 8_000)]
