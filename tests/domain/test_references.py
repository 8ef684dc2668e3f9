"""References with check digits: right by the standards' examples, and different for different numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649
from stdnum.ch import esr

from desktop.domain.document import BankAccount
from desktop.domain.references import (
    is_qr_iban,
    payment_reference,
    printed_reference,
    qr_is_valid,
    qr_reference,
    recursive_check,
    reference_kind,
    rf_is_valid,
    rf_reference,
)
from tests.documents.papers import BUYER, SELLER, document

QR_IBAN = "CH44 3199 9123 0008 8901 2"
SWISS_IBAN = "CH58 0079 1123 0008 8901 2"
SWISS = replace(SELLER, country="CH")
SWISS_BUYER = replace(BUYER, country="CH")


@pytest.mark.parametrize(
    "reference", ["RF18 5390 0754 7034", "RF18539007547034", "rf18539007547034", "RF72 0191 2301 00", "RF332348236"]
)
def test_published_creditor_references_are_valid(reference: str) -> None:
    assert iso11649.is_valid(reference) == rf_is_valid(reference)
    assert rf_is_valid("RF18 5390 0754 7034")


@pytest.mark.parametrize("reference", ["", "RF", "RF18", "RF19539007547034", "RF18" + "1" * 22, "XX18539007547034"])
def test_other_texts_are_no_creditor_references(reference: str) -> None:
    assert not rf_is_valid(reference)


def test_a_published_qr_reference_is_valid_and_no_neighbour_is() -> None:
    given = "210000000003139471430009017"
    assert qr_is_valid(given)
    assert recursive_check(given[:-1]) == 7
    assert printed_reference(given) == "21 00000 00003 13947 14300 09017"
    assert not any(qr_is_valid(given[:-1] + digit) for digit in "012345689")
    assert not qr_is_valid("0" * 27)


@given(st.text(min_size=1, max_size=40))
def test_any_number_gives_valid_references(number: str) -> None:
    rf, qr = rf_reference(number), qr_reference(number)
    assert rf_is_valid(rf)
    assert iso11649.is_valid(rf)
    assert len(rf) <= 25
    assert qr_is_valid(qr)
    assert len(qr) == 27
    assert esr.is_valid(qr)
    assert reference_kind(rf) == "SCOR"
    assert reference_kind(qr) == "QRR"


def test_a_reference_shows_the_number_and_stays_what_it_was() -> None:
    assert rf_reference("INV-2026-0418") == "RF09INV20260418"
    assert printed_reference("RF09INV20260418") == "RF09 INV2 0260 418"
    assert qr_reference("INV-2026-0418") == "607400924800000000202604181"


@given(st.lists(st.from_regex(r"[A-Za-z]{1,5}-20[0-9]{2}-[0-9]{4}", fullmatch=True), unique=True, min_size=2))
def test_different_numbers_have_different_references(numbers: list[str]) -> None:
    assert len({rf_reference(number) for number in numbers}) == len(numbers)
    assert len({qr_reference(number) for number in numbers}) == len(numbers)


def test_what_a_qr_iban_is() -> None:
    assert is_qr_iban(QR_IBAN)
    assert is_qr_iban("LI2130000000000000001")
    assert not is_qr_iban(SWISS_IBAN)
    assert not is_qr_iban("DE02 3000 0000 0000 0000 00")
    assert not is_qr_iban("CH44")
    assert not is_qr_iban("")


def test_the_account_and_the_currency_decide_which_reference_a_payer_names() -> None:
    paper = document(currency="CHF", seller=SWISS, buyer=SWISS_BUYER, bank=(BankAccount("x", QR_IBAN),))
    assert payment_reference(paper) == qr_reference(paper.number)
    other = replace(paper, bank=(BankAccount("x", SWISS_IBAN),))
    assert payment_reference(other) == rf_reference(paper.number)
    assert payment_reference(replace(other, currency="EUR")) == rf_reference(paper.number)
    abroad = replace(other, currency="EUR", buyer=BUYER)
    assert payment_reference(abroad) == paper.number
    assert payment_reference(document()) == document().number
    finnish = document(seller=replace(SELLER, country="FI"))
    assert payment_reference(finnish) == rf_reference(finnish.number)
    assert payment_reference(replace(paper, kind="credit_note")) == paper.number
    assert payment_reference(replace(paper, number="")) == ""
