from datetime import date
from decimal import Decimal

import pytest

from desktop.errors import UserError
from desktop.services import tax_rules, taxes
from desktop.services.changes import undo
from desktop.services.problems import ValidationError
from desktop.services.rounding import roundings, set_rounding
from desktop.services.tax_rules import Area
from tests.books import new_book

ACTOR = "anne"
DAY = date(2026, 4, 1)


@pytest.fixture
def book(tmp_path):
    opened = new_book(tmp_path, country="US", currency="USD")
    yield opened
    opened.close()


def _code(book, code):
    return next(row for row in taxes.tax_codes(book) if row["code"] == code)


def test_an_area_is_a_code_of_its_taxes_and_the_rules_that_lead_there(book):
    area = Area(
        "austin, tx", "Austin", [("Texas", Decimal("6.25")), ("Austin", Decimal(2))], DAY, ["standard", "software"]
    )
    assert tax_rules.save_areas(book, [area], actor=ACTOR) == ["tx-austin"]
    made = _code(book, "tx-austin")
    assert (made["percent"], made["category"]) == (Decimal("8.25"), "S")
    assert made["taxes"] == [(DAY, [("Texas", Decimal("6.25")), ("Austin", Decimal(2))])]
    assert [(row["region"], row["item_code"], row["code"]) for row in tax_rules.tax_rules(book)] == [
        ("TX Austin", "software", "tx-austin"),
        ("TX Austin", "standard", "tx-austin"),
    ]
    assert tax_rules.save_areas(book, [area], actor=ACTOR) == []


def test_areas_are_undone_at_once(book):
    before = taxes.tax_codes(book)
    tax_rules.add_sample_areas(book, actor=ACTOR)
    undo(book, ACTOR)
    assert taxes.tax_codes(book) == before
    assert tax_rules.tax_rules(book) == []


def test_samples_show_how_an_area_is_written(book):
    added = tax_rules.add_sample_areas(book, actor=ACTOR)
    assert {code: _code(book, code)["percent"] for code in added} == {
        "tx-austin": Decimal("8.25"),
        "ny-new-york": Decimal("8.875"),
        "il-chicago": Decimal("10.25"),
    }


@pytest.mark.parametrize(
    "area, field",
    [
        (Area("", "Nowhere", [("A", Decimal(5))], DAY), "areas.0.region"),
        (Area("TX", "Texas", [("A", Decimal(5)), ("", Decimal(2))], DAY), "areas.0.rate"),
        (Area("TX", "Texas", [("A", Decimal(5)), ("a", Decimal(2))], DAY), "areas.0.rate"),
        (Area("TX", "Texas", [("A;B", Decimal(5))], DAY), "areas.0.rate"),
        (Area("TX", "Texas", [("A", Decimal(60)), ("B", Decimal(50))], DAY), "areas.0.rate"),
        (Area("TX", "Texas", [], DAY), "areas.0.rate"),
    ],
)
def test_what_is_wrong_with_an_area_is_said_and_nothing_is_kept(book, area, field):
    before = len(taxes.tax_codes(book))
    with pytest.raises(ValidationError) as refused:
        tax_rules.save_areas(book, [area], actor=ACTOR)
    assert list(refused.value.fields) == [field]
    assert len(taxes.tax_codes(book)) == before


def test_taxes_of_a_code_are_dated_together(book):
    tax_rules.save_areas(
        book, [Area("TX", "Texas", [("State", Decimal(6)), ("Transit", Decimal(1))], DAY)], actor=ACTOR
    )
    key = _code(book, "tx")["id"]
    later = date(2027, 1, 1)
    taxes.set_taxes(book, key, later, [("State", Decimal(6)), ("County", Decimal("0.5"))], actor=ACTOR)
    made = _code(book, "tx")
    assert made["rates"] == [(DAY, Decimal(7)), (later, Decimal("6.5"))]
    assert made["taxes"][1] == (later, [("State", Decimal(6)), ("County", Decimal("0.5"))])
    taxes.set_taxes(book, key, later, [("State", Decimal(5))], actor=ACTOR)
    assert _code(book, "tx")["taxes"][1] == (later, [("State", Decimal(5))])
    taxes.remove_tax_rate(book, key, later, actor=ACTOR)
    assert _code(book, "tx")["rates"] == [(DAY, Decimal(7))]


