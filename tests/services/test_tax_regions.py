"""Tax by place through the whole road: planned, checked, issued, credited, proved."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Client, Firm
from desktop.domain.billing import part_of
from desktop.domain.money import to_minor
from desktop.errors import UserError
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.currencies import set_exchange_rate
from desktop.services.documents import document
from desktop.services.payments import record_payment, reverse_payment
from desktop.services.rounding import set_rounding
from desktop.services.runs import approve_drafts, exceptions, look_again, resume
from desktop.services.tax_rules import Area, save_areas, save_tax_rule
from desktop.services.taxes import set_taxes, tax_codes
from tests.billing_facts import day, money
from tests.books import new_book
from tests.cases import case_file, cases_dir
from tests.contracts import ANNE, Contracts, rows, value

KARNATAKA = "29AAGCB7383J1Z4"


def _book(tmp_path: Path, country: str, currency: str, **firm: Any) -> Book:
    return new_book(tmp_path, country=country, currency=currency, **firm)


@pytest.fixture
def india(tmp_path: Path) -> Iterator[Book]:
    with _book(tmp_path, "IN", "INR", tax_id=KARNATAKA) as book:
        yield book
        assert check(book).problems == ()


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Book]:
    with _book(tmp_path, "US", "USD", region="TX") as book:
        yield book
        assert check(book).problems == ()


def issue_all(book: Book, through: str) -> str:
    """Bill, approve whatever is held, issue; the number of the last document."""
    done = Contracts(book).bill(through)
    held = [row[0] for row in rows(book, "SELECT id FROM draft WHERE state = 'held'")]
    if held:
        approve_drafts(book, held, "Seen", actor=ANNE, now=book.now)
        resume(book, done.run, actor=ANNE, now=book.now)
    assert rows(book, "SELECT message FROM finding f JOIN draft d ON d.id = f.draft_id WHERE d.state = 'held'") == []
    return str(value(book, "SELECT number FROM invoice ORDER BY id DESC LIMIT 1"))


def taxes_of(book: Book, number: str) -> list[tuple[Any, ...]]:
    return rows(
        book,
        "SELECT t.name, t.rate, t.basis, t.tax FROM invoice_tax t JOIN invoice i ON i.id = t.invoice_id"
        " WHERE i.number = ? ORDER BY t.id",
        number,
    )


def totals_of(book: Book, number: str) -> tuple[Any, ...]:
    return rows(book, "SELECT net, tax, gross, rounding, payable FROM invoice WHERE number = ?", number)[0]


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
    with _book(tmp_path, "IN", "INR", region=case["seller_state"]) as book:
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
    with _book(tmp_path, "IN", "INR", region="Chandigarh") as book:
        made = Contracts(book)
        acme = made.client(country="IN", currency="INR", region="Chandigarh")
        made.one_off(acme, None, "2026-04-01", "100", item_id=made.item("SVC", hsn_sac="998311"), currency="INR")
        number = issue_all(book, "2026-04-30")
        assert taxes_of(book, number) == [("CGST", 90_000, 10_000, 900), ("UTGST", 90_000, 10_000, 900)]


def test_a_composition_dealer_collects_nothing(tmp_path: Path) -> None:
    with _book(tmp_path, "IN", "INR", region="Goa", small_business=True) as book:
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


def test_tax_withheld_settles_beside_the_money_and_is_taken_back(india: Book) -> None:
    made = Contracts(india)
    acme = made.client(country="IN", currency="INR", region="Goa")
    made.one_off(acme, None, "2026-04-01", "1000", item_id=made.item("SVC", hsn_sac="998311"), currency="INR")
    number = issue_all(india, "2026-04-30")
    today = day("2026-05-10")
    done = record_payment(
        india, amount=108_000, withheld=10_000, paid_on=today, today=today, numbers=[number], actor=ANNE
    )
    assert done.allocated == ((number, 118_000),)
    assert done.unapplied == 0
    assert value(india, "SELECT open FROM open_item") == 0
    by_role = dict(rows(india, "SELECT role, sum(amount) FROM posting GROUP BY role"))
    assert (by_role["bank"], by_role["withholding"], by_role["receivable"]) == (108_000, 10_000, 0)
    reverse_payment(india, done.withheld, on=today, reason="No certificate came", actor=ANNE, today=today)
    assert value(india, "SELECT open FROM open_item") == 10_000
    by_role = dict(rows(india, "SELECT role, sum(amount) FROM posting GROUP BY role"))
    assert (by_role["withholding"], by_role["receivable"]) == (0, 10_000)


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


def test_a_period_is_split_where_one_tax_takes_over_from_another(us: Book) -> None:
    made = Contracts(us)
    save_areas(us, [Area("TX", "Texas", [("State", Decimal(6)), ("Town", Decimal(2))], day("2020-01-01"))], actor=ANNE)
    code = next(row["id"] for row in tax_codes(us) if row["code"] == "tx")
    set_taxes(us, code, day("2026-04-16"), [("State", Decimal(5)), ("Town", Decimal(3))], actor=ANNE)
    acme = made.client(country="US", currency="USD", region="TX")
    made.agreement(acme, "A1", {"unit_price": "100"}, currency="USD", start_date="2026-04-01")
    number = issue_all(us, "2026-04-30")
    assert taxes_of(us, number) == [
        ("State", 60_000, 5_000, 300),
        ("Town", 20_000, 5_000, 100),
        ("State", 50_000, 5_000, 250),
        ("Town", 30_000, 5_000, 150),
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


def test_a_state_taxes_what_its_rule_names_and_nobody_else_does(us: Book) -> None:
    made = Contracts(us)
    since = day("2020-01-01")
    texas = [("Texas", Decimal("6.25")), ("Austin", Decimal(1)), ("Transit", Decimal(1))]
    area = Area("TX Austin", "Austin", texas, since)
    save_areas(us, [area, Area("NY", "New York", [("State", Decimal(4))], since)], actor=ANNE)
    austin = made.client("C1", country="US", currency="USD", region="TX", place_of_supply="Austin, TX")
    dallas = made.client("C2", country="US", currency="USD", region="Texas")
    exempt = made.client("C3", country="US", currency="USD", region="NY", tax_certificate="ST-120 4711")
    abroad = made.client("C4", country="DE", currency="USD")
    for number, who in enumerate((austin, dallas, exempt, abroad)):
        made.one_off(who, None, "2026-04-01", f"{100 + number}.05", currency="USD")
        made.one_off(
            who,
            None,
            "2026-04-02",
            "10",
            item_id=made.item("BOOK", tax="services"),
            currency="USD",
            description="A class that nobody taxes",
        )
    issue_all(us, "2026-04-30")
    found = {
        code: (tax, " ".join(sorted(names.split())))
        for code, tax, names in rows(
            us,
            "SELECT c.code, i.tax, group_concat(t.category || t.name, ' ') FROM invoice i JOIN client c"
            " ON c.id = i.client_id JOIN invoice_tax t ON t.invoice_id = i.id GROUP BY i.id",
        )
    }
    assert found == {
        "C1": (625 + 100 + 100, "O SAustin STexas STransit"),
        "C2": (0, "O"),
        "C3": (0, "E"),
        "C4": (0, "O"),
    }
    papers = [document(us, key)[0] for (key,) in rows(us, "SELECT id FROM invoice ORDER BY client_id")]
    assert [paper.buyer.place for paper in papers] == ["TX Austin", "Texas", "New York", ""]
    assert papers[2].buyer.certificate == "ST-120 4711"


def test_a_client_in_no_known_state_waits(us: Book) -> None:
    made = Contracts(us)
    made.one_off(made.client(country="US", currency="USD"), None, "2026-04-01", "100", currency="USD")
    made.bill("2026-04-30")
    assert {one.code for one in exceptions(us)} == {"place_missing", "tax_code_mismatch"}


def test_two_classes_share_the_tax_of_the_state(us: Book) -> None:
    made = Contracts(us)
    since = day("2020-01-01")
    save_areas(
        us,
        [
            Area("NY Albany", "All", [("State", Decimal(4)), ("County", Decimal(4))], since),
            Area("NY Troy", "State alone", [("State", Decimal(4))], since, ["software"]),
        ],
        actor=ANNE,
    )
    code = next(row["id"] for row in tax_codes(us) if row["code"] == "ny-troy")
    save_tax_rule(us, {"country": "US", "region": "NY", "item_code": "software", "tax_code_id": code}, actor=ANNE)
    acme = made.client(country="US", currency="USD", region="NY", place_of_supply="NY Albany")
    made.one_off(acme, None, "2026-04-01", "10.13", currency="USD")
    made.one_off(acme, None, "2026-04-02", "10.12", item_id=made.item("SW", tax="software"), currency="USD")
    number = issue_all(us, "2026-04-30")
    assert taxes_of(us, number) == [("State", 40_000, 2_025, 81), ("County", 40_000, 1_013, 41)]
    credit_invoice(us, number, reason="Line", lines=[1], actor=ANNE, today=day("2026-05-01"))
    credit_invoice(us, number, reason="Rest", actor=ANNE, today=day("2026-05-02"))
    assert value(us, "SELECT sum(CASE kind WHEN 'credit_note' THEN -payable ELSE payable END) FROM invoice") == 0


@pytest.mark.parametrize(
    "region, taxes",
    [
        ("Ontario", [("HST", 130_000)]),
        ("QC", [("GST", 50_000), ("QST", 99_750)]),
        ("British Columbia", [("GST", 50_000), ("PST", 70_000)]),
        ("Alberta", [("GST", 50_000)]),
        ("NS", [("HST", 140_000)]),
    ],
)
def test_a_canadian_firm_charges_by_province(tmp_path: Path, region: str, taxes: list[tuple[str, int]]) -> None:
    with _book(tmp_path, "CA", "CAD", region="ON") as book:
        made = Contracts(book)
        made.one_off(made.client(country="CA", currency="CAD", region=region), None, "2026-04-01", "99", currency="CAD")
        number = issue_all(book, "2026-04-30")
        assert [row[:2] for row in taxes_of(book, number)] == taxes


def test_swiss_cash_is_rounded_to_five_centimes(tmp_path: Path) -> None:
    with _book(tmp_path, "CH", "CHF") as book:
        set_rounding(book, "CHF", Decimal("0.05"), actor=ANNE)
        made = Contracts(book)
        made.one_off(made.client(country="CH", currency="CHF"), None, "2026-04-01", "99.99", currency="CHF")
        number = issue_all(book, "2026-04-30")
        assert totals_of(book, number) == (9_999, 810, 10_809, 1, 10_810)
        assert value(book, "SELECT sum(amount) FROM posting WHERE role = 'rounding'") == -1
        assert value(book, "SELECT open FROM open_item") == 10_810
        assert check(book).problems == ()


def test_tax_is_told_in_the_tax_currency_at_the_rate_of_the_tax_date(tmp_path: Path) -> None:
    with _book(tmp_path, "DE", "EUR", tax_currency="CHF") as book:
        made = Contracts(book)
        made.one_off(made.client(), None, "2026-03-15", "100")
        done = made.bill("2026-04-30")
        assert [one.code for one in exceptions(book)] == ["tax_rate_missing"]
        set_exchange_rate(book, "CHF", day("2026-03-01"), Decimal("1.05"), actor=ANNE)
        set_exchange_rate(book, "CHF", day("2026-04-01"), Decimal("2"), actor=ANNE)
        look_again(book, [1], actor=ANNE)
        resume(book, done.run, actor=ANNE, now=book.now)
        assert rows(book, "SELECT tax, tax_currency, tax_in_tax_currency FROM invoice") == [(1900, "CHF", 1810)]
        number = value(book, "SELECT number FROM invoice")
        credit_invoice(book, number, reason="All", actor=ANNE, today=day("2026-05-01"))
        assert {row[0] for row in rows(book, "SELECT tax_in_tax_currency FROM invoice")} == {1810}
        paper, _template = document(book, 1)
        assert (paper.tax_currency, paper.tax_in_tax_currency) == ("CHF", 1810)
        made.update(Firm, 1, tax_currency="GBP")
        made.one_off(made.client("C2"), None, "2026-05-01", "100")
        made.bill("2026-05-31")
        assert "tax_rate_missing" in {one.code for one in exceptions(book)}


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


def test_the_states_of_a_series_are_told_before_it_is_saved(india: Book) -> None:
    from desktop.services.series import save_series

    with pytest.raises(UserError, match="at most 16"):
        save_series(india, {"code": "long", "kind": "invoice", "pattern": "INVOICE-{year}-{n:05}"}, actor=ANNE)
