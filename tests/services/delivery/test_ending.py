"""Whoever ends a sending waits for no server that fell silent, and what is known of the mail on its way counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.engine import Book
from desktop.delivery.mail.message import Mail
from desktop.delivery.mail.server import Answer
from desktop.services.check import check
from desktop.services.delivery.mail import sending
from desktop.services.delivery.mail.accounts import post_for
from desktop.services.delivery.mail.sent import Post
from tests.books import new_book
from tests.contracts import value
from tests.servers.faulty_smtp import STALL, Fault, faulty_smtp
from tests.services.delivery.posting import Clock, account, documents, go, standing


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        Clock(book)
        yield book


@pytest.mark.parametrize(
    "step, left", [("after_taking", ("uncertain", 1)), ("rcpt", ("waiting", 1)), ("ehlo", ("waiting", 0))]
)
def test_who_ends_the_sending_waits_for_no_silent_server(
    book: Book, monkeypatch: pytest.MonkeyPatch, step: str, left: tuple[str, int]
) -> None:
    monkeypatch.setattr(sending, "_SECONDS_FOR_THE_LAST", 0.1)
    documents(book, 2)
    with faulty_smtp(Fault(step, STALL, times=1)) as server:
        account(book, server.port)

        def ending(_done: int, _total: int, _text: str) -> None:
            if value(book, "SELECT count(*) FROM delivery WHERE state = 'sending'"):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            go(book, report=ending)
        assert standing(book)[0][:2] == left
        assert standing(book)[1][:2] == ("waiting", 0)
        with book.writing() as session:
            session.connection().exec_driver_sql("UPDATE delivery SET not_before = ''")
        assert go(book).sent == (1 if left[0] == "uncertain" else 2)
    assert len(server.taken) == 2
    assert check(book).problems == ()


def test_the_answer_that_comes_while_the_sending_ends_counts(book: Book) -> None:
    documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port)
        post_of = post_for(book)

        class Slow:
            def __init__(self, post: Post) -> None:
                self.cut = post.cut
                self._post = post

            def send(self, mail: Mail) -> Answer:
                ended.wait(10)
                return self._post.send(mail)

        @contextmanager
        def slowly(key: int) -> Iterator[Slow]:
            with post_of(key) as post:
                yield Slow(post)

        ended = threading.Event()

        def ending(_done: int, _total: int, _text: str) -> None:
            if value(book, "SELECT count(*) FROM delivery WHERE state = 'sending'"):
                ended.set()
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            go(book, report=ending, post_for=slowly)
    assert standing(book) == [("sent", 1, 250), ("waiting", 0, None)]
