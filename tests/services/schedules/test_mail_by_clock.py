"""The outbox and the inboxes by the clock, with a real server on this computer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Client, Segment
from desktop import secrets
from desktop.services.changes import change
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.cautions import cautions
from desktop.services.schedules.keeping import save_schedule, schedules
from desktop.services.schedules.results import Result
from tests.books import new_book
from tests.contracts import ANNE, rows
from tests.servers.sink import Sink, sink
from tests.services.delivery.posting import Clock, account, documents

SINCE = datetime(2026, 1, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        Clock(book)
        yield book


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    with sink(tmp_path_factory.mktemp("sink") / "taken") as found:
        yield found


def add(book: Book, task: str, **changes: Any) -> int:
    values = {"name": task.title(), "task": task, "every": "day", "at": "11:00"} | changes
    return save_schedule(book, values, actor=ANNE, now=SINCE)


def do(book: Book, now: str = "2026-02-01T12:00") -> list[Result]:
    return carry_out(book, now=lambda: datetime.fromisoformat(now), actor=ANNE)


def test_what_waits_goes_out_once(book: Book, server: Sink) -> None:
    account(book, server.port)
    documents(book, 3)
    add(book, "send")
    before = len(server.taken())
    (found,) = do(book)
    assert (found.state, found.said, found.seen) == ("done", "3 documents went out by mail.", False)
    assert len(server.taken()) - before == 3
    (found,) = do(book, "2026-02-02T12:00")
    assert (found.state, found.said, found.seen) == ("done", "Nothing went out: no mail waits.", True)
    assert len(server.taken()) - before == 3


def test_what_was_billed_goes_out_at_the_same_time(book: Book, server: Sink) -> None:
    account(book, server.port)
    documents(book, 1)
    add(book, "send")
    add(book, "bill", through="this_month")
    before = len(server.taken())
    billed, sent = do(book)
    assert (billed.task, sent.task) == ("bill", "send")
    assert billed.said.startswith("Run R-2026-0002 issued 1 invoice over")
    # That of January, which waited, and that of February.
    assert sent.said == "2 documents went out by mail."
    assert len(server.taken()) - before == 2


def test_only_the_segments_mails_go(book: Book, server: Sink) -> None:
    with change(book, ANNE, "Segment") as made:
        segment = made.insert(Segment, name="Retainers")
    account(book, server.port)
    documents(book, 3)
    with change(book, ANNE, "Into the segment") as made:
        made.update(Client, 2, segment_id=segment)
    add(book, "send", segment_id=segment)
    (found,) = do(book)
    assert found.said == "1 document went out by mail."
    assert rows(book, "SELECT client_id FROM delivery WHERE state = 'sent'") == [(2,)]
    (found,) = do(book, "2026-02-02T12:00")
    assert (found.said, found.seen) == ("Nothing went out: no mail waits.", True)


def test_without_a_keyring_it_fails_and_says_why(book: Book, server: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is there to type a password; nothing is lost, and nothing is asked."""

    def no_keyring() -> Any:
        raise secrets._missing()

    monkeypatch.setattr(secrets, "_keyring", no_keyring)
    account(book, server.port, auth="password", user="office")
    documents(book, 2)
    add(book, "send")
    assert cautions(book, "send")[0].startswith("This system has no keyring")
    (found,) = do(book)
    assert (found.state, found.seen) == ("failed", False)
    assert "password" in found.said.lower()
    assert rows(book, "SELECT DISTINCT state FROM delivery") == [("waiting",)]


def test_a_server_that_is_not_there_fails_and_what_waits_stays(book: Book) -> None:
    account(book, 9)
    documents(book, 2)
    add(book, "send")
    (found,) = do(book)
    assert found.state == "failed"
    assert "Office" in found.said or "127.0.0.1" in found.said
    assert rows(book, "SELECT DISTINCT state FROM delivery") == [("waiting",)]


def test_reading_inboxes_without_one_fails_in_words(book: Book) -> None:
    account(book, 9)
    add(book, "bounces")
    assert cautions(book, "bounces") == ["No e-mail account says where its inbox is: without that this cannot work."]
    (found,) = do(book)
    assert (found.state, found.said.split(".")[0]) == ("failed", "No e-mail account says where its inbox is")


def test_an_inbox_that_does_not_open_fails_in_words(book: Book) -> None:
    account(book, 9, imap_host="127.0.0.1", imap_port=9, imap_security="none")
    add(book, "bounces")
    (found,) = do(book)
    assert found.state == "failed"
    assert found.said.startswith("0 new mails were read. ")


def test_a_schedule_of_bounces_has_no_segment(book: Book) -> None:
    with change(book, ANNE, "Segment") as made:
        segment = made.insert(Segment, name="Retainers")
    add(book, "bounces", segment_id=segment)
    assert schedules(book)[0].segment_id is None
