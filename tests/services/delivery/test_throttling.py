"""An account sends no more than its server takes, whoever asks and however often the program is started."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.book_files import open_book
from db.engine import Book
from desktop.services.delivery.mail.throttling import Pace, to_come
from tests.books import new_book
from tests.contracts import value
from tests.servers.faulty_smtp import Fault, faulty_smtp
from tests.services.delivery.posting import NOON, Clock, account, documents, go, unheard


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@given(
    st.integers(0, 4),
    st.integers(0, 9),
    st.lists(st.integers(0, 200_000), max_size=40).map(lambda given: sorted(given)),
)
def test_never_more_in_any_minute_or_day_than_allowed(per_minute: int, per_day: int, wishes: list[int]) -> None:
    pace, went = Pace(per_minute, per_day, []), []
    at = NOON
    for wish in wishes:
        at = max(at, NOON + timedelta(seconds=wish))
        at = pace.free_at(at)
        assert pace.room(at) != 0
        pace.count(at)
        went.append(at)
    for span, most in ((timedelta(minutes=1), per_minute), (timedelta(days=1), per_day)):
        if most:
            assert all(later - first >= span for first, later in zip(went, went[most:], strict=False))


def test_the_days_limit_holds_across_restarts_and_says_when_it_goes_on(book: Book) -> None:
    clock = Clock(book)
    documents(book, 5)
    path = book.path
    with faulty_smtp() as server:
        account(book, server.port, per_day=2)
        first = go(book)
        assert (first.sent, first.waiting) == (2, 3)
        assert "has sent all that it may" in first.problems[0].sentence
        assert first.problems[0].until >= "2026-02-02T12:00:00Z"
        book.close()
        with open_book(path) as again:
            again.clock = lambda: clock.now
            clock.go_on(hours=23)
            assert go(again).sent == 0
            clock.go_on(hours=2)
            assert go(again).sent == 2
            assert value(again, "SELECT count(*) FROM delivery WHERE state = 'failed'") == 0
    assert len(server.taken) == 4


def test_a_minutes_limit_is_waited_for_and_the_others_go_meanwhile(book: Book) -> None:
    clock = Clock(book)
    documents(book, 3)
    seen = []

    def report(done: int, _total: int, text: str) -> None:
        # Time passes while it waits.
        if text.startswith("Waiting"):
            seen.append(done)
            clock.go_on(seconds=20)

    with faulty_smtp() as server:
        account(book, server.port, per_minute=2)
        done = go(book, report=report)
    assert (done.sent, done.problems) == (3, ())
    assert set(seen) == {2}
    assert len(seen) >= 3


def test_what_may_have_gone_counts(book: Book) -> None:
    clock = Clock(book)
    documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port, per_day=1)
        go(book)
        with book.writing() as session:
            session.connection().exec_driver_sql("UPDATE mailing SET state = 'uncertain'")
        clock.go_on(hours=1)
        assert go(book, report=unheard).sent == 0
        assert len(server.taken) == 1


def test_a_clock_that_ran_ahead_holds_nothing_up_once_it_is_right(book: Book) -> None:
    clock = Clock(book)
    documents(book, 4)
    clock.go_on(days=300)
    with faulty_smtp(Fault("rcpt", "451 4.7.1 Later", times=1)) as server:
        account(book, server.port, per_day=2)
        went = go(book)
        assert (went.sent, went.waiting) == (1, 3)
        clock.go_on(days=-300)
        # Neither what went in the future nor what is put off until then counts.
        assert go(book).sent == 2
        assert go(book).sent == 0
        clock.go_on(days=1)
        assert go(book).sent == 1
    assert len(server.taken) == 4


def test_a_rest_ends_when_its_time_has_come_or_was_never_right() -> None:
    now = "2026-02-01T12:00:00Z"
    assert to_come("2026-02-01T12:00:01Z", now)
    assert not to_come(now, now)
    assert not to_come("2027-02-01T12:00:00Z", now)
