"""A firm and clients from which every form of e-invoice can be written, and the e-invoice of what was issued."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from db.engine import Book
from db.schema import Address, BankAccount
from desktop.domain.document import Document
from desktop.services.changes import change
from desktop.services.documents import documents
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value

FORMS = ("facturx", "xrechnung", "xrechnung_ubl", "peppol")
IBAN = "DE89370400440532013000"
CREDITOR = "DE98ZZZ09999999999"
FIRM = {
    "contact": "Anne Hansen",
    "street": "Kai 1",
    "postcode": "20457",
    "city": "Hamburg",
    "phone": "+49 40 1234567",
    "email": "rechnung@harbour.example",
    "tax_id": "DE136695976",
}
CLIENT = {
    "name": "Stadt Kiel",
    "street": "Fleethörn 9",
    "postcode": "24103",
    "city": "Kiel",
    "country": "DE",
    "tax_id": "DE129273398",
    "buyer_reference": "04011000-1234512345-06",
}


def sound_book(tmp_path: Path, **firm: Any) -> Book:
    """A German firm that lacks nothing; further arguments are columns of the firm. Close it."""
    book = new_book(tmp_path, **FIRM | firm)
    with change(book, ANNE, "Add an account") as made:
        made.insert(BankAccount, position=1, holder="Harbour Services", iban=IBAN, bic="COBADEFFXXX")
    return book


def sound_client(made: Contracts, code: str = "C1", form: str = "xrechnung", **changes: Any) -> int:
    """A client in Germany that lacks nothing for this form."""
    return made.client(code, **CLIENT | {"einvoice": form} | changes)


def delivered(book: Book, client: int, **address: str) -> int:
    """A delivery address of the client, whole unless told otherwise."""
    given = {"name": "Lager", "street": "Tor 3", "postcode": "24103", "city": "Kiel", "country": "DE"} | address
    with change(book, ANNE, "Add an address") as made:
        return made.insert(Address, client_id=client, kind="delivery", **given)


def issued(book: Book, number: str = "") -> Document:
    """The document of that number, else the last one that was issued."""
    key = value(book, "SELECT max(id) FROM invoice WHERE number = ? OR ? = ''", number, number)
    ((document, _template),) = documents(book, [key])
    return document
