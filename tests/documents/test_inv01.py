"""INV-01: the shape that the portal documents, and sums that add up to the document's own."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.einvoice.inv01 import inv01, inv01_file
from desktop.domain.document import Document, DocumentTax, Party
from desktop.domain.indian_figures import Booked, TooMuch, deductions
from tests.documents.inv01_schema import problems
from tests.documents.papers import BANK, document, line

SELLER = Party(
    "Brandt India Pvt Ltd",
    street="12 MG Road",
    postcode="560001",
    city="Bengaluru",
    region="Karnataka",
    country="IN",
    tax_id="29AAGCB7383J1Z4",
    phone="+91 80 1234 5678",
    email="ap@brandt.example",
)
BUYER = replace(
    SELLER, name="Acme Ltd", tax_id="27AAPFU0939F1ZV", city="Pune", postcode="411001", place="Maharashtra (27)"
)
LOCAL = replace(BUYER, tax_id="29AAPFU0939F1ZR", place="Karnataka (29)")
ABROAD = Party("Nordlicht GmbH", street="Lange Reihe 101", city="Hamburg", postcode="20099", country="DE")
IGST = (DocumentTax("S", Decimal(18), 300_000, 54_000, name="IGST"),)


def indian(nets: tuple[int, ...] = (100_000, 200_000), **changes: Any) -> Document:
    rows = tuple(
        line(
            place,
            "INR",
            classification="998311",
            rate=Decimal(18),
            net=net,
            quantity=Decimal(1),
            unit_price=Decimal(net) / 100,
            base_quantity=Decimal(1),
        )
        for place, net in enumerate(nets, 1)
    )
    values: dict[str, Any] = {
        "number": "INV/26-27/0001",
        "currency": "INR",
        "seller": SELLER,
        "buyer": BUYER,
        "taxes": IGST,
        "net": 300_000,
        "tax": 54_000,
        "gross": 354_000,
        "payable": 354_000,
        "bank": BANK,
    } | changes
    return replace(document(rows), **values)


def sums(made: dict[str, Any], name: str) -> Decimal:
    return sum((Decimal(item[name]) for item in made["ItemList"]), Decimal(0))


def test_an_invoice_to_another_state() -> None:
    made = json.loads(inv01_file([(indian(), None)]))[0]
    assert made["Version"] == "1.1"
    assert made["TranDtls"] == {"TaxSch": "GST", "SupTyp": "B2B", "RegRev": "N", "IgstOnIntra": "N"}
    assert made["DocDtls"] == {"Typ": "INV", "No": "INV/26-27/0001", "Dt": "30/11/2026"}
    assert made["SellerDtls"] == {
        "Gstin": "29AAGCB7383J1Z4",
        "LglNm": "Brandt India Pvt Ltd",
        "Addr1": "12 MG Road",
        "Loc": "Bengaluru",
        "Pin": 560001,
        "Stcd": "29",
        "Ph": "918012345678",
        "Em": "ap@brandt.example",
    }
    assert made["BuyerDtls"]["Stcd"] == made["BuyerDtls"]["Pos"] == "27"
    assert made["ItemList"][0] == {
        "SlNo": "1",
        "PrdDesc": "Retainer Support und Betrieb",
        "IsServc": "Y",
        "HsnCd": "998311",
        "Qty": 1,
        "Unit": "OTH",
        "UnitPrice": 1000,
        "TotAmt": 1000.00,
        "Discount": 0,
        "AssAmt": 1000,
        "GstRt": 18,
        "IgstAmt": 180,
        "CgstAmt": 0,
        "SgstAmt": 0,
        "CesAmt": 0,
        "TotItemVal": 1180,
    }
    assert made["ValDtls"]["TotInvVal"] == 3540
    assert made["PayDtls"]["PaymtDue"] == 3540
    assert made["RefDtls"]["DocPerdDtls"] == {"InvStDt": "01/11/2026", "InvEndDt": "30/11/2026"}
    assert made["RefDtls"]["ContrDtls"] == [{"PORefr": "4711-22"}]


def test_figures_are_spelled_with_their_decimals() -> None:
    text = inv01_file([(indian(), None)]).decode()
    assert '"TotInvVal": 3540.00' in text
    assert not re.search(r'": -?\d+\.\d{4,}', text)


def test_within_a_state_both_halves_are_told() -> None:
    halves = tuple(DocumentTax("S", Decimal(9), 300_000, 27_000, name=name) for name in ("CGST", "SGST"))
    made = inv01(indian(buyer=LOCAL, taxes=halves))
    assert sums(made, "CgstAmt") == sums(made, "SgstAmt") == 270
    assert sums(made, "IgstAmt") == 0
    assert made["ItemList"][0]["GstRt"] == "18"
    union = (halves[0], replace(halves[1], name="UTGST"))
    assert sums(inv01(indian(buyer=LOCAL, taxes=union)), "SgstAmt") == 270


def test_an_export_has_no_state_and_says_whether_tax_was_paid() -> None:
    made = inv01(indian(buyer=ABROAD, taxes=(DocumentTax("G", Decimal(0), 300_000, 0),), tax=0))
    assert made["TranDtls"]["SupTyp"] == "EXPWOP"
    buyer = made["BuyerDtls"]
    assert (buyer["Gstin"], buyer["Pos"], buyer["Stcd"], buyer["Pin"]) == ("URP", "96", "96", 999999)
    assert inv01(indian(buyer=ABROAD))["TranDtls"]["SupTyp"] == "EXPWP"


def test_what_is_zero_rated_within_india_went_to_a_special_economic_zone() -> None:
    paper = indian(taxes=(DocumentTax("G", Decimal(0), 300_000, 0),), tax=0, gross=300_000, payable=300_000)
    made = inv01(replace(paper, lines=tuple(replace(row, category="G", rate=Decimal(0)) for row in paper.lines)))
    assert made["TranDtls"]["SupTyp"] == "SEZWOP"
    assert made["BuyerDtls"]["Gstin"] == BUYER.tax_id
    assert list(problems(made)) == []


def test_a_credit_note_names_its_invoice() -> None:
    made = inv01(indian(kind="credit_note", corrects="INV/26-27/0001", corrects_date=date(2026, 10, 1), reason="Twice"))
    assert made["DocDtls"]["Typ"] == "CRN"
    assert made["RefDtls"]["PrecDocDtls"] == [{"InvNo": "INV/26-27/0001", "InvDt": "01/10/2026"}]
    assert "PayDtls" not in made


def test_goods_sent_elsewhere_name_the_place() -> None:
    there = Party("Store", street="Dock 4", city="Chennai", region="Tamil Nadu", postcode="600001", country="IN")
    made = inv01(indian(delivery=there))
    assert made["ShipDtls"]["Stcd"] == "33"
    assert made["ShipDtls"]["Pin"] == 600001


def test_reverse_charge_is_said() -> None:
    paper = indian()
    rows = tuple(replace(row, category="AE", rate=Decimal(0)) for row in paper.lines)
    taxes = (DocumentTax("AE", Decimal(0), 300_000, 0),)
    assert inv01(replace(paper, lines=rows, taxes=taxes, tax=0))["TranDtls"]["RegRev"] == "Y"


@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=12), st.sampled_from([5, 18, 40]))
def test_line_by_line_taxes_add_up_to_those_of_the_document(nets: list[int], percent: int) -> None:
    net = sum(nets)
    tax = (net * percent * 10 + 500) // 1000
    taxes = (DocumentTax("S", Decimal(percent), net, tax, name="IGST"),)
    paper = indian(tuple(nets), taxes=taxes, net=net, tax=tax, gross=net + tax, payable=net + tax)
    rows = tuple(replace(row, rate=Decimal(percent)) for row in paper.lines)
    made = inv01(replace(paper, lines=rows))
    assert sums(made, "IgstAmt") == Decimal(tax) / 100
    assert sums(made, "TotItemVal") == Decimal(made["ValDtls"]["TotInvVal"])
    for item in made["ItemList"]:
        assert abs(Decimal(item["Qty"]) * Decimal(item["UnitPrice"]) - Decimal(item["TotAmt"])) <= 1
        exact = Decimal(item["AssAmt"]) * percent / 100
        assert abs(Decimal(item["IgstAmt"]) - exact) < Decimal("0.02")


def test_a_price_for_thousands_gives_its_amount() -> None:
    stub = line(1, "INR", quantity=Decimal("0.3333333"), unit_price=Decimal("99.99"), classification="998311")
    item = inv01(replace(indian(), lines=(stub,)))["ItemList"][0]
    assert (item["Qty"], Decimal(item["UnitPrice"])) == ("1", Decimal(stub.net) / 100)


DOLLARS = Booked(83_125_000, 8_312_500, 1_496_250, 9_808_750)


def dollars(**changes: Any) -> Document:
    """1,000.00 and 180.00 of tax in two lines, to a buyer abroad."""
    taxes = (DocumentTax("S", Decimal(18), 100_000, 18_000, name="IGST"),)
    values = {"currency": "USD", "buyer": ABROAD, "net": 100_000, "tax": 18_000, "gross": 118_000, "payable": 118_000}
    return indian((33_333, 66_667), taxes=taxes, **(values | changes))


def test_an_export_in_dollars_is_told_in_rupees_as_it_was_booked() -> None:
    made = inv01(dollars(), DOLLARS)
    assert made["ExpDtls"] == {"ForCur": "USD", "CntCode": "DE"}
    values = made["ValDtls"]
    assert [values[name] for name in ("AssVal", "IgstVal", "TotInvVal", "TotInvValFc")] == (
        ["83125.00", "14962.50", "98087.50", "1180.00"]
    )
    assert sums(made, "AssAmt") == Decimal("83125.00")
    assert sums(made, "IgstAmt") == Decimal("14962.50")
    assert made["ItemList"][0]["UnitPrice"] == "27708.056"
    assert made["PayDtls"]["PaymtDue"] == "98087.50"
    assert inv01(indian(buyer=ABROAD))["ExpDtls"] == {"CntCode": "DE"}
    assert "ExpDtls" not in inv01(indian())


def test_what_was_never_booked_in_rupees_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="not booked"):
        inv01(dollars())


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=8),
    st.integers(10_000, 200_000_000),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_lines_in_rupees_add_up_to_what_was_booked(nets: list[int], rate: int, currency: str) -> None:
    net = sum(nets)
    unit = {"USD": 100, "JPY": 1, "KWD": 1000}[currency]
    told = (net * rate * 100 + unit * 500_000) // (unit * 1_000_000)
    taxes = (DocumentTax("G", Decimal(0), net, 0),)
    paper = indian(tuple(nets), taxes=taxes, currency=currency, net=net, tax=0, gross=net, payable=net, buyer=ABROAD)
    made = inv01(paper, Booked(rate, told, 0, told))
    assert sums(made, "AssAmt") == sums(made, "TotItemVal") == Decimal(told) / 100
    assert Decimal(made["ValDtls"]["TotInvVal"]) == Decimal(told) / 100


def final(deposit: int) -> Document:
    """Two lines of 1,000 and 2,000, less a deposit."""
    net = 300_000 - deposit
    tax = net * 18 // 100
    taxes = (DocumentTax("S", Decimal(18), net, tax, name="IGST"),)
    whole = indian((100_000, 200_000, -deposit), taxes=taxes, net=net, tax=tax, gross=net + tax, payable=net + tax)
    return replace(whole, kind="final")


@pytest.mark.parametrize("deposit", [1, 100_000, 299_999, 300_000])
def test_a_deducted_deposit_is_a_discount_of_the_lines_at_its_rate(deposit: int) -> None:
    made = inv01(final(deposit))
    assert len(made["ItemList"]) == 2
    assert sums(made, "TotAmt") == 3000
    assert sums(made, "Discount") == Decimal(deposit) / 100
    assert sums(made, "AssAmt") == Decimal(made["ValDtls"]["AssVal"])
    assert sums(made, "TotItemVal") == Decimal(made["ValDtls"]["TotInvVal"])
    assert list(problems(made)) == []


def test_what_the_other_lines_do_not_bear_is_refused_with_its_line() -> None:
    with pytest.raises(TooMuch) as refused:
        inv01(final(300_001))
    assert refused.value.line == 2
    assert deductions([("a", 10), ("b", 5), ("a", -3)]) == [3, 0, 0]
    with pytest.raises(TooMuch):
        deductions([("a", 10), ("b", -3)])


@pytest.mark.parametrize(
    "made",
    [
        inv01(indian()),
        inv01(indian(buyer=ABROAD)),
        inv01(dollars(), DOLLARS),
        inv01(final(50_000)),
        inv01(indian(kind="credit_note", corrects="0", corrects_date=date(2026, 10, 1), reason="ab")),
        inv01(indian(due_date=date(2099, 1, 1), po_number="4711 " * 9, project="x", contract="y" * 30, terms='"\\"')),
        inv01(indian(seller=replace(SELLER, name="X", city="Up", phone="+44", email="no mail"))),
        inv01(indian(payable=-5, prepaid=354_005, rounding=-5)),
    ],
    ids=["domestic", "export", "dollars", "final", "credit note", "long", "short", "settled"],
)
def test_what_is_written_keeps_to_the_schema(made: dict[str, Any]) -> None:
    assert list(problems(made)) == []


@given(st.text(max_size=400), st.text(min_size=1, max_size=120))
def test_no_text_breaks_the_schema(told: str, name: str) -> None:
    party = replace(BUYER, name=f"A{name}", street=f"1{told}", street2=told, city=f"P{told}", email=told, phone=told)
    paper = indian(buyer=party, reason=told, terms=told, po_number=told, project=told, contract=told)
    rows = tuple(replace(row, description=told, detail=name, unit=told) for row in paper.lines)
    assert list(problems(inv01(replace(paper, lines=rows)))) == []


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"Version": "1.1", "Extra": 1}, ".Extra is not known"),
        ({"DocDtls": {"Typ": "INV", "No": "0-1", "Dt": "30/11/2026"}}, ".DocDtls.No has another shape: '0-1'"),
        ({"DocDtls": {"Typ": "INV", "No": "1"}}, ".DocDtls.Dt! is missing"),
        ({"ValDtls": {"AssVal": "-1", "TotInvVal": "0"}}, ".ValDtls.AssVal is out of bounds: '-1'"),
        ({"ValDtls": {"AssVal": "0.001", "TotInvVal": "0"}}, ".ValDtls.AssVal has too many decimals: '0.001'"),
    ],
)
def test_the_table_of_the_schema_finds_what_is_wrong(changes: dict[str, Any], said: str) -> None:
    assert said in list(problems(inv01(indian()) | changes))
