"""Mails go once each; what a server says decides what becomes of a document, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Client, Segment
from desktop.delivery.mail.server import Answer, NotSent
from desktop.errors import UserError
from desktop.saying import told
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.delivery.deciding import cancel
from desktop.services.delivery.kept import file_of
from desktop.services.delivery.mail import composing, sending
from desktop.services.merging import merge_clients
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.servers.faulty_smtp import DROP, Fault, Taken, faulty_smtp
from tests.services.delivery.posting import Clock, account, documents, go, standing, stopping_after

PUT_OFF = "451 4.7.1 Greylisted, come back later"
REFUSED = "550 5.7.1 Not wanted here"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        Clock(book)
        yield book


def mail_of(taken: Taken) -> Message:
    return message_from_bytes(taken.data)


def test_each_waiting_document_goes_once_with_its_file(book: Book) -> None:
    documents(book, 3)
    with faulty_smtp() as server:
        account(book, server.port)
        first = go(book)
        second = go(book)
    assert (first.sent, first.messages, first.failed, first.waiting, first.uncertain) == (3, 3, 0, 0, 0)
    assert (second.sent, second.messages) == (0, 0)
    assert [one.recipients for one in server.taken] == [(f"c{k}@client.test",) for k in (1, 2, 3)]
    assert server.connections == 1
    assert standing(book) == [("sent", 1, 250)] * 3
    parts = list(mail_of(server.taken[0]).walk())
    pdf = parts[-1].get_payload(decode=True)
    assert isinstance(pdf, bytes)
    # What went is what is kept, and what the book says of it.
    assert file_of(book, 1).content == pdf
    (attached,) = json.loads(value(book, "SELECT attachments FROM mailing WHERE id = 1"))
    assert attached["sha256"] == sha256(pdf).hexdigest()
    assert mail_of(server.taken[0])["Message-ID"] == value(book, "SELECT message_id FROM mailing WHERE id = 1")
    assert rows(book, "SELECT kind, actor FROM delivery_event") == [("sent", ANNE)] * 3
    assert check(book).problems == ()


@pytest.mark.parametrize("step", ["rcpt", "data", "before_taking"])
def test_what_is_put_off_is_tried_again_later_under_the_same_id(book: Book, step: str) -> None:
    clock = Clock(book)
    documents(book, 2)
    with faulty_smtp(Fault(step, PUT_OFF, times=1)) as server:
        account(book, server.port)
        first = go(book)
        assert (first.sent, first.waiting, first.next_at) == (1, 1, "2026-02-01T12:01:00Z")
        assert standing(book) == [("waiting", 1, 451), ("sent", 1, 250)]
        assert told(value(book, "SELECT answer FROM delivery WHERE id = 1")).endswith("Greylisted, come back later")
        before = value(book, "SELECT message_id FROM mailing WHERE id = 1")
        clock.go_on(seconds=59)
        assert go(book).sent == 0
        clock.go_on(seconds=1)
        assert go(book).sent == 1
    assert standing(book) == [("sent", 2, 250), ("sent", 1, 250)]
    assert [mail_of(one)["Message-ID"] for one in server.taken].count(before) == 1
    assert value(book, "SELECT count(*) FROM mailing") == 2
    assert [kind for (kind,) in rows(book, "SELECT kind FROM delivery_event WHERE delivery_id = 1")] == [
        "waiting",
        "sent",
    ]


def test_after_days_of_being_put_off_it_is_given_up(book: Book) -> None:
    clock = Clock(book)
    documents(book, 1)
    pauses = []
    with faulty_smtp(Fault("rcpt", PUT_OFF)) as server:
        account(book, server.port)
        while go(book).waiting:
            due = value(book, "SELECT not_before FROM delivery")
            pauses.append(due[8:16])
            clock.now = clock.now.fromisoformat(due)
    assert pauses[:5] == ["01T12:01", "01T12:06", "01T12:21", "01T13:21", "01T17:21"]
    assert len(pauses) == 9
    assert pauses[-1] == "05T17:21"
    assert standing(book) == [("failed", 10, 451)]
    assert server.taken == []


@pytest.mark.parametrize("step", ["rcpt", "data", "before_taking"])
def test_what_is_refused_for_good_fails_with_the_answer_and_the_others_go(book: Book, step: str) -> None:
    documents(book, 2)
    with faulty_smtp(Fault(step, REFUSED, times=1)) as server:
        account(book, server.port)
        done = go(book)
    assert (done.sent, done.failed) == (1, 1)
    assert standing(book) == [("failed", 1, 550), ("sent", 1, 250)]
    assert told(value(book, "SELECT answer FROM delivery WHERE id = 1")).endswith("5.7.1 Not wanted here")
    assert value(book, "SELECT state FROM mailing WHERE id = 1") == "failed"


def test_what_got_no_answer_is_uncertain_and_never_goes_again_by_itself(book: Book) -> None:
    clock = Clock(book)
    documents(book, 3)
    with faulty_smtp(Fault("after_taking", DROP, times=1)) as server:
        account(book, server.port)
        done = go(book)
        assert (done.sent, done.uncertain) == (2, 1)
        clock.go_on(days=30)
        assert go(book).sent == 0
        assert len(server.taken) == 3
    assert standing(book)[0] == ("uncertain", 1, None)
    assert check(book).problems == ()


def test_a_server_that_never_answers_is_left_alone_after_two(book: Book) -> None:
    documents(book, 5)
    with faulty_smtp(Fault("after_taking", DROP)) as server:
        account(book, server.port)
        done = go(book)
    assert (done.uncertain, done.waiting) == (2, 3)
    assert [one.account_id for one in done.problems] == [1]
    assert len(server.taken) == 2


def test_a_fault_of_the_account_is_told_once_and_is_nobodys_failure(book: Book) -> None:
    clock = Clock(book)
    documents(book, 3)
    with faulty_smtp(Fault("mail", "530 5.7.0 Log in first")) as server:
        account(book, server.port)
        done = go(book)
        assert (done.sent, done.failed, done.waiting) == (0, 0, 3)
        assert len(done.problems) == 1
        assert done.problems[0].remedy
        assert standing(book)[1:] == [("waiting", 0, None)] * 2
        assert standing(book)[0][:2] == ("waiting", 0)
        heard = len(server.heard)
        # A timer does not knock again at once; a person may.
        assert go(book, by_itself=True).problems[0].until == "2026-02-01T13:00:00Z"
        assert len(server.heard) == heard
        server.fault = None
        clock.go_on(minutes=61)
        assert go(book, by_itself=True).sent == 3
        assert go(book, by_itself=True).problems == ()


def test_another_account_goes_on_while_one_is_refused(book: Book) -> None:
    with faulty_smtp(Fault("mail", "530 5.7.0 Log in first")) as locked, faulty_smtp() as open_:
        account(book, locked.port)
        other = account(book, open_.port, position=2, uid="second", name="Second")
        with change(book, ANNE, "Segment") as changed:
            segment = changed.insert(Segment, name="Second", mail_account_id=other)
        documents(book, 2)
        documents(book, 2, segment_id=segment)
        done = go(book)
    assert (done.sent, done.waiting) == (2, 2)
    assert len(open_.taken) == 2


def test_without_an_account_all_waits_and_says_so_once(book: Book) -> None:
    documents(book, 2)
    done = go(book)
    assert (done.sent, done.waiting, done.failed) == (0, 2, 0)
    assert [(one.account_id, one.sentence) for one in done.problems] == [(None, "No e-mail account is set up.")]


def test_a_document_without_an_address_goes_once_there_is_one(book: Book) -> None:
    documents(book, 1, email="")
    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book).failed == 1
        assert value(book, "SELECT answer FROM delivery") == "The client has no e-mail address."
        Contracts(book).update(Client, 1, email="new@client.test")
        assert go(book).sent == 1
    assert server.taken[0].recipients == ("new@client.test",)
    assert value(book, "SELECT address FROM delivery") == "new@client.test"


def test_the_address_is_the_one_that_the_client_has_when_it_goes(book: Book) -> None:
    documents(book, 2)
    Contracts(book).update(Client, 1, email="moved@client.test")
    with faulty_smtp() as server:
        account(book, server.port)
        go(book)
    assert [one.recipients for one in server.taken] == [("moved@client.test",), ("c2@client.test",)]


def test_what_a_person_changes_while_mails_go_counts_for_the_next_one(book: Book) -> None:
    ids = documents(book, 4)

    def meddling(done: int, _total: int, _text: str) -> None:
        if done == 1 and value(book, "SELECT email FROM client WHERE id = 2") == "c2@client.test":
            Contracts(book).update(Client, 2, email="moved@client.test")
            cancel(book, [ids[2]], actor=ANNE)

    with faulty_smtp() as server:
        account(book, server.port)
        done = go(book, report=meddling)
    assert done.sent == 3
    assert sorted(one.recipients[0] for one in server.taken) == [
        "c1@client.test",
        "c4@client.test",
        "moved@client.test",
    ]
    assert standing(book)[2] == ("cancelled", 0, None)


def test_a_merged_client_gets_its_mail_where_it_is_now(book: Book) -> None:
    documents(book, 2)
    merge_clients(book, 1, 2, take=(), actor=ANNE)
    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book).sent == 2
    assert [one.recipients for one in server.taken] == [("c1@client.test",)] * 2


def test_a_stop_takes_effect_between_two_mails(book: Book) -> None:
    documents(book, 4)
    with faulty_smtp() as server:
        account(book, server.port)
        with pytest.raises(KeyboardInterrupt):
            go(book, report=stopping_after(2))
        assert len(server.taken) == 2
        assert [state for state, _tries, _code in standing(book)] == ["sent", "sent", "waiting", "waiting"]
        assert go(book).sent == 2
    assert len(server.taken) == 4


def test_documents_of_one_mail_move_together(book: Book) -> None:
    clock = Clock(book)
    made = Contracts(book)
    client = made.client("C1", email="c1@client.test", delivery="email", mail_together=True)
    for k in range(3):
        made.agreement(client, f"A{k}", {"unit_price": str(100 + k)})
    made.bill("2026-01-31")
    with faulty_smtp(Fault("data", PUT_OFF, times=1)) as server:
        account(book, server.port)
        assert go(book).waiting == 3
        assert standing(book) == [("waiting", 1, 451)] * 3
        clock.go_on(hours=1)
        done = go(book)
    assert (done.sent, done.messages) == (3, 1)
    assert standing(book) == [("sent", 2, 250)] * 3
    assert value(book, "SELECT count(DISTINCT mailing_id) FROM delivery") == 1
    names = [part.get_filename() for part in mail_of(server.taken[0]).walk() if part.get_filename()]
    assert names == ["INV-2026-0001.pdf", "INV-2026-0002.pdf", "INV-2026-0003.pdf"]


def test_a_run_or_chosen_documents_go_alone(book: Book) -> None:
    ids = documents(book, 3)
    with faulty_smtp() as server:
        account(book, server.port)
        assert go(book, delivery_ids=[ids[2]]).sent == 1
        assert go(book, run="R-2026-0001", limit=1).sent == 1
        with pytest.raises(UserError, match="There is no run R-9"):
            go(book, run="R-9")
    assert [one.recipients[0] for one in server.taken] == ["c3@client.test", "c1@client.test"]


def test_other_ways_are_left_alone(book: Book) -> None:
    for way in ("print", "folder", "pdf"):
        documents(book, 1, delivery=way)
    with faulty_smtp() as server:
        account(book, server.port)
        done = go(book)
    assert (done.sent, done.waiting) == (0, 0)
    assert standing(book) == [("waiting", 0, None)] * 3


def test_the_same_content_to_the_same_people_asks_instead_of_going(book: Book) -> None:
    (first,) = documents(book, 1)
    with faulty_smtp() as server:
        account(book, server.port)
        go(book)
        # A second row of the same document that no person asked for, as a slip of the program would make it.
        with book.writing() as session:
            columns = [row[1] for row in session.connection().exec_driver_sql("PRAGMA table_info(delivery)")]
            copied = ", ".join(name for name in columns if name != "id")
            picked = copied.replace("state", "'waiting'", 1).replace("current", "0", 1)
            session.connection().exec_driver_sql("DROP INDEX uq_delivery_once")
            session.connection().exec_driver_sql(
                f"INSERT INTO delivery ({copied}) SELECT {picked} FROM delivery WHERE id = ?", (first,)
            )
        done = go(book)
    assert len(server.taken) == 1
    assert done.sent == 0
    assert "send it again" in told(value(book, "SELECT answer FROM delivery WHERE id = 2"))


def test_one_document_that_cannot_be_made_keeps_no_other(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    documents(book, 3)

    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("a worker died")

    def alone(of: Book, invoice_id: int, form: str = "pdf") -> object:
        if invoice_id == 2:
            raise RuntimeError("its template is broken")
        return file_of(of, invoice_id, form)

    monkeypatch.setattr(composing, "files_of", broken)
    monkeypatch.setattr(composing, "file_of", alone)
    with faulty_smtp() as server:
        account(book, server.port)
        done = go(book)
    assert (done.sent, done.failed) == (2, 1)
    assert told(value(book, "SELECT answer FROM delivery WHERE id = 2")) == (
        "Its file could not be made; the log has the details."
    )


def test_what_a_dead_process_left_under_way_asks(book: Book) -> None:
    documents(book, 2)
    with faulty_smtp() as server:
        account(book, server.port)
        go(book, limit=1)
        with book.writing() as session:
            session.connection().exec_driver_sql("UPDATE delivery SET state = 'sending' WHERE id = 1")
            session.connection().exec_driver_sql("UPDATE mailing SET state = 'sending' WHERE id = 1")
        assert sending.recover(book) == 1
        assert sending.recover(book) == 0
        done = go(book)
    assert (done.sent, done.uncertain) == (1, 1)
    assert rows(book, "SELECT state FROM mailing ORDER BY id") == [("uncertain",), ("sent",)]


def test_nothing_is_taken_where_the_way_out_cannot_be_opened(book: Book) -> None:
    documents(book, 2)
    account(book, 1)

    def closed(_account: int) -> object:
        raise NotSent(Answer(0, ""), permanent=False, account=True, reason="unreachable")

    done = go(book, post_for=closed)
    assert (done.waiting, len(done.problems)) == (2, 1)
    assert "cannot be reached" in done.problems[0].sentence
    assert value(book, "SELECT count(*) FROM mailing") == 0


def test_what_is_left_of_a_mail_goes_without_the_document_that_was_cancelled(book: Book) -> None:
    made = Contracts(book)
    client = made.client("TWO", email="two@client.test", delivery="email", mail_together=True)
    for name in ("A", "B"):
        made.agreement(client, name, {"unit_price": "100"}, po_number=name)
    made.bill("2026-01-31")
    first, _second = (key for (key,) in rows(book, "SELECT id FROM delivery ORDER BY id"))

    def cancelling(_done: int, _total: int, _text: str) -> None:
        if value(book, "SELECT state FROM delivery WHERE id = 1") == "waiting" and composed:
            cancel(book, [first], actor=ANNE)

    composed: list[int] = []
    compose = composing.compose

    def noted(*given: Any, **more: Any) -> composing.Composed:
        composed.append(1)
        return compose(*given, **more)

    with pytest.MonkeyPatch.context() as patch, faulty_smtp() as server:
        patch.setattr(sending, "compose", noted)
        account(book, server.port)
        done = go(book, report=cancelling)
    assert (done.sent, done.waiting) == (1, 0)
    assert [state for state, *_rest in standing(book)] == ["cancelled", "sent"]
    assert len(server.taken) == 1
