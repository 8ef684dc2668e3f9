"""What of firm, client and agreement an issued document keeps for its e-invoice and for how it is paid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Address, Client, Segment
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from desktop.services.documents import document
from desktop.services.einvoice_fit import unfit
from desktop.services.runs.freezing import prepare, texts_for
from tests.billing_facts import day
from tests.contracts import ANNE, Contracts, rows
from tests.einvoicing import CREDITOR, IBAN, sound_book, sound_client


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with sound_book(tmp_path, creditor_id=CREDITOR) as book:
        yield book


@pytest.fixture
def made(book: Book) -> Contracts:
    return Contracts(book)


def frozen(book: Book, number: str = "INV-2026-0001") -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """(texts, seller, buyer) as they stand in the book."""
    ((texts, seller, buyer),) = rows(
        book,
        """SELECT i.texts, s.data, b.data FROM invoice i JOIN party s ON s.id = i.seller_id
        JOIN party b ON b.id = i.buyer_id WHERE i.number = ?""",
        number,
    )
    return json.loads(texts), json.loads(seller), json.loads(buyer)


def test_paper_alone_keeps_nothing_of_it(book: Book, made: Contracts) -> None:
    made.agreement(made.client(tax_id="DE129273398"))
    made.bill("2026-01-31")
    texts, seller, buyer = frozen(book)
    assert texts.keys() == {"agreement", "bank"}
    assert not {"endpoint", "legal_id"} & (seller.keys() | buyer.keys())


def test_an_e_invoice_keeps_its_form_its_contract_and_who_is_addressed(book: Book, made: Contracts) -> None:
    client = sound_client(made, tax_id="", buyer_reference="Amt 4", email="rechnung@stadt.de", legal_id="HRB 1")
    made.agreement(client, "A-7", project_reference="Hafen 3")
    made.bill("2026-01-31")
    texts, seller, buyer = frozen(book)
    assert (texts["einvoice"], texts["contract"], texts["project"]) == ("xrechnung", "A-7", "Hafen 3")
    assert (seller["endpoint"], seller["endpoint_scheme"]) == ("DE136695976", "9930")
    assert (buyer["endpoint"], buyer["endpoint_scheme"], buyer["legal_id"]) == ("rechnung@stadt.de", "EM", "HRB 1")


def test_a_leitweg_id_that_the_buyer_is_referred_to_by_is_its_address(book: Book, made: Contracts) -> None:
    made.agreement(sound_client(made))
    made.bill("2026-01-31")
    buyer = frozen(book)[2]
    assert (buyer["endpoint"], buyer["endpoint_scheme"]) == ("04011000-1234512345-06", "0204")


def test_the_form_follows_client_delivery_segment_and_firm(book: Book, made: Contracts) -> None:
    with change(book, ANNE, "Set up") as set_up:
        segment = set_up.insert(Segment, name="City", einvoice="xrechnung_ubl")
    made.agreement(sound_client(made, "C1", einvoice=None, segment_id=segment), "A1")
    peppol = sound_client(made, "C2", einvoice=None, segment_id=segment, endpoint="DE129273398", endpoint_scheme="9930")
    made.agreement(peppol, "A2", delivery="ubl")
    made.agreement(sound_client(made, "C3", "none", segment_id=segment, delivery="ubl"), "A3")
    made.agreement(sound_client(made, "C4", einvoice=None), "A4", segment_id=segment)
    made.bill("2026-01-31")
    forms = rows(book, "SELECT texts ->> 'einvoice' FROM invoice ORDER BY id")
    assert forms == [("xrechnung_ubl",), ("peppol",), (None,), ("xrechnung_ubl",)]


@pytest.mark.parametrize(
    "given, kept",
    [
        ({}, {}),
        (
            {"payment_means": "debit", "mandate": "M-1", "iban": IBAN},
            {
                "means": "debit",
                "mandate": "M-1",
                "creditor_id": CREDITOR,
                "debited": IBAN,
            },
        ),
        (
            {"payment_means": "card", "card": "4242", "iban": IBAN},
            {"means": "card", "card": "4242"},
        ),
    ],
)
def test_how_a_client_pays(book: Book, made: Contracts, given: dict[str, str], kept: dict[str, str]) -> None:
    made.agreement(made.client(**given))
    made.bill("2026-01-31")
    texts = frozen(book)[0]
    assert {key: texts[key] for key in texts.keys() - {"agreement", "bank"}} == kept


def test_goods_go_to_the_first_delivery_address(book: Book, made: Contracts) -> None:
    client = made.client()
    with change(book, ANNE, "Set up") as set_up:
        set_up.insert(Address, client_id=client, kind="office", city="Ulm", country="DE")
        for city in ("Kiel", "Köln"):
            set_up.insert(Address, client_id=client, kind="delivery", name="Lager", city=city, country="DE")
    made.agreement(client)
    made.bill("2026-01-31")
    assert frozen(book)[0]["delivery"] == {"name": "Lager", "city": "Kiel", "country": "DE"}


def test_links_of_the_firm_stand_with_their_fields(tmp_path: Path) -> None:
    link = "https://pay.example/{number}?a={amount}&c={currency}"
    with sound_book(tmp_path, upi_id="harbour@bank", payment_link=link) as book:
        made = Contracts(book)
        made.agreement(made.client())
        made.bill("2026-01-31")
        texts = frozen(book)[0]
    assert (texts["upi_id"], texts["link"]) == ("harbour@bank", link)


def test_a_credit_note_keeps_the_form_of_its_invoice_and_not_how_it_was_paid(book: Book, made: Contracts) -> None:
    client = sound_client(made, form="facturx", payment_means="card", card="4242")
    made.agreement(client, "A-7", project_reference="Hafen 3")
    made.bill("2026-01-31")
    credit_invoice(book, "INV-2026-0001", reason="Wrong price", actor=ANNE, today=day("2026-02-01"))
    ((number,),) = rows(book, "SELECT number FROM invoice WHERE kind = 'credit_note'")
    texts = frozen(book, number)[0]
    assert texts == {"einvoice": "facturx", "contract": "A-7", "project": "Hafen 3"}


def test_an_invoice_made_anew_is_addressed_as_the_client_is_now(book: Book, made: Contracts) -> None:
    client = sound_client(made, form="facturx", tax_id="", buyer_reference="", email="old@client.de")
    made.agreement(client, "A-7")
    made.bill("2026-01-31")
    made.update(Client, client, email="new@client.de")
    credit_invoice(book, "INV-2026-0001", reason="Wrong address", reissue=True, actor=ANNE, today=day("2026-02-01"))
    texts, _seller, buyer = frozen(book, "INV-2026-0002")
    assert (texts["einvoice"], texts["contract"], buyer["endpoint"]) == ("facturx", "A-7", "new@client.de")


def test_an_invoice_made_anew_is_the_e_invoice_that_the_client_wants_now(book: Book, made: Contracts) -> None:
    """The program itself says so of one that was issued for paper alone: complete the client, and issue it again."""
    client = sound_client(made, form="none", buyer_reference="", endpoint="")
    made.agreement(client, "A-7")
    made.bill("2026-01-31")
    made.update(Client, client, einvoice="peppol", buyer_reference="PROJECT-9")
    credit_invoice(book, "INV-2026-0001", reason="On paper", reissue=True, actor=ANNE, today=day("2026-02-01"))
    assert frozen(book, "INV-2026-0002")[0]["einvoice"] == "peppol"
    (key,) = rows(book, "SELECT id FROM invoice WHERE number = 'INV-2026-0002'")[0]
    paper, _template = document(book, key)
    assert (paper.buyer_reference, unfit(paper, "ubl")) == ("PROJECT-9", None)


def test_documents_of_the_same_words_share_them(book: Book, made: Contracts) -> None:
    first, second = made.client("C1"), made.client("C2", payment_means="card", card="4242")
    agreements = [made.agreement(first, "A1"), made.agreement(second, "A2", project_reference="X")]
    with book.writing() as session:
        papers = prepare(session.connection(), [first, second], agreements)
    plain = texts_for(papers, "EUR", "Retainer", client_id=first, agreement_id=agreements[0])
    assert texts_for(papers, "EUR", "Retainer") is plain
    assert texts_for(papers, "EUR", "Retainer", client_id=second) == plain | {"means": "card"} | {"card": "4242"}
    assert texts_for(papers, "EUR", "Retainer", agreement_id=agreements[1]) is not plain
