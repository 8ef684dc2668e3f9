"""The totals of invoices outside any book: the public cases, and what is wrong with a case in words."""

import json
from decimal import Decimal
from typing import Any

import pytest

from desktop.errors import UserError
from desktop.services.calculation import calculate
from tests.cases import case_file, cases_dir

_SUMS = ("line_total", "allowance_total", "charge_total", "tax_exclusive", "tax_total", "tax_inclusive", "payable")


def _cases() -> list[Any]:
    folder = cases_dir()
    if folder is None or not (folder / "invoice_totals.json").exists():
        return [pytest.param(None, id="absent")]
    cases = json.loads((folder / "invoice_totals.json").read_text("utf-8"))
    return [pytest.param(case, id=case["source"].rpartition("/")[2]) for case in cases]


def _key(category: str, rate: str | None) -> tuple[str, Decimal]:
    return category, Decimal(rate or "0")


def _off_by(case: dict[str, Any]) -> Decimal:
    """How far the published figures may be from the exact ones, as the cases tell themselves.

    Each line and each tax group of such a case may be a cent off.
    """
    if case["consistency"] == "exact":
        return Decimal(0)
    lines = sum(line["rounding_rule"] == "slack" for line in case["lines"])
    return Decimal("0.01") * (lines + len(case["expected"]["taxes"]))


@pytest.mark.parametrize("case", _cases())
def test_public_cases(case: dict[str, Any] | None) -> None:
    if case is None:
        case_file("invoice_totals.json")
    assert case is not None
    expected = case["expected"]
    given = {name: value for name, value in case.items() if name != "expected"}
    for line in given["lines"]:
        line.pop("expected_net", None)

    answer = calculate(given)

    slack = _off_by(case)
    for name in _SUMS:
        assert abs(Decimal(answer[name]) - Decimal(expected[name])) <= slack, name
    taxes = {_key(one["category"], one["rate"]): one for one in answer["taxes"]}
    assert taxes.keys() == {_key(one["category"], one["rate"]) for one in expected["taxes"]}
    for one in expected["taxes"]:
        mine = taxes[_key(one["category"], one["rate"])]
        assert abs(Decimal(mine["basis"]) - Decimal(one["basis"])) <= slack
        assert abs(Decimal(mine["tax"]) - Decimal(one["tax"])) <= slack


def _line(**changed: Any) -> dict[str, Any]:
    return {"id": "1", "qty": "2", "unit_price": "10", "tax_category": "S", "tax_rate": "19"} | changed


def _case(*lines: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"currency": "EUR", "lines": list(lines or [_line()])} | changed


def test_whole_answer() -> None:
    case = _case(
        _line(qty="3", unit_price="0.105", base_qty="1"),
        _line(id="2", qty="1", unit_price="100", tax_category="O", tax_rate=None),
        doc_charges=[{"amount": "5", "tax_category": "S", "tax_rate": "19.00"}],
        prepaid="10",
        rounding="0.01",
    )
    assert calculate(case) == {
        "lines": [{"id": "1", "net": "0.32"}, {"id": "2", "net": "100.00"}],
        "line_total": "100.32",
        "allowance_total": "0.00",
        "charge_total": "5.00",
        "tax_exclusive": "105.32",
        "taxes": [
            {"category": "S", "rate": "19", "basis": "5.32", "tax": "1.01", "exemption": None},
            {"category": "O", "rate": "0", "basis": "100.00", "tax": "0.00", "exemption": "VATEX-EU-O"},
        ],
        "tax_total": "1.01",
        "tax_total_tax_currency": None,
        "tax_inclusive": "106.33",
        "payable": "96.34",
    }


@pytest.mark.parametrize(
    "line, net",
    [
        (_line(qty="1", unit_price="2.5", base_qty="1000"), "0.00"),
        (_line(qty="2", unit_price="2.5", base_qty="1000"), "0.01"),  # half a cent goes away from zero
        (_line(qty="-2", unit_price="2.5", base_qty="1000"), "-0.01"),
        (_line(unit_price=None, gross_price="12", price_discount="2.50"), "19.00"),
        (_line(unit_price=None, gross_price="12"), "24.00"),
        (_line(allowances=[{"amount": "3"}, {"percent": "10"}]), "15.00"),
        (_line(charges=[{"percent": "12.5", "base": "33.33"}]), "24.17"),
        (_line(allowances=[{"amount": "1", "percent": "50", "base": "20"}]), "19.00"),  # what is stated counts
    ],
)
def test_line(line: dict[str, Any], net: str) -> None:
    assert calculate(_case(line))["line_total"] == net


def test_percentage_of_the_document_is_one_of_lines_taxed_alike() -> None:
    answer = calculate(
        _case(
            _line(),
            _line(tax_rate="7"),
            doc_allowances=[{"percent": "10", "tax_category": "S", "tax_rate": "7"}],
        )
    )
    assert [(tax["rate"], tax["basis"]) for tax in answer["taxes"]] == [("19", "20.00"), ("7", "18.00")]


