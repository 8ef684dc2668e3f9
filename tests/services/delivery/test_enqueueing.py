"""What is issued stands in the outbox with it, by the way and to the people that its client wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Contact
from desktop.services.changes import change
from desktop.services.delivery.enqueueing import invoice_addresses
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows
from tests.services.delivery.posting import documents


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.mark.parametrize(
    "delivery, way, state",
    [
        ("email", "email", "waiting"),
        ("print", "print", "waiting"),
        ("folder", "folder", "waiting"),
        ("pdf", "hand", "waiting"),
    ],
)
def test_a_document_goes_by_the_way_of_its_client(book: Book, delivery: str, way: str, state: str) -> None:
    documents(book, 1, delivery=delivery)
    assert rows(book, "SELECT title, channel, state, current, run_id FROM delivery") == [
        ("INV-2026-0001", way, state, 1, 1)
    ]


def test_a_mail_to_nobody_fails_from_the_start(book: Book) -> None:
    documents(book, 1, email="")
    assert rows(book, "SELECT state, answer FROM delivery") == [("failed", "The client has no e-mail address.")]


@pytest.mark.parametrize(
    "own, contacts, expected",
    [
        ("own@c.test", [], "own@c.test"),
        ("own@c.test", [("a@c.test", "to"), ("b@c.test", "to"), ("a@c.test", "to")], "a@c.test, b@c.test"),
        ("own@c.test", [("a@c.test", "cc")], "own@c.test"),
        ("", [("a@c.test", "cc"), ("b@c.test", "bcc")], "a@c.test"),
        ("", [("b@c.test", "bcc")], None),
    ],
)
def test_who_gets_it(book: Book, own: str, contacts: list[tuple[str, str]], expected: str | None) -> None:
    client = Contracts(book).client("C1", email=own)
    with change(book, ANNE, "Contacts") as made:
        for email, place in contacts:
            made.insert(Contact, client_id=client, name="Jo", email=email, gets_invoices=True, mail_as=place)
        made.insert(Contact, client_id=client, name="Al", email="al@c.test", gets_invoices=False)
    with book.reading() as session:
        assert invoice_addresses(session.connection(), [client]).get(client) == expected
