"""Runs and drafts on Today: each stands there while it needs somebody, and goes when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client, Draft, Run
from desktop.services.changes import change
from desktop.services.people import save_person
from desktop.services.rules import set_rule
from desktop.services.runs import approve_drafts, discard_run, plan, resume
from desktop.services.today import Item, Target, Urgency, snooze, today
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
TODAY = day("2026-01-31")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        book.clock = lambda: NOON
        yield book


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def items(book: Book, kind: str, on: date = TODAY, now: str = "2026-01-31T12:00:00Z") -> list[Item]:
    return [item for item in today(book, on, now).items if item.kind == kind]


def planned(book: Book) -> str:
    return plan(book, through=TODAY, issue_date=TODAY, actor=ANNE, now=book.now).number


def test_a_run_that_is_due_stands_there_until_it_is_planned(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.agreement(made.client("C2"), "A2", {"unit_price": "250"})
    (run,) = items(book, "run")
    assert (run.urgency, run.amount, run.currency, run.about) == (Urgency.TODAY, 350_00, "EUR", True)
    assert run.sentence == "A run is due: 2 agreements to bill"
    assert run.target == Target("runs", act="runs.new")
    planned(book)
    assert items(book, "run") == []


def test_a_run_is_told_a_week_ahead_and_not_before(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    (run,) = items(book, "run", day("2026-01-24"))
    assert (run.urgency, run.due) == (Urgency.WEEK, TODAY)
    assert items(book, "run", day("2026-01-23")) == []
    coming = today(book, day("2026-01-10"), "2026-01-10T08:00:00Z").coming
    assert coming is not None
    assert (coming.due, coming.agreements, coming.amount) == (TODAY, 1, 100_00)


def test_work_that_is_done_makes_a_run_due_too(book: Book, made: Contracts) -> None:
    client = made.client()
    made.one_off(client, None, "2026-01-20", "80")
    (run,) = items(book, "run")
    assert (run.sentence, run.amount) == ("A run is due for work that is done", None)
    assert "1 charge" in run.why
    assert items(book, "run", day("2026-01-19")) == []


def test_a_held_draft_tells_what_was_found_whose_it_is_and_until_when(book: Book, made: Contracts) -> None:
    save_person(book, {"name": "Bea"}, actor=ANNE)
    set_rule(book, "client_on_hold", owner="Bea", hours=24, actor=ANNE)
    made.agreement(made.client(on_hold=True))
    number = planned(book)
    (held,) = items(book, "exception")
    draft, run = value(book, "SELECT id FROM draft"), value(book, "SELECT id FROM run")
    assert held.target == Target("runs", run, opens=True, within=draft)
    assert (held.owner, held.due_at, held.due) == ("Bea", "2026-02-01T12:00:00Z", date(2026, 2, 1))
    assert held.sentence == "The draft for Client C1 waits for you"
    assert "hold" in held.why
    assert (held.amount, held.currency) == (100_00, "EUR")
    # The same draft at other moments.
    for now, urgency in (
        ("2026-01-31T12:00:00Z", Urgency.WEEK),
        ("2026-02-01T12:00:01Z", Urgency.LATE),
    ):
        assert items(book, "exception", TODAY, now)[0].urgency is urgency
    assert items(book, "exception", date(2026, 2, 1), "2026-02-01T08:00:00Z")[0].urgency is Urgency.TODAY
    approve_drafts(book, [draft], "agreed", actor=ANNE, now=book.now)
    assert items(book, "exception") == []
    (ready,) = items(book, "ready")
    assert (ready.count, ready.amount, ready.urgency) == (1, 100_00, Urgency.TODAY)
    resume(book, number, actor=ANNE, now=book.now)
    assert items(book, "ready") == []


def test_a_blocked_draft_says_so(book: Book, made: Contracts) -> None:
    made.agreement(made.client(city=""))
    planned(book)
    assert items(book, "exception")[0].sentence == "The draft for Client C1 is blocked"


def test_many_drafts_of_one_owner_stand_in_one_line(book: Book, made: Contracts) -> None:
    for number in range(1, 6):
        made.agreement(made.client(f"C{number}", on_hold=True), f"A{number}")
    planned(book)
    (held,) = items(book, "exception")
    assert (held.count, held.amount) == (5, 500_00)
    assert held.sentence.startswith("5 drafts of run R-2026-0001")
    assert held.why.startswith("First Client C1: ")
    made.update(Draft, value(book, "SELECT max(id) FROM draft"), state="failed", error="The disk is full.")
    failed, rest = items(book, "exception")
    assert (failed.urgency, failed.why) == (Urgency.LATE, "The disk is full.")
    assert failed.sentence == "The invoice for Client C5 could not be issued"
    assert rest.count == 4


def test_an_interrupted_run_comes_before_everything_until_it_is_given_up(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.agreement(made.client("C2", on_hold=True), "A2")
    number = planned(book)
    made.update(Run, 1, state="issuing")
    first = today(book, TODAY, book.now).items[0]
    assert (first.kind, first.urgency, first.sentence) == ("interrupted", Urgency.LATE, f"Run {number} was interrupted")
    assert first.why == "0 are issued and stand, 1 are still to do."
    discard_run(book, number, actor=ANNE, now=book.now)
    assert items(book, "interrupted") == []


def test_the_order_is_urgency_then_kind_then_day(book: Book, made: Contracts) -> None:
    made.agreement(made.client(on_hold=True))
    made.agreement(made.client("C2"), "A2", end_date="2026-02-15", charged_through="2026-02-01")
    planned(book)
    found = today(book, TODAY, book.now).items
    assert [item.order for item in found] == sorted(item.order for item in found)
    assert [item.kind for item in found] == ["exception", "ending"]
    assert [item.urgency for item in found] == sorted(item.urgency for item in found)


def test_what_is_left_until_tomorrow_comes_back_then_or_when_it_changes(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    made.agreement(made.client("C2"), "A2")
    (run,) = items(book, "run")
    snooze(book, [run], date(2026, 2, 1), actor=ANNE)
    assert items(book, "run") == []
    assert today(book, TODAY, book.now).snoozed == 1
    assert len(items(book, "run", date(2026, 2, 1))) == 1
    made.agreement(made.client("C3"), "A3")
    assert items(book, "run")[0].count == 3


def test_leaving_something_is_a_change_like_any_other(book: Book, made: Contracts) -> None:
    from desktop.services.changes import undo

    made.agreement(made.client())
    snooze(book, items(book, "run"), date(2026, 2, 1), actor=ANNE)
    assert undo(book, ANNE).startswith("Leave 1 thing for")
    assert len(items(book, "run")) == 1


def test_days_that_are_over_are_forgotten(book: Book, made: Contracts) -> None:
    made.agreement(made.client())
    with change(book, ANNE, "An old day") as old:
        old.update(Client, 1, note="x")
    snooze(book, items(book, "run"), date(2026, 2, 1), actor=ANNE)
    book.clock = lambda: datetime(2026, 3, 1, 12, tzinfo=UTC)
    snooze(book, items(book, "run", day("2026-03-01")), date(2026, 3, 2), actor=ANNE)
    assert "2026-02-01" not in value(book, "SELECT value FROM setting WHERE key = 'today.snoozed'")
