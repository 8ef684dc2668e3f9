"""SIGKILL in the middle of a run: nothing is lost, doubled or half-written, and the rest comes out the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from db.schema import ExchangeRate
from desktop.services.changes import change
from tests.billing_facts import day, money
from tests.books import new_book
from tests.contracts import ANNE, Contracts
from tests.e2e.killing import driven

POINTS = 50


def fill(made: Contracts) -> int:
    """150 agreements of 50 clients: months, stubs, hours, charges, deposits, joint invoices, holds, blocks, dollars."""
    with change(made.book, ANNE, "Rate") as changed:
        changed.insert(ExchangeRate, currency="USD", valid_from=day("2026-01-01"), rate=money("0.9"))
    count = 0
    for k in range(50):
        abroad = k % 10 == 9
        client = made.client(
            f"C{k:02d}",
            combine=k % 5 == 0,
            on_hold=k % 12 == 3,
            country="US" if abroad else "FR" if k % 13 == 5 else "DE",
            currency="USD" if abroad else "EUR",
            credit_limit=40000 if k % 7 == 2 else None,
        )
        currency = "USD" if abroad else "EUR"
        for n in range(3):
            lines = [{"unit_price": str(50 + k)}, {"unit_price": "19.99", "quantity": "3", "discount": "0.1"}]
            if n == 2:
                lines.append({"kind": "time", "unit_price": "87.50"})
            start = ["2026-01-01", "2026-01-12", "2025-11-30"][n]
            agreement = made.agreement(client, f"A{k:02d}-{n}", *lines, start_date=start, currency=currency)
            count += 1
        if k % 4 == 0:
            made.hours(client, agreement, "2026-01-09", "1.25")
            made.hours(client, agreement, "2026-01-19", "2.5")
        if k % 6 == 0 and not abroad:
            made.one_off(client, agreement, "2026-01-20", "400", kind="deposit")
            made.one_off(client, None, "2026-01-21", "33.33")
    return count


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of one warm process")
def test_a_run_killed_at_random_points_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        assert fill(Contracts(book)) == 150
        source = book.path
    told = driven("tests.e2e.killed_run", source, tmp_path, seed=20260131, count=POINTS)
    assert told["wrong"] == []
    # Most are killed, in each stage of a run.
    assert told["kills"] >= POINTS
    assert {"planning", "issuing"} <= told["stages"].keys()
    assert told["statements"] > 1000
