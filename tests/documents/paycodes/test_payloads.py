"""What codes say: the QR-bill by the qrbill library, EPC and UPI by their specifications, all within their edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qrbill import QRBill

from desktop.documents.paycodes.payloads import (
    EPC_BYTES,
    codes_for,
    epc_payload,
    swiss_payload,
    upi_payload,
)
from desktop.documents.paycodes.qr import qr_symbol
from desktop.domain.document import BankAccount, Document
from desktop.domain.pay_codes import pay_codes
from desktop.domain.references import rf_reference
from tests.documents.papers import BANK, SELLER, document
from tests.domain.test_pay_codes import QR_IBAN, SWISS_BUYER, SWISS_IBAN, SWISS_SELLER, rupees, swiss

_NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_categories=["Cc", "Zs"]), min_size=1)


def payload(paper: Document) -> str:
    return swiss_payload(paper, pay_codes(paper)[0])


def oracle(paper: Document, reference: str, **changes: Any) -> str:
    def address(party: Any, **more: str) -> dict[str, str]:
        return {"name": party.name, "pcode": party.postcode, "city": party.city, "country": party.country, **more}

    values = {
        "account": paper.bank[0].iban,
        "creditor": address(paper.seller, street="Speicherstraße", house_num="14"),
        "debtor": address(paper.buyer, street="Lange Reihe", house_num="101"),
        "amount": str(Decimal(paper.payable) / 100),
        "currency": paper.currency,
        "reference_number": reference,
        "additional_information": paper.number,
    } | changes
    return QRBill(**values).qr_data()


@pytest.mark.parametrize("account", [QR_IBAN, SWISS_IBAN])
@pytest.mark.parametrize("currency", ["CHF", "EUR"])
def test_a_qr_bill_says_what_the_library_says(account: BankAccount, currency: str) -> None:
    paper = swiss(bank=(account,), currency=currency)
    assert payload(paper).split("\n") == oracle(paper, pay_codes(paper)[0].reference).split("\r\n")


def test_instalments_leave_the_amount_open() -> None:
    paper = swiss(instalments=((date(2026, 12, 30), 100), (date(2027, 1, 30), 200)))
    assert payload(paper).split("\n") == oracle(paper, pay_codes(paper)[0].reference, amount=None).split("\r\n")


def test_a_buyer_without_a_full_address_is_left_open() -> None:
    paper = swiss(buyer=replace(SWISS_BUYER, postcode=""))
    assert payload(paper).split("\n") == oracle(paper, pay_codes(paper)[0].reference, debtor=None).split("\r\n")


@settings(max_examples=60, deadline=None)
@given(_NAMES, _NAMES, _NAMES, st.integers(1, 99_999_999_999))
def test_any_qr_bill_stays_within_its_guidelines(name: str, street: str, town: str, amount: int) -> None:
    buyer = replace(SWISS_BUYER, name=name, street=street, city=town[:35])
    paper = swiss(buyer=buyer, payable=amount)
    said = payload(paper)
    lines = said.split("\n")
    assert len(lines) == 31
    assert lines[18] == f"{amount // 100}.{amount % 100:02d}"
    assert len(lines[21]) <= 70
    assert len(lines[22]) <= 70
    assert len(said) <= 997
    assert qr_symbol(said.encode()).version <= 25


def test_an_epc_code_line_by_line() -> None:
    said = epc_payload(BANK[0], SELLER, 770_919, "INV-2026-0418").decode()
    assert said.split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "BYLADEM1001",
        "Brandt & Partner GmbH",
        "DE02120300000000202051",
        "EUR7709.19",
        "",
        "",
        "INV-2026-0418",
    ]


def test_a_creditor_reference_goes_where_it_belongs() -> None:
    reference = rf_reference("INV-2026-0418")
    lines = epc_payload(replace(BANK[0], bic=""), SELLER, 1, reference).decode().split("\n")
    assert lines[4] == ""
    assert lines[7:] == ["EUR0.01", "", reference]


@settings(deadline=None)
@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300), st.integers(1, 99_999_999_999))
def test_any_epc_code_stays_within_its_bytes(name: str, reference: str, amount: int) -> None:
    account = BankAccount(name, "DE02120300000000202051")
    said = epc_payload(account, SELLER, amount, reference)
    assert len(said) <= EPC_BYTES
    assert qr_symbol(said, "M", 13).version <= 13
    assert 10 <= said.count(b"\n") + 1 <= 11 or not reference.strip()


def test_greek_beyond_the_bytes_takes_a_character_set_of_its_own() -> None:
    account = BankAccount("Ω" * 70, "GR1601101250000000012300695")
    said = epc_payload(account, SELLER, 100, "Λ" * 140)
    assert said.split(b"\n")[2] == b"6"
    assert said.decode("iso8859-7").split("\n")[5] == "Ω" * 70


def test_a_upi_link_has_what_apps_ask_for() -> None:
    paper = rupees(number="INV/2026-04", payable=123_450)
    said = upi_payload(paper, pay_codes(paper)[0])
    assert said.startswith("upi://pay?pa=firm@okbank&")
    assert parse_qs(urlsplit(said).query) == {
        "pa": ["firm@okbank"],
        "pn": [SELLER.name],
        "am": ["1234.50"],
        "cu": ["INR"],
        "tr": ["INV202604"],
        "tn": ["INV/2026-04"],
    }


def test_a_link_is_filled_in_and_safe() -> None:
    paper = document(
        number="A/1 2", currency="JPY", payable=1500, link="https://pay.example/{number}?a={amount}{currency}"
    )
    assert [code.text for code in codes_for(paper)] == ["https://pay.example/A%2F1%202?a=1500JPY"]


def test_a_link_too_long_for_a_code_leaves_the_others() -> None:
    paper = document(link="https://pay.example/" + "x" * 900)
    assert [code.pay.kind for code in codes_for(paper)] == ["epc"]


def test_drafts_have_their_codes_place_and_nothing_to_scan() -> None:
    for paper in (document(number="", link="https://pay.example"), swiss(number=""), rupees(number="")):
        codes = codes_for(paper)
        assert codes
        assert all(code.symbol is None for code in codes)


def test_the_seller_stands_for_an_account_without_a_holder() -> None:
    paper = swiss(bank=(replace(QR_IBAN, holder=""),), seller=SWISS_SELLER)
    assert payload(paper).split("\n")[5] == SWISS_SELLER.name