@pytest.mark.parametrize(
    "currency, net, tax, gross",
    [("JPY", "101", "19", "120"), ("KWD", "100.500", "19.095", "119.595"), ("EUR", "100.50", "19.10", "119.60")],
)
def test_decimals_of_the_currency(currency: str, net: str, tax: str, gross: str) -> None:
    answer = calculate(_case(_line(qty="1", unit_price="100.5"), currency=currency))
    assert (answer["tax_exclusive"], answer["tax_total"], answer["tax_inclusive"]) == (net, tax, gross)


@pytest.mark.parametrize(
    "tax_currency, rate, tax",
    [("SEK", "11.0475", "41.98"), ("SEK", None, None), ("EUR", None, "3.80"), ("JPY", "160", "608")],
)
def test_tax_in_the_tax_currency(tax_currency: str, rate: str | None, tax: str | None) -> None:
    answer = calculate(_case(tax_currency=tax_currency, tax_currency_rate=rate))
    assert answer["tax_total_tax_currency"] == tax


def test_a_lines_published_net_is_no_input() -> None:
    assert calculate(_case(_line(expected_net="999")))["line_total"] == "20.00"


@pytest.mark.parametrize(
    "case, message",
    [
        (7, "There is no JSON object at the invoice."),
        ({}, "“currency” is missing."),
        (_case(currency="EURO"), "“EURO” cannot be “currency”."),
        (_case(lines=[]), "The invoice has no lines."),
        (_case(lines="none"), "“none” cannot be “lines”."),
        (_case(_line(), 3), "There is no JSON object at lines[1]."),  # type: ignore[arg-type]
        (_case(_line(), _line(qty=None)), "“lines[1].qty” is missing."),
        (_case(_line(qty="two")), "“two” cannot be “lines[0].qty”."),
        (_case(_line(qty=True)), "“True” cannot be “lines[0].qty”."),
        (_case(_line(qty="NaN")), "“NaN” cannot be “lines[0].qty”."),
        (_case(_line(qty="1e400")), "“1e400” cannot be “lines[0].qty”."),
        (_case(_line(unit_price=None)), "“lines[0].unit_price” is missing."),
        (_case(_line(base_qty="0")), "“0” cannot be “lines[0].base_qty”."),
        (_case(_line(tax_rate=None)), "“lines[0].tax_rate” is missing."),
        (_case(_line(tax_rate="-1")), "“-1” cannot be “lines[0].tax_rate”."),
        (_case(_line(tax_category="X")), "“X” cannot be “lines[0].tax_category”."),
        (_case(_line(allowances=[{"reason": "loyal"}])), "“lines[0].allowances[0].amount” is missing."),
        (_case(doc_charges=[{"amount": "1"}]), "“doc_charges[0].tax_category” is missing."),
        (_case(prepaid="1,50"), "“1,50” cannot be “prepaid”."),
    ],
)
def test_what_is_wrong_is_named(case: object, message: str) -> None:
    with pytest.raises(UserError) as caught:
        calculate(case)
    assert caught.value.message == message
    assert caught.value.remedy


def test_several_taxes_are_rounded_each_and_the_payable_to_a_step() -> None:
    halves = [{"name": "CGST", "rate": "6"}, {"name": "SGST", "rate": "6"}]
    line = {"qty": "1", "unit_price": "7.60", "tax_category": "S", "taxes": halves}
    freight = {"qty": "1", "unit_price": "100", "tax_category": "O"}
    answer = calculate({"currency": "INR", "round_to": "1", "lines": [line, line, freight]})
    assert [(tax.get("name"), tax["rate"], tax["basis"], tax["tax"]) for tax in answer["taxes"]] == [
        ("CGST", "6", "15.20", "0.91"),
        ("SGST", "6", "15.20", "0.91"),
        (None, "0", "100.00", "0.00"),
    ]
    assert (answer["tax_inclusive"], answer["rounding"], answer["payable"]) == ("117.02", "-0.02", "117.00")


@pytest.mark.parametrize(
    "taxes, words",
    [
        ([{"name": "A", "rate": "5"}, {"name": "B", "rate": "3"}], "cannot be “lines[0].tax_rate”"),
        ([{"rate": "9"}], "“lines[0].taxes[0].name” is missing"),
        ([{"name": "A"}], "“lines[0].taxes[0].rate” is missing"),
    ],
)
def test_taxes_of_a_rate_add_up_to_it(taxes: list[dict[str, str]], words: str) -> None:
    line = {"qty": "1", "unit_price": "10", "tax_category": "S", "tax_rate": "9", "taxes": taxes}
    with pytest.raises(UserError) as refused:
        calculate({"currency": "INR", "lines": [line]})
    assert words in str(refused.value)
