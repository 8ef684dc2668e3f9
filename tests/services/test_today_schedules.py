"""What came of work by the clock on Today: it stands there until it is seen, a run that waits says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.services.runs import Scope, discard_run, resume
from desktop.services.runs.planning import begin
from desktop.services.schedules import billing
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.keeping import save_schedule
from desktop.services.schedules.results import see
from desktop.services.schedules.turn import one_at_a_time
from desktop.services.today import Item, Target, Urgency, today
from desktop.services.today.schedules import result_of
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def add(book: Book, **changes: Any) -> int:
    values = {"name": "Month end", "task": "bill", "every": "month", "day": 31, "at": "6:30"} | changes
    return save_schedule(book, values, actor=ANNE, now=datetime(2025, 12, 1))


def do(book: Book, now: str, **more: Any) -> None:
    moment = datetime.fromisoformat(now)
    book.clock = lambda: moment.replace(tzinfo=UTC)
    carry_out(book, now=lambda: moment, actor=ANNE, **more)


def items(book: Book, *kinds: str) -> list[Item]:
    return [item for item in today(book, book.clock().date(), book.now).items if item.kind in kinds]


def test_what_was_done_stands_there_until_it_is_seen(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.agreement(made.client("C2", on_hold=True), "A2")
    add(book)
    do(book, "2026-01-31T07:00")
    (item,) = items(book, "schedule")
    assert item.sentence == "“Month end” of 31 Jan 2026 is done"
    # The month before was due while nobody called.
    assert item.why == ("Run R-2026-0001 issued 1 invoice over 119.00 EUR. 1 waits for you. 1 earlier time was missed.")
    assert (item.urgency, item.target) == (Urgency.LATER, Target("runs", 1, opens=True))
    key = result_of(item)
    assert key is not None
    see(book, [key])
    assert items(book, "schedule") == []


def test_what_failed_comes_first_and_leads_to_the_settings(book: Book) -> None:
    add(book, name="Inbox", task="bounces", every="day", day=None)
    do(book, "2025-12-02T07:00")
    do(book, "2025-12-03T07:00")
    (item,) = items(book, "schedule_failed")
    assert item.sentence == "“Inbox” of 3 Dec 2025 failed"
    assert item.why.startswith("No e-mail account says where its inbox is.")
    assert item.urgency == Urgency.LATE
    assert item.target == Target("settings", filters=frozenset({"section:schedules"}))


def test_what_was_put_off_is_told_until_it_is_made_up_for(
    book: Book, made: Contracts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(billing, "wait_for_others", lambda *_: None)
    made.agreement(made.client())
    left = begin(book, through=day("2026-01-31"), issue_date=day("2026-01-31"), scope=Scope(), actor=ANNE, now=book.now)
    add(book)
    do(book, "2026-01-31T07:00")
    (item,) = items(book, "schedule_failed")
    assert item.sentence == "“Month end” of 31 Jan 2026 is put off"
    assert item.why.startswith(f"Run {left.number} was interrupted while it was planned")
    discard_run(book, left.number, actor=ANNE, now=book.now)
    do(book, "2026-01-31T08:00")
    assert items(book, "schedule_failed") == []


def test_nothing_is_told_of_a_time_at_which_nothing_was_due(book: Book) -> None:
    add(book)
    do(book, "2025-12-31T07:00")
    assert items(book, "schedule", "schedule_failed", "schedule_cut_off") == []


def test_a_time_that_was_missed_is_told(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    add(book, catch_up=False)
    do(book, "2026-02-03T07:00")
    (item,) = items(book, "schedule")
    assert item.sentence == "“Month end” of 31 Jan 2026 was missed"
    assert item.why == "Nobody called Sheaf at this time. 1 earlier time was missed."
    assert item.urgency == Urgency.TODAY


def test_a_run_that_was_left_to_a_person_says_why_in_its_own_line(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.agreement(made.client("C2"), "A2")
    add(book, most_documents=1)
    do(book, "2026-01-31T07:00")
    assert [item.kind for item in items(book, "schedule", "schedule_failed", "ready")] == ["ready"]
    (item,) = items(book, "ready")
    assert item.sentence == "2 invoices of run R-2026-0001 are ready to issue"
    assert item.why == (
        "Run R-2026-0001 would issue 2 invoices over 238.00 EUR; more than 1 wait for a person. "
        "Nothing of it is issued yet."
    )
    resume(book, "R-2026-0001", actor=ANNE, now=book.now)
    assert items(book, "schedule", "ready") == []


def test_what_was_cut_off_before_a_run_began_can_be_gone_on_with(book: Book, made: Contracts) -> None:
    def stop(*_args: object) -> None:
        raise KeyboardInterrupt

    made.agreement(made.client())
    add(book)
    with pytest.raises(KeyboardInterrupt):
        do(book, "2026-01-31T07:00", report=stop)
    (item,) = items(book, "schedule_cut_off")
    assert item.sentence == "“Month end” of 31 Jan 2026 was interrupted"
    with one_at_a_time(lambda *_: None):
        # Somebody is at it: nothing was cut off.
        assert items(book, "schedule_cut_off") == []
    do(book, "2026-01-31T08:00")
    assert items(book, "schedule_cut_off") == []


def test_a_run_that_was_cut_off_tells_of_itself(book: Book, made: Contracts) -> None:
    calls = iter(range(9))

    def stop(*_args: object) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt

    made.agreement(made.client())
    add(book)
    with pytest.raises(KeyboardInterrupt):
        do(book, "2026-01-31T07:00", report=stop)
    assert items(book, "schedule_cut_off", "schedule") == []
    assert [item.sentence for item in items(book, "interrupted")] == ["Run R-2026-0001 was interrupted"]


def test_what_nobody_called_for_is_told(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    add(book)
    # The system's entry names a program that was moved.
    book.clock = lambda: datetime(2025, 12, 31, 7, tzinfo=UTC)
    assert items(book, "schedule_failed") == []
    book.clock = lambda: datetime(2026, 1, 2, 9, tzinfo=UTC)
    (item,) = items(book, "schedule_failed")
    assert item.sentence == "“Month end” of 31 Dec 2025 was not begun"
    assert item.why.startswith("It was due at 06:30, and nobody has called Sheaf since.")
    do(book, "2026-01-02T09:30")
    assert items(book, "schedule_failed") == []
