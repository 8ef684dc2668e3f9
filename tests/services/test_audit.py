"""The log of changes: a chain that shows every edit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Book
from db.schema import Client, ErasedRow, Erasure
from desktop.services.audit import ChainState, head, verify_chain
from desktop.services.changes import change, undo
from desktop.services.history import history
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


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM audit_payload WHERE event_id = :last",
        "UPDATE audit_payload SET salt = '', before = NULL, after = NULL WHERE event_id = :last",
        "UPDATE audit_payload SET salt = '', before = NULL, after = NULL, erasure_id = 1 WHERE event_id = :last",
        "UPDATE audit_payload SET erasure_id = 1 WHERE event_id = :last",
    ],
)
def test_what_no_erasure_tells_of_was_taken_away(book: Book, sql: str) -> None:
    with change(book, "ann", "Erase another") as made:
        made.insert(Erasure, number="E-1", kind="request", reason="", counts="{}", at=made.at, actor="ann")
    number = last(book) - 1
    tamper(book, sql.replace(":last", str(number)))
    assert [link.event for link in verified(book).broken] == [number]


def test_an_erased_payload_is_counted_and_breaks_nothing(book: Book) -> None:
    number = last(book)
    with change(book, "ann", "Erase it") as made:
        erasure = made.insert(Erasure, number="E-1", kind="request", reason="", counts="{}", at=made.at, actor="ann")
        made.insert(ErasedRow, erasure_id=erasure, table_name="audit_payload", row_id=number, columns="[]")
        made.connection.exec_driver_sql(
            "UPDATE audit_payload SET salt = '', before = NULL, after = NULL, erasure_id = ? WHERE event_id = ?",
            (erasure, number),
        )
    state = verified(book)
    assert (state.broken, state.erased) == ((), 1)
    assert history(book, "client", 3).entries[0].lines == ("What it said was erased.",)
