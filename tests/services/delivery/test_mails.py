"""What mails say, to whom they go, and which documents go together."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.services.delivery.mails import mail_drafts
from tests.books import new_book
from tests.contracts import Contracts, rows

TODAY = date(2026, 2, 1)


@pytest.fixture
def book(tmp_path):
    opened = new_book(tmp_path, delivery="email", email="office@harbour.example")
    yield opened
    opened.close()


@pytest.fixture
def contracts(book):
    made = Contracts(book)
    made.item()
    return made


def billed(contracts, code="C1", agreements=1, **client):
    """A client with so many agreements, billed for January."""
    key = contracts.client(code, **{"email": f"{code.lower()}@client.example", **client})
    for number in range(agreements):
        contracts.agreement(key, f"{code}-A{number}")
    return key


def drafts(book, today=TODAY):
    with book.reading() as session:
        ids = [key for (key,) in rows(book, "SELECT id FROM delivery ORDER BY id")]
        return mail_drafts(session.connection(), ids, today=today)


def test_an_invoice_goes_to_its_client_with_amount_and_day(book, contracts):
    billed(contracts)
    contracts.bill("2026-01-31")
    (mail,) = drafts(book)
    number = rows(book, "SELECT number FROM invoice")[0][0]
    assert mail.to == ("c1@client.example",)
    assert mail.subject == f"Invoice {number} from Harbour Services"
