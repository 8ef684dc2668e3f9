"""E-invoices from frozen rows: what was issued says all that its form needs, for ever; drafts and credit notes too."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.documents.einvoice.problem import einvoice_problem
from desktop.domain.document import Document, Party, Registration
from desktop.services import runs
from desktop.services.clients import update_client
from desktop.services.credits import credit_invoice
from desktop.services.documents import document, documents, draft_document
from desktop.services.firm import save_bank_account, update_firm
from desktop.services.imports import import_file
from tests.books import new_book
from tests.documents.einvoice.proof import FORMS, breaches, written

DAY = date(2026, 3, 31)
NOW = "2026-03-31T10:00:00Z"
FILES = {
    "clients": (
        "code,name,contact,email,country,street,postcode,city,tax_id,language,terms,buyer_reference\n"
        "ACME,Acme GmbH,Ann,a@acme.example,DE,Kai 1,20457,Hamburg,DE129273398,de,2% 10 net 30,04011000-1234512345-06\n"
        "ZEN,Zenith SA,,,FR,Rue 2,75001,Paris,FR40303265045,fr,net 14,\n"
    ),
    "items": "code,name,unit,price\nDEV,Development,hour,100\nRET,Retainer,month,500\n",
    "agreements": (
        "code,client,billing,item,quantity,unit_price,discount_percent,every,start,po_number,title\n"
        "A-1,ACME,time,DEV,,,10,monthly,2026-01-01,PO 7,Support\n"
        "Z-1,ZEN,recurring,RET,1,500,,monthly,2026-03-16,PO 9,Retainer\n"
    ),
    "time": "id,agreement,date,person,item,hours,rate,note\nT1,A-1,2026-03-02,Ann,DEV,1.5,,first\n",
}
FIRM = {
    "street": "Kai 9",
    "postcode": "20457",
    "city": "Hamburg",
    "tax_id": "DE136695976",
    "contact": "Ida Harbour",
    "email": "rechnung@harbour.example",
    "phone": "+49 40 123456",
    "creditor_id": "DE98ZZZ09999999999",
    "upi_id": "harbour@bank",
    "payment_link": "https://pay.example/{number}",
}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        update_firm(made, FIRM, actor="Ann")
        save_bank_account(made, {"iban": "DE89370400440532013000"}, actor="Ann")
        for kind, text in FILES.items():
            assert import_file(made, kind, text.encode(), actor="Ann", today=DAY).rejected == ()
        paying = {"payment_means": "debit", "mandate": "M-17", "iban": "DE02120300000000202051"}
        update_client(made, 1, {"einvoice": "xrechnung", **paying}, actor="Ann")
        update_client(made, 2, {"einvoice": "peppol", "legal_id": "303265045", "legal_scheme": "0002"}, actor="Ann")
        with made.writing() as session:
            connection = session.connection()
            connection.exec_driver_sql("UPDATE agreement SET project_reference = 'P-1' WHERE code = 'A-1'")
            connection.exec_driver_sql(
                "INSERT INTO address (client_id, kind, name, street, street2, postcode, city, region, country)"
                " VALUES (2, 'delivery', 'Dépôt', 'Quai 3', '', '13002', 'Marseille', '', 'FR')"
            )
        yield made


def _planned(book: Book) -> str:
    return runs.plan(book, through=DAY, issue_date=DAY, actor="Ann", now=NOW).number


def _issued(book: Book, run: str) -> list[Document]:
    held = [one.id for one in runs.exceptions(book, run)]
    if held:
        runs.approve(book, held, "tested", actor="Ann", now=NOW)
    runs.resume(book, run, actor="Ann", now=NOW)
    return [found for found, _template in documents(book, [1, 2])]


def _issue(book: Book) -> list[Document]:
    return _issued(book, _planned(book))


def test_an_issued_document_says_what_its_einvoice_needs(book: Book) -> None:
    german, french = _issue(book)
    assert (german.einvoice, german.contract, german.project) == ("xrechnung", "A-1", "P-1")
    assert (german.means, german.mandate, german.creditor_id, german.debited) == (
        "debit",
        "M-17",
        "DE98ZZZ09999999999",
        "DE02120300000000202051",
    )
    assert (german.upi_id, german.link) == ("harbour@bank", "https://pay.example/{number}")
    assert german.seller.endpoint
    assert german.buyer.endpoint
    assert german.delivery is None
    assert (french.einvoice, french.means, french.project) == ("peppol", "transfer", "")
    assert french.delivery == Party("Dépôt", street="Quai 3", postcode="13002", city="Marseille", country="FR")
    assert (french.buyer.legal_id, french.buyer.legal_scheme) == ("303265045", "0002")
    assert [(tax.category, tax.exemption_code) for tax in french.taxes] == [("AE", "VATEX-EU-AE")]


def test_what_was_issued_is_sound_in_every_form(book: Book) -> None:
    for made in _issue(book):
        assert einvoice_problem(made) is None
        for form in FORMS:
            assert breaches(written(made, form)) == []


def test_a_credit_note_is_sound_and_names_its_invoice(book: Book) -> None:
    invoice, _french = _issue(book)
    credit_invoice(book, invoice.number, reason="Twice", actor="Ann", today=DAY, amount_gross=10_01)
    (made, _template) = document(book, 3)
    assert (made.kind, made.einvoice) == ("credit_note", "xrechnung")
    assert (made.corrects, made.corrects_date) == (invoice.number, invoice.issue_date)
    for form in FORMS:
        xml = written(made, form)
        assert breaches(xml) == []
        assert invoice.number.encode() in xml


def test_a_draft_says_the_same(book: Book) -> None:
    run = _planned(book)
    drafts = [draft_document(book, number)[0] for number in (1, 2)]
    with_number = ("number", "issue_date", "due_date", "tax_date", "discount_until")
    issued = _issued(book, run)
    for draft, made in zip(drafts, issued, strict=True):
        assert {name: getattr(draft, name) for name in draft.__slots__ if name not in with_number} == {
            name: getattr(made, name) for name in made.__slots__ if name not in with_number
        }


def test_the_answer_of_the_portal_stands_on_the_document(book: Book) -> None:
    _issue(book)
    with book.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO registration (invoice_id, irn, ack_number, ack_at, signed_qr, made_at, actor)"
            f" VALUES (1, 'IRN1', '112', '2026-03-31 10:00:00', 'QR', '{NOW}', 'Ann')"
        )
    assert document(book, 1)[0].registration == Registration("IRN1", "112", "2026-03-31 10:00:00", "QR")
    assert document(book, 2)[0].registration is None
    with book.writing() as session:
        session.connection().exec_driver_sql(f"UPDATE registration SET cancelled_at = '{NOW}'")
    assert document(book, 1)[0].registration is None


def test_early_payment_is_in_the_xml(book: Book) -> None:
    german, _french = _issue(book)
    assert german.discount_percent == Decimal(2)
    assert b"#SKONTO#TAGE=10#PROZENT=2.00#\n" in written(german, "xrechnung")
