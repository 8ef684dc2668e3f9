"""Reminders by the clock: they go by themselves within the limits of the schedule, and wait for a person above them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.dunning.planning import plan_run
from desktop.services.dunning.policies import save_policy
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.keeping import save_schedule
from desktop.services.schedules.results import Result
from desktop.services.schedules.words import said_text
from tests.books import new_book
from tests.contracts import rows
from tests.issued import ANNE, add_client, add_invoice

DAILY: dict[str, object] = {"name": "Remind", "task": "remind", "every": "day", "at": "6:00"}
SINCE = datetime(2026, 2, 6, 12)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        for code in ("ACME", "BOLT"):
            add_invoice(book, add_client(book, code), date(2026, 1, 1), (10_000, 0))
        yield book


def do(book: Book, now: str) -> Result:
    moment = datetime.fromisoformat(now)
    book.clock = lambda: moment.replace(tzinfo=UTC)
    (found,) = carry_out(book, now=lambda: moment, actor=ANNE)
    return found


def states(book: Book) -> list[tuple[str, str, int]]:
    return rows(
        book,
        "SELECT n.number, r.state, count(*) FROM reminder r JOIN reminder_run n ON n.id = r.run_id GROUP BY 1, 2",
    )


def test_who_is_late_is_reminded_by_the_clock(book: Book) -> None:
    save_schedule(book, DAILY, actor=ANNE, now=SINCE)
    found = do(book, "2026-02-07T06:01")
    assert (found.state, said_text(found)) == ("done", "Reminder run M-2026-0001 put 2 letters into the outbox.")
    quiet = do(book, "2026-02-08T06:01")
    assert (quiet.state, quiet.seen, said_text(quiet)) == ("done", True, "Nobody was to be reminded.")
    assert states(book) == [("M-2026-0001", "sent", 2)]


@pytest.mark.parametrize(
    "limit, said",
    [({"most_documents": 1}, "more than 1 wait for a person"), ({"most_amount": 19_999}, "above 199.99 EUR waits")],
)
def test_above_the_limits_a_run_waits_for_a_person(book: Book, limit: dict[str, object], said: str) -> None:
    save_schedule(book, DAILY | limit, actor=ANNE, now=SINCE)
    found = do(book, "2026-02-07T06:01")
    assert found.state == "waits"
    assert said in said_text(found)
    assert states(book) == [("M-2026-0001", "planned", 2)]
    after = do(book, "2026-02-08T06:01")
    assert (after.state, said_text(after)) == (
        "waits",
        "Reminder run M-2026-0001 of 7 February 2026 is planned and not sent.",
    )


def test_a_run_that_was_planned_and_not_sent_is_gone_on_with(book: Book) -> None:
    save_schedule(book, DAILY, actor=ANNE, now=SINCE)
    plan_run(book, as_of=date(2026, 2, 7), actor=ANNE)
    assert do(book, "2026-02-07T06:01").state == "done"
    assert states(book) == [("M-2026-0001", "sent", 2)]


def test_missing_statements_fail_it_with_the_reason(book: Book) -> None:
    save_policy(book, {"statements_within": 1}, actor=ANNE)
    save_schedule(book, DAILY, actor=ANNE, now=SINCE)
    found = do(book, "2026-02-07T06:01")
    assert found.state == "failed"
    assert "none were taken in" in said_text(found)
