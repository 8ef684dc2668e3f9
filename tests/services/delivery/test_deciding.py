"""A person's word about a row of the outbox counts, is in the log, and can be taken back while nothing went since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.changes import undo
from desktop.services.check import check
from desktop.services.delivery.deciding import cancel, mark, retry, send_again, settle_uncertain
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.servers.faulty_smtp import DROP, Fault, faulty_smtp
from tests.services.delivery.posting import Clock, account, documents, go, standing

STANDS = "SELECT state, channel, current, again_of_id FROM delivery ORDER BY id"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        Clock(book)
        yield book
        assert check(book).problems == ()


def test_what_is_cancelled_does_not_go_until_that_is_undone(book: Book) -> None:
    first, second = documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port)
        assert cancel(book, [first], actor=ANNE, reason="They pay by card").changed == (first,)
        assert go(book).sent == 1
        undo(book, ANNE)
        assert standing(book)[0][0] == "waiting"
        assert go(book).sent == 1
    with pytest.raises(UserError, match="It went out already"):
        cancel(book, [second], actor=ANNE)
    with pytest.raises(UserError, match="not in the outbox"):
        cancel(book, [99], actor=ANNE)


def test_some_may_be_cancelled_and_the_others_say_why_not(book: Book) -> None:
    ids = documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port)
        go(book, limit=1)
    decided = cancel(book, ids, actor=ANNE)
    assert decided.changed == (ids[1],)
    assert [(one.id, one.why) for one in decided.refused] == [(ids[0], "It went out already.")]


def test_what_failed_is_tried_again_from_the_first_try(book: Book) -> None:
    ids = documents(book, 2)
    with faulty_smtp(Fault("rcpt", "550 5.1.1 Nobody here", times=1)) as server:
        account(book, server.port)
        go(book)
        assert standing(book) == [("failed", 1, 550), ("sent", 1, 250)]
        retry(book, [ids[0]], actor=ANNE)
        assert standing(book)[0] == ("waiting", 0, None)
        assert go(book).sent == 1
    assert standing(book) == [("sent", 1, 250)] * 2


def test_what_waits_for_its_next_turn_goes_at_once(book: Book) -> None:
    ids = documents(book, 1)
    with faulty_smtp(Fault("rcpt", "451 4.7.1 Later", times=1)) as server:
        account(book, server.port)
        go(book)
        assert go(book).sent == 0
        retry(book, ids, actor=ANNE)
        assert go(book).sent == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_an_uncertain_mail_goes_by_what_a_person_says(book: Book, arrived: bool) -> None:
    made = Contracts(book)
    client = made.client("C1", email="c1@client.test", delivery="email", mail_together=True)
    for k in range(2):
        made.agreement(client, f"A{k}")
    made.bill("2026-01-31")
    with faulty_smtp(Fault("after_taking", DROP, times=1)) as server:
        account(book, server.port)
        assert go(book).uncertain == 2
        with pytest.raises(UserError, match="Nobody knows whether it arrived"):
            cancel(book, [1], actor=ANNE)
        # Both documents went in one mail, so one word is for both.
        assert len(settle_uncertain(book, [1], arrived, actor=ANNE).changed) == 2
        done = go(book)
    if arrived:
        assert (done.sent, len(server.taken)) == (0, 1)
    else:
        assert (done.sent, len(server.taken)) == (2, 2)
        # Whoever got it after all can tell that it is the same.
        ids = {line for one in server.taken for line in one.data.split(b"\r\n") if line.startswith(b"Message-ID")}
        assert len(ids) == 1
    assert [state for state, _tries, _code in standing(book)] == ["sent", "sent"]
    with pytest.raises(UserError, match="Whether it went is known"):
        settle_uncertain(book, [1], True, actor=ANNE)


def test_a_document_goes_again_by_another_way_and_to_other_people(book: Book) -> None:
    (first,) = documents(book, 1)
    with faulty_smtp() as server:
        account(book, server.port)
        go(book)
        (second,) = send_again(book, [first], actor=ANNE, address="boss@client.test").changed
        with pytest.raises(UserError, match="It waits to go out anyway"):
            send_again(book, [first], actor=ANNE)
        assert go(book).sent == 1
        (third,) = send_again(book, [second], actor=ANNE, channel="print").changed
    assert [one.recipients for one in server.taken] == [("c1@client.test",), ("boss@client.test",)]
    assert rows(book, STANDS) == [
        ("sent", "email", 0, None),
        ("sent", "email", 0, first),
        ("waiting", "print", 1, second),
    ]
    assert third == value(book, "SELECT max(id) FROM delivery")
    with pytest.raises(UserError, match="is not an e-mail address"):
        send_again(book, [third], actor=ANNE, address="nobody")


def test_sending_again_in_place_of_what_waits_sends_it_once(book: Book) -> None:
    (first,) = documents(book, 1)
    send_again(book, [first], actor=ANNE, address="boss@client.test")
    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book).sent == 1
    assert [one.recipients for one in server.taken] == [("boss@client.test",)]
    assert rows(book, STANDS) == [("cancelled", "email", 0, None), ("sent", "email", 1, first)]


def test_sending_again_is_undone_before_it_went_and_not_after(book: Book) -> None:
    (first,) = documents(book, 1)
    with faulty_smtp() as server:
        account(book, server.port)
        go(book)
        send_again(book, [first], actor=ANNE)
        undo(book, ANNE)
        assert rows(book, STANDS) == [("sent", "email", 1, None)]
        send_again(book, [first], actor=ANNE)
        go(book)
        with pytest.raises(UserError):
            undo(book, ANNE)
    assert len(server.taken) == 2


@pytest.mark.parametrize("what, channel", [("handed_over", "hand"), ("printed", "print"), ("filed", "folder")])
def test_what_left_another_way_is_done(book: Book, what: str, channel: str) -> None:
    (first,) = documents(book, 1)
    mark(book, [first], what, actor=ANNE)
    assert rows(book, STANDS) == [("sent", channel, 1, None)]
    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book).sent == 0
    assert server.taken == []


def test_what_was_heard_of_a_document_is_noted_once_it_went(book: Book) -> None:
    first, second = documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port)
        go(book, limit=1)
    assert mark(book, [first, second], "seen", actor=ANNE).refused[0].id == second
    assert rows(book, "SELECT fate, fate_at FROM delivery ORDER BY id") == [
        ("seen", "2026-02-01T12:00:00Z"),
        ("", None),
    ]
    assert rows(book, "SELECT kind FROM delivery_event WHERE delivery_id = 1") == [("sent",), ("seen",)]
    undo(book, ANNE)
    assert rows(book, "SELECT fate FROM delivery ORDER BY id") == [("",), ("",)]


def test_a_cancel_is_not_undone_once_the_document_goes_another_way_round(book: Book) -> None:
    (first,) = documents(book, 1)
    cancel(book, [first], actor=ANNE)
    cancelled = value(book, "SELECT max(id) FROM change_set")
    send_again(book, [first], actor=ANNE)
    with pytest.raises(UserError, match="sent again since"):
        undo(book, ANNE, cancelled)
    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book).sent == 1
        with pytest.raises(UserError, match="sent again since"):
            undo(book, ANNE, cancelled)
        assert go(book).sent == 0
    assert len(server.taken) == 1


def test_what_failed_gives_way_to_the_one_before_it_that_goes_again(book: Book) -> None:
    (first,) = documents(book, 1)
    mark(book, [first], "handed_over", actor=ANNE)
    with faulty_smtp(Fault("rcpt", "550 5.1.1 Nobody here", times=1)) as server:
        account(book, server.port)
        (second,) = send_again(book, [first], actor=ANNE, channel="email").changed
        assert go(book).failed == 1
        send_again(book, [first], actor=ANNE, channel="email")
        with pytest.raises(UserError, match="It was cancelled"):
            retry(book, [second], actor=ANNE)
        assert go(book).sent == 1
    assert [state for state, *_rest in standing(book)] == ["sent", "cancelled", "sent"]
    assert len(server.taken) == 1
