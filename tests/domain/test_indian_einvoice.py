"""What the portal wants and what it refuses."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from desktop.domain.indian_einvoice import (
    financial_year,
    irn_of,
    is_number,
    needs_registration,
    problems_of_registration,
)
from tests.documents.papers import document
from tests.documents.test_inv01 import ABROAD, BUYER, SELLER, indian


def test_the_reference_number_is_the_digest_of_what_the_portal_names() -> None:
    told = "29AAGCB7383J1Z42026-27INVINV/26-27/0001"
    assert irn_of("29AAGCB7383J1Z4", date(2026, 11, 30), "invoice", "INV/26-27/0001") == (
        hashlib.sha256(told.encode()).hexdigest()
    )
    assert irn_of("29AAGCB7383J1Z4", date(2027, 3, 31), "final", "INV/26-27/0001") == (
        irn_of("29AAGCB7383J1Z4", date(2026, 4, 1), "invoice", "INV/26-27/0001")
    )


@pytest.mark.parametrize(
    "day, year",
    [(date(2026, 3, 31), "2025-26"), (date(2026, 4, 1), "2026-27"), (date(2099, 12, 1), "2099-00")],
)
def test_the_year_begins_in_april(day: date, year: str) -> None:
    assert financial_year(day) == year


@pytest.mark.parametrize("number", ["INV/26-27/0001", "A", "1", "1234567890123456"])
def test_numbers_that_the_portal_takes(number: str) -> None:
    assert is_number(number)


@pytest.mark.parametrize("number", ["", "0123", "/1", "-1", "12345678901234567", "A 1", "A_1", "Ä1"])
def test_numbers_that_it_does_not(number: str) -> None:
    assert not is_number(number)


@pytest.mark.parametrize(
    "changes, needed",
    [
        ({}, True),
        ({"kind": "credit_note"}, True),
        ({"buyer": ABROAD}, True),
        ({"buyer": replace(BUYER, tax_id="")}, False),
        ({"seller": replace(SELLER, tax_id="")}, False),
        ({"seller": replace(SELLER, country="DE")}, False),
        ({"lines": tuple(replace(row, category="E") for row in indian().lines)}, False),
    ],
)
def test_supplies_between_businesses_and_exports_are_registered(changes: dict[str, Any], needed: bool) -> None:
    assert needs_registration(indian(**changes)) is needed
    assert not needs_registration(document())


def test_what_is_in_order_has_no_problems() -> None:
    assert problems_of_registration(indian()) == ()
    assert problems_of_registration(indian(buyer=ABROAD)) == ()


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"number": "0001"}, "is none for the portal"),
        ({"currency": "USD"}, "has no exchange rate"),
        ({"lines": indian().lines * 501}, "at most"),
        ({"seller": replace(SELLER, tax_id="29AAGCB7383J1Z5")}, "GSTIN"),
        ({"buyer": replace(BUYER, tax_id="99AAPFU0939F1ZV")}, "GSTIN"),
        ({"buyer": replace(BUYER, postcode="41100")}, "PIN code"),
        ({"buyer": replace(BUYER, postcode="011001")}, "PIN code"),
        ({"buyer": replace(BUYER, street="")}, "Street and town"),
        ({"buyer": replace(ABROAD, city="")}, "Street and town"),
        ({"lines": (replace(indian().lines[0], classification="9983"), indian().lines[1])}, ""),
        ({"lines": (replace(indian().lines[0], classification="99831"),)}, "HSN or SAC"),
        ({"lines": (replace(indian().lines[0], classification=""),)}, "HSN or SAC"),
        ({"lines": (replace(indian().lines[0], net=-1),)}, "takes off more"),
        ({"lines": (*indian().lines, replace(indian().lines[0], net=-1))}, ""),
    ],
)
def test_what_the_portal_refuses_is_said_before(changes: dict[str, Any], words: str) -> None:
    found = [said.template for said in problems_of_registration(indian(**changes))]
    assert len(found) == bool(words)
    assert all(words in said for said in found)
