"""SIGKILL in the middle of a reminder run: nobody is reminded twice, nobody is forgotten, and the rest goes on."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.dunning.levels import Level, save_levels
from desktop.services.dunning.policies import save_policy
from tests.books import new_book
from tests.e2e.killing import driven
from tests.issued import ANNE, add_client, add_invoice

POINTS = 40


def fill(book: Book) -> None:
    """Ten clients with one or two invoices that are overdue, levels with a fee and interest."""
    save_policy(book, {"interest": "statutory"}, actor=ANNE)
    save_levels(book, [Level(1, "First", 7, fee=250, interest=True), Level(2, "Second", 30)], actor=ANNE)
    for place in range(10):
        client = add_client(book, f"C{place:02d}")
        for count in range(1 + place % 2):
            add_invoice(book, client, date(2026, 1, 1), (10_000 + place + count, 19))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of one warm process")
def test_a_reminder_run_killed_at_any_point_reminds_nobody_twice(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        fill(book)
        source = book.path
    told = driven("tests.e2e.killed_reminders", source, tmp_path, seed=20260207, count=POINTS)
    assert told["wrong"] == []
    assert told["kills"] >= POINTS
    assert told["stages"]["half"] >= POINTS // 4
    assert told["stages"]["not begun"] >= 1
    assert told["statements"] > 100