def test_a_single_rate_may_become_several_taxes(book):
    key = taxes.save_tax_code(book, {"code": "x", "name": "X"}, rate=(DAY, Decimal(8)), actor=ACTOR)
    assert _code(book, "x")["taxes"] == []
    later = date(2027, 1, 1)
    taxes.set_taxes(book, key, later, [("A", Decimal(5)), ("B", Decimal(3))], actor=ACTOR)
    assert _code(book, "x")["taxes"] == [(DAY, [("", Decimal(8))]), (later, [("A", Decimal(5)), ("B", Decimal(3))])]


def test_a_rule_is_tried_before_those_that_stood_there(book):
    code = _code(book, "exempt")["id"]
    wide = tax_rules.save_tax_rule(book, {"country": "US", "tax_code_id": code}, actor=ACTOR)
    narrow = tax_rules.save_tax_rule(book, {"country": "US", "region": "texas", "tax_code_id": code}, actor=ACTOR)
    assert [(row["id"], row["place"]) for row in tax_rules.tax_rules(book)] == [(narrow, "Texas"), (wide, "everywhere")]
    tax_rules.move_tax_rule(book, narrow, 1, actor=ACTOR)
    assert [row["id"] for row in tax_rules.tax_rules(book)] == [wide, narrow]
    tax_rules.move_tax_rule(book, narrow, 1, actor=ACTOR)
    assert [row["id"] for row in tax_rules.tax_rules(book)] == [wide, narrow]
    with pytest.raises(UserError, match="is used by"):
        taxes.delete_tax_code(book, code, actor=ACTOR)
    tax_rules.delete_tax_rule(book, wide, actor=ACTOR)
    assert [row["id"] for row in tax_rules.tax_rules(book)] == [narrow]


@pytest.mark.parametrize(
    "values, field",
    [
        ({"region": "Texas", "tax_code_id": 1}, "country"),
        ({"country": "US"}, "tax_code_id"),
        ({"country": "US", "tax_code_id": 1, "item_code": "nothing"}, "item_code"),
        ({"country": "ZZ", "tax_code_id": 1}, "country"),
    ],
)
def test_a_rule_needs_a_place_and_codes_that_there_are(book, values, field):
    with pytest.raises(ValidationError) as refused:
        tax_rules.save_tax_rule(book, values, actor=ACTOR)
    assert list(refused.value.fields) == [field]


def test_a_country_brings_its_rules_along(book):
    added = taxes.add_country_codes(book, "CA", actor=ACTOR)
    assert "ca-standard" in added
    rules = {row["region"]: row["code"] for row in tax_rules.tax_rules(book) if row["country"] == "CA"}
    assert (rules["QC"], rules["ON"]) == ("gst-qst", "hst-on")


def test_what_is_payable_is_rounded_by_currency(book):
    assert roundings(book) == {}
    set_rounding(book, "CHF", Decimal("0.05"), actor=ACTOR)
    set_rounding(book, "INR", Decimal(1), actor=ACTOR)
    assert roundings(book) == {"CHF": Decimal("0.05"), "INR": Decimal(1)}
    set_rounding(book, "CHF", Decimal(0), actor=ACTOR)
    assert roundings(book) == {"INR": Decimal(1)}


@pytest.mark.parametrize("currency, step", [("CHF", "0.001"), ("XXY", "1"), ("CHF", "-1"), ("CHF", "2000")])
def test_a_step_is_one_of_the_currency(book, currency, step):
    with pytest.raises(UserError, match="is not rounded"):
        set_rounding(book, currency, Decimal(step), actor=ACTOR)
