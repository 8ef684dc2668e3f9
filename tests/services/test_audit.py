"""The log of changes: a chain that shows every edit, and a history that people can read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Book
from db.schema import Agreement, Client, Segment, TimeEntry
from desktop.services.audit import ChainState, head, history, verify_chain
from desktop.services.changes import change, undo
from tests.books import new_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        book.clock = lambda: datetime(2026, 3, 1, 12, tzinfo=UTC)
        for code in ("C-001", "C-002", "C-003"):
            with change(book, "ann", f"Add client {code}") as made:
                made.insert(Client, code=code, name="Acme", country="DE", currency="EUR")
        yield book


def verified(book: Book) -> ChainState:
    with book.reading() as session:
        return verify_chain(session.connection())


def tamper(book: Book, sql: str) -> None:
    """With the guards taken away, as someone with a database tool would."""
    connection = sqlite3.connect(book.path)
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(sql)
    connection.commit()
    connection.close()


def last(book: Book) -> int:
    with book.reading() as session:
        return int(session.execute(text("SELECT max(id) FROM audit_event")).scalar_one())


def test_an_untouched_chain_holds(book: Book) -> None:
    state = verified(book)
    assert state.broken == ()
    assert (state.events, state.erased) == (last(book), 0)
    assert state.head == head(book)
    assert len(state.head) == 64


def test_each_change_moves_the_head(book: Book) -> None:
    before = head(book)
    undo(book, "ann")
    assert head(book) != before
    assert verified(book).broken == ()


@pytest.mark.parametrize(
    "sql, detail",
    [
        ("UPDATE audit_payload SET after = replace(after, 'Acme', 'Bcme') WHERE event_id = :last", "what it says"),
        ("UPDATE audit_payload SET before = '{}' WHERE event_id = :last", "what it says"),
        ("UPDATE audit_payload SET salt = 'x' WHERE event_id = :last", "what it says"),
        ("UPDATE audit_event SET actor = 'bob' WHERE id = :last", "is not what was written"),
        ("UPDATE audit_event SET at = '2020-01-01T00:00:00Z' WHERE id = :last", "is not what was written"),
        ("UPDATE audit_event SET subject_id = 2 WHERE id = :last", "is not what was written"),
        ("UPDATE audit_event SET action = 'x' WHERE id = :last", "is not what was written"),
        ("UPDATE audit_event SET change_set_id = 2 WHERE id = :last", "is not what was written"),
        ("UPDATE audit_event SET hash = 'x' WHERE id = :last", "is not what was written"),
        ("UPDATE change_set SET summary = 'x' WHERE id = 4", "the summary of its change"),
        ("UPDATE change_set SET actor = 'bob' WHERE id = 4", "names another time or person"),
        ("UPDATE change_set SET at = '2020-01-01T00:00:00Z' WHERE id = 4", "names another time or person"),
        ("DELETE FROM audit_event WHERE id = :last - 1", "the log has a gap before it (1)"),
    ],
)
def test_every_edit_shows(book: Book, sql: str, detail: str) -> None:
    number = last(book)
    tamper(book, sql.replace(":last", str(number)))
    broken = verified(book).broken
    assert any(detail in link.detail for link in broken), broken
    assert {link.event for link in broken} <= {number, number - 1}


def test_an_edit_in_the_middle_breaks_the_next_link_only_if_it_is_covered_up(book: Book) -> None:
    number = last(book) - 1
    tamper(book, f"UPDATE audit_event SET actor = 'bob', hash = 'x' WHERE id = {number}")
    assert [link.event for link in verified(book).broken] == [number, number, number + 1]


def test_an_erased_payload_is_counted_and_breaks_nothing(book: Book) -> None:
    tamper(book, f"DELETE FROM audit_payload WHERE event_id = {last(book)}")
    state = verified(book)
    assert (state.broken, state.erased) == ((), 1)
    assert history(book, "client", 3)[0].lines == ("What it said was erased.",)


def test_history_is_told_in_plain_words(book: Book) -> None:
    with change(book, "ann", "Add segment") as made:
        segment = made.insert(Segment, name="Retainers")
    with change(book, "bob", "Change client C-001") as made:
        made.update(Client, 1, name="Acme Ltd", segment_id=segment, combine=True, credit_limit=1_234_50)
    newest, first = history(book, "client", 1)
    assert (newest.at, newest.actor, newest.summary) == ("2026-03-01T12:00:00Z", "bob", "Change client C-001")
    assert newest.lines == (
        "Name: “Acme” → “Acme Ltd”",
        "Segment: nothing → Retainers",
        "Combine: no → yes",
        "Credit limit: nothing → 1,234.50",
    )
    assert "Name: “Acme”" in first.lines
    assert not any(line.startswith(("Id", "Email")) for line in first.lines)


def test_amounts_are_told_in_their_currency_and_prices_as_they_are(book: Book) -> None:
    with change(book, "ann", "Set up") as made:
        client = made.insert(Client, code="JP", name="Nihon", country="JP", currency="JPY", credit_limit=5000)
        agreement = made.insert(
            Agreement,
            code="A-1",
            title="T",
            client_id=client,
            billing="time",
            currency="KWD",
            anchor=date(2026, 1, 1),
            start_date=date(2026, 1, 1),
            cap=1234567,
        )
        entry = made.insert(TimeEntry, client_id=client, work_date=date(2026, 1, 5), hours=1_500_000, rate=None)
    assert "Credit limit: 5,000" in history(book, "client", client)[0].lines
    assert "Cap: 1,234.567" in history(book, "agreement", agreement)[0].lines
    told = history(book, "time_entry", entry)[0].lines
    assert {"Hours: 1.5", "Work date: 5 Jan 2026", "Client: JP"} <= set(told)


def test_a_deleted_row_keeps_its_history(book: Book) -> None:
    with change(book, "ann", "Delete client") as made:
        made.delete(Client, 3)
    newest, first = history(book, "client", 3)
    assert newest.lines == ("Deleted.",)
    assert "Code: “C-003”" in first.lines
