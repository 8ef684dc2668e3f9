"""Invoices of others, with their totals: each becomes a document whose e-invoice is sound and says the same sums."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from facturx.parse_xml import parse_ubl_cii_xml

from desktop.documents.einvoice.problem import einvoice_problem
from desktop.domain.document import Document, DocumentLine, DocumentTax
from desktop.domain.invoice import LineFigures, line_net, totals
from desktop.domain.money import to_minor
from tests.cases import case_file, cases_dir
from tests.documents.einvoice.invoices import ABROAD, REGISTERED, invoice
from tests.documents.einvoice.proof import FORMS, breaches, written


def _cases() -> list[Any]:
    """Each invoice of the file that is consistent to the cent; a single None where the file is absent."""
    folder = cases_dir()
    if folder is None or not (folder / "invoice_totals.json").exists():
        return [pytest.param(None, id="absent")]
    cases = json.loads((folder / "invoice_totals.json").read_text("utf-8"))
    return [
        pytest.param(case, id=case["source"].rpartition("/")[2]) for case in cases if case["consistency"] == "exact"
    ]


def _price(line: Mapping[str, Any]) -> Decimal:
    if line["unit_price"] is not None:
        return Decimal(line["unit_price"])
    return Decimal(line["gross_price"]) - Decimal(line["price_discount"] or 0)


def _line(position: int, line: Mapping[str, Any], currency: str) -> DocumentLine:
    allowance, charge = (
        sum(to_minor(Decimal(part["amount"]), currency) for part in line[name]) for name in ("allowances", "charges")
    )
    figures = LineFigures(
        Decimal(line["qty"]),
        _price(line),
        line["tax_category"],
        Decimal(line["tax_rate"] or 0),
        Decimal(line["base_qty"] or 1),
        allowance,
        charge,
    )
    return DocumentLine(
        position,
        line["name"] or "Text",
        figures.quantity,
        "",
        figures.unit_price,
        line_net(figures, currency),
        figures.category,
        figures.rate,
        figures.base_quantity,
        allowance,
        charge,
    )


def _change(position: int, part: Mapping[str, Any], sign: int, currency: str) -> DocumentLine:
    """An allowance or charge of a whole document is a line here: the book has no other."""
    net = to_minor(Decimal(part["amount"]), currency) * sign
    return DocumentLine(
        position,
        part.get("reason") or "Allowance",
        Decimal(sign),
        "",
        Decimal(part["amount"]),
        net,
        part["tax_category"],
        Decimal(part["tax_rate"] or 0),
    )


def _document(case: Mapping[str, Any]) -> Document:
    currency = case["currency"]
    rows = [_line(position, line, currency) for position, line in enumerate(case["lines"], start=1)]
    for name, sign in (("doc_allowances", -1), ("doc_charges", 1)):
        rows += [_change(len(rows) + at, part, sign, currency) for at, part in enumerate(case[name], start=1)]
    prepaid, rounding = (to_minor(Decimal(case[name]), currency) for name in ("prepaid", "rounding"))
    sums = totals([(row.category, row.rate, row.net) for row in rows], prepaid=prepaid, rounding=rounding)
    credit = case["type_code"] == "381"
    made = invoice(1, currency=currency, buyer=ABROAD, kind="credit_note" if credit else "invoice")
    return replace(
        made,
        seller=replace(made.seller, **REGISTERED),
        lines=tuple(rows),
        taxes=tuple(DocumentTax(group.category, group.rate, group.basis, group.tax) for group in sums.taxes),
        net=sums.net,
        tax=sums.tax,
        gross=sums.gross,
        prepaid=prepaid,
        rounding=rounding,
        payable=sums.payable,
    )


@pytest.mark.parametrize("case", _cases())
def test_a_public_case_becomes_a_sound_einvoice(case: Any) -> None:
    if case is None:
        case_file("invoice_totals.json")
    assert case is not None
    made = _document(case)
    assert einvoice_problem(made) is None
    expected = case["expected"]
    for form in FORMS:
        xml = written(made, form)
        assert breaches(xml) == []
        found = parse_ubl_cii_xml(xml, check_xsd=False)
        assert Decimal(found["BT-109"]) == Decimal(expected["tax_exclusive"])
        assert Decimal(found["BT-110"]) == Decimal(expected["tax_total"])
        assert Decimal(found["BT-112"]) == Decimal(expected["tax_inclusive"])
        assert Decimal(found["BT-115"]) == Decimal(expected["payable"])
