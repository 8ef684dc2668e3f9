"""What a dead sender had begun is told by the file beside the book; what that does not prove asks a person."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import MailAccount
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.delivery.mail import recovering, sending, under_way
from desktop.services.delivery.mail.sent import Report
from desktop.services.delivery.mail.under_way import Marks, found_beside
from tests.books import new_book
from tests.contracts import ANNE, rows
from tests.servers.faulty_smtp import faulty_smtp
from tests.services.delivery.posting import Clock, account, documents, go, standing, stopping_after, unheard


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        Clock(book)
        yield book


@pytest.fixture
def beside(book: Book) -> Path:
    return book.path.with_name(book.path.name + "-sending")


@pytest.fixture(autouse=True)
def started_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """On any system the computer has a name for its running since it was started."""
    monkeypatch.setattr(under_way, "this_start", lambda: "monday")


@pytest.fixture
def left(book: Book) -> list[str]:
    """Five mails that a dead sender had taken: their Message-IDs."""
    documents(book, 5)
    with faulty_smtp() as server:
        account(book, server.port)
        go(book)
    with book.writing() as session:
        for table in ("mailing", "delivery"):
            session.connection().exec_driver_sql(f"UPDATE {table} SET state = 'sending'")
        session.connection().exec_driver_sql("DELETE FROM delivery_event")
    return [key for (key,) in rows(book, "SELECT message_id FROM mailing ORDER BY id")]


def noted(book: Book, left: list[str]) -> None:
    """The first two were taken, the third was begun, and the last was taken by a transaction of another sender."""
    with Marks(book.path) as marks:
        marks.claimed(left[:4])
        marks.begun(left[0])
        marks.taken(left[0], 250, "2.0.0 Ok")
        marks.begun(left[1])
        marks.taken(left[1], 250, "")
        marks.begun(left[2])


def test_what_was_not_begun_goes_on_and_what_was_taken_went(book: Book, beside: Path, left: list[str]) -> None:
    noted(book, left)
    assert sending.recover(book) == 2
    assert [state for state, _tries, _code in standing(book)] == ["sent", "sent", "uncertain", "waiting", "uncertain"]
    assert standing(book)[0] == ("sent", 1, 250)
    assert standing(book)[3] == ("waiting", 0, None)
    events = rows(book, "SELECT delivery_id, kind FROM delivery_event ORDER BY delivery_id")
    assert events == [(1, "sent"), (2, "sent"), (3, "uncertain"), (5, "uncertain")]
    assert not beside.exists()
    assert sending.recover(book) == 0
    with faulty_smtp() as server:
        with change(book, ANNE, "Move the server") as made:
            made.update(MailAccount, 1, port=server.port)
        done = go(book)
    assert (done.sent, done.waiting, done.uncertain) == (1, 0, 2)
    assert [mail.recipients for mail in server.taken] == [("c4@client.test",)]
    assert check(book).problems == ()


@pytest.mark.parametrize("boot", ["tuesday", ""])
def test_after_the_power_was_cut_only_what_stands_there_counts(
    book: Book, left: list[str], monkeypatch: pytest.MonkeyPatch, boot: str
) -> None:
    noted(book, left)
    monkeypatch.setattr(under_way, "this_start", lambda: boot)
    assert sending.recover(book) == 3
    assert [state for state, _tries, _code in standing(book)] == ["sent", "sent", *["uncertain"] * 3]


def test_without_the_file_everything_asks(book: Book, left: list[str]) -> None:
    assert sending.recover(book) == len(left)
    assert {state for state, _tries, _code in standing(book)} == {"uncertain"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'["claimed", "<a@b>"]\n',
        b'["boot", "monday"]\n["claimed", "<a@b>"',
        b'["boot", "monday"]\n["claimed", "<a@b>"]\n\0\0\0\n',
        b'["boot", "monday"]\n["claimed", "<a@b>"]\n["begun", "<a@b>"]\n["begun", "<c@',
        b'["boot", ""]\n["claimed", "<a@b>"]\n',
    ],
)
def test_a_file_that_is_cut_off_or_spoiled_proves_no_mail_untouched(book: Book, beside: Path, content: bytes) -> None:
    beside.write_bytes(content)
    assert found_beside(book.path).untouched == set()


def test_a_mail_that_is_taken_again_counts_as_begun_only_from_then_on(book: Book) -> None:
    with Marks(book.path) as marks:
        marks.claimed(["<a@b>", "<c@d>"])
        marks.begun("<a@b>")
        marks.claimed(["<a@b>"])
        marks.begun("<c@d>")
    assert found_beside(book.path).untouched == {"<a@b>"}


def test_nothing_is_begun_that_cannot_be_noted(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    documents(book, 3)
    real = os.write
    with faulty_smtp() as server:
        account(book, server.port)

        def full(file: int, data: bytes) -> int:
            # The disk takes half a line of the second mail.
            return real(file, data[:9] if b"begun" in data and len(server.taken) == 1 else data)

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(UserError, match="No space left"):
            go(book)
        monkeypatch.setattr(os, "write", real)
        assert [state for state, _tries, _code in standing(book)] == ["sent", "waiting", "waiting"]
        assert go(book).sent == 2
    assert len({mail.recipients[0] for mail in server.taken}) == len(server.taken) == 3


def test_nothing_stays_beside_a_book_that_sent(book: Book, beside: Path) -> None:
    documents(book, 3)
    seen: list[bool] = []

    def looking(_done: int, _total: int, _text: str) -> None:
        seen.append(beside.exists())

    report: Report = looking
    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book, report=report).sent == 3
    assert True in seen
    assert not beside.exists()


def test_nothing_stays_beside_a_book_whose_sending_was_stopped(book: Book, beside: Path) -> None:
    documents(book, 3)
    with faulty_smtp() as server:
        account(book, server.port)
        with pytest.raises(KeyboardInterrupt):
            go(book, report=stopping_after(1))
    assert [state for state, _tries, _code in standing(book)] == ["sent", "waiting", "waiting"]
    assert not beside.exists()


def test_where_nothing_can_be_proven_one_mail_is_taken_at_a_time(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_way, "this_start", lambda: "")
    documents(book, 8)
    together: list[int] = []

    def looking(_done: int, _total: int, _text: str) -> None:
        together.append(rows(book, "SELECT count(*) FROM mailing WHERE state = 'sending'")[0][0])

    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book, report=looking).sent == 8
    assert max(together) == 1


def test_a_fast_server_is_sent_several_that_are_taken_at_once(book: Book) -> None:
    documents(book, 40)
    together: list[int] = []

    def looking(_done: int, _total: int, _text: str) -> None:
        together.append(rows(book, "SELECT count(*) FROM mailing WHERE state = 'sending'")[0][0])

    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book, report=looking).sent == 40
    assert 1 < max(together) <= 2 * sending._MOST_AT_ONCE
    assert recovering.recover_sending(book) == 0
    assert go(book, report=unheard).sent == 0
