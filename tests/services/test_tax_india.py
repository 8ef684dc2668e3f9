"""India’s taxes through the whole road: planned, checked, issued, credited, paid, proved."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Client
from desktop.domain.billing import part_of
from desktop.domain.money import to_minor
from desktop.errors import UserError
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.documents import document
from desktop.services.payments import record_payment
from desktop.services.runs import exceptions
from desktop.services.series import save_series
from desktop.services.taxes import set_taxes, tax_codes
from tests.billing_facts import day, money
from tests.cases import case_file, cases_dir
from tests.contracts import ANNE, Contracts, rows, value
from tests.regions import book_of, issue_all, taxes_of, totals_of

KARNATAKA = "29AAGCB7383J1Z4"


@pytest.fixture
def india(tmp_path: Path) -> Iterator[Book]:
    with book_of(tmp_path, "IN", "INR", tax_id=KARNATAKA) as book:
        yield book
        assert check(book).problems == ()


def _gst_cases() -> list[Any]:
    folder = cases_dir()
    if folder is None or not (folder / "gst_totals.json").exists():
        return [pytest.param(None, id="absent")]
    cases = json.loads((folder / "gst_totals.json").read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)
    return [pytest.param(case, id=case["source"].rpartition("#")[2]) for case in cases]


@pytest.mark.parametrize("case", _gst_cases())
def test_indian_invoices_come_out_to_the_paisa(tmp_path: Path, case: Any) -> None:
    if case is None:
        case_file("gst_totals.json")
    expected = {name: to_minor(amount, "INR") for name, amount in case["expected"].items()}
    with book_of(tmp_path, "IN", "INR", region=case["seller_state"]) as book:
        made = Contracts(book)
        acme = made.client(country="IN", currency="INR", region=case["buyer_state"], place_of_supply=case["pos"])
        for at, line in enumerate(case["lines"]):
            item = made.item(f"I{at}", unit=line["unit"], hsn_sac=line["hsn"], tax=f"gst-{int(line['gst_rate'])}")
            made.one_off(
                acme,
                None,
                "2021-01-01",
                str(line["unit_price"]),
                item_id=item,
                quantity=money(str(line["qty"])),
                currency="INR",
                description=f"Item {line['hsn']} {at}",
            )
            if line["discount"]:
                made.one_off(
                    acme,
                    None,
                    "2021-01-01",
                    str(line["discount"]),
                    item_id=item,
                    kind="discount",
                    currency="INR",
                    description=f"Discount on {line['hsn']}",
                )
        if expected["OthChrg"]:
            charge = made.item("FREIGHT", unit="", hsn_sac="", tax="outside")
            made.one_off(
                acme,
                None,
                "2021-01-01",
                str(case["expected"]["OthChrg"]),
                item_id=charge,
                currency="INR",
                description="Charges outside the tax",
            )
        number = issue_all(book, "2021-01-31")
        if case["doc"] == "CRN":
            number = credit_invoice(book, number, reason="Returned", actor=ANNE, today=day("2021-02-01")).credit_note
        net, _tax, gross, rounding, payable = totals_of(book, number)
        sums = dict.fromkeys(("CGST", "SGST", "IGST"), 0)
        for name, _rate, _basis, tax in taxes_of(book, number):
            if name:
                sums[name] += tax
        assert (net - expected["OthChrg"], sums["CGST"], sums["SGST"], sums["IGST"]) == (
            expected["AssVal"],
            expected["CgstVal"],
            expected["SgstVal"],
            expected["IgstVal"],
        )
        assert (rounding, payable) == (expected["RndOffAmt"], expected["TotInvVal"])
        assert gross + rounding == payable
        assert check(book).problems == ()


@pytest.mark.parametrize(
    "client, names",
    [
        ({"region": "Karnataka"}, ["CGST", "SGST"]),
        ({"tax_id": "29AAPFU0939F1ZR"}, ["CGST", "SGST"]),
        ({"tax_id": "27AAPFU0939F1ZV"}, ["IGST"]),
        ({"region": "Kerala"}, ["IGST"]),
        ({"tax_id": "27AAPFU0939F1ZV", "place_of_supply": "29"}, ["CGST", "SGST"]),
        ({}, ["CGST", "SGST"]),
        ({"country": "FR"}, [""]),
        ({"region": "Kerala", "tax_treatment": "export"}, [""]),
    ],
)
def test_the_place_of_supply_decides_which_taxes_an_indian_invoice_bears(
    india: Book, client: dict[str, Any], names: list[str]
) -> None:
    made = Contracts(india)
    acme = made.client(**{"country": "IN", "currency": "INR"} | client)
    item = made.item("SVC", hsn_sac="998311")
    made.one_off(acme, None, "2026-04-01", "1000.01", item_id=item, currency="INR")
    number = issue_all(india, "2026-04-30")
    assert [row[0] for row in taxes_of(india, number)] == names
    assert value(india, "SELECT classification FROM invoice_line") == "998311"
    if names == [""]:
        assert "LUT" not in number
        assert "letter of undertaking" in value(india, "SELECT exemption_text FROM invoice_tax")
        assert totals_of(india, number) == (100001, 0, 100001, -1, 100000)
    elif names == ["IGST"]:
        assert totals_of(india, number) == (100001, 18000, 118001, -1, 118000)


def test_a_union_territory_levies_a_tax_of_its_own(tmp_path: Path) -> None:
    with book_of(tmp_path, "IN", "INR", region="Chandigarh") as book:
        made = Contracts(book)
        acme = made.client(country="IN", currency="INR", region="Chandigarh")
        made.one_off(acme, None, "2026-04-01", "100", item_id=made.item("SVC", hsn_sac="998311"), currency="INR")
        number = issue_all(book, "2026-04-30")
        assert taxes_of(book, number) == [("CGST", 90_000, 10_000, 900), ("UTGST", 90_000, 10_000, 900)]


def test_a_composition_dealer_collects_nothing(tmp_path: Path) -> None:
    with book_of(tmp_path, "IN", "INR", region="Goa", small_business=True) as book:
        made = Contracts(book)
        acme = made.client(country="IN", currency="INR", region="Goa")
        made.one_off(acme, None, "2026-04-01", "100", item_id=made.item("SVC", hsn_sac="998311"), currency="INR")
        number = issue_all(book, "2026-04-30")
        assert totals_of(book, number)[:3] == (10_000, 0, 10_000)
        assert "not eligible to collect tax" in value(book, "SELECT exemption_text FROM invoice_tax")


def test_an_indian_book_numbers_by_its_fiscal_year(india: Book) -> None:
    made = Contracts(india)
    acme = made.client(country="IN", currency="INR", region="Goa")
    item = made.item("SVC", hsn_sac="998311")
    for on in ("2026-03-31", "2026-04-01"):
        made.one_off(acme, None, on, "500", item_id=item, currency="INR", description=f"Audit {on}")
        issue_all(india, on)
    assert [row[0] for row in rows(india, "SELECT number FROM invoice")] == ["INV-2025-0001", "INV-2026-0001"]


def test_a_line_without_hsn_or_sac_is_blocked(india: Book) -> None:
    made = Contracts(india)
    acme = made.client(country="IN", currency="INR", region="Goa")
    made.one_off(acme, None, "2026-04-01", "500", currency="INR")
    made.bill("2026-04-30")
    assert [one.code for one in exceptions(india)] == ["hsn_missing"]


def test_a_wrong_gstin_is_blocked_and_called_by_its_name(india: Book) -> None:
    made = Contracts(india)
    acme = made.client(country="IN", currency="INR", region="Karnataka", tax_id="29AAPFU0939F1ZV")
    made.one_off(acme, None, "2026-04-01", "500", item_id=made.item("SVC", hsn_sac="998311"), currency="INR")
    made.bill("2026-04-30")
    assert [(one.code, one.remedy) for one in exceptions(india)] == [
        ("tax_id_invalid", "Correct the GSTIN with the client.")
    ]


def test_the_document_names_the_place_and_each_tax(india: Book) -> None:
    made = Contracts(india)
    acme = made.client(
        country="IN", currency="INR", region="Karnataka", withholding=money("0.1"), withholding_section="194J"
    )
    made.one_off(acme, None, "2026-04-01", "1000", item_id=made.item("SVC", hsn_sac="998311"), currency="INR")
    issue_all(india, "2026-04-30")
    paper, _template = document(india, 1)
    assert paper.buyer.place == "Karnataka (29)"
    assert (paper.buyer.withholding, paper.buyer.section) == ("10", "194J")
    assert [(tax.name, tax.rate) for tax in paper.taxes] == [("CGST", Decimal(9)), ("SGST", Decimal(9))]
    assert paper.lines[0].classification == "998311"


def test_a_reform_splits_the_period_at_its_day(india: Book) -> None:
    made = Contracts(india)
    standard = next(code["id"] for code in tax_codes(india) if code["code"] == "gst-12")
    set_taxes(india, standard, day("2026-04-11"), [("CGST", Decimal("2.5")), ("SGST", Decimal("2.5"))], actor=ANNE)
    acme = made.client(country="IN", currency="INR", region="Karnataka")
    item = made.item("SVC", hsn_sac="998311", tax="gst-12")
    made.agreement(acme, "A1", {"item_id": item, "unit_price": "3000"}, currency="INR", start_date="2026-04-01")
    number = issue_all(india, "2026-04-30")
    assert taxes_of(india, number) == [
        ("CGST", 60_000, 100_000, 6_000),
        ("SGST", 60_000, 100_000, 6_000),
        ("CGST", 25_000, 200_000, 5_000),
        ("SGST", 25_000, 200_000, 5_000),
    ]


def test_deposits_and_credits_of_several_taxes_leave_nothing(india: Book) -> None:
    made = Contracts(india)
    acme = made.client(country="IN", currency="INR", region="Karnataka")
    item = made.item("SVC", hsn_sac="998311")
    agreed = made.agreement(
        acme,
        "A1",
        {"item_id": item, "unit_price": "1000.03"},
        currency="INR",
        start_date="2026-04-01",
        end_date="2026-05-01",
    )
    made.one_off(acme, agreed, "2026-04-01", "333.33", kind="deposit", item_id=item, currency="INR")
    deposit = issue_all(india, "2026-04-05")
    today = day("2026-04-06")
    paid = value(india, "SELECT payable FROM invoice")
    record_payment(india, amount=paid, paid_on=today, today=today, numbers=[deposit], actor=ANNE)
    final = issue_all(india, "2026-04-30")
    assert rows(india, "SELECT net, tax_parts FROM invoice_line WHERE deducts_id IS NOT NULL") == [
        (-33_333, "CGST=90000;SGST=90000")
    ]
    net = 100_003 - 33_333
    each = part_of(net, 90_000)
    assert taxes_of(india, final) == [("CGST", 90_000, net, each), ("SGST", 90_000, net, each)]
    half = credit_invoice(
        india, final, reason="Half", amount_gross=20_001, actor=ANNE, today=day("2026-05-01")
    ).credit_note
    assert [row[:2] for row in taxes_of(india, half)] == [("CGST", 90_000), ("SGST", 90_000)]
    rest = credit_invoice(india, final, reason="Rest", actor=ANNE, today=day("2026-05-02")).credit_note
    total = rows(india, "SELECT sum(net), sum(payable) FROM invoice WHERE number IN (?, ?)", half, rest)[0]
    assert total == (net, totals_of(india, final)[4])


def test_a_client_that_moves_state_changes_its_tax_from_the_next_invoice_on(india: Book) -> None:
    made = Contracts(india)
    acme = made.client(country="IN", currency="INR", region="Karnataka")
    item = made.item("SVC", hsn_sac="998311")
    made.one_off(acme, None, "2026-04-01", "100", item_id=item, currency="INR", description="First audit")
    first = issue_all(india, "2026-04-30")
    made.update(Client, acme, region="Kerala")
    made.one_off(acme, None, "2026-05-01", "200", item_id=item, currency="INR", description="Second audit")
    second = issue_all(india, "2026-05-31")
    assert [row[0] for row in taxes_of(india, first)] == ["CGST", "SGST"]
    assert [row[0] for row in taxes_of(india, second)] == ["IGST"]


def test_an_indian_number_of_seventeen_characters_is_not_given(india: Book) -> None:
    made = Contracts(india)
    acme = made.client(country="IN", currency="INR", region="Goa")
    made.one_off(acme, None, "2026-04-01", "100", item_id=made.item("SVC", hsn_sac="998311"), currency="INR")
    with india.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE series SET pattern = 'INVOICE-{year}-{n:05}' WHERE kind = 'invoice'"
        )
    made.bill("2026-04-30")
    assert rows(india, "SELECT state FROM draft") == [("failed",)]
    assert "at most 16" in value(india, "SELECT error FROM draft")
    with india.writing() as session:
        session.connection().exec_driver_sql("UPDATE series SET pattern = 'INV-{year}-{n:04}' WHERE kind = 'invoice'")


def test_a_series_with_longer_numbers_is_not_saved(india: Book) -> None:
    with pytest.raises(UserError, match="at most 16"):
        save_series(india, {"code": "long", "kind": "invoice", "pattern": "INVOICE-{year}-{n:05}"}, actor=ANNE)
