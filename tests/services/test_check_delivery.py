"""What somebody changes in the outbox, the mails and the kept files past the program is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.check import check
from tests.books import new_book
from tests.servers.faulty_smtp import faulty_smtp
from tests.services.delivery.posting import account, documents, go


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        documents(book, 3)
        with faulty_smtp() as server:
            account(book, server.port)
            go(book, limit=2)
        yield book


def found(book: Book, *statements: str) -> list[str]:
    assert check(book).problems == ()
    with book.writing() as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)
    return [f"{one.what}: {one.where}: {one.detail}" for one in check(book).problems]


@pytest.mark.parametrize(
    "statements, told",
    [
        (
            ["DELETE FROM delivery WHERE id = 3"],
            "document: INV-2026-0003: it is not in the outbox: nobody would notice that it never went",
        ),
        (
            ["UPDATE delivery SET current = 0 WHERE id = 3"],
            "document: INV-2026-0003: 0 rows of the outbox say where it stands, where one should",
        ),
        (
            ["UPDATE delivery SET state = 'sent' WHERE id = 3"],
            "document: INV-2026-0003: it stands as “sent”, its mail as “not there”",
        ),
        (
            ["UPDATE mailing SET state = 'failed' WHERE id = 1"],
            "document: INV-2026-0001: it stands as “sent”, its mail as “failed”",
        ),
        (
            ["UPDATE mailing SET text = 'Something else' WHERE id = 1"],
            "mail: Invoice INV-2026-0001 from Harbour Services: what it says is not what went: something of it was "
            "changed",
        ),
        (
            ["UPDATE mailing SET attachments = 'x' WHERE id = 1"],
            "mail: Invoice INV-2026-0001 from Harbour Services: what it says is not what went: something of it was "
            "changed",
        ),
        (
            ["UPDATE rendering SET content = x'00' WHERE invoice_id = 1"],
            "document: INV-2026-0001: the copy of its file is not what went out any more",
        ),
        (
            ["DELETE FROM rendering WHERE invoice_id = 1"],
            "document: INV-2026-0001: the file INV-2026-0001.pdf that went with it is not the one that is kept",
        ),
        (
            ["UPDATE mailing SET attachments = (SELECT attachments FROM mailing WHERE id = 1) WHERE id = 2"],
            "document: INV-2026-0001: two mails with it went, though nobody asked for the second",
        ),
    ],
)
def test_it_is_told(book: Book, statements: list[str], told: str) -> None:
    assert told in found(book, *statements)


def test_a_document_that_went_twice_is_told(book: Book) -> None:
    with book.reading() as session:
        columns = [row[1] for row in session.connection().exec_driver_sql("PRAGMA table_info(delivery)")]
    copied = ", ".join(name for name in columns if name != "id")
    told = found(
        book,
        "DROP INDEX uq_delivery_once",
        f"INSERT INTO delivery ({copied}) SELECT {copied.replace('current', '0', 1)} FROM delivery WHERE id = 1",
    )
    assert "document: INV-2026-0001: it went twice by the same way, though nobody asked for it" in told
