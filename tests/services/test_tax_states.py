"""Taxes of states, counties and provinces through the whole road: planned, checked, issued, credited, proved."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.documents import document
from desktop.services.runs import exceptions
from desktop.services.tax_rules import Area, save_areas, save_tax_rule
from desktop.services.taxes import set_taxes, tax_codes
from tests.billing_facts import day
from tests.contracts import ANNE, Contracts, rows, value
from tests.regions import book_of, issue_all, taxes_of


@pytest.fixture
def us(tmp_path: Path) -> Iterator[Book]:
    with book_of(tmp_path, "US", "USD", region="TX") as book:
        yield book
        assert check(book).problems == ()


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
    with book_of(tmp_path, "CA", "CAD", region="ON") as book:
        made = Contracts(book)
        made.one_off(made.client(country="CA", currency="CAD", region=region), None, "2026-04-01", "99", currency="CAD")
        number = issue_all(book, "2026-04-30")
        assert [row[:2] for row in taxes_of(book, number)] == taxes
