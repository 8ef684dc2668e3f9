"""SIGKILL in the middle of a pass over bank lines: each line is booked whole or not, and the next pass goes on."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from db.engine import Book
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.e2e.killing import driven
from tests.issued import add_client, add_invoice

POINTS = 25
_NAMES = ("Alpha Werft", "Bravo Handel", "Delta Druck", "Sigma Labor", "Omega Verlag", "Kappa Bau")


def fill(book: Book) -> int:
    """30 clients with an invoice each and a line that pays it whole, too much or in part; so many lines."""
    account = add_account(book)
    count = 0
    for k in range(30):
        client = add_client(book, f"C{k:02}", name=f"{_NAMES[k % 6]} {k} AG")
        amount = 10_000 + 731 * k
        number = add_invoice(book, client, date(2026, 1, 5), (amount, 19))
        gross = amount * 119 // 100
        day = date(2026, 2, 1) + timedelta(k)
        paid = (amount * 19 + 50) // 100 + amount if k % 3 else gross + 5_000
        if k % 7 == 6:
            paid //= 2
        add_line(book, account, day, paid, f"Invoice {number}", party=f"{_NAMES[k % 6]} {k} AG")
        count += 1
    add_line(book, account, date(2026, 3, 3), 4_321, "Unknown")
    return count + 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of one warm process")
def test_a_pass_killed_at_random_points_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        assert fill(book) == 31
        source = book.path
    told = driven("tests.e2e.killed_pass", source, tmp_path, seed=20260331, count=POINTS)
    assert told["wrong"] == []
    assert told["kills"] >= POINTS
    # Some were killed between two chunks, with a part of the lines booked.
    assert told["midway"] > 0
