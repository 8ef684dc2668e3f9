"""Which codes a paper carries, and what is said where one is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from desktop.domain.document import BankAccount, Document
from desktop.domain.pay_codes import (
    MOST_BY_BANK,
    MOST_BY_UPI,
    pay_codes,
    permitted,
    problems_of_codes,
)
from desktop.domain.references import qr_reference, rf_reference
from tests.documents.papers import BUYER, SELLER, document

QR_IBAN = BankAccount("Brandt & Partner GmbH", "CH44 3199 9123 0008 8901 2")
SWISS_IBAN = BankAccount("Brandt & Partner GmbH", "CH58 0079 1123 0008 8901 2")
BRITISH = BankAccount("Brandt Ltd", "GB33BUKB20201555555555")
SWISS_SELLER = replace(SELLER, country="CH", postcode="8000", city="Zürich")
SWISS_BUYER = replace(BUYER, country="CH", postcode="3000", city="Bern")


def swiss(**changes: Any) -> Document:
    values: dict[str, Any] = {"currency": "CHF", "seller": SWISS_SELLER, "buyer": SWISS_BUYER, "bank": (QR_IBAN,)}
    return document(**(values | changes))


def rupees(**changes: Any) -> Document:
    values: dict[str, Any] = {"currency": "INR", "bank": (), "upi_id": "firm@okbank", "payable": 5_000_000}
    return document(**(values | changes))


@pytest.mark.parametrize(
    "paper, kinds",
    [
        (document(), ["epc"]),
        (document(link="https://pay.example/{number}"), ["epc", "link"]),
        (document(currency="USD", link="https://pay.example/{number}"), ["link"]),
        (document(currency="USD"), []),
        (document(bank=()), []),
        (document(bank=(QR_IBAN,)), []),
        (document(bank=(replace(SWISS_IBAN, bic="ZKBKCHZZ80A"),)), ["epc"]),
        (document(payable=MOST_BY_BANK), ["epc"]),
        (document(payable=1), ["epc"]),
        (swiss(), ["swiss_bill"]),
        (swiss(bank=(SWISS_IBAN,)), ["swiss_bill"]),
        (swiss(currency="EUR"), ["swiss_bill"]),
        (swiss(currency="EUR", bank=document().bank), ["epc"]),
        (swiss(payable=MOST_BY_BANK), ["swiss_bill"]),
        (rupees(), ["upi"]),
        (rupees(payable=MOST_BY_UPI), ["upi"]),
    ],
)
def test_currency_account_and_buyer_choose_the_codes(paper: Document, kinds: list[str]) -> None:
    assert [code.kind for code in pay_codes(paper)] == kinds


@pytest.mark.parametrize(
    "changes", [{"kind": "credit_note"}, {"payable": 0}, {"payable": -100}, {"means": "debit"}, {"means": "card"}]
)
def test_what_nobody_transfers_has_no_code_and_no_problem(changes: dict[str, Any]) -> None:
    paper = replace(document(link="https://pay.example"), **changes)
    assert pay_codes(paper) == ()
    assert problems_of_codes(paper) == ()


@pytest.mark.parametrize(
    "paper, words",
    [
        (document(bank=()), "needs an IBAN of a SEPA country"),
        (document(bank=(BankAccount("x", "US12345678901234567"),)), "needs an IBAN of a SEPA country"),
        (document(bank=(BankAccount("x", "DE03120300000000202051"),)), "takes no SEPA transfer"),
        (document(bank=(QR_IBAN,)), "takes no SEPA transfer"),
        (document(bank=(BRITISH,)), "needs the bank's BIC"),
        (document(payable=MOST_BY_BANK + 1), "above 999,999,999.99"),
        (swiss(bank=()), "IBAN of Switzerland"),
        (swiss(bank=(replace(QR_IBAN, iban="CH44 3199 9123 0008 8901 3"),)), "is not right"),
        (swiss(seller=replace(SWISS_SELLER, city="")), "postcode and town"),
        (swiss(seller=replace(SWISS_SELLER, city="x" * 36)), "postcode and town"),
        (swiss(seller=replace(SWISS_SELLER, name="Фирма")), "Latin letters"),
        (swiss(payable=MOST_BY_BANK + 1), "above 999,999,999.99"),
        (rupees(upi_id=""), "needs the firm's UPI id"),
        (rupees(upi_id="firm"), "is no UPI id"),
        (rupees(payable=MOST_BY_UPI + 1), "above 100,000 rupees"),
        (document(link="http://pay.example"), "does not begin with https://"),
    ],
)
def test_a_code_that_cannot_be_made_says_why(paper: Document, words: str) -> None:
    assert [words in said.template for said in problems_of_codes(paper)] == [True]


def test_another_currency_is_no_problem() -> None:
    paper = document(currency="USD")
    assert (pay_codes(paper), problems_of_codes(paper)) == ((), ())


def test_the_reference_goes_with_the_account() -> None:
    number = swiss().number
    assert pay_codes(swiss())[0].reference == qr_reference(number)
    assert pay_codes(swiss(bank=(SWISS_IBAN,)))[0].reference == rf_reference(number)
    assert pay_codes(document())[0].reference == number


def test_instalments_are_paid_one_by_one() -> None:
    parts = ((date(2026, 12, 30), 300_000), (date(2027, 1, 30), 470_919))
    code = pay_codes(document(instalments=parts))[0]
    assert (code.amount, code.reference) == (300_000, "INV-2026-0418/1")
    assert pay_codes(swiss(instalments=parts))[0].amount is None


def test_what_the_buyer_withholds_is_not_asked_for() -> None:
    paper = rupees(buyer=replace(BUYER, withholding="10"), net=4_000_000)
    assert pay_codes(paper)[0].amount == 4_600_000


@pytest.mark.parametrize(
    "text, written",
    [
        ("Żółw & Fils, Zürich", "Żółw & Fils, Zürich"),
        ("Ștefan Țepeș €", "Ștefan Țepeș €"),
        ("Nguyễn", "Nguyen"),
        ("a\nb\tc", "a b c"),
        ("Фирма", ""),
        ("Firma 木", ""),
    ],
)
def test_signs_of_a_qr_bill(text: str, written: str) -> None:
    assert permitted(text) == written
