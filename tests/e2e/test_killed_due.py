"""SIGKILL in the middle of work by the clock: the next call goes on, and nothing is done twice or forgotten."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from db.schema import Segment
from desktop.services.changes import change
from desktop.services.schedules.keeping import save_schedule
from tests.books import new_book
from tests.contracts import ANNE, Contracts
from tests.e2e.killing import driven

POINTS = 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of one warm process")
def test_due_work_killed_at_random_points_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        made = Contracts(book)
        with change(book, ANNE, "Segment") as changed:
            segment = changed.insert(Segment, name="Retainers")
        for k in range(36):
            client = made.client(f"C{k:02d}", segment_id=segment if k % 3 else None, on_hold=k % 12 == 5)
            made.agreement(client, f"A{k:02d}", {"unit_price": str(50 + k)}, start_date="2025-11-01")
        since = datetime(2025, 11, 15)
        month_end = {"task": "bill", "every": "month", "day": 31, "at": "06:00"}
        save_schedule(book, month_end | {"name": "Retainers", "segment_id": segment}, actor=ANNE, now=since)
        save_schedule(book, month_end | {"name": "All", "at": "06:30"}, actor=ANNE, now=since)
        # The third has nothing left to bill, the fourth is above what may go by itself.
        save_schedule(book, month_end | {"name": "Nobody", "at": "07:00"}, actor=ANNE, now=since)
        first = month_end | {"name": "Large", "day": 1, "at": "08:00", "through": "this_month", "most_documents": 5}
        save_schedule(book, first, actor=ANNE, now=since)
        source = book.path
    told = driven("tests.e2e.killed_due", source, tmp_path, seed=20260202, count=POINTS)
    assert told["wrong"] == []
    assert told["kills"] >= POINTS
    stages = set(told["stages"])
    assert {"1 planning", "1 issuing", "2 planning", "2 issuing", "4 planning", "between"} <= stages
