"""Electronic addresses: the check digits of their schemes, and the one that a party most likely has."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.domain.electronic_address import (
    ALL,
    SCHEMES,
    VAT_COUNTRIES,
    check_address,
    electronic_address,
    usual_scheme,
)


@pytest.mark.parametrize(
    "scheme, text, normal",
    [
        ("0204", "04011000-1234512345-06", "04011000-1234512345-06"),
        ("0204", "991-33333test-33", "991-33333TEST-33"),
        ("0204", "04011000-1234512345-07", ""),
        ("0204", "four", ""),
        ("0088", "4006381333931", "4006381333931"),
        ("0088", "4006381333932", ""),
        ("0088", "40063813", ""),
        ("0192", "974 760 673", "974760673"),
        ("0192", "974760674", ""),
        ("0208", "0202.239.951", "0202239951"),
        ("0208", "0202239952", ""),
        ("0184", "13585628", "DK13585628"),
        ("0184", "DK13585629", ""),
        ("0007", "556036-0793", "5560360793"),
        ("0106", "12345678", "12345678"),
        ("0106", "1234567", ""),
        ("0106", "1234567A", ""),
        ("9930", "DE 136 695 976", "DE136695976"),
        ("9930", "DE136695977", ""),
        ("9933", "EL094259216", "EL094259216"),
        ("0211", "IT00743110157", "IT00743110157"),
        ("0216", "003720774740", "003720774740"),
        ("EM", "a@b.de", "a@b.de"),
        ("EM", "a@b", ""),
        ("0203", "whatever it is", "whatever it is"),
        ("4711", "DE136695976", ""),
        ("", "DE136695976", ""),
    ],
)
def test_check_digits(scheme: str, text: str, normal: str) -> None:
    checked = check_address(scheme, text)
    assert (checked.ok, checked.normal) == (bool(normal), normal or text)
    assert checked.ok == (checked.problem.template == "")


def test_no_address_is_not_a_wrong_one() -> None:
    assert check_address("0088", "  ").ok


def test_each_scheme_stands_once() -> None:
    assert not SCHEMES.keys() & VAT_COUNTRIES.keys()
    assert SCHEMES.keys() | VAT_COUNTRIES.keys() <= ALL


@pytest.mark.parametrize(
    "text, country, scheme",
    [
        ("a@b.de", "DE", "EM"),
        ("04011000-1234512345-06", "DE", "0204"),
        ("DE136695976", "DE", "9930"),
        ("136695976", "DE", "9930"),
        ("4006381333931", "DE", "0088"),
        ("974760673", "NO", ""),
        ("", "DE", ""),
    ],
)
def test_an_address_without_scheme_tells_its_own(text: str, country: str, scheme: str) -> None:
    assert usual_scheme(text, country) == scheme


@pytest.mark.parametrize(
    "given, found",
    [
        ({}, ("", "")),
        ({"endpoint": "x", "scheme": "0203"}, ("x", "0203")),
        ({"endpoint": "a@b.de", "tax_id": "DE136695976"}, ("a@b.de", "EM")),
        ({"tax_id": "DE136695976", "email": "a@b.de"}, ("DE136695976", "9930")),
        ({"tax_id": "DE136695976", "reference": "04011000-1234512345-06"}, ("04011000-1234512345-06", "0204")),
        ({"tax_id": "DE136695976", "reference": "cost centre 4"}, ("DE136695976", "9930")),
        ({"tax_id": "FR40303265045"}, ("FR40303265045", "9957")),
        ({"country": "CH", "tax_id": "CHE-116.281.710 MWST"}, ("CHE116281710MWST", "9927")),
        ({"country": "NO", "tax_id": "NO974760673MVA", "email": "a@b.no"}, ("a@b.no", "EM")),
        ({"country": "US", "tax_id": "12-3456789"}, ("", "")),
    ],
)
def test_the_usual_address(given: dict[str, Any], found: tuple[str, str]) -> None:
    asked = {"endpoint": "", "scheme": "", "country": "DE", "tax_id": "", "email": "", "reference": ""} | given
    assert electronic_address(asked.pop("endpoint"), asked.pop("scheme"), **asked) == found
